"""A text of one tablet a week beside a structure of one a day must never agree in silence."""

import pytest
from builders import a_frequency, a_phase

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.finding import FindingCode
from schemas.posology import Phase

DAILY = a_phase(frequency=a_frequency(1), dose="1 comprimé")
WEEKLY = a_phase(frequency=a_frequency(1, "1", "wk"), dose="1 comprimé")


def _codes(text: str, phase: Phase) -> set[FindingCode]:
    return {finding.code for finding in compare(propose(text), [phase])}


A_WEEK = [
    "1 comprimé par semaine",
    "1 comprimé/semaine",
    "1 cp/sem",
    "1 cp par sem",
    "1 cp hebdomadaire",
    "1 comprimé une fois par semaine",
    "1 tablet weekly",
]


@pytest.mark.parametrize("text", A_WEEK)
def test_an_amount_a_week_contradicts_the_same_amount_a_day(text: str) -> None:
    assert FindingCode.TEXT_CONTRADICTS in _codes(text, DAILY)


@pytest.mark.parametrize("text", A_WEEK)
def test_an_amount_a_week_agrees_with_the_same_amount_a_week(text: str) -> None:
    assert _codes(text, WEEKLY) == set()


@pytest.mark.parametrize("text", ["1 comprimé par mois", "1 cp mensuel"])
def test_an_amount_a_month_contradicts_a_day_and_a_week(text: str) -> None:
    assert FindingCode.TEXT_CONTRADICTS in _codes(text, DAILY)
    assert FindingCode.TEXT_CONTRADICTS in _codes(text, WEEKLY)


def test_the_amount_of_a_day_still_agrees_with_the_parts_of_a_day() -> None:
    three = a_phase(moments=["MORN", "NOON", "EVE"], dose="1 comprimé")

    assert _codes("3 comprimés par jour", three) == set()


@pytest.mark.parametrize("text", ["1 cp à 2 cp", "1 comprimé ou 2 comprimés", "1 cp - 2 cp"])
@pytest.mark.parametrize("dose", ["1 comprimé", "2 comprimés"])
def test_a_range_with_its_unit_at_both_ends_is_no_single_amount(text: str, dose: str) -> None:
    assert FindingCode.TEXT_CONTRADICTS in _codes(text, a_phase(moments=["MORN"], dose=dose))
