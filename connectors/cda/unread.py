"""Medicines that stand in a document and were not read: each one is told of, none passed over."""

from typing import TYPE_CHECKING

from connectors.cda.scribe import Scribe, templates_of
from connectors.markup import local_name
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_MEDICINES = frozenset({"substanceAdministration", "supply"})


def tell_unread(scribe: Scribe, section: "_Element", read: tuple[str, ...]) -> None:
    """A finding for each medicine of the section that is stated otherwise than as `read`.

    `read` are templates of the statements that were read. A section inside is looked at by itself.
    """
    waiting = [child for child in section.iterchildren("*") if local_name(child) == "entry"]
    while waiting:
        element = waiting.pop()
        parent = element.getparent()
        is_medicine = local_name(element) in _MEDICINES
        direct = parent is not None and local_name(parent) == "entry"
        if is_medicine and direct and templates_of(element) & frozenset(read):
            continue
        if is_medicine:
            rule = "this statement of a medicine is not read"
            scribe.doubt(FindingCode.ELEMENT_UNREAD, scribe.at(element), rule)
            continue
        waiting.extend(reversed(list(element.iterchildren("*"))))
