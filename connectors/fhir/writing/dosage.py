"""A dose schedule as FHIR Dosages: rules where R4 has them, dated intakes where it has none.

R4 has no day of the month, no cycle and no list of days: those become `timing.event`, the
intakes of the exported period. Dosages run together; their bounds are instants (FHIR R4 Timing).
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count, groupby
from zoneinfo import ZoneInfo

from connectors.fhir.dosage.timing_rules import AT_THE_MEAL, FRENCH_MOMENTS, FRENCH_WHEN
from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.needed import write_needed
from connectors.fhir.writing.outgoing import instant
from connectors.fhir.writing.people import write_quantity
from schemas.delivery import ReleasedLine
from schemas.moment import Moment
from schemas.schedule import (
    AtInstants,
    EveryDays,
    EveryHours,
    OnWeekdays,
    Slot,
    Step,
)

_NOT_IN_R4 = frozenset((Moment.IMMEDIATELY,))


def write_dosages(released: ReleasedLine, first: datetime, days: int) -> Iterator[Object]:
    """The Dosages of one line, steps in their order and then what is taken as needed."""
    zone = ZoneInfo(released.schedule.zone)
    for rank, step in enumerate(released.schedule.steps):
        if _is_over_before_it_begins(step, zone):
            continue
        timings = list(_timings(step, zone))
        if not timings:
            yield _dated(released, rank, _period(first, days, zone))
        for timing in timings:
            yield _dosage(step, timing)
    for needed in released.schedule.as_needed:
        yield write_needed(needed, zone)


def _dosage(step: Step, timing: Object, text: str | None = None) -> Object:
    instructions: list[Json] = [{"text": words} for words in (*step.instructions, *_anchor(step))]
    dose = write_quantity(step.quantity) if step.quantity else None
    return {
        "text": text,
        "additionalInstruction": instructions,
        "timing": timing,
        "doseAndRate": [{"doseQuantity": dose}] if dose else [],
    }


def _anchor(step: Step) -> tuple[str, ...]:
    """From which day a rhythm is counted: the start alone leaves room for two readings."""
    match step.rule:
        case EveryDays(every=every, anchor=anchor) if every > 1:
            return (f"Jours comptés à partir du {anchor:%d/%m/%Y}",)
        case OnWeekdays(every=every, anchor=anchor) if every > 1:
            return (f"Semaines comptées à partir du {_monday(anchor):%d/%m/%Y}",)
        case _:
            return ()


def _timings(step: Step, zone: ZoneInfo) -> Iterator[Object]:
    """The Timings of a step that R4 can say by rule; none when it cannot."""
    match step.rule:
        case EveryHours(hours=hours, first=first):
            rhythm: Object = {"frequency": 1, "period": hours, "periodUnit": "h"}
            yield {"repeat": _bounds(step, first) | rhythm}
        case AtInstants(instants=instants):
            events: list[Json] = [instant(at) for at in instants]
            yield {"event": events}
        case EveryDays() | OnWeekdays() as rule if _can_be_said(step):
            start = _start(step, rule, zone)
            for slots in _alike(step.slots):
                yield {"repeat": _by_days(step, rule, slots, start)}
        case _:
            return


def _can_be_said(step: Step) -> bool:
    """A count is of intakes; beside several slots a reader may take it for days."""
    known = all(slot.moment not in _NOT_IN_R4 for slot in step.slots)
    exact = all(
        slot.moment not in AT_THE_MEAL for slot in step.slots if slot.offset_minutes is not None
    )
    one = step.count is None or len(step.slots) == 1
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


def _by_days(
    step: Step, rule: EveryDays | OnWeekdays, slots: tuple[Slot, ...], start: datetime
) -> Object:
    rhythm: Object = {}
    if isinstance(rule, EveryDays):
        if rule.every > 1 or slots[0].moment is not None:
            rhythm = {"frequency": len(slots), "period": rule.every, "periodUnit": "d"}
    else:
        weekdays: list[Json] = [day.value for day in rule.weekdays]
        if rule.every > 1:
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


def _start(step: Step, rule: EveryDays | OnWeekdays, zone: ZoneInfo) -> datetime:
    """The start, moved to the first day of the rhythm: a reader counts days from the bounds.

    No day is before the anchor of the rule.
    """
    first = max(step.start, datetime.combine(rule.anchor, time(), zone))
    if rule.every == 1:
        return first
    day = first.astimezone(zone).date()
    ahead = next(n for n in count() if _is_on(rule, day + timedelta(days=n)))
    return datetime.combine(day + timedelta(days=ahead), time(), zone) if ahead else first


def _is_on(rule: EveryDays | OnWeekdays, day: date) -> bool:
    if isinstance(rule, EveryDays):
        return (day - rule.anchor).days % rule.every == 0
    weeks = (_monday(day) - _monday(rule.anchor)).days // 7
    listed = {weekday.number for weekday in rule.weekdays}
    return weeks % rule.every == 0 and day.weekday() in listed


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _is_over_before_it_begins(step: Step, zone: ZoneInfo) -> bool:
    """Whether the rhythm first falls after the end: the step plans nothing and is not said."""
    if step.end is None or not isinstance(step.rule, EveryDays | OnWeekdays):
        return False
    return _start(step, step.rule, zone) >= step.end


def _dated(released: ReleasedLine, rank: int, period: str) -> Object:
    """The intakes of the exported period, one by one; without any, no dose is said at all."""
    events: list[Json] = [
        instant(intake.due_at) for intake in released.planned if intake.step == rank
    ]
    if not events:
        return {"text": f"Aucune prise {period}"}
    return _dosage(released.schedule.steps[rank], {"event": events}, f"Prises datées {period}")


def _period(first: datetime, days: int, zone: ZoneInfo) -> str:
    start = first.astimezone(zone).date()
    end = start + timedelta(days=days - 1)
    return f"du {start:%d/%m/%Y} au {end:%d/%m/%Y}"
