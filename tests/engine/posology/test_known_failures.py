"""Ways in which other programs expand dosages wrongly, each of them refused or done right here.

Measured on public programs: an interval lost, a low end taken, a moment dropped, an end ignored.
"""

from datetime import date
from decimal import Decimal

from builders import a_frequency, a_phase
from plans import clock_doubts, plan, schedule_of

from schemas.posology import Bounds, Frequency, Posology, Rhythm, Weekday
from schemas.quantity import PeriodUnit


def test_every_third_day_at_seven_is_not_every_day() -> None:
    assert plan(a_phase(frequency=a_frequency(1, "3"), clock=["07:00"])) == [
        "2026-03-02 07:00",
        "2026-03-05 07:00",
        "2026-03-08 07:00",
    ]


def test_three_a_week_is_not_once_a_week() -> None:
    assert plan(a_phase(frequency=a_frequency(3, "1", "wk"))) == [
        "not computable: frequency-unplaced"
    ]


def test_every_two_weeks_on_monday_is_not_empty() -> None:
    phase = a_phase()
    rhythm = Rhythm(frequency=a_frequency(1, "2", "wk"), weekdays=(Weekday.MONDAY,))

    assert plan(phase.model_copy(update={"rhythm": rhythm}), days=15) == [
        "2026-03-02 MORN",
        "2026-03-16 MORN",
    ]


def test_twice_a_day_with_three_moments_loses_none_silently() -> None:
    phase = a_phase(frequency=a_frequency(2), moments=["MORN", "NOON", "EVE"])

    assert plan(phase) == ["not computable: frequency-contradicted"]


def test_the_low_end_of_a_range_is_never_taken() -> None:
    times = Frequency(times=3, times_high=4, period=Decimal(1), unit=PeriodUnit.DAY)
    hours = Frequency(times=1, period=Decimal(4), period_high=Decimal(6), unit=PeriodUnit.HOUR)

    assert plan(a_phase(frequency=times)) == ["not computable: frequency-range"]
    assert plan(a_phase(frequency=hours)) == ["not computable: period-range"]


def test_as_needed_every_six_hours_is_no_schedule() -> None:
    phase = a_phase(frequency=a_frequency(1, "6", "h")).model_copy(update={"as_needed": True})

    assert plan(phase) == []
    assert len(schedule_of(phase).as_needed) == 1


def test_the_end_of_the_bounds_is_held() -> None:
    bounds = Bounds(start=date(2026, 1, 1), end=date(2026, 3, 3))

    assert plan(a_phase(moments=["MORN"], bounds=bounds), days=60) == [
        "2026-03-02 MORN",
        "2026-03-03 MORN",
    ]


def test_every_second_morning_stays_in_the_morning_over_the_clock_change() -> None:
    phase = a_phase(frequency=a_frequency(1, "2"), moments=["MORN"])

    assert plan(phase, start="2026-03-28 05:00", days=5) == [
        "2026-03-28 MORN",
        "2026-03-30 MORN",
        "2026-04-01 MORN",
    ]


def test_half_past_two_on_the_night_of_the_change_is_not_skipped_silently() -> None:
    phase = a_phase(clock=["02:30"])

    assert len(plan(phase, start="2026-03-29 00:00", days=1)) == 1
    assert clock_doubts(phase, start="2026-03-29 00:00", days=1) == ["clock-change"]


def test_monthly_from_the_31st_does_not_slide_to_the_28th() -> None:
    phase = a_phase(frequency=a_frequency(1, "1", "mo"))

    assert plan(phase, start="2026-01-31 00:00") == ["not computable: month-day-missing"]


def test_a_day_and_a_half_is_not_36_hours() -> None:
    assert plan(a_phase(frequency=a_frequency(1, "1.5"))) == ["not computable: period-fractional"]


def test_five_a_day_is_not_given_hours_of_our_own() -> None:
    assert plan(a_phase(frequency=a_frequency(5))) == ["not computable: distribution-missing"]


def test_24_hours_run_over_a_clock_change_in_doubt() -> None:
    phase = a_phase(frequency=a_frequency(1, "24", "h"))

    assert clock_doubts(phase, start="2026-03-28 08:00", days=3) == ["clock-change"]


def test_nothing_stated_is_not_an_empty_plan() -> None:
    assert plan(a_phase()) == ["not computable: timing-missing"]
    assert Posology().phases == ()
