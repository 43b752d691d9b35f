"""Lays out the tables of `mappings/fhir` inside `docs/fhir.md`, between markers."""

from itertools import groupby
from pathlib import Path

from mappings.catalogue import table
from mappings.table import Row

FHIR_PAGE = Path(__file__).parent / "fhir.md"
_BECOMES = {
    "use": "read",
    "words": "read: words for people",
    "line": "read by a reader of its own",
    "beside": "not read, listed as unused",
    "foreign": "`element-foreign`",
    "read": "read",
    "harmless": "not read: changes nothing",
}


def fhir_page() -> str:
    """The page with its tables as the mappings have them now."""
    page = FHIR_PAGE.read_text(encoding="utf-8")
    for name, text in (("extensions", _extensions()), ("elements", _elements())):
        start, end = f"<!-- from mappings/fhir/{name}.csv -->", f"<!-- /{name} -->"
        head, _, rest = page.partition(start)
        _, _, tail = rest.partition(end)
        page = f"{head}{start}\n\n{text}\n{end}{tail}"
    return page


def _extensions() -> str:
    lines = ["| Extension | What it says | What becomes of it |", "|---|---|---|"]
    lines += [
        f"| `{row.code}` | {row.text} | {_becomes(row)} |" for row in table("fhir/extensions")
    ]
    return "\n".join(lines) + "\n"


def _elements() -> str:
    lines = ["| Type | Element | What it is | What becomes of it |", "|---|---|---|---|"]
    for kind, rows in groupby(table("fhir/elements"), key=lambda row: row.code.partition(".")[0]):
        for row in rows:
            name = row.code.partition(".")[2]
            lines.append(f"| `{kind}` | `{name}` | {row.text} | {_becomes(row)} |")
    return "\n".join(lines) + "\n"


def _becomes(row: Row) -> str:
    return _BECOMES.get(row.target, f"`{row.target}`")
