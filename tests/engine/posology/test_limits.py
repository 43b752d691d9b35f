"""Stated maxima against a sum over every window that begins with a dose."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from builders import REFERENCE, a_frequency, a_phase, a_quantity
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import lasting, paris
from slowly import HOURS, Days

from engine.posology.normalise import normalise
from schemas.posology import Bounds, Frequency, Limits, Phase, Posology, Rhythm
from schemas.quantity import Duration, PeriodUnit, Ratio
from schemas.schedule import DoseSchedule

MONDAY = date(2026, 3, 2)
FOLLOWED = 70
"""Days from the start of the last phase within which a maximum is watched."""


def of(number: str, unit: str) -> Duration:
    return Duration(value=Decimal(number), unit=PeriodUnit(unit))


def at_most(amount: str, number: str = "1", unit: str = "d") -> Limits:
    return Limits(per_period=(Ratio(amount=a_quantity(amount), period=of(number, unit)),))


def limited(phase: Phase, limits: Limits) -> Phase:
    return phase.model_copy(update={"limits": limits})


def codes(*phases: Phase, start: date | datetime = MONDAY) -> list[str]:
    outcome = normalise(Posology(phases=phases), REFERENCE, start=start)
    return [found.code.value for found in outcome.findings]


PHASES = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), min_size=1, max_size=len(HOURS))
PERIODS = st.one_of(
    st.tuples(st.integers(1, 9), st.just("d")),
    st.tuples(st.integers(1, 2), st.just("wk")),
    st.tuples(st.integers(1, 48), st.just("h")),
)


@given(stated=PHASES, period=PERIODS, most=st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_a_maximum_is_exceeded_when_one_window_sums_to_more(
    stated: list[tuple[int, int]], period: tuple[int, str], most: int
) -> None:
    number, unit = period
    phases = []
    taken: list[tuple[datetime, int]] = []
    for moment, (every, amount) in zip(sorted(HOURS), stated, strict=False):
        phase = a_phase(moments=[moment], dose=f"{amount} tablet")
        frequency = Frequency(period=Decimal(every), unit=PeriodUnit.DAY)
        phases.append(
            limited(
                phase.model_copy(update={"rhythm": Rhythm(frequency=frequency)}),
                at_most(f"{most} tablet", str(number), unit),
            )
        )
        days = (MONDAY + timedelta(days=n) for n in range(FOLLOWED))
        taken += [
            (datetime.combine(day, HOURS[moment]), amount)
            for day in days
            if Days(every=every).has(day, MONDAY)
        ]

    length = timedelta(hours=number * {"h": 1, "d": 24, "wk": 168}[unit])
    sums = [
        sum(amount for at, amount in taken if first <= at < first + length) for first, _ in taken
    ]

    assert ("maximum-exceeded" in codes(*phases)) == (max(sums) > most)


def test_a_window_of_a_day_is_one_of_the_clock_also_when_a_day_has_23_hours() -> None:
    # Sunday 29 March 2026 has 23 hours: the doses of two mornings are one day apart all the same.
    daily = limited(a_phase(moments=["MORN"]), at_most("1 tablet"))

    assert codes(daily, start=date(2026, 3, 27)) == []


def test_each_phase_may_state_a_maximum_of_its_own() -> None:
    morning = limited(a_phase(moments=["MORN"]), at_most("5 tablet"))
    evening = limited(a_phase(moments=["EVE"]), at_most("1 tablet"))

    assert codes(morning, evening) == ["maximum-exceeded"]


def test_doses_of_all_phases_count_in_whatever_order_they_are_stated() -> None:
    most = at_most("2 tablet", "13", "h")
    phases = [limited(a_phase(moments=[moment]), most) for moment in ("EVE", "MORN", "NOON")]

    # 8, 12 and 19 o'clock lie within 11 hours.
    assert codes(*phases) == ["maximum-exceeded"]
    assert codes(*phases[:2]) == []


def test_a_maximum_in_grams_is_compared_with_milligrams() -> None:
    phase = a_phase(frequency=a_frequency(3), dose="1000 mg")

    assert codes(limited(phase, at_most("3 g"))) == ["distribution-used"]
    assert "maximum-exceeded" in codes(limited(phase, at_most("2.999 g")))


@pytest.mark.parametrize(("most", "found"), [("3 tablet", []), ("2 tablet", ["maximum-exceeded"])])
def test_a_maximum_of_a_lifetime_is_that_of_all_its_doses(most: str, found: list[str]) -> None:
    phase = a_phase(moments=["MORN"], bounds=lasting(3))
    counted = a_phase(moments=["MORN"], bounds=Bounds(count=3))
    limits = Limits(per_lifetime=a_quantity(most))

    assert codes(limited(phase, limits)) == found
    assert codes(limited(counted, limits)) == found


def test_a_maximum_of_a_lifetime_sums_the_steps() -> None:
    steps = [
        a_phase(moments=["MORN"], bounds=lasting(2), sequence=number, dose=dose)
        for number, dose in ((1, "2 tablet"), (2, "1 tablet"))
    ]

    for most, found in (("6 tablet", []), ("5 tablet", ["maximum-exceeded"])):
        limits = Limits(per_lifetime=a_quantity(most))
        assert codes(*(limited(step, limits) for step in steps)) == found


def test_a_maximum_of_a_lifetime_counts_named_days() -> None:
    phase = a_phase(moments=["MORN"], bounds=Bounds(count=3)).model_copy(
        update={"rhythm": Rhythm.model_validate({"weekdays": ["mon", "thu"]})}
    )

    for most, found in (("3 tablet", []), ("2 tablet", ["maximum-exceeded"])):
        assert codes(limited(phase, Limits(per_lifetime=a_quantity(most)))) == found


def test_numbers_in_two_units_are_never_compared() -> None:
    most = Limits(per_intake=a_quantity("1 UI"))

    assert codes(limited(a_phase(moments=["MORN"], dose="2 tablet"), most)) == [
        "maximum-not-comparable"
    ]
    assert codes(limited(a_phase(moments=["MORN"], dose="2 tablet"), at_most("1 UI"))) == [
        "maximum-not-comparable"
    ]


def test_maxima_in_another_unit_are_said_once() -> None:
    limits = Limits(per_intake=a_quantity("500 mg"), per_lifetime=a_quantity("5 g"))
    phase = limited(a_phase(moments=["MORN", "EVE"], bounds=lasting(3)), limits)

    assert codes(phase) == ["maximum-not-comparable"] * 2


@pytest.mark.parametrize(("gap", "found"), [("7", []), ("8", ["timing-contradicted"]), ("4", [])])
def test_a_minimum_gap_holds_between_every_two_doses(gap: str, found: list[str]) -> None:
    # Noon to evening are seven hours, evening to the next noon seventeen.
    phase = a_phase(moments=["NOON", "EVE"])

    assert codes(limited(phase, Limits(minimum_gap=of(gap, "h")))) == found


def test_a_minimum_gap_in_days_is_one_of_the_calendar() -> None:
    phase = a_phase(moments=["MORN"], frequency=a_frequency(1, "2"))

    assert codes(limited(phase, Limits(minimum_gap=of("2", "d")))) == []
    assert codes(limited(phase, Limits(minimum_gap=of("3", "d")))) == ["timing-contradicted"]


def test_no_maximum_is_compared_where_no_dose_is_planned() -> None:
    phase = limited(a_phase(moments=["MORN"]), at_most("500 mg")).model_copy(
        update={"as_needed": True}
    )

    assert codes(phase) == ["as-needed"]


def test_a_posology_of_times_alone_has_no_amount_to_compare() -> None:
    phase = limited(a_phase(moments=["MORN"], dose=None), at_most("500 mg"))

    outcome = normalise(
        Posology(phases=(phase,)), REFERENCE, start=paris("2026-03-02 00:00"), times_only=True
    )

    assert isinstance(outcome.schedule, DoseSchedule)
    assert outcome.findings == ()
