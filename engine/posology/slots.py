"""The places within a day: moments of the site, times of the clock, or the site's distribution."""

from collections.abc import Iterable
from datetime import time, timedelta
from itertools import combinations

from engine.posology.doubts import Doubts
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Times
from schemas.schedule import Slot
from schemas.site import Site

C_FREQ, C_MEALS, C_CLOCK = "C-FREQ", "C-MEALS", "C-CLOCK"
_DAY = 24 * 60
_GENERIC = {
    Moment.MEAL: {m: m for m in (Moment.BREAKFAST, Moment.LUNCH, Moment.DINNER)},
    Moment.BEFORE_MEAL: {
        Moment.BREAKFAST: Moment.BEFORE_BREAKFAST,
        Moment.LUNCH: Moment.BEFORE_LUNCH,
        Moment.DINNER: Moment.BEFORE_DINNER,
    },
    Moment.AFTER_MEAL: {
        Moment.BREAKFAST: Moment.AFTER_BREAKFAST,
        Moment.LUNCH: Moment.AFTER_LUNCH,
        Moment.DINNER: Moment.AFTER_DINNER,
    },
}
"""Each generic meal code, and what it is at each meal of the site (FHIR R4 EventTiming)."""
_PARTS_OF_DAY = frozenset(
    moment
    for moment in Moment
    if moment.value.split(".")[0] in ("MORN", "NOON", "AFT", "EVE", "NIGHT")
)
"""Parts of the day: minutes from them have neither a direction nor a point to count from, and a
moment that falls in one may be another name for it."""
NEAR = timedelta(hours=1)
"""Two names so near each other are taken for one time (MORN and 08:00, MORN and CM)."""
_BEFORE = frozenset({Moment.BEFORE_BREAKFAST, Moment.BEFORE_LUNCH, Moment.BEFORE_DINNER})
_BEFORE |= {Moment.BEDTIME}
"""Minutes stand before these, and after any other (FHIR R4 EventTiming, Timing.repeat.offset)."""


def slots_of(times: Times, site: Site, doubts: Doubts) -> tuple[tuple[Slot, ...], set[str]]:
    """The slots that the source lists, and the conventions that were needed; empty for none.

    The generic codes "with", "before" and "after meals" become those of the site's meals.
    """
    if times.moments and times.clock:
        doubts.say(FindingCode.SLOTS_MIXED, "moments and clock times stand together")
        return (), set()
    moments, conventions = _specific(times.moments, site, doubts)
    for stated in moments:
        _check_moment(stated, site, doubts)
    slots = [*map(_slot, moments), *(Slot(wall_time=wall) for wall in times.clock)]
    if len({(slot.moment, slot.wall_time) for slot in slots}) < len(slots):
        doubts.say(FindingCode.SLOT_TWICE, "the same moment is listed twice")
    elif not doubts.stopped and any(names_one(*two, site) for two in combinations(slots, 2)):
        rule = "two moments listed may be two names of one time: once there, or twice"
        doubts.say(FindingCode.SLOTS_MIXED, rule)
    return (() if doubts.stopped else in_order(slots, site)), conventions


def distributed(times_a_day: int, site: Site, doubts: Doubts) -> tuple[Slot, ...]:
    """The site's moments for "n a day" with no time said, and the finding that they were used."""
    moments = site.distributions.get(times_a_day)
    if moments is None:
        rule = "the site has no moments for this number of intakes a day"
        doubts.say(FindingCode.DISTRIBUTION_MISSING, rule, times_a_day)
        return ()
    rule = f"moments of {times_a_day} a day taken from the site: {' '.join(moments)}"
    doubts.say(FindingCode.DISTRIBUTION_USED, rule)
    for moment in moments:
        _check_moment(MomentTime(moment=moment), site, doubts)
    slots = [Slot(moment=moment) for moment in moments]
    return () if doubts.stopped else in_order(slots, site)


def in_order(slots: Iterable[Slot], site: Site) -> tuple[Slot, ...]:
    """The slots in the order of the site's day."""

    def place(slot: Slot) -> tuple[time, time, str]:
        return time_in_day(slot, site), wall_time(slot, site), str(slot.moment)

    return tuple(sorted(slots, key=place))


