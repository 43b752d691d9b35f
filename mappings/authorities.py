"""Recognises who issued an identifier or a drug code, from the way its sender names the issuer."""

import re

from mappings.catalogue import table
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.people import Identifier, IdentifierKind

_SHAPES = (
    (ProductCodeSystem.UCD13, re.compile(r"34008\d{8}")),
    (ProductCodeSystem.CIP13, re.compile(r"34009\d{8}")),
    (ProductCodeSystem.MV, re.compile(r"MV\d{8}")),
)
"""Shapes that no other list shares. Source: arrêté of 30/12/2021 (34008 is reserved for UCD)."""


def identifier(
    value: str, authority: str | None, site: str, kind: IdentifierKind = IdentifierKind.OTHER
) -> Identifier:
    """The identifier with its kind: that of its authority when known, else `kind`.

    `authority` is a URI or an OID, with or without `urn:oid:`; the site's table comes first.
    """
    known = table("identifiers", site).target_of(bare(authority)) if authority else None
    return Identifier(
        value=value, kind=IdentifierKind(known) if known else kind, authority=authority
    )


def product_code(
    value: str, authority: str | None, site: str, display: str | None = None
) -> ProductCode:
    """The drug code with its system: that of its authority, else that of a shape that only one
    list has, else `LOCAL`. A CIP or UCD system that holds seven digits is the seven-digit code.
    """
    known = table("products", site).target_of(bare(authority)) if authority else None
    system = ProductCodeSystem(known) if known else _by_shape(value)
    seven = {
        ProductCodeSystem.CIP13: ProductCodeSystem.CIP7,
        ProductCodeSystem.UCD13: ProductCodeSystem.UCD7,
    }
    if re.fullmatch(r"\d{7}", value):
        system = seven.get(system, system)
    return ProductCode(system=system, value=value, display=display, authority=authority)


def _by_shape(value: str) -> ProductCodeSystem:
    for system, shape in _SHAPES:
        if shape.fullmatch(value):
            return system
    return ProductCodeSystem.LOCAL


def bare(authority: str) -> str:
    """An OID without its `urn:oid:`; any other authority as it is."""
    return authority.removeprefix("urn:oid:")
