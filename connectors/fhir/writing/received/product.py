"""The product of a received line: coded in place, or a Medication with its components.

Source: FHIR R4 Medication; ANS e-prescription IG 1.1.0-ballot: a mixture has a Medication of its
own that names one for each component (fr-medication-compound), with the amount of each.
"""

from typing import NamedTuple

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.form.wire import clean
from connectors.fhir.resources.medication import VEHICLE
from connectors.fhir.writing.outgoing import Entries
from connectors.fhir.writing.people import (
    concept,
    product_coding,
    product_concept,
    write_quantity,
)
from connectors.fhir.writing.received.entries import absent, add
from schemas.dispense import Lot
from schemas.prescription import Ingredient, Product
from schemas.quantity import Quantity, Strength


class Medicated(NamedTuple):
    """The element `medication[x]`, and the component that the dose is counted in."""

    medication: Object
    basis: Object | None = None


def medication_of(out: Entries, product: Product | None, lot: Lot | None = None) -> Medicated:
    """The product as `medication[x]`; one of which nothing is known is said as unknown.

    `lot` is the batch that was given out.
    """
    if product is None or not (product.codes or product.text or product.ingredients):
        return Medicated({"medicationCodeableConcept": absent()})
    if not clean(product_concept(product)) and not product.ingredients:
        return Medicated({"medicationCodeableConcept": absent()})
    if not (product.form or product.strengths or product.ingredients or lot):
        return Medicated({"medicationCodeableConcept": product_concept(product)})
    if is_mixture(product):
        return _mixture(out, product)
    batch: Object = {}
    if lot is not None:
        expires = lot.expires_on.isoformat() if lot.expires_on else None
        batch = {"batch": {"lotNumber": lot.number, "expirationDate": expires}}
    return Medicated({"medicationReference": add(out, _medication(product) | batch)})


def is_mixture(product: Product) -> bool:
    """Whether its components are products of their own that are put together."""
    put_together = any(i.quantity or i.carrier or i.refers for i in product.ingredients)
    return put_together and _itself(product) is None


def _medication(product: Product) -> Object:
    """A product; its only component, when that is the product again, gives the amount alone."""
    single = _itself(product)
    listed = [] if single else [_ingredient(each) for each in product.ingredients]
    told = [each.strength for each in product.ingredients]
    listed += [
        {"itemCodeableConcept": _substance(each.substance), "strength": strength_of(each)}
        for each in product.strengths
        if each not in told
    ]
    ingredients: list[Json] = [*listed]
    return {
        "resourceType": "Medication",
        "code": product_concept(product) if product.codes or product.text else None,
        "form": concept(product.form) if product.form else None,
        "amount": _amount(single.quantity if single else None),
        "ingredient": ingredients,
    }


def _itself(product: Product) -> Ingredient | None:
    """The one component that is the product again, with the amount prescribed of it."""
    if len(product.ingredients) != 1:
        return None
    [only] = product.ingredients
    again = only.codes == product.codes and only.text == product.text and only.strength is None
    return only if again and only.quantity is not None else None


def _mixture(out: Entries, product: Product) -> Medicated:
    basis: Object | None = None
    parts: list[Json] = []
    for each in product.ingredients:
        part = Product(codes=each.codes, text=each.text)
        known = bool(each.codes or each.text)
        medication: Object = {
            "resourceType": "Medication",
            "code": product_concept(part) if known else None,
            "amount": _amount(each.quantity),
        }
        reference = add(out, medication)
        basis = reference if each.refers else basis
        strength = strength_of(each.strength) if each.strength else None
        parts.append(_marks(each) | {"itemReference": reference, "strength": strength})
    whole: Object = {
        "resourceType": "Medication",
        "code": product_concept(product) if product.codes or product.text else None,
        "form": concept(product.form) if product.form else None,
        "ingredient": parts,
    }
    return Medicated({"medicationReference": add(out, whole)}, basis)


def _ingredient(ingredient: Ingredient) -> Object:
    strength = strength_of(ingredient.strength) if ingredient.strength else None
    return _marks(ingredient) | {"itemCodeableConcept": _named(ingredient), "strength": strength}


def _marks(ingredient: Ingredient) -> Object:
    """Whether it is the vehicle, and whether it is one that does nothing by itself."""
    said: Object = {"url": VEHICLE, "valueBoolean": True}
    vehicle: Object = {"extension": [said]} if ingredient.carrier else {}
    return vehicle | ({} if ingredient.active else {"isActive": False})


def _substance(words: str | None) -> Object:
    return clean({"text": words}) or absent()


def _named(ingredient: Ingredient | None) -> Object:
    if ingredient is None:
        return absent()
    codes: list[Json] = [product_coding(code) for code in ingredient.codes]
    return clean({"coding": codes, "text": ingredient.text}) or absent()


def _amount(quantity: Quantity | None) -> Object | None:
    """So much of it in one preparation."""
    if quantity is None:
        return None
    return {"numerator": write_quantity(quantity), "denominator": {"value": 1}}


def strength_of(strength: Strength) -> Object:
    """So much in so much; what the sender leaves open is said as unknown (rat-1)."""
    lower = strength.denominator
    return {
        "numerator": write_quantity(strength.numerator),
        "denominator": write_quantity(lower) if lower is not None else absent(),
    }
