"""The times of day of a text against those of a structure: parts of the day, hours, meals."""

from collections.abc import Sequence
from datetime import datetime, time

from engine.posology.comparison.difference import ADDS, CONTRADICTS, UNREAD, Difference
from schemas.moment import Moment, MomentTime
from schemas.posology import Phase

_PARTS = {
    "morning": "MORN MORN.early MORN.late WAKE CM ACM PCM AGU PGU MS AMS PMS",
    "noon": "NOON CD ACD PCD",
    "afternoon": "AFT AFT.early AFT.late AS AAS PAS",
    "evening": "EVE EVE.early EVE.late CV ACV PCV",
    "night": "NIGHT HS PHS ABT PBT",
}
_PART_OF = {Moment(code): part for part, codes in _PARTS.items() for code in codes.split()}
_BEGINS = ((4, "morning"), (11, "noon"), (14, "afternoon"), (17, "evening"), (21, "night"))
"""The hour at which each part of the day begins; before the first it is still night."""
_BEFORE = frozenset((Moment.BEFORE_BREAKFAST, Moment.BEFORE_LUNCH, Moment.BEFORE_DINNER))
_AFTER = frozenset((Moment.AFTER_BREAKFAST, Moment.AFTER_LUNCH, Moment.AFTER_DINNER))
_MEALS = (_BEFORE | {Moment.BEFORE_MEAL}, _AFTER | {Moment.AFTER_MEAL})


def named_moments(phase: Phase) -> list[MomentTime]:
    """The moments that are in one part of the day: `aux repas` is in several."""
    return [one for one in phase.times.moments if one.moment in _PART_OF]


def parts_of(phase: Phase) -> frozenset[str]:
    """The parts of the day that the phase names, by a moment or by the clock."""
    named = {_PART_OF[one.moment] for one in named_moments(phase)}
    return frozenset(named | {part_at(clock) for clock in phase.times.clock})


def part_at(clock: time) -> str:
    """The part of the day of a time of the clock."""
    begun = [part for hour, part in _BEGINS if hour <= clock.hour]
    return begun[-1] if begun else "night"


def of_times(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """The parts of the day and the hours of a text, each of which the structure names too."""
    parts = parts_of(phase)
    dated = {
        moment.time()
        for one in stated
        for moment in one.rhythm.dates
        if isinstance(moment, datetime)
    }
    named = frozenset(part for one in stated for part in parts_of(one)) | set(map(part_at, dated))
    if not parts:
        return None
    if not named:
        if any(one.times.moments for one in stated):
            return UNREAD, "the text names moments and the structure meals that it does not name"
        return ADDS, "the text names moments of the day and the structure names none"
    clocks = dated | {clock for one in stated for clock in one.times.clock}
    if any(map(_says_bedtime, (phase, *stated))) and {"evening", "night"} & named:
        parts -= {"evening", "night"}
    if not parts <= named or (clocks and not set(phase.times.clock) <= clocks):
        return CONTRADICTS, "the text gives other times of the day than the structure"
    return None


def of_meals(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """Before or after a meal, and by how many minutes."""
    said = {one.moment for one in phase.times.moments}
    named = {one.moment for each in stated for one in each.times.moments}
    for side, other in (_MEALS, _MEALS[::-1]):
        if said & side and named & other and not named & side:
            return CONTRADICTS, "the text gives the other side of the meal than the structure"
    minutes = {one.offset_minutes for one in phase.times.moments} - {None}
    stated_minutes = {o.offset_minutes for each in stated for o in each.times.moments} - {None}
    if minutes and stated_minutes and not minutes <= stated_minutes:
        return CONTRADICTS, "the text gives other minutes before or after than the structure"
    return None


def _says_bedtime(phase: Phase) -> bool:
    """Whether a moment is late in the evening: `le soir au coucher` is evening and bedtime."""
    return any(one.moment is Moment.EVENING_LATE for one in phase.times.moments)
