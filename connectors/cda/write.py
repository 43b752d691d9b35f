"""A released schedule as a written dispensation (eDISP-MED): what was prepared in the organiser.

In France the *Dossier Pharmaceutique* writes this document. Ours has its templates and is a profile
of our own: it tells that units were made ready for so many days, and claims neither a box nor a
hand-over, which the engine does not know. See docs/cda.md.
"""

from connectors.cda.templates import HL7_V3
from connectors.cda.writing.build import PHARM, add
from connectors.cda.writing.header import add_header
from connectors.cda.writing.prepared import name_uuid, pharmacist, prepared
from connectors.cda.writing.section import add_section
from schemas.decision import DecisionKind
from schemas.delivery import ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope

_ROOT = (
    f'<ClinicalDocument xmlns="{HL7_V3}" xmlns:pharm="{PHARM}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
)


def write_dispensation(released: ReleasedSchedule, envelope: Envelope) -> bytes:
    """The document, in UTF-8; the same bytes for the same schedule and envelope.

    Raises: `Refused` when nothing lies in the organiser, for a decision that validates nothing,
    a pharmacist without RPPS, a pharmacy without FINESS, a patient without identifier.
    """
    from lxml import etree

    if released.decision.kind is not DecisionKind.VALIDATE:
        raise Refused("decision.kind: nothing is prepared that was not validated")
    who, facts = pharmacist(released.decision), prepared(released)
    if not facts:
        raise Refused("lines: nothing of this schedule lies in the organiser in these days")
    root = etree.fromstring(_ROOT)
    add_header(root, released, who, envelope)
    body = add(add(root, "component"), "structuredBody")
    section = add(add(body, "component"), "section")
    add_section(section, facts, name_uuid("section", envelope.sender, envelope.id))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
