"""Everyday texts that say something else than their structure: each of them blocks."""

from datetime import date
from typing import Any

import pytest
from builders import a_frequency, a_phase
from plans import lasting

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Bounds, Phase, Weekday


def _on(*names: str, **stated: Any) -> Phase:
    """A phase on these weekdays."""
    phase = a_phase(**stated)
    days = tuple(map(Weekday, names))
    rhythm = phase.rhythm.model_copy(update={"weekdays": days})
    return phase.model_copy(update={"rhythm": rhythm})


def _step(number: int, **stated: Any) -> Phase:
    return a_phase(sequence=number, **stated)


CONTRADICTING: list[tuple[str, list[Phase]]] = [
    ("2 comprimés le matin", [a_phase(moments=["MORN"])]),
    ("1 gélule matin et soir", [a_phase(moments=["MORN", "NOON", "EVE"], dose="1 capsule")]),
    ("1 cp x 2/j", [a_phase(frequency=a_frequency(3))]),
    (
        "1 cp matin, midi et soir pendant 5 jours",
        [a_phase(moments=["MORN", "NOON", "EVE"], bounds=lasting(7))],
    ),
    ("1 tab tid", [a_phase(frequency=a_frequency(2))]),
    ("2 puffs once daily", [a_phase(frequency=a_frequency(2), dose="2 puff")]),
    ("1-0-1", [a_phase(moments=["MORN"]), a_phase(moments=["NOON"])]),
    ("1-1-1", [a_phase(moments=["MORN"]), a_phase(moments=["EVE"])]),
    ("1/2 cp le soir", [a_phase(moments=["EVE"])]),
    ("1 cp et demi le matin", [a_phase(moments=["MORN"])]),
    ("1 cp le mardi", [_on("mon")]),
    ("1 cp un jour sur deux", [a_phase(moments=["MORN"])]),
    ("1 cp par jour QSP 3 mois", [a_phase(frequency=a_frequency(1), bounds=lasting(1, "mo"))]),
    ("1000 mg toutes les 6h", [a_phase(frequency=a_frequency(1, "8", "h"), dose="1000 mg")]),
    ("500 mg x3/j", [a_phase(frequency=a_frequency(3), dose="1000 mg")]),
    ("1 cp au coucher", [a_phase(moments=["MORN"])]),
    (
        "40 mg le matin pendant 5 jours, puis 20 mg pendant 5 jours",
        [
            _step(1, moments=["MORN"], dose="40 mg", bounds=lasting(5)),
            _step(2, moments=["MORN"], dose="10 mg", bounds=lasting(5)),
        ],
    ),
    (
        "2 cp le matin pendant 3 jours puis 1 cp le matin pendant 4 jours",
        [
            _step(1, moments=["MORN"], dose="2 tablet", bounds=lasting(3)),
            _step(2, moments=["MORN"], bounds=lasting(7)),
        ],
    ),
    ("1 comprimé par semaine, le dimanche", [a_phase(frequency=a_frequency(1))]),
    ("10 mg once a week on Mondays", [a_phase(frequency=a_frequency(1), dose="10 mg")]),
    ("1 tablet on Monday and Friday", [_on("mon", "wed", "fri")]),
    ("1 cp à 8h et 20h", [a_phase(clock=["08:00", "12:00"])]),
    (
        "1 comprimé matin et 2 comprimés soir",
        [a_phase(moments=["MORN"], dose="2 tablet"), a_phase(moments=["EVE"])],
    ),
    ("Take two tablets twice daily", [a_phase(frequency=a_frequency(2))]),
    ("2 comprimés de 500 mg matin et soir", [a_phase(moments=["MORN", "EVE"], dose="1 tablet")]),
    ("1 goutte matin et soir", [a_phase(moments=["MORN", "EVE"], dose="2 drop")]),
    ("5 ml matin et soir", [a_phase(moments=["MORN", "EVE"], dose="10 mL")]),
    (
        "12 UI matin, 8 UI soir",
        [a_phase(moments=["MORN"], dose="8 [IU]"), a_phase(moments=["EVE"], dose="12 [IU]")],
    ),
    ("1 patch tous les 3 jours", [a_phase(frequency=a_frequency(1), dose="1 patch")]),
    ("1 cp une semaine sur deux", [a_phase(frequency=a_frequency(1))]),
    ("6 cp par jour en 3 prises", [a_phase(frequency=a_frequency(3))]),
    ("1 cp toutes les 12 heures", [a_phase(frequency=a_frequency(1, "8", "h"))]),
    (
        "1 cp le matin jusqu'au 15/03/2026",
        [a_phase(moments=["MORN"], bounds=Bounds(start=date(2026, 3, 2), end=date(2026, 3, 20)))],
    ),
    ("1 cp avant le petit-déjeuner", [a_phase(moments=["PCM"])]),
    ("1 tablet every other day", [a_phase(frequency=a_frequency(1))]),
    (
        "vitamine D3 : 1 ampoule par mois",
        [a_phase(frequency=a_frequency(1, "3", "mo"), dose="1 ampoule")],
    ),
    (
        "Appliquer 1 patch de 50 µg/h toutes les 72 heures",
        [a_phase(frequency=a_frequency(1, "72", "h"), dose="2 patch")],
    ),
    ("1 comprimé le matin et le soir", [a_phase(moments=["MORN"])]),
    ("1 cp le matin au petit-déjeuner", [a_phase(moments=["EVE"])]),
    (
        "une gélule deux fois par jour pendant six jours",
        [a_phase(frequency=a_frequency(3), dose="1 capsule", bounds=lasting(6))],
    ),
    ("Un demi-comprimé le soir", [a_phase(moments=["EVE"])]),
    ("un quart de comprimé matin et soir", [a_phase(moments=["MORN", "EVE"], dose="0.5 tablet")]),
    ("1 cp et 1/2 le matin", [a_phase(moments=["MORN"])]),
    ("Take half a tablet in the evening", [a_phase(moments=["EVE"])]),
    ("1 tablet q6h", [a_phase(frequency=a_frequency(1, "8", "h"))]),
    ("1 cap TDS", [a_phase(frequency=a_frequency(2), dose="1 capsule")]),
    ("one tablet mane", [a_phase(moments=["EVE"])]),
    ("1 tab qhs", [a_phase(moments=["MORN"])]),
    ("1cpx2/j", [a_phase(frequency=a_frequency(3))]),
    ("1 cp 4/j", [a_phase(frequency=a_frequency(3))]),
    ("2 cp 3/j", [a_phase(frequency=a_frequency(3))]),
    ("70 mg une fois par semaine", [a_phase(frequency=a_frequency(1), dose="70 mg")]),
    ("10 mg (4 comprimés de 2,5 mg) le lundi", [_on("mon", dose="2.5 mg")]),
    ("4 comprimés à 2,5 mg le lundi", [_on("mon", dose="1 tablet")]),
    ("1 comprimé à 10 mg le matin", [a_phase(moments=["MORN"], dose="20 mg")]),
    (
        "5 mg le matin la première semaine, puis 10 mg le matin",
        [
            _step(1, moments=["MORN"], dose="5 mg", bounds=lasting(2, "wk")),
            _step(2, moments=["MORN"], dose="10 mg"),
        ],
    ),
    ("1 cp bid x 10 days", [a_phase(frequency=a_frequency(2), bounds=lasting(7))]),
    ("1 cp par jour pendant 1 mois", [a_phase(frequency=a_frequency(1), bounds=lasting(7))]),
    ("Traitement de 3 mois : 1 cp le matin", [a_phase(moments=["MORN"], bounds=lasting(1, "mo"))]),
    ("durée : 10 jours, 1 cp le matin", [a_phase(moments=["MORN"], bounds=lasting(5))]),
    ("1 cp à 8 h 30", [a_phase(clock=["08:00"])]),
    ("1 tablet at 8pm", [a_phase(clock=["08:00"])]),
    ("1 cp le week-end", [_on("mon", "tue")]),
    ("1 cp tous les jours sauf le dimanche", [a_phase(frequency=a_frequency(1))]),
    ("1 cp toutes les 4 semaines", [a_phase(frequency=a_frequency(1, "1", "wk"))]),
    ("1 cp une fois par mois", [a_phase(frequency=a_frequency(1))]),
    ("1 cp tous les 15 jours", [a_phase(frequency=a_frequency(1))]),
    ("1 cp par trimestre", [a_phase(frequency=a_frequency(1, "1", "mo"))]),
    ("1 c. à café 3 fois par jour", [a_phase(frequency=a_frequency(3), dose="1 tablespoon")]),
    ("5 gouttes par prise, 3 prises par jour", [a_phase(frequency=a_frequency(3), dose="15 drop")]),
    (
        "500 mg 3 fois par jour soit 1500 mg par jour",
        [a_phase(frequency=a_frequency(2), dose="500 mg")],
    ),
    ("1 cp 5 jours sur 7", [a_phase(frequency=a_frequency(1))]),
    ("1 cp 5 jours par semaine", [a_phase(frequency=a_frequency(1))]),
    (
        "J1 : 2 cp, J2 à J5 : 1 cp",
        [
            _step(1, frequency=a_frequency(1), dose="2 tablet", bounds=lasting(1)),
            _step(2, frequency=a_frequency(1), bounds=lasting(7)),
        ],
    ),
    ("J1 : 2 cp, J2 à J5 : 1 cp", [a_phase(frequency=a_frequency(1), bounds=lasting(5))]),
    ("Exemple 500 mg cp : 2 cp 3/j", [a_phase(frequency=a_frequency(3))]),
    (
        "Vitamine D3 100000 UI : 1 ampoule par mois",
        [a_phase(frequency=a_frequency(1), dose="1 ampoule")],
    ),
    (
        "crème à 1 %, 2 applications par jour",
        [a_phase(frequency=a_frequency(1), dose="1 application")],
    ),
    ("1 cp au lever", [a_phase(moments=["HS"])]),
    ("1 cp 1 h après le dîner", [a_phase(moments=["ACV"])]),
    (
        "60 mg par jour 4 jours, puis 50 mg le lendemain",
        [
            _step(1, frequency=a_frequency(1), dose="60 mg", bounds=lasting(4)),
            _step(2, frequency=a_frequency(1), dose="50 mg", bounds=lasting(4)),
        ],
    ),
    ("1 cp 1 jour/2", [a_phase(frequency=a_frequency(1))]),
    ("1 cp le matin (28 jours)", [a_phase(moments=["MORN"], bounds=lasting(30))]),
    (
        "1 cp le matin pendant 28 jours (3 semaines)",
        [a_phase(moments=["MORN"], bounds=lasting(28))],
    ),
]


@pytest.mark.parametrize(("text", "phases"), CONTRADICTING)
def test_a_text_that_says_something_else_blocks(text: str, phases: list[Phase]) -> None:
    assert any(finding.blocks for finding in compare(propose(text), phases))
