"""FHIR bytes as a tree of plain values, from JSON or XML, with every number kept as written.

Refused, each with the finding that names the place: bytes that are not well formed, a key
stated twice, NaN and infinities, nesting deeper than any resource needs, numbers beyond use.
"""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias, TypeGuard

from connectors.markup import LARGEST
from schemas.finding import Finding, FindingCode

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | Decimal | bool | None"
Object: TypeAlias = dict[str, Json]

DEEPEST = 80
"""Levels of one message. A Bundle with extensions and contained resources stays below 30."""
MOST_VALUES = 1_000_000
"""Values of one message: a tree of them takes a hundred times the memory of its bytes. Each value
but the first of its list or object stands behind a comma, each element of XML in two brackets.
"""
_TYPE = re.compile(r"[A-Za-z]{1,64}")
LONGEST_NUMBER = 40
"""Characters of one number, and its largest exponent. FHIR asks for 18 digits at most."""


_HEAD = 256
_XML_HEAD = re.compile(
    rb"((?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*[\"'])([A-Za-z0-9._-]{1,40})(?=[\"'])"
)
"""The declaration of XML up to its encoding, and the encoding."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What JSON can escape and no text may hold: NUL, and halves of a surrogate pair."""


class Unreadable(Exception):
    """The bytes are no FHIR message; `finding` says why, and quotes nothing."""

    def __init__(self, code: FindingCode, location: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(code=code, location=location, message=message)


class _Twice(dict[str, Json]):
    """An object in which `key` is stated twice."""

    key: str = ""


def load(data: bytes) -> Object:
    """The resource in these bytes. Raises: `Unreadable`."""
    if len(data) > LARGEST:
        raise _broken("message", f"a message must have at most {LARGEST} bytes")
    if data.count(b",") > MOST_VALUES or data.count(b"<") > 2 * MOST_VALUES:
        raise _broken("message", f"a message must have at most {MOST_VALUES} values")
    if is_xml(data):
        from connectors.fhir.form.xml_form import read_xml

        root: Json = read_xml(_in_utf_8(data))
    else:
        root = _read_json(data)
    _measure(root)
    kind = root.get("resourceType") if is_object(root) else None
    if not is_object(root) or not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        raise _broken("message", "a FHIR message must be one resource with its resourceType")
    return root


def is_xml(data: bytes) -> bool:
    """Whether the bytes begin as XML does (white space, byte order mark and UTF-16 aside)."""
    head = data[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")


def encoding_doubt(data: bytes) -> tuple[Finding, ...]:
    """XML that declares another encoding than UTF-8 and is UTF-8, which FHIR asks for."""
    if not is_xml(data) or _declared(data) is None:
        return ()
    rule = "XML of FHIR is UTF-8, and these bytes are: the encoding declared is not used"
    code = FindingCode.ENCODING_DECLARED_WRONG
    return (Finding(code=code, location="message", message=rule),)


def _in_utf_8(data: bytes) -> bytes:
    """The XML without a declaration that contradicts its bytes. Raises: `Unreadable`.

    Source: FHIR R4 §2.1.3 (UTF-8 for everything); UTF-16 says so by its byte order mark.
    """
    head = _XML_HEAD.match(data[:_HEAD])
    named = head[2].lower() if head else b"utf-8"
    if named in (b"utf-8", b"us-ascii") and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            if b"\x00" not in data[:4]:
                raise _broken(f"byte {error.start}", "FHIR XML must be UTF-8") from None
    if head is None or _declared(data) is None:
        return data
    return head[1] + b"utf-8" + data[head.end(2) :]


def _declared(data: bytes) -> str | None:
    """The encoding that is declared, where it is not UTF-8 and the bytes are."""
    head = _XML_HEAD.match(data[:_HEAD])
    if head is None or head[2].lower() in (b"utf-8", b"us-ascii"):
        return None
    try:
        return None if data.decode("utf-8").isascii() else head[2].decode()
    except UnicodeDecodeError:
        return None


def is_object(value: Json) -> TypeGuard[Object]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def as_text(value: Json) -> str:
    """A primitive value as its sender wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _broken(location: str, message: str) -> Unreadable:
    return Unreadable(FindingCode.MESSAGE_BROKEN, location, message)


def _read_json(data: bytes) -> Json:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(f"byte {error.start}", "FHIR JSON must be UTF-8") from None
    try:
        value: Json = json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[error.pos] == "{":
            rule = "several resources, one after the other (NDJSON), are not read: send a Bundle"
            where = f"line {error.lineno}, column {error.colno}"
            raise Unreadable(FindingCode.MESSAGE_UNSUPPORTED, where, rule) from None
        truncated = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        raise Unreadable(
            FindingCode.MESSAGE_TRUNCATED if truncated else FindingCode.MESSAGE_BROKEN,
            f"line {error.lineno}, column {error.colno}",
            "the JSON ends before its end" if truncated else "not well-formed JSON",
        ) from None
    except RecursionError:
        raise _broken("message", f"nesting must have at most {DEEPEST} levels") from None
    return value


def _object(pairs: list[tuple[str, Json]]) -> Object:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    twice = _Twice(plain)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            twice.key = key
            break
        seen.add(key)
    return twice


def _number(text: str) -> Json:
    """The number, exactly. One too long for any use stays text, which no number may be."""
    if len(text) > LONGEST_NUMBER:
        return text
    if text.lstrip("-").isdigit():
        return int(text)
    number = Decimal(text)
    return number if abs(number.adjusted()) <= LONGEST_NUMBER else text


def _no_number(text: str) -> Json:
    raise _broken("message", "NaN and infinities are not numbers of JSON")


def _measure(root: Json) -> None:
    """Walks without recursion, so that depth can be refused instead of suffered."""
    steps = [""]
    around = [_inside(root)]
    _check(root, steps)
    while around:
        if len(around) > DEEPEST:
            raise _broken("message", f"nesting must have at most {DEEPEST} levels")
        step, value = next(around[-1], (None, None))
        if step is None:
            around.pop()
            steps.pop()
            continue
        steps.append(step)
        _check(value, steps)
        if isinstance(value, dict | list):
            around.append(_inside(value))
        else:
            steps.pop()


def _inside(value: Json) -> Iterator[tuple[str, Json]]:
    """Each value inside, with the step that leads to it."""
    if isinstance(value, dict):
        return ((f".{name}", item) for name, item in value.items())
    listed = value if isinstance(value, list) else []
    return ((f"[{rank}]", item) for rank, item in enumerate(listed))


def _check(value: Json, steps: Sequence[str]) -> None:
    if isinstance(value, _Twice):
        location = "".join((*steps, f".{value.key}")).lstrip(".")
        raise _broken(location, "a key must be stated once")
    if _is_no_text(value):
        location = "".join(steps).lstrip(".") or "message"
        raise _broken(location, "a text must be Unicode characters without NUL")


def _is_no_text(value: Json) -> bool:
    """Whether a text, or a key of an object, holds what no text may hold."""
    if isinstance(value, dict):
        return any(_NO_TEXT.search(key) for key in value)
    return isinstance(value, str) and _NO_TEXT.search(value) is not None
