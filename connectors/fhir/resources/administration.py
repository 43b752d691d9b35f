"""A MedicationAdministration as an intake. Source: FHIR R4 MedicationAdministration."""

from datetime import datetime

from connectors.fhir.form.values import Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import (
    extension,
    read_coding,
    read_identifiers,
    read_quantity,
    words_of,
)
from connectors.fhir.resources.dates import read_instant
from connectors.fhir.resources.medication import read_product
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.people import read_patient, reference_identifiers
from connectors.fhir.resources.professionals import read_practitioner
from connectors.fhir.resources.resource import Resource
from mappings.catalogue import table
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.people import Identifier
from schemas.prescription import Product
from schemas.site import Site

RECORDED = "http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationAdministration.recorded"
_STATUSES = {
    "completed": IntakeStatus.TAKEN,
    "stopped": IntakeStatus.PARTIAL,
    "on-hold": IntakeStatus.HELD,
    "in-progress": IntakeStatus.IN_PROGRESS,
    "entered-in-error": IntakeStatus.ENTERED_IN_ERROR,
    "unknown": IntakeStatus.UNKNOWN,
}
"""R4: stopped = halted for good before all of it happened. `not-done` depends on its reason."""
_ROLES = {
    "Patient": AuthorRole.PATIENT,
    "RelatedPerson": AuthorRole.CARER,
    "Device": AuthorRole.DEVICE,
}


def read_intake(resource: Resource, package: Package, site: Site) -> Intake:
    """The intake, with every doubt about it. A status outside the required list is `UNKNOWN`."""
    element = resource.element
    reason = _reason(element)
    status = _status(element, reason, site)
    dosage = element.child("dosage")
    quantity = read_quantity(dosage.child("dose"), "quantity") if dosage else None
    _check(element, status, quantity is not None and quantity.value > 0)
    recorded = extension(element, RECORDED)
    request = element.child("request")
    if resource.id:
        element.use("id", "identifiers")
    product = read_product(resource, package, site)
    intake = Intake(
        location=element.at,
        identifiers=_identifiers(resource, site),
        status=status,
        taken_at=_taken_at(element),
        recorded_at=read_instant(recorded, "valueDateTime", "recorded_at") if recorded else None,
        author=_author(resource, package, site),
        patient=read_patient(element.child("subject"), resource, package, site, element.doubts),
        line=_line(request, resource, package, site),
        product=product if product != Product(location=product.location) else None,
        quantity=quantity,
        reason=reason,
        note=_note(element, dosage),
    )
    close(element, "MedicationAdministration")
    return intake.model_copy(update={"findings": tuple(dict.fromkeys(resource.findings))})


def _identifiers(resource: Resource, site: Site) -> tuple[Identifier, ...]:
    own = read_identifiers(resource.element, site, "identifiers")
    urn = resource.full_url if (resource.full_url or "").startswith("urn:") else None
    named = (name for name in (resource.reference, urn) if name)
    return (*own, *(Identifier(value=name) for name in named))


def _reason(element: Element) -> Coding | None:
    concepts = element.children("statusReason")
    coded = (read_coding(concept, "reason") for concept in concepts)
    found = next((coding for coding in coded if coding is not None), None)
    words = (words_of(concept, "reason") for concept in concepts)
    text = next((said for said in words if said), None)
    return found or (Coding(code=text, display=text) if text else None)


def _status(element: Element, reason: Coding | None, site: Site) -> IntakeStatus:
    stated = element.text("status", "status")
    if stated != "not-done":
        return _STATUSES.get(stated or "", IntakeStatus.UNKNOWN)
    if reason is None:
        return IntakeStatus.NOT_GIVEN
    key = f"{reason.system or ''}|{reason.code}"
    known = table("fhir/reasons_not_given", site.name).target_of(key)
    if known is None:
        rule = "the reason is not in the table: it may be a refusal"
        element.say(FindingCode.ELEMENT_UNREAD, "statusReason", rule, reason.display or key)
        return IntakeStatus.NOT_GIVEN
    return IntakeStatus(known)


def _check(element: Element, status: IntakeStatus, some: bool) -> None:
    """What one report may not say at once. Source: R4, statusReason: why it was not performed."""
    none_taken = status in (IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN, IntakeStatus.HELD)
    if none_taken and some:
        rule = "an intake that did not happen must have no dose"
        element.say(FindingCode.INTAKE_INCONSISTENT, "dosage.dose", rule)
    if status is IntakeStatus.TAKEN and element.has("statusReason"):
        rule = "a completed intake must have no reason for not being given"
        element.say(FindingCode.INTAKE_INCONSISTENT, "statusReason", rule)


def _taken_at(element: Element) -> datetime | None:
    """The moment of the act: its time, or the start of its period."""
    period = element.child("effectivePeriod")
    if period is not None:
        return read_instant(period, "start", "taken_at")
    return read_instant(element, "effectiveDateTime", "taken_at")


def _author(resource: Resource, package: Package, site: Site) -> Author:
    """Who gave or took it: the first performer. A role that is not stated stays unknown."""
    performer = next(iter(resource.element.children("performer")), None)
    actor = performer.child("actor") if performer else None
    if actor is None:
        return Author(role=AuthorRole.UNKNOWN)
    found = package.resolve(actor, resource, "author")
    kind = found.kind if found else _stated_kind(actor)
    name = actor.text("display", "author.name")
    if kind in _ROLES:
        return Author(role=_ROLES[kind], name=name)
    person, _ = read_practitioner(
        actor, resource, package, site, resource.element.doubts, FindingCode.ELEMENT_UNREAD
    )
    code = person.profession.code if person and person.profession else None
    known = table("fhir/professions", site.name).target_of(code) if code else None
    role = AuthorRole(known) if known else AuthorRole.UNKNOWN
    return Author(role=role, practitioner=person, name=name)


def _stated_kind(reference: Element) -> str | None:
    target = reference.text("reference", "author")
    if target is not None and "/" in target:
        return target.rsplit("/", 2)[-2]
    return reference.text("type", "author.role")


def _line(
    request: Element | None, resource: Resource, package: Package, site: Site
) -> tuple[Identifier, ...]:
    """Every identifier of the request: its own when it is in the message, else the reference's."""
    if request is None:
        return ()
    found = package.resolve(request, resource, "line")
    own = read_identifiers(found.element, site, "line") if found is not None else ()
    return (*own, *reference_identifiers(request, site, "line"))


def _note(element: Element, dosage: Element | None) -> str | None:
    notes = [note.text("text", "note") for note in element.children("note")]
    notes.append(dosage.text("text", "note") if dosage else None)
    return "\n".join(note for note in notes if note) or None
