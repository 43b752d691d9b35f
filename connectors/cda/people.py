"""People of a document: the patient with the INS, professionals with their RPPS number.

Source: CI-SIS, *Structuration minimale des documents de santé*: OIDs of the INS, name
qualifiers BR (birth) and CL (used), IDNPS = 8 + RPPS, IDNST = 1 + FINESS.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from connectors.cda.scribe import Scribe, child, children
from mappings.authorities import identifier
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.people import (
    Identifier,
    IdentifierKind,
    Organization,
    Patient,
    Practitioner,
    Sex,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_RPPS_PREFIX, _FINESS_PREFIX = "8", "1"


def read_patient(scribe: Scribe, document: "_Element") -> Patient | None:
    """The patient of the document; a finding when it names more than one."""
    roles = list(children(document, "recordTarget", "patientRole"))
    if len(roles) > 1:
        scribe.doubt(
            FindingCode.PATIENT_CONTRADICTED,
            scribe.at(roles[1]),
            "a prescription must have exactly one recordTarget",
        )
    identifiers = _patient_identifiers(scribe, roles[0]) if roles else ()
    if not roles:
        return None
    patient = child(roles[0], "patient")
    if patient is None:
        return Patient(identifiers=identifiers, location=scribe.at(roles[0]))
    return _patient(scribe, roles[0], patient, identifiers)


def _patient(
    scribe: Scribe,
    role: "_Element",
    patient: "_Element",
    identifiers: tuple[Identifier, ...],
) -> Patient:
    families = _names(scribe, patient, "family", "patient.birth_name")
    return Patient(
        identifiers=identifiers,
        birth_name=families.get("BR"),
        used_name=families.get("CL") or families.get("SP") or families.get(""),
        given_names=_given_names(_names(scribe, patient, "given", "patient.given_names")),
        birth_date=_birth_date(scribe, child(patient, "birthTime")),
        birth_place=scribe.text(
            child(patient, "birthplace", "place", "addr", "county"), "patient.birth_place"
        ),
        sex=_sex(scribe, child(patient, "administrativeGenderCode")),
        location=scribe.at(role),
    )


def _sex(scribe: Scribe, stated: "_Element | None") -> Sex | None:
    code = scribe.take(stated, "code", "patient.sex")
    if stated is None or code is None:
        return None
    known = table("cda/sexes", scribe.site.name).target_of(code)
    if known is None:
        scribe.doubt(
            FindingCode.ELEMENT_UNREAD,
            f"{scribe.at(stated)}/@code",
            "administrativeGenderCode must be one of the sexes table",
            code,
        )
    return Sex(known) if known else None


def _patient_identifiers(scribe: Scribe, role: "_Element") -> tuple[Identifier, ...]:
    """The INS by its OID; a number of any other list is one of the establishment."""
    read = []
    for stated in children(role, "id"):
        value = scribe.take(stated, "extension", "patient.identifiers")
        root = scribe.take(stated, "root", "patient.identifiers")
        if value is None:
            continue
        found = identifier(value, root, scribe.site.name, IdentifierKind.IPP)
        read.append(found)
    return tuple(read)


def _names(scribe: Scribe, patient: "_Element", part: str, gives: str) -> dict[str, str]:
    """Each name by its qualifier; without one, the key is empty."""
    found: dict[str, str] = {}
    for element in children(patient, "name", part):
        qualifier = scribe.take(element, "qualifier", gives) or ""
        text = scribe.text(element, gives)
        if text:
            found.setdefault(qualifier, text)
    return found


def _given_names(names: dict[str, str]) -> tuple[str, ...]:
    """The first given name of birth, then the others of the birth certificate."""
    first, others = names.get("BR"), names.get("")
    if first and others:
        rest = others.removeprefix(first).strip() if others.startswith(f"{first} ") else ""
        return (first, rest) if rest else tuple(dict.fromkeys((first, others)))
    only = first or others or names.get("CL")
    return (only,) if only else ()


def _birth_date(scribe: Scribe, stated: "_Element | None") -> date | None:
    read = scribe.timestamp(stated, "patient.birth_date", FindingCode.ELEMENT_UNREAD)
    return read.date() if isinstance(read, datetime) else read


def read_practitioner(scribe: Scribe, assigned: "_Element", gives: str) -> Practitioner:
    """A professional: the national number as sent, and the RPPS number inside it."""
    person = child(assigned, "assignedPerson")
    name = child(person, "name") if person is not None else None
    return Practitioner(
        identifiers=_numbers(
            scribe, assigned, gives, IdentifierKind.IDNPS, _RPPS_PREFIX, IdentifierKind.RPPS
        ),
        family_name=scribe.text(child(name, "family"), gives) if name is not None else None,
        given_name=scribe.text(child(name, "given"), gives) if name is not None else None,
        profession=scribe.coding(child(assigned, "code"), gives),
        location=scribe.at(assigned),
    )


def _numbers(
    scribe: Scribe,
    holder: "_Element",
    gives: str,
    national: IdentifierKind,
    prefix: str,
    within: IdentifierKind,
) -> tuple[Identifier, ...]:
    """Every identifier as sent; a `national` one with its prefix gives the one `within` too."""
    read: list[Identifier] = []
    for stated in children(holder, "id"):
        value = scribe.take(stated, "extension", gives)
        root = scribe.take(stated, "root", gives)
        if value is None:
            continue
        found = identifier(value, root, scribe.site.name)
        read.append(found)
        if found.kind is national and value.startswith(prefix):
            bare = value.removeprefix(prefix)
            read.append(Identifier(value=bare, kind=within, authority=root))
    return tuple(read)


def read_organization(
    scribe: Scribe, organization: "_Element | None", gives: str
) -> Organization | None:
    """An establishment: the national number as sent, and the FINESS number inside it."""
    if organization is None:
        return None
    numbers = _numbers(
        scribe, organization, gives, IdentifierKind.IDNST, _FINESS_PREFIX, IdentifierKind.FINESS
    )
    name = scribe.text(child(organization, "name"), gives)
    return Organization(identifiers=numbers, name=name, location=scribe.at(organization))
