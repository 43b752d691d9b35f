"""From a schedule to the intakes of a window: streamed, in order, at the patient's wall clock.

A slot keeps its wall time over a clock change. Whether a change of the clocks puts a planned
intake in doubt cannot be known for a schedule without end, only for a window: whoever shows or
releases a window calls `check_window` with it, and a finding there means that nothing of the
schedule may leave for that window until a pharmacist has answered it.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, islice, pairwise
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.posology.clock import DAY, at_wall, is_doubtful, wall_of, zone_named
from engine.posology.days import days_from
from engine.posology.slots import wall_time
from schemas.finding import Finding, FindingCode
from schemas.schedule import AtInstants, DoseSchedule, EveryHours, PlannedIntake, Slot, Step
from schemas.site import Site

_SHORT = 62
"""Days of a window that is sorted at once, as two months; a longer one is merged as it streams."""


class Window(NamedTuple):
    """From `first` to before `last`; `changes` are the days around each clock change."""

    first: datetime
    last: datetime
    zone: ZoneInfo
    changes: frozenset[date]


class _Place(NamedTuple):
    """A slot at its wall time in the zone."""

    clock: time
    slot: Slot


def expand(
    schedule: DoseSchedule, site: Site, first: datetime, days: int
) -> Iterator[PlannedIntake]:
    """The planned intakes from `first` to before the same wall time `days` local days later.

    In the order of time; one after the other, so an open-ended treatment takes no memory. The
    hour of each is the patient's, with the offset of that day. Raises: `KeyError` for a moment
    that the site no longer has (`normalise` refuses it before), `ValueError` for a `first`
    without an offset.
    """
    window = window_of(schedule.zone, first, days)
    streams = [occurrences(step, site, window, rank) for rank, step in enumerate(schedule.steps)]
    if len(streams) == 1:
        return streams[0]
    in_order = _instant_of if window.changes else attrgetter("due_at")
    if days <= _SHORT:
        return iter(sorted(chain.from_iterable(streams), key=in_order))
    return heapq.merge(*streams, key=in_order)


def _instant_of(intake: PlannedIntake) -> float:
    """Times of one zone compare by their clocks, which run back once a year; instants do not."""
    return intake.due_at.timestamp()


def window_of(zone: str, first: datetime, days: int) -> Window:
    """The window of `days` local days from `first`.

    Raises: `ValueError` for a `first` without an offset or a window that leaves the calendar.
    """
    if first.tzinfo is None:
        raise ValueError("a window begins at an instant")
    place = zone_named(zone)
    wall = wall_of(first, place)
    try:
        last = at_wall(wall + timedelta(days=days), place)
    except OverflowError as error:
        raise ValueError("the window leaves the calendar") from error
    return Window(first, last, place, _changes(place, wall.date(), days))


@lru_cache(maxsize=64)
def _changes(zone: ZoneInfo, first: date, days: int) -> frozenset[date]:
    """The days of a window on which the clocks may change: the two around each change."""
    noons = [datetime.combine(first + n * DAY, time(12), zone) for n in range(-1, days + 2)]
    changed = (pair for pair in pairwise(noons) if pair[0].utcoffset() != pair[1].utcoffset())
    return frozenset(noon.date() for pair in changed for noon in pair)


def occurrences(step: Step, site: Site, window: Window, rank: int = 0) -> Iterator[PlannedIntake]:
    """What of a step falls into the window. A count runs from the start of the step."""
    if step.count is None:
        return _between(step, site, window, max(step.start, window.first), rank)
    counted = islice(_between(step, site, window, step.start, rank), step.count)
    return (due for due in counted if due.due_at >= window.first)


def _between(
    step: Step, site: Site, window: Window, first: datetime, rank: int
) -> Iterator[PlannedIntake]:
    last, included = window.last, False
    if step.end is not None and step.end < window.last:
        last, included = step.end, step.end_included
    instants: Iterator[datetime]
    match step.rule:
        case EveryHours():
            instants = _every_hours(step.rule, first, last, included)
        case AtInstants():
            instants = _at_instants(step.rule, first, last, included)
        case _:
            return _at_slots(step, site, window, (first, last, included), rank)
    quantity, zone = step.quantity, window.zone
    return (PlannedIntake(at.astimezone(zone), None, None, quantity, rank) for at in instants)


def _every_hours(
    rule: EveryHours, first: datetime, last: datetime, included: bool
) -> Iterator[datetime]:
    gap = timedelta(seconds=int(rule.hours * 3600))
    start = rule.first.astimezone(UTC)
    begin, end = first.astimezone(UTC), last.astimezone(UTC)
    due = start + max(0, -((start - begin) // gap)) * gap
    while due < end or (included and due == end):
        yield due
        if end - due < gap:
            return
        due += gap


def _at_instants(
    rule: AtInstants, first: datetime, last: datetime, included: bool
) -> Iterator[datetime]:
    for instant in sorted(rule.instants):
        if first <= instant and (instant < last or (included and instant == last)):
            yield instant


def _at_slots(
    step: Step,
    site: Site,
    window: Window,
    within: tuple[datetime, datetime, bool],
    rank: int,
) -> Iterator[PlannedIntake]:
    zone, changes, quantity = window.zone, window.changes, step.quantity
    first, last = (wall_of(end, zone) for end in within[:2])
    inner, outer = first.date(), last.date()
    places = [_Place(wall_time(slot, site).replace(tzinfo=zone), slot) for slot in step.slots]
    slots = [(clock, slot.moment, slot.offset_minutes) for clock, slot in places]
    combine = datetime.combine
    for day in days_from(step.rule, inner):
        if inner < day < outer and day not in changes:
            for clock, moment, offset in slots:
                yield PlannedIntake(combine(day, clock), moment, offset, quantity, rank)
        elif day > outer:
            return
        else:
            for at, slot in _on_edge(day, places, zone, (first, last, within[2])):
                yield PlannedIntake(at, slot.moment, slot.offset_minutes, quantity, rank)


def _on_edge(
    day: date,
    places: list[_Place],
    zone: ZoneInfo,
    within: tuple[datetime, datetime, bool],
) -> list[tuple[datetime, Slot]]:
    """The slots of a day on which the window or the step begins or ends, or the clocks change."""
    first, last, included = within
    found: list[tuple[datetime, Slot]] = []
    for clock, slot in places:
        wall = datetime.combine(day, clock.replace(tzinfo=None))
        if first <= wall and (wall < last or (included and wall == last)):
            found.append((at_wall(wall, zone), slot))
    return sorted(found, key=lambda place: place[0].timestamp())


def check_window(
    schedule: DoseSchedule, site: Site, first: datetime, days: int
) -> tuple[Finding, ...]:
    """The doubts that a clock change raises in this window: `CLOCK_CHANGE`, one for a step.

    A slot whose wall time the change skips or repeats; a dose counted in hours after a change
    since its first dose, where "every n hours" and "at the same hours" are two readings.
    """
    window = window_of(schedule.zone, first, days)
    found: list[Finding] = []
    for step in schedule.steps:
        rule = _doubt_of(step, site, window)
        if rule is not None:
            found.append(
                Finding(code=FindingCode.CLOCK_CHANGE, location=step.location, message=rule)
            )
    return tuple(found)


def _doubt_of(step: Step, site: Site, window: Window) -> str | None:
    if isinstance(step.rule, EveryHours):
        offset = step.rule.first.astimezone(window.zone).utcoffset()
        if any(due.due_at.utcoffset() != offset for due in occurrences(step, site, window)):
            return "an interval of hours runs over a clock change"
    elif window.changes and _meets_change(step, site, window):
        return "a time of the day is skipped or repeated by a clock change"
    return None


def _meets_change(step: Step, site: Site, window: Window) -> bool:
    """Whether a slot of the step falls into the hour that a clock change skips or repeats."""
    for slot in step.slots:
        clock = wall_time(slot, site)
        doubtful = {
            day for day in window.changes if is_doubtful(datetime.combine(day, clock), window.zone)
        }
        alone = step.model_copy(update={"slots": (slot,)})
        if doubtful and any(
            due.due_at.date() in doubtful for due in occurrences(alone, site, window)
        ):
            return True
    return False
