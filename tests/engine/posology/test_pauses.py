"""A phase of zero beside phases with a dose: nothing is planned where one says that nothing is."""

from datetime import date

import pytest
from builders import a_frequency, a_phase
from plans import lasting, normalised, plan, reasons

from schemas.posology import Bounds, Phase, Rhythm, Weekday

DAILY = a_phase(moments=["MORN"])
MARCH = a_phase(moments=["MORN"], bounds=Bounds(start=date(2026, 3, 2), end=date(2026, 3, 31)))
THREE_DAYS = Bounds(start=date(2026, 3, 5), end=date(2026, 3, 7))


def none_on_sunday() -> Phase:
    phase = a_phase(moments=["MORN"], dose="0 tablet")
    return phase.model_copy(update={"rhythm": Rhythm(weekdays=(Weekday.SUNDAY,))})


@pytest.mark.parametrize(
    "phases",
    [
        [DAILY, a_phase(moments=["MORN"], dose="0 tablet")],
        [MARCH, a_phase(moments=["MORN"], dose="0 tablet", bounds=THREE_DAYS)],
        [MARCH, a_phase(dose="0 tablet", bounds=THREE_DAYS)],
        [a_phase(moments=["EVE"]), a_phase(dose="0 tablet", frequency=a_frequency(1))],
        [DAILY, a_phase(clock=["08:00"], dose="0 tablet")],
        [DAILY, none_on_sunday()],
    ],
    ids=["always", "within", "no timing", "no time of the day", "near by the clock", "a weekday"],
)
def test_a_pause_over_a_dose_is_a_doubt_and_never_a_dose(phases: list[Phase]) -> None:
    assert reasons(normalised(*phases)) == ["timing-contradicted"]


def test_a_zero_at_noon_says_nothing_of_morning_and_evening() -> None:
    none = a_phase(moments=["NOON"], dose="0 tablet")

    assert plan(DAILY, none, a_phase(moments=["EVE"]), days=1) == [
        "2026-03-02 MORN",
        "2026-03-02 EVE",
    ]


def test_a_pause_before_the_dose_begins_is_none_over_it() -> None:
    pause = a_phase(moments=["MORN"], dose="0 tablet", bounds=lasting(2), sequence=1)
    dose = a_phase(moments=["MORN"], bounds=lasting(1), sequence=2)

    assert plan(pause, dose) == ["2026-03-04 MORN"]
