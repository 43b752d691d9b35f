"""From bytes to the root of the document, with a finding where the bytes belie their declaration.

Accents stand in the element names of PN13, so a wrong declaration breaks the XML itself. What the
bytes are is found in the bytes; the declaration is then compared with it, never believed alone.
"""

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from connectors import markup
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_ROOT = re.compile(r"<([^\s<>/?!]+)")
_CONTROLS = re.compile("[\x80-\x9f]")
"""Control characters in ISO-8859-1; their bytes are `œ`, `€` and quotes in windows-1252."""
_WINDOWS = "cp1252"
_SINGLE_BYTE = frozenset({"iso8859-1", "iso8859-15", _WINDOWS})
_NAMES = {"utf-8": "UTF-8", _WINDOWS: "windows-1252"}
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
"""Byte order marks; that of UTF-32 begins like that of UTF-16 and is looked for first."""
_PATTERNS = (
    (re.compile(rb"(?:[\t\n\r ]\x00)*<\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\n\r ])*\x00<\x00[^\x00]"), "utf-16-be"),
)
"""How a document begins in UTF-16 without a mark. Source: XML 1.0, appendix F.1."""
_HEAD = 1024
"""Characters within which a declaration ends."""


class _Text(NamedTuple):
    """The document as text, what it was read as, and whether a mark said so."""

    text: str
    codec: str
    marked: bool


def open_document(data: bytes) -> tuple["_Element | None", tuple[Finding, ...]]:
    """The root element, or `None` with the finding that says why there is none.

    Bytes that are UTF-8 are read so whatever they declare; bytes that are not are read as the
    single-byte encoding that they declare, else as windows-1252. Wherever that is not what the
    declaration names (none is UTF-8, XML 1.0 §4.3.3), a finding says so.
    """
    if not data.strip():
        return None, (_finding(FindingCode.MESSAGE_EMPTY, "the message has no bytes"),)
    if len(data) > markup.LARGEST:
        rule = f"a document must have at most {markup.LARGEST} bytes"
        return None, (_finding(FindingCode.MESSAGE_BROKEN, rule),)
    read = decoded(data)
    findings = _belied(read)
    try:
        return markup.parse(_undeclared(read.text).encode("utf-8", "replace")), findings
    except Refused as refusal:
        code = FindingCode.MESSAGE_BROKEN if _ends(read.text) else FindingCode.MESSAGE_TRUNCATED
        return None, (*findings, _finding(code, str(refusal)))


def decoded(data: bytes) -> _Text:
    """The bytes as text, whatever they are: never raises."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _Text(data[len(mark) :].decode(codec, "replace"), codec, marked=True)
    for pattern, codec in _PATTERNS:
        if pattern.match(data):
            return _Text(data.decode(codec, "replace"), codec, marked=False)
    try:
        return _Text(data.decode("utf-8"), "utf-8", marked=False)
    except UnicodeDecodeError:
        declared = _declared(data[:_HEAD].decode("latin-1"))
        codec = _codec(declared)
        text = data.decode(codec, "replace") if codec in _SINGLE_BYTE else ""
        if codec in _SINGLE_BYTE and not (codec != _WINDOWS and _CONTROLS.search(text)):
            return _Text(text, codec, marked=False)
        return _Text(data.decode(_WINDOWS, "replace"), _WINDOWS, marked=False)


def _belied(read: _Text) -> tuple[Finding, ...]:
    """The finding where the declaration does not name what the bytes are, or they are not it."""
    declared = _declared(read.text)
    told = read.codec.removesuffix("-le").removesuffix("-be")
    real = _NAMES.get(told, told.upper())
    if "\ufffd" in read.text and told != "utf-8":
        return (_wrong(declared, real, "; some bytes are no character of it"),)
    if told == "utf-16" and not read.marked:
        return (_wrong(declared, real, ", which asks for a byte order mark"),)
    fits = {_codec(declared)}
    if declared is None and read.marked:
        fits.add("utf-16")
    # Letters of ASCII alone are the same in every encoding that begins with it.
    plain = read.text.isascii() and not read.marked and told == "utf-8"
    alike = plain and fits & (_SINGLE_BYTE | {"ascii", "utf-8"})
    if alike or fits & {told, read.codec}:
        return ()
    return (_wrong(declared, real),)


def _declared(text: str) -> str | None:
    """The encoding that the document declares, as it writes it."""
    declaration = _DECLARATION.match(text, 0, _HEAD)
    named = _ENCODING.search(declaration[0]) if declaration else None
    return named[1] if named else None


def _codec(declared: str | None) -> str:
    """One name for each encoding, whatever it is called; empty for one that nobody knows."""
    try:
        return codecs.lookup(declared or "utf-8").name
    except LookupError:
        return ""


def _undeclared(text: str) -> str:
    """The same document without its XML declaration; lines keep their numbers."""
    declaration = _DECLARATION.match(text, 0, _HEAD)
    if declaration is None:
        return text
    return "\n" * declaration[0].count("\n") + text[declaration.end() :]


def _ends(text: str) -> bool:
    """Whether the last characters close the root element (or say nothing of it)."""
    root = _ROOT.search(text)
    return root is not None and f"</{root[1]}" in text[-(len(root[1]) + 64) :]


def _wrong(declared: str | None, real: str, why: str = "") -> Finding:
    return Finding(
        code=FindingCode.ENCODING_DECLARED_WRONG,
        location="/",
        message=f"the XML declaration names another encoding; the bytes were read as {real}{why}",
        quoted=(declared or "utf-8").lower(),
    )


def _finding(code: FindingCode, message: str) -> Finding:
    return Finding(code=code, location="/", message=message)
