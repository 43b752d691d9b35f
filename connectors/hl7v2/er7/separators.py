"""The separators that a message declares in MSH-1 and MSH-2, and the escapes they make needed.

Source: HL7 v2.5.1 §2.5.4 (delimiters) and §2.7 (escape sequences); the fifth character of MSH-2
is the truncation mark of version 2.7.
"""

import re
from dataclasses import dataclass
from dataclasses import field as derived
from re import Match, Pattern

HEADERS = ("MSH", "FHS", "BHS")
"""Segments whose first field is the separator itself."""

_DEFAULTS = "^~\\&"


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of one message; an empty one was not declared and separates nothing."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""
    _marked: Pattern[str] = derived(init=False, repr=False, compare=False)
    _escaped: Pattern[str] | None = derived(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        marks = self.component + self.repetition + self.escape + self.subcomponent
        object.__setattr__(self, "_marked", re.compile(f"[{re.escape(marks)}]"))
        mark = re.escape(self.escape)
        pattern = re.compile(f"{mark}([^{mark}]*){mark}") if self.escape else None
        object.__setattr__(self, "_escaped", pattern)

    def plain(self, raw: str) -> bool:
        """Whether a field is one leaf without escapes."""
        return self._marked.search(raw) is None

    def unescape(self, leaf: str) -> str:
        """The text that a leaf stands for.

        Line commands become line feeds and spaces; highlighting has no text. An unknown or
        local sequence, and a lone escape character, are kept as sent.
        """
        if self._escaped is None or self.escape not in leaf:
            return leaf
        return self._escaped.sub(self._meaning, leaf)

    def _meaning(self, found: Match[str]) -> str:
        code = found[1]
        single = {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            "P": self.truncation or "#",
            "H": "",
            "N": "",
        }
        if code in single:
            return single[code]
        if code.startswith("."):
            return _layout(code[1:], found[0])
        return _hexadecimal(code, found[0])

    def escaped(self, text: str) -> str:
        """The text as a leaf of a message with these separators; line ends become `.br`."""
        mark = self.escape
        names = {
            mark: "E",
            self.field: "F",
            self.component: "S",
            self.subcomponent: "T",
            self.repetition: "R",
        }
        out = "".join(f"{mark}{names[one]}{mark}" if one in names else one for one in text)
        return re.sub(r"\r\n|\r|\n", lambda _: f"{mark}.br{mark}", out)


STANDARD = Separators()
"""The separators that the standard suggests; what we write."""


def _layout(command: str, sent: str) -> str:
    """Formatted text commands of the FT type: HL7 v2.5.1 §2.7.2."""
    shape = re.fullmatch(r"(br|sp|in|ti|sk|ce|fi|nf)([+-]?\d{0,3})", command)
    if shape is None:
        return sent
    count = abs(int(shape[2])) if shape[2].lstrip("+-") else 1
    match shape[1]:
        case "br" | "ce":
            return "\n"
        case "sp":
            return "\n" * count
        case "sk":
            return " " * count
        case _:
            return ""


def _hexadecimal(code: str, sent: str) -> str:
    """`X0D0A` as characters; anything that is not printable ASCII or a line end stays as sent."""
    if not re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", code):
        return sent
    content = bytes.fromhex(code[1:])
    if all(byte in b"\t\r\n" or 0x20 <= byte < 0x7F for byte in content):
        return content.decode("ascii").replace("\r\n", "\n").replace("\r", "\n")
    return sent


def separators_of(header: str) -> tuple[Separators | None, str | None]:
    """The separators that a header line declares, and the rule that it breaks, if any.

    `None` for the separators when no reading of the line is safe. A character given twice
    counts once (`^~\\\\&`, where a program doubled the escape character); a missing one
    separates nothing; four usual characters in an unusual order are read as declared.
    """
    mark = header[3:4]
    if not mark or mark.isalnum() or mark.isspace() or not mark.isprintable():
        return None, "MSH-1 must be one character that is no letter, digit, space or control"
    declared = header[4:].split(mark, 1)[0]
    if not _usable(declared):
        return None, "MSH-2 must be distinct characters that are no letters, digits or spaces"
    distinct = "".join(dict.fromkeys(declared))
    four = (distinct + "\0\0\0\0\0")[:5]
    component, repetition, escape, subcomponent, truncation = (one.strip("\0") for one in four)
    read = Separators(mark, component, repetition, escape, subcomponent, truncation)
    return read, _rule_broken(declared, distinct)


def _usable(declared: str) -> bool:
    if not declared or any(one.isalnum() or one.isspace() for one in declared):
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
