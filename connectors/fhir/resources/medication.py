"""The product of a request or of an administration: coded in place, or a Medication referred to.

Source: FHIR R4 Medication; ANS e-prescription IG 1.1.0-ballot (fr-medication-compound).
"""

from connectors.fhir.form.values import Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import (
    extension,
    product_codes,
    read_coding,
    read_identifier,
    read_quantity,
    words_of,
)
from connectors.fhir.resources.dates import read_when
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.resource import Resource
from mappings import authorities
from schemas.dispense import Lot
from schemas.finding import FindingCode
from schemas.prescription import Ingredient, Product
from schemas.quantity import Strength
from schemas.site import Site

VEHICLE = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition/fr-is-vehicle"


def read_product(within: Resource, package: Package, site: Site) -> Product:
    """The product with every code as given. Doubts go to the resource that names it."""
    concept = within.element.child("medicationCodeableConcept")
    if concept is not None:
        return Product(
            codes=product_codes(concept, site),
            text=words_of(concept, "product.text"),
            location=concept.at,
        )
    reference = within.element.child("medicationReference")
    if reference is None:
        return Product(location=within.element.at)
    found = package.resolve(reference, within, "product")
    if found is not None and found.kind == "Medication":
        medication = found
        product = package.once(medication, lambda: _product(medication, package, site), "product")
        medication.tell(within.element.doubts)
        return product
    return _by_reference(reference, site)


def read_lots(within: Resource, package: Package) -> tuple[Lot, ...]:
    """The batch of the Medication that is referred to, with its expiry."""
    reference = within.element.child("medicationReference")
    found = package.resolve(reference, within, "product") if reference else None
    batch = found.element.child("batch") if found is not None else None
    if batch is None:
        return ()
    number = batch.text("lotNumber", "lots.number")
    return (Lot(number=number, expires_on=read_when(batch, "expirationDate", "lots.expires_on")),)


def _by_reference(reference: Element, site: Site) -> Product:
    """What a reference alone says of the product: a code in its identifier, a display."""
    identifier = read_identifier(reference.child("identifier"), site, "product.codes")
    if identifier is None:
        rule = "leads to no Medication, or to more than one, of this message"
        target = reference.members.get("reference")
        reference.say(FindingCode.REFERENCE_UNRESOLVED, "reference", rule, target)
    code = (
        authorities.product_code(identifier.value, identifier.authority, site.name)
        if identifier
        else None
    )
    return Product(
        codes=(code,) if code else (),
        text=reference.text("display", "product.text"),
        location=reference.at,
    )


def _product(medication: Resource, package: Package, site: Site) -> Product:
    element = medication.element
    status = element.text("status", "product")
    if status not in (None, "active"):
        rule = "the Medication is not one in use"
        element.say(FindingCode.STATUS_NOT_ACTIVE, "status", rule, status)
    concept = element.child("code")
    stated = element.children("ingredient")
    product = Product(
        codes=product_codes(concept, site),
        text=words_of(concept, "product.text"),
        form=read_coding(element.child("form"), "product.form"),
        strengths=tuple(
            strength
            for each in stated
            if each.has("itemCodeableConcept")
            and each.members.get("isActive") is not False
            and (strength := _strength(each, "product.strengths")) is not None
        ),
        ingredients=tuple(_ingredient(each, medication, package, site) for each in stated),
        location=element.at,
    )
    close(element, "Medication")
    return product


def _ingredient(element: Element, medication: Resource, package: Package, site: Site) -> Ingredient:
    concept, codes_of = element.child("itemCodeableConcept"), None
    reference = element.child("itemReference")
    found = package.resolve(reference, medication, "product.ingredients") if reference else None
    if found is not None and found.kind in ("Medication", "Substance"):
        codes_of = found.element.child("code")
    elif reference is not None:
        rule = "leads to no Medication, or to more than one, of this message"
        target = reference.members.get("reference")
        reference.say(FindingCode.REFERENCE_UNRESOLVED, "reference", rule, target)
    named = concept or codes_of
    vehicle = extension(element, VEHICLE)
    active = element.truth("isActive", "product.ingredients.active")
    is_product = found is not None and found.kind == "Medication"
    return Ingredient(
        codes=product_codes(named, site),
        text=words_of(named, "product.ingredients"),
        strength=_strength(element, "product.ingredients"),
        carrier=bool(vehicle and vehicle.truth("valueBoolean", "product.ingredients.carrier")),
        active=is_product or active is not False,
    )


def _strength(ingredient: Element, gives: str) -> Strength | None:
    """The strength as stated; one without numerator, or for zero of something, is said.

    Without a denominator it is not known in what so much is: rat-1 of FHIR R4 Ratio, both or none.
    """
    ratio = ingredient.child("strength")
    if ratio is None:
        return None
    substance = words_of(ingredient.child("itemCodeableConcept"), gives)
    numerator = read_quantity(ratio.child("numerator"), gives)
    denominator = read_quantity(ratio.child("denominator"), gives)
    if numerator is None or (denominator is not None and denominator.value <= 0):
        rule = "a strength needs a numerator, and no denominator of zero"
        ingredient.say(FindingCode.VALUE_INVALID, "strength", rule)
        return None
    if denominator is None:
        rule = "rat-1: a strength without a denominator does not say in what so much is"
        ingredient.say(FindingCode.ELEMENT_UNREAD, "strength", rule)
        return None
    return Strength(substance=substance, numerator=numerator, denominator=denominator)
