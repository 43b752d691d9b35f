"""What is taken as needed as one RXE and one TQ1: the range, the pattern, the times and the bounds.

`PRN` stands before the repeat pattern and as the priority: whoever reads one of them alone plans
nothing. Maxima have no field in RXE and TQ1 and go as words into TQ1-11. What table 0335 cannot
say is refused. Source: HL7 v2.5.1 §4.5.4, §4.14.4, table 0335.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.french import limits_words
from connectors.hl7v2.posology.pattern import pattern_of
from connectors.hl7v2.writing.building import hat, leaf, number, stamp
from mappings.catalogue import table
from mappings.timing import Timing, together
from schemas.base import is_whole
from schemas.errors import Refused
from schemas.posology import Bounds, Dose, Frequency, Rhythm, Times, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity
from schemas.schedule import AsNeeded

Fields = dict[int, str]
_TIMES_A_DAY = {1: "Q1D", 2: "BID", 3: "TID", 4: "QID"}
"""Table 0335; from five on the code is `5ID`."""
_LETTERS = {
    PeriodUnit.SECOND: "S",
    PeriodUnit.MINUTE: "M",
    PeriodUnit.HOUR: "H",
    PeriodUnit.DAY: "D",
    PeriodUnit.WEEK: "W",
}


def needed_amounts(needed: AsNeeded) -> tuple[Quantity, Quantity]:
    """The least and the most of one intake: RXE-3 and RXE-4, in the one unit of RXE-5.

    Raises: `Refused` for a dose that is not stated, open at one end, in two units or by time.
    """
    dose = needed.dose or Dose()
    low, high = dose.low, dose.high
    if dose.rate is not None or low is None or high is None:
        raise Refused("RXE-3, RXE-4: the least and the most of a dose as needed must be known")
    units = {(one.unit, one.code, one.system) for one in (low, high)}
    if len(units) > 1:
        raise Refused("RXE-5: the least and the most of a dose as needed must have one unit")
    return low, high


def needed_timing(needed: AsNeeded) -> Fields:
    """The TQ1 of one dose as needed."""
    bounds = needed.bounds
    if bounds.duration_high is not None or bounds.count_high is not None:
        raise Refused("TQ1-6, TQ1-14: a range of lengths or of counts has no place")
    lasts = needed.intake_lasts
    return {
        1: "1",
        3: "~".join(_patterns(needed)),
        4: "~".join(at.strftime("%H%M%S" if at.second else "%H%M") for at in needed.times.clock),
        6: _length(bounds.duration) if bounds.duration is not None else "",
        7: stamp(bounds.start),
        8: stamp(_last(bounds)),
        9: "PRN",
        10: leaf("; ".join(needed.reasons)),
        11: leaf("; ".join(_words(needed))),
        13: _length(lasts) if lasts is not None else "",
        14: str(bounds.count) if bounds.count is not None else "",
    }


def _words(needed: AsNeeded) -> Iterator[str]:
    """The sender's words, and what no field says: a code beside the pattern, and the maxima."""
    if needed.text:
        yield needed.text
    yield from needed.instructions
    if needed.timing_code is not None and not _is_alone(needed):
        yield needed.timing_code.display or needed.timing_code.code
    yield from limits_words(needed.limits)


def _is_alone(needed: AsNeeded) -> bool:
    """Whether nothing but the code of the timing says when."""
    return (needed.rhythm, needed.times.moments) == (Rhythm(), ())


def _patterns(needed: AsNeeded) -> list[str]:
    """TQ1-3: the codes of the rhythm, each behind `PRN` where it is the first."""
    code = needed.timing_code
    if code is not None and _is_alone(needed):
        parts = (leaf(code.code), leaf(code.display), leaf(code.system))
        return ["PRN", "&".join(parts).rstrip("&")]
    first, *others = _codes(needed.rhythm, needed.times) or [""]
    return [f"PRN{first}", *others]


def _codes(rhythm: Rhythm, times: Times) -> list[str]:
    """The codes that a reader of table 0335 takes for this rhythm and these moments.

    Raises: `Refused` where it would read something else.
    """
    often, days = rhythm.frequency, rhythm.weekdays
    codes = list(_code_of_days(often, days))
    patterns = table("hl7v2/repeat_patterns")
    for place in times.moments:
        codes += [row.code for row in patterns if row.target == place.moment.value][:1]
    found = [pattern_of(code, patterns) for code in codes]
    wanted = Timing(
        frequency=often,
        weekdays=tuple(day for day in Weekday if day in days),
        moments=times.moments,
    )
    known = [one for one in found if one is not None]
    hourly = often is not None and often.unit is PeriodUnit.HOUR and len(times.clock) > 1
    if (
        together(known) != wanted
        or (rhythm.cycle, rhythm.month_days, rhythm.dates) != (None, (), ())
        or (times.clock and times.moments)
        or hourly
    ):
        raise Refused("TQ1-3: table 0335 has no repeat pattern for this rhythm as needed")
    return codes


def _code_of_days(often: Frequency | None, days: tuple[Weekday, ...]) -> Iterator[str]:
    """The code of a frequency, and those of weekdays; with weeks left out both are one code."""
    weeks = often is not None and often.unit is PeriodUnit.WEEK and often.times == len(days)
    if often is not None and days and weeks:
        yield f"Q{_plain(often.period)}J{''.join(sorted(str(day.number + 1) for day in days))}"
        return
    if often is not None:
        yield _code_of_frequency(often)
    for day in days:
        yield f"Q1J{day.number + 1}"


def _code_of_frequency(often: Frequency) -> str:
    if often.unit is PeriodUnit.DAY and often.period == 1 and often.times is not None:
        return _TIMES_A_DAY.get(often.times, f"{often.times}ID")
    return f"Q{_plain(often.period)}{_LETTERS.get(often.unit, '?') if often.unit else '?'}"


def _plain(period: Decimal | None) -> str:
    """`4` of 4.0: a pattern holds whole numbers, and one with a part is no pattern."""
    return str(int(period)) if period is not None and is_whole(period) else "?"


def _length(length: Duration) -> str:
    """A CQ: a number and a unit of time."""
    return hat(number(length.value), length.unit.value)


def _last(bounds: Bounds) -> date | datetime | None:
    """TQ1-8 is the latest time: an end that is not included is the day or the second before."""
    end = bounds.end
    if end is None or bounds.end_included:
        return end
    return end - (timedelta(seconds=1) if isinstance(end, datetime) else timedelta(days=1))
