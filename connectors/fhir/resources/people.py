"""Patients, professionals, establishments and stays, as resources or as references alone.

Source: FHIR R4 Patient, Practitioner, PractitionerRole, Organization, Encounter; FR Core 2.2.0
for the reliability of an identity, the birth name and the birth place.
"""

import re
from datetime import date

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.concepts import (
    extension,
    read_coding,
    read_identifier,
    read_identifiers,
)
from connectors.fhir.resources.package import Package, Resource
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.people import (
    Identifier,
    IdentityStatus,
    Organization,
    Patient,
    Practitioner,
    Sex,
    Stay,
)
from schemas.site import Site

_FR_CORE = "https://hl7.fr/ig/fhir/core/StructureDefinition"
RELIABILITY = f"{_FR_CORE}/fr-core-identity-reliability"
INSEE = f"{_FR_CORE}/fr-core-address-insee-code"
BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
UF_ROLE = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition/fr-uf-role"


def reference_identifiers(
    reference: Element | None, site: Site, gives: str
) -> tuple[Identifier, ...]:
    """What a reference alone says of its target: its identifier, then the reference itself.

    An absolute reference keeps its type and id only, as its own resource would be named.
    """
    if reference is None:
        return ()
    stated = read_identifier(reference.child("identifier"), site, gives)
    target = reference.text("reference", gives)
    outside = target is not None and not target.startswith("#")
    named = (Identifier(value=canonical_reference(target)),) if target and outside else ()
    return (*((stated,) if stated else ()), *named)


def canonical_reference(target: str) -> str:
    """`Patient/x` of any way to point at it; a URN stays as it is."""
    plain = target.partition("/_history/")[0]
    return plain if plain.startswith(("urn:", "#")) else "/".join(plain.rsplit("/", 2)[-2:])


def read_patient(
    reference: Element | None, within: Resource, package: Package, site: Site, doubts: Doubts
) -> Patient | None:
    """The patient that a reference leads to, or what the reference alone says.

    `None` when there is no reference or it says nothing. What is doubtful goes to `doubts`.
    """
    if reference is None:
        return None
    found = package.resolve(reference, within, "patient")
    if found is not None and found.kind == "Patient":
        patient = _patient(found, site)
        doubts.findings.extend(found.findings if found.element.at != within.element.at else ())
        return patient
    identifiers = reference_identifiers(reference, site, "patient.identifiers")
    target = reference.members.get("reference")
    at = reference.path("reference")
    if found is not None:
        doubts.say(FindingCode.PATIENT_MISSING, at, "must lead to a Patient", target)
    elif target is not None and not any(i.authority for i in identifiers):
        rule = "leads to no resource, or to more than one, of this message"
        doubts.say(FindingCode.REFERENCE_UNRESOLVED, at, rule, target)
    return Patient(identifiers=identifiers, location=reference.at) if identifiers else None


def _patient(resource: Resource, site: Site) -> Patient:
    element = resource.element
    own = read_identifiers(element, site, "patient.identifiers")
    named = (Identifier(value=resource.reference),) if resource.reference and not own else ()
    birth, used, given = _names(element)
    birth_date = _birth_date(element)
    _check_in_use(element)
    sex = element.text("gender", "patient.sex")
    return Patient(
        identifiers=(*own, *named),
        identity_status=_identity_status(element),
        birth_name=birth,
        used_name=used,
        given_names=given,
        birth_date=birth_date,
        birth_place=_birth_place(element),
        sex=Sex(sex) if sex in set(Sex) else None,
        location=element.at,
    )


