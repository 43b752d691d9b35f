"""Several phases: steps that follow, phases together, one moment twice, stated maxima."""

from datetime import date

import pytest
from builders import a_frequency, a_phase, a_quantity
from plans import lasting, normalised, paris, plan, reasons

from schemas.posology import Bounds, Cycle, Dose, Limits, Phase, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio


def limited(phase: Phase, amount: str, period: int, unit: str) -> Phase:
    """The phase with a maximum in a period."""
    length = Duration.model_validate({"value": period, "unit": PeriodUnit(unit)})
    ratio = Ratio(amount=a_quantity(amount), period=length)
    return phase.model_copy(update={"limits": Limits(per_period=(ratio,))})


def test_a_taper_follows_step_by_step_and_its_last_step_may_be_open() -> None:
    first = a_phase(moments=["MORN"], dose="40 mg", bounds=lasting(2), sequence=1)
    second = a_phase(moments=["MORN"], dose="20 mg", sequence=3)

    assert plan(first, second, days=4) == [
        "2026-03-02 MORN",
        "2026-03-03 MORN",
        "2026-03-04 MORN",
        "2026-03-05 MORN",
    ]


def test_a_step_of_two_days_that_starts_at_noon_lasts_48_hours() -> None:
    first = a_phase(clock=["07:00"], bounds=lasting(2), sequence=1)
    second = a_phase(clock=["18:00"], bounds=lasting(1), sequence=2)

    assert plan(first, second, start="2026-03-02 10:30") == [
        "2026-03-03 07:00",
        "2026-03-04 07:00",
        "2026-03-04 18:00",
    ]


def test_a_zero_dose_is_a_pause_that_takes_its_step() -> None:
    steps = [
        a_phase(moments=["MORN"], bounds=lasting(1), sequence=1),
        a_phase(moments=["MORN"], bounds=lasting(2), sequence=2, dose="0 tablet"),
        a_phase(moments=["MORN"], bounds=lasting(1), sequence=3),
    ]

    assert plan(*steps) == ["2026-03-02 MORN", "2026-03-05 MORN"]


def test_a_step_may_end_by_its_count() -> None:
    first = a_phase(clock=["08:00"], bounds=Bounds(count=2), sequence=1)
    second = a_phase(clock=["20:00"], bounds=lasting(1), sequence=2)

    assert plan(first, second) == ["2026-03-02 08:00", "2026-03-03 08:00", "2026-03-04 20:00"]


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        (
            [a_phase(moments=["MORN"], sequence=1), a_phase(moments=["EVE"], sequence=2)],
            "sequence-open",
        ),
        (
            [a_phase(moments=["MORN"], sequence=1), a_phase(moments=["EVE"])],
            "sequence-incomplete",
        ),
        (
            [
                a_phase(moments=["MORN"], bounds=lasting(3)),
                a_phase(moments=["EVE"], bounds=lasting(7)),
            ],
            "sequence-incomplete",
        ),
        (
            [
                a_phase(
                    moments=["MORN"],
                    bounds=Bounds(start=date(2026, 3, 2), end=date(2026, 3, 4)),
                    sequence=1,
                ),
                a_phase(moments=["MORN"], bounds=Bounds(start=date(2026, 3, 7)), sequence=2),
            ],
            "sequence-gap",
        ),
        (
            [a_phase(moments=["MORN"]), a_phase(moments=["MORN", "EVE"], dose="2 tablet")],
            "slot-twice",
        ),
        (
            [
                a_phase(frequency=a_frequency(1, "2")),
                a_phase(frequency=a_frequency(1, "3"), dose="2 tablet"),
            ],
            "slot-twice",
        ),
        ([a_phase(moments=["MORN"]), a_phase(clock=["08:00"])], "slots-mixed"),
        (
            [a_phase(moments=["MORN"]), a_phase(moments=["EVE"], dose="5 mL")],
            "unit-contradicted",
        ),
    ],
)
def test_a_set_that_does_not_stand_together_says_why(phases: list[Phase], expected: str) -> None:
    assert reasons(normalised(*phases)) == [expected]


