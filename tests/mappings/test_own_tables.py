"""The tables of SFPC codes, reasons, measures and forms against what they stand for."""

import pytest

from mappings.catalogue import table
from schemas.adherence import Measure
from schemas.decision import DecisionKind


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("hospital-problems", "1 2 3 4 5 6.1 6.2 6.3 6.4 6.5 7 8 9 10"),
        ("hospital-interventions", "1 2 3 4 5 6 7"),
        ("hospital-outcomes", "1 2"),
        ("officine-problems", "1 2 3 4 5 6 7 8 9 10 11"),
        ("officine-interventions", "1 2 3 4 5 6 7"),
        ("officine-outcomes", "1 2 3 4 5 6 7"),
    ],
)
def test_each_sfpc_list_has_exactly_its_codes(name: str, codes: str) -> None:
    assert list(table(f"sfpc/{name}").rows) == codes.split()


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("hospital-problems", "2", "Indication non traitée"),
        ("officine-problems", "2", "Problème de posologie"),
        ("hospital-interventions", "1", "Ajout (prescription nouvelle)"),
        ("officine-interventions", "1", "Adaptation posologique"),
        ("hospital-interventions", "6", "Optimisation des modalités d'administration"),
        ("officine-interventions", "6", "Changement de médicament"),
    ],
)
def test_a_number_means_another_thing_in_each_sfpc_list(name: str, code: str, label: str) -> None:
    row = table(f"sfpc/{name}").get(code)

    assert row is not None
    assert row.text == label


def test_every_decision_but_a_validation_has_reasons_and_other_goes_with_each() -> None:
    kinds = {kind for row in table("reasons") for kind in row.target.split()}
    other = table("reasons").target_of("OTHER")

    assert kinds == {DecisionKind.HOLD, DecisionKind.CLARIFY, DecisionKind.REJECT}
    assert other is not None
    assert set(other.split()) == kinds


def test_every_measure_has_its_label() -> None:
    assert {row.target for row in table("adherence/measures")} == {*Measure}


def test_a_capsule_to_swallow_goes_inside_and_the_same_word_inhaled_does_not() -> None:
    forms = table("organiser/forms")

    assert forms.target_of("gélule") == "inside"
    assert forms.target_of("poudre pour inhalation en gélule") == "beside"


def test_the_edqm_code_of_a_form_is_placed_as_its_french_label() -> None:
    forms = table("organiser/forms")

    assert forms.target_of("10219000") == forms.target_of("comprimé") == "inside"
    assert forms.target_of("10228000") == forms.target_of("comprimé à croquer") == "review"
    assert forms.target_of("10121000") == forms.target_of("comprimé dispersible") == "beside"
