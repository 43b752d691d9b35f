"""Preconditions: the words that make a dose depend on something, as *si besoin*."""

from typing import TYPE_CHECKING

from connectors.cda.narrative import BLANKS
from connectors.cda.scribe import Scribe, child, children
from mappings.catalogue import table
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_ASSERTION = "ASSERTION"
"""The code of a criterion that says nothing: its value is what is asserted (HL7 ActCode)."""
_NEEDED, _PLAIN = "as-needed", "plain"


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
    by_priority = _priority(scribe, entry)
    return tuple(text for _, text in found), by_priority or (bool(needed) and all(needed))


def _priority(scribe: Scribe, entry: "_Element") -> bool:
    """Whether the priority is "as needed". One that the table lacks is a finding."""
    stated = child(entry, "priorityCode")
    coding = scribe.coding(stated, "phase.as_needed")
    known = table("cda/priorities", scribe.site.name).target_of(coding.code) if coding else _PLAIN
    if stated is not None and known is None:
        scribe.unsupported(stated, "the priority is not in the priorities table")
    return known == _NEEDED


def _condition(scribe: Scribe, stated: "_Element") -> str | None:
    """All the words of a condition: its text, then what it asserts or measures by a code."""
    criterion = child(stated, "criterion")
    if criterion is None:
        return None
    gives = "phase.as_needed_for"
    missing = FindingCode.REFERENCE_UNRESOLVED
    said = [scribe.original(child(criterion, "text"), gives, missing)]
    for name in ("code", "value"):
        coded = child(criterion, name)
        coding = scribe.coding(coded, gives)
        if coding is not None and coding.code != _ASSERTION:
            said.append(coding.display or coding.code)
        elif coded is not None and coding is None:
            said.append(scribe.text(coded, gives))
    return " ; ".join(dict.fromkeys(text for text in said if text and text not in BLANKS)) or None


def _is_as_needed(scribe: Scribe, text: str) -> bool:
    plain = " ".join(text.casefold().replace("’", "'").split())
    return any(
        plain == row.code or plain.startswith(row.code + (" " if row.code[-1] != "'" else ""))
        for row in table("cda/conditions", scribe.site.name)
    )
