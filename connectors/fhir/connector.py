"""FHIR R4 as a format: what recognises it, and its functions, imported when they are called."""

from typing import TYPE_CHECKING

from schemas.connector import Answer, Connector, Converter, Peek, Reading, Writer
from schemas.export import Envelope, ExportKind
from schemas.finding import Finding
from schemas.site import Site

if TYPE_CHECKING:
    from schemas.conversion import Conversion
    from schemas.delivery import Export

_NAMESPACE = b"http://hl7.org/fhir"
_HEAD = 4096


def detects(data: bytes) -> bool:
    """Whether it is a JSON object with a `resourceType`, or XML of the namespace of FHIR."""
    head = data[:_HEAD].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"{"):
        return b'"resourceType"' in data
    quoted = (b'"' + _NAMESPACE + b'"', b"'" + _NAMESPACE + b"'")
    return head.startswith(b"<") and any(name in head for name in quoted)


def _read(data: bytes, site: Site) -> Reading:
    from connectors.fhir.read import read

    return read(data, site)


def _lint(data: bytes) -> tuple[Finding, ...]:
    from connectors.fhir.lint import lint

    return lint(data)


def _peek(data: bytes) -> Peek:
    from connectors.fhir.peek import peek

    return peek(data)


def _acknowledge(data: bytes, answer: Answer, envelope: Envelope) -> bytes:
    from connectors.fhir.acknowledge import acknowledge

    return acknowledge(data, answer, envelope)


def _write_json(export: "Export", envelope: Envelope) -> bytes:
    from connectors.fhir.write import write

    return write(export, envelope)


def _write_xml(export: "Export", envelope: Envelope) -> bytes:
    from connectors.fhir.write import write_xml

    return write_xml(export, envelope)


def _convert(reading: Reading, site: Site, seed: str) -> "Conversion":
    from connectors.fhir.convert import convert

    return convert(reading, site, seed)


def _convert_xml(reading: Reading, site: Site, seed: str) -> "Conversion":
    from connectors.fhir.convert import convert_xml

    return convert_xml(reading, site, seed)


CONNECTOR = Connector(
    name="fhir",
    title="HL7 FHIR R4 (4.0.1)",
    detects=detects,
    read=_read,
    lint=_lint,
    peek=_peek,
    acknowledge=_acknowledge,
    writers=(
        *(
            Writer(kind, "json", "application/fhir+json", ".json", _write_json)
            for kind in ExportKind
        ),
        *(Writer(kind, "xml", "application/fhir+xml", ".xml", _write_xml) for kind in ExportKind),
    ),
    converters=(Converter("json", _convert), Converter("xml", _convert_xml)),
)
