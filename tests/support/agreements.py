"""Real lines that carry both a text and a structure, and what comparing the two finds.

The rows lie outside the project: case files of one posology a row, and folders of messages.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import constructs_cda
import constructs_hl7v2
import constructs_pn13
from builders import REFERENCE

from connectors import registry
from connectors.fhir.dosage.read import read_dosages
from connectors.trail import Trail
from engine.posology.comparison.compare import compare_all
from schemas.assessment import PLANNING_ACTIONS
from schemas.base import DateOrInstant
from schemas.errors import EngineError
from schemas.finding import FindingCode
from schemas.posology import Phase, Posology
from schemas.prescription import Line, Product

CODES = (FindingCode.TEXT_CONTRADICTS, FindingCode.TEXT_ADDS, FindingCode.TEXT_UNREAD)
_START = "2026-03-02T00:00:00+01:00"
_WORDED = frozenset(("fr-ans", "nl-mp9", "uk-dose", "hl7tbl", "be", "chmed"))
"""Where the text beside a dosage is the posology in words; of others it describes the example."""
_LARGEST = 2_000_000
"""Bytes: a file beyond them is a data set, and no message."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: the codes that its texts against its structure give."""

    name: str
    codes: frozenset[FindingCode]

    @property
    def blocks(self) -> bool:
        return bool(self.codes & {FindingCode.TEXT_CONTRADICTS, FindingCode.TEXT_ADDS})


def of_cases(path: Path) -> Iterator[Compared]:
    """The rows of a file of FHIR dosages that have both."""
    for row in _rows(path):
        phases = read_dosages(row["dosage"], "dosage", Trail(), REFERENCE)
        family = str(row.get("source_id") or row["id"]).rpartition("-")[0]
        text = (row.get("text") or row.get("source_text")) if family in _WORDED else None
        own = {phase.text for phase in phases}
        whole = () if text is None or text in own or " | " in text else (text,)
        product = Product(text=row.get("medication"))
        yield from _compared(row["id"], Posology(phases=phases), whole, product)


def of_fragments(path: Path) -> Iterator[Compared]:
    """The rows of a file of fragments of other formats, each in a message of its own."""
    for row in _rows(path):
        for line in _lines(_WRAPPED[row["format"]](row)):
            yield from _of_line(row["id"], line)


def of_messages(folder: Path) -> Iterator[Compared]:
    """The lines of every message below the folder; a file that no format reads has none."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            for line in _lines(path.read_bytes()):
                yield from _of_line(str(path.relative_to(folder)), line)


def table(parts: Mapping[str, Iterable[Compared]], judged: Mapping[str, str]) -> str:
    """Rows with both, those that agree, and those that block by what a person judged of them."""
    columns = ("rows with both", "agree", "to acknowledge", "block", "right", "false alarm")
    lines = ["| source | " + " | ".join(columns) + " | " + " | ".join(CODES) + " |"]
    lines.append("|---" * (len(columns) + len(CODES) + 1) + "|")
    for name, rows in parts.items():
        counts = _counts(list(rows), judged)
        cells = [str(counts[column]) for column in (*columns, *CODES)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _counts(rows: list[Compared], judged: Mapping[str, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    counts["rows with both"] = len(rows)
    for row in rows:
        counts["agree"] += not row.codes
        counts["to acknowledge"] += bool(row.codes) and not row.blocks
        counts["block"] += row.blocks
        counts["false alarm"] += row.blocks and judged.get(row.name, "").startswith("false")
        counts["right"] += row.blocks and judged.get(row.name, "false").startswith("right")
        counts.update(row.codes)
    return counts


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line, parse_float=Decimal)


def _of_line(name: str, line: Line) -> Iterator[Compared]:
    whole = (line.text,) if line.text else ()
    yield from _compared(name, line.posology, whole, line.product, line.effective_at)


def _compared(
    name: str,
    posology: Posology,
    whole: tuple[str, ...],
    product: Product,
    start: DateOrInstant | None = None,
) -> Iterator[Compared]:
    phases = posology.phases
    said = [posology.text, *whole, *(phase.text for phase in phases)]
    said += [words for phase in phases for words in phase.instructions]
    if any(said) and any(map(_is_structured, phases)):
        found = compare_all(posology, whole, product, start)
        yield Compared(name, frozenset(finding.code for finding in found))


def _is_structured(phase: Phase) -> bool:
    bare = Phase(location="")
    return (phase.rhythm, phase.times, phase.dose) != (bare.rhythm, bare.times, bare.dose)


def _lines(data: bytes) -> Iterator[Line]:
    try:
        connector = registry.detect(data)
        reading = connector.read(data, REFERENCE) if connector and connector.read else None
    except EngineError:
        return
    for prescription in reading.prescriptions if reading else ():
        yield from (line for line in prescription.lines if line.action in PLANNING_ACTIONS)


def _cda(row: Mapping[str, Any]) -> bytes:
    """The fragment in a document whose narrative holds the words that it refers to."""
    said = "".join(
        f'<content ID="{name.lstrip("#")}">{escape(words)}</content>'
        for name, words in (row.get("narrative_refs") or {}).items()
    )
    document = constructs_cda.message(row["raw"], _START).decode()
    return document.replace("</text>", f"{said}</text>", 1).encode()


_WRAPPED: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    "cda": _cda,
    "hl7v2": lambda row: constructs_hl7v2.message(row["raw"], _START),
    "pn13": lambda row: constructs_pn13.message(row["raw"], _START),
}
