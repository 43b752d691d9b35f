"""Two schedules of one line compared: doses, slots, days, start and end, each change typed.

A course is what shares its days, its start and its end; steps of one course that differ in their
amount are one course with several slots. Courses are found again by what they share, else in
their order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from schemas.posology import Dose
from schemas.quantity import Quantity
from schemas.review import (
    AnchorMoved,
    AsNeededChanged,
    CountChanged,
    CourseAdded,
    CourseRemoved,
    DaysChanged,
    DoseChanged,
    EndMoved,
    GapOpened,
    ScheduleChange,
    SlotAdded,
    SlotRemoved,
    StartMoved,
    WeekdaysChanged,
)
from schemas.schedule import (
    AsNeeded,
    DoseSchedule,
    EveryDays,
    EveryHours,
    InCycle,
    OnMonthDays,
    OnWeekdays,
    Rule,
    Slot,
    Step,
)

_DAY = timedelta(days=1)
_Anchored = EveryDays | OnWeekdays | OnMonthDays | InCycle


@dataclass(frozen=True, slots=True)
class Course:
    """Steps that share days, start, end and count. `doses`: each slot with its amount."""

    first: Step
    doses: dict[Slot | None, Quantity | None]


def schedule_changes(old: DoseSchedule, new: DoseSchedule) -> tuple[ScheduleChange, ...]:
    """What differs, course by course; nothing when both plan the same."""
    return tuple(_changes(old, new))


def _changes(old: DoseSchedule, new: DoseSchedule) -> Iterator[ScheduleChange]:
    for before, after in _pairs(courses(old), courses(new)):
        if before is not None and after is not None:
            yield from _between(before, after)
        elif after is not None:
            step = after.first
            yield CourseAdded(days=step.rule, start=step.start, end=step.end)
            yield from (SlotAdded(slot=slot, dose=dose) for slot, dose in after.doses.items())
        elif before is not None:
            step = before.first
            yield CourseRemoved(days=step.rule, start=step.start, end=step.end)
            yield from (SlotRemoved(slot=slot, dose=dose) for slot, dose in before.doses.items())
    yield from _gap(old, new)
    if _needed(old.as_needed) != _needed(new.as_needed):
        yield AsNeededChanged(old=old.as_needed, new=new.as_needed)


def courses(schedule: DoseSchedule) -> list[Course]:
    """The courses in the order of their start."""
    found: dict[object, Course] = {}
    for step in schedule.steps:
        key = (_days(step.rule), step.start, step.end, step.end_included, step.count)
        course = found.setdefault(key, Course(step, {}))
        for slot in step.slots or (None,):
            course.doses[slot] = step.quantity
    return sorted(found.values(), key=lambda course: course.first.start)


def _pairs(
    old: Sequence[Course], new: Sequence[Course]
) -> list[tuple[Course | None, Course | None]]:
    """Every course of both once: by days and bounds, by start, then in order when as many."""
    before, after = list(old), list(new)
    pairs: list[tuple[Course | None, Course | None]] = []
    for same in (_is_same_span, _starts_alike, _has_days_alike):
        for course in tuple(after):
            found = next((each for each in before if same(each, course)), None)
            if found is not None:
                pairs.append((found, course))
                before.remove(found)
                after.remove(course)
    if len(before) == len(after):
        pairs += zip(before, after, strict=True)
    else:
        pairs += [(None, course) for course in after]
        pairs += [(course, None) for course in before]
    return pairs


def _is_same_span(one: Course, other: Course) -> bool:
    return _starts_alike(one, other) and one.first.end == other.first.end


def _starts_alike(one: Course, other: Course) -> bool:
    return _has_days_alike(one, other) and one.first.start == other.first.start


def _has_days_alike(one: Course, other: Course) -> bool:
    return _days(one.first.rule) == _days(other.first.rule)


def _days(rule: Rule) -> object:
    """A rule without the day that it is counted from, where every such day gives the same days."""
    match rule:
        case OnWeekdays(every=1):
            return frozenset(rule.weekdays)
        case EveryDays(every=1) | OnMonthDays(every=1) | InCycle(days_off=0):
            return rule.model_copy(update={"anchor": date.min})
        case _:
            return rule


def _between(old: Course, new: Course) -> Iterator[ScheduleChange]:
    yield from _of_doses(old.doses, new.doses)
    before, after = old.first, new.first
    yield from _of_days(before.rule, after.rule)
    if before.start != after.start:
        yield StartMoved(old=before.start, new=after.start)
    if before.end != after.end:
        yield EndMoved(old=before.end, new=after.end)
    if before.count != after.count:
        yield CountChanged(old=before.count, new=after.count)


def _of_doses(
    old: dict[Slot | None, Quantity | None], new: dict[Slot | None, Quantity | None]
) -> Iterator[ScheduleChange]:
    for slot in dict.fromkeys((*old, *new)):
        if slot not in new:
            yield SlotRemoved(slot=slot, dose=old[slot])
        elif slot not in old:
            yield SlotAdded(slot=slot, dose=new[slot])
        elif _amount(old[slot]) != _amount(new[slot]):
            yield DoseChanged(slot=slot, old=old[slot], new=new[slot])


def _amount(quantity: Quantity | None) -> object:
    """An amount without the way it is written: 1 and 1.0 are one, and so are *Cp* and *cp*."""
    if quantity is None:
        return None
    return quantity.value, (quantity.unit_label or "").casefold().strip()


def _of_days(old: Rule, new: Rule) -> Iterator[ScheduleChange]:
    if _days(old) == _days(new) or _gives_the_same_days(old, new):
        return
    if isinstance(old, OnWeekdays) and isinstance(new, OnWeekdays) and _weeks_alike(old, new):
        yield WeekdaysChanged(old=old.weekdays, new=new.weekdays)
    elif isinstance(old, _Anchored) and isinstance(new, _Anchored) and _differ_by_anchor(old, new):
        yield AnchorMoved(old=old.anchor, new=new.anchor)
    else:
        yield DaysChanged(old=old, new=new)


def _weeks_alike(old: OnWeekdays, new: OnWeekdays) -> bool:
    """Whether the same weeks have doses, on other days."""
    return old.every == new.every and set(old.weekdays) != set(new.weekdays)


def _differ_by_anchor(old: _Anchored, new: _Anchored) -> bool:
    return old == new.model_copy(update={"anchor": old.anchor})


def _gives_the_same_days(old: Rule, new: Rule) -> bool:
    """Whether two rules that differ only in where they are counted from meet on the same days."""
    if isinstance(old, EveryHours) and isinstance(new, EveryHours):
        apart = abs((new.first - old.first).total_seconds())
        return old.hours == new.hours and apart % int(old.hours * 3600) == 0
    if not (isinstance(old, _Anchored) and isinstance(new, _Anchored)):
        return False
    if not _differ_by_anchor(old, new):
        return False
    return _apart(old, new) % _turn(old) == 0


def _apart(old: _Anchored, new: _Anchored) -> int:
    """How far the two anchors are apart, in what the rule counts: days, or months."""
    if isinstance(old, OnMonthDays):
        return (new.anchor.year - old.anchor.year) * 12 + new.anchor.month - old.anchor.month
    if isinstance(old, OnWeekdays):
        return (_monday(new.anchor) - _monday(old.anchor)).days
    return (new.anchor - old.anchor).days


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _turn(rule: _Anchored) -> int:
    """After how many of them the rule begins anew."""
    match rule:
        case InCycle():
            return rule.days_on + rule.days_off
        case OnWeekdays():
            return 7 * rule.every
        case _:
            return rule.every


def _gap(old: DoseSchedule, new: DoseSchedule) -> Iterator[ScheduleChange]:
    before, after = covered(old), covered(new)
    if before is None or after is None or before[1] is None:
        return
    if after[0] - before[1] > _DAY:
        yield GapOpened(last=before[1], first=after[0])


def covered(schedule: DoseSchedule) -> tuple[date, date | None] | None:
    """The first and the last day that the steps cover; `None` as the last: without end.

    `None` when there is no step. A step that a count ends has no end that is known here.
    """
    if not schedule.steps:
        return None
    zone = ZoneInfo(schedule.zone)
    ends = [_last(step, zone) for step in schedule.steps]
    known = [end for end in ends if end is not None]
    first = min(step.start.astimezone(zone).date() for step in schedule.steps)
    return first, max(known) if len(known) == len(ends) else None


def _last(step: Step, zone: ZoneInfo) -> date | None:
    """The last day of a step; a midnight that ends it leaves the day that it begins free."""
    if step.end is None:
        return None
    return (step.end.astimezone(zone) - timedelta(seconds=1)).date()


def _needed(doses: Sequence[AsNeeded]) -> list[object]:
    """What is taken as needed, without where the source says it and in which words."""
    words: dict[str, object] = {"location": "", "text": None, "instructions": (), "dose": None}
    return [(_stated(one.dose), one.model_copy(update=words)) for one in doses]


def _stated(dose: Dose | None) -> object:
    if dose is None:
        return None
    return _amount(dose.low), _amount(dose.high), dose.rate, dose.per_body
