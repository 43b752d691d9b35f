"""Patients, as resources or as references alone.

Source: FHIR R4 Patient; FR Core 2.2.0 for the reliability of an identity, the birth name and the
birth place.
"""

import re
from datetime import date

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import extension, read_identifier, read_identifiers
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.resource import Resource
from schemas.finding import FindingCode
from schemas.people import Identifier, IdentifierKind, IdentityStatus, Patient, Sex
from schemas.site import Site

_FR_CORE = "https://hl7.fr/ig/fhir/core/StructureDefinition"
RELIABILITY = f"{_FR_CORE}/fr-core-identity-reliability"
INSEE = f"{_FR_CORE}/fr-core-address-insee-code"
BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
_INS = (
    IdentifierKind.INS_NIR,
    IdentifierKind.INS_NIA,
    IdentifierKind.INS_TEST,
    IdentifierKind.INS_DEMO,
)


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
    identifiers = reference_identifiers(reference, site, "patient.identifiers")
    if found is not None and found.kind == "Patient":
        patient = package.once(found, lambda: _patient(found, site), "patient")
        found.tell(doubts)
        _compare(reference, identifiers, patient, doubts)
        return patient
    target = reference.members.get("reference")
    at = reference.path("reference")
    if found is not None:
        doubts.say(FindingCode.PATIENT_MISSING, at, "must lead to a Patient", target)
    elif target is not None and not any(i.authority for i in identifiers):
        rule = "leads to no resource, or to more than one, of this message"
        doubts.say(FindingCode.REFERENCE_UNRESOLVED, at, rule, target)
    return Patient(identifiers=identifiers, location=reference.at) if identifiers else None


def _compare(
    reference: Element, stated: tuple[Identifier, ...], patient: Patient, doubts: Doubts
) -> None:
    """The identifier in the reference against those of the record that it leads to."""
    for one in stated:
        same = [own.value for own in patient.identifiers if own.authority == one.authority]
        if one.authority is not None and same and one.value not in same:
            rule = "the reference names one patient and leads to another"
            doubts.say(FindingCode.PATIENT_CONTRADICTED, reference.path("identifier"), rule)


def _patient(resource: Resource, site: Site) -> Patient:
    element = resource.element
    own = read_identifiers(element, site, "patient.identifiers")
    named = (Identifier(value=resource.reference),) if resource.reference and not own else ()
    birth, used, given = _names(element)
    birth_date = _birth_date(element)
    _check_in_use(element)
    _check_one_ins(element, own)
    sex = element.text("gender", "patient.sex")
    patient = Patient(
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
    close(element, "Patient")
    return patient


def _check_one_ins(element: Element, own: tuple[Identifier, ...]) -> None:
    """A person has one national identity. Source: FR Core 2.2.0 fr-core-2."""
    if len({each.value for each in own if each.kind in _INS}) > 1:
        rule = "one patient must have one INS in use"
        element.say(FindingCode.PATIENT_CONTRADICTED, "identifier", rule)


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
        if official and birth and family and family != birth:
            rule = "a second birth name is not used"
            name.say(FindingCode.ELEMENT_UNREAD, "family", rule, family)
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
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        rule = "a year or a month alone is no birth date to compare"
        element.say(FindingCode.ELEMENT_UNREAD, "birthDate", rule, text)
    else:
        element.say(FindingCode.VALUE_INVALID, "birthDate", "must be a date", text)
    return None


def _check_in_use(element: Element) -> None:
    """`active` and `deceased[x]` change what a Patient means: R4 marks them as modifiers."""
    if element.truth("active", "patient") is False:
        rule = "the record of this patient is not in use"
        element.say(FindingCode.STATUS_NOT_ACTIVE, "active", rule, "false")
    died = element.text("deceasedDateTime", "patient")
    if element.truth("deceasedBoolean", "patient") or died is not None:
        rule = "the patient is stated as deceased"
        element.say(FindingCode.STATUS_NOT_ACTIVE, "deceased[x]", rule)
    for link in element.children("link"):
        if link.text("type", "patient") == "replaced-by":
            rule = "another record has taken the place of this one"
            link.say(FindingCode.STATUS_NOT_ACTIVE, "type", rule, "replaced-by")


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
