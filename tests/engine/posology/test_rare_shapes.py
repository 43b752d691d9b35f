"""Rhythms, amounts and maxima that few senders state, each planned by its rule or refused."""

import json
from datetime import date, time
from decimal import Decimal

import pytest
from builders import REFERENCE, a_frequency, a_phase, a_quantity, a_site
from plans import lasting, normalised, paris, plan, reasons

from engine.pipeline.expansion import expand_rows
from engine.posology.clock import first_instant, later, zone_named
from engine.posology.days import days_of
from engine.posology.units import comparable
from engine.posology.window import window_of
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.posology import Bounds, Cycle, Dose, Limits, Phase, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio
from schemas.schedule import AtInstants, DoseSchedule, OnDates, OnMonthDays

PARIS = zone_named("Europe/Paris")
MONDAY = date(2026, 3, 2)
MORNING = a_phase(moments=["MORN"])


def on(phase: Phase, **rhythm: object) -> Phase:
    """The phase with this rhythm."""
    return phase.model_copy(update={"rhythm": Rhythm.model_validate(rhythm)})


def within(phase: Phase, **limits: object) -> Phase:
    """The phase with these maxima."""
    return phase.model_copy(update={"limits": Limits.model_validate(limits)})


def length(number: str, unit: str) -> Duration:
    return Duration(value=Decimal(number), unit=PeriodUnit(unit))


def test_days_of_the_month_are_planned_in_every_month_and_in_every_other() -> None:
    monthly = on(MORNING, month_days=(15, 5))
    every_other = on(MORNING, month_days=(2, 5), frequency=a_frequency(2, "2", "mo"))

    assert plan(monthly, days=45) == [
        "2026-03-05 MORN",
        "2026-03-15 MORN",
        "2026-04-05 MORN",
        "2026-04-15 MORN",
    ]
    assert plan(every_other, days=70) == [
        "2026-03-02 MORN",
        "2026-03-05 MORN",
        "2026-05-02 MORN",
        "2026-05-05 MORN",
    ]


@pytest.mark.parametrize(
    ("phase", "reason"),
    [
        (on(MORNING, month_days=(5,), frequency=a_frequency(1, "2", "mo")), "anchor-uncertain"),
        (on(MORNING, month_days=(31,)), "month-day-missing"),
        (on(MORNING, month_days=(5,), frequency=a_frequency(1, "1", "wk")), "timing-contradicted"),
        (on(MORNING, month_days=(5,), weekdays=(Weekday.MONDAY,)), "timing-contradicted"),
        (on(MORNING, weekdays=(Weekday.MONDAY,) * 2), "timing-contradicted"),
        (on(MORNING, cycle=Cycle(days_on=0, days_off=7)), "timing-unsupported"),
        (
            on(MORNING, cycle=Cycle(days_on=5, days_off=2), frequency=a_frequency(1, "2")),
            "timing-contradicted",
        ),
        (on(MORNING, dates=(MONDAY,), weekdays=(Weekday.MONDAY,)), "timing-contradicted"),
        (on(MORNING, dates=(MONDAY, paris("2026-03-03 08:00"))), "timing-contradicted"),
        (on(a_phase(), dates=(MONDAY,)), "frequency-unplaced"),
        (on(MORNING, frequency=a_frequency(0)), "timing-unsupported"),
        (on(MORNING, frequency=a_frequency(1, "20000")), "timing-unsupported"),
        (a_phase(moments=["IMD"]), "timing-unsupported"),
        (a_phase(moments=["C", "MORN"]), "frequency-unplaced"),
        (a_phase(moments=["AGU"]), "moment-unknown"),
    ],
)
def test_days_that_are_named_in_no_one_way_are_refused(phase: Phase, reason: str) -> None:
    assert plan(phase) == [f"not computable: {reason}"]


def test_a_cycle_begins_anew_after_its_days_without() -> None:
    assert plan(on(MORNING, cycle=Cycle(days_on=2, days_off=3)), days=8) == [
        "2026-03-02 MORN",
        "2026-03-03 MORN",
        "2026-03-07 MORN",
        "2026-03-08 MORN",
    ]


