"""A MedicationRequest as a prescription line.

Source: FHIR R4 MedicationRequest; ANS e-prescription IG 1.1.0-ballot for note scopes and the
rendered dosage.
"""

from typing import NamedTuple

from connectors.fhir.dosage.read import read_dosages
from connectors.fhir.form.values import Element
from connectors.fhir.resources.beside import doubt_beside, notes_beside
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import (
    extension,
    read_coding,
    read_identifiers,
    read_quantity,
    words_of,
)
from connectors.fhir.resources.dates import read_when
from connectors.fhir.resources.medication import read_product
from connectors.fhir.resources.notes import (
    CONDITION,
    INDICATION,
    PRODUCT_TEXT,
    line_text,
    read_notes,
    remarks_of,
)
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.people import reference_identifiers
from connectors.fhir.resources.resource import Resource
from connectors.remarks import with_remarks
from schemas.base import DateOrInstant
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.posology import Posology
from schemas.prescription import Line, LineAction, LineLink, LinkKind, Note, Product
from schemas.quantity import Quantity
from schemas.site import Site

RENDERED = (
    "http://hl7.org/fhir/5.0/StructureDefinition"
    "/extension-MedicationRequest.renderedDosageInstruction"
)
STATUS_CHANGED = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest.statusChanged"
)
_MOST = 200
"""Dosages of one line: each note is compared with each of them."""
ORDERS = frozenset(("order", "original-order", "reflex-order", "filler-order", "instance-order"))
_ACTIONS = {
    "active": LineAction.START,
    "on-hold": LineAction.HOLD,
    "stopped": LineAction.STOP,
    "cancelled": LineAction.CANCEL,
    "entered-in-error": LineAction.CANCEL,
}
"""What each status asks for. The other statuses ask for nothing."""


def read_line(request: Resource, package: Package, site: Site) -> Line:
    """The line, with every doubt about the request, its product and its dosages of other parts."""
    element = request.element
    notes = read_notes(element)
    doubt_beside(element)
    for note in notes:
        if note.scope == CONDITION:
            rule = "the line applies under a condition that stands in words"
            element.doubts.say(FindingCode.EVENT_CONDITION, note.location, rule, note.text)
    supply = _supply(element)
    posology = _posology(element, package, site)
    line = Line(
        location=element.at,
        identifiers=line_identifiers(request, site),
        action=_action(element, package.unnamed.get(element.at)),
        effective_at=_effective_at(element),
        product=_product(request, notes, package, site),
        text=line_text(notes, posology),
        posology=with_remarks(posology, remarks_of(element, notes, posology)),
        route=_route(element),
        quantity_to_supply=supply.quantity,
        renewals=supply.renewals,
        substitution_allowed=_substitution(element),
        supplied=supply.supplied,
        indication=_indication(element, notes),
        links=_links(element, site),
        notes=(*notes, *notes_beside(element)),
    )
    close(element, "MedicationRequest")
    return line.model_copy(update={"findings": tuple(dict.fromkeys(request.findings))})


def _product(request: Resource, notes: tuple[Note, ...], package: Package, site: Site) -> Product:
    """The product; one that has no words of its own has those that a note of that scope gives."""
    product = read_product(request, package, site)
    named = next((note.text for note in notes if note.scope == PRODUCT_TEXT), None)
    return product if product.text or not named else product.model_copy(update={"text": named})


def line_identifiers(request: Resource, site: Site) -> tuple[Identifier, ...]:
    """The sender's identifiers, then how other resources refer to it."""
    own = read_identifiers(request.element, site, "line.identifiers")
    names = [request.reference]
    if request.full_url and request.full_url.startswith("urn:"):
        names.append(request.full_url)
    if request.id:
        request.element.use("id", "line.identifiers")
    return (*own, *(Identifier(value=name) for name in names if name))


