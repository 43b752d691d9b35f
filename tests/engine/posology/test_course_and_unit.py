"""Statements that look like a dose of one intake or its hour, and are not: none is planned."""

from decimal import Decimal

import pytest
from builders import a_frequency, a_phase, a_site
from plans import lasting, normalised, paris, plan, reasons

from schemas.posology import Bounds, Limits, Phase, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio


def length(value: int, unit: str) -> Duration:
    return Duration(value=Decimal(value), unit=PeriodUnit(unit))


@pytest.mark.parametrize(
    "unit",
    ["tablet/d", "tablet/24 h", "comprimés par jour", "mg/{24.h}", "mL/h", "Stück pro Tag"],
)
def test_a_dose_in_a_unit_by_time_is_no_amount_of_one_intake(unit: str) -> None:
    phase = a_phase(moments=["MORN", "EVE"], dose=f"2 {unit}")

    assert reasons(normalised(phase)) == ["dose-rate"]


@pytest.mark.parametrize("unit", ["patch 25 µg/h", "g/sachet", "mg per dose", "comprimé"])
def test_a_unit_of_units_of_the_product_is_an_amount(unit: str) -> None:
    phase = a_phase(moments=["MORN"], dose=f"2 {unit}")

    assert plan(phase, days=1) == ["2026-03-02 MORN"]


def test_a_surface_behind_its_number_is_a_dose_by_the_body() -> None:
    phase = a_phase(moments=["MORN"], dose="300 mg/1.73m2")

    assert reasons(normalised(phase)) == ["dose-per-body"]


@pytest.mark.parametrize(
    ("phase", "lasts"),
    [
        (a_phase(moments=["MORN"]), length(10, "d")),
        (a_phase(frequency=a_frequency(3)), length(1, "d")),
        (a_phase(frequency=a_frequency(1, "8", "h")), length(2, "wk")),
        (a_phase(frequency=a_frequency(1, "1", "wk")), length(12, "wk")),
    ],
    ids=["daily", "three a day", "every 8 hours", "weekly"],
)
def test_an_intake_longer_than_the_time_to_the_next_is_a_doubt(
    phase: Phase, lasts: Duration
) -> None:
    longer = phase.model_copy(update={"intake_lasts": lasts})

    assert reasons(normalised(longer, start="2026-03-02 08:00")) == ["timing-contradicted"]


def test_a_patch_that_is_worn_until_the_next_is_planned() -> None:
    daily = a_phase(moments=["MORN"]).model_copy(update={"intake_lasts": length(24, "h")})
    named = Rhythm(weekdays=(Weekday.MONDAY, Weekday.THURSDAY))
    twice = {"intake_lasts": length(4, "d"), "rhythm": named}
    weekly = a_phase(moments=["MORN"]).model_copy(update=twice)

    assert plan(daily, days=1) == ["2026-03-02 MORN"]
    assert plan(weekly) == ["2026-03-02 MORN", "2026-03-05 MORN"]


def test_hours_after_a_step_that_ends_on_a_day_have_no_first_hour() -> None:
    until = Bounds(start=paris("2026-03-02 07:30"), end=paris("2026-03-03 00:00").date())
    first = a_phase(moments=["MORN"], bounds=until, sequence=1)
    hourly = a_phase(frequency=a_frequency(1, "8", "h"), bounds=lasting(1), sequence=2)

    assert reasons(normalised(first, hourly)) == ["start-missing"]


def test_a_maximum_of_a_year_is_compared_with_all_of_a_year() -> None:
    most = Quantity(value=Decimal(12), unit="tablet")
    limits = Limits(per_period=(Ratio(amount=most, period=length(365, "d")),))
    often = a_phase(moments=["MORN"], frequency=a_frequency(1, "28"))
    rarely = a_phase(moments=["MORN"], frequency=a_frequency(1, "35"))

    found = [
        reasons(normalised(each.model_copy(update={"limits": limits}))) for each in (often, rarely)
    ]

    assert found == [["maximum-exceeded"], []]


@pytest.mark.parametrize(
    "moments", [["MORN", "CM"], ["CM", "MORN"], ["NIGHT", "HS"], ["EVE", "ACV"]]
)
def test_a_part_of_the_day_and_a_moment_in_it_may_be_one_dose(moments: list[str]) -> None:
    in_one = a_phase(moments=moments)
    apart = [a_phase(moments=[moment]) for moment in moments]

    assert reasons(normalised(in_one)) == ["slots-mixed"]
    assert reasons(normalised(*apart)) == ["slots-mixed"]


def test_the_two_sides_of_a_meal_are_two_doses() -> None:
    assert plan(a_phase(moments=["ACM", "PCM"]), days=1) == ["2026-03-02 ACM", "2026-03-02 PCM"]


@pytest.mark.parametrize(("moment", "minutes"), [("PCM", 240), ("HS", 180), ("PCV", 1440)])
def test_minutes_that_lead_into_another_compartment_are_a_doubt(moment: str, minutes: int) -> None:
    phase = a_phase(moments=[moment])
    stated = phase.times.moments[0].model_copy(update={"offset_minutes": minutes})
    times = phase.times.model_copy(update={"moments": (stated,)})
    moved = phase.model_copy(update={"times": times})

    assert reasons(normalised(moved)) == ["timing-unsupported"]


def test_two_hours_after_dinner_stay_with_dinner() -> None:
    phase = a_phase(moments=["PCV"])
    stated = phase.times.moments[0].model_copy(update={"offset_minutes": 120})
    times = phase.times.model_copy(update={"moments": (stated,)})

    assert plan(phase.model_copy(update={"times": times}), days=1) == ["2026-03-02 PCV-120"]


def test_with_meals_at_a_site_that_names_none_is_a_doubt() -> None:
    site = a_site(meals=())

    assert reasons(normalised(a_phase(moments=["C"]), site=site)) == ["moment-unknown"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-28 08:00", ["not computable: clock-change"]),
        ("2026-03-28 09:30", ["2026-03-29 08:00", "2026-03-30 08:00"]),
        ("2026-03-20 08:00", ["2026-03-20 08:00", "2026-03-21 08:00"]),
    ],
    ids=["a dose in the hour", "no dose in the hour", "no change"],
)
def test_48_hours_over_a_clock_change_are_not_two_days(start: str, expected: list[str]) -> None:
    phase = a_phase(clock=["08:00"], bounds=lasting(48, "h"))

    assert plan(phase, start=start) == expected
