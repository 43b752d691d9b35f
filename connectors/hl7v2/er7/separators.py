"""The separators that a message declares in MSH-1 and MSH-2.

Source: HL7 v2.5.1 §2.5.4; the fifth character of MSH-2 is the truncation mark of version 2.7.
"""

import re
from dataclasses import dataclass
from dataclasses import field as derived
from functools import lru_cache
from re import Pattern

from connectors.hl7v2.er7.escapes import Escapes

HEADERS = ("MSH", "FHS", "BHS")
"""Segments whose first field is the separator itself."""

_DEFAULTS = "^~\\&"
_MOST_DECLARED = 20
"""Characters of MSH-2 that are looked at: what is longer is no declaration."""


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of one message; an empty one was not declared and separates nothing.

    `codec` is that of the message: hexadecimal escapes are bytes in it.
    """

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""
    codec: str = derived(default="ascii", compare=False)
    marked: Pattern[str] = derived(init=False, repr=False, compare=False)
    """Finds the first character that makes a field more than one leaf without escapes."""
    escapes: Escapes = derived(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        marks = self.component + self.repetition + self.escape + self.subcomponent
        object.__setattr__(self, "marked", re.compile(f"[{re.escape(marks)}]"))
        meanings = {
            self.field: "F",
            self.component: "S",
            self.subcomponent: "T",
            self.repetition: "R",
            self.truncation: "P",
        }
        object.__setattr__(self, "escapes", Escapes(self.escape, meanings, self.codec))

    def unescape(self, leaf: str) -> str:
        """The text that a leaf stands for; what is no escape that we read stays as sent."""
        return self.escapes.undone(leaf)

    def escaped(self, text: str) -> str:
        """The text as a leaf of a message with these separators; line ends become `.br`.

        Without an escape character nothing can be escaped.
        """
        return self.escapes.done(text)


STANDARD = Separators()
"""The separators that the standard suggests; what we write."""


def separators_of(header: str, codec: str = "ascii") -> tuple[Separators | None, str | None]:
    """The separators that a header line declares, and the rule that it breaks, if any.

    `None` for the separators when no reading of the line is safe. A character given twice
    counts once (`^~\\\\&`, where a program doubled the escape character); a missing one
    separates nothing; four usual characters in an unusual order are read as declared.
    """
    mark = header[3:4]
    if not mark or mark.isalnum() or mark.isspace() or not mark.isprintable():
        return None, "MSH-1 must be one character that is no letter, digit, space or control"
    return _declared(mark, header[4 : 5 + _MOST_DECLARED].split(mark, 1)[0], codec)


@lru_cache(maxsize=64)
def _declared(mark: str, declared: str, codec: str) -> tuple[Separators | None, str | None]:
    if not _usable(declared):
        return None, "MSH-2 must be distinct characters that are no letters, digits or spaces"
    distinct = "".join(dict.fromkeys(declared))
    component, repetition, escape, subcomponent, truncation = (*distinct, *[""] * 4)[:5]
    read = Separators(mark, component, repetition, escape, subcomponent, truncation, codec)
    return read, _rule_broken(declared, distinct)


def _usable(declared: str) -> bool:
    if not declared or len(declared) > _MOST_DECLARED:
        return False
    if any(one.isalnum() or one.isspace() for one in declared):
        return False
    return declared.isprintable() and (len(declared) == 1 or len(set(declared)) > 1)


def _rule_broken(declared: str, distinct: str) -> str | None:
    if declared != distinct:
        return "MSH-2 must be distinct characters; one that is given twice counts once"
    if len(declared) < len(_DEFAULTS):
        return "MSH-2 must be four characters; a missing one separates nothing"
    if len(declared) > len(_DEFAULTS) + 1:
        return "MSH-2 must be four or five characters; the others are not used"
    if set(declared) == set(_DEFAULTS) and declared != _DEFAULTS:
        return "MSH-2 has the usual characters in an unusual order; they are read as declared"
    return None
