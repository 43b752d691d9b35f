"""The language in which tables say how often and when."""

from datetime import time
from decimal import Decimal

import pytest

from mappings.timing import Timing, timing_of, together
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Weekday
from schemas.quantity import PeriodUnit


def times(number: int, period: str, unit: PeriodUnit) -> Frequency:
    return Frequency(times=number, period=Decimal(period), unit=unit)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("3/d", Timing(frequency=times(3, "1", PeriodUnit.DAY))),
        ("3/1d", Timing(frequency=times(3, "1", PeriodUnit.DAY))),
        ("1/12h", Timing(frequency=times(1, "12", PeriodUnit.HOUR))),
        ("1/2wk mon", Timing(times(1, "2", PeriodUnit.WEEK), weekdays=(Weekday("mon"),))),
        ("thu mon", Timing(weekdays=(Weekday("mon"), Weekday("thu")))),
        ("monthday:15 monthday:1", Timing(month_days=(1, 15))),
        ("MORN", Timing(moments=(MomentTime(moment=Moment.MORNING),))),
        ("08:00 20:30", Timing(clock=(time(8), time(20, 30)))),
        ("as-needed 1/6h", Timing(times(1, "6", PeriodUnit.HOUR), as_needed=True)),
        ("once", Timing(once=True)),
        ("continuous", Timing(continuous=True)),
        ("unsupported", Timing(unsupported=True)),
        ("1/d 2/d", Timing(contradicted=True)),
    ],
)
def test_the_words_of_a_target_hold_together(words: str, expected: Timing) -> None:
    assert timing_of(words) == expected


@pytest.mark.parametrize(
    "words",
    ["", " ", "0/d", "1/0d", "3", "3/fortnight", "MORNING", "24:00", "8:00", "monthday:32", "Mon"],
)
def test_another_word_is_refused_and_quoted(words: str) -> None:
    with pytest.raises(ValueError, match=r"is no word of a timing|at least one word"):
        timing_of(words)


def test_a_contradiction_stays_one_when_more_is_said() -> None:
    assert together([timing_of("1/d 2/d"), timing_of("MORN")]).contradicted


def test_only_rhythm_and_times_are_plain() -> None:
    assert timing_of("mon 3/d CM").is_plain
    assert not any(timing_of(word).is_plain for word in ("once", "as-needed", "unsupported"))
