"""One phase at a time: what has one reading is planned, everything else says why not."""

from datetime import date, time
from decimal import Decimal

import pytest
from builders import a_frequency, a_phase, a_quantity, a_site
from plans import lasting, normalised, paris, plan, reasons

from engine.posology.normalise import normalise
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import (
    Bounds,
    Cycle,
    Dose,
    Frequency,
    Phase,
    Posology,
    Rhythm,
    Times,
    Weekday,
)
from schemas.quantity import Duration, PeriodUnit
from schemas.schedule import DoseSchedule, NotComputable


def days(number: str, unit: str = "d") -> Duration:
    """A length as stated."""
    return Duration(value=Decimal(number), unit=PeriodUnit(unit))


def on(phase: Phase, **rhythm: object) -> Phase:
    """The phase with fields of its rhythm set."""
    return phase.model_copy(update={"rhythm": phase.rhythm.model_copy(update=rhythm)})


def test_three_a_day_without_a_time_uses_the_moments_of_the_site_and_says_so() -> None:
    result = normalised(a_phase(frequency=a_frequency(3)))

    assert plan(a_phase(frequency=a_frequency(3)), days=1) == [
        "2026-03-02 MORN",
        "2026-03-02 NOON",
        "2026-03-02 EVE",
    ]
    assert [finding.code for finding in result.findings] == [FindingCode.DISTRIBUTION_USED]
    assert isinstance(result.schedule, DoseSchedule)
    assert result.schedule.conventions == ("C-FREQ",)


def test_a_number_a_day_that_the_site_does_not_place_is_never_invented() -> None:
    assert plan(a_phase(frequency=a_frequency(5))) == ["not computable: distribution-missing"]


def test_a_moment_missing_from_the_site_table_plans_nothing() -> None:
    site = a_site(moments={Moment.MORNING: time(8)})

    assert plan(a_phase(moments=["MORN", "HS"]), site=site) == ["not computable: moment-unknown"]


def test_with_meals_is_the_meals_of_the_site() -> None:
    assert plan(a_phase(moments=["AC"]), days=1) == [
        "2026-03-02 ACM",
        "2026-03-02 ACD",
        "2026-03-02 ACV",
    ]


def test_with_meals_once_a_day_does_not_say_which_meal() -> None:
    phase = a_phase(moments=["C"], frequency=a_frequency(1))

    assert plan(phase) == ["not computable: frequency-contradicted"]


def test_minutes_before_a_meal_are_kept_and_minutes_from_the_morning_are_a_doubt() -> None:
    before = Times(moments=(MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),))
    vague = Times(moments=(MomentTime(moment=Moment.MORNING, offset_minutes=30),))

    assert plan(a_phase().model_copy(update={"times": before}), days=1) == ["2026-03-02 ACM-30"]
    assert plan(a_phase().model_copy(update={"times": vague})) == [
        "not computable: timing-unsupported"
    ]


def test_every_second_day_counts_from_the_day_of_the_start_over_the_end_of_a_leap_february() -> (
    None
):
    phase = a_phase(frequency=a_frequency(1, "2"))

    assert plan(phase, start="2028-02-27 00:00", days=5) == [
        "2028-02-27 MORN",
        "2028-02-29 MORN",
        "2028-03-02 MORN",
    ]


def test_every_third_day_is_in_doubt_when_its_first_moment_is_already_past() -> None:
    phase = a_phase(frequency=a_frequency(1, "3"), clock=["07:00"])

    assert plan(phase, start="2026-03-02 21:05") == ["not computable: anchor-uncertain"]


def test_each_day_starts_with_the_first_moment_still_to_come() -> None:
    result = normalised(a_phase(clock=["07:00", "12:00"]), start="2026-03-02 10:30")

    assert plan(a_phase(clock=["07:00", "12:00"]), start="2026-03-02 10:30", days=1) == [
        "2026-03-02 12:00",
        "2026-03-03 07:00",
    ]
    assert [finding.code for finding in result.findings] == [FindingCode.FIRST_DOSES_PAST]


def test_three_a_day_for_five_days_is_fifteen_doses_whatever_the_hour_of_the_start() -> None:
    phase = a_phase(clock=["07:00", "12:00", "18:00"], bounds=lasting(5))

    for hour in ("00:00", "10:30", "12:00", "23:59"):
        assert len(plan(phase, start=f"2026-03-02 {hour}", days=9)) == 15