def test_a_clock_time_far_from_the_moments_stands_beside_them() -> None:
    assert plan(a_phase(moments=["MORN"]), a_phase(clock=["12:00"]), days=1) == [
        "2026-03-02 MORN",
        "2026-03-02 12:00",
    ]


def test_grams_and_milligrams_in_one_set_are_one_measure() -> None:
    morning = a_phase(clock=["07:00"], dose="1 g")
    evening = a_phase(clock=["18:00"], dose="500 mg")

    assert len(plan(morning, evening, days=1)) == 2


def test_periods_that_follow_to_the_minute_leave_no_gap() -> None:
    first = Bounds(start=paris("2026-03-02 10:00"), end=paris("2026-03-04 09:59"))
    second = Bounds(start=paris("2026-03-04 10:00"), end=paris("2026-03-05 09:59"))

    found = plan(
        a_phase(moments=["EVE"], bounds=first, sequence=1),
        a_phase(moments=["EVE"], bounds=second, sequence=2),
    )

    assert found == ["2026-03-02 EVE", "2026-03-03 EVE", "2026-03-04 EVE"]


def test_a_weekday_that_falls_outside_its_short_step_is_a_contradiction() -> None:
    phase = a_phase(bounds=lasting(1))
    monday = phase.model_copy(
        update={"rhythm": phase.rhythm.model_copy(update={"weekdays": (Weekday.MONDAY,)})}
    )

    assert len(plan(monday)) == 1
    assert plan(monday, start="2026-03-04 00:00") == ["not computable: timing-contradicted"]


def test_a_maximum_that_is_just_reached_in_every_window_passes() -> None:
    phase = limited(a_phase(clock=["07:00", "12:00", "18:00"], dose="1 g"), "3000 mg", 24, "h")

    assert len(plan(phase, days=1)) == 3


def test_a_maximum_passed_in_one_rolling_window_blocks() -> None:
    phase = limited(a_phase(clock=["07:00", "12:00", "18:00"], dose="1 g"), "2 g", 1, "d")

    assert plan(phase) == ["not computable: maximum-exceeded"]


def test_a_maximum_in_another_unit_cannot_be_compared() -> None:
    phase = limited(a_phase(moments=["MORN"], dose="1 tablet"), "2 g", 1, "d")

    assert plan(phase) == ["not computable: maximum-not-comparable"]


def test_a_maximum_of_one_intake_is_held() -> None:
    limits = Limits(per_intake=a_quantity("500 mg"))
    phase = a_phase(moments=["MORN"], dose="1 g").model_copy(update={"limits": limits})

    assert plan(phase) == ["not computable: maximum-exceeded"]


def test_a_minimum_gap_that_the_moments_do_not_keep_blocks() -> None:
    gap = Duration.model_validate({"value": 6, "unit": PeriodUnit.HOUR})
    phase = a_phase(moments=["MORN", "NOON"]).model_copy(update={"limits": Limits(minimum_gap=gap)})

    assert plan(phase) == ["not computable: timing-contradicted"]


def test_nothing_is_planned_when_one_phase_of_a_set_is_not_computable() -> None:
    good, bad = a_phase(moments=["MORN"]), a_phase(moments=["EVE"], dose=None)

    assert plan(good, bad) == ["not computable: dose-missing"]


def test_a_step_without_bounds_after_one_with_dates_may_run_beside_it() -> None:
    dated = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 20))

    found = plan(
        a_phase(moments=["MORN"], bounds=dated, sequence=1),
        a_phase(moments=["EVE"], sequence=2),
    )

    assert found == ["not computable: sequence-gap"]


def test_lines_as_needed_alone_need_neither_start_nor_end_nor_order() -> None:
    needed = a_phase(frequency=a_frequency(1, "4", "h"), sequence=2).model_copy(
        update={"as_needed": True}
    )
    once = a_phase(bounds=Bounds(count=1), sequence=1).model_copy(update={"as_needed": True})

    result = normalised(once, needed, start=None)

    assert reasons(result) == []
    assert len(result.schedule.as_needed) == 2


