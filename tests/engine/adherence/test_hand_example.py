"""One week of two intakes a day, worked out by hand.

08:00 and 20:00 from 5 to 11 January 2026. Taken: 5th 08:10 19:30; 6th 08:00 22:30; 7th 09:45;
8th 08:05 12:00 20:00; 9th and 10th nothing; 11th 08:00 20:05. Expected 14, taken 10.
"""

from datetime import date

import pytest
from intakes import a_line_input, a_window, planned, reports_at

from engine.adherence.definition import DEFAULT
from engine.adherence.measure import measure
from schemas.adherence import Fraction, LineAdherence, MatchKind, PeriodReason, Unmonitored

FIRST = date(2026, 1, 5)
TAKEN = (
    "2026-01-05 08:10",
    "2026-01-05 19:30",
    "2026-01-06 08:00",
    "2026-01-06 22:30",
    "2026-01-07 09:45",
    "2026-01-08 08:05",
    "2026-01-08 12:00",
    "2026-01-08 20:00",
    "2026-01-11 08:00",
    "2026-01-11 20:05",
)
HOSPITAL = Unmonitored(first=date(2026, 1, 9), last=date(2026, 1, 10), reason=PeriodReason.HOSPITAL)


def of(numerator: int, denominator: int) -> Fraction:
    return Fraction(numerator=numerator, denominator=denominator)


def figures(*, unmonitored: tuple[Unmonitored, ...] = (), **changes: int) -> LineAdherence:
    return measure(
        a_line_input(planned(FIRST, 7, "08:00", "20:00"), reports_at(*TAKEN)),
        a_window(FIRST, 7, unmonitored=unmonitored),
        DEFAULT.model_copy(update=changes),
    ).figures


def test_each_day_has_what_was_taken_on_it() -> None:
    assert [day.taken for day in figures().days] == [2, 2, 1, 3, 0, 0, 2]


def test_taking_is_ten_of_fourteen_and_nine_when_no_day_hides_another() -> None:
    result = figures()

    assert result.taking == of(10, 14)
    assert result.taking_capped == of(9, 14)


def test_three_days_have_exactly_two_intakes_and_four_at_least_two() -> None:
    result = figures()

    assert result.correct_dosing == of(3, 7)
    assert result.implementation == of(4, 7)
    assert result.overuse == of(1, 7)


@pytest.mark.parametrize(("minutes", "on_time"), [(60, 7), (120, 8), (180, 9)])
def test_a_wider_window_finds_more_intakes_on_time(minutes: int, on_time: int) -> None:
    assert figures(window_minutes=minutes).timing == of(on_time, 14)


def test_five_of_nine_intervals_lie_between_nine_and_fifteen_hours() -> None:
    assert figures().timing_interval == of(5, 9)


def test_two_days_without_intake_are_a_holiday_of_two_days_and_none_of_three() -> None:
    assert (figures().holidays, figures().longest_holiday) == (1, 2)
    assert (figures(holiday_days=3).holidays, figures(holiday_days=3).longest_holiday) == (0, 0)


def test_the_counts_tell_every_kind_apart() -> None:
    # Late: the 6th at 22:30 and the 7th at 09:45. Silent: the 7th evening, the 9th and 10th.
    counts = figures().counts

    assert {kind: number for kind, number in counts.items() if number} == {
        MatchKind.ON_TIME: 7,
        MatchKind.LATE: 2,
        MatchKind.NO_RECORD: 5,
        "extra": 1,
    }


def test_days_in_hospital_leave_ten_of_ten_and_three_days_of_five() -> None:
    result = figures(unmonitored=(HOSPITAL,))

    assert result.taking == of(10, 10)
    assert result.correct_dosing == of(3, 5)
    assert result.holidays == 0
    assert result.counts[MatchKind.UNMONITORED] == 4


def test_an_interval_over_days_in_hospital_is_left_out() -> None:
    # The one of 60 hours, which was outside the tolerance: 5 of 8 remain.
    assert figures(unmonitored=(HOSPITAL,)).timing_interval == of(5, 8)