def test_a_day_that_ends_a_treatment_is_a_whole_day_of_it() -> None:
    bounds = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 4))

    assert plan(a_phase(moments=["EVE"], bounds=bounds)) == [
        "2026-03-02 EVE",
        "2026-03-03 EVE",
        "2026-03-04 EVE",
    ]


def test_a_start_at_another_offset_begins_on_the_patients_day() -> None:
    bounds = Bounds(start=paris("2026-06-06 01:30"))

    assert plan(a_phase(moments=["MORN"], bounds=bounds), start="2026-06-05 00:00", days=2) == [
        "2026-06-06 MORN"
    ]


def test_a_month_that_ends_on_a_day_that_does_not_exist_is_in_doubt() -> None:
    phase = a_phase(moments=["MORN"], bounds=lasting(1, "mo"))

    assert plan(phase, start="2026-01-31 00:00") == ["not computable: month-day-missing"]
    assert len(plan(phase, start="2026-02-01 00:00", days=60)) == 28


def test_weekdays_take_every_listed_moment_on_every_listed_day() -> None:
    phase = on(a_phase(moments=["MORN", "EVE"]), weekdays=(Weekday.FRIDAY, Weekday.MONDAY))

    assert plan(phase) == [
        "2026-03-02 MORN",
        "2026-03-02 EVE",
        "2026-03-06 MORN",
        "2026-03-06 EVE",
    ]


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (a_frequency(2, "1", "wk"), 2),
        (a_frequency(1), 2),
        (a_frequency(3, "1", "wk"), "frequency-contradicted"),
        (a_frequency(1, "3"), "timing-contradicted"),
    ],
)
def test_a_frequency_beside_weekdays_must_be_what_they_make(
    frequency: Frequency, expected: int | str
) -> None:
    phase = on(a_phase(frequency=frequency), weekdays=(Weekday.MONDAY, Weekday.THURSDAY))

    found = plan(phase)

    assert (
        len(found) == expected
        if isinstance(expected, int)
        else found == [f"not computable: {expected}"]
    )


def test_once_a_week_without_a_weekday_keeps_that_of_the_start_and_asks() -> None:
    phase = a_phase(frequency=a_frequency(1, "1", "wk"))

    result = normalised(phase, start="2026-12-28 00:00")

    assert plan(phase, start="2026-12-28 00:00", days=15) == [
        "2026-12-28 MORN",
        "2027-01-04 MORN",
        "2027-01-11 MORN",
    ]
    assert FindingCode.WEEKDAY_FROM_START in [finding.code for finding in result.findings]


def test_every_two_weeks_on_a_weekday_starts_on_one_of_them() -> None:
    phase = on(a_phase(frequency=a_frequency(1, "2", "wk")), weekdays=(Weekday.MONDAY,))

    assert plan(phase, days=22) == ["2026-03-02 MORN", "2026-03-16 MORN"]
    assert plan(phase, start="2026-03-03 00:00") == ["not computable: anchor-uncertain"]


def test_once_a_month_is_the_day_of_the_start_and_a_thirty_first_is_in_doubt() -> None:
    phase = a_phase(frequency=a_frequency(1, "1", "mo"))

    assert plan(phase, start="2026-01-15 00:00", days=59) == [
        "2026-01-15 MORN",
        "2026-02-15 MORN",
    ]
    assert plan(phase, start="2026-01-31 00:00") == ["not computable: month-day-missing"]


def test_every_eight_hours_runs_from_the_time_of_the_start() -> None:
    phase = a_phase(frequency=a_frequency(1, "8", "h"))

    assert plan(phase, start="2026-03-02 07:00", days=1) == [
        "2026-03-02 07:00",
        "2026-03-02 15:00",
        "2026-03-02 23:00",
    ]


def test_every_eight_hours_from_a_day_alone_has_no_first_hour() -> None:
    phase = a_phase(frequency=a_frequency(1, "8", "h"), bounds=Bounds(start=date(2026, 3, 2)))

    assert plan(phase) == ["not computable: start-missing"]


