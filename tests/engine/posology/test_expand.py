"""Schedules dated over a window: the same whoever cuts it, and honest at the clock changes."""

import json
from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from builders import REFERENCE, a_frequency, a_phase
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import PARIS, clock_doubts, label, lasting, paris, plan, schedule_of

from engine.posology.expand import check_window, expand
from schemas.canonical import canonical_json
from schemas.posology import Bounds, Phase, Weekday
from schemas.schedule import DoseSchedule

SPRING, AUTUMN = "2026-03-28 00:00", "2026-10-24 00:00"
"""The Saturdays before the clocks of Paris change in 2026."""


def test_a_time_of_the_clock_stays_on_the_clock_over_both_changes() -> None:
    schedule = schedule_of(a_phase(clock=["10:00"]), start=SPRING)

    spring = [one.due_at.isoformat() for one in expand(schedule, REFERENCE, paris(SPRING), 2)]
    autumn = [one.due_at.isoformat() for one in expand(schedule, REFERENCE, paris(AUTUMN), 2)]

    assert spring == ["2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00"]
    assert autumn == ["2026-10-24T10:00:00+02:00", "2026-10-25T10:00:00+01:00"]
    assert check_window(schedule, REFERENCE, paris(SPRING), 300) == ()


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (SPRING, ["2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00"]),
        (AUTUMN, ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00"]),
    ],
)
def test_a_dose_in_the_hour_that_changes_is_never_lost_and_is_in_doubt(
    start: str, expected: list[str]
) -> None:
    phase = a_phase(clock=["02:30"])

    schedule = schedule_of(phase, start=start)

    assert [
        one.due_at.isoformat() for one in expand(schedule, REFERENCE, paris(start), 2)
    ] == expected
    assert clock_doubts(phase, start=start, days=2) == ["clock-change"]
    assert clock_doubts(phase, start=start, days=1) == []


def test_every_twelve_hours_over_a_change_is_in_doubt_and_before_it_is_not() -> None:
    phase = a_phase(frequency=a_frequency(1, "12", "h"))

    assert clock_doubts(phase, start="2026-10-24 20:00", days=2) == ["clock-change"]
    assert clock_doubts(phase, start="2026-10-20 20:00", days=2) == []


def test_hours_are_elapsed_time() -> None:
    schedule = schedule_of(a_phase(frequency=a_frequency(1, "12", "h")), start="2026-10-24 20:00")

    found = [one.due_at for one in expand(schedule, REFERENCE, paris("2026-10-24 20:00"), 1)]

    assert [one.isoformat() for one in found] == [
        "2026-10-24T20:00:00+02:00",
        "2026-10-25T07:00:00+01:00",
        "2026-10-25T19:00:00+01:00",
    ]


def test_an_open_treatment_is_streamed_from_wherever_it_is_asked_for() -> None:
    schedule = schedule_of(a_phase(frequency=a_frequency(1, "3")))

    stream = expand(schedule, REFERENCE, paris("2056-03-01 00:00"), 365_000)

    # 1 March 2056 is 10,957 days after 2 March 2026: 3652 periods of three days and one day.
    assert [label(one) for one in islice(stream, 2)] == ["2056-03-03 MORN", "2056-03-06 MORN"]


def test_a_window_ends_at_the_same_wall_time_so_many_days_later() -> None:
    schedule = schedule_of(a_phase(clock=["08:00", "20:00"]))

    found = [label(one) for one in expand(schedule, REFERENCE, paris("2026-03-28 20:00"), 1)]

    assert found == ["2026-03-28 20:00", "2026-03-29 08:00"]


def test_a_window_needs_an_offset() -> None:
    schedule = schedule_of(a_phase(clock=["08:00"]))

    with pytest.raises(ValueError, match="instant"):
        list(expand(schedule, REFERENCE, paris("2026-03-02 00:00").replace(tzinfo=None), 1))


def test_a_schedule_read_back_from_its_json_gives_the_same_plan() -> None:
    schedule = schedule_of(a_phase(moments=["ACM", "HS"], bounds=lasting(3)))

    again = DoseSchedule.model_validate_json(schedule.model_dump_json())

    assert canonical_json(again) == canonical_json(schedule)
    assert list(expand(again, REFERENCE, paris("2026-03-02 00:00"), 9)) == list(
        expand(schedule, REFERENCE, paris("2026-03-02 00:00"), 9)
    )
    assert json.loads(schedule.model_dump_json())["computable"] is True


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
WEEKDAYS = st.sets(st.sampled_from(list(Weekday)), min_size=1)
CLOCKS = st.sets(st.sampled_from(["07:00", "12:15", "18:00", "22:30"]), min_size=1)


