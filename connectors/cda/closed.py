"""Whether all that a line states was read: the closed list against what the reader took.

What the reader took is on the trail. Anything else that stands in the line and may change what
is taken, when, or how much, becomes a finding at its place; nothing is dropped in silence.
"""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from connectors.cda.inventory import ANYTHING, TIMES, TYPES, Part
from connectors.cda.posology.expression import Kind, kind_of
from connectors.cda.posology.mode import is_step
from connectors.cda.scribe import Scribe
from connectors.markup import local_name
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_AS_IF_ABSENT = frozenset(
    {("@inclusive", "true"), ("@operator", "I"), ("@negationInd", "false"), ("@unit", "1")}
)
"""Values that the schema gives to an attribute that is not stated."""
_SILENT = frozenset(
    {"@nullFlavor", "@classCode", "@moodCode", "@typeCode", "@determinerCode", "@operator", "@root"}
)
"""Attributes that say what an element is, and nothing that it states."""
_WORDS = frozenset({"translation", "originalText"})
"""Parts that may stand beside a null flavour: the words of what has no code or no number."""
_TEXT, _AFTER = "#text", "following-text"
_ADMINISTRATION = re.compile(r"/substanceAdministration(\[\d+\])?$")


def check_closed(scribe: Scribe, entry: "_Element", told: "Collection[str]") -> None:
    """A finding for each part of the line that was left unread and matters.

    `told` are the places of blocking findings so far: what stands there, or under there, is known
    to be unread. The administration as a whole is no such place.
    """
    places = {place for place in told if not _ADMINISTRATION.search(place)}
    for element, part, name in _unread(scribe, entry, "SubstanceAdministration"):
        here = scribe.at(element)
        place = f"{here}/{name}" if name.startswith("@") or name == _AFTER else here
        if not _is_told(place, places):
            _say(scribe, place, part, element, name)


def _is_told(place: str, told: "Collection[str]") -> bool:
    """Whether a place, or one around it, is among those told."""
    while place:
        if place in told:
            return True
        place = place.rpartition("/")[0]
    return False


def _say(scribe: Scribe, place: str, part: Part | None, element: "_Element", name: str) -> None:
    words = element.tail if name == _AFTER else element.text
    quoted = element.get(name[1:]) if name.startswith("@") else (words or "").strip()
    if part is None:
        rule = f"the schema of CDA has no such part here: {name.lstrip('@#')}"
        scribe.doubt(FindingCode.ELEMENT_FOREIGN, place, rule, quoted or None)
    elif part.unread is not None:
        rule = f"this part of a line is not read: {name.lstrip('@#')}"
        scribe.doubt(part.unread, place, rule, quoted or None)


def _unread(
    scribe: Scribe, element: "_Element", kind: str
) -> "Iterator[tuple[_Element, Part | None, str]]":
    """Each part that nothing took, with its place in the list; `None` for one in no list."""
    parts = TYPES[kind]
    for name, value in _values(element):
        silent = name == "@nullFlavor" and not _says_something(element)
        known = silent or (name, value) in _AS_IF_ABSENT or _is_taken(scribe, element, name)
        if not known:
            yield element, parts.get(name), name
    for child in element.iterchildren("*"):
        name = local_name(child)
        part = parts.get(name)
        if (child.tail or "").strip() and not _is_taken(scribe, child, _AFTER):
            yield child, parts.get(_TEXT), _AFTER
        if name == "substanceAdministration" and not is_step(element, child):
            continue
        inner = _type_of(child, part) if part is not None else ANYTHING
        if inner != ANYTHING:
            yield from _unread(scribe, child, inner)
        elif _has_unread(scribe, child):
            yield child, part, name


def _values(element: "_Element") -> Iterator[tuple[str, str]]:
    """The attributes and the text of an element by their name in the list."""
    for name, value in element.attrib.items():
        if not str(name).startswith(_XSI):
            yield f"@{str(name).rpartition('}')[2]}", str(value)
    if (element.text or "").strip():
        yield _TEXT, ""


def _is_taken(scribe: Scribe, element: "_Element", name: str) -> bool:
    here = scribe.at(element)
    return scribe.trail.is_used(here if name == _TEXT else f"{here}/{name}")


def _type_of(child: "_Element", part: Part) -> str:
    """The type that the parts of an element are of: that of a time expression is its own."""
    if part.type != TIMES:
        return part.type
    kind = kind_of(child)
    if kind is None:
        return ANYTHING
    return "PIVL_TS" if kind is Kind.WINDOW else kind.value


def _says_something(element: "_Element") -> bool:
    """Whether an element that says that it says nothing states a value all the same."""
    for part in element.iter("*"):
        words = any(local_name(above) in _WORDS for above in (part, *part.iterancestors()))
        if not words and any(name not in _SILENT for name, _ in _values(part)):
            return True
    return False


def _has_unread(scribe: Scribe, element: "_Element") -> bool:
    """Whether anything in an element was left unread: an empty one has nothing to read."""
    return any(
        not _is_taken(scribe, part, name)
        for part in element.iter("*")
        for name, _ in _values(part)
        if name != "@nullFlavor"
    )
