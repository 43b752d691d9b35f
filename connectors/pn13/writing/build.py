"""Small means to build PN13 elements; an absent text makes no element."""

import re
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from connectors.pn13.connector import NAMESPACE
from schemas.base import plain_decimal
from schemas.quantity import Quantity

if TYPE_CHECKING:
    from lxml.etree import _Element

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 §2.2 does not allow in a document; a replacement character stands for it."""


def add(
    parent: "_Element", name: str, text: str | None = None, **attributes: str | None
) -> "_Element":
    """A new last child, with its text; `nomenclature` and `signification` are Phast attributes."""
    from lxml import etree

    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        child.text = clean(text)
    for attribute, value in attributes.items():
        if value is not None:
            child.set(f"Phast-{attribute}", clean(value))
    return child


def add_if(parent: "_Element", name: str, text: str | None, **attributes: str | None) -> None:
    """The child, when there is a text."""
    if text:
        add(parent, name, text, **attributes)


def clean(text: str) -> str:
    """The text without the characters that no XML document may hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def add_quantity(parent: "_Element", name: str, amount: Quantity) -> None:
    """`Nombre` and `Unité`, as they were read."""
    holder = add(parent, name)
    add(holder, "Nombre", plain_decimal(amount.value))
    add_if(holder, "Unité", amount.code or amount.unit, nomenclature=amount.system)


def stamp(moment: date | datetime, zone: tzinfo | None = None) -> str:
    """`AAAAMMJJ`, or `AAAAMMJJHHMMSS` on the clock of `zone`, else on the value's own."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    local = moment.astimezone(zone) if zone is not None else moment
    return f"{local:%Y%m%d%H%M%S}"
