"""Whether two steps of one posology ever have a dose at the same moment, or on the same day."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import lcm

from engine.posology.clock import zone_named
from engine.posology.expand import occurrences
from engine.posology.slots import NEAR, may_name_one, names_one
from engine.posology.span import LAST_MINUTE
from engine.posology.window import Window
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

LONGEST = 1461
"""Four years: every day of the month and leap day has come; longer common rhythms are cut here."""


def share_slot(one: Step, other: Step, site: Site) -> bool | None:
    """`True` for the same slot, `False` for two names of one time, `None` for none."""
    if not _may_meet(one, other, site):
        return None
    window = _common_window(one, other, site)
    left, right = (list(_keys(step, site, window)) for step in (one, other))
    return _meeting(left, right)


def share_day(one: Step, other: Step, site: Site) -> bool:
    """Whether both have a dose on one day."""
    window = _common_window(one, other, site)
    days = {due.due_at.date() for due in occurrences(one, site, window)}
    return any(due.due_at.date() in days for due in occurrences(other, site, window))


def _common_window(one: Step, other: Step, site: Site) -> Window:
    """From the later start, as long as both run and until their rhythms have come round."""
    first = max(one.start, other.start)
    last = first + timedelta(days=_common_days(one.rule, other.rule) + 1)
    ends = [step.end + LAST_MINUTE for step in (one, other) if step.end is not None]
    return Window(first, min([last, *ends]), zone_named(site.zone))


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
    if (left.moment, left.wall_time) == (right.moment, right.wall_time):
        return True
    return names_one(left, right, site)


def _common_days(one: Rule, other: Rule) -> int:
    return min(lcm(_turn(one), _turn(other)), LONGEST)


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
            return LONGEST


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
        while start < len(right) and right[start][0] <= wall - NEAR:
            start += 1
        for place in range(start, len(right)):
            other_wall, other = right[place]
            if other_wall >= wall + NEAR:
                break
            if _is_same(wall, due, other_wall, other):
                return True
            if may_name_one(due.moment, other.moment):
                found = False
    return found


def _is_same(
    wall: datetime, due: PlannedIntake, other_wall: datetime, other: PlannedIntake
) -> bool:
    if due.moment is not other.moment:
        return False
    return wall == other_wall if due.moment is None else wall.date() == other_wall.date()
