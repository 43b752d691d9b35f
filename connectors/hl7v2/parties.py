"""Order numbers and people: the data types EI and XCN of HL7 v2.5.1 §2.A."""

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.source import Source
from mappings.authorities import identifier
from schemas.people import Identifier, IdentifierKind, Practitioner

_SIDES = {("ORC", 2): IdentifierKind.PLACER, ("ORC", 3): IdentifierKind.FILLER}


def entity_of(source: Source, segment: Segment, field: int, gives: str) -> Identifier | None:
    """One EI, an order number: escaped separators inside it are part of it."""
    value, name, oid = source.parts(segment, field, gives, [(1, 1), (2, 1), (3, 1)])
    kind = _SIDES.get((segment.name, field), IdentifierKind.OTHER)
    return identifier(value, oid or name, source.site.name, kind) if value else None


def person_of(
    source: Source, segment: Segment, field: int, gives: str, repetition: int = 1
) -> Practitioner | None:
    """One XCN. The type of the identifier says what it is, else its authority does."""
    places = [(1, 1), (2, 1), (3, 1), (9, 1), (9, 2), (13, 1)]
    value, family, given, name, oid, code = source.parts(
        segment, field, gives, places, repetition, needed=2
    )
    if value is None and family is None:
        return None
    kind = kind_of(source, code)
    found = (_typed(value, oid or name, kind, source.site.name),) if value else ()
    return Practitioner(
        identifiers=found,
        family_name=family,
        given_name=given,
        location=segment.where(field, 1, repetition).removesuffix(".1"),
    )


def kind_of(source: Source, code: str | None) -> IdentifierKind:
    """What an identifier type code of table 0203 stands for."""
    known = source.table("identifier_types").target_of(code) if code else None
    return IdentifierKind(known) if known else IdentifierKind.OTHER


def _typed(value: str, authority: str | None, kind: IdentifierKind, site: str) -> Identifier:
    if kind is not IdentifierKind.OTHER:
        return Identifier(value=value, kind=kind, authority=authority)
    return identifier(value, authority, site)
