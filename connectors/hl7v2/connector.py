"""HL7 v2 as a format: what recognises it, and its functions, imported when they are called."""

import hashlib
import re
from typing import TYPE_CHECKING

from schemas.connector import Answer, Connector, Peek, Reading, Told, Writer
from schemas.export import Envelope, ExportKind
from schemas.finding import Finding
from schemas.site import Site

if TYPE_CHECKING:
    from schemas.delivery import Export

_HEAD = re.compile(rb"[\x0b \t\r\n]*(?:\xef\xbb\xbf)?[\x0b \t\r\n]*(?:MSH|FHS|BHS)([^\w\s])")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LINE_ENDS = b"\r\n\x0b\xbf"
"""What stands before a line: an end, the frame of MLLP, the last byte of a byte order mark."""
_END = re.compile(rb"[\r\n]")
_KEEPS_ORDER = ("PI", "MR", "INS")
"""Identifier types that name a patient for good, best first."""


def detects(data: bytes) -> bool:
    """Whether the bytes begin with MSH, FHS or BHS and a separator, framed or not."""
    head = _head(data[:64])
    return _HEAD.match(head) is not None


def peek(data: bytes) -> Peek:
    """The control id, MSH-9 and the lane, from the lines of the headers and PID alone.

    The lane is a digest of the patient's identifier in PID-3, so that no identifier stands in
    a queue. Of a batch it is that of the first message.
    """
    text = _head(data)
    at = _line_at(text, b"MSH")
    header = _line(text, at)
    if header is None or len(header) < len(b"MSH|^") or header[3:4] == header[4:5]:
        return Peek()
    mark = header[3:4]
    fields = _fields(header)
    kind = [part for part in _field(fields, 8).split(fields[1][:1])[:2] if part]
    return Peek(
        kind=_words(b"^".join(kind)),
        control_id=_batch_id(text[:at]) or _words(_field(fields, 9)),
        lane=_lane(_line(text, _line_at(text, b"PID" + mark, at)), mark, fields[1]),
    )


def _batch_id(before: bytes) -> str | None:
    """FHS-11, else BHS-11, before the first message: a file is one to those who store it."""
    for name in (b"FHS", b"BHS"):
        line = _line(before, _line_at(before, name))
        if line is not None and len(line) > len(name):
            found = _words(_field(_fields(line), 10))
            if found is not None:
                return found
    return None


def _fields(header: bytes) -> list[bytes]:
    """The name, then what stands between separators: one of these may be a letter of the name."""
    return [header[:3], *header[4:].split(header[3:4])]


def _words(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8") or None
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _head(data: bytes) -> bytes:
    """The bytes as a single-byte superset of ASCII, good enough to look at."""
    if data.startswith(_MARKS):
        return data.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    return data


def _line_at(text: bytes, name: bytes, start: int = 0) -> int:
    """Where the first line of this name begins, blanks before it left out; -1 for none."""
    at = text.find(name, start)
    while at >= 0:
        before = at
        while before and text[before - 1] in b" \t":
            before -= 1
        if not before or text[before - 1] in _LINE_ENDS:
            return at
        at = text.find(name, at + 1)
    return -1


def _line(text: bytes, at: int) -> bytes | None:
    if at < 0:
        return None
    end = _END.search(text, at)
    return text[at : end.start()] if end else text[at:]


def _field(fields: list[bytes], at: int) -> bytes:
    return fields[at].strip() if at < len(fields) else b""


def _lane(pid: bytes | None, mark: bytes, declared: bytes) -> str | None:
    identifiers = _field(pid.split(mark), 3) if pid is not None else b""
    if not identifiers or not declared[:1]:
        return None
    repetition = declared[1:2]
    listed = identifiers.split(repetition) if repetition else [identifiers]
    by_type: dict[str, bytes] = {}
    for one in listed:
        parts = one.split(declared[:1])
        kind = parts[4].decode("latin-1") if len(parts) > 4 else ""
        by_type.setdefault(kind, b"^".join((parts[0], parts[3] if len(parts) > 3 else b"")))
    best = next((by_type[kind] for kind in _KEEPS_ORDER if kind in by_type), None)
    key = best or next(iter(by_type.values()))
    return f"patient-{hashlib.sha256(key).hexdigest()[:16]}"


def _read(data: bytes, site: Site) -> Reading:
    from connectors.hl7v2.read import read

    return read(data, site)


def _lint(data: bytes) -> tuple[Finding, ...]:
    from connectors.hl7v2.lint import lint

    return lint(data)


def _acknowledge(data: bytes, answer: Answer, envelope: Envelope) -> bytes:
    from connectors.hl7v2.acknowledge import acknowledge

    return acknowledge(data, answer, envelope)


def _told(data: bytes) -> Told | None:
    from connectors.hl7v2.told import told

    return told(data)


def _write_answer(export: "Export", envelope: Envelope) -> bytes:
    from connectors.hl7v2.write import write_answer

    return write_answer(export, envelope)


def _write_request_answer(export: "Export", envelope: Envelope) -> bytes:
    from connectors.hl7v2.write import write_request_answer

    return write_request_answer(export, envelope)


def _write_intakes(export: "Export", envelope: Envelope) -> bytes:
    from connectors.hl7v2.write import write_intakes

    return write_intakes(export, envelope)


_MEDIA_TYPE = "x-application/hl7-v2+er7"

CONNECTOR = Connector(
    name="hl7v2",
    title="HL7 v2",
    detects=detects,
    read=_read,
    lint=_lint,
    peek=peek,
    acknowledge=_acknowledge,
    told=_told,
    writers=(
        Writer(ExportKind.ANALYSIS, "rre-o12", _MEDIA_TYPE, ".hl7", _write_answer),
        Writer(ExportKind.ANALYSIS, "orp-o10", _MEDIA_TYPE, ".hl7", _write_request_answer),
        Writer(ExportKind.SCHEDULE, "rre-o12-schedule", _MEDIA_TYPE, ".hl7", _write_answer),
        Writer(ExportKind.INTAKES, "ras-o17", _MEDIA_TYPE, ".hl7", _write_intakes),
    ),
)
