"""`semainier expand`: rows of dosages in, dated intakes or the reasons for review out.

One JSON object a line, in and out. A row that cannot be read gives a row that says so; it never
stops the others. The text of a dosage that its structure cannot account for counts like any
other doubt: nothing is planned for a row with a finding that blocks.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from connectors.fhir.dosage.read import read_dosages
from connectors.trail import Trail
from engine.posology.clock import is_usable
from engine.posology.comparison.compare import compare_all
from engine.posology.expand import check_window, expand
from engine.posology.normalise import normalise
from schemas.base import plain_decimal
from schemas.finding import Finding, FindingCode
from schemas.posology import Posology
from schemas.quantity import Quantity
from schemas.schedule import AsNeeded, DoseSchedule, PlannedIntake
from schemas.site import Site

_MOST_DAYS = 3660
"""Ten years: a horizon is a window to look at, and no treatment is printed for longer."""
_ROW = "row"
_STATED = {"dose", "rhythm", "times", "bounds", "timing_code", "intake_lasts", "limits"}
"""What a row as needed repeats as the sender states it: nothing of it is planned."""


class RowError(ValueError):
    """A row that cannot be used; `place` is the key at fault."""

    def __init__(self, place: str, rule: str) -> None:
        super().__init__(rule)
        self.place = place


def expand_rows(lines: Iterable[str], site: Site) -> Iterator[str]:
    """One line of JSON for each line that is not empty, in the same order.

    In: `{"id", "dosage": [FHIR R4 Dosage, ...], "start": ISO with offset, "horizon_days",
    "zone"}`; `zone` replaces that of the site; `timing_only: true` asks for times alone where no
    dose is stated; other keys are ignored. Out: `{"id", "computable", "planned", "as_needed",
    "findings"}`. Raises: nothing for what a row may hold.
    """
    for line in lines:
        if line.strip():
            yield json.dumps(_answer(line, site), ensure_ascii=False)


def _answer(line: str, site: Site) -> dict[str, object]:
    row: Mapping[str, object] = {}
    try:
        row = _row(line)
        return {"id": row.get("id"), **_expanded(row, site)}
    except RowError as error:
        finding = Finding(code=FindingCode.VALUE_INVALID, location=error.place, message=str(error))
        return {"id": _plain(row.get("id")), **_outcome((), (), (finding,))}


def _plain(given: object) -> object:
    return given if isinstance(given, str | int) else None


def _row(line: str) -> Mapping[str, object]:
    try:
        row = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise RowError(_ROW, "the line is not JSON") from error
    if not isinstance(row, dict):
        raise RowError(_ROW, "the line is not a JSON object")
    return {**row, "id": _plain(row.get("id"))}


def _expanded(row: Mapping[str, object], site: Site) -> dict[str, object]:
    place = site.model_copy(update={"zone": _zone(row, site)})
    dosages, start, days = _dosages(row), _start(row), _days(row)
    phases = read_dosages(dosages, "dosage", Trail(), place)
    posology = Posology(phases=phases)
    outcome = normalise(posology, place, start=start, times_only=row.get("timing_only") is True)
    said = compare_all(posology)
    schedule = outcome.schedule
    if not isinstance(schedule, DoseSchedule):
        return _outcome((), schedule.as_needed, (*outcome.findings, *said), computable=False)
    said += _checked(schedule, place, start, days)
    computable = not any(finding.blocks for finding in said)
    planned = list(expand(schedule, place, start, days)) if computable else []
    if computable and schedule.steps and not planned and not schedule.as_needed:
        said += (_empty(schedule),)
    findings = (*outcome.findings, *said)
    return _outcome(planned, schedule.as_needed, findings, computable=computable)


def _empty(schedule: DoseSchedule) -> Finding:
    return Finding(
        code=FindingCode.SCHEDULE_EMPTY,
        location=schedule.steps[0].location,
        message="the schedule plans no intake within the horizon",
    )


def _checked(schedule: DoseSchedule, site: Site, start: datetime, days: int) -> tuple[Finding, ...]:
    try:
        return check_window(schedule, site, start, days)
    except ValueError as error:
        raise RowError("horizon_days", "the window leaves the calendar") from error


def _dosages(row: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    given = row.get("dosage")
    if not isinstance(given, list):
        raise RowError("dosage", "dosage must be a list of FHIR Dosage objects")
    return given


def _start(row: Mapping[str, object]) -> datetime:
    try:
        start = datetime.fromisoformat(str(row.get("start")))
    except ValueError as error:
        raise RowError("start", "start must be an ISO date-time with an offset") from error
    if start.tzinfo is None or not is_usable(start):
        raise RowError("start", "start must have an offset, and a year from 1000 to 9000")
    return start


def _days(row: Mapping[str, object]) -> int:
    days = row.get("horizon_days")
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= _MOST_DAYS:
        raise RowError("horizon_days", f"horizon_days must be a whole number up to {_MOST_DAYS}")
    return days


def _zone(row: Mapping[str, object], site: Site) -> str:
    zone = row.get("zone", site.zone)
    try:
        return ZoneInfo(str(zone)).key
    except (KeyError, ValueError, OSError) as error:
        raise RowError("zone", "zone must be the name of an IANA time zone") from error


def _outcome(
    planned: Iterable[PlannedIntake],
    as_needed: Iterable[AsNeeded],
    findings: Iterable[Finding],
    *,
    computable: bool = False,
) -> dict[str, object]:
    return {
        "computable": computable,
        "planned": [_planned(intake) for intake in planned],
        "as_needed": [_as_needed(one) for one in as_needed],
        "findings": [_finding(finding) for finding in findings],
    }


def _planned(intake: PlannedIntake) -> dict[str, object]:
    return {
        "at": intake.due_at.isoformat(),
        "moment": intake.moment,
        "offset_minutes": intake.offset_minutes,
        **_amount(intake.quantity),
    }


def _as_needed(one: AsNeeded) -> dict[str, object]:
    return {
        "location": one.location,
        **_amount(one.quantity),
        "reasons": list(one.reasons),
        "text": one.text,
        **one.model_dump(mode="json", include=_STATED),
    }


def _amount(quantity: Quantity | None) -> dict[str, object]:
    if quantity is None:
        return {"quantity": None, "unit": None}
    return {"quantity": _shortest(quantity.value), "unit": quantity.unit_label}


def _shortest(value: Decimal) -> str:
    """The amount without the zeros that only say how precise the sender was: 1.0 is "1"."""
    return plain_decimal(value.normalize())


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "location": finding.location,
        "message": finding.message,
    }
