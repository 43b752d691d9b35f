"""Builders of HL7 v2 messages for tests: each argument says what matters to the test."""

from connectors.hl7v2.er7.tokeniser import File, tokenise
from connectors.hl7v2.read import read
from mappings.catalogue import load_site
from schemas.connector import Reading
from schemas.finding import Finding
from schemas.posology import Phase
from schemas.prescription import Line

SITE = load_site("reference")
PID = "PID|1||000123^^^EHPAD^PI||EXEMPLE^Odette^^^^^L||19400512|F"
ORC = "ORC|NW|L1^DPI||G1^DPI"
TABLET = "TAB^comprimé"


def msh(
    kind: str = "RDE^O11^RDE_O11", *, version: str = "2.5.1", charset: str = "UNICODE UTF-8"
) -> str:
    """MSH of a production message without a zone."""
    return f"MSH|^~\\&|DPI|EHPAD|LGO|PHARMACIE|20260105090000||{kind}|M1|P|{version}||||||{charset}"


def joined(*segments: str) -> str:
    """The segments, each ended by a carriage return."""
    return "".join(f"{segment}\r" for segment in segments)


def rxe(dose: str = "1", high: str = "", unit: str = TABLET, timing: str = "") -> str:
    """RXE of one product."""
    return f"RXE|{timing}|P1^PRODUIT^L|{dose}|{high}|{unit}"


def an_order(*segments: str, orc: str = ORC, header: str | None = None) -> str:
    """A message of one order: MSH, PID, ORC and these segments."""
    return joined(header or msh(), PID, orc, *segments)


def read_text(text: str) -> Reading:
    """The reading of a text in UTF-8 by the reference site."""
    return read(text.encode("utf-8"), SITE)


def file_of(text: str) -> File:
    """The messages of a text."""
    return tokenise(text)


def the_line(text: str) -> Line:
    """The only line of the only prescription."""
    reading = read_text(text)
    (prescription,) = reading.prescriptions
    (line,) = prescription.lines
    return line


def phases_of(text: str) -> tuple[Phase, ...]:
    """The phases of the only line."""
    return the_line(text).posology.phases


def the_phase(*segments: str, orc: str = ORC, header: str | None = None) -> Phase:
    """The only phase of a message of one order."""
    (phase,) = phases_of(an_order(*segments, orc=orc, header=header))
    return phase


def doubts(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Each finding as code and place."""
    return [(finding.code.value, finding.location) for finding in findings]


def line_doubts(text: str) -> list[tuple[str, str]]:
    """The findings of the only line and of its phases."""
    line = the_line(text)
    phases = [finding for phase in line.posology.phases for finding in phase.findings]
    return doubts((*line.findings, *phases))
