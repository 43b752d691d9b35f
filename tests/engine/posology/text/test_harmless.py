"""Words beside a posology that change nothing, and the words so near them that they may."""

import pytest
from builders import a_phase
from plans import lasting

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Phase

MORNING = a_phase(moments=["MORN"])


def codes(text: str, phase: Phase = MORNING) -> list[str]:
    return sorted({finding.code.value for finding in compare(propose(text), (phase,))})


@pytest.mark.parametrize(
    "text",
    [
        "Avaler sans croquer ni mâcher",
        "Do not crush or chew",
        "Nicht zerkauen",
        "Dissoudre dans 1/2 verre d'eau",
        "Avaler avec un verre d'eau (200 ml)",
        "En cas d'oubli, ne pas doubler",
        "If you miss a dose, skip it",
        "If affected do not drive",
        "Contacter le médecin si fièvre",
        "Bei Fieber über 39 Grad Arzt kontaktieren",
        "Si vomissements, prévenir le pharmacien",
        "1 boîte de 30",
        "ALD 100 %",
        "soit 5 mg/kg",
        "À la même heure chaque jour",
        "At the same time each day",
    ],
)
def test_how_to_swallow_whom_to_ask_and_what_is_sold_change_nothing(text: str) -> None:
    assert codes(text) == []
    assert codes(f"1 cp le matin. {text}") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Si fièvre, doubler la dose et appeler le médecin", "text-adds"),
        ("Si fièvre, prendre 2 cp et appeler le médecin", "text-adds"),
        ("En cas de saignement arrêter et consulter un médecin", "text-adds"),
        ("Si douleur, selon avis du médecin", "text-adds"),
        ("Après chaque selle", "text-adds"),
        ("Avant chaque soin", "text-adds"),
        ("Bei starken Schmerzen", "text-adds"),
        ("Nicht länger als 7 Tage", "text-adds"),
        ("Für 7 Tage", "text-adds"),
        ("Dose à adapter", "text-adds"),
        ("En cas d'oubli, attendre 12 h puis 1 cp", "text-adds"),
        ("1 cp par jour une semaine sur deux", "text-adds"),
        ("Comme d'habitude", "text-unread"),
    ],
)
def test_words_near_harmless_ones_that_may_change_the_plan_are_said(
    text: str, expected: str
) -> None:
    assert expected in codes(text)


def test_a_meal_or_an_intake_is_no_event_to_wait_for() -> None:
    assert codes("avant chaque repas", a_phase(moments=["AC"])) == []
    assert codes("1 cp le matin, traitement d'une semaine", _week()) == []


def _week() -> Phase:
    return a_phase(moments=["MORN"], bounds=lasting(1, "wk"))
