"""A treatment that the context starts later than it states: nothing before, counts go on."""

from datetime import date

import pytest
from builders import REFERENCE, a_frequency, a_phase
from plans import label, paris

from engine.posology.expand import expand
from engine.posology.normalise import normalise
from schemas.posology import Bounds, Phase, Posology, Rhythm
from schemas.schedule import DoseSchedule, Normalised

LONG_BEFORE = "2026-02-01 00:00"
"""Every window here opens before anything is due, so that a dose too early would show."""


def outcome(*phases: Phase, start: str | None) -> Normalised:
    first = None if start is None else paris(start)
    return normalise(Posology(phases=phases), REFERENCE, start=first)


def dated(*phases: Phase, start: str | None, days: int = 120) -> list[str]:
    schedule = outcome(*phases, start=start).schedule
    assert isinstance(schedule, DoseSchedule)
    return [label(one) for one in expand(schedule, REFERENCE, paris(LONG_BEFORE), days)]


def codes(*phases: Phase, start: str | None) -> list[str]:
    return [found.code.value for found in outcome(*phases, start=start).findings]


MORNING = a_phase(moments=["MORN"])
FIVE_DAYS = MORNING.model_copy(
    update={"bounds": Bounds(start=date(2026, 3, 2), end=date(2026, 3, 6))}
)


def test_without_a_later_start_every_stated_dose_is_planned() -> None:
    assert dated(FIVE_DAYS, start=None) == [f"2026-03-0{n} MORN" for n in (2, 3, 4, 5, 6)]
    assert codes(FIVE_DAYS, start=None) == []


@pytest.mark.parametrize(
    ("start", "planned", "said"),
    [
        ("2026-03-01 00:00", [2, 3, 4, 5, 6], []),
        ("2026-03-02 00:00", [2, 3, 4, 5, 6], []),
        ("2026-03-02 08:00", [2, 3, 4, 5, 6], []),
        ("2026-03-02 08:01", [3, 4, 5, 6], ["first-doses-past"]),
        ("2026-03-05 00:00", [5, 6], ["first-doses-past"]),
        ("2026-03-06 12:00", [], ["first-doses-past", "schedule-empty"]),
    ],
)
def test_nothing_is_planned_before_a_later_start(
    start: str, planned: list[int], said: list[str]
) -> None:
    assert dated(FIVE_DAYS, start=start) == [f"2026-03-0{n} MORN" for n in planned]
    assert codes(FIVE_DAYS, start=start) == said


def test_an_end_that_is_included_keeps_the_dose_of_that_instant() -> None:
    included = a_phase(clock=["08:00"]).model_copy(
        update={"bounds": Bounds(start=date(2026, 3, 2), end=paris("2026-03-06 08:00"))}
    )
    excluded = included.model_copy(
        update={"bounds": included.bounds.model_copy(update={"end_included": False})}
    )

    assert dated(included, start="2026-03-06 08:00") == ["2026-03-06 08:00"]
    assert dated(excluded, start="2026-03-06 08:00") == []
    assert dated(excluded, start="2026-03-05 08:00") == ["2026-03-05 08:00"]
    assert codes(excluded, start="2026-03-06 08:00") == ["first-doses-past", "schedule-empty"]


@pytest.mark.parametrize(
    ("start", "planned"),
    [
        ("2026-03-01 00:00", [2, 4, 6, 8]),
        ("2026-03-04 08:00", [4, 6, 8]),
        ("2026-03-04 09:00", [6, 8]),
        ("2026-03-08 00:00", [8]),
        ("2026-03-08 20:00", []),
        ("2026-03-20 00:00", []),
    ],
)
def test_a_count_goes_down_by_the_doses_that_were_due(start: str, planned: list[int]) -> None:
    four = a_phase(moments=["MORN"], frequency=a_frequency(1, "2")).model_copy(
        update={"bounds": Bounds(start=date(2026, 3, 2), count=4)}
    )

    assert dated(four, start=start) == [f"2026-03-0{n} MORN" for n in planned]
    assert ("schedule-empty" in codes(four, start=start)) == (not planned)


def test_a_count_of_named_days_goes_down_too() -> None:
    four = MORNING.model_copy(
        update={
            "rhythm": Rhythm.model_validate({"weekdays": ["mon", "wed", "fri"]}),
            "bounds": Bounds(start=date(2026, 3, 2), count=4),
        }
    )

    # Monday 2, Wednesday 4, Friday 6 and Monday 9 March are the four.
    assert dated(four, start=None) == [f"2026-03-0{n} MORN" for n in (2, 4, 6, 9)]
    assert dated(four, start="2026-03-05 00:00") == ["2026-03-06 MORN", "2026-03-09 MORN"]
    assert dated(four, start="2026-03-09 00:00") == ["2026-03-09 MORN"]
    assert dated(four, start="2026-03-10 00:00") == []
    assert codes(four, start="2026-03-10 00:00") == ["first-doses-past", "schedule-empty"]


@pytest.mark.parametrize(
    ("first", "planned"),
    [
        ("2026-03-01 00:00", [2, 4, 6, 9]),
        ("2026-03-05 00:00", [6, 9]),
        ("2026-03-09 00:00", [9]),
        ("2026-03-10 00:00", []),
    ],
)
def test_a_window_after_the_start_has_what_the_count_leaves(first: str, planned: list[int]) -> None:
    four = MORNING.model_copy(
        update={
            "rhythm": Rhythm.model_validate({"weekdays": ["mon", "wed", "fri"]}),
            "bounds": Bounds(start=date(2026, 3, 2), count=4),
        }
    )
    schedule = outcome(four, start=None).schedule
    assert isinstance(schedule, DoseSchedule)

    found = [label(one) for one in expand(schedule, REFERENCE, paris(first), 60)]

    assert found == [f"2026-03-0{n} MORN" for n in planned]