def _names(element: Element) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Birth name, used name and given names: only `official` and `maiden` are a birth name."""
    birth: str | None = None
    used: str | None = None
    given: dict[bool, tuple[str, ...]] = {}
    for name in element.children("name"):
        use = name.text("use", "patient.name")
        if use in ("old", "temp", "anonymous", "nickname"):
            continue
        official = use in ("official", "maiden")
        family = name.text("family", "patient.birth_name" if official else "patient.used_name")
        firsts = tuple(text for text, _ in name.texts("given", "patient.given_names"))
        given.setdefault(official, firsts)
        if official:
            birth = birth or family
        else:
            used = used or family
    return birth, used, given.get(True) or given.get(False) or ()


def _birth_date(element: Element) -> date | None:
    text = element.text("birthDate", "patient.birth_date")
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    element.say(FindingCode.VALUE_INVALID, "birthDate", "must be a whole date", text)
    return None


def _check_in_use(element: Element) -> None:
    """`active` and `deceased[x]` change what a Patient means: R4 marks them as modifiers."""
    if element.truth("active", "patient") is False:
        rule = "the record of this patient is not in use"
        element.say(FindingCode.STATUS_NOT_ACTIVE, "active", rule, "false")
    deceased = element.truth("deceasedBoolean", "patient") or element.has("deceasedDateTime")
    if deceased:
        rule = "the patient is stated as deceased"
        element.say(FindingCode.STATUS_NOT_ACTIVE, "deceased[x]", rule)


def _identity_status(element: Element) -> IdentityStatus | None:
    reliability = extension(element, RELIABILITY)
    stated = extension(reliability, "identityStatus") if reliability else None
    coding = stated.child("valueCoding") if stated else None
    code = coding.text("code", "patient.identity_status") if coding else None
    if coding is None or code is None:
        return None
    if code in set(IdentityStatus):
        return IdentityStatus(code)
    coding.say(FindingCode.CODE_INVALID, "code", "must be a status of table v2-0445", code)
    return None


def _birth_place(element: Element) -> str | None:
    place = extension(element, BIRTH_PLACE)
    address = place.child("valueAddress") if place else None
    insee = extension(address, INSEE) if address else None
    coding = insee.child("valueCoding") if insee else None
    return coding.text("code", "patient.birth_place") if coding else None


def read_practitioner(
    reference: Element | None,
    within: Resource,
    package: Package,
    site: Site,
    doubts: Doubts,
    unresolved: FindingCode = FindingCode.PRESCRIBER_MISSING,
) -> tuple[Practitioner | None, Organization | None]:
    """The professional that a reference leads to, and the establishment of their role.

    `unresolved` is what is said of a reference that leads nowhere and carries no identifier.
    """
    if reference is None:
        return None, None
    found = package.resolve(reference, within, "prescriber")
    if found is not None and found.element.at != within.element.at:
        doubts.findings.extend(found.findings)
    if found is not None and found.kind == "Practitioner":
        return _practitioner(found, site), None
    if found is not None and found.kind == "PractitionerRole":
        return _in_role(found, package, site)
    if found is not None and found.kind == "Organization":
        return None, read_organization(found, site)
    return _named_by(reference, site, doubts, unresolved), None


def _named_by(
    reference: Element, site: Site, doubts: Doubts, unresolved: FindingCode
) -> Practitioner | None:
    """What the reference alone says: enough with an identifier, else said as unresolved."""
    identifiers = reference_identifiers(reference, site, "prescriber.identifiers")
    name = reference.text("display", "prescriber.family_name")
    target = reference.members.get("reference")
    if target is not None and not any(i.authority for i in identifiers):
        rule = "leads to no professional of this message"
        doubts.say(unresolved, reference.path("reference"), rule, target)
    if not identifiers and name is None:
        return None
    return Practitioner(identifiers=identifiers, family_name=name, location=reference.at)


def _practitioner(resource: Resource, site: Site, profession: Coding | None = None) -> Practitioner:
    element = resource.element
    own = read_identifiers(element, site, "prescriber.identifiers")
    named = (Identifier(value=resource.reference),) if resource.reference and not own else ()
    name = next(iter(element.children("name")), None)
    given = [text for text, _ in name.texts("given", "prescriber.given_name")] if name else []
    titles = (q.child("code") for q in element.children("qualification"))
    coded = (read_coding(title, "prescriber.profession") for title in titles)
    return Practitioner(
        identifiers=(*own, *named),
        family_name=name.text("family", "prescriber.family_name") if name else None,
        given_name=given[0] if given else None,
        profession=profession or next((code for code in coded if code), None),
        location=element.at,
    )


def _in_role(
    role: Resource, package: Package, site: Site
) -> tuple[Practitioner | None, Organization | None]:
    element = role.element
    coded = (read_coding(code, "prescriber.profession") for code in element.children("code"))
    profession = next((code for code in coded if code), None)
    person = element.child("practitioner")
    found = package.resolve(person, role, "prescriber") if person else None
    employer = _organization_of(element.child("organization"), role, package, site)
    if found is not None and found.kind == "Practitioner":
        return _practitioner(found, site, profession), employer
    own = read_identifiers(element, site, "prescriber.identifiers")
    said = reference_identifiers(person, site, "prescriber.identifiers")
    if not own and not said:
        return None, employer
    made = Practitioner(identifiers=(*own, *said), profession=profession, location=element.at)
    return made, employer


def read_organization(resource: Resource, site: Site) -> Organization:
    """The establishment that this resource describes."""
    return Organization(
        identifiers=read_identifiers(resource.element, site, "establishment.identifiers"),
        name=resource.element.text("name", "establishment.name"),
        location=resource.element.at,
    )


def _organization_of(
    reference: Element | None, within: Resource, package: Package, site: Site
) -> Organization | None:
    if reference is None:
        return None
    found = package.resolve(reference, within, "establishment")
    if found is not None and found.kind == "Organization":
        return read_organization(found, site)
    identifiers = reference_identifiers(reference, site, "establishment.identifiers")
    name = reference.text("display", "establishment.name")
    if not identifiers and name is None:
        return None
    return Organization(identifiers=identifiers, name=name, location=reference.at)


def read_stay(within: Resource, package: Package, site: Site) -> Stay | None:
    """The stay that `encounter` names, with the unit where the patient is housed (UFHEB)."""
    reference = within.element.child("encounter")
    found = package.resolve(reference, within, "stay") if reference else None
    unit = _unit(within, site)
    if found is not None and found.kind == "Encounter":
        numbers = read_identifiers(found.element, site, "stay.visit")
        place = _organization_of(found.element.child("serviceProvider"), found, package, site)
        return Stay(visit=numbers[0] if numbers else None, establishment=place, unit=unit)
    stated = reference_identifiers(reference, site, "stay.visit")
    return Stay(visit=stated[0] if stated else None, unit=unit) if stated or unit else None


def _unit(within: Resource, site: Site) -> str | None:
    for reference in within.element.children("supportingInformation"):
        role = extension(reference, UF_ROLE)
        if role is not None and role.text("valueCode", "stay.unit") == "UFHEB":
            unit = read_identifier(reference.child("identifier"), site, "stay.unit")
            return unit.value if unit else None
    return None
