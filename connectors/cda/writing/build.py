"""Small means to build CDA elements; an absent attribute is not written."""

import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from connectors.cda.templates import HL7_V3
from mappings.authorities import bare
from mappings.catalogue import table
from schemas.codes import Coding
from schemas.people import Identifier, IdentifierKind

if TYPE_CHECKING:
    from lxml.etree import _Element

PHARM = "urn:ihe:pharm:medication"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 §2.2 does not allow in a document; a replacement character stands for it."""
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def add(
    parent: "_Element",
    name: str,
    text: str | None = None,
    *,
    space: str = HL7_V3,
    **attributes: str | None,
) -> "_Element":
    """A new last child with its text."""
    from lxml import etree

    child = etree.SubElement(parent, f"{{{space}}}{name}")
    if text is not None:
        child.text = clean(text)
    for attribute, value in attributes.items():
        if value is not None:
            child.set(attribute, clean(value))
    return child


def clean(text: str) -> str:
    """The text without the characters that no XML document may hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def add_templates(parent: "_Element", *roots: str) -> None:
    """The templates that an element declares."""
    for root in roots:
        add(parent, "templateId", root=root)


def add_code(parent: "_Element", name: str, coding: Coding, space: str = HL7_V3) -> "_Element":
    """A code with its list and its words."""
    return add(
        parent,
        name,
        space=space,
        code=coding.code,
        codeSystem=coding.system,
        displayName=coding.display,
    )


def is_oid(text: str | None) -> bool:
    """Whether a text is an OID."""
    return text is not None and _OID.fullmatch(text) is not None


def is_own_root(identifier: Identifier) -> bool:
    """Whether an identifier without an authority is an OID or a UUID, and its own root."""
    value = identifier.value
    return identifier.authority is None and (is_oid(value) or _UUID.fullmatch(value) is not None)


def root_of(identifier: Identifier) -> str | None:
    """The root of an identifier: the OID of its authority, or of its kind; `None` when unknown.

    An authority that is a URI has the UUID that RFC 4122 §4.3 makes of it.
    """
    authority = bare(identifier.authority) if identifier.authority else None
    if is_oid(authority):
        return authority
    kinds = (row.code for row in table("identifiers") if row.target == identifier.kind.value)
    known = next((code for code in kinds if is_oid(code)), None)
    if known is not None and identifier.kind is not IdentifierKind.OTHER:
        return known
    return str(uuid.uuid5(uuid.NAMESPACE_URL, authority)) if authority else None


def add_id(parent: "_Element", identifier: Identifier) -> None:
    """An II. The authority of a bare number that is no OID is not known: nullFlavor UNK."""
    if is_own_root(identifier):
        add(parent, "id", root=identifier.value)
        return
    root = root_of(identifier)
    unknown = None if root else "UNK"
    add(parent, "id", nullFlavor=unknown, root=root, extension=identifier.value)


def add_ids(parent: "_Element", identifiers: Iterable[Identifier]) -> None:
    """Every identifier, each once; a null value when there is none: the schema wants one."""
    each = list(dict.fromkeys(identifiers))
    for identifier in each:
        add_id(parent, identifier)
    if not each:
        add(parent, "id", nullFlavor="UNK")


def stamp(moment: date | datetime) -> str:
    """`AAAAMMJJ`, or `AAAAMMJJHHMMSS±ZZZZ` on the value's own clock."""
    return f"{moment:%Y%m%d%H%M%S%z}" if isinstance(moment, datetime) else f"{moment:%Y%m%d}"