@given(start=DAYS, weekdays=WEEKDAYS, clocks=CLOCKS, ahead=st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_weekdays_are_those_that_a_look_at_each_day_finds(
    start: date, weekdays: set[Weekday], clocks: set[str], ahead: int
) -> None:
    phase = a_phase(clock=sorted(clocks))
    phase = phase.model_copy(
        update={"rhythm": phase.rhythm.model_copy(update={"weekdays": tuple(weekdays)})}
    )
    first = datetime(start.year, start.month, start.day, tzinfo=PARIS) + timedelta(days=ahead)

    found = expand(schedule_of(phase, start=f"{start} 00:00"), REFERENCE, first, 20)

    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    slow = [
        f"{day} {clock}"
        for day in (first.date() + timedelta(days=n) for n in range(20))
        for clock in sorted(clocks)
        if names[day.weekday()] in weekdays
    ]
    assert [label(one) for one in found] == slow


@given(start=DAYS, every=st.integers(1, 31), ahead=st.integers(0, 90))
@settings(max_examples=60, deadline=None)
def test_every_n_days_is_what_counting_day_by_day_finds(
    start: date, every: int, ahead: int
) -> None:
    schedule = schedule_of(a_phase(frequency=a_frequency(1, str(every))), start=f"{start} 00:00")
    first = datetime(start.year, start.month, start.day, tzinfo=PARIS) + timedelta(days=ahead)

    found = [one.due_at.date() for one in expand(schedule, REFERENCE, first, 60)]

    slow = [start + timedelta(days=n) for n in range(ahead, ahead + 60) if n % every == 0]
    assert found == slow


def a_treatment() -> st.SearchStrategy[tuple[Phase, ...]]:
    """Phases together on slots of their own: by moments, by the clock, by weekdays."""
    rhythm = st.sampled_from([None, a_frequency(1, "2"), a_frequency(1, "1", "wk")])
    bounds = st.sampled_from([Bounds(), lasting(10), lasting(3, "wk")])
    return st.builds(
        lambda one, other, bound: (
            a_phase(moments=["ACM"], frequency=one, bounds=bound),
            a_phase(clock=["12:45"], frequency=other, bounds=bound, dose="2 tablet"),
            a_phase(moments=["HS"], bounds=bound, dose="3 tablet"),
        ),
        rhythm,
        rhythm,
        bounds,
    )


@given(phases=a_treatment(), start=DAYS, cut=st.integers(1, 29))
@settings(max_examples=60, deadline=None)
def test_a_horizon_cut_in_two_gives_the_same_intakes(
    phases: tuple[Phase, ...], start: date, cut: int
) -> None:
    schedule = schedule_of(*phases, start=f"{start} 00:00")
    first = datetime(start.year, start.month, start.day, tzinfo=PARIS)
    middle = first + timedelta(days=cut)

    whole = list(expand(schedule, REFERENCE, first, 30))

    parts = [*expand(schedule, REFERENCE, first, cut)]
    parts += expand(schedule, REFERENCE, middle, 30 - cut)
    assert parts == whole
    assert whole == sorted(whole, key=lambda one: one.due_at.timestamp())


@given(phases=a_treatment(), start=DAYS, order=st.permutations([0, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_the_order_of_phases_that_run_together_changes_nothing(
    phases: tuple[Phase, ...], start: date, order: list[int]
) -> None:
    shuffled = [phases[place] for place in order]

    assert plan(*shuffled, start=f"{start} 00:00", days=20) == plan(
        *phases, start=f"{start} 00:00", days=20
    )


@given(phases=a_treatment(), start=DAYS, hour=st.integers(0, 23))
@settings(max_examples=40, deadline=None)
def test_nothing_is_planned_before_the_start(
    phases: tuple[Phase, ...], start: date, hour: int
) -> None:
    daily = [phase.model_copy(update={"rhythm": type(phase.rhythm)()}) for phase in phases]
    begin = paris(f"{start} {hour:02d}:00")
    schedule = schedule_of(*daily, start=f"{start} {hour:02d}:00")

    found = list(expand(schedule, REFERENCE, begin - timedelta(days=5), 20))

    assert found
    assert all(one.due_at >= begin for one in found)
