"""The header of a written dispensation: for whom, by whom, for which order.

What the engine does not know is a null value: when it was handed over, and what kind of pharmacy it
is. Nobody signed this document, so that it names no legal authenticator.
"""

from typing import TYPE_CHECKING

from connectors.cda.templates import DISPENSATION, DISPENSATION_EDITIONS, DISPENSATION_LOINC
from connectors.cda.writing.build import add, add_code, add_id, add_ids, add_templates, stamp
from connectors.cda.writing.prepared import PHARMACIST, PLACES, PROFESSIONALS, name_uuid
from mappings.catalogue import table
from schemas.codes import Coding
from schemas.delivery import ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.people import Identifier, IdentifierKind, Organization, Patient, Practitioner

if TYPE_CHECKING:
    from lxml.etree import _Element

LOINC = "2.16.840.1.113883.6.1"
ACT = Coding(code=DISPENSATION_LOINC, system=LOINC, display="Dispensation médicamenteuse")
_TEMPLATES = (
    "2.16.840.1.113883.2.8.2.1",
    "1.2.250.1.213.1.1.1.1",
    "1.3.6.1.4.1.19376.1.5.3.1.1.1",
    "1.3.6.1.4.1.19376.1.9.1.1.3",
)


def add_header(
    root: "_Element", released: ReleasedSchedule, who: Practitioner, envelope: Envelope
) -> None:
    """Everything before the body, in the order of the schema."""
    prescription, pharmacy = released.prescription, released.pharmacy
    _add_document(root, envelope)
    _add_patient(root, prescription.patient)
    _add_author(root, released, who)
    custodian = add(add(root, "custodian"), "assignedCustodian")
    _add_place(add(custodian, "representedCustodianOrganization"), pharmacy)
    if prescription.prescriber is not None:
        _add_prescriber(root, released, prescription.prescriber)
    add_ids(add(add(root, "inFulfillmentOf"), "order"), prescription.identifiers)
    _add_act(root, released, who, envelope)
    encounter = add(add(root, "componentOf"), "encompassingEncounter")
    add(encounter, "effectiveTime", nullFlavor="UNK")
    facility = add(add(encounter, "location"), "healthCareFacility")
    add(facility, "code", nullFlavor="UNK")
    if pharmacy.name:
        add(add(facility, "location"), "name", pharmacy.name)


