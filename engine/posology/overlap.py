"""What the phases of one posology must not be together: on the same slot, empty, apart in units."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from math import lcm

from engine.posology.clock import wall_of, zone_named
from engine.posology.doubts import Doubts
from engine.posology.expand import occurrences
from engine.posology.slots import wall_time
from engine.posology.span import LAST_MINUTE
from engine.posology.steps import Judged
from engine.posology.units import comparable
from engine.posology.window import Window
from schemas.finding import FindingCode
from schemas.schedule import (
    AtInstants,
    EveryDays,
    EveryHours,
    InCycle,
    OnWeekdays,
    PlannedIntake,
    Rule,
    Slot,
    Step,
)
from schemas.site import Site

_WEEK = timedelta(days=7)
_LONGEST = 1461
"""Four years: every day of the month and leap day has come; longer common rhythms are cut here."""
_NEAR = timedelta(hours=1)
"""A clock time so near a moment of the same set is taken for it (MORN and 08:00 in one set)."""


def check_set(judged: Sequence[Judged], site: Site, whole: Doubts) -> None:
    """Say what of the placed phases does not stand together."""
    _check_units(judged, whole)
    _check_gaps(judged)
    for one in judged:
        if one.step is not None and not _is_over(one.step):
            _check_filled(one, one.step, site)
            _check_end(one, one.step, site)
    _check_slots([one for one in judged if one.step is not None], site)


def _check_units(judged: Sequence[Judged], whole: Doubts) -> None:
    amounts = [one.quantity for one in judged if one.quantity is not None]
    for amount in amounts[1:]:
        if not comparable(amounts[0], amount):
            rule = "the phases of one posology have doses in different units"
            whole.say(FindingCode.UNIT_CONTRADICTED, rule, amount.unit_label)
            return


def _check_gaps(judged: Sequence[Judged]) -> None:
    """Periods that stand one after the other must touch: a gap is a step that was forgotten."""
    stated = [
        one for one in judged if one.fixed and one.phase.bounds.start and one.phase.sequence is None
    ]
    spans = [(one.span, one) for one in stated if one.span is not None]
    ordered = sorted(spans, key=lambda pair: pair[0].start.at)
    for (before, _), (after, one) in pairwise(ordered):
        if before.end is not None and after.start.at - before.end > LAST_MINUTE:
            rule = "the period does not begin when the one before it ends"
            one.doubts.say(FindingCode.SEQUENCE_GAP, rule)


def _check_filled(one: Judged, step: Step, site: Site) -> None:
    """A bounded step has a dose, and in less than a week one on each of its weekdays."""
    if step.end is None:
        return
    window = _window(step.start, step.end + LAST_MINUTE, site)
    if next(occurrences(step, site, window), None) is None:
        rule = "the days and times stated do not fall between the start and the end"
        one.doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
    elif isinstance(step.rule, OnWeekdays) and step.end - step.start < _WEEK:
        met = {due.due_at.weekday() for due in occurrences(step, site, window)}
        if len(met) < len(step.rule.weekdays):
            rule = "not every weekday stated falls between the start and the end"
            one.doubts.say(FindingCode.TIMING_CONTRADICTED, rule)


def _is_over(step: Step) -> bool:
    """Whether the end is before a start that is only that of the context."""
    return step.end is not None and step.end <= step.start


def _check_end(one: Judged, step: Step, site: Site) -> None:
    """A stated end so near a moment that another site's hour for it would add or drop a dose.

    Where start and end are at one time of the day the number of doses is the same at any site.
    """
    end, zone = one.phase.bounds.end, zone_named(site.zone)
    if not isinstance(end, datetime):
        return
    last, first = wall_of(end, zone), wall_of(step.start, zone)
    if abs(_clock_of(last) - _clock_of(first)) <= LAST_MINUTE:
        return
    for slot in step.slots:
        if slot.moment and abs(_since_midnight(slot, site) - _clock_of(last)) <= _NEAR:
            rule = "the end is so near a moment that the hour of the site decides on its last dose"
            one.doubts.say(FindingCode.BOUNDS_INVALID, rule)
            return


def _clock_of(wall: datetime) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)


def _window(first: datetime, last: datetime, site: Site) -> Window:
    return Window(first, last, zone_named(site.zone))


def _check_slots(placed: Sequence[Judged], site: Site) -> None:
    """Two doses of one posology at one moment may be added, or be alternatives: never planned."""
    for one, other in combinations(placed, 2):
        if one.step is None or other.step is None or other.doubts.stopped:
            continue
        shared = _shared(one.step, other.step, site)
        if shared is None:
            continue
        if shared:
            rule = "two phases have a dose at the same moment"
            other.doubts.say(FindingCode.SLOT_TWICE, rule)
        else:
            rule = "a moment and a time of the clock that is as good as it stand in one posology"
            other.doubts.say(FindingCode.SLOTS_MIXED, rule)


def _shared(one: Step, other: Step, site: Site) -> bool | None:
    """`True` for the same slot, `False` for a moment and a clock time as near, `None` for none."""
    if not _may_meet(one, other, site):
        return None
    first = max(one.start, other.start)
    last = first + timedelta(days=_common_days(one.rule, other.rule) + 1)
    ends = [step.end + LAST_MINUTE for step in (one, other) if step.end is not None]
    window = _window(first, min([last, *ends]), site)
    left, right = (list(_keys(step, site, window)) for step in (one, other))
    return _meeting(left, right)


def _may_meet(one: Step, other: Step, site: Site) -> bool:
    starts_after = [
        first.end is not None and first.end < second.start
        for first, second in ((one, other), (other, one))
    ]
    if any(starts_after):
        return False
    if not (one.slots and other.slots):
        return True
    return any(_near(left, right, site) for left in one.slots for right in other.slots)


def _near(left: Slot, right: Slot, site: Site) -> bool:
    if (left.moment is None) == (right.moment is None):
        return (left.moment, left.wall_time) == (right.moment, right.wall_time)
    return abs(_since_midnight(left, site) - _since_midnight(right, site)) < _NEAR


def _since_midnight(slot: Slot, site: Site) -> timedelta:
    clock = wall_time(slot, site)
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def _common_days(one: Rule, other: Rule) -> int:
    return min(lcm(_turn(one), _turn(other)), _LONGEST)


def _turn(rule: Rule) -> int:
    """After how many days a rule begins anew."""
    match rule:
        case EveryDays():
            return rule.every
        case OnWeekdays():
            return 7 * rule.every
        case InCycle():
            return rule.days_on + rule.days_off
        case EveryHours():
            hours = int(rule.hours)
            return lcm(hours, 24) // 24
        case AtInstants():
            return 1
        case _:
            return _LONGEST


def _keys(step: Step, site: Site, window: Window) -> Iterator[tuple[datetime, PlannedIntake]]:
    for due in occurrences(step, site, window):
        yield due.due_at.replace(tzinfo=None), due


def _meeting(
    left: Sequence[tuple[datetime, PlannedIntake]], right: Sequence[tuple[datetime, PlannedIntake]]
) -> bool | None:
    """Whether two dated lists share a slot; each is in order, so both are walked once."""
    found: bool | None = None
    start = 0
    for wall, due in left:
        while start < len(right) and right[start][0] <= wall - _NEAR:
            start += 1
        for place in range(start, len(right)):
            other_wall, other = right[place]
            if other_wall >= wall + _NEAR:
                break
            if _is_same(wall, due, other_wall, other):
                return True
            if _is_mixed(due, other):
                found = False
    return found


def _is_same(
    wall: datetime, due: PlannedIntake, other_wall: datetime, other: PlannedIntake
) -> bool:
    if due.moment is not None and other.moment is not None:
        return due.moment is other.moment and wall.date() == other_wall.date()
    return due.moment is other.moment and wall == other_wall


def _is_mixed(due: PlannedIntake, other: PlannedIntake) -> bool:
    return (due.moment is None) is not (other.moment is None)
