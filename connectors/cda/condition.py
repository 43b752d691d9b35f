"""Preconditions: the words that make a dose depend on something, as *si besoin*."""

from typing import TYPE_CHECKING

from connectors.cda.narrative import BLANKS
from connectors.cda.scribe import Scribe, child, children
from mappings.catalogue import table
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_conditions(scribe: Scribe, entry: "_Element") -> tuple[tuple[str, ...], bool]:
    """The conditions of an entry in its words, and whether they make it "as needed".

    Words that begin as a row of the conditions table make a dose as needed: it is listed and
    never planned. Any other condition is a finding, because what it asks is not known.
    """
    found = []
    for stated in children(entry, "precondition"):
        text = _condition(scribe, stated)
        if text:
            found.append((scribe.at(stated), text))
    needed = [_is_as_needed(scribe, text) for _, text in found]
    for (location, text), known in zip(found, needed, strict=True):
        if not known:
            scribe.doubt(
                FindingCode.EVENT_CONDITION,
                location,
                "a precondition must begin as one of the conditions table",
                text,
            )
    return tuple(text for _, text in found), bool(needed) and all(needed)


def _condition(scribe: Scribe, stated: "_Element") -> str | None:
    criterion = child(stated, "criterion")
    if criterion is None:
        return None
    gives = "phase.as_needed_for"
    missing = FindingCode.REFERENCE_UNRESOLVED
    text = scribe.original(child(criterion, "text"), gives, missing)
    if text is None:
        value = scribe.coding(child(criterion, "value"), gives)
        text = (value.display or value.code) if value is not None else None
    return None if text in BLANKS else text


def _is_as_needed(scribe: Scribe, text: str) -> bool:
    plain = " ".join(text.casefold().replace("’", "'").split())
    return any(
        plain == row.code or plain.startswith(row.code + (" " if row.code[-1] != "'" else ""))
        for row in table("cda/conditions", scribe.site.name)
    )
