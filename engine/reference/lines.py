"""The lines of one file, decoded strictly and cut into cells.

The files of the BDPM have no header and no quotes, a tab between cells, and each its own encoding
and end of line: UTF-8 and LF beside Windows-1252 and CRLF in one delivery (May 2026).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from schemas.errors import Refused

Lines: TypeAlias = Callable[[], Iterable[bytes]]
"""Opens a file anew and gives its lines, each with its end."""

UTF8, WINDOWS = "utf-8", "cp1252"
_MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Line(NamedTuple):
    """A line that is not blank: its number, counted from 1, and its text without its end."""

    number: int
    text: str


def encoding_of(name: str, lines: Lines) -> str:
    """The encoding of the whole file: UTF-8 where every line is, else Windows-1252.

    Raises: `Refused` that names file, line and byte for a byte that is neither, and for a file
    that mixes both: read as Windows-1252, `sécable` of its UTF-8 lines would be lost.
    """
    foreign = utf8 = 0
    for number, line in enumerate(lines(), start=1):
        if line.isascii():
            continue
        try:
            line.decode(UTF8)
        except UnicodeDecodeError:
            foreign = foreign or number
            _check_windows(name, number, line)
        else:
            utf8 = utf8 or number
    if foreign and utf8:
        raise Refused(f"{name}: line {utf8} is UTF-8 and line {foreign} is not: one file, one code")
    return WINDOWS if foreign else UTF8


def _check_windows(name: str, number: int, line: bytes) -> None:
    try:
        line.decode(WINDOWS)
    except UnicodeDecodeError as error:
        byte = line[error.start]
        raise Refused(
            f"{name}: line {number}, byte {error.start + 1} (0x{byte:02X}): "
            "neither UTF-8 nor Windows-1252"
        ) from None


def decoded(lines: Lines, encoding: str) -> Iterator[Line]:
    """The lines of the file that are not blank; a mark at its start is no part of the text."""
    for number, line in enumerate(lines(), start=1):
        text = line.removeprefix(_MARK) if number == 1 else line
        if text.strip():
            yield Line(number, text.decode(encoding).rstrip("\r\n"))


def cells(text: str) -> tuple[str, ...]:
    """The cells of a line without the spaces around them, which mean nothing."""
    return tuple(cell.strip() for cell in text.split("\t"))


def has_control(text: str) -> bool:
    """Whether a character stands in the text that no reader shows; the tab separates cells."""
    return _CONTROL.search(text) is not None
