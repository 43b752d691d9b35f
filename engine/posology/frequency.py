"""How often, as one plain statement: n times in every so many units, or a doubt.

Source: FHIR R4 Timing.repeat (`frequency` missing means once in each period, unless moments are
listed: then each of them); a range is never settled by taking one of its ends.
"""

from fractions import Fraction
from typing import NamedTuple

from engine.posology.doubts import Doubts
from schemas.base import is_whole
from schemas.finding import FindingCode
from schemas.posology import Frequency, Phase
from schemas.quantity import PeriodUnit

_HOURS_A_DAY = 24
_LONGEST = 10_000
"""27 years of days: no rhythm of a medicine is longer, and arithmetic stays in the calendar."""


class Plain(NamedTuple):
    """`times` in every `every` of `unit`. `times` is `None` where no frequency is stated."""

    times: int | None
    every: int
    unit: PeriodUnit


_LONGEST_HOURS = {
    PeriodUnit.SECOND: Fraction(1, 3600),
    PeriodUnit.MINUTE: Fraction(1, 60),
    PeriodUnit.HOUR: Fraction(1),
    PeriodUnit.DAY: Fraction(24),
    PeriodUnit.WEEK: Fraction(24 * 7),
    PeriodUnit.MONTH: Fraction(24 * 31),
    PeriodUnit.YEAR: Fraction(24 * 366),
}
"""How many hours one of a unit has at most."""
DAILY = Plain(None, 1, PeriodUnit.DAY)


def plain_frequency(phase: Phase, doubts: Doubts) -> Plain | None:
    """The frequency of a phase; each day when it states none; `None` when a doubt stops it.

    24, 48, 72 hours with a time of the day are so many days; without one they are hours.
    """
    stated = phase.rhythm.frequency
    if stated is None:
        return DAILY
    if not _is_single(stated, doubts) or not _is_whole(stated, doubts):
        return None
    period, unit = stated.period, stated.unit
    if period is None or unit is None:
        rule = "a frequency needs a period and its unit, and a unit needs its period"
        doubts.say(FindingCode.PERIOD_INCOMPLETE, rule)
        return None
    plain = Plain(stated.times, int(period), unit)
    if unit is PeriodUnit.HOUR and phase.times.clock and plain.every % _HOURS_A_DAY == 0:
        return plain._replace(every=plain.every // _HOURS_A_DAY, unit=PeriodUnit.DAY)
    return plain


def check_length(phase: Phase, plain: Plain, intakes: int, doubts: Doubts) -> None:
    """Say that one intake lasts longer than the time until the next.

    Senders write the length of the course there (NHS Dose Syntax examples), and a course without
    its end would be planned for ever. `intakes` are those of one period.
    """
    length = phase.intake_lasts
    if length is None:
        return
    named = phase.rhythm.weekdays or phase.rhythm.month_days
    unit = PeriodUnit.MONTH if phase.rhythm.month_days else PeriodUnit.WEEK
    every = _LONGEST_HOURS[plain.unit] * plain.every
    each = max(every, _LONGEST_HOURS[unit]) if named else every / intakes
    if Fraction(length.value) * _LONGEST_HOURS[length.unit] > each:
        rule = "one intake lasts longer than the time to the next: is it the length of the course?"
        doubts.say(FindingCode.TIMING_CONTRADICTED, rule, length.value)


def _is_single(stated: Frequency, doubts: Doubts) -> bool:
    if stated.times_high is not None and stated.times_high != stated.times:
        doubts.say(FindingCode.FREQUENCY_RANGE, "the frequency has a maximum of its own")
        return False
    if stated.period_high is not None and stated.period_high != stated.period:
        doubts.say(FindingCode.PERIOD_RANGE, "the period has a maximum of its own")
        return False
    return True


def _is_whole(stated: Frequency, doubts: Doubts) -> bool:
    period = stated.period
    if stated.unit in (PeriodUnit.SECOND, PeriodUnit.MINUTE):
        doubts.say(FindingCode.PERIOD_TOO_SHORT, "a period in minutes or seconds is not planned")
    elif period is not None and not is_whole(period):
        doubts.say(FindingCode.PERIOD_FRACTIONAL, "the period must be a whole number", period)
    elif period is not None and not 0 < period <= _LONGEST:
        rule = f"the period must be above zero, and at most {_LONGEST} of its unit"
        doubts.say(FindingCode.TIMING_UNSUPPORTED, rule, period)
    elif stated.times is not None and stated.times < 1:
        rule = "the frequency must be above zero"
        doubts.say(FindingCode.TIMING_UNSUPPORTED, rule, stated.times)
    else:
        return True
    return False
