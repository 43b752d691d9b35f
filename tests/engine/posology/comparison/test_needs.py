"""A condition in the reason or in the name of a product, beside intakes that have none."""

import pytest
from builders import a_frequency, a_line, a_phase

from engine.posology.comparison.needs import of_needs
from schemas.posology import Phase
from schemas.prescription import Line

DAILY = a_phase(frequency=a_frequency(3))
AS_NEEDED = DAILY.model_copy(update={"as_needed": True})
WORDS = Phase(location="phase[1]", text="1 cp 3 fois par jour")


def _for(reason: str | None, *phases: Phase, product: str = "EXEMPLE 500 mg") -> Line:
    return a_line(*phases, product=product).model_copy(update={"indication": reason})


@pytest.mark.parametrize(
    "reason",
    [
        "si douleur",
        "Si douleurs",
        "en cas d'insomnie",
        "Douleur, à la demande",
        "fièvre, si besoin",
        "pain, as needed",
        "Schmerzen, bei Bedarf",
        "PRN pain",
    ],
)
def test_a_condition_in_the_reason_blocks_fixed_intakes(reason: str) -> None:
    (found,) = of_needs(_for(reason, DAILY))

    assert (found.code.value, found.blocks) == ("text-adds", True)
    assert (found.location, found.quoted) == ("line[1].indication", reason)


@pytest.mark.parametrize(
    "reason",
    [
        None,
        "douleur",
        "Douleurs chroniques",
        "hypertension artérielle",
        "prévention des crises en cas d'allergie connue",
        "migraine with aura",
    ],
)
def test_a_reason_that_only_says_why_adds_nothing(reason: str | None) -> None:
    assert of_needs(_for(reason, DAILY)) == ()


def test_a_condition_is_expected_where_an_intake_has_one_or_nothing_is_planned() -> None:
    assert of_needs(_for("si douleur", AS_NEEDED)) == ()
    assert of_needs(_for("si douleur", DAILY, AS_NEEDED)) == ()
    assert of_needs(_for("si douleur", WORDS)) == ()
    assert of_needs(_for("si douleur")) == ()


def test_a_need_in_the_name_of_the_product_blocks_and_a_mere_name_does_not() -> None:
    (found,) = of_needs(_for(None, DAILY, product="EXEMPLE 500 mg si besoin"))

    assert (found.code.value, found.location) == ("text-adds", "line[1].product")
    assert found.quoted == "EXEMPLE 500 mg si besoin"
    assert of_needs(_for(None, DAILY, product="SI-EXEMPLE 500 mg, gélule")) == ()
