"""Two phases of one posology against a walk through the days: do they ever share a dose?"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from builders import REFERENCE, a_frequency, a_phase
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plans import paris, plan
from slowly import HOURS, Days

from engine.posology.normalise import normalise
from schemas.posology import Bounds, Cycle, Frequency, Phase, Posology, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit

MONDAY = date(2026, 3, 2)
RHYTHMS = st.one_of(
    st.builds(Days, every=st.integers(1, 12)),
    st.builds(Days, weekdays=st.frozensets(st.integers(1, 7), min_size=1, max_size=3)),
    st.builds(Days, month_days=st.frozensets(st.integers(1, 28), min_size=1, max_size=2)),
    st.builds(Days, on=st.integers(1, 4), off=st.integers(0, 6)),
)
MOMENTS = st.sets(st.sampled_from(sorted(HOURS)), min_size=1, max_size=2)
LENGTHS = st.one_of(st.none(), st.integers(8, 60))
FAR = 4 * 366
"""Days that are walked: two rhythms of at most 28 days meet within 28 * 27."""


def as_phase(days: Days, moments: set[str], length: int | None) -> Phase:
    frequency = (
        Frequency(period=Decimal(days.every), unit=PeriodUnit.DAY) if days.every > 1 else None
    )
    bounds = Bounds()
    if length is not None:
        bounds = Bounds(duration=Duration(value=Decimal(length), unit=PeriodUnit.DAY))
    rhythm = Rhythm(
        frequency=frequency,
        weekdays=tuple(day for day in Weekday if day.number + 1 in days.weekdays),
        month_days=tuple(sorted(days.month_days)),
        cycle=Cycle(days_on=days.on, days_off=days.off) if days.on else None,
    )
    phase = a_phase(moments=sorted(moments))
    return phase.model_copy(update={"rhythm": rhythm, "bounds": bounds})


def codes(*phases: Phase, start: date | datetime = MONDAY) -> set[str]:
    outcome = normalise(Posology(phases=phases), REFERENCE, start=start)
    return {found.code.value for found in outcome.findings}


@given(
    one=RHYTHMS,
    other=RHYTHMS,
    moments=st.tuples(MOMENTS, MOMENTS),
    length=LENGTHS,
    start=st.integers(0, 400),
)
@settings(max_examples=150, deadline=None)
def test_two_phases_share_a_dose_when_a_walk_through_the_days_meets_one(
    one: Days, other: Days, moments: tuple[set[str], set[str]], length: int | None, start: int
) -> None:
    first = MONDAY + timedelta(days=start)
    phases = [
        as_phase(days, names, length) for days, names in zip((one, other), moments, strict=True)
    ]
    alone = [codes(phase, start=first) for phase in phases]
    assume(not any("timing-contradicted" in found for found in alone))

    walked = (first + timedelta(days=n) for n in range(length or FAR))
    meet = bool(moments[0] & moments[1]) and any(
        one.has(day, first) and other.has(day, first) for day in walked
    )

    assert ("slot-twice" in codes(*phases, start=first)) == meet


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        ("07:00", None),
        ("07:01", "slots-mixed"),
        ("08:00", "slots-mixed"),
        ("08:59", "slots-mixed"),
        ("08:59:59", "slots-mixed"),
        ("09:00", None),
    ],
)
def test_a_time_less_than_an_hour_from_a_moment_stands_for_it(
    clock: str, found: str | None
) -> None:
    together = codes(a_phase(moments=["MORN"]), a_phase(clock=[clock]))

    assert together == ({found} if found else set())


@pytest.mark.parametrize(
    ("stated", "open_days", "found"),
    [
        (["mon"], ["mon"], {"slots-mixed", "distribution-used"}),
        (["mon", "tue"], ["tue"], {"slots-mixed", "distribution-used"}),
        (["mon"], ["tue"], {"distribution-used"}),
    ],
)
def test_an_hour_of_the_site_beside_a_stated_one_is_in_doubt_on_a_day_of_both(
    stated: list[str], open_days: list[str], found: set[str]
) -> None:
    evening = a_phase(moments=["EVE"]).model_copy(
        update={"rhythm": Rhythm.model_validate({"weekdays": stated})}
    )
    no_time = a_phase().model_copy(
        update={"rhythm": Rhythm.model_validate({"weekdays": open_days})}
    )

    assert codes(evening, no_time) == found
    assert codes(no_time, evening) == found


@pytest.mark.parametrize(
    ("left", "right", "meet"),
    [
        (["MORN"], ["CM"], False),
        (["CM"], ["CM"], True),
        (["MORN", "EVE"], ["NOON", "EVE"], True),
    ],
)
def test_moments_at_one_hour_are_still_two_moments(
    left: list[str], right: list[str], meet: bool
) -> None:
    found = codes(a_phase(moments=left), a_phase(moments=right))

    assert ("slot-twice" in found) == meet


@pytest.mark.parametrize(
    ("clock", "other", "meet"), [("08:00", "08:00", True), ("08:00", "08:15", False)]
)
def test_two_times_of_the_clock_meet_only_when_they_are_equal(
    clock: str, other: str, meet: bool
) -> None:
    found = codes(a_phase(clock=[clock]), a_phase(clock=[other]))

    assert ("slot-twice" in found) == meet


@pytest.mark.parametrize(
    ("gap", "clock", "code"),
    [
        ("12", "20:00", "slot-twice"),
        ("12", "14:00", None),
        ("36", "20:00", "slot-twice"),
        ("5", "23:00", "slot-twice"),
        ("5", "23:30", None),
        ("24", "08:00", "slot-twice"),
    ],
)
def test_hours_meet_a_time_of_the_clock_when_they_come_round_to_it(
    gap: str, clock: str, code: str | None
) -> None:
    # From 2 March 08:00: every 5 hours shows 23:00 on the same day; 23:30 never comes.
    found = codes(
        a_phase(frequency=a_frequency(1, gap, "h")),
        a_phase(clock=[clock]),
        start=paris("2026-03-02 08:00"),
    )

    assert ("slot-twice" in found) == (code is not None)


def test_hours_meet_a_moment_within_an_hour_on_whatever_day_they_come_round() -> None:
    # Every 9 hours from 2 March 10:00: 19:00 on the first day is the evening.
    start = paris("2026-03-02 10:00")
    nine = a_phase(frequency=a_frequency(1, "9", "h"))

    assert "slots-mixed" in codes(nine, a_phase(moments=["EVE"]), start=start)
    # Every 24 hours from 10:00 shows 10:00 alone, two hours from the morning.
    daily = a_phase(frequency=a_frequency(1, "24", "h"))
    assert "slots-mixed" not in codes(daily, a_phase(moments=["MORN"]), start=start)


def test_phases_that_follow_each_other_share_no_dose_though_their_moment_is_one() -> None:
    week = Bounds(start=MONDAY, end=date(2026, 3, 8))
    next_week = Bounds(start=date(2026, 3, 9), end=date(2026, 3, 15))
    phases = [
        a_phase(moments=["MORN"], bounds=bounds, dose=dose)
        for bounds, dose in ((week, "2 tablet"), (next_week, "1 tablet"))
    ]

    assert codes(*phases) == set()
    overlap = a_phase(
        moments=["MORN"], bounds=Bounds(start=date(2026, 3, 8), end=date(2026, 3, 15))
    )
    assert "slot-twice" in codes(phases[0], overlap)


@pytest.mark.parametrize(("end", "doubt"), [("19:59", True), ("20:00", True), ("20:01", False)])
def test_an_end_within_an_hour_of_a_moment_is_for_a_person(end: str, doubt: bool) -> None:
    phase = a_phase(moments=["EVE"], bounds=Bounds(start=MONDAY, end=paris(f"2026-03-08 {end}")))

    assert ("bounds-invalid" in codes(phase)) == doubt


@pytest.mark.parametrize(
    ("start", "end", "doubt"),
    [
        ("2026-03-02 19:30", "2026-03-08 19:29:59", False),
        ("2026-03-02 19:30", "2026-03-08 19:30:00", False),
        ("2026-03-02 19:30", "2026-03-08 19:29:00", False),
        ("2026-03-02 19:30", "2026-03-08 19:28:59", True),
        ("2026-03-02 19:30:45", "2026-03-08 19:29:00", True),
        ("2026-03-02 04:30", "2026-03-08 19:30:00", True),
    ],
)
def test_whole_days_from_the_hour_of_the_start_are_no_doubt(
    start: str, end: str, doubt: bool
) -> None:
    bounds = Bounds(start=paris(start), end=paris(end))

    found = codes(a_phase(moments=["EVE"], bounds=bounds), start=paris(start))

    assert ("bounds-invalid" in found) == doubt


def test_two_phases_without_times_have_two_moments_of_the_site_or_meet() -> None:
    twice, once = (a_phase(frequency=a_frequency(times)) for times in (2, 1))

    assert "slot-twice" in codes(twice, once)
    assert "slots-mixed" not in codes(twice, once)


def test_a_clock_time_at_an_end_is_no_doubt() -> None:
    bounds = Bounds(start=MONDAY, end=paris("2026-03-08 19:00"))

    assert codes(a_phase(clock=["19:00"], bounds=bounds)) == set()


def test_a_week_that_is_whole_has_all_its_weekdays() -> None:
    days = tuple(Weekday)
    phase = a_phase(moments=["MORN"])
    whole, short = (
        phase.model_copy(
            update={
                "rhythm": Rhythm(weekdays=days),
                "bounds": Bounds(duration=Duration(value=Decimal(n), unit=PeriodUnit.DAY)),
            }
        )
        for n in (7, 6)
    )

    assert codes(whole) == set()
    assert codes(short) == {"timing-contradicted"}


def test_the_dose_of_the_last_instant_fills_a_step() -> None:
    bounds = Bounds(start=paris("2026-03-02 09:00"), end=paris("2026-03-02 18:00"))
    phase = a_phase(clock=["18:00"], bounds=bounds)

    assert plan(phase, start="2026-03-02 09:00") == ["2026-03-02 18:00"]