def test_listed_days_need_no_start_and_listed_instants_are_planned_as_they_are() -> None:
    days = on(MORNING, dates=(date(2026, 3, 9), MONDAY))
    instants = on(a_phase(), dates=(paris("2026-03-03 09:30"), paris("2026-03-02 21:00")))

    assert plan(days, days=10) == ["2026-03-02 MORN", "2026-03-09 MORN"]
    assert plan(instants) == ["2026-03-02 21:00", "2026-03-03 09:30"]
    assert isinstance(normalised(days, start=None).schedule, DoseSchedule)


def test_a_rule_of_days_ends_with_the_calendar_and_a_rule_of_instants_has_no_days() -> None:
    near_the_end = OnMonthDays(days=(1,), every=1, anchor=date(9999, 11, 1))

    assert list(days_of(near_the_end, date(9999, 11, 2))) == [date(9999, 12, 1)]
    assert list(days_of(OnDates(dates=(MONDAY, date(2026, 3, 1))), MONDAY)) == [MONDAY]
    assert list(days_of(AtInstants(instants=(paris("2026-03-02 08:00"),)), MONDAY)) == []


def test_a_length_that_is_no_whole_number_or_leaves_the_calendar_leads_nowhere() -> None:
    start = paris("2026-03-02 08:00")

    assert later(start, length("1.5", "d"), PARIS) is None
    assert later(start, length("9000", "a"), PARIS) is None
    assert first_instant(MONDAY, PARIS) == paris("2026-03-02 00:00")


def test_a_window_that_leaves_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar"):
        window_of("Europe/Paris", paris("2026-03-02 08:00"), 4_000_000)
    row = {"dosage": [], "start": "8999-12-31T00:00:00+01:00", "horizon_days": -1}

    (answer,) = expand_rows([json.dumps(row)], REFERENCE)

    assert json.loads(answer)["findings"][0]["location"] == "horizon_days"


def test_a_horizon_before_the_first_dose_is_said_to_be_empty() -> None:
    timing = {"repeat": {"when": ["MORN"], "boundsPeriod": {"start": "2026-05-01"}}}
    dose = [{"doseQuantity": {"value": 1, "unit": "cp"}}]
    row = {
        "dosage": [{"timing": timing, "doseAndRate": dose}],
        "start": "2026-03-02T00:00:00+01:00",
        "horizon_days": 7,
    }

    (answer,) = expand_rows([json.dumps(row)], REFERENCE)
    found = json.loads(answer)

    assert (found["computable"], found["planned"]) == (True, [])
    assert [one["code"] for one in found["findings"]] == ["schedule-empty"]


@pytest.mark.parametrize(
    ("dose", "reason"),
    [
        (Dose(low=a_quantity("1 cp")), "dose-range"),
        (Dose(low=a_quantity("1 cp"), high=a_quantity("2 cp")), "dose-range"),
        (Dose(rate="5 mg / 1 h"), "dose-rate"),
        (Dose(low=a_quantity("-1 cp"), high=a_quantity("-1 cp")), "value-invalid"),
        (Dose(low=Quantity(value=Decimal(1)), high=Quantity(value=Decimal(1))), "unit-missing"),
        (
            Dose(low=a_quantity("1 mg"), high=a_quantity("1 mg"), per_body=True),
            "dose-per-body",
        ),
    ],
)
def test_an_amount_that_is_not_one_exact_amount_is_refused(dose: Dose, reason: str) -> None:
    assert plan(MORNING.model_copy(update={"dose": dose})) == [f"not computable: {reason}"]


def test_a_rate_beside_an_exact_amount_is_said_and_not_used() -> None:
    dose = Dose(low=a_quantity("1 g"), high=a_quantity("1 g"), rate="50 mL / 1 h")

    result = normalised(MORNING.model_copy(update={"dose": dose}))

    assert isinstance(result.schedule, DoseSchedule)
    assert [one.code for one in result.findings] == [FindingCode.ELEMENT_UNREAD]


def test_kilograms_of_the_product_are_no_dose_by_weight() -> None:
    assert len(plan(a_phase(moments=["MORN"], dose="1 kg"))) == 7


def test_the_meals_are_those_of_the_site_before_and_after_too() -> None:
    site = a_site(meals=(Moment.BREAKFAST, Moment.DINNER))

    before = plan(a_phase(moments=["AC"]), days=1, site=site)
    after = plan(a_phase(moments=["PC"]), days=1, site=site)

    assert (before, after) == (
        ["2026-03-02 ACM", "2026-03-02 ACV"],
        ["2026-03-02 PCM", "2026-03-02 PCV"],
    )


