"""PN13 as a format: what recognises it, and its functions, imported when they are called."""

import re

from schemas.connector import Connector, Peek, Reading, Writer
from schemas.errors import Refused
from schemas.export import Envelope, ExportKind
from schemas.finding import Finding
from schemas.site import Site

NAMESPACE = "http://www.phast.fr/SIPhII"
_HEAD = 4096
_PREAMBLE = re.compile(
    r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\][^\[>]*)?>|\s)*", re.DOTALL
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:Messages|M_[A-Z]\w*)\b", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"""Phast-id_message\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_KIND = re.compile(r"<(?:[\w.-]+:)?(M_\w+)")
_PATIENT = re.compile(r"<(?:[\w.-]+:)?ipp\b[^<>]*>([^<]*)<", re.IGNORECASE)


def detects(data: bytes) -> bool:
    """Whether the first element is `Messages` or a PN13 message, whatever its namespace."""
    head = _text(data[:_HEAD])
    preamble = _PREAMBLE.match(head)
    return preamble is not None and _ROOT.match(head, preamble.end()) is not None


def peek(data: bytes) -> Peek:
    """The message id, the kind, and the patient when the file speaks of one only."""
    text = _text(data)
    found = _MESSAGE_ID.search(text, 0, _HEAD)
    kind = _KIND.search(text, 0, 2 * _HEAD)
    patients = {name.strip() for name in _PATIENT.findall(text)} - {""}
    return Peek(
        kind=kind[1] if kind else None,
        control_id=(found[1] or found[2]) or None if found else None,
        lane=patients.pop() if len(patients) == 1 else None,
    )


def _text(data: bytes) -> str:
    """The bytes as text, good enough to look at: never raises, and accents survive."""
    from connectors.pn13.encoding import decoded

    return decoded(data).text


def _read(data: bytes, site: Site) -> Reading:
    from connectors.pn13.read import read

    return read(data, site)


def _lint(data: bytes) -> tuple[Finding, ...]:
    from connectors.pn13.lint import lint

    return lint(data)


def _write_analysis(export: object, envelope: Envelope) -> bytes:
    from connectors.pn13.write import write_analysis
    from schemas.delivery import Analysis

    if not isinstance(export, Analysis):
        raise Refused("PN13 writes an analysis and nothing else")
    return write_analysis(export, envelope)


CONNECTOR = Connector(
    name="pn13",
    title="PN13-SIPh2 (Phast)",
    detects=detects,
    read=_read,
    lint=_lint,
    peek=peek,
    writers=(
        Writer(
            kind=ExportKind.ANALYSIS,
            name="analyse-pharm",
            media_type="application/xml",
            suffix=".xml",
            write=_write_analysis,
        ),
    ),
)
