"""Texts near to words that are harmless or agree, and that say something else: each blocks."""

from typing import Any

import pytest
from builders import a_frequency, a_phase
from plans import lasting

from engine.posology.comparison.compare import compare, compare_all
from engine.posology.text.propose import propose
from schemas.posology import Phase, Posology, Weekday
from schemas.prescription import Product


def _on(*names: str, **stated: Any) -> Phase:
    """A phase on these weekdays."""
    phase = a_phase(**stated)
    rhythm = phase.rhythm.model_copy(update={"weekdays": tuple(map(Weekday, names))})
    return phase.model_copy(update={"rhythm": rhythm})


def _step(number: int, **stated: Any) -> Phase:
    return a_phase(sequence=number, **stated)


NEAR: list[tuple[str, list[Phase]]] = [
    ("EXEMPLE 500 mg cp 2 le matin", [a_phase(moments=["MORN"])]),
    ("500 mg comprimé, 2 matin et soir", [a_phase(moments=["MORN", "EVE"])]),
    (
        "Take 40 mg tablets in the morning with one glass of water",
        [a_phase(moments=["MORN"], dose="20 mg")],
    ),
    ("40 mg tablets: two tablets daily", [a_phase(frequency=a_frequency(1))]),
    ("40 mg tablets: two tablets daily", [a_phase(frequency=a_frequency(1), dose="40 mg")]),
    ("patch 72h, 1 tous les jours", [a_phase(frequency=a_frequency(1), dose="1 patch")]),
    ("patch 72h", [a_phase(frequency=a_frequency(1), dose="1 patch")]),
    ("1 patch 24h", [a_phase(frequency=a_frequency(1, "12", "h"), dose="1 patch")]),
    ("15 mg/16h, 1 patch le matin", [a_phase(moments=["MORN"], dose="2 patch")]),
    ("1 cp 4/j", [a_phase(frequency=a_frequency(2))]),
    ("2 cp/j", [a_phase(frequency=a_frequency(1))]),
    ("2 cp 1/j", [a_phase(frequency=a_frequency(1))]),
    ("1 cp 2 par jour", [a_phase(frequency=a_frequency(1))]),
    ("1 cp pendant 2 semaines (10 jours)", [a_phase(frequency=a_frequency(1), bounds=lasting(14))]),
    ("1 cp pendant 14 jours (2 semaines)", [a_phase(frequency=a_frequency(1), bounds=lasting(7))]),
    ("1 cp le week-end", [a_phase(frequency=a_frequency(1))]),
    ("1 cp le matin sauf le week-end", [a_phase(moments=["MORN"])]),
    ("1 cp le matin, pas le week-end", [a_phase(moments=["MORN"])]),
    ("1 cp le matin et 2 le week-end", [a_phase(moments=["MORN"])]),
    ("1 cp le matin, 2 cp le week-end", [a_phase(moments=["MORN"])]),
    ("1 tablet daily. Dispense 30 mg", [a_phase(frequency=a_frequency(1), dose="1 tablet")]),
    ("Supply 2 tablets daily", [a_phase(frequency=a_frequency(1))]),
    ("1 cp à 8 h 30", [a_phase(clock=["08:00"])]),
    ("1 cp à 8 h et 20 h", [a_phase(clock=["08:00"])]),
    ("1 cp à 8 h 12 h 20 h", [a_phase(clock=["08:00", "12:00"])]),
    ("1 cp à 20 h 15 jours", [a_phase(clock=["20:15"])]),
    ("1 cp for 5/7", [a_phase(frequency=a_frequency(1), bounds=lasting(7))]),
    ("1 tablet bd for 2/52", [a_phase(frequency=a_frequency(2), bounds=lasting(2))]),
    ("2 cp le premier jour puis 1 cp", [a_phase(frequency=a_frequency(1))]),
    ("2 cp la première semaine", [a_phase(frequency=a_frequency(1), dose="2 tablet")]),
    ("1 cp par jour puis 1 cp par jour un jour sur deux", [a_phase(frequency=a_frequency(1))]),
    ("1 cp le matin puis rincer 2 cp le soir", [a_phase(moments=["MORN"])]),
    ("1 cp le matin puis avaler 1 cp le soir", [a_phase(moments=["MORN"])]),
    ("1 cp le matin. STU3 cp le soir", [a_phase(moments=["MORN"])]),
    ("Prendre HER2 1 cp le soir", [a_phase(moments=["MORN"])]),
    (
        "vitamine D3 2 ampoules par mois",
        [a_phase(frequency=a_frequency(1, "1", "mo"), dose="1 ampoule")],
    ),
    ("vit B12 1 cp matin et soir", [a_phase(moments=["MORN"])]),
    ("1 cp 1 fois par trimestre", [a_phase(frequency=a_frequency(1, "6", "mo"))]),
    ("1 cp par semestre", [a_phase(frequency=a_frequency(1, "1", "mo"))]),
    ("1 cp 3 jours par semaine", [a_phase(frequency=a_frequency(1))]),
    ("1 cp 3 jours sur 7", [_on("mon", "tue", "wed", "thu", "fri")]),
    ("1 cp 2 fois par jour 5 jours sur 7", [_on("mon", "tue", "wed", "thu", "fri")]),
    ("1cpx3/j", [a_phase(frequency=a_frequency(2))]),
    ("2cpx2/j", [a_phase(frequency=a_frequency(2))]),
    ("1 gélule à 20 mg par jour", [a_phase(frequency=a_frequency(2), dose="1 capsule")]),
    ("2 gélules à 20 mg par jour", [a_phase(frequency=a_frequency(1), dose="1 capsule")]),
    ("1 cp à 2 cp le matin", [a_phase(moments=["MORN"])]),
    ("1 à 2 cp le matin", [a_phase(moments=["MORN"])]),
    ("1 cp à 500 mg le matin et 2 cp à 500 mg le soir", [a_phase(moments=["MORN", "EVE"])]),
    (
        "500 mg 3 fois par jour soit 3 cp par jour",
        [a_phase(frequency=a_frequency(2), dose="500 mg")],
    ),
    ("1 cp 3 fois par jour soit 6 cp par jour", [a_phase(frequency=a_frequency(3))]),
    (
        "crème à 5 %, 3 applications par jour",
        [a_phase(frequency=a_frequency(2), dose="1 application")],
    ),
    ("10 ml (24 mg/ml) matin", [a_phase(moments=["MORN"], dose="5 mL")]),
    ("50 ml/h pendant 4 heures", [a_phase(moments=["MORN"], dose="1 tablet")]),
    ("1 cp dès la première prise de sang", [a_phase(moments=["MORN"])]),
    ("1 cp à partir de la 2e dose", [a_phase(moments=["MORN"])]),
    ("au cours du repas 2 cp", [a_phase(moments=["C"])]),
    ("1 cp J1 à J5", [a_phase(frequency=a_frequency(1), bounds=lasting(7))]),
    ("1 cp de J1 à J21, reprise à J29", [a_phase(frequency=a_frequency(1), bounds=lasting(21))]),
    ("1 cp J1 J15", [a_phase(frequency=a_frequency(1))]),
    ("1 cp en cas d'insomnie", [a_phase(moments=["EVE"])]),
    ("le matin au réveil 2 cp", [a_phase(moments=["MORN"])]),
    ("1 cp le soir avant de dormir", [a_phase(moments=["MORN"])]),
    ("1 cp 22h00 hours", [a_phase(clock=["20:00"])]),
    ("1 tablet at 0800 hours and 2000 hours", [a_phase(clock=["08:00"])]),
    ("Do not exceed the stated dose of 2 tablets a day", [a_phase(frequency=a_frequency(3))]),
    ("ne pas dépasser la dose prescrite de 2 cp", [a_phase(frequency=a_frequency(3))]),
    ("le même jour 2 cp", [a_phase(frequency=a_frequency(1))]),
    (
        "70 mg toujours le même jour, une fois par semaine",
        [a_phase(frequency=a_frequency(1), dose="70 mg")],
    ),
    ("60 mg then 50 mg the next day", [a_phase(frequency=a_frequency(1), dose="60 mg")]),
    (
        "1 cp les 3 premiers jours puis 2 cp",
        [
            _step(1, frequency=a_frequency(1), bounds=lasting(5)),
            _step(2, frequency=a_frequency(1), dose="2 tablet"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "phases"), NEAR)
def test_words_near_harmless_ones_still_block(text: str, phases: list[Phase]) -> None:
    assert any(finding.blocks for finding in compare(propose(text), phases))


WORKDAYS = _on("mon", "tue", "wed", "thu", "fri")
TWICE = WORKDAYS.model_copy(
    update={"rhythm": WORKDAYS.rhythm.model_copy(update={"frequency": a_frequency(2)})}
)


@pytest.mark.parametrize(
    ("text", "phases", "blocks"),
    [
        ("1 cp par jour sauf le week-end", [WORKDAYS], False),
        ("1 cp 2 fois par jour sauf le week-end", [WORKDAYS], True),
        ("1 cp 2 fois par jour sauf le week-end", [TWICE], False),
        ("1 cp 2 fois par jour 5 jours sur 7", [TWICE], False),
        ("1 cp par jour 5 jours sur 7", [TWICE], True),
        ("1 cp tous les jours sauf le week-end", [TWICE], False),
        ("1 cp par jour 5 jours sur 7", [a_phase(frequency=a_frequency(5, "1", "wk"))], False),
        ("1 cp par jour 5 jours sur 7", [a_phase(frequency=a_frequency(1, "8", "h"))], True),
    ],
)
def test_so_many_a_day_on_the_days_that_are_left(
    text: str, phases: list[Phase], blocks: bool
) -> None:
    assert any(finding.blocks for finding in compare(propose(text), phases)) is blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("EXEMPLE 500 : 1 cp le matin", False),
        ("EXEMPLE 500 mg 1-0-0", False),
        ("EXEMPLE 500 mg 1 cp le matin", False),
        ("EXEMPLE 500MG CPR 1 CP LE MATIN", False),
        ("Exemple 500 mg : 500 mg le matin", False),
        ("EXEMPLE 500 : 2 cp le matin", True),
        ("EXEMPLE 500 mg 2 le matin", True),
        ("EXEMPLE 500 mg 1-0-1", True),
        ("EXEMPLE 1000 mg cp : 1 cp le matin", True),
        ("EXEMPLE 500 mg 2 cp le matin", True),
        ("EXEMPLE 500 mg : 500 mg 2 fois par jour", True),
    ],
)
def test_the_name_of_the_product_takes_nothing_from_what_follows(text: str, blocks: bool) -> None:
    posology = Posology(phases=(a_phase(moments=["MORN"]),))

    found = compare_all(posology, (text,), Product(text="EXEMPLE 500 mg, comprimé"))

    assert any(finding.blocks for finding in found) is blocks
