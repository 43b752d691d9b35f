"""What is prescribed: give code with its alternates, form, strength, and the parts of a mixture.

Source: HL7 v2.5.1 §4.14.4 (RXE), §4.14.1 (RXO), §4.14.3 (RXC).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.source import Source
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.prescription import Ingredient, Product
from schemas.quantity import Quantity, Strength


@dataclass(frozen=True, slots=True)
class ProductFields:
    """Where a segment names its product; 0 for a field that the segment does not have."""

    code: int
    form: int
    strength: int
    volume: int
    supplementary: int


ENCODED = ProductFields(code=2, form=6, strength=25, volume=33, supplementary=31)
REQUESTED = ProductFields(code=1, form=5, strength=18, volume=25, supplementary=24)
DISPENSED = ProductFields(code=2, form=6, strength=16, volume=28, supplementary=25)
GIVEN = ProductFields(code=4, form=8, strength=17, volume=23, supplementary=0)
ADMINISTERED = ProductFields(code=5, form=8, strength=13, volume=23, supplementary=0)

_BASE = "B"
"""RXC-1: the base that carries the additives. Table 0166."""
_KINDS = (_BASE, "A")


def product_of(
    source: Source, segment: Segment, fields: ProductFields, parts: Sequence[Segment] = ()
) -> Product:
    """The product with every code as given."""
    codes = source.products(segment, fields.code, "product.codes")
    for repetition in segment.repetitions(fields.supplementary) if fields.supplementary else ():
        codes += source.products(segment, fields.supplementary, "product.codes", repetition)
    text = _words(source, segment, fields.code)
    strength = strength_of(source, segment, fields.strength, fields.volume)
    return Product(
        codes=codes,
        text=text,
        form=source.coded(segment, fields.form, "product.form"),
        strengths=(strength,) if strength else (),
        ingredients=tuple(_ingredient(source, part) for part in parts),
        location=f"{segment.place}-{fields.code}",
    )


def _words(source: Source, segment: Segment, field: int) -> str | None:
    """Original text, else the text of the code, else that of the alternate."""
    for component in (9, 2, 5):
        said = source.text(segment, field, "product.text", component)
        if said:
            return said
    return None


def strength_of(source: Source, segment: Segment, value: int, volume: int) -> Strength | None:
    """The strength in `value`, its unit in the field after it; by the volume, if there is one."""
    numerator = source.amount(segment, value, value + 1, "product.strengths")
    if numerator is None:
        return None
    denominator = source.amount(segment, volume, volume + 1, "product.strengths")
    if denominator is not None and denominator.value <= 0:
        rule = f"{segment.name}-{volume} must be above zero"
        source.doubt(FindingCode.VALUE_INVALID, segment.where(volume), rule, segment.raw(volume))
        denominator = None
    return Strength(numerator=numerator, denominator=denominator)


def _ingredient(source: Source, rxc: Segment) -> Ingredient:
    kind = rxc.value(1)
    carrier = kind == _BASE
    if kind in _KINDS:
        source.text(rxc, 1, "product.ingredients.carrier")
    codes = source.products(rxc, 2, "product.ingredients.codes")
    amount: Quantity | None = source.amount(rxc, 3, 4, "product.ingredients.quantity")
    return Ingredient(
        codes=codes,
        text=_words(source, rxc, 2),
        strength=strength_of(source, rxc, 5, 8),
        quantity=amount,
        carrier=carrier,
    )


def route_of(source: Source, routes: Sequence[Segment]) -> Coding | None:
    """The route; several different ones are a finding, because one of them is a choice."""
    found = [source.coded(rxr, 1, "line.route") for rxr in routes]
    stated = [route for route in found if route is not None]
    if len({(route.code, route.display) for route in stated}) > 1:
        source.doubt(
            FindingCode.ELEMENT_UNREAD,
            routes[1].where(1),
            "several routes are stated for one order; the first one is shown",
            routes[1].raw(1),
        )
    return stated[0] if stated else None
