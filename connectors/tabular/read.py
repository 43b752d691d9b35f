"""Intakes from a CSV table. A bad row is a finding at its cell; the good rows are kept."""

import csv
import io
from itertools import islice

from connectors.tabular.columns import REQUIRED, head_of, separator_of
from connectors.tabular.row import read_row
from connectors.trail import Trail
from schemas.connector import Reading
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode
from schemas.intake import Intake
from schemas.site import Site

_HEAD = "row[1]"
LARGEST = 64 * 1024 * 1024
MOST_ROWS = 100_000
"""A year of a home of eighty residents with three intakes a day. More is refused whole."""


def read(data: bytes, site: Site) -> Reading:
    """The intakes of the table. `row[n]` is line n of the table; the head line is `row[1]`."""
    findings: list[Finding] = []
    trail = Trail()
    try:
        text = _text(data, findings)
        intakes = _intakes(text, site, trail, findings)
    except Refused as refusal:
        broken = Finding(code=FindingCode.MESSAGE_BROKEN, location=_HEAD, message=str(refusal))
        return Reading(format="tabular", kind="intakes", findings=(*findings, broken))
    if not intakes and not findings:
        findings.append(
            Finding(
                code=FindingCode.MESSAGE_EMPTY,
                location=_HEAD,
                message="the table must have at least one row below its head line",
            )
        )
    return Reading(
        format="tabular",
        kind="intakes",
        intakes=_told_apart(intakes),
        findings=tuple(findings),
        sources=trail.sources(),
    )


def _text(data: bytes, findings: list[Finding]) -> str:
    """The text without NUL, which no database stores: each is U+FFFD, and a finding says so."""
    text = _decoded(data, findings)
    if "\x00" not in text:
        return text
    findings.append(
        Finding(
            code=FindingCode.ENCODING_DECLARED_WRONG,
            location=_HEAD,
            message="the table must have no NUL character; each was read as U+FFFD",
        )
    )
    return text.replace("\x00", "\ufffd")


def _decoded(data: bytes, findings: list[Finding]) -> str:
    """The text: UTF-8, else Windows-1252 with a finding. Raises: `Refused` when neither."""
    if len(data) > LARGEST:
        raise Refused(f"the table must have at most {LARGEST // 1024 // 1024} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused("the table must be UTF-8 or Windows-1252") from None
    findings.append(
        Finding(
            code=FindingCode.ENCODING_DECLARED_WRONG,
            location=_HEAD,
            message="the table must be UTF-8; it was read as Windows-1252",
        )
    )
    return text


def _intakes(text: str, site: Site, trail: Trail, findings: list[Finding]) -> list[Intake]:
    """Raises: `Refused` for a table without the columns, or that is no CSV."""
    first = text.replace("\r", "\n").partition("\n")[0]
    separator = separator_of(first)
    if separator is None:
        raise Refused(f"the head line must name the columns {', '.join(REQUIRED)}")
    columns = head_of(first, separator)
    if len(set(columns)) != len(columns):
        raise Refused("the head line must name each column once")
    if _has_too_many(text, separator):
        raise Refused(f"the table must have at most {MOST_ROWS} rows")
    read: list[Intake] = []
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if number > 1 and any(cell.strip() for cell in cells):
                intake = _row(number, columns, cells, site, trail, findings)
                read += [intake] if intake is not None else []
    except csv.Error:
        findings.append(
            Finding(
                code=FindingCode.MESSAGE_BROKEN,
                location=f"row[{number + 1}]",
                message="a row must be well-formed CSV; what follows was not read",
            )
        )
    return read


def _has_too_many(text: str, separator: str) -> bool:
    """Whether there are more rows than anybody sends: counted before one is read and kept."""
    if max(text.count("\n"), text.count("\r")) <= MOST_ROWS:
        return False
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return next(islice(rows, MOST_ROWS + 1, None), None) is not None
    except csv.Error:
        return False


def _row(
    number: int,
    columns: tuple[str, ...],
    cells: list[str],
    site: Site,
    trail: Trail,
    findings: list[Finding],
) -> Intake | None:
    location = f"row[{number}]"
    for column, cell in zip(columns, cells, strict=False):
        if cell.strip():
            trail.met(f"{location}.{column}", cell)
    if len(cells) != len(columns):
        findings.append(
            Finding(
                code=FindingCode.VALUE_INVALID,
                location=location,
                message=f"a row must have {len(columns)} cells, like the head line",
                quoted=str(len(cells)),
            )
        )
        return None
    return read_row(location, dict(zip(columns, cells, strict=True)), site, trail, findings)


def _told_apart(intakes: list[Intake]) -> tuple[Intake, ...]:
    """The intakes, each one that repeats the identifier of an earlier one marked."""
    seen: set[str] = set()
    marked = []
    for intake in intakes:
        kept = intake
        names = {one.value for one in intake.identifiers}
        if names & seen:
            finding = Finding(
                code=FindingCode.IDENTIFIER_DUPLICATE,
                location=f"{intake.location}.intake_id",
                message="intake_id must not be that of an earlier row",
                quoted=intake.identifiers[0].value,
            )
            kept = intake.model_copy(update={"findings": (*intake.findings, finding)})
        seen |= names
        marked.append(kept)
    return tuple(marked)