def test_one_piece_and_two_pieces_are_one_unit() -> None:
    def coded(text: str, number: int) -> Phase:
        amount = Quantity.model_validate(
            {"value": 1, "unit": text, "code": "1", "system": "http://unitsofmeasure.org"}
        )
        phase = a_phase(moments=["EVE"], bounds=lasting(1), sequence=number)
        return phase.model_copy(update={"dose": Dose(low=amount, high=amount)})

    assert plan(coded("stuk", 1), coded("stuks", 2)) == ["2026-03-02 EVE", "2026-03-03 EVE"]
    assert plan(coded("stuk", 1), coded("zakje", 2)) == ["not computable: unit-contradicted"]


def test_an_interval_of_hours_that_meets_a_time_of_the_day_is_two_doses_at_once() -> None:
    hourly = a_phase(frequency=a_frequency(1, "8", "h"))

    assert plan(hourly, a_phase(clock=["16:00"]), start="2026-03-02 08:00") == [
        "not computable: slot-twice"
    ]
    assert len(plan(hourly, a_phase(clock=["12:00"]), start="2026-03-02 08:00", days=1)) == 4


def test_two_cycles_that_never_meet_stand_together() -> None:
    odd = a_phase(frequency=a_frequency(1, "2"), bounds=Bounds(start=date(2026, 3, 2)))
    even = a_phase(
        frequency=a_frequency(1, "2"), bounds=Bounds(start=date(2026, 3, 3)), dose="2 tablet"
    )

    assert plan(odd, even, days=4) == [
        "2026-03-02 MORN",
        "2026-03-03 MORN",
        "2026-03-04 MORN",
        "2026-03-05 MORN",
    ]


def test_a_cycle_that_meets_another_rhythm_in_a_later_month_is_found() -> None:
    cycle = a_phase(moments=["EVE"]).model_copy(
        update={"rhythm": Rhythm(cycle=Cycle(days_on=1, days_off=4))}
    )
    monthly = a_phase(moments=["EVE"]).model_copy(update={"rhythm": Rhythm(month_days=(10,))})

    # Days since 2 March: 10 March 8, 10 April 39, 10 May 69, and 10 June 100, which is 20 x 5.
    assert plan(cycle, monthly) == ["not computable: slot-twice"]


def test_phases_of_one_step_that_end_apart_leave_the_next_without_a_start() -> None:
    found = plan(
        a_phase(moments=["MORN"], bounds=lasting(2), sequence=1),
        a_phase(moments=["EVE"], bounds=lasting(3), sequence=1),
        a_phase(moments=["MORN"], sequence=2),
    )

    assert found == ["not computable: sequence-gap"]


def test_periods_apart_without_a_sequence_leave_a_gap_that_nobody_explains() -> None:
    first = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 4))
    second = Bounds(start=date(2026, 3, 9), end=date(2026, 3, 11))

    found = plan(a_phase(moments=["EVE"], bounds=first), a_phase(moments=["EVE"], bounds=second))

    assert found == ["not computable: sequence-gap"]


def test_a_maximum_of_a_lifetime_is_compared_with_the_whole_treatment() -> None:
    limits = Limits(per_lifetime=a_quantity("5 tablet"))

    def treated(bounds: Bounds) -> list[str]:
        phase = a_phase(moments=["MORN"], bounds=bounds).model_copy(update={"limits": limits})
        return plan(phase, days=5)

    assert len(treated(lasting(5))) == 5
    assert treated(lasting(6)) == ["not computable: maximum-exceeded"]
    assert treated(Bounds()) == ["not computable: maximum-not-comparable"]


def test_more_phases_than_a_posology_has_are_not_compared_pair_by_pair() -> None:
    assert plan(*[a_phase(moments=["MORN"])] * 5000) == ["not computable: timing-unsupported"]
