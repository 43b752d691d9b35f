"""The product of an order: what it is made of, and what may be said of its record."""

import pytest
from fhir_messages import a_bundle, a_patient, a_product, line_of, of_product, said

from schemas.prescription import Line

SUBSTANCE = {"itemCodeableConcept": {"text": "principe"}}
EXCIPIENT = {"itemCodeableConcept": {"text": "lactose"}, "isActive": False}


def with_parts(*parts: dict[str, object], **changes: object) -> Line:
    product = a_product(ingredient=list(parts), **changes)
    return line_of(a_bundle(product, a_patient(), of_product(reference="Medication/m")))


def test_an_excipient_is_shown_and_is_no_part_of_a_mixture() -> None:
    line = with_parts(SUBSTANCE, EXCIPIENT)

    assert [(part.text, part.active) for part in line.product.ingredients] == [
        ("principe", True),
        ("lactose", False),
    ]
    assert line.findings == ()


def test_a_product_inside_a_mixture_is_no_excipient_whatever_its_mark() -> None:
    part = {"itemReference": {"reference": "#a"}, "isActive": False}
    inside = a_product(id="a", code={"text": "sirop"})
    order = {**of_product(reference="#m"), "contained": [a_product(ingredient=[part]), inside]}

    [ingredient] = line_of(a_bundle(a_patient(), order)).product.ingredients

    assert (ingredient.text, ingredient.active) == ("sirop", True)


@pytest.mark.parametrize("status", ["inactive", "entered-in-error"])
def test_a_product_whose_record_is_not_in_use_blocks(status) -> None:
    assert said(with_parts(SUBSTANCE, status=status).findings) == [
        ("status-not-active", "Bundle.entry[0].resource.status")
    ]


def test_what_a_package_holds_and_its_batch_are_no_doubt() -> None:
    line = with_parts(
        SUBSTANCE,
        amount={"numerator": {"value": 30}, "denominator": {"value": 1}},
        batch={"lotNumber": "A1"},
        manufacturer={"display": "Exemple"},
    )

    assert line.findings == ()


def test_what_another_edition_says_of_a_product_blocks() -> None:
    assert said(with_parts(SUBSTANCE, doseForm={"text": "comprimé"}).findings) == [
        ("element-foreign", "Bundle.entry[0].resource.doseForm")
    ]


def test_an_extension_of_a_product_that_nobody_knows_is_said() -> None:
    unknown = [{"url": "https://example.org/x", "valueString": "x"}]

    assert said(with_parts(SUBSTANCE, extension=unknown).findings) == [
        ("element-unread", "Bundle.entry[0].resource.extension[0].url")
    ]
