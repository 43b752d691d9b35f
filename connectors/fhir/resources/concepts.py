"""Identifiers, codes and amounts: the small data types of FHIR as ours."""

from collections.abc import Iterator
from decimal import Decimal

from connectors.fhir.dosage.quantities import compare_units
from connectors.fhir.form.values import Element
from mappings import authorities
from mappings.catalogue import table
from schemas.codes import Coding, ProductCode
from schemas.finding import FindingCode
from schemas.people import Identifier, IdentifierKind
from schemas.quantity import Quantity
from schemas.site import Site


def read_identifier(element: Element | None, site: Site, gives: str) -> Identifier | None:
    """The identifier with the kind of its authority, else of its type; `None` without a value.

    One of `use = old` is kept as `OTHER`: it no longer names anybody.
    """
    if element is None:
        return None
    value = element.text("value", gives)
    if value is None:
        return None
    authority = element.text("system", f"{gives}.authority")
    if authority is None and (assigner := element.child("assigner")) is not None:
        authority = assigner.text("display", f"{gives}.authority")
    if element.text("use", gives) == "old":
        return Identifier(value=value, authority=authority)
    return authorities.identifier(value, authority, site.name, _kind_by_type(element, site))


def read_identifiers(element: Element, site: Site, gives: str) -> tuple[Identifier, ...]:
    """Every identifier of a resource, in its order."""
    read = (read_identifier(one, site, gives) for one in element.children("identifier"))
    return tuple(identifier for identifier in read if identifier is not None)


def _kind_by_type(element: Element, site: Site) -> IdentifierKind:
    concept = element.child("type")
    for coding in concept.children("coding") if concept else ():
        code = coding.text("code", "identifier.kind")
        known = table("fhir/identifier_types", site.name).target_of(code) if code else None
        if known is not None:
            return IdentifierKind(known)
    return IdentifierKind.OTHER


def codings(concept: Element | None, gives: str) -> Iterator[Coding]:
    """Every coding of a concept that has a code."""
    for coding in concept.children("coding") if concept else ():
        code = coding.text("code", gives)
        if code is not None:
            yield Coding(
                code=code,
                system=coding.text("system", gives),
                display=coding.text("display", gives),
            )


def read_coding(concept: Element | None, gives: str) -> Coding | None:
    """The first coding of a concept, shown by the words of the concept when it has none."""
    if concept is None:
        return None
    first = next(codings(concept, gives), None)
    words = concept.text("text", gives)
    if first is None or first.display or words is None:
        return first
    return first.model_copy(update={"display": words})


def words_of(concept: Element | None, gives: str) -> str | None:
    """What a concept says to people: its text, else the display of its first coding."""
    if concept is None:
        return None
    first = next(codings(concept, gives), None)
    return concept.text("text", gives) or (first.display or first.code if first else None)


def product_codes(concept: Element | None, site: Site) -> tuple[ProductCode, ...]:
    """Every code of a product, in the order of the sender."""
    return tuple(
        authorities.product_code(each.code, each.system, site.name, each.display)
        for each in codings(concept, "product.codes")
    )


def read_quantity(element: Element | None, gives: str) -> Quantity | None:
    """The amount in its own unit; `None` without a number.

    A comparator ("at least") makes it no exact amount: it is said, and the amount left out.
    """
    if element is None:
        return None
    value = element.decimal("value", gives)
    comparator = element.text("comparator", gives)
    if comparator is not None:
        rule = "an amount with a comparator is not exact"
        element.say(FindingCode.VALUE_INVALID, "comparator", rule, comparator)
        return None
    if value is None:
        return None
    unit, code, system = (element.text(name, gives) for name in ("unit", "code", "system"))
    if unit is not None and code is not None:
        compare_units(element, unit, code, system)
    return Quantity(value=Decimal(value), unit=unit, code=code, system=system)


def extension(element: Element, url: str) -> Element | None:
    """The extension of this URL on an element."""
    for each in element.children("extension"):
        if each.members.get("url") == url:
            each.use("url", "extension")
            return each
    return None
