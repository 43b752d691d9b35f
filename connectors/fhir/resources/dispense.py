"""A MedicationDispense as a fact: what a pharmacy gave out. Source: FHIR R4 MedicationDispense."""

from decimal import Decimal

from connectors.fhir.dosage.words import all_words_of
from connectors.fhir.form.values import Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import (
    codings,
    read_coding,
    read_identifiers,
    read_quantity,
    words_of,
)
from connectors.fhir.resources.dates import read_when
from connectors.fhir.resources.medication import read_lots, read_product
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.people import read_patient, reference_identifiers
from connectors.fhir.resources.professionals import read_practitioner
from connectors.fhir.resources.resource import Resource
from schemas.codes import Coding
from schemas.dispense import Dispense, DispenseStatus, Substitution
from schemas.finding import FindingCode
from schemas.people import Identifier, Organization, Practitioner
from schemas.prescription import Product
from schemas.site import Site

_STATUSES = {
    "preparation": DispenseStatus.PREPARED,
    "in-progress": DispenseStatus.PREPARED,
    "completed": DispenseStatus.DISPENSED,
    "stopped": DispenseStatus.PARTIAL,
    "declined": DispenseStatus.NOT_DISPENSED,
    "cancelled": DispenseStatus.CANCELLED,
    "on-hold": DispenseStatus.HELD,
    "entered-in-error": DispenseStatus.ENTERED_IN_ERROR,
}
"""R4: in-progress = ready for pickup; stopped = halted for good before all of it happened."""
_PART_FILLS = ("FFP", "FFPS", "RFP", "RFPS")
"""Source: v3 ActCode, ActPharmacySupplyType: first fill and refill, part fill."""


def read_dispense(resource: Resource, package: Package, site: Site) -> Dispense:
    """The dispense, with every doubt about it. A status outside the required list is `UNKNOWN`."""
    element = resource.element
    if resource.id:
        element.use("id", "identifiers")
    who, pharmacy = _performer(resource, package, site)
    product = read_product(resource, package, site)
    issues = element.children("detectedIssue")
    if issues:
        rule = "a problem that the sender found is not read"
        element.say(FindingCode.ELEMENT_UNREAD, "detectedIssue", rule)
    dispense = Dispense(
        location=element.at,
        identifiers=_identifiers(resource, site),
        status=_status(element),
        dispensed_at=read_when(element, "whenHandedOver", "dispensed_at"),
        prepared_at=read_when(element, "whenPrepared", "prepared_at"),
        dispensed_by=who,
        dispenser=pharmacy,
        patient=read_patient(element.child("subject"), resource, package, site, element.doubts),
        line=_line(resource, package, site),
        product=product if product != Product(location=product.location) else None,
        quantity=read_quantity(element.child("quantity"), "quantity"),
        days_of_supply=_days(element),
        substitution=_substitution(element),
        lots=read_lots(resource, package),
        reason=_reason(element),
        text=_text(element),
        note=_note(element),
    )
    close(element, "MedicationDispense")
    return dispense.model_copy(update={"findings": tuple(dict.fromkeys(resource.findings))})


def _identifiers(resource: Resource, site: Site) -> tuple[Identifier, ...]:
    own = read_identifiers(resource.element, site, "identifiers")
    urn = resource.full_url if (resource.full_url or "").startswith("urn:") else None
    named = (name for name in (resource.reference, urn) if name)
    return (*own, *(Identifier(value=name) for name in named))


def _status(element: Element) -> DispenseStatus:
    status = _STATUSES.get(element.text("status", "status") or "", DispenseStatus.UNKNOWN)
    fills = codings(element.child("type"), "status")
    part = any(fill.code in _PART_FILLS for fill in fills)
    return DispenseStatus.PARTIAL if part and status is DispenseStatus.DISPENSED else status


def _performer(
    resource: Resource, package: Package, site: Site
) -> tuple[Practitioner | None, Organization | None]:
    """The first professional and the first establishment that dispensed."""
    who: Practitioner | None = None
    pharmacy: Organization | None = None
    for performer in resource.element.children("performer"):
        actor = performer.child("actor")
        doubts = resource.element.doubts
        person, place = read_practitioner(
            actor, resource, package, site, doubts, FindingCode.ELEMENT_UNREAD
        )
        who, pharmacy = who or person, pharmacy or place
    return who, pharmacy


def _line(resource: Resource, package: Package, site: Site) -> tuple[Identifier, ...]:
    """Every identifier of the order: its own when it is in the message, and the reference's."""
    names: list[Identifier] = []
    orders = resource.element.children("authorizingPrescription")
    for order in orders:
        found = package.resolve(order, resource, "line")
        own = read_identifiers(found.element, site, "line") if found is not None else ()
        names.extend((*own, *reference_identifiers(order, site, "line")))
    if len(orders) > 1:
        rule = "one dispense for several orders: which part is for which is not known"
        resource.element.say(FindingCode.ELEMENT_UNREAD, "authorizingPrescription", rule)
    return tuple(dict.fromkeys(names))


def _days(element: Element) -> Decimal | None:
    """The days that it lasts; a length in another unit, or in none, is said and left out."""
    stated = read_quantity(element.child("daysSupply"), "days_of_supply")
    if stated is None:
        return None
    if (stated.code or stated.unit) not in ("d", "day", "days", "jour", "jours"):
        rule = "the days of supply are not stated in days"
        element.say(FindingCode.ELEMENT_UNREAD, "daysSupply", rule, stated.unit or stated.code)
        return None
    return stated.value


def _substitution(element: Element) -> Substitution | None:
    stated = element.child("substitution")
    if stated is None:
        return None
    reasons = (read_coding(one, "substitution.reason") for one in stated.children("reason"))
    return Substitution(
        done=stated.truth("wasSubstituted", "substitution.done"),
        kind=read_coding(stated.child("type"), "substitution.kind"),
        reason=next((reason for reason in reasons if reason), None),
        location=stated.at,
    )


def _reason(element: Element) -> Coding | None:
    if element.has("statusReasonReference"):
        rule = "the reason stands in another resource, which is not read"
        element.say(FindingCode.ELEMENT_UNREAD, "statusReasonReference", rule)
    concept = element.child("statusReasonCodeableConcept")
    coded, words = read_coding(concept, "reason"), words_of(concept, "reason")
    return coded or (Coding(code=words, display=words) if words else None)


def _text(element: Element) -> str | None:
    """How it is to be taken, in the words of the pharmacy: the order says what is planned."""
    given = element.members.get("dosageInstruction")
    dosages = element.children("dosageInstruction") if isinstance(given, list) else ()
    texts = (dosage.text("text", "text") for dosage in dosages)
    return "\n".join(text for text in texts if text) or None


def _note(element: Element) -> str | None:
    """The notes, and the words of the kind of fill."""
    notes = [note.text("text", "note") for note in element.children("note")]
    kind = element.child("type")
    words = all_words_of(kind, "note") if kind is not None else ()
    return "\n".join(note for note in (*notes, *words) if note) or None
