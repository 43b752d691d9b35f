"""Lays out `mappings/pn13/elements.csv` inside `docs/pn13.md`, between two markers."""

from itertools import groupby
from pathlib import Path

from mappings.catalogue import table
from mappings.table import Row

PAGE = Path(__file__).parent / "pn13.md"
_OPEN, _CLOSE = "<!-- elements: from mappings/pn13/elements.csv -->", "<!-- /elements -->"
_BECOMES = {
    "use": "read",
    "text": "kept word for word",
    "report": "told as a finding",
    "unused": "listed as unused",
}


def pn13_page() -> str:
    """The page with its table of elements as the mapping has it now."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(_OPEN)
    _, _, tail = rest.partition(_CLOSE)
    return f"{head}{_OPEN}\n\n{_table()}\n{_CLOSE}{tail}"


def _table() -> str:
    lines = ["| In | Element | What it is | What becomes of it |", "|---|---|---|---|"]
    for parent, rows in groupby(table("pn13/elements"), key=_parent):
        for row in rows:
            name = row.code.rpartition("/")[2]
            lines.append(f"| {parent} | `{name}` | {row.text} | {_BECOMES[row.target]} |")
    return "\n".join(lines) + "\n"


def _parent(row: Row) -> str:
    above = row.code.rpartition("/")[0]
    return f"`{above}`" if above else ""
