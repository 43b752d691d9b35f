"""FHIR R4 as a format: what recognises it, and its functions, imported when they are called."""

from schemas.connector import Connector, Reading
from schemas.site import Site

_NAMESPACE = b"http://hl7.org/fhir"
_HEAD = 4096


def detects(data: bytes) -> bool:
    """Whether it is a JSON object with a `resourceType`, or XML of the namespace of FHIR."""
    head = data[:_HEAD].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"{"):
        return b'"resourceType"' in data
    return head.startswith(b"<") and (
        b'"' + _NAMESPACE + b'"' in head or b"'" + _NAMESPACE + b"'" in head
    )


def _read(data: bytes, site: Site) -> Reading:
    from connectors.fhir.read import read

    return read(data, site)


CONNECTOR = Connector(
    name="fhir",
    title="HL7 FHIR R4 (4.0.1)",
    detects=detects,
    read=_read,
)
