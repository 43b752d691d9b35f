"""CDA R2 documents of the CI-SIS: what recognises them, and their functions."""

import re

from schemas.connector import Connector, Peek, Reading, Writer
from schemas.errors import Refused
from schemas.export import Envelope, ExportKind
from schemas.finding import Finding
from schemas.site import Site

_HEAD = 16 * 1024
"""Bytes looked at; the official documents open with some kilobytes of comments."""
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?ClinicalDocument[\s/>]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def _detects(data: bytes) -> bool:
    head = data[:_HEAD]
    if head.startswith(_WIDE):
        head = head.replace(b"\x00", b"").lstrip(b"\xff\xfe")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and _ROOT.search(head) is not None


def _read(data: bytes, site: Site) -> Reading:
    from connectors.cda.read import read

    return read(data, site)


def _peek(data: bytes) -> Peek:
    from connectors.cda.peek import peek

    return peek(data)


def _lint(data: bytes) -> tuple[Finding, ...]:
    from connectors.cda.lint import lint

    return lint(data)


def _write_dispensation(export: object, envelope: Envelope) -> bytes:
    from connectors.cda.write import write_dispensation
    from schemas.delivery import ReleasedSchedule

    if not isinstance(export, ReleasedSchedule):
        raise Refused("CDA writes what was prepared of a schedule and nothing else")
    return write_dispensation(export, envelope)


CONNECTOR = Connector(
    name="cda",
    title="CDA R2 of the CI-SIS: eP-MED-DM, eDISP-MED, summaries of treatments",
    detects=_detects,
    read=_read,
    lint=_lint,
    peek=_peek,
    writers=(
        Writer(
            kind=ExportKind.SCHEDULE,
            name="edisp-med",
            media_type="application/xml",
            suffix=".xml",
            write=_write_dispensation,
        ),
    ),
)
