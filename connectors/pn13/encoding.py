"""From bytes to the root of the document, with a finding where the bytes belie their declaration.

Accents stand in the element names of PN13, so a wrong declaration breaks the XML itself.
"""

import re
from typing import TYPE_CHECKING

from connectors import markup
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ROOT = re.compile(rb"<((?:[^\s<>/?!])+)")
_CONTROLS = re.compile(rb"[\x80-\x9f]")
"""Bytes that are control characters in ISO-8859-1, and `œ`, `€` and quotes in windows-1252."""
_SINGLE_BYTE = frozenset({"iso-8859-1", "iso-8859-15", "windows-1252"})
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def open_document(data: bytes) -> tuple["_Element | None", tuple[Finding, ...]]:
    """The root element, or `None` with the finding that says why there is none.

    Bytes that are UTF-8 under a declared single-byte encoding are read as UTF-8. Bytes that
    are not UTF-8 under a declared (or implied) UTF-8, or that ISO-8859-1 has no letters for,
    are read as windows-1252. All of these say so.
    """
    if not data.strip():
        return None, (_finding(FindingCode.MESSAGE_EMPTY, "the message has no bytes"),)
    rightly, findings = _recoded(data)
    try:
        return markup.parse(rightly), findings
    except Refused as refusal:
        code = FindingCode.MESSAGE_BROKEN if _ends(data) else FindingCode.MESSAGE_TRUNCATED
        return None, (*findings, _finding(code, str(refusal)))


def _recoded(data: bytes) -> tuple[bytes, tuple[Finding, ...]]:
    if data.startswith(_UTF16):
        return data, ()
    body = data.removeprefix(b"\xef\xbb\xbf")
    declared = _declared(body)
    is_utf8 = _is_utf8(body)
    if declared in _SINGLE_BYTE and is_utf8 and not body.isascii():
        return _undeclared(body), (_wrong(declared, "UTF-8"),)
    windows = declared == "iso-8859-1" and _CONTROLS.search(body) is not None
    if windows or (declared in ("utf-8", "us-ascii") and not is_utf8):
        text = body.decode("cp1252", errors="replace")
        return _undeclared(text.encode()), (_wrong(declared, "windows-1252"),)
    return data, ()


def _declared(body: bytes) -> str:
    """The declared encoding in lower case; XML 1.0 §4.3.3 makes an absent one UTF-8."""
    declaration = _DECLARATION.match(body)
    named = _ENCODING.search(declaration[0]) if declaration else None
    return named[1].decode().lower() if named else "utf-8"


def _undeclared(body: bytes) -> bytes:
    """The same document without its XML declaration; lines keep their numbers."""
    declaration = _DECLARATION.match(body)
    if declaration is None:
        return body
    return b"\n" * declaration[0].count(b"\n") + body[declaration.end() :]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _ends(data: bytes) -> bool:
    """Whether the last bytes close the root element (or say nothing of it)."""
    root = _ROOT.search(data)
    return root is not None and (b"</" + root[1]) in data[-(len(root[1]) + 64) :]


def _wrong(declared: str, real: str) -> Finding:
    return Finding(
        code=FindingCode.ENCODING_DECLARED_WRONG,
        location="/",
        message=f"the XML declaration names another encoding; the bytes were read as {real}",
        quoted=declared,
    )


def _finding(code: FindingCode, message: str) -> Finding:
    return Finding(code=code, location="/", message=message)
