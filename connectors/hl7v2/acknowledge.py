"""The answer to a message: MSH, MSA and, from version 2.5, one ERR for each finding.

Original mode answers AA, AE or AR; enhanced mode, asked for in MSH-15, answers CA, CE or CR, or
nothing at all. Source: HL7 v2.5.1 §2.9.2, §2.9.3, §2.10.3, tables 0008 and 0155.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from connectors.hl7v2.er7.charset import codec_of, decode, header_of
from connectors.hl7v2.er7.segment import Message
from connectors.hl7v2.er7.separators import STANDARD
from connectors.hl7v2.er7.tokeniser import File, tokenise
from connectors.hl7v2.errors import about_the_header, error_fields, msa_fields, written
from connectors.hl7v2.header import VERSIONS
from connectors.hl7v2.respond import order_answers, response_to
from schemas.connector import Answer
from schemas.export import Envelope
from schemas.finding import Finding

_UTF_8 = ("UNICODE UTF-8", "utf-8")
_TWO_BYTES = ("utf-16", "utf-32")
"""Sets whose characters may hold the bytes that frame a message."""


def acknowledge(data: bytes, answer: Answer, envelope: Envelope) -> bytes:
    """The acknowledgment of these bytes; empty when the sender asked for none.

    Several messages are answered one by one, inside BHS and BTS when they came so. Of bytes that
    cannot be read the header alone is answered, as far as it is ASCII; without a readable MSH
    nobody in particular is, with an empty MSA-2. The character set is that of MSH-18 where it
    has all that is said, else UTF-8. Raises: nothing.
    """
    file = _file(data)
    said, codec = _charset(file)
    try:
        return "".join(_lines(file, answer, envelope, said)).encode(codec)
    except UnicodeEncodeError:
        return "".join(_lines(file, answer, envelope, _UTF_8[0])).encode(_UTF_8[1])


def _file(data: bytes) -> File:
    text = decode(data).text
    if text is None:
        header = header_of(data)
        return tokenise(f"{header}\r") if header else File()
    return tokenise(text)


def _charset(file: File) -> tuple[str, str]:
    """MSH-18 of the answer and its codec. A sender that declares nothing is told nothing."""
    said = file.messages[0].header.value(18) if file.messages else None
    if said is None:
        return "", "ascii"
    codec = codec_of(said)
    return _UTF_8 if codec is None or codec in _TWO_BYTES else (said, codec)


def _lines(file: File, answer: Answer, envelope: Envelope, charset: str) -> Iterator[str]:
    if not file.messages:
        yield from _answer(None, answer, answer.findings, envelope, charset)
        return
    own = _by_message(answer.findings)
    asked = [
        (number, message)
        for number, message in enumerate(file.messages)
        if _wanted(message, answer)
    ]
    batch = next((segment for segment in file.envelope if segment.name == "BHS"), None)
    if batch is not None:
        stamp = envelope.created_at.strftime("%Y%m%d%H%M%S%z")
        told = STANDARD.escaped(batch.value(11) or "")
        sender = STANDARD.escaped(envelope.sender)
        yield f"BHS|^~\\&|{sender}||||{stamp}||||{envelope.id}|{told}\r"
    for number, message in asked:
        control_id = f"{envelope.id}-{number + 1}" if number else envelope.id
        mine = [*own[""], *own[message.prefix]] if message.prefix else answer.findings
        one = envelope.model_copy(update={"id": control_id})
        yield from _answer(message, answer, mine, one, charset)
    if batch is not None:
        yield f"BTS|{len(asked)}\r"


def _by_message(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """The findings by the prefix of their place; those of the whole file have none."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        prefix, slash, _ = finding.location.partition("/")
        found[f"{prefix}/" if slash and prefix.startswith("message[") else ""].append(finding)
    return found


def _wanted(message: Message, answer: Answer) -> bool:
    """MSH-15: always, never, on error or on success only. Original mode answers always."""
    never = {"NE", "ER" if answer.accepted else "SU"}
    return not _enhanced(message, answer) or message.header.value(15) not in never


def _enhanced(message: Message, answer: Answer) -> bool:
    return answer.enhanced and bool(message.header.value(15))


def _answer(
    message: Message | None,
    answer: Answer,
    findings: Sequence[Finding],
    envelope: Envelope,
    charset: str,
) -> Iterator[str]:
    version = (message.header.value(12) if message else None) or "2.5"
    code = _code(message, answer, findings)
    errors = error_fields(findings, accepted=answer.accepted, retry=answer.retry, version=version)
    control_id = _again(message, message.header.raw(10)) if message else ""
    reason = next((one.message for one in findings if one.blocks), "")
    text = "" if answer.accepted else reason
    kind = _of_the_application(message, answer) if message else None
    yield f"{_header(message, envelope, charset, kind)}\r"
    yield f"{written('MSA', msa_fields(code, control_id, text, version))}\r"
    for fields in errors:
        yield f"{written('ERR', fields)}\r"
    if message is not None and _of_the_application(message, answer):
        for line in order_answers(message, accepted=answer.accepted):
            yield f"{line}\r"


def _of_the_application(message: Message, answer: Answer) -> str | None:
    """MSH-9 of the answer where orders are answered one by one, which enhanced mode does later."""
    return response_to(message) if answer.by_order and not _enhanced(message, answer) else None


def _header(
    message: Message | None, envelope: Envelope, charset: str, application: str | None
) -> str:
    """MSH anew: sender and receiver change places, time and id are those of the answer."""
    msh = message.header if message else None

    def take(field: int) -> str:
        return _again(message, msh.raw(field)) if msh else ""

    event = (msh.value(9, 2) if msh else None) or ""
    kind = f"ACK^{STANDARD.escaped(event)}^ACK" if event else "ACK"
    stamp = envelope.created_at.strftime("%Y%m%d%H%M%S%z")
    known = msh is not None and msh.value(12) in VERSIONS
    fields = {
        1: "^~\\&",
        2: take(5) or STANDARD.escaped(envelope.sender),
        3: take(6) if take(5) else "",
        4: take(3),
        5: take(4),
        6: stamp,
        8: application or kind,
        9: STANDARD.escaped(envelope.id),
        10: take(11) or "P",
        11: take(12) if known else "2.5",
        17: charset,
    }
    return written("MSH", fields).rstrip("|")


def _again(message: Message | None, raw: str) -> str:
    """A field of the request with our separators; it keeps its components."""
    if message is None or message.separators == STANDARD:
        return raw
    marks = message.separators
    parts = raw.split(marks.component) if marks.component else [raw]
    return "^".join(STANDARD.escaped(marks.unescape(part)) for part in parts)


def _code(message: Message | None, answer: Answer, findings: Sequence[Finding]) -> str:
    """MSA-1. A header that cannot be processed is rejected; a content in error is an error.

    In enhanced mode what nobody looked into is rejected too, unless it should come again.
    """
    if message is not None and _enhanced(message, answer):
        if answer.accepted:
            return "CA"
        header = about_the_header(findings) or not findings
        return "CR" if header and not answer.retry else "CE"
    if answer.accepted:
        return "AA"
    header = about_the_header(findings) or message is None
    return "AR" if answer.retry or header else "AE"
