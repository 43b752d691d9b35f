"""What the phases of one posology must not be together: on the same slot, empty, apart in units."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from engine.posology.clock import at_wall, wall_of, zone_named
from engine.posology.doubts import Doubts
from engine.posology.expand import occurrences
from engine.posology.meeting import LONGEST, share_day, share_slot
from engine.posology.slots import C_FREQ, NEAR, since_midnight
from engine.posology.span import LAST_MINUTE
from engine.posology.steps import Judged
from engine.posology.units import comparable
from engine.posology.window import Window
from schemas.finding import FindingCode
from schemas.posology import Times
from schemas.quantity import PeriodUnit
from schemas.schedule import OnWeekdays, Step
from schemas.site import Site

_WEEK = timedelta(days=7)


def check_set(judged: Sequence[Judged], site: Site, whole: Doubts) -> None:
    """Say what of the placed phases does not stand together."""
    _check_units(judged, whole)
    _check_gaps(judged)
    for one in judged:
        if one.step is not None and not _is_over(one.step):
            _check_filled(one, one.step, site)
            _check_end(one, one.step, site)
            _check_hours(one, one.step, site)
    _check_slots([one for one in judged if one.step is not None], site)
    _check_pauses(judged, site)


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
        if slot.moment and abs(since_midnight(slot, site) - _clock_of(last)) <= NEAR:
            rule = "the end is so near a moment that the hour of the site decides on its last dose"
            one.doubts.say(FindingCode.BOUNDS_INVALID, rule)
            return


def _check_hours(one: Judged, step: Step, site: Site) -> None:
    """A length in hours over a clock change: elapsed hours and days of the clock end apart."""
    length, zone = one.phase.bounds.duration, zone_named(site.zone)
    if length is None or length.unit is not PeriodUnit.HOUR or step.end is None:
        return
    by_clock = at_wall(wall_of(step.start, zone) + timedelta(hours=int(length.value)), zone)
    first, last = sorted((by_clock, step.end))
    endless = step.model_copy(update={"end": None})
    if first < last and any(occurrences(endless, site, _window(first, last, site))):
        rule = "the length in hours runs over a clock change, and a dose lies in that hour"
        one.doubts.say(FindingCode.CLOCK_CHANGE, rule, length.value)


def _clock_of(wall: datetime) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)


def _window(first: datetime, last: datetime, site: Site) -> Window:
    return Window(first, last, zone_named(site.zone))


def _check_slots(placed: Sequence[Judged], site: Site) -> None:
    """Two doses of one posology at one moment may be added, or be alternatives: never planned."""
    for one, other in combinations(placed, 2):
        if one.step is None or other.step is None or other.doubts.stopped:
            continue
        shared = share_slot(one.step, other.step, site)
        if shared:
            rule = "two phases have a dose at the same moment"
            other.doubts.say(FindingCode.SLOT_TWICE, rule)
        elif shared is not None:
            rule = "two names of one time of the day stand in one posology: once there, or twice"
            other.doubts.say(FindingCode.SLOTS_MIXED, rule)
        elif _states_times(one) is not _states_times(other) and share_day(
            one.step, other.step, site
        ):
            rule = (
                "one phase states its times and another none: beside them, or the same dose twice"
            )
            other.doubts.say(FindingCode.SLOTS_MIXED, rule)


def _check_pauses(judged: Sequence[Judged], site: Site) -> None:
    """A dose where another phase says that nothing is taken: one of them is wrong, or comes first.

    A pause whose times are not known, or stated by nobody, is one of all its days.
    """
    for pause in judged:
        for one in judged:
            if pause.pause and one.step is not None and _is_halted(one.step, pause, site):
                rule = "one phase has a dose where another says that nothing is taken"
                one.doubts.say(FindingCode.TIMING_CONTRADICTED, rule)


def _is_halted(step: Step, pause: Judged, site: Site) -> bool:
    if pause.span is None:
        return False
    if pause.halt is None:
        first = max(step.start, pause.span.start.at)
        last = pause.span.end or first + timedelta(days=LONGEST)
        return any(occurrences(step, site, _window(first, last, site)))
    if pause.phase.times == Times():
        return share_day(step, pause.halt, site)
    return share_slot(step, pause.halt, site) is not None


def _states_times(one: Judged) -> bool:
    """Whether the sender states when in the day, and not the table of the site."""
    return one.shape is not None and C_FREQ not in one.shape.conventions
