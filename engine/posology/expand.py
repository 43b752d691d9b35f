"""From a schedule to the intakes of a window: streamed, in order, at the patient's wall clock.

A slot keeps its wall time over a clock change. Whether a change of the clocks puts a planned
intake in doubt cannot be known for a schedule without end, only for a window: whoever shows or
releases a window calls `check_window` with it, and a finding there means that nothing of the
schedule may leave for that window until a pharmacist has answered it.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import chain, islice, repeat
from operator import add, itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.posology.clock import DAY, at_wall, is_doubtful, wall_of
from engine.posology.days import days_of
from engine.posology.slots import time_in_day, wall_time
from engine.posology.window import Window, stretches, window_of
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment
from schemas.quantity import Quantity
from schemas.schedule import AtInstants, DoseSchedule, EveryHours, PlannedIntake, Rule, Step
from schemas.site import Site

_SHORT = 62
"""Days of a window that is sorted at once, as two months; a longer one is merged as it streams."""

_NEXT_DAY = partial(add, DAY)

_intake = partial(tuple.__new__, PlannedIntake)
"""`PlannedIntake._make` without its check of the length: half the time of a month."""


class _Place(NamedTuple):
    """A slot: the time by which it is compared, its wall time, and what its intakes carry.

    `late`: the clock shows it on the day after. `carried`: all of an intake but its time.
    """

    in_day: time
    clock: time
    late: bool
    carried: tuple[Moment | None, int | None, Quantity | None, int]


class _Within(NamedTuple):
    """What of a step is asked for: from `first` to `last`, which is `included` or not."""

    first: datetime
    last: datetime
    included: bool
    zone: ZoneInfo


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
    if days > _SHORT:
        return heapq.merge(*streams, key=_instant_of)
    in_order = _instant_of if any(window.changes) else itemgetter(0)
    return iter(sorted(chain.from_iterable(streams), key=in_order))


def _instant_of(intake: PlannedIntake) -> float:
    """Times of one zone compare by their clocks, which run back once a year; instants do not."""
    return intake.due_at.timestamp()


def occurrences(step: Step, site: Site, window: Window, rank: int = 0) -> Iterator[PlannedIntake]:
    """What of a step falls into the window. A count runs from the start of the step.

    A moment past midnight falls where the day that it ends falls.
    """
    if step.count is None:
        return _between(step, site, window, max(step.start, window.first), rank)
    before = _between(step, site, window._replace(last=window.first), step.start, rank)
    left = step.count - sum(1 for _ in islice(before, step.count))
    return islice(_between(step, site, window, max(step.start, window.first), rank), left)


def _between(
    step: Step, site: Site, window: Window, first: datetime, rank: int
) -> Iterator[PlannedIntake]:
    last, included = window.last, False
    if step.end is not None and step.end < window.last:
        last, included = step.end, step.end_included
    within = _Within(first, last, included, window.zone)
    instants: Iterator[datetime]
    match step.rule:
        case EveryHours():
            instants = _every_hours(step.rule, within)
        case AtInstants():
            instants = _at_instants(step.rule, within)
        case _:
            return _at_slots(step, site, within, rank)
    members = repeat(None), repeat(None), repeat(step.quantity), repeat(rank)
    return map(_intake, zip(instants, *members, strict=False))


def _every_hours(rule: EveryHours, within: _Within) -> Iterator[datetime]:
    gap = timedelta(seconds=int(rule.hours * 3600))
    start, zone = rule.first.astimezone(UTC), within.zone
    begin, end = within.first.astimezone(UTC), within.last.astimezone(UTC)
    due = start + max(0, -((start - begin) // gap)) * gap
    while due < end or (within.included and due == end):
        yield due.astimezone(zone)
        if end - due < gap:
            return
        due += gap


def _at_instants(rule: AtInstants, within: _Within) -> Iterator[datetime]:
    first, last, included, zone = within
    for instant in sorted(rule.instants):
        if first <= instant and (instant < last or (included and instant == last)):
            yield instant.astimezone(zone)


def _at_slots(step: Step, site: Site, within: _Within, rank: int) -> Iterator[PlannedIntake]:
    zone = within.zone
    places = [
        _Place(
            time_in_day(slot, site),
            wall_time(slot, site).replace(tzinfo=zone),
            site.is_past_midnight(slot.moment),
            (slot.moment, slot.offset_minutes, step.quantity, rank),
        )
        for slot in step.slots
    ]
    shown = within._replace(first=wall_of(within.first, zone), last=wall_of(within.last, zone))
    return chain.from_iterable(_stretch_by_stretch(step.rule, places, shown))


def _stretch_by_stretch(
    rule: Rule, places: list[_Place], shown: _Within
) -> Iterator[Iterable[PlannedIntake]]:
    """The intakes of each stretch of days; `shown` holds wall times."""
    for begin, end in stretches(shown.first, shown.last, shown.included, shown.zone):
        days = days_of(rule, begin, end)
        if begin < end:
            yield _on_whole_days(days, places)
        elif next(days, None) is not None:
            yield _on_edge(begin, places, shown)


def _on_whole_days(days: Iterator[date], places: list[_Place]) -> Iterator[PlannedIntake]:
    """The intakes of days that lie whole in the window and on which no clock changes."""
    combine = datetime.combine
    slots = [(clock, late, *carried) for _, clock, late, carried in places]
    return (
        _intake((combine(_NEXT_DAY(day) if late else day, clock), moment, offset, quantity, rank))
        for day in days
        for clock, late, moment, offset, quantity, rank in slots
    )


def _on_edge(day: date, places: list[_Place], shown: _Within) -> list[PlannedIntake]:
    """The intakes of a day on which the window or the step begins or ends, or the clocks change."""
    found: list[PlannedIntake] = []
    first, last, included, zone = shown
    for in_day, clock, late, carried in places:
        compared = datetime.combine(day, in_day)
        if first <= compared and (compared < last or (included and compared == last)):
            wall = datetime.combine(_NEXT_DAY(day) if late else day, clock.replace(tzinfo=None))
            found.append(_intake((at_wall(wall, zone), *carried)))
    return sorted(found, key=_instant_of)


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
    elif any(window.changes) and _meets_change(step, site, window):
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