def test_a_number_a_day_whose_moments_the_site_does_not_know_is_refused() -> None:
    site = a_site(moments={Moment.MORNING: time(8)})

    result = normalised(a_phase(frequency=a_frequency(2)), site=site)

    assert reasons(result) == ["moment-unknown"]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (
            {"per_period": (Ratio(amount=a_quantity("9 tablet"), period=length("0", "d")),)},
            "maximum-not-comparable",
        ),
        (
            {"per_period": (Ratio(amount=a_quantity("9 tablet"), period=length("1.5", "d")),)},
            "maximum-not-comparable",
        ),
        (
            {"per_period": (Ratio(amount=a_quantity("9 mL"), period=length("1", "d")),)},
            "maximum-not-comparable",
        ),
        ({"per_intake": a_quantity("5 mL")}, "maximum-not-comparable"),
        ({"per_lifetime": a_quantity("5 mL")}, "maximum-not-comparable"),
        ({"per_lifetime": a_quantity("5 tablet")}, "maximum-not-comparable"),
        ({"minimum_gap": length("25", "h")}, "timing-contradicted"),
    ],
)
def test_a_maximum_that_no_plan_can_be_compared_with_or_that_it_breaks_is_a_reason(
    limits: dict[str, object], reason: str
) -> None:
    assert plan(within(MORNING, **limits)) == [f"not computable: {reason}"]


@pytest.mark.parametrize(
    "limits",
    [
        {"per_lifetime": a_quantity("5 tablet")},
        {"per_intake": a_quantity("1 tablet")},
        {"minimum_gap": length("24", "h")},
        {"per_period": (Ratio(amount=a_quantity("7 tablet"), period=length("1", "wk")),)},
    ],
)
def test_a_maximum_that_is_reached_and_not_passed_is_no_reason(limits: dict[str, object]) -> None:
    phase = within(a_phase(moments=["MORN"], bounds=lasting(5)), **limits)

    assert len(plan(phase)) == 5


def test_a_lifetime_of_a_counted_treatment_is_its_count() -> None:
    counted = a_phase(moments=["MORN"], bounds=Bounds(count=6))

    assert len(plan(within(counted, per_lifetime=a_quantity("6 tablet")))) == 6
    assert plan(within(counted, per_lifetime=a_quantity("5 tablet"))) == [
        "not computable: maximum-exceeded"
    ]


def test_a_count_beside_an_end_stops_at_the_earlier_of_both() -> None:
    short = Bounds(duration=length("3", "d"), count=9)
    counted = Bounds(duration=length("9", "d"), count=3)

    assert len(plan(a_phase(moments=["MORN"], bounds=short), days=20)) == 3
    assert len(plan(a_phase(moments=["MORN"], bounds=counted), days=20)) == 3


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(count=0), "count-ambiguous"),
        (Bounds(count=3, count_high=5), "count-range"),
        (
            Bounds(start=MONDAY, end=date(2026, 3, 9), duration=length("5", "d")),
            "bounds-invalid",
        ),
        (Bounds(start=date(9999, 1, 1)), "bounds-invalid"),
    ],
)
def test_bounds_that_say_two_things_or_none_are_refused(bounds: Bounds, reason: str) -> None:
    assert plan(a_phase(moments=["MORN"], bounds=bounds)) == [f"not computable: {reason}"]


def test_a_treatment_that_is_over_plans_nothing_and_one_without_end_is_open() -> None:
    over = Bounds(end=date(2026, 2, 1))
    open_ended = Bounds(start=MONDAY, end=date(9999, 12, 31))

    assert plan(a_phase(moments=["MORN"], bounds=over)) == []
    assert len(plan(a_phase(moments=["MORN"], bounds=open_ended), days=30)) == 30


def test_units_are_one_by_their_code_and_two_by_two_codes_of_one_list() -> None:
    edqm, other = "http://standardterms.edqm.eu", "urn:list"
    tablet = Quantity(value=Decimal(1), unit="Comprimé", code="15054000", system=edqm)
    capsule = Quantity(value=Decimal(1), unit="Comprimé", code="15012000", system=edqm)
    elsewhere = Quantity(value=Decimal(1), unit="Comprimé", code="7", system=other)

    assert comparable(tablet, tablet.model_copy(update={"unit": "cp"}))
    assert not comparable(tablet, capsule)
    assert comparable(tablet, elsewhere)
    assert not comparable(tablet, Quantity(value=Decimal(1)))
