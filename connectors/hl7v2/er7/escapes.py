"""Escape sequences: what each stands for in a leaf, and which stay as they were sent.

Read are the separators, highlighting, the commands of formatted text and hexadecimal bytes that
are text in the character set of the message. Kept as sent, for a person to see, are local
sequences (`\\Z..\\`), switches to another character set (`\\C..\\`, `\\M..\\`), bytes that are no
text, unknown codes and an escape character alone. Source: HL7 v2.5.1 §2.7; `\\P\\` is that of 2.7.
"""

import re
from collections.abc import Iterator, Mapping
from re import Match
from unicodedata import category

_LAYOUT = re.compile(r"\.(br|sp|in|ti|sk|ce|fi|nf)([+-]?\d{0,3})")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_STATEFUL = ("utf-16", "utf-32", "iso2022")
"""Codecs in which a few bytes alone are not text."""


class Escapes:
    """The escape sequences of one message: `mark` begins and ends them, and may be empty.

    `letters` gives each separator its letter; an empty separator has none.
    """

    __slots__ = ("_codec", "_letters", "_mark", "_meanings", "_sequence", "_within")

    def __init__(self, mark: str, letters: Mapping[str, str], codec: str) -> None:
        self._mark = mark
        self._codec = "ascii" if codec.startswith(_STATEFUL) else codec
        self._letters = {one: f"{mark}{letter}{mark}" for one, letter in letters.items() if one}
        self._meanings = {letter: one for one, letter in letters.items()}
        self._meanings |= {"E": mark, "H": "", "N": "", "P": self._meanings.get("P") or "#"}
        if mark:
            self._letters[mark] = f"{mark}E{mark}"
            one = re.escape(mark)
            others = re.escape("".join(self._letters))
            run = f"((?:{one}X(?:[0-9A-Fa-f]{{2}})+{one})+)"
            self._sequence = re.compile(f"{run}|{one}([^{one}]*){one}")
            self._within = re.compile(f"{run}|{one}([^{others}]*){one}|{one}")

    def undone(self, leaf: str) -> str:
        """The text that a leaf stands for."""
        if not self._mark or self._mark not in leaf:
            return leaf
        return self._sequence.sub(self._text, leaf)

    def done(self, text: str) -> str:
        """The text as a leaf."""
        mark = self._mark
        if not mark:
            return text
        out = "".join(self._letters.get(one, one) for one in text)
        # A full stop may be a separator of its own; then only bytes can say the end of a line.
        end = f"{mark}X0A{mark}" if "." in self._letters else f"{mark}.br{mark}"
        return _LINE_ENDS.sub(lambda _: end, out)

    def kept(self, field: str) -> Iterator[str]:
        """The sequences of a field that are kept as they were sent."""
        if not self._mark:
            return
        for found in self._within.finditer(field):
            if found[0] == self._mark or self._meaning(found) is None:
                yield found[0]

    def _text(self, found: Match[str]) -> str:
        meaning = self._meaning(found)
        return found[0] if meaning is None else meaning

    def _meaning(self, found: Match[str]) -> str | None:
        if found[1]:
            return _characters(found[1].replace(self._mark, "").replace("X", ""), self._codec)
        return self._meanings[found[2]] if found[2] in self._meanings else _layout(found[2])


def _layout(code: str) -> str | None:
    """Commands of the FT type, §2.7.2. Indents and wrapping part words as a blank does."""
    shape = _LAYOUT.fullmatch(code)
    if shape is None:
        return None
    count = abs(int(shape[2])) if shape[2].lstrip("+-") else 1
    match shape[1]:
        case "br" | "ce":
            return "\n"
        case "sp":
            return "\n" * count
        case "sk":
            return " " * count
        case _:
            return " "


def _characters(digits: str, codec: str) -> str | None:
    """Hexadecimal bytes as text; `None` when they are none, or hold a control character."""
    try:
        text = bytes.fromhex(digits).decode(codec)
    except UnicodeDecodeError:
        return None
    if any(category(one).startswith("C") and one not in "\t\r\n" for one in text):
        return None
    return _LINE_ENDS.sub("\n", text)