def test_every_72_hours_with_a_time_of_the_day_is_every_third_day() -> None:
    phase = a_phase(frequency=a_frequency(1, "72", "h"), clock=["08:00"])

    assert plan(phase, days=6) == ["2026-03-02 08:00", "2026-03-05 08:00"]


def test_a_cycle_of_21_days_with_and_7_without_begins_again() -> None:
    phase = on(a_phase(moments=["EVE"]), cycle=Cycle(days_on=21, days_off=7))

    found = plan(phase, days=30)

    assert len(found) == 23
    assert found[20:22] == ["2026-03-22 EVE", "2026-03-30 EVE"]


def test_days_of_the_month_are_those_listed() -> None:
    phase = on(a_phase(moments=["MORN"]), month_days=(1, 15))

    assert plan(phase, days=45) == [
        "2026-03-15 MORN",
        "2026-04-01 MORN",
        "2026-04-15 MORN",
    ]


def test_listed_instants_are_planned_as_they_are() -> None:
    dates = (paris("2026-03-04 09:00"), paris("2026-03-02 09:00"))
    phase = on(a_phase(), dates=dates)

    assert plan(phase) == ["2026-03-02 09:00", "2026-03-04 09:00"]


def test_a_count_stops_after_so_many_intakes() -> None:
    phase = a_phase(frequency=a_frequency(1), bounds=Bounds(count=3))

    assert len(plan(phase, days=30)) == 3


def test_a_count_with_several_a_day_may_mean_days() -> None:
    phase = a_phase(frequency=a_frequency(2), bounds=Bounds(count=8))

    assert plan(phase) == ["not computable: count-ambiguous"]


def test_a_count_goes_down_by_the_doses_before_the_start_of_the_context() -> None:
    phase = a_phase(clock=["08:00"], bounds=Bounds(start=date(2026, 2, 27), count=5))

    assert plan(phase, days=30) == ["2026-03-02 08:00", "2026-03-03 08:00"]


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (a_phase(frequency=Frequency(times=1, unit=PeriodUnit.WEEK)), "period-incomplete"),
        (a_phase(frequency=a_frequency(1, "1.5")), "period-fractional"),
        (a_phase(frequency=a_frequency(1, "30", "min")), "period-too-short"),
        (a_phase(frequency=a_frequency(1, "0")), "timing-unsupported"),
        (a_phase(frequency=a_frequency(3, "1", "wk")), "frequency-unplaced"),
        (a_phase(frequency=a_frequency(2, "3")), "frequency-unplaced"),
        (a_phase(frequency=a_frequency(2, "12", "h")), "frequency-unplaced"),
        (a_phase(frequency=a_frequency(1, "6", "h"), moments=["AC"]), "timing-contradicted"),
        (a_phase(frequency=a_frequency(1), moments=["MORN", "EVE"]), "frequency-contradicted"),
        (a_phase(moments=["MORN"], clock=["20:00"]), "slots-mixed"),
        (a_phase(moments=["MORN", "MORN"]), "slot-twice"),
        (a_phase(bounds=Bounds(count=1)), "timing-missing"),
        (a_phase(moments=["MORN"], dose=None), "dose-missing"),
        (a_phase(moments=["MORN"], dose="1"), "unit-missing"),
        (a_phase(moments=["MORN"], dose="10 mg/kg"), "dose-per-body"),
        (a_phase(moments=["MORN"], dose="-1 tablet"), "value-invalid"),
        (
            a_phase(
                moments=["MORN"],
                bounds=Bounds(start=date(2026, 3, 2), end=date(2026, 2, 28)),
            ),
            "end-before-start",
        ),
        (
            a_phase(
                moments=["MORN"],
                bounds=Bounds(start=date(2026, 3, 2), end=date(2026, 3, 1)),
            ),
            "end-before-start",
        ),
        (
            a_phase(
                frequency=Frequency(times=3, times_high=4, period=Decimal(1), unit=PeriodUnit.DAY)
            ),
            "frequency-range",
        ),
    ],
)
def test_what_has_no_single_reading_says_why(phase: Phase, expected: str) -> None:
    assert reasons(normalised(phase)) == [expected]