def test_a_step_that_is_over_leaves_those_beside_it() -> None:
    evening = a_phase(moments=["EVE"]).model_copy(
        update={"bounds": Bounds(start=date(2026, 3, 2), end=date(2026, 3, 8))}
    )

    assert dated(FIVE_DAYS, evening, start="2026-03-07 00:00") == [
        "2026-03-07 EVE",
        "2026-03-08 EVE",
    ]
    assert codes(FIVE_DAYS, evening, start="2026-03-07 00:00") == ["first-doses-past"] * 2


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [(("mon",), ["first-doses-past"]), (("tue",), [])],
    ids=["on the first day", "not on the first day"],
)
def test_a_slot_is_past_only_on_a_day_of_the_rhythm(weekdays: object, said: list[str]) -> None:
    phase = MORNING.model_copy(update={"rhythm": Rhythm.model_validate({"weekdays": weekdays})})

    assert codes(phase, start="2026-03-02 09:00") == said


def test_a_slot_at_the_very_start_is_not_past() -> None:
    assert codes(MORNING, start="2026-03-02 08:00") == []
    assert dated(MORNING, start="2026-03-02 08:00", days=31) == [
        "2026-03-02 MORN",
        "2026-03-03 MORN",
    ]


def test_listed_instants_before_the_start_are_past_and_that_of_the_start_is_due() -> None:
    dates = tuple(paris(f"2026-03-0{n} 09:30") for n in (2, 4, 6))
    listed = a_phase().model_copy(update={"rhythm": Rhythm(dates=dates)})

    assert dated(listed, start="2026-03-04 09:30") == ["2026-03-04 09:30", "2026-03-06 09:30"]
    assert dated(listed, start="2026-03-04 09:31") == ["2026-03-06 09:30"]
    assert codes(listed, start="2026-03-04 09:30") == ["first-doses-past"]
    assert codes(listed, start="2026-03-02 09:30") == []


def test_listed_days_before_the_start_are_past() -> None:
    dates = (date(2026, 3, 2), date(2026, 3, 4))
    listed = MORNING.model_copy(update={"rhythm": Rhythm(dates=dates)})

    assert dated(listed, start="2026-03-03 00:00") == ["2026-03-04 MORN"]
    assert codes(listed, start="2026-03-03 00:00") == ["first-doses-past"]
    assert codes(listed, start="2026-03-02 00:00") == []


@pytest.mark.parametrize(("included", "planned"), [(True, [2, 4]), (False, [2])])
def test_a_listed_instant_at_the_end_is_due_when_the_end_is_included(
    included: bool, planned: list[int]
) -> None:
    dates = tuple(paris(f"2026-03-0{n} 09:30") for n in (2, 4, 6))
    bounds = Bounds(end=paris("2026-03-04 09:30"), end_included=included)
    listed = a_phase().model_copy(update={"rhythm": Rhythm(dates=dates), "bounds": bounds})

    assert dated(listed, start=None) == [f"2026-03-0{n} 09:30" for n in planned]


def test_hours_begin_with_the_first_dose_after_a_later_start() -> None:
    hours = a_phase(frequency=a_frequency(1, "10", "h")).model_copy(
        update={"bounds": Bounds(start=paris("2026-03-02 08:00"), end=paris("2026-03-04 10:00"))}
    )

    # 2 March 08:00 and 18:00, 3 March 04:00, 14:00 and 24:00, 4 March 10:00: the end, included.
    assert dated(hours, start="2026-03-03 04:00") == [
        "2026-03-03 04:00",
        "2026-03-03 14:00",
        "2026-03-04 00:00",
        "2026-03-04 10:00",
    ]
    assert dated(hours, start="2026-03-03 04:01")[0] == "2026-03-03 14:00"


def test_each_intake_names_its_step_and_they_come_in_the_order_of_time() -> None:
    phases = [
        a_phase(moments=["EVE"]),
        a_phase(clock=["06:30"]),
        a_phase(frequency=a_frequency(1, "24", "h")),
    ]
    schedule = outcome(*phases, start="2026-03-02 12:30").schedule
    assert isinstance(schedule, DoseSchedule)

    for days in (2, 63):
        found = list(expand(schedule, REFERENCE, paris("2026-03-02 12:30"), days))[:6]
        assert [(one.step, f"{one.due_at:%d %H:%M}") for one in found] == [
            (2, "02 12:30"),
            (0, "02 19:00"),
            (1, "03 06:30"),
            (2, "03 12:30"),
            (0, "03 19:00"),
            (1, "04 06:30"),
        ]


def test_in_the_hour_that_comes_twice_the_order_is_that_of_time_and_not_of_the_clock() -> None:
    # On 25 October 2026 the clock of Paris shows 02:00 to 03:00 twice.
    every = a_phase(frequency=a_frequency(1, "1", "h")).model_copy(
        update={"bounds": Bounds(start=paris("2026-10-25 00:45"))}
    )
    beside = a_phase(clock=["02:50"])
    schedule = outcome(every, beside, start="2026-10-25 00:00").schedule
    assert isinstance(schedule, DoseSchedule)

    for days in (1, 63):
        found = list(expand(schedule, REFERENCE, paris("2026-10-25 00:00"), days))

        assert [one.due_at.isoformat()[11:] for one in found][:5] == [
            "00:45:00+02:00",
            "01:45:00+02:00",
            "02:45:00+02:00",
            "02:50:00+02:00",
            "02:45:00+01:00",
        ]
