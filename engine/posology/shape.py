"""The shape of one phase: which days and which slots, before it is known when it starts.

Every combination that has one reading is here; any other is a doubt. Source: FHIR R4 Timing and
its comments; the consistency rules of the German medication guide (TimingFrequencyCount,
TimingPeriodUnit); the ANS e-prescription guide for named weekdays.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from engine.posology.doubts import Doubts
from engine.posology.frequency import Plain, check_length, plain_frequency
from engine.posology.slots import C_FREQ, distributed, slots_of
from schemas.base import is_day
from schemas.finding import FindingCode
from schemas.posology import Cycle, Phase, Weekday
from schemas.quantity import PeriodUnit
from schemas.schedule import Slot
from schemas.site import Site

_WEEK = 7
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}
_CODE_DOUBTS = frozenset({FindingCode.TIMING_CODE_UNKNOWN, FindingCode.FREQUENCY_UNKNOWN})
"""A code of the timing that has no meaning here: the reader said it, and once is enough."""
_LAST_SURE_DAY = 28
"""The last day of the month that every month has."""


class Kind(Enum):
    """What the days are counted by."""

    DAYS = auto()
    WEEKS = auto()
    WEEKDAYS = auto()
    MONTHS = auto()
    MONTH_DAYS = auto()
    CYCLE = auto()
    DATES = auto()
    HOURS = auto()
    INSTANTS = auto()


@dataclass(frozen=True, slots=True)
class Shape:
    """Which days (`every` of them), which slots. HOURS and INSTANTS have no slots.

    `WEEKS` and `MONTHS` take their day from the start; the other kinds name it.
    """

    kind: Kind
    every: int = 1
    slots: tuple[Slot, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    cycle: Cycle | None = None
    dates: tuple[date, ...] = ()
    conventions: frozenset[str] = frozenset()


def shape_of(phase: Phase, site: Site, doubts: Doubts) -> Shape | None:
    """The shape of a phase, or `None` when a doubt stops it."""
    rhythm = phase.rhythm
    if rhythm.dates:
        return _dated(phase, site, doubts)
    if not _says_when(phase):
        if not any(finding.code in _CODE_DOUBTS for finding in phase.findings):
            doubts.say(FindingCode.TIMING_MISSING, "neither a rhythm nor a time is stated")
        return None
    plain = plain_frequency(phase, doubts)
    listed, conventions = slots_of(phase.times, site, doubts)
    if plain is None or doubts.stopped:
        return None
    if plain.unit is PeriodUnit.HOUR:
        check_length(phase, plain, 1, doubts)
        return _hourly(phase, plain, doubts)
    shape = _days_of(phase, plain, doubts)
    if shape is None:
        return None
    slots = _fitting(phase, plain, listed, site, doubts)
    check_length(phase, plain, max(len(slots), 1), doubts)
    if not listed:
        conventions.add(C_FREQ)
    if doubts.stopped:
        return None
    return Shape(
        kind=shape.kind,
        every=shape.every,
        slots=slots,
        weekdays=shape.weekdays,
        month_days=shape.month_days,
        cycle=shape.cycle,
        conventions=frozenset(conventions),
    )


def _says_when(phase: Phase) -> bool:
    rhythm, times = phase.rhythm, phase.times
    return bool(
        rhythm.frequency
        or rhythm.weekdays
        or rhythm.month_days
        or rhythm.cycle
        or times.moments
        or times.clock
    )


def _hourly(phase: Phase, plain: Plain, doubts: Doubts) -> Shape | None:
    rhythm, times = phase.rhythm, phase.times
    if times.moments or times.clock or rhythm.weekdays or rhythm.month_days or rhythm.cycle:
        rule = "an interval of hours stands beside moments, times or days"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
        return None
    if plain.times not in (None, 1):
        rule = "several intakes in so many hours have no stated place"
        doubts.say(FindingCode.FREQUENCY_UNPLACED, rule)
        return None
    return Shape(kind=Kind.HOURS, every=plain.every)


def _dated(phase: Phase, site: Site, doubts: Doubts) -> Shape | None:
    rhythm = phase.rhythm
    if rhythm.model_copy(update={"dates": ()}) != type(rhythm)():
        rule = "listed dates stand beside another rhythm"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
        return None
    listed, conventions = slots_of(phase.times, site, doubts)
    days = tuple(stated for stated in rhythm.dates if is_day(stated))
    if not days and not listed:
        return Shape(kind=Kind.INSTANTS)
    if len(days) < len(rhythm.dates):
        rule = "days and instants are mixed in one list, or instants have moments"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
    elif not listed:
        doubts.say(FindingCode.FREQUENCY_UNPLACED, "listed days have no time of the day")
    if doubts.stopped:
        return None
    dates = tuple(sorted(set(days)))
    return Shape(Kind.DATES, slots=listed, dates=dates, conventions=frozenset(conventions))


def _days_of(phase: Phase, plain: Plain, doubts: Doubts) -> Shape | None:
    """Which days, from the one way in which the phase names them."""
    rhythm = phase.rhythm
    named = [bool(rhythm.weekdays), bool(rhythm.month_days), rhythm.cycle is not None]
    if sum(named) > 1:
        doubts.say(FindingCode.TIMING_CONTRADICTED, "days are named in two ways")
    elif rhythm.weekdays:
        return _on_weekdays(rhythm.weekdays, plain, doubts)
    elif rhythm.month_days:
        return _on_month_days(rhythm.month_days, plain, doubts)
    elif rhythm.cycle is not None:
        return _in_cycle(rhythm.cycle, plain, doubts)
    elif plain.unit is PeriodUnit.DAY:
        return Shape(Kind.DAYS, every=plain.every)
    elif plain.unit is PeriodUnit.WEEK:
        return Shape(Kind.WEEKS, every=plain.every)
    else:
        return Shape(Kind.MONTHS, every=plain.every * _MONTHS[plain.unit])
    return None


def _on_weekdays(days: tuple[Weekday, ...], plain: Plain, doubts: Doubts) -> Shape | None:
    if len(set(days)) < len(days):
        doubts.say(FindingCode.TIMING_CONTRADICTED, "a weekday is listed twice")
    elif plain.unit is PeriodUnit.WEEK or (plain.unit is PeriodUnit.DAY and plain.every == 1):
        every = plain.every if plain.unit is PeriodUnit.WEEK else 1
        ordered = tuple(sorted(days, key=lambda day: day.number))
        return Shape(Kind.WEEKDAYS, every=every, weekdays=ordered)
    else:
        rule = "weekdays stand beside a period that is not of weeks"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
    return None


def _on_month_days(days: tuple[int, ...], plain: Plain, doubts: Doubts) -> Shape | None:
    if not all(1 <= day <= _LAST_SURE_DAY for day in days):
        rule = "a day of the month after the 28th does not exist in every month"
        doubts.say(FindingCode.MONTH_DAY_MISSING, rule)
    elif plain.unit in _MONTHS:
        every = plain.every * _MONTHS[plain.unit]
        return Shape(Kind.MONTH_DAYS, every=every, month_days=tuple(sorted(set(days))))
    elif plain.unit is PeriodUnit.DAY and plain.every == 1:
        return Shape(Kind.MONTH_DAYS, month_days=tuple(sorted(set(days))))
    else:
        rule = "days of the month stand beside a period that is not of months"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
    return None


def _in_cycle(cycle: Cycle, plain: Plain, doubts: Doubts) -> Shape | None:
    if cycle.days_on < 1 or cycle.days_off < 0:
        rule = "a cycle needs at least one day with, and no negative number of days without"
        doubts.say(FindingCode.TIMING_UNSUPPORTED, rule)
    elif plain.unit is not PeriodUnit.DAY or plain.every != 1:
        rule = "a cycle stands beside a period that is not one day"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule)
    else:
        return Shape(Kind.CYCLE, cycle=cycle)
    return None


def _fitting(
    phase: Phase, plain: Plain, listed: tuple[Slot, ...], site: Site, doubts: Doubts
) -> tuple[Slot, ...]:
    """The slots of each day; the frequency must be what days and slots make together."""
    days = _days_in_period(phase, plain)
    if not listed:
        return distributed(_times_a_day(plain, days, doubts), site, doubts)
    if plain.times is not None and plain.times != len(listed) * days:
        rule = "the frequency is not the number of moments listed in its period"
        doubts.say(FindingCode.FREQUENCY_CONTRADICTED, rule, plain.times)
    elif len(listed) > 1 and _is_unplaced(phase, plain):
        doubts.say(FindingCode.FREQUENCY_UNPLACED, "the days of this frequency are not stated")
    return listed


def _days_in_period(phase: Phase, plain: Plain) -> int:
    """How many days with intakes one period has: the weekdays or month days listed, else one."""
    if plain.unit is PeriodUnit.WEEK and phase.rhythm.weekdays:
        return len(phase.rhythm.weekdays)
    if plain.unit in _MONTHS and phase.rhythm.month_days:
        return len(phase.rhythm.month_days)
    return 1


def _is_unplaced(phase: Phase, plain: Plain) -> bool:
    """Several a week or a month without named days, even when as many moments are listed."""
    named = phase.rhythm.weekdays or phase.rhythm.month_days
    return plain.unit is not PeriodUnit.DAY and not named


def _times_a_day(plain: Plain, days: int, doubts: Doubts) -> int:
    """How many intakes a day with intakes has, when no slot is listed."""
    if plain.times is None or plain.times == days:
        return 1
    if plain.unit is PeriodUnit.DAY and plain.every == 1:
        return plain.times
    if days > 1:
        rule = "the frequency is not the number of days listed"
        doubts.say(FindingCode.FREQUENCY_CONTRADICTED, rule, plain.times)
    else:
        doubts.say(FindingCode.FREQUENCY_UNPLACED, "the days of this frequency are not stated")
    return 1


def instants_of(phase: Phase) -> tuple[datetime, ...]:
    """The listed instants of a phase, in order."""
    stated = (one for one in phase.rhythm.dates if isinstance(one, datetime))
    return tuple(sorted(set(stated)))
