"""Bytes to text: framing and byte order mark off, then the character set that MSH-18 declares.

An undeclared set is ASCII by the standard. Bytes that are UTF-8 beyond doubt are read as UTF-8
where ASCII or a set of single bytes is declared, and a finding says so; the table of a site may
name the set of a sender that declares none. Nothing is ever replaced: bytes that fit no set are
not read. Source: HL7 v2.5.1 §2.15.9.18; Minimal Lower Layer Protocol (frame bytes).
"""

import re
from dataclasses import dataclass

from mappings.catalogue import table
from mappings.table import Table
from schemas.finding import Finding, FindingCode

FRAME_START = b"\x0b"
FRAME_END = b"\x1c\r"
"""What MLLP puts around one message. A missing last carriage return is tolerated."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADER = re.compile(rb"(?:\A|[\r\n\x0b])[ \t]*(MSH[^\r\n]*)")
_HIGH_CONTROL = re.compile(rb"[\x80-\x9f]")
_INNER_FRAME = re.compile(
    rb"\x1c[\r\n]*(?=\x0b|(?:MSH|FHS|BHS)[^\w\s]|\Z)|\x0b(?=(?:MSH|FHS|BHS)[^\w\s])"
)
"""The border between frames that came in one stretch of bytes."""

_PLACE = "MSH[1]-18"


LARGEST = 64 * 1024 * 1024
"""Bytes of one file; a listener takes less."""
UNDECLARED = "undeclared"
"""The row of a site's `hl7v2/charsets` for senders that declare none and write more than ASCII."""

_ISO_2022 = "iso2022_jp_ext"
_WINDOWS = "cp1252"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, or `None` when the bytes cannot be read, and what was doubtful.

    `codec` is what the text was decoded with.
    """

    text: str | None
    findings: tuple[Finding, ...] = ()
    codec: str = "ascii"


def decode(data: bytes, site: str | None = None) -> Decoded:
    """The text of the bytes, without frame and byte order mark.

    `site` has its own rows over the table of sets. A frame that is not closed holds half a
    message: it is not read. Raises: nothing.
    """
    if len(data) > LARGEST:
        return _unreadable(f"a message must have at most {LARGEST} bytes", None, "segment[1]")
    decoded = _decoded(data, table("hl7v2/charsets", site))
    said = (decoded.text, *(finding.quoted for finding in decoded.findings))
    if any(text is not None and "\x00" in text for text in said):
        return _unreadable("a message must have no NUL character", None)
    return decoded


def _decoded(data: bytes, sets: Table) -> Decoded:
    body, opened, closed = unframed(data)
    if opened and not closed:
        return Decoded(None, (_truncated(),))
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return _by_mark(body, codec, sets)
    # The end of a frame ends the last segment too, whether its carriage return was sent or not.
    return _by_declaration(_INNER_FRAME.sub(b"\r", body) + (b"\r" if closed else b""), sets)


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


def codec_of(said: str, sets: Table | None = None) -> str | None:
    """The codec of one name of table 0211, or of a site's own, or `None`."""
    named = said.strip()
    return (sets or table("hl7v2/charsets")).target_of(named) if named != UNDECLARED else None


def _by_mark(body: bytes, codec: str, sets: Table) -> Decoded:
    try:
        text = body.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return _unreadable("the bytes do not fit their own byte order mark", None)
    said = declared(text.split("\r", 1)[0].encode("utf-8"))
    if said and codec_of(said[0], sets) not in {codec, None} and not text.isascii():
        rule = f"MSH-18 contradicts the byte order mark; read as {codec}"
        return Decoded(text, (_doubt(rule, said[0]),), codec)
    return Decoded(text, codec=codec)


