"""The prescribed product: every code as given, its form, what it is made of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.cda.posology.dose import quantity
from connectors.cda.scribe import Scribe, child, children
from mappings.authorities import product_code
from schemas.codes import ProductCode
from schemas.finding import FindingCode
from schemas.prescription import Ingredient, Product
from schemas.quantity import Strength

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_product(scribe: Scribe, entry: "_Element") -> Product:
    """The product of a `substanceAdministration` or of a `supply`.

    Without name and code it has an empty label.
    """
    made = child(entry, "consumable", "manufacturedProduct")
    made = child(entry, "product", "manufacturedProduct") if made is None else made
    material = None
    if made is not None:
        material = next(_materials(made), None)
    if material is None:
        return Product(location=scribe.at(entry))
    code = child(material, "code")
    ingredients = tuple(
        _ingredient(scribe, part)
        for part in children(material, "ingredient")
        if part.get("classCode", "ACTI") == "ACTI"
    )
    return Product(
        codes=_codes(scribe, material),
        text=_label(scribe, material, code),
        form=scribe.coding(child(material, "formCode"), "product.form"),
        strengths=tuple(part.strength for part in ingredients if part.strength is not None),
        ingredients=ingredients,
        location=scribe.at(material),
    )


def read_box(scribe: Scribe, supply: "_Element") -> tuple[ProductCode, ...]:
    """The codes of the box that a supply was taken from."""
    within = ("manufacturedProduct", "manufacturedMaterial", "asContent")
    stated = children(supply, "product", *within, "containerPackagedMedicine", "code")
    read = (_code(scribe, element, "product.codes") for element in stated)
    return tuple(code for code in read if code is not None)


def _materials(made: "_Element") -> "Iterator[_Element]":
    """The product by its material, or by its label alone."""
    for name in ("manufacturedMaterial", "manufacturedLabeledDrug"):
        yield from children(made, name)


def is_named(product: Product) -> bool:
    """Whether a step names a product of its own (`nullFlavor="NA"` when it does not)."""
    return bool(product.codes or product.text)


def _label(scribe: Scribe, material: "_Element", code: "_Element | None") -> str | None:
    name = scribe.text(child(material, "name"), "product.text")
    if code is None:
        return name
    printed = scribe.original(child(code, "originalText"), "product.text")
    return name or printed or code.get("displayName")


def _codes(scribe: Scribe, material: "_Element") -> tuple[ProductCode, ...]:
    stated = [
        *children(material, "code"),
        *children(material, "code", "translation"),
        *children(material, "asSpecializedKind", "generalizedMedicineClass", "code"),
    ]
    read = (_code(scribe, element, "product.codes") for element in stated)
    return tuple(code for code in read if code is not None)


def _code(scribe: Scribe, element: "_Element | None", gives: str) -> ProductCode | None:
    coding = scribe.coding(element, gives)
    if coding is None:
        return None
    return product_code(coding.code, coding.system, scribe.site.name, coding.display)


def _ingredient(scribe: Scribe, part: "_Element") -> Ingredient:
    substance = child(part, "ingredient")
    code = None
    name = None
    if substance is not None:
        code = _code(scribe, child(substance, "code"), "product.ingredients")
        name = scribe.text(child(substance, "name"), "product.ingredients")
    return Ingredient(
        codes=(code,) if code else (), text=name, strength=_strength(scribe, part, name)
    )


def _strength(scribe: Scribe, part: "_Element", substance: str | None) -> Strength | None:
    ratio = child(part, "quantity")
    if ratio is None:
        return None
    numerator = quantity(scribe, child(ratio, "numerator"), "product.strengths")
    denominator = quantity(scribe, child(ratio, "denominator"), "product.strengths")
    if numerator is None:
        return None
    if denominator is not None and denominator.value == 0:
        scribe.doubt(
            FindingCode.VALUE_INVALID,
            scribe.at(ratio),
            "denominator of a strength must be above zero",
            str(denominator.value),
        )
        return None
    return Strength(substance=substance, numerator=numerator, denominator=denominator)