def test_a_maximum_equal_to_the_low_value_is_no_range() -> None:
    frequency = Frequency(times=1, period=Decimal(4), period_high=Decimal(4), unit=PeriodUnit.HOUR)

    assert len(plan(a_phase(frequency=frequency), start="2026-03-02 06:00", days=1)) == 6


def test_a_dose_range_is_refused_and_a_rate_alone_too() -> None:
    ranged = Dose(low=a_quantity("1 tablet"), high=a_quantity("2 tablet"))
    rate = Dose(rate="5 mg / 1 h")

    for dose, code in ((ranged, "dose-range"), (rate, "dose-rate")):
        phase = a_phase(moments=["MORN"]).model_copy(update={"dose": dose})
        assert reasons(normalised(phase)) == [code]


def test_a_finding_of_the_reader_that_blocks_stops_the_plan_and_is_kept() -> None:
    finding = Finding(code=FindingCode.TIMING_INVALID, location="phase[1]", message="tim-10")
    phase = a_phase(moments=["MORN"]).model_copy(update={"findings": (finding,)})

    result = normalised(phase)

    assert isinstance(result.schedule, NotComputable)
    assert result.schedule.reasons == (finding,)
    assert result.findings == (finding,)


def test_as_needed_is_listed_and_never_planned() -> None:
    fixed = a_phase(moments=["MORN"])
    needed = a_phase(frequency=a_frequency(1, "6", "h")).model_copy(
        update={"as_needed": True, "as_needed_for": ("douleur",), "location": "phase[2]"}
    )

    result = normalised(fixed, needed)

    assert isinstance(result.schedule, DoseSchedule)
    assert [step.location for step in result.schedule.steps] == ["phase[1]"]
    assert [one.reasons for one in result.schedule.as_needed] == [("douleur",)]


def test_no_phase_is_a_missing_posology_and_words_alone_are_text_only() -> None:
    site = a_site()
    words = Posology(phases=(Phase(location="phase[1]", text="selon protocole"),))

    assert reasons(normalise(Posology(), site)) == ["posology-missing"]
    assert reasons(normalise(words, site)) == ["posology-text-only"]


def test_without_any_start_the_day_of_writing_is_taken_and_said() -> None:
    posology = Posology(phases=(a_phase(moments=["MORN"]),))

    written = normalise(posology, a_site(), written=date(2026, 3, 2))
    nothing = normalise(posology, a_site())

    assert [finding.code for finding in written.findings] == [FindingCode.START_FROM_WRITING]
    assert isinstance(written.schedule, DoseSchedule)
    assert written.schedule.steps[0].start == paris("2026-03-02 00:00")
    assert reasons(nothing) == ["start-missing"]


def test_an_end_an_hour_from_a_moment_leaves_its_last_dose_to_the_site() -> None:
    bounds = Bounds(start=paris("2026-03-02 07:00"), end=paris("2026-03-04 18:00"))

    phase = a_phase(moments=["MORN", "NOON", "EVE"], bounds=bounds)

    assert plan(phase) == ["not computable: bounds-invalid"]


def test_times_alone_can_be_asked_for_where_no_dose_is_stated() -> None:
    posology = Posology(phases=(a_phase(moments=["MORN"], dose=None),))

    result = normalise(posology, a_site(), start=paris("2026-03-02 00:00"), times_only=True)

    assert isinstance(result.schedule, DoseSchedule)
    assert result.schedule.steps[0].quantity is None


def test_a_treatment_over_before_the_start_of_the_context_plans_nothing_and_says_so() -> None:
    phase = a_phase(moments=["MORN"], bounds=Bounds(end=date(2026, 2, 20)))

    result = normalised(phase)

    assert plan(phase) == []
    assert isinstance(result.schedule, DoseSchedule)
    assert [finding.code for finding in result.findings] == [FindingCode.SCHEDULE_EMPTY]


def test_days_alone_in_a_list_need_a_time_of_the_day() -> None:
    phase = on(a_phase(), dates=(date(2026, 3, 4),))

    assert plan(phase) == ["not computable: frequency-unplaced"]
    assert plan(on(a_phase(moments=["NOON"]), dates=(date(2026, 3, 4),))) == ["2026-03-04 NOON"]