def wall_time(slot: Slot, site: Site) -> time:
    """The time of the clock of a slot. Raises: `KeyError` for a moment that the site lacks."""
    if slot.wall_time is not None:
        return slot.wall_time
    if slot.moment is None:
        raise KeyError(slot)
    return site.moments[slot.moment]


def time_in_day(slot: Slot, site: Site) -> time:
    """The time by which a slot is compared with a start and an end: its own.

    A moment past midnight is the last of its day, whenever the clock says.
    """
    return time.max if site.is_past_midnight(slot.moment) else wall_time(slot, site)


def since_midnight(slot: Slot, site: Site) -> timedelta:
    """How long after midnight the clock shows a slot."""
    clock = wall_time(slot, site)
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def names_one(left: Slot, right: Slot, site: Site) -> bool:
    """Whether two different slots may be two names of one time of the day."""
    if not may_name_one(left.moment, right.moment):
        return False
    return abs(since_midnight(left, site) - since_midnight(right, site)) < NEAR


def may_name_one(left: Moment | None, right: Moment | None) -> bool:
    """Whether these may name one time: a moment and the clock, or a part of the day and another.

    Two sides of one meal are two times.
    """
    return left is not right and bool({left, right} & {None, *_PARTS_OF_DAY})


def _slot(stated: MomentTime) -> Slot:
    return Slot(moment=stated.moment, offset_minutes=stated.offset_minutes)


def _specific(
    stated: tuple[MomentTime, ...], site: Site, doubts: Doubts
) -> tuple[tuple[MomentTime, ...], set[str]]:
    generic = [one for one in stated if one.moment in _GENERIC]
    if not generic:
        return stated, set()
    if len(stated) > 1:
        rule = "a meal that is not named stands beside another moment"
        doubts.say(FindingCode.FREQUENCY_UNPLACED, rule)
        return (), set()
    named = _GENERIC[generic[0].moment]
    meals = tuple(named[meal] for meal in site.meals if meal in named)
    if not meals:
        rule = "the site names no meals"
        doubts.say(FindingCode.MOMENT_UNKNOWN, rule, generic[0].moment)
        return (), set()
    rule = f"the meals are those of the site: {' '.join(meals)}"
    doubts.say(FindingCode.DISTRIBUTION_USED, rule)
    offset = generic[0].offset_minutes
    return tuple(MomentTime(moment=meal, offset_minutes=offset) for meal in meals), {C_MEALS}


def _check_moment(stated: MomentTime, site: Site, doubts: Doubts) -> None:
    if stated.moment is Moment.IMMEDIATELY:
        rule = "an immediate dose is not one of a schedule"
        doubts.say(FindingCode.TIMING_UNSUPPORTED, rule, stated.moment)
    elif stated.moment not in site.moments:
        rule = "the moment has no time in the table of the site"
        doubts.say(FindingCode.MOMENT_UNKNOWN, rule, stated.moment)
    elif stated.offset_minutes and _leads_away(stated.moment, stated.offset_minutes, site):
        rule = "the minutes lead from the moment into another compartment"
        doubts.say(FindingCode.TIMING_UNSUPPORTED, rule, stated.offset_minutes)
    if stated.offset_minutes and stated.moment in _PARTS_OF_DAY:
        rule = "minutes from a part of the day have no point to count from"
        doubts.say(FindingCode.TIMING_UNSUPPORTED, rule, stated.moment)


def _leads_away(moment: Moment, minutes: int, site: Site) -> bool:
    """Whether so many minutes from a moment reach another compartment, or leave the day."""
    own, column = site.moments[moment], site.compartments.get(moment)
    start = own.hour * 60 + own.minute
    end = start - minutes if moment in _BEFORE else start + minutes
    rounds = {each for moments in site.distributions.values() for each in moments}
    others = (
        hour.hour * 60 + hour.minute
        for other, hour in site.moments.items()
        if other in rounds and site.compartments.get(other) not in (None, column)
    )
    passed = any(min(start, end) <= hour <= max(start, end) for hour in others)
    return column is not None and (passed or not 0 <= end < _DAY)
