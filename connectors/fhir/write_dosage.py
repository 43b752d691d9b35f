"""A dose schedule as FHIR Dosages: rules where R4 has them, dated intakes where it has none.

R4 has no day of the month, no cycle and no list of days: those become `timing.event`, the
intakes of the exported period. Dosages run together; their bounds are instants (FHIR R4 Timing).
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from connectors.fhir.outgoing import instant
from connectors.fhir.timing_rules import FRENCH_MOMENTS, FRENCH_WHEN
from connectors.fhir.tree import Json, Object
from connectors.fhir.write_people import write_quantity, write_ratio
from schemas.delivery import ReleasedLine
from schemas.moment import Moment
from schemas.schedule import (
    AsNeeded,
    AtInstants,
    EveryDays,
    EveryHours,
    OnWeekdays,
    Slot,
    Step,
)

_NOT_IN_R4 = frozenset((Moment.IMMEDIATELY,))
_AT_THE_MEAL = frozenset((Moment.MEAL, Moment.BREAKFAST, Moment.LUNCH, Moment.DINNER))


def write_dosages(released: ReleasedLine, first: datetime, days: int) -> Iterator[Object]:
    """The Dosages of one line, steps in their order and then what is taken as needed."""
    zone = ZoneInfo(released.schedule.zone)
    for rank, step in enumerate(released.schedule.steps):
        timings = list(_timings(step, zone))
        if not timings:
            yield _dosage(step, _events(released, rank), _dated_text(first, days, zone))
        for timing in timings:
            yield _dosage(step, timing)
    for needed in released.schedule.as_needed:
        yield _as_needed(needed)


def _dosage(step: Step, timing: Object, text: str | None = None) -> Object:
    instructions: list[Json] = [{"text": words} for words in step.instructions]
    dose = write_quantity(step.quantity) if step.quantity else None
    return {
        "text": text,
        "additionalInstruction": instructions,
        "timing": timing,
        "doseAndRate": [{"doseQuantity": dose}] if dose else [],
    }


def _as_needed(needed: AsNeeded) -> Object:
    instructions: list[Json] = [{"text": words} for words in needed.instructions]
    reasons = "; ".join(needed.reasons)
    limits = needed.limits
    return {
        "text": needed.text,
        "additionalInstruction": instructions,
        "asNeededBoolean": None if reasons else True,
        "asNeededCodeableConcept": {"text": reasons} if reasons else None,
        "doseAndRate": (
            [{"doseQuantity": write_quantity(needed.quantity)}] if needed.quantity else []
        ),
        "maxDosePerPeriod": write_ratio(limits.per_period[0]) if limits.per_period else None,
        "maxDosePerAdministration": (
            write_quantity(limits.per_intake) if limits.per_intake else None
        ),
        "maxDosePerLifetime": (
            write_quantity(limits.per_lifetime) if limits.per_lifetime else None
        ),
    }


def _timings(step: Step, zone: ZoneInfo) -> Iterator[Object]:
    """The Timings of a step that R4 can say by rule; none when it cannot."""
    match step.rule:
        case EveryHours(hours=hours, first=first):
            rhythm: Object = {"frequency": 1, "period": hours, "periodUnit": "h"}
            yield {"repeat": _bounds(step, first) | rhythm}
        case AtInstants(instants=instants):
            events: list[Json] = [instant(at) for at in instants]
            yield {"event": events}
        case EveryDays() | OnWeekdays() if _can_be_said(step):
            for slots in _alike(step.slots):
                yield {"repeat": _by_days(step, slots, zone)}
        case _:
            return


def _can_be_said(step: Step) -> bool:
    """A count is of intakes: over several Timings of one step it cannot be shared out."""
    known = all(slot.moment not in _NOT_IN_R4 for slot in step.slots)
    exact = all(
        slot.moment not in _AT_THE_MEAL for slot in step.slots if slot.offset_minutes is not None
    )
    one = step.count is None or len(list(_alike(step.slots))) == 1
    return bool(step.slots) and known and exact and one


def _alike(slots: tuple[Slot, ...]) -> Iterator[tuple[Slot, ...]]:
    """The slots that one Timing may hold: clock times, or moments of one offset (tim-9, tim-10).

    A moment of the French additions stands alone: its extension holds one code.
    """

    def kind(slot: Slot) -> tuple[bool, int, str]:
        french = slot.moment.value if slot.moment and slot.moment in FRENCH_MOMENTS else ""
        return slot.moment is None, slot.offset_minutes or 0, french

    for _, group in groupby(sorted(slots, key=kind), key=kind):
        yield tuple(group)


def _by_days(step: Step, slots: tuple[Slot, ...], zone: ZoneInfo) -> Object:
    rule = step.rule
    start = step.start
    rhythm: Object = {}
    if isinstance(rule, EveryDays):
        start = _first_on_rhythm(step.start, rule, zone)
        if rule.every > 1 or slots[0].moment is not None:
            rhythm = {
                "frequency": len(slots),
                "period": rule.every,
                "periodUnit": "d",
            }
    elif isinstance(rule, OnWeekdays):
        weekdays: list[Json] = [day.value for day in rule.weekdays]
        if rule.every > 1:
            monday = _first_week(step.start, rule, zone)
            start = max(start, monday)
            number = len(weekdays) * len(slots)
            rhythm = {"frequency": number, "period": rule.every, "periodUnit": "wk"}
        rhythm["dayOfWeek"] = weekdays
    return _bounds(step, start) | rhythm | _when(slots)


def _when(slots: tuple[Slot, ...]) -> Object:
    clock: list[Json] = [slot.wall_time.isoformat("seconds") for slot in slots if slot.wall_time]
    if clock:
        return {"timeOfDay": clock}
    moments = [slot.moment for slot in slots if slot.moment]
    offset: Object = {"offset": slots[0].offset_minutes} if slots[0].offset_minutes else {}
    if moments[0] in FRENCH_MOMENTS:
        french: Object = {"url": FRENCH_WHEN, "valueCode": moments[0].value}
        return {"extension": [french], **offset}
    listed: list[Json] = [moment.value for moment in moments]
    return {"when": listed, **offset}


def _bounds(step: Step, start: datetime) -> Object:
    """Both ends are instants, and FHIR includes its end: an end that is not is a second less."""
    end = step.end
    if end is not None and not step.end_included:
        end = end - timedelta(seconds=1)
    period: Object = {"start": instant(start), "end": instant(end) if end else None}
    return {"boundsPeriod": period, "count": step.count}


def _first_on_rhythm(start: datetime, rule: EveryDays, zone: ZoneInfo) -> datetime:
    """The start, moved to the first day of the rhythm: a reader counts days from the bounds."""
    day = start.astimezone(zone).date()
    ahead = (rule.anchor - day).days % rule.every
    if ahead == 0:
        return start
    return datetime.combine(day + timedelta(days=ahead), time(), zone)


def _first_week(start: datetime, rule: OnWeekdays, zone: ZoneInfo) -> datetime:
    """The Monday of the first week of the rhythm that is not before the week of the start."""
    day = start.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    anchor = rule.anchor - timedelta(days=rule.anchor.weekday())
    ahead = ((anchor - monday).days // 7) % rule.every
    return datetime.combine(monday + timedelta(weeks=ahead), time(), zone)


def _events(released: ReleasedLine, rank: int) -> Object:
    events: list[Json] = [
        instant(intake.due_at) for intake in released.planned if intake.step == rank
    ]
    return {"event": events}


def _dated_text(first: datetime, days: int, zone: ZoneInfo) -> str:
    start = first.astimezone(zone).date()
    end = start + timedelta(days=days - 1)
    return f"Prises datées du {start:%d/%m/%Y} au {end:%d/%m/%Y}"
