"""The answer to a message: MSH, MSA and, from version 2.5, one ERR for each finding.

Original mode answers AA, AE or AR; enhanced mode, asked for in MSH-15, answers CA, CE or CR, or
nothing at all. Source: HL7 v2.5.1 §2.9.2, §2.9.3, §2.15.5 (ERR), tables 0008, 0155, 0357, 0516.
"""

import re
from collections.abc import Iterator

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message
from connectors.hl7v2.er7.separators import STANDARD
from connectors.hl7v2.er7.tokeniser import File, tokenise
from mappings.catalogue import table
from schemas.connector import Answer
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode

MOST_ERRORS = 20
"""Findings that one answer repeats; the others stay with the message."""

_PLACE = re.compile(
    r"(?:message\[\d+\]/)?(?P<segment>[A-Z][A-Z0-9]{2})\[(?P<rank>\d+)\]"
    r"(?:-(?P<field>\d+)(?:\[(?P<repetition>\d+)\])?(?:\.(?P<component>\d+)(?:\.(?P<part>\d+))?)?)?"
)
_OLD = frozenset({"2.1", "2.2", "2.3", "2.3.1", "2.4"})
_HEADER_RULES = (FindingCode.MESSAGE_UNSUPPORTED, FindingCode.VERSION_UNKNOWN)
_OTHER_ERROR = "207"


def acknowledge(data: bytes, answer: Answer, envelope: Envelope) -> bytes:
    """The acknowledgment of these bytes; empty when the sender asked for none.

    Several messages are answered one by one, inside BHS and BTS when they came so. Bytes without
    a readable MSH are answered to nobody in particular, with an empty MSA-2. Raises: nothing.
    """
    decoded = decode(data)
    file = tokenise(decoded.text) if decoded.text is not None else File()
    if not file.messages:
        return _joined(_answer(None, answer, envelope, 0))
    answers = [
        _joined(_answer(message, answer, envelope, number))
        for number, message in enumerate(file.messages)
        if _wanted(message, answer)
    ]
    if any(segment.name == "BHS" for segment in file.envelope):
        stamp = envelope.created_at.strftime("%Y%m%d%H%M%S%z")
        head = _joined(iter([f"BHS|^~\\&|{_leaf(envelope.sender)}||||{stamp}||||{envelope.id}"]))
        return b"".join((head, *answers, _joined(iter([f"BTS|{len(answers)}"]))))
    return b"".join(answers)


def _wanted(message: Message, answer: Answer) -> bool:
    """MSH-15: always, never, on error or on success only. Original mode answers always."""
    never = {"NE", "ER" if answer.accepted else "SU"}
    return not _enhanced(message, answer) or message.header.value(15) not in never


def _enhanced(message: Message, answer: Answer) -> bool:
    return answer.enhanced and bool(message.header.value(15))


def _answer(
    message: Message | None, answer: Answer, envelope: Envelope, number: int
) -> Iterator[str]:
    yield _header(message, envelope, number)
    control = message.header.raw(10) if message else ""
    said = _again(message, control)
    yield f"MSA|{_code(message, answer)}|{said}"
    version = (message.header.value(12) if message else None) or "2.5"
    mine = [one for one in answer.findings if _belongs(one, message)]
    if version in _OLD:
        if not answer.accepted and mine:
            yield f"ERR|{_old_location(mine[0])}"
        return
    for finding in mine[:MOST_ERRORS]:
        yield _error(finding, answer)


def _belongs(finding: Finding, message: Message | None) -> bool:
    prefix = message.prefix if message else ""
    return finding.location.startswith(prefix) or not finding.location.startswith("message[")


def _header(message: Message | None, envelope: Envelope, number: int) -> str:
    """MSH anew: sender and receiver change places, time and id are those of the answer."""
    msh = message.header if message else None

    def take(field: int) -> str:
        return _again(message, msh.raw(field)) if msh else ""

    event = (msh.value(9, 2) if msh else None) or ""
    kind = f"ACK^{_leaf(event)}^ACK" if event else "ACK"
    own = f"{envelope.id}-{number + 1}" if number else envelope.id
    stamp = envelope.created_at.strftime("%Y%m%d%H%M%S%z")
    version = take(12) or "2.5"
    return (
        f"MSH|^~\\&|{_leaf(envelope.sender)}||{take(3)}|{take(4)}|{stamp}||{kind}|{_leaf(own)}"
        f"|{take(11) or 'P'}|{version}||||||UNICODE UTF-8"
    )


def _again(message: Message | None, raw: str) -> str:
    """A field of the request with our separators; it keeps its components."""
    if message is None or message.separators == STANDARD:
        return raw
    marks = message.separators
    parts = raw.split(marks.component) if marks.component else [raw]
    return "^".join(_leaf(marks.unescape(part)) for part in parts)


def _leaf(text: str) -> str:
    return STANDARD.escaped(text)


def _code(message: Message | None, answer: Answer) -> str:
    """MSA-1. A header that cannot be processed is rejected; a content in error is an error."""
    enhanced = message is not None and _enhanced(message, answer)
    if answer.accepted:
        return "CA" if enhanced else "AA"
    if enhanced:
        return "CE" if answer.retry else "CR"
    header = any(finding.code in _HEADER_RULES for finding in answer.findings)
    return "AR" if answer.retry or header or message is None else "AE"


def _error(finding: Finding, answer: Answer) -> str:
    """ERR-2 place, ERR-3 kind, ERR-4 weight, ERR-5 our own code, ERR-8 the sentence."""
    code = _error_code(finding)
    weight = "E" if not answer.accepted else "W"
    own = f"{finding.code.value}^{_leaf(finding.code.sentence)}^L"
    return f"ERR||{_location(finding)}|{code}|{weight}|{own}|||{_leaf(finding.message)}"


def _error_code(finding: Finding) -> str:
    row = table("hl7v2/error_codes").get(finding.code.value)
    number = row.target if row else _OTHER_ERROR
    words = {"207": "Application error"} if row is None else {number: row.text}
    return f"{number}^{_leaf(words[number])}^HL70357"


def _location(finding: Finding) -> str:
    """An ERL: segment, its rank, field, repetition, component, subcomponent."""
    shape = _PLACE.fullmatch(finding.location)
    if shape is None:
        return ""
    parts = [shape["segment"], shape["rank"]]
    if shape["field"]:
        parts += [shape["field"], shape["repetition"] or "1"]
        parts += [part for part in (shape["component"], shape["part"]) if part]
    return "^".join(parts)


def _old_location(finding: Finding) -> str:
    """An ELD, before 2.5: segment, rank, field, and the kind as a coded element inside."""
    shape = _PLACE.fullmatch(finding.location)
    place = [shape["segment"], shape["rank"], shape["field"] or ""] if shape else ["", "", ""]
    code, text, system = _error_code(finding).split("^")
    return "^".join([*place, f"{code}&{text}&{system}"])


def _joined(segments: Iterator[str]) -> bytes:
    return "".join(f"{segment}\r" for segment in segments).encode("utf-8")
