"""Reads `docs/posology/*.toml`, the constructs of each format, and lays them out as one page.

Each entry is run by `tests/test_constructs.py`: the page cannot say what the program does not do.
"""

import html
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "posology"
TITLES = {
    "fhir": "FHIR R4 Dosage and Timing, with R5 and STU3 forms",
    "hl7v2": "HL7 v2: TQ1, TQ2, TQ, RXO and RXE",
    "pn13": "PN13: Elément_posologie",
    "cda": "CDA R2: substanceAdministration",
    "text": "Words, French and English",
}
_SHOWN = 4
"""Doses shown of an example; the file holds them all."""
_ONE_TABLET = [{"doseQuantity": {"value": 1, "unit": "tablet"}}]


@dataclass(frozen=True, slots=True)
class Construct:
    """One construct: an example, and what was worked out for it by hand.

    `gives` are dated doses (`2026-03-02 08:00 MORN 1 tablet`), or of a text the phases read;
    `finds` codes of findings; `unread` words of a text that are left to a person.
    """

    name: str
    does: str
    example: str
    test: str
    start: str = "2026-03-02T00:00:00+01:00"
    zone: str = "Europe/Paris"
    days: int = 7
    gives: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    as_needed: int = 0


def constructs(name: str) -> tuple[Construct, ...]:
    """Those of one format, in the order of its file. Raises: `TypeError` for an unknown key."""
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["construct"]
    return tuple(
        Construct(
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in one.items()
            }
        )
        for one in entries
    )


def posology_page() -> str:
    """The page: what is written by hand, then one table for each format."""
    parts = [(FOLDER / "rules.md").read_text(encoding="utf-8").rstrip()]
    for name, title in TITLES.items():
        rows = "\n".join(map(_row, constructs(name)))
        parts.append(
            f"## {title}\n\n| construct | what we do | example | gives | test |\n"
            f"|---|---|---|---|---|\n{rows}"
        )
    return "\n\n".join(parts) + "\n"


def _row(one: Construct) -> str:
    cells = (_plain(one.name), _plain(one.does), _code(_shortest(one.example)), _given(one))
    path, _, test = one.test.partition("::")
    words = test.removeprefix("test_").replace("_", " ")
    link = f"[{words}](../{path})"
    return f"| {' | '.join((*cells, link))} |"


def _given(one: Construct) -> str:
    shown = [*one.reads, *one.gives][:_SHOWN]
    lines = [_plain(line) for line in shown]
    left = len(one.gives) + len(one.reads) - len(shown)
    if left:
        lines.append(f"… {left} more in {one.days} days")
    if one.unread:
        lines.append("unread: " + ", ".join(map(_code, one.unread)))
    if one.as_needed:
        lines.append("as needed, never planned")
    lines += [f"`{code}`" for code in one.finds]
    return "<br>".join(lines) or "–"


def _shortest(example: str) -> str:
    """JSON without its spaces and its doses of one tablet, anything else without its line ends."""
    try:
        read = json.loads(example)
    except ValueError:
        return " ".join(example.split())
    for dosage in read if isinstance(read, list) else [read]:
        if dosage.get("doseAndRate") == _ONE_TABLET and len(dosage) > 1:
            del dosage["doseAndRate"]
    return json.dumps(read, ensure_ascii=False, separators=(",", ":"))


def _plain(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "&#124;")


def _code(text: str) -> str:
    return f"<code>{_plain(text)}</code>"