def _add_document(root: "_Element", envelope: Envelope) -> None:
    """One document a delivery: its own set, of one version."""
    document = name_uuid("document", envelope.sender, envelope.id)
    add(root, "realmCode", code="FR")
    add(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    add_templates(root, *_TEMPLATES)
    add(root, "templateId", root=DISPENSATION, extension=DISPENSATION_EDITIONS[-1])
    add(root, "id", root=document)
    add_code(root, "code", ACT)
    add(root, "title", "Dispensation médicamenteuse : préparation d'un pilulier")
    add(root, "effectiveTime", value=stamp(envelope.created_at))
    add(root, "confidentialityCode", code="N", codeSystem="2.16.840.1.113883.5.25")
    add(root, "languageCode", code="fr-FR")
    add(root, "setId", root=document)
    add(root, "versionNumber", value="1")


def _add_patient(root: "_Element", patient: Patient | None) -> None:
    """The patient. Raises: `Refused` for one without an identifier."""
    if patient is None or not patient.identifiers:
        raise Refused("patient.identifiers: a dispensation must identify its patient")
    role = add(add(root, "recordTarget"), "patientRole")
    add_ids(role, patient.identifiers)
    add(role, "addr", nullFlavor="UNK")
    add(role, "telecom", nullFlavor="UNK")
    person = add(role, "patient")
    name = add(person, "name")
    for text, qualifier in ((patient.birth_name, "BR"), (patient.used_name, "CL")):
        if text:
            add(name, "family", text, qualifier=qualifier)
    if patient.given_names:
        add(name, "given", " ".join(patient.given_names))
        add(name, "given", patient.given_names[0], qualifier="BR")
    codes = {row.target: row.code for row in table("cda/sexes")}
    sex = codes[patient.sex.value] if patient.sex else None
    add(
        person,
        "administrativeGenderCode",
        nullFlavor=None if sex else "UNK",
        code=sex,
        codeSystem="2.16.840.1.113883.5.1" if sex else None,
    )
    born = patient.birth_date
    add(
        person,
        "birthTime",
        nullFlavor=None if born else "UNK",
        value=stamp(born) if born else None,
    )
    if patient.birth_place:
        place = add(add(add(person, "birthplace"), "place"), "addr")
        add(place, "county", patient.birth_place)


def _add_author(root: "_Element", released: ReleasedSchedule, who: Practitioner) -> None:
    author = add(root, "author")
    add(author, "time", value=stamp(released.decision.decided_at))
    assigned = add(author, "assignedAuthor")
    _add_person(assigned, who)
    _add_place(add(assigned, "representedOrganization"), released.pharmacy)


def _add_person(assigned: "_Element", who: Practitioner) -> None:
    """A professional by the national number: 8 and the RPPS."""
    add_id(assigned, who.identifiers[0])
    add_code(assigned, "code", PHARMACIST)
    add(add(add(assigned, "assignedPerson"), "name"), "family", who.family_name)


def _add_place(organization: "_Element", pharmacy: Organization) -> None:
    """The pharmacy by the national number: 1 and the FINESS."""
    finess = [each for each in pharmacy.identifiers if each.kind is IdentifierKind.FINESS]
    for each in finess[:1]:
        add_id(organization, Identifier(value=f"1{each.value}", authority=PLACES))
    if not finess:
        raise Refused("pharmacy.identifiers: a dispensation must name the FINESS of its pharmacy")
    if pharmacy.name:
        add(organization, "name", pharmacy.name)


def _add_prescriber(root: "_Element", released: ReleasedSchedule, prescriber: Practitioner) -> None:
    """Who prescribed what was dispensed, and when it was written."""
    written = released.prescription.authored_at
    participant = add(root, "participant", typeCode="REF")
    time = add(participant, "time", nullFlavor=None if written else "UNK")
    if written:
        add(time, "low", value=stamp(written))
    entity = add(participant, "associatedEntity", classCode="PROV")
    add_ids(entity, _numbers(prescriber))
    if prescriber.profession is not None:
        profession = prescriber.profession
        system = profession.system if profession.system == PHARMACIST.system else None
        add_code(entity, "code", profession.model_copy(update={"system": system}))
    if prescriber.family_name or prescriber.given_name:
        name = add(add(entity, "associatedPerson"), "name")
        for part, text in (("given", prescriber.given_name), ("family", prescriber.family_name)):
            if text:
                add(name, part, text)


def _numbers(prescriber: Practitioner) -> tuple[Identifier, ...]:
    """The national number, made of the RPPS where it alone is known; else what was sent."""
    for each in prescriber.identifiers:
        if each.kind is IdentifierKind.IDNPS:
            return (each,)
    for each in prescriber.identifiers:
        if each.kind is IdentifierKind.RPPS:
            return (Identifier(value=f"8{each.value}", authority=PROFESSIONALS),)
    return prescriber.identifiers


def _add_act(
    root: "_Element", released: ReleasedSchedule, who: Practitioner, envelope: Envelope
) -> None:
    """The act of dispensing: when it ends in a hand-over is not known."""
    event = add(add(root, "documentationOf"), "serviceEvent")
    add(event, "id", root=name_uuid("act", envelope.sender, envelope.id))
    add_code(event, "code", ACT)
    add(add(event, "effectiveTime"), "low", nullFlavor="UNK")
    assigned = add(add(event, "performer", typeCode="PRF"), "assignedEntity")
    _add_person(assigned, who)
    _add_place(add(assigned, "representedOrganization"), released.pharmacy)