def _action(element: Element, left_out: str | None) -> LineAction:
    """What is asked. What is no order in force informs only, and says why.

    `left_out` is why the message or the document is not about this request.
    """
    status = element.text("status", "action")
    intent = element.text("intent", "action")
    forbidden = element.truth("doNotPerform", "action")
    reported = element.truth("reportedBoolean", "action") or element.has("reportedReference")
    reasons = (
        (status not in _ACTIONS, "status", "this status is no order in force", status),
        (status == "entered-in-error", "status", "the request was an error", status),
        (intent not in ORDERS, "intent", "this intent is no order", intent),
        (bool(forbidden), "doNotPerform", "the request forbids the medication", "true"),
        (bool(reported), "reported[x]", "the request is reported, not ordered", None),
    )
    informs = left_out is not None
    if left_out is not None:
        element.doubts.say(FindingCode.STATUS_NOT_ACTIVE, element.at, left_out)
    for applies, name, rule, quoted in reasons:
        if applies:
            element.say(FindingCode.STATUS_NOT_ACTIVE, name, rule, quoted)
            informs = True
    action = _ACTIONS.get(status or "", LineAction.INFORM)
    ends = action in (LineAction.STOP, LineAction.CANCEL) and intent in ORDERS and not forbidden
    return action if left_out is None and (ends or not informs) else LineAction.INFORM


def _posology(element: Element, package: Package, site: Site) -> Posology:
    rendered = extension(element, RENDERED)
    given = element.members.get("dosageInstruction")
    dosages = given if isinstance(given, list) else []
    if len(dosages) > _MOST:
        rule = f"must have at most {_MOST} dosages: the others are not read"
        element.say(FindingCode.VALUE_INVALID, "dosageInstruction", rule)
        dosages = dosages[:_MOST]
    if given is not None and not isinstance(given, list):
        element.say(FindingCode.VALUE_INVALID, "dosageInstruction", "must be a list")
    return Posology(
        phases=read_dosages(dosages, element.path("dosageInstruction"), package.trail, site),
        text=rendered.text("valueMarkdown", "posology.text") if rendered else None,
    )


def _route(element: Element) -> Coding | None:
    """The one route of the line. A second, different one is said: the line holds one."""
    given = element.members.get("dosageInstruction")
    if not isinstance(given, list):
        return None
    first: Coding | None = None
    for dosage in element.children("dosageInstruction"):
        route = read_coding(dosage.child("route"), "route")
        if first is not None and route is not None and route.code != first.code:
            rule = "the dosages of one line must have one route"
            dosage.say(FindingCode.ELEMENT_UNREAD, "route", rule, route.display or route.code)
        first = first or route
    return first


class _Supply(NamedTuple):
    """What the pharmacy is asked to supply; `supplied` is `False` for a quantity of zero."""

    quantity: Quantity | None = None
    renewals: int | None = None
    supplied: bool | None = None


def _supply(element: Element) -> _Supply:
    asked = element.child("dispenseRequest")
    if asked is None:
        return _Supply()
    quantity = read_quantity(asked.child("quantity"), "quantity_to_supply")
    initial = asked.child("initialFill")
    first = read_quantity(initial.child("quantity"), "supplied") if initial else None
    nothing = any(amount is not None and amount.value == 0 for amount in (quantity, first))
    return _Supply(
        quantity=quantity,
        renewals=asked.integer("numberOfRepeatsAllowed", "renewals", least=0),
        supplied=False if nothing else None,
    )


def _substitution(element: Element) -> bool | None:
    """Whether it may be substituted. Codes: HL7 v3 substanceAdminSubstitution, N = none."""
    stated = element.child("substitution")
    if stated is None:
        return None
    allowed = stated.truth("allowedBoolean", "substitution_allowed")
    coded = read_coding(stated.child("allowedCodeableConcept"), "substitution_allowed")
    return allowed if coded is None else coded.code != "N"


def _indication(element: Element, notes: tuple[Note, ...]) -> str | None:
    reasons = (words_of(reason, "indication") for reason in element.children("reasonCode"))
    stated = [reason for reason in reasons if reason]
    stated += [note.text for note in notes if note.scope in INDICATION]
    return "; ".join(dict.fromkeys(stated)) or None


def _links(element: Element, site: Site) -> tuple[LineLink, ...]:
    """The requests that this one replaces or is based on."""
    prior = element.child("priorPrescription")
    stated = [(LinkKind.REPLACES, prior)] if prior else []
    stated += [(LinkKind.OTHER, based) for based in element.children("basedOn")]
    links: list[LineLink] = []
    for kind, reference in stated:
        named = reference_identifiers(reference, site, "links")
        if named:
            links.append(LineLink(kind=kind, line=named[0].value, location=reference.at))
    return tuple(links)


def _effective_at(element: Element) -> DateOrInstant | None:
    """When its status became what it is: R5 has an element for it, R4 an extension."""
    changed = extension(element, STATUS_CHANGED)
    return read_when(changed, "valueDateTime", "effective_at") if changed else None
