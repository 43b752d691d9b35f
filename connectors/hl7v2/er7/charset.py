"""Bytes to text: framing and byte order mark off, then the character set that MSH-18 declares.

An undeclared set is ASCII by the standard; bytes that are UTF-8 beyond doubt are then read as
UTF-8 and a finding says so. Nothing is ever replaced: bytes that fit no declared set are not
read. Source: HL7 v2.5.1 §2.15.9.18; Minimal Lower Layer Protocol (frame bytes).
"""

import re
from dataclasses import dataclass

from mappings.catalogue import table
from schemas.finding import Finding, FindingCode

FRAME_START = b"\x0b"
FRAME_END = b"\x1c\r"
"""What MLLP puts around one message. A missing last carriage return is tolerated."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADER = re.compile(rb"(?:\A|[\r\n\x0b])[ \t]*(MSH[^\r\n]*)")
_HIGH_CONTROL = re.compile(rb"[\x80-\x9f]")
_INNER_FRAME = re.compile(rb"\x1c\r?\n?|\x0b(?=(?:MSH|FHS|BHS)[^\w\s])")
"""The border between frames that came in one stretch of bytes."""

_PLACE = "MSH[1]-18"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, or `None` when the bytes cannot be read, and what was doubtful."""

    text: str | None
    findings: tuple[Finding, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of the bytes, without frame and byte order mark.

    A frame that is not closed holds half a message: it is not read. Raises: nothing.
    """
    decoded = _decoded(data)
    said = (decoded.text, *(finding.quoted for finding in decoded.findings))
    if any(text is not None and "\x00" in text for text in said):
        return _unreadable("a message must have no NUL character", None)
    return decoded


def _decoded(data: bytes) -> Decoded:
    body, opened, closed = unframed(data)
    if opened and not closed:
        return Decoded(None, (_truncated(),))
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return _by_mark(body, codec)
    # The end of a frame ends the last segment too, whether its carriage return was sent or not.
    return _by_declaration(_INNER_FRAME.sub(b"\r", body) + (b"\r" if closed else b""))


def unframed(data: bytes) -> tuple[bytes, bool, bool]:
    """The bytes without MLLP frame, whether a frame was opened, and whether it was closed."""
    body = data.lstrip(b" \t\r\n")
    opened = body.startswith(FRAME_START)
    body = body.lstrip(b"\x0b \t\r\n")
    end = body.rfind(b"\x1c")
    closed = end >= 0 and not body[end + 1 :].strip(b"\x1c\r\n ")
    return (body[:end] if closed else body), opened, closed


def declared(body: bytes) -> list[str]:
    """What MSH-18 says, repetition by repetition, word for word; empty when it says nothing."""
    header = _HEADER.search(body)
    if header is None or len(header[1]) < len(b"MSH|^"):
        return []
    line = header[1]
    fields = line.split(line[3:4])
    if len(fields) < 18 or not fields[17]:
        return []
    repetition = fields[1][1:2] or b"~"
    return [part.decode("latin-1") for part in fields[17].split(repetition)]


def header_of(data: bytes) -> str | None:
    """The first line that begins with MSH, of bytes that may not be readable.

    A field that is not ASCII is left empty: nobody knows what it says.
    """
    found = _HEADER.search(unframed(data)[0])
    if found is None or len(found[1]) < len(b"MSH|^"):
        return None
    mark = found[1][3:4]
    return mark.join(
        field if field.isascii() and b"\x00" not in field else b"" for field in found[1].split(mark)
    ).decode("ascii", errors="ignore")


def _by_mark(body: bytes, codec: str) -> Decoded:
    try:
        text = body.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return _unreadable("the bytes do not fit their own byte order mark", None)
    said = declared(text.split("\r", 1)[0].encode("utf-8"))
    if said and codec_of(said[0]) not in {codec, None} and not text.isascii():
        rule = f"MSH-18 contradicts the byte order mark; read as {codec}"
        return Decoded(text, (_doubt(rule, said[0]),))
    return Decoded(text)


def _by_declaration(body: bytes) -> Decoded:
    said = declared(body)
    first = said[0] if said else ""
    alternates = [codec for codec in map(codec_of, said[1:]) if codec]
    if b"\x1b" in body and alternates:
        return _strict(body, alternates[0], first)
    codec = codec_of(first) if first.strip() else "ascii"
    if codec is None:
        return _guessed(body, "MSH-18 is not in table 0211", first)
    if codec == "ascii":
        return _guessed(body, None, first)
    return _strict(body, codec, first)


def _strict(body: bytes, codec: str, said: str) -> Decoded:
    try:
        text = body.decode(codec)
    except (UnicodeDecodeError, UnicodeError):
        return _unreadable("the bytes are not of the character set that MSH-18 declares", said)
    if codec.startswith("iso8859") and not text.isascii():
        if _is_utf8(body):
            rule = "MSH-18 declares a single-byte set, the bytes are UTF-8; read as declared"
            return Decoded(text, (_doubt(rule, said),))
        if _HIGH_CONTROL.search(body):
            rule = "bytes 80 to 9F are no characters of the set that MSH-18 declares"
            return Decoded(text, (_doubt(rule, said),))
    return Decoded(text)


def _guessed(body: bytes, rule: str | None, said: str) -> Decoded:
    """ASCII, or UTF-8 with a finding: no other set has its shape by chance."""
    if body.isascii():
        findings = (_doubt(f"{rule}; the bytes are ASCII", said),) if rule else ()
        return Decoded(body.decode("ascii"), findings)
    if _is_utf8(body):
        rule = f"{rule or 'MSH-18 declares ASCII'}; the bytes are UTF-8 and are read as such"
        return Decoded(body.decode("utf-8"), (_doubt(rule, said or None),))
    return _unreadable(f"{rule or 'MSH-18 declares ASCII'} and the bytes are not UTF-8", said)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def codec_of(said: str) -> str | None:
    """The codec of one name of table 0211, or `None`."""
    return table("hl7v2/charsets").target_of(said.strip()) if said.strip() else None


def _doubt(message: str, quoted: str | None) -> Finding:
    code = FindingCode.ENCODING_DECLARED_WRONG
    return Finding(code=code, location=_PLACE, message=message, quoted=quoted)


def _unreadable(message: str, quoted: str | None) -> Decoded:
    broken = Finding(
        code=FindingCode.MESSAGE_BROKEN, location=_PLACE, message=message, quoted=quoted or None
    )
    return Decoded(None, (broken,))


def _truncated() -> Finding:
    return Finding(
        code=FindingCode.MESSAGE_TRUNCATED,
        location="segment[1]",
        message="the frame is opened by 0B and never closed by 1C",
    )
