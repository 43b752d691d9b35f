"""Corners of single rules, each worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
from builders import REFERENCE, a_frequency, a_phase, a_quantity
from plans import lasting, normalised, paris, plan, reasons

from engine.posology.expand import check_window
from engine.posology.normalise import normalise
from engine.posology.units import comparable
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import (
    Bounds,
    Cycle,
    Dose,
    Limits,
    Phase,
    Posology,
    Rhythm,
    Times,
    Weekday,
)
from schemas.quantity import Duration, PeriodUnit, Quantity
from schemas.schedule import DoseSchedule

HOURLY = a_phase(frequency=a_frequency(1, "8", "h"))


def stepped(number: int, phase: Phase) -> Phase:
    return phase.model_copy(update={"sequence": number})


@pytest.mark.parametrize(
    "beside",
    [
        {"times": Times(moments=(MomentTime(moment=Moment.MORNING),))},
        {"times": Times(clock=(paris("2026-03-02 08:00").time(),))},
        {"rhythm": {"weekdays": (Weekday.MONDAY,)}},
        {"rhythm": {"month_days": (2,)}},
        {"rhythm": {"cycle": Cycle(days_on=21, days_off=7)}},
    ],
    ids=["a moment", "a time", "weekdays", "days of the month", "a cycle"],
)
def test_hours_beside_any_other_rhythm_are_a_contradiction(beside: dict[str, object]) -> None:
    rhythm = beside.get("rhythm", {})
    assert isinstance(rhythm, dict)
    hours = {"frequency": a_frequency(1, "8", "h")}
    update = {**beside, "rhythm": Rhythm.model_validate({**hours, **rhythm})}

    assert reasons(normalised(HOURLY.model_copy(update=update))) == ["timing-contradicted"]


def test_a_month_is_counted_from_any_day_that_every_month_has() -> None:
    monthly = a_phase(moments=["MORN"], frequency=a_frequency(1, "1", "mo"))

    assert plan(monthly, start="2026-02-28 00:00", days=60) == [
        "2026-02-28 MORN",
        "2026-03-28 MORN",
        "2026-04-28 MORN",
    ]
    assert plan(monthly, start="2026-03-29 00:00") == ["not computable: month-day-missing"]


@pytest.mark.parametrize(("day", "planned"), [(28, ["2026-03-28 MORN"]), (1, ["2026-04-01 MORN"])])
def test_a_listed_day_of_the_month_is_one_of_28(day: int, planned: list[str]) -> None:
    phase = a_phase(moments=["MORN"]).model_copy(update={"rhythm": Rhythm(month_days=(day,))})

    assert plan(phase, days=31) == planned


def test_days_of_the_month_without_a_time_are_at_the_moment_of_the_site() -> None:
    phase = a_phase().model_copy(update={"rhythm": Rhythm(month_days=(5,))})

    assert plan(phase, days=7) == ["2026-03-05 MORN"]


def test_one_intake_in_all_is_a_count() -> None:
    assert plan(a_phase(moments=["MORN"], bounds=Bounds(count=1)), days=5) == ["2026-03-02 MORN"]


def test_a_step_carries_the_instructions_of_its_phase() -> None:
    phase = a_phase(moments=["MORN"]).model_copy(update={"instructions": ("à jeun",)})

    schedule = normalised(phase).schedule

    assert isinstance(schedule, DoseSchedule)
    assert schedule.steps[0].instructions == ("à jeun",)


def test_a_cycle_without_days_off_is_every_day() -> None:
    phase = a_phase(moments=["MORN"]).model_copy(
        update={"rhythm": Rhythm(cycle=Cycle(days_on=2, days_off=0))}
    )

    assert plan(phase, days=3) == ["2026-03-02 MORN", "2026-03-03 MORN", "2026-03-04 MORN"]


def test_weekdays_of_every_day_are_every_week_and_in_order() -> None:
    days = (Weekday.FRIDAY, Weekday.MONDAY)
    rhythm = Rhythm(weekdays=days, frequency=a_frequency(1, "1", "d"))
    phase = a_phase(moments=["MORN"]).model_copy(update={"rhythm": rhythm})

    assert plan(phase, days=14) == [
        "2026-03-02 MORN",
        "2026-03-06 MORN",
        "2026-03-09 MORN",
        "2026-03-13 MORN",
    ]
    schedule = normalised(phase).schedule
    assert isinstance(schedule, DoseSchedule)
    assert schedule.steps[0].rule.model_dump()["weekdays"] == ("mon", "fri")


def test_days_of_the_month_in_a_period_of_years_come_once_in_so_many_months() -> None:
    rhythm = Rhythm(month_days=(2,), frequency=a_frequency(1, "1", "a"))
    phase = a_phase(moments=["MORN"]).model_copy(update={"rhythm": rhythm})

    assert plan(phase, days=800) == ["2026-03-02 MORN", "2027-03-02 MORN", "2028-03-02 MORN"]


def test_every_second_day_from_an_hour_after_its_slot_is_for_a_person_and_at_it_is_not() -> None:
    phase = a_phase(moments=["MORN"], frequency=a_frequency(1, "2"))

    assert plan(phase, start="2026-03-02 08:01") == ["not computable: anchor-uncertain"]
    assert plan(phase, start="2026-03-02 08:00", days=3) == ["2026-03-02 MORN", "2026-03-04 MORN"]


@pytest.mark.parametrize("unit", ["wk", "mo"])
def test_weeks_and_months_from_an_hour_after_their_slot_are_for_a_person(unit: str) -> None:
    phase = a_phase(moments=["MORN"], frequency=a_frequency(1, "1", unit))

    assert plan(phase, start="2026-03-02 09:00") == ["not computable: anchor-uncertain"]


def test_every_second_week_on_a_named_day_from_an_hour_after_its_slot_is_for_a_person() -> None:
    rhythm = Rhythm(weekdays=(Weekday.MONDAY,), frequency=a_frequency(1, "2", "wk"))
    phase = a_phase(moments=["MORN"]).model_copy(update={"rhythm": rhythm})

    assert plan(phase, start="2026-03-02 09:00") == ["not computable: anchor-uncertain"]
    assert plan(phase, start="2026-03-02 07:00", days=15) == ["2026-03-02 MORN", "2026-03-16 MORN"]


def test_hours_after_a_step_need_a_start_that_has_an_hour() -> None:
    first = stepped(1, a_phase(moments=["MORN"], bounds=lasting(1)))
    then = stepped(2, a_phase(frequency=a_frequency(1, "12", "h")))

    by_day = normalise(Posology(phases=(first, then)), REFERENCE, start=date(2026, 3, 2))
    by_hour = plan(first, then, start="2026-03-02 06:00", days=2)

    assert reasons(by_day) == ["start-missing"]
    assert by_hour == ["2026-03-02 MORN", "2026-03-03 06:00", "2026-03-03 18:00"]


def test_a_step_taken_as_needed_takes_its_time_before_the_next() -> None:
    needed = stepped(1, a_phase(bounds=lasting(3))).model_copy(update={"as_needed": True})
    then = stepped(2, a_phase(moments=["EVE"]))

    assert plan(needed, then, days=5) == ["2026-03-05 EVE", "2026-03-06 EVE"]


def test_a_step_of_both_kinds_ends_with_what_is_planned() -> None:
    planned = stepped(1, a_phase(moments=["MORN"], bounds=lasting(2)))
    needed = stepped(1, a_phase(bounds=lasting(5))).model_copy(update={"as_needed": True})
    then = stepped(2, a_phase(moments=["EVE"]))

    assert plan(planned, needed, then, days=4) == [
        "2026-03-02 MORN",
        "2026-03-03 MORN",
        "2026-03-04 EVE",
        "2026-03-05 EVE",
    ]


def test_the_hours_of_meals_on_listed_days_are_those_of_the_site_and_it_says_so() -> None:
    phase = a_phase().model_copy(
        update={
            "rhythm": Rhythm(dates=(date(2026, 3, 3),)),
            "times": Times(moments=(MomentTime(moment=Moment.MEAL),)),
        }
    )

    schedule = normalised(phase).schedule

    assert isinstance(schedule, DoseSchedule)
    assert schedule.conventions == ("C-MEALS",)


@pytest.mark.parametrize(
    ("phases", "conventions"),
    [
        ([a_phase(moments=["MORN"])], ()),
        ([a_phase(frequency=a_frequency(2))], ("C-FREQ",)),
        ([a_phase(moments=["AC"])], ("C-MEALS",)),
        ([a_phase(moments=["EVE"], bounds=Bounds(start=paris("2026-03-02 10:00")))], ("C-CLOCK",)),
        (
            [a_phase(moments=["EVE"], bounds=Bounds(end=paris("2026-03-04 10:00")))],
            ("C-CLOCK",),
        ),
        ([a_phase(clock=["20:00"], bounds=Bounds(start=paris("2026-03-02 10:00")))], ()),
        (
            [
                a_phase(moments=["MORN"]).model_copy(update={"as_needed": True}),
                a_phase(frequency=a_frequency(1)),
            ],
            ("C-FREQ",),
        ),
    ],
)
def test_a_schedule_names_the_tables_that_decided_something(
    phases: list[Phase], conventions: tuple[str, ...]
) -> None:
    schedule = normalised(*phases).schedule

    assert isinstance(schedule, DoseSchedule)
    assert schedule.conventions == conventions


def test_a_slot_that_a_clock_change_spares_is_not_doubted_for_another_of_its_step() -> None:
    # On 29 March 2026 the clock of Paris goes from 02:00 to 03:00; the treatment starts at 03:00.
    phase = a_phase(clock=["02:30", "08:00"])
    later = normalised(phase, start="2026-03-29 03:00").schedule
    before = normalised(phase, start="2026-03-29 00:00").schedule
    assert isinstance(later, DoseSchedule)
    assert isinstance(before, DoseSchedule)

    assert check_window(later, REFERENCE, paris("2026-03-29 00:00"), 1) == ()
    assert len(check_window(before, REFERENCE, paris("2026-03-29 00:00"), 1)) == 1


def test_what_is_taken_as_needed_keeps_all_that_is_stated_of_it() -> None:
    needed = Phase(
        location="phase[2]",
        text="1 à 2 si douleur",
        instructions=("avec un verre d'eau",),
        bounds=lasting(5),
        rhythm=Rhythm(frequency=a_frequency(1, "6", "h")),
        times=Times(moments=(MomentTime(moment=Moment.EVENING),)),
        timing_code=Coding(code="PRN"),
        dose=Dose(low=a_quantity("1 tablet"), high=a_quantity("2 tablet")),
        as_needed=True,
        as_needed_for=("douleur",),
        limits=Limits(per_intake=a_quantity("2 tablet")),
        intake_lasts=Duration(value=Decimal(5), unit=PeriodUnit.MINUTE),
    )
    for beside in (a_phase(moments=["MORN"]), a_phase(moments=["MORN"], dose=None)):
        schedule = normalised(beside, needed).schedule

        (listed,) = schedule.as_needed
        assert (listed.location, listed.text) == ("phase[2]", "1 à 2 si douleur")
        assert listed.instructions == ("avec un verre d'eau",)
        assert listed.reasons == ("douleur",)
        for name in ("bounds", "rhythm", "times", "timing_code", "dose", "limits", "intake_lasts"):
            assert getattr(listed, name) == getattr(needed, name)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (FindingCode.DOSE_SEVERAL, ["dose-several"]),
        (FindingCode.ELEMENT_UNREAD, ["dose-missing"]),
    ],
)
def test_a_missing_dose_is_said_once_by_whoever_knows_why(
    said: FindingCode, expected: list[str]
) -> None:
    known = Finding(code=said, location="phase[1]", message="the reader said it")
    phase = a_phase(moments=["MORN"], dose=None).model_copy(update={"findings": (known,)})

    assert reasons(normalised(phase)) == expected


def test_the_longest_period_is_a_period() -> None:
    longest, longer = (a_phase(frequency=a_frequency(1, n)) for n in ("10000", "10001"))

    assert plan(longest) == ["2026-03-02 MORN"]
    assert plan(longer) == ["not computable: timing-unsupported"]


def test_phases_that_end_apart_are_told_at_the_first_of_them() -> None:
    phases = [
        stepped(1, a_phase(moments=["MORN"], bounds=lasting(3))),
        stepped(1, a_phase(moments=["EVE"], bounds=lasting(5))),
        stepped(2, a_phase(moments=["MORN"])),
    ]
    named = [
        phase.model_copy(update={"location": f"phase[{rank}]"})
        for rank, phase in enumerate(phases, start=1)
    ]

    (found,) = [one for one in normalised(*named).findings if one.blocks]

    assert (found.code, found.location) == (FindingCode.SEQUENCE_GAP, "phase[1]")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"unit": "comprimé"}, {"unit": "comprimé"}, True),
        ({"unit": "comprimé", "code": "cp"}, {"unit": "comprimé"}, True),
        ({"unit": "comprimé", "code": "cp"}, {"unit": "comprimé", "code": "ce"}, False),
        (
            {"unit": "comprimé", "code": "cp", "system": "a"},
            {"unit": "comprimé", "code": "ce", "system": "b"},
            True,
        ),
        ({"code": "15054000", "system": "edqm"}, {"code": "15054000", "system": "edqm"}, True),
        ({"code": "15054000", "system": "edqm"}, {"code": "15054000", "system": "local"}, False),
        ({"unit": "g"}, {"unit": "mg"}, True),
        ({"unit": "g"}, {"unit": "mL"}, False),
    ],
)
def test_two_amounts_are_comparable_when_they_measure_one_thing(
    one: dict[str, str], other: dict[str, str], expected: bool
) -> None:
    left, right = (Quantity.model_validate({"value": "1", **given}) for given in (one, other))

    assert comparable(left, right) is expected
    assert comparable(right, left) is expected