def test_a_list_of_dates_beside_another_rhythm_is_a_contradiction() -> None:
    rhythm = Rhythm(frequency=a_frequency(1), dates=(paris("2026-03-04 09:00"),))

    phase = a_phase().model_copy(update={"rhythm": rhythm})

    assert plan(phase) == ["not computable: timing-contradicted"]


def test_a_period_without_a_frequency_takes_each_moment_listed() -> None:
    every_third = Frequency(period=Decimal(3), unit=PeriodUnit.DAY)
    weekly = Frequency(period=Decimal(1), unit=PeriodUnit.WEEK)

    assert plan(a_phase(frequency=every_third, clock=["08:00", "20:00"]), days=4) == [
        "2026-03-02 08:00",
        "2026-03-02 20:00",
        "2026-03-05 08:00",
        "2026-03-05 20:00",
    ]
    assert plan(a_phase(frequency=weekly, moments=["MORN", "EVE"])) == [
        "not computable: frequency-unplaced"
    ]
    assert plan(a_phase(frequency=every_third), days=4) == ["2026-03-02 MORN", "2026-03-05 MORN"]


def test_a_code_without_a_meaning_is_said_once() -> None:
    finding = Finding(
        code=FindingCode.TIMING_CODE_UNKNOWN, location="phase[1]", message="not in the table"
    )
    phase = a_phase().model_copy(update={"findings": (finding,)})

    assert reasons(normalised(phase)) == ["timing-code-unknown"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (Bounds(duration=days("1.5")), "bounds-invalid"),
        (Bounds(duration=days("0")), "bounds-invalid"),
        (Bounds(duration=days("30", "min")), "bounds-invalid"),
        (Bounds(duration=days("5"), duration_high=days("7")), "bounds-range"),
        (Bounds(count=5, count_high=7), "count-range"),
        (Bounds(count_high=7), "count-range"),
        (
            Bounds(start=date(2026, 3, 2), end=date(2026, 3, 8), duration=days("5")),
            "bounds-invalid",
        ),
        (Bounds(start=date(9999, 1, 1)), "bounds-invalid"),
    ],
)
def test_bounds_that_cannot_be_used_say_why(bounds: Bounds, expected: str) -> None:
    assert reasons(normalised(a_phase(moments=["MORN"], bounds=bounds))) == [expected]


def test_an_end_and_a_length_that_agree_are_one_end() -> None:
    bounds = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 4), duration=days("3"))

    assert len(plan(a_phase(moments=["MORN"], bounds=bounds))) == 3


def test_an_end_that_is_not_included_leaves_its_day_out() -> None:
    bounds = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 4), end_included=False)

    assert len(plan(a_phase(moments=["MORN"], bounds=bounds))) == 2


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(weekdays=(Weekday.MONDAY, Weekday.MONDAY)), "timing-contradicted"),
        (Rhythm(weekdays=(Weekday.MONDAY,), month_days=(1,)), "timing-contradicted"),
        (Rhythm(month_days=(31,)), "month-day-missing"),
        (Rhythm(month_days=(1,), frequency=a_frequency(1, "1", "wk")), "timing-contradicted"),
        (Rhythm(cycle=Cycle(days_on=0, days_off=7)), "timing-unsupported"),
        (
            Rhythm(cycle=Cycle(days_on=21, days_off=7), frequency=a_frequency(1, "2")),
            "timing-contradicted",
        ),
        (Rhythm(month_days=(1, 15), frequency=a_frequency(3, "1", "mo")), "frequency-contradicted"),
    ],
)
def test_days_named_in_ways_that_do_not_fit_say_why(rhythm: Rhythm, expected: str) -> None:
    phase = a_phase(moments=["MORN"]).model_copy(update={"rhythm": rhythm})

    assert reasons(normalised(phase)) == [expected]


def test_yearly_is_every_twelve_months() -> None:
    assert plan(a_phase(frequency=a_frequency(1, "1", "a")), days=800) == [
        "2026-03-02 MORN",
        "2027-03-02 MORN",
        "2028-03-02 MORN",
    ]


def test_a_start_outside_the_calendar_is_a_doubt_and_no_crash() -> None:
    posology = Posology(phases=(a_phase(moments=["MORN"]),))

    result = normalise(posology, a_site(), start=date(1, 1, 1))

    assert "bounds-invalid" in reasons(result)
