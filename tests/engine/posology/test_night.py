"""A moment past midnight is the last of the day that it ends, and not the first of the next."""

from datetime import date, time

import pytest
from builders import REFERENCE, a_frequency, a_phase
from plans import lasting, paris

from engine.posology.expand import check_window, expand
from engine.posology.normalise import normalise
from schemas.moment import Moment
from schemas.posology import Bounds, Phase, Posology
from schemas.schedule import DoseSchedule
from schemas.site import Site


def with_night_round(at: str = "00:30") -> Site:
    """A home whose day begins at three and whose night round is after midnight."""
    moments = {**REFERENCE.moments, Moment.ASLEEP: time.fromisoformat(at)}
    return REFERENCE.model_copy(update={"moments": moments, "day_starts_at": time(3)})


SITE = with_night_round()
FIRST_WEEK = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 8))
"""Monday to Sunday, both whole."""


def schedule_of(phase: Phase, start: str = "2026-03-02 00:00", site: Site = SITE) -> DoseSchedule:
    schedule = normalise(Posology(phases=(phase,)), site, start=paris(start)).schedule
    assert isinstance(schedule, DoseSchedule)
    return schedule


def due(phase: Phase, first: str, days: int, start: str = "2026-03-02 00:00") -> list[str]:
    found = expand(schedule_of(phase, start), SITE, paris(first), days)
    return [f"{one.due_at:%d %H:%M}" for one in found]


@pytest.mark.parametrize("bounds", [FIRST_WEEK, lasting(7), Bounds(count=7)])
def test_a_week_of_nights_has_seven_and_the_last_is_on_the_next_morning(bounds: Bounds) -> None:
    nights = a_phase(moments=["PHS"], bounds=bounds)

    assert due(nights, "2026-03-02 00:00", 30) == [
        "03 00:30",
        "04 00:30",
        "05 00:30",
        "06 00:30",
        "07 00:30",
        "08 00:30",
        "09 00:30",
    ]


@pytest.mark.parametrize("bounds", [FIRST_WEEK, lasting(7), Bounds(count=7)])
def test_a_night_is_in_the_window_of_its_day_and_in_no_other(bounds: Bounds) -> None:
    nights = a_phase(moments=["PHS"], bounds=bounds)

    assert due(nights, "2026-03-02 00:00", 2) == ["03 00:30", "04 00:30"]
    assert due(nights, "2026-03-04 00:00", 2) == ["05 00:30", "06 00:30"]
    assert due(nights, "2026-03-08 00:00", 9) == ["09 00:30"]
    assert due(nights, "2026-03-09 00:00", 9) == []


def test_a_night_comes_after_the_evening_and_before_the_next_one() -> None:
    both = a_phase(moments=["PHS", "EVE"])

    assert due(both, "2026-03-02 00:00", 2) == ["02 19:00", "03 00:30", "03 19:00", "04 00:30"]


def test_every_second_night_from_an_evening_begins_with_that_night() -> None:
    phase = a_phase(moments=["PHS"], frequency=a_frequency(1, "2"))

    assert due(phase, "2026-03-02 22:00", 4, start="2026-03-02 22:00") == ["03 00:30", "05 00:30"]


def test_a_time_of_the_clock_after_midnight_is_of_its_own_day() -> None:
    phase = a_phase(clock=["00:30"], bounds=FIRST_WEEK)

    assert due(phase, "2026-03-02 00:00", 2) == ["02 00:30", "03 00:30"]


def test_the_day_of_the_organiser_is_that_which_the_night_ends() -> None:
    night = paris("2026-03-03 00:30")

    assert SITE.day_of(night, Moment.ASLEEP) == date(2026, 3, 2)
    assert SITE.day_of(night, None) == date(2026, 3, 3)
    assert SITE.day_of(paris("2026-03-03 08:00"), Moment.MORNING) == date(2026, 3, 3)


def test_a_night_that_a_clock_change_skips_is_in_doubt_by_the_day_it_ends() -> None:
    # On Sunday 29 March 2026 the clock of Paris goes from 02:00 to 03:00: Saturday's night round.
    site = with_night_round("02:30")
    schedule = schedule_of(a_phase(moments=["PHS"]), site=site)

    doubts = {
        day: [
            found.code for found in check_window(schedule, site, paris(f"2026-03-{day} 00:00"), 1)
        ]
        for day in ("27", "28", "29")
    }

    assert doubts == {"27": [], "28": ["clock-change"], "29": []}
