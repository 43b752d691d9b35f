"""What MSH says of the message itself. Source: HL7 v2.5.1 §2.15.9."""

from datetime import datetime

from connectors.dates import read_timestamp
from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode

VERSIONS = frozenset({"2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6"}) | {
    "2.7",
    "2.7.1",
    "2.8",
    "2.8.1",
    "2.8.2",
}
"""Versions of table 0104 that are read."""

_USED = (
    (3, "message.sender"),
    (4, "message.sender"),
    (7, "message.zone"),
    (9, "kind"),
    (10, "control_id"),
    (18, "encoding"),
)
_NOT_PRODUCTION = {"T": "training", "D": "debugging"}


def check_header(source: Source) -> None:
    """Doubts about version, purpose, completeness and zone; what was understood is used."""
    msh = source.message.header
    for field, gives in _USED:
        for component in range(1, msh.components(field) + 1):
            if (field, component) != (9, 3) or _is_of_its_type(msh):
                source.text(msh, field, gives, component)
    version = source.text(msh, 12, "version")
    if version not in VERSIONS:
        rule = "MSH-12 must be a version from 2.1 to 2.8"
        source.doubt(FindingCode.VERSION_UNKNOWN, msh.where(12), rule, version)
    purpose = source.text(msh, 11, "message.purpose")
    if purpose in _NOT_PRODUCTION:
        rule = f"MSH-11 says that the message is for {_NOT_PRODUCTION[purpose]}"
        source.doubt(FindingCode.STATUS_NOT_ACTIVE, msh.where(11), rule, purpose)
    for place in (msh.where(14) if msh.value(14) else None, *_fragments(source)):
        if place is not None:
            rule = "the message is a fragment that others continue"
            source.doubt(FindingCode.MESSAGE_TRUNCATED, place, rule)


def _is_of_its_type(msh: Segment) -> bool:
    """Whether MSH-9.3 is a structure of the type in MSH-9.1; another one is left unused."""
    structure, kind = msh.value(9, 3), msh.value(9)
    return kind is None or structure is None or structure.startswith(kind)


def _fragments(source: Source) -> list[str]:
    return [segment.place for name in ("ADD", "DSC") for segment in source.message.all(name)]


def is_of_another_zone(source: Source) -> bool:
    """Whether MSH-7, whose offset is the default of the message, has another one than the site."""
    said = source.message.header.value(7)
    if said is None:
        return False
    try:
        sent = read_timestamp(said, source.zone)
    except ValueError:
        return False
    if not isinstance(sent, datetime):
        return False
    return sent.utcoffset() != sent.astimezone(source.zone).utcoffset()
