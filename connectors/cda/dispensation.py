"""A written dispensation (eDISP-MED) as facts: one supply is one act of dispensing.

Nothing is ordered and nothing planned from it. A supply that is `active` was made ready and not yet
given out, as in an organiser that waits for its patient.
Source: ANS, CI-SIS eDISP-MED 2024.01, FR-Traitement-dispense (1.2.250.1.213.1.1.3.204).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.cda.fulfilment import read_beside
from connectors.cda.header import instance
from connectors.cda.people import read_organization, read_patient, read_practitioner
from connectors.cda.product import is_named, read_box, read_product
from connectors.cda.scribe import Scribe, child, children, sections_of, templates_of
from connectors.cda.supply import read_supplied
from connectors.cda.templates import (
    DISPENSATION_LOINC,
    DISPENSED,
    SECTION_DISPENSED,
)
from connectors.cda.unread import tell_unread
from mappings.catalogue import table
from schemas.base import DateOrInstant
from schemas.dispense import Dispense, DispenseKind, DispenseStatus, Lot
from schemas.finding import FindingCode
from schemas.people import Identifier, Organization, Patient, Practitioner

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOT = "/ClinicalDocument"
_HAPPENED, _MADE_READY, _DONE = "EVN", "active", "completed"
_PRINTED = "-delivre"
_LONGEST_HEADER = 64 * 1024
"""Characters; each of the products of a document repeats them."""
_TAKEN_BACK = {
    "aborted": DispenseStatus.CANCELLED,
    "cancelled": DispenseStatus.CANCELLED,
    "held": DispenseStatus.HELD,
    "suspended": DispenseStatus.HELD,
    "nullified": DispenseStatus.ENTERED_IN_ERROR,
}
"""Source: HL7 v3 ActStatus."""


@dataclass(frozen=True, slots=True)
class _Header:
    """What the header says of every product: for whom, by whom, when, for which order."""

    patient: Patient | None = None
    who: Practitioner | None = None
    pharmacy: Organization | None = None
    at: DateOrInstant | None = None
    orders: tuple[Identifier, ...] = ()


def read_dispenses(document: Scribe, root: "_Element") -> tuple[Dispense, ...]:
    """Every product given out, with its doubts; those of the document stand with the document."""
    header = _modest(document, _header(document, root))
    for related in children(root, "relatedDocument"):
        rule = "the document replaces or adds to another, whose dispenses are not taken back"
        document.doubt(FindingCode.ELEMENT_UNREAD, document.at(related), rule)
    dispenses = []
    for section in sections_of(root):
        tell_unread(document, section, (DISPENSED,))
        if SECTION_DISPENSED in templates_of(section):
            supplies = children(section, "entry", "supply")
            dispenses += [
                _dispense(document.part(), supply, header)
                for supply in supplies
                if DISPENSED in templates_of(supply)
            ]
    if not dispenses:
        rule = "a dispensation must have a section of dispensed medicines with at least one supply"
        document.doubt(FindingCode.MESSAGE_EMPTY, f"{_ROOT}/component", rule)
    return tuple(dispenses)


def _header(scribe: Scribe, root: "_Element") -> _Header:
    event = next(
        (
            each
            for each in children(root, "documentationOf", "serviceEvent")
            for code in children(each, "code")
            if code.get("code") == DISPENSATION_LOINC
        ),
        None,
    )
    performer = child(event, "performer", "assignedEntity") if event is not None else None
    organization = child(performer, "representedOrganization") if performer is not None else None
    orders = (
        instance(scribe, stated, "dispense.prescription")
        for stated in children(root, "inFulfillmentOf", "order", "id")
    )
    return _Header(
        patient=read_patient(scribe, root),
        who=None
        if performer is None
        else read_practitioner(scribe, performer, "dispense.dispensed_by"),
        pharmacy=read_organization(scribe, organization, "dispense.dispenser"),
        at=_when(scribe, event, "dispense.dispensed_at") if event is not None else None,
        orders=tuple(order for order in orders if order is not None),
    )


def _modest(scribe: Scribe, header: _Header) -> _Header:
    """The header, which every dispense repeats; one without end is a finding, and is left out."""
    parts = (header.patient, header.who, header.pharmacy, *header.orders)
    if sum(len(part.model_dump_json()) for part in parts if part is not None) <= _LONGEST_HEADER:
        return header
    rule = f"people and numbers of the header must have at most {_LONGEST_HEADER} characters"
    scribe.doubt(FindingCode.VALUE_INVALID, _ROOT, rule)
    return _Header(at=header.at)


def _when(scribe: Scribe, act: "_Element", gives: str) -> DateOrInstant | None:
    """When an act was done: its `effectiveTime`, a point or where an interval begins."""
    stated = child(act, "effectiveTime")
    if stated is None:
        return None
    point = stated if stated.get("value") else child(stated, "low")
    return scribe.timestamp(point, gives, FindingCode.VALUE_INVALID)


def _dispense(scribe: Scribe, supply: "_Element", header: _Header) -> Dispense:
    product = read_product(scribe, supply)
    boxes = read_box(scribe, supply)
    known = {(code.system, code.value) for code in product.codes}
    more = tuple(code for code in boxes if (code.system, code.value) not in known)
    product = product.model_copy(update={"codes": (*product.codes, *more)})
    if not is_named(product):
        product = product.model_copy(update={"text": _printed_product(scribe, supply)})
    if not is_named(product):
        scribe.doubt(FindingCode.PRODUCT_MISSING, scribe.at(supply), "a supply must name a product")
    ready = _is_ready(supply)
    at = _when(scribe, supply, "dispense.prepared_at" if ready else "dispense.dispensed_at")
    beside = read_beside(scribe, supply, header.orders)
    planned_at, days = _period(scribe, supply)
    said = scribe.original(child(supply, "text"), "dispense.note")
    notes = (said, *beside.notes)
    return Dispense(
        location=scribe.at(supply),
        kind=DispenseKind.GIVE if ready else DispenseKind.DISPENSE,
        identifiers=_identifiers(scribe, supply),
        status=_status(scribe, supply),
        dispensed_at=None if ready else at or header.at,
        prepared_at=at if ready else None,
        planned_at=planned_at,
        dispensed_by=header.who,
        dispenser=header.pharmacy,
        patient=header.patient,
        line=beside.line,
        prescription=tuple(dict.fromkeys((*header.orders, *beside.documents))),
        product=product if is_named(product) else None,
        quantity=read_supplied(scribe, supply, "dispense.quantity"),
        days_of_supply=days,
        substitution=beside.substitution,
        lots=_lots(scribe, supply),
        text="\n".join(beside.text) or None,
        note="\n".join(note for note in notes if note) or None,
        findings=tuple(scribe.findings),
    )


def _printed_product(scribe: Scribe, supply: "_Element") -> str | None:
    """The product as printed, by the ID that the official example uses: `med-002-delivre`."""
    reference = child(supply, "text", "reference")
    name = (reference.get("value") or "").strip() if reference is not None else ""
    target = scribe.narrative.target(f"{name}{_PRINTED}") if name else None
    return scribe.text(target, "product.text")


def _is_ready(supply: "_Element") -> bool:
    status = child(supply, "statusCode")
    return status is not None and status.get("code") == _MADE_READY


def _identifiers(scribe: Scribe, supply: "_Element") -> tuple[Identifier, ...]:
    stated = (instance(scribe, one, "dispense.identifiers") for one in children(supply, "id"))
    return tuple(found for found in stated if found is not None)


def _status(scribe: Scribe, supply: "_Element") -> DispenseStatus:
    """How far it went, by mood, negation, status and completeness; what is unknown is said."""
    mood = scribe.take(supply, "moodCode", "dispense.status")
    if mood != _HAPPENED:
        rule = "a supply of a dispensation must have happened (moodCode EVN)"
        scribe.doubt(FindingCode.STATUS_NOT_ACTIVE, f"{scribe.at(supply)}/@moodCode", rule, mood)
        return DispenseStatus.UNKNOWN
    if scribe.take(supply, "nullFlavor", "dispense.status") is not None:
        rule = "a supply must not be a null value"
        scribe.doubt(FindingCode.STATUS_NOT_ACTIVE, scribe.at(supply), rule)
        return DispenseStatus.UNKNOWN
    if supply.get("negationInd") is not None:
        negated = scribe.flag(supply, "negationInd", "dispense.status")
        if negated is not False:
            return DispenseStatus.UNKNOWN if negated is None else DispenseStatus.NOT_DISPENSED
    state = child(supply, "statusCode")
    stated = scribe.take(state, "code", "dispense.status")
    if stated == _MADE_READY:
        return DispenseStatus.PREPARED
    if state is not None and stated not in (None, _DONE):
        rule = "statusCode of a supply must be completed, or active while it is made ready"
        scribe.doubt(FindingCode.STATUS_NOT_ACTIVE, f"{scribe.at(state)}/@code", rule, stated)
        return _TAKEN_BACK.get(stated or "", DispenseStatus.UNKNOWN)
    return _completeness(scribe, supply)


def _completeness(scribe: Scribe, supply: "_Element") -> DispenseStatus:
    coded = child(supply, "code")
    code = scribe.take(coded, "code", "dispense.status")
    if coded is None or code is None:
        return DispenseStatus.DISPENSED
    known = table("cda/completeness", scribe.site.name).target_of(code)
    if known is None:
        rule = "code of a supply must be one of the completeness table"
        scribe.doubt(FindingCode.CODE_INVALID, f"{scribe.at(coded)}/@code", rule, code)
        return DispenseStatus.UNKNOWN
    return DispenseStatus(known)


def _period(scribe: Scribe, supply: "_Element") -> tuple[datetime | None, Decimal | None]:
    """The first administration that it is for, and how many days it lasts."""
    stated = child(supply, "expectedUseTime")
    if stated is None:
        return None, None
    low = scribe.timestamp(child(stated, "low"), "dispense.planned_at", FindingCode.VALUE_INVALID)
    width = child(stated, "width")
    days = None
    if width is not None:
        if width.get("unit") == "d":
            scribe.take(width, "unit", "dispense.days_of_supply")
            days = scribe.amount(width, "value", "dispense.days_of_supply")
        else:
            rule = "the time of use must be a number of days"
            scribe.doubt(FindingCode.ELEMENT_UNREAD, scribe.at(width), rule, width.get("unit"))
    return low if isinstance(low, datetime) else None, days


def _lots(scribe: Scribe, supply: "_Element") -> tuple[Lot, ...]:
    material = child(supply, "product", "manufacturedProduct", "manufacturedMaterial")
    if material is None:
        return ()
    number = scribe.text(child(material, "lotNumberText"), "dispense.lots")
    stated = child(material, "expirationTime")
    ends = () if stated is None else (stated, child(stated, "high"), child(stated, "low"))
    end = next((one for one in ends if one is not None and one.get("value")), None)
    expires = scribe.timestamp(end, "dispense.lots", FindingCode.VALUE_INVALID)
    return (Lot(number=number, expires_on=expires),) if number or expires else ()
