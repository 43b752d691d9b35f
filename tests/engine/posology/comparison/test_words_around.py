"""Words around a posology: preambles, days counted from the first, what is done after an intake."""

import pytest
from builders import a_frequency, a_phase
from plans import lasting

from engine.posology.comparison.compare import compare, compare_all
from engine.posology.text.propose import propose
from schemas.posology import Phase, Posology
from schemas.prescription import Product

ADDS, CONTRADICTS = "text-adds", "text-contradicts"
MORNING = a_phase(moments=["MORN"])


def _codes(text: str, *phases: Phase) -> list[str]:
    return sorted({finding.code.value for finding in compare(propose(text), phases)})


def _step(number: int, dose: str, days: int) -> Phase:
    return a_phase(frequency=a_frequency(1), dose=dose, bounds=lasting(days), sequence=number)


@pytest.mark.parametrize(
    "text",
    [
        "Example of STU3 dosage: 1 tablet in the morning",
        "Vitamine D3 : 1 cp le matin",
        "1 cp le matin. Rincer la bouche puis recracher",
        "1 tablet in the morning, rinse and then spit out",
        "1 cp le matin, dès la première prise",
        "1 tablet in the morning from the first dose",
        "１回目から服用",
    ],
)
def test_a_figure_of_a_name_and_what_is_done_besides_say_nothing(text: str) -> None:
    assert _codes(text, MORNING) == []


@pytest.mark.parametrize(
    "text",
    [
        "1 cp le matin PRENDRE2 cp",
        "1 cp le matin MAX2",
        "1 CP LE MATIN XYZ3",
        "1 cp le matin xyz3",
        "1 cp le matin XYZ3 cp",
        "1 cp le matin XYZ3/j",
        "1 cp le matin XYZ3 fois",
        "1 cp le matin, D3",
        "1 cp le matin puis avaler deux comprimés",
        "1 cp le matin puis avaler 2 cp",
        "1 cp le matin puis",
        "1 cp le matin à partir de la deuxième dose",
        "２回目から服用",
        "１日３回",
    ],
)
def test_a_figure_that_may_be_an_amount_still_blocks(text: str) -> None:
    assert {ADDS, CONTRADICTS} & set(_codes(text, MORNING))


TAPER = (_step(1, "60 mg", 4), _step(2, "50 mg", 1), _step(3, "40 mg", 3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 mg daily for 4 days, then 50 mg the next day, then 40 mg the next 3 days", []),
        ("60 mg par jour 4 jours, puis 50 mg le lendemain, puis 40 mg les 3 jours suivants", []),
        ("60 mg daily for the first 4 days, then 50 mg next day, then 40 mg, then stop", []),
        ("60 mg par jour les 4 premiers jours, puis 50 mg 1 jour, puis 40 mg 3 jours", []),
        ("60 mg par jour 3 jours, puis 50 mg le lendemain, puis 40 mg", [CONTRADICTS]),
        ("60 mg par jour 4 jours, puis 50 mg les 2 jours suivants, puis 40 mg", [CONTRADICTS]),
        ("60 mg par jour 4 jours, puis 45 mg le lendemain, puis 40 mg", [CONTRADICTS]),
    ],
)
def test_steps_may_be_counted_from_the_step_before(text: str, expected: list[str]) -> None:
    assert _codes(text, *TAPER) == expected


def test_the_first_day_is_a_step_of_one_day() -> None:
    steps = (_step(1, "2 tablet", 1), _step(2, "1 tablet", 4))

    text = "2 cp le premier jour puis 1 cp par jour les 4 jours suivants"
    assert _codes(text, *steps) == []
    assert _codes(text.replace("4", "5"), *steps) == [CONTRADICTS]
    assert ADDS in _codes("1 cp le premier jour du mois", MORNING)
    assert ADDS in _codes("1 cp le matin, 2 cp le lendemain", MORNING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J1 : 2 cp, J2 à J5 : 1 cp", []),
        ("2 cp à J1 puis 1 cp de J2 à J5", []),
        ("J1 : 2 cp, J2 à J6 : 1 cp", [CONTRADICTS]),
        ("J1 : 2 cp, J3 à J5 : 1 cp", [ADDS]),
        ("J1 : 1 cp, J2 à J5 : 2 cp", [CONTRADICTS]),
        ("2 cp J1 J8 J15", [ADDS]),
        ("J2 : 2 cp", [ADDS]),
    ],
)
def test_numbered_days_are_steps_where_they_follow_each_other(
    text: str, expected: list[str]
) -> None:
    assert _codes(text, _step(1, "2 tablet", 1), _step(2, "1 tablet", 4)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EXEMPLE 75 : 1 cp le matin", []),
        ("Exemple 75, 1 cp le matin", []),
        ("EXEMPLE 75 mg 1 cp le matin", []),
        ("EXEMPLE 75 mg : 1-0-0", []),
        ("EXEMPLE 75 : 2 cp le matin", [CONTRADICTS]),
        ("EXEMPLE 150 : 1 cp le matin", [ADDS]),
        ("EXEMPLE 75 le matin", [CONTRADICTS]),
        ("AUTRE 75 : 1 cp le matin", [ADDS]),
    ],
)
def test_the_first_words_of_the_products_name_say_nothing_before_an_amount(
    text: str, expected: list[str]
) -> None:
    product = Product(text="EXEMPLE 75 mg, comprimé pelliculé")

    found = compare_all(Posology(phases=(MORNING,)), (text,), product)

    assert sorted({finding.code.value for finding in found}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 cp à 8 h 30", []),
        ("1 cp à 8 h 30 le matin", []),
        ("1 cp à 8 h 15", [CONTRADICTS]),
        ("1 cp à 8 h 30 gouttes", [CONTRADICTS, "text-unread"]),
    ],
)
def test_minutes_stand_after_a_blank_unless_they_count_something(
    text: str, expected: list[str]
) -> None:
    assert _codes(text, a_phase(clock=["08:30"])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500 mg 3 fois par jour, soit 1500 mg par jour", []),
        ("500 mg 3 fois par jour (soit 1,5 g/j)", []),
        ("500 mg 3 fois par jour soit 1 g par jour", [CONTRADICTS]),
    ],
)
def test_the_amount_of_a_day_is_what_its_intakes_make(text: str, expected: list[str]) -> None:
    assert _codes(text, a_phase(frequency=a_frequency(3), dose="500 mg")) == expected


def test_an_instruction_of_two_steps_is_compared_with_both() -> None:
    said = "Iedere 2 dagen gedurende de eerste 10 dagen. Hierna 2 of 3x per week."
    twice = a_frequency(2, "1", "wk").model_copy(update={"times_high": 3})
    first = a_phase(frequency=a_frequency(1, "2"), dose=None, bounds=lasting(10), sequence=1)
    second = a_phase(frequency=twice, dose=None, sequence=2)
    both = (one.model_copy(update={"instructions": (said,)}) for one in (first, second))

    assert compare_all(Posology(phases=tuple(both))) == ()
    assert CONTRADICTS in _codes(said.replace("eerste 10", "eerste 12"), first, second)


def test_a_length_said_twice_is_one_and_a_range_or_days_after_are_not() -> None:
    four_weeks = a_phase(moments=["MORN"], bounds=lasting(28))

    assert _codes("1 cp le matin pendant 28 jours (4 semaines)", four_weeks) == []
    assert _codes("1 cp le matin pendant 28 jours (28 à 30 jours)", four_weeks) == [ADDS]
    assert ADDS in _codes("1 cp le matin 28 jours, les 28 jours suivants", four_weeks)