def _by_declaration(body: bytes, sets: Table) -> Decoded:
    said = declared(body)
    first = said[0] if said else ""
    codec = codec_of(first, sets) if first.strip() else "ascii"
    if b"\x1b" in body and len(said) > 1:
        return _switched(body, said, sets)
    if codec is None:
        return _guessed(body, "MSH-18 is none of the sets of table 0211 that are read", first, sets)
    if codec == "ascii":
        return _guessed(body, None, first, sets)
    return _strict(body, codec, first)


def _switched(body: bytes, said: list[str], sets: Table) -> Decoded:
    """Sets that escape sequences of ISO 2022 switch between: those of Japanese, from ASCII."""
    names = [name for name in said if name.strip()]
    codecs = {codec_of(name, sets) for name in names}
    if codecs - {"ascii"} != {_ISO_2022}:
        rule = "switches between these sets of MSH-18 are not read"
        return _unreadable(rule, "~".join(said))
    try:
        return Decoded(body.decode(_ISO_2022), codec=_ISO_2022)
    except UnicodeDecodeError:
        rule = "the bytes are not of the character sets that MSH-18 declares"
        return _unreadable(rule, "~".join(said))


def _strict(body: bytes, codec: str, said: str) -> Decoded:
    try:
        text = body.decode(codec)
    except (UnicodeError, LookupError):
        return _unreadable("the bytes are not of the character set that MSH-18 declares", said)
    if not codec.startswith("iso8859") or text.isascii():
        return Decoded(text, codec=codec)
    if _is_utf8(body):
        rule = "MSH-18 declares a single-byte set; the bytes are UTF-8 and are read as such"
        return Decoded(body.decode("utf-8"), (_doubt(rule, said),), "utf-8")
    if _HIGH_CONTROL.search(body):
        return _with_controls(body, text, codec, said)
    return Decoded(text, codec=codec)


def _with_controls(body: bytes, text: str, codec: str, said: str) -> Decoded:
    """Bytes that a set of ISO 8859 has for no character: those of Windows-1252, if all are."""
    rule = "bytes 80 to 9F are no characters of the set that MSH-18 declares"
    if codec == "iso8859-1":
        try:
            windows = body.decode(_WINDOWS)
        except UnicodeDecodeError:
            pass
        else:
            doubt = _doubt(f"{rule}; the bytes are read as Windows-1252", said)
            return Decoded(windows, (doubt,), _WINDOWS)
    return Decoded(text, (_doubt(rule, said),), codec)


def _guessed(body: bytes, rule: str | None, said: str, sets: Table) -> Decoded:
    """ASCII, else UTF-8, else what the site says of its senders; a finding says which.

    No other set has the shape of UTF-8 by chance.
    """
    if body.isascii():
        findings = (_doubt(f"{rule}; the bytes are ASCII", said),) if rule else ()
        return Decoded(body.decode("ascii"), findings)
    rule = rule or "MSH-18 declares ASCII"
    if _is_utf8(body):
        doubt = _doubt(f"{rule}; the bytes are UTF-8 and are read as such", said or None)
        return Decoded(body.decode("utf-8"), (doubt,), "utf-8")
    own = sets.target_of(UNDECLARED)
    if own is not None:
        decoded = _strict(body, own, said)
        doubt = _doubt(f"{rule}; the bytes are read in the set of the site's table", said or None)
        return Decoded(decoded.text, (doubt, *decoded.findings), decoded.codec)
    return _unreadable(f"{rule} and the bytes are not UTF-8", said)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _doubt(message: str, quoted: str | None) -> Finding:
    code = FindingCode.ENCODING_DECLARED_WRONG
    return Finding(code=code, location=_PLACE, message=message, quoted=quoted)


def _unreadable(message: str, quoted: str | None, place: str = _PLACE) -> Decoded:
    broken = Finding(
        code=FindingCode.MESSAGE_BROKEN, location=place, message=message, quoted=quoted or None
    )
    return Decoded(None, (broken,))


def _truncated() -> Finding:
    return Finding(
        code=FindingCode.MESSAGE_TRUNCATED,
        location="segment[1]",
        message="the frame is opened by 0B and never closed by 1C",
    )
