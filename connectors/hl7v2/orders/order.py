"""One order group as one line of a prescription. Source: HL7 v2.5.1 §4.5.1 (ORC), §4.14.4 (RXE)."""

from datetime import date, datetime

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders import notes
from connectors.hl7v2.orders import product as products
from connectors.hl7v2.orders.control import PLANNING, control_of
from connectors.hl7v2.orders.grammar import Part
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.notices import told_at
from connectors.hl7v2.orders.relation import links_of
from connectors.hl7v2.parties import entity_of
from connectors.hl7v2.posology.of_order import posology_of
from connectors.hl7v2.source import Source
from connectors.remarks import with_remarks
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.posology import Posology
from schemas.prescription import (
    Line,
    LineAction,
    LineEvent,
    LineLink,
    LinkKind,
    Product,
)
from schemas.quantity import Quantity

_SUBSTITUTIONS = {"N": False, "G": True, "T": True}
"""RXO-9, table 0161: N forbids, G and T allow; absent says nothing here."""
_NEW = (LineAction.START, LineAction.REPLACE)
_ORDER_TYPES = ("M", "S", "O")
"""RXE-44 and RXO-27. Table 0480."""
_SOLUTIONS = ("S", "O")
"""Order types of what is infused or injected: never in an organiser. Table 0480."""
_YES_OR_NO = ("Y", "N")


def line_of(source: Source, group: Group, *, encoded: bool, replaces: tuple[str, ...]) -> Line:
    """The line of one order; doubts that are its own are in `findings`.

    An order control that is a reply, a report or unknown makes the line one that only informs.
    `replaces` are the orders that this message gives up for this one.
    """
    action, event = control_of(source, group)
    rxe, rxo = group.one("RXE"), group.one("RXO")
    detail = rxe or rxo
    posology, product = Posology(), Product()
    stated = detail is not None and not _is_bare(detail, action)
    if detail is not None and stated:
        product = _product(source, group, detail)
        posology = posology_of(source, group, encoded=encoded)
    said = tuple(notes.notes_of_order(source, group, posology))
    effective = _effective(source, group, action)
    _check_effective(source, group, action, effective, posology)
    _check_review(source, rxe, rxo)
    related = tuple(links_of(source, group, posology))
    text = _instructions(source, rxe, rxo)
    given = group.of("RXR", Part.ENCODING)
    ranks = {rxr.rank for rxr in given}
    routes = (*given, *(rxr for rxr in group.all("RXR") if rxr.rank not in ranks))
    return Line(
        location=group.first.place,
        identifiers=_identifiers(source, group),
        action=action,
        effective_at=effective,
        event=LineEvent(kind=event, at=told_at(source, group.orc)),
        product=product,
        text=text,
        posology=_with_words(posology, text, notes.remarks_of(said)) if stated else posology,
        route=products.route_of(source, routes),
        quantity_to_supply=_supply(source, rxe, rxo),
        renewals=_renewals(source, rxe, rxo),
        substitution_allowed=_substitution(source, rxo),
        indication=_indication(source, rxe, rxo),
        links=tuple(
            LineLink(kind=LinkKind.REPLACES, line=one, location=group.first.place)
            for one in replaces
        )
        + related,
        notes=said,
        findings=tuple(source.doubts),
    )


def _with_words(posology: Posology, text: str | None, remarks: list[str]) -> Posology:
    """The posology with the words beside it. Without a dose and a timing, they are all of it.

    An order may be one in words: §4.14.1.6, RXO-6.
    """
    if posology.phases:
        return with_remarks(posology, remarks)
    words = dict.fromkeys(one for one in (text, *remarks) if one)
    return Posology(text="\n".join(words) or None)


def _is_bare(detail: Segment, action: LineAction) -> bool:
    """Whether a stop or a hold carries an empty detail, as the standard allows."""
    return action not in PLANNING and not any(detail.fields[1:])


def _product(source: Source, group: Group, detail: Segment) -> Product:
    fields = products.ENCODED if detail.name == "RXE" else products.REQUESTED
    parts = group.of("RXC", Part.ENCODING) or group.all("RXC")
    kind = source.text(detail, 44 if detail.name == "RXE" else 27, "line.product")
    place = detail.where(44 if detail.name == "RXE" else 27)
    if kind in _SOLUTIONS:
        rule = "the pharmacy order type is a solution, infused or injected"
        source.doubt(FindingCode.FORM_OUTSIDE_ORGANISER, place, rule, kind)
    elif kind is not None and kind not in _ORDER_TYPES:
        rule = "the pharmacy order type is not in table 0480; the order may be no medication"
        source.doubt(FindingCode.CODE_INVALID, place, rule, kind)
    return products.product_of(source, detail, fields, parts)


def _identifiers(source: Source, group: Group) -> tuple[Identifier, ...]:
    """Placer number, filler number, prescription number, in this order, each once."""
    found = []
    if group.orc is not None:
        found += [entity_of(source, group.orc, field, "line.identifiers") for field in (2, 3)]
    rxe = group.one("RXE")
    number = source.text(rxe, 15, "line.identifiers") if rxe else None
    if number is not None:
        found.append(Identifier(value=number))
    kept: dict[tuple[str, str | None], Identifier] = {}
    for one in found:
        if one is not None:
            kept.setdefault((one.value, one.authority), one)
    return tuple(kept.values())


def _effective(source: Source, group: Group, action: LineAction) -> DateOrInstant | None:
    """ORC-15. Where it is empty, an event that plans nothing takes effect at ORC-9, else MSH-7.

    An order that plans is not given a start in this way: §4.5.1.15 speaks of events.
    """
    if group.orc is None:
        return None
    stated = source.timestamp(group.orc, 15, "line.effective_at")
    if stated is not None or action in PLANNING:
        return stated
    return source.timestamp(group.orc, 9, "line.effective_at") or source.timestamp(
        source.message.header, 7, "line.effective_at"
    )


def _check_effective(
    source: Source,
    group: Group,
    action: LineAction,
    effective: DateOrInstant | None,
    posology: Posology,
) -> None:
    """A new order cannot be given before it takes effect: §4.5.1.15.

    A change or a release of an order that runs has the start of that order in its timing, and
    nothing is planned before ORC-15.
    """
    if group.orc is None or effective is None or action not in _NEW:
        return
    day = _day(effective, source)
    starts = [phase.bounds.start for phase in posology.phases]
    if any(start is not None and _day(start, source) < day for start in starts):
        rule = "the timing starts before the effective date of ORC-15"
        source.doubt(FindingCode.TIMING_CONTRADICTED, group.orc.where(15), rule)


def _day(stated: DateOrInstant, source: Source) -> date:
    return stated.astimezone(source.zone).date() if isinstance(stated, datetime) else stated


def _check_review(source: Source, rxe: Segment | None, rxo: Segment | None) -> None:
    for segment, field in ((rxe, 20), (rxo, 16)):
        said = source.text(segment, field, "line.findings") if segment is not None else None
        if segment is None or said is None:
            continue
        if said not in _YES_OR_NO:
            rule = f"{segment.name}-{field} must be Y or N"
            source.doubt(FindingCode.CODE_INVALID, segment.where(field), rule, said)
        elif said == "Y":
            rule = f"{segment.name}-{field} asks for human review of the order"
            source.doubt(FindingCode.REVIEW_ASKED, segment.where(field), rule)


def _instructions(source: Source, rxe: Segment | None, rxo: Segment | None) -> str | None:
    """The administration instructions, of the encoded order first: RXE-7, else RXO-7."""
    for segment in (rxe, rxo):
        if segment is not None:
            said = notes.all_words(source, segment, 7, "line.text")
            if said:
                return "\n".join(said)
    return None


def _supply(source: Source, rxe: Segment | None, rxo: Segment | None) -> Quantity | None:
    encoded = source.amount(rxe, 10, 11, "line.quantity_to_supply") if rxe else None
    if encoded is not None or rxo is None:
        return encoded
    return source.amount(rxo, 11, 12, "line.quantity_to_supply")


def _renewals(source: Source, rxe: Segment | None, rxo: Segment | None) -> int | None:
    for segment, field in ((rxe, 12), (rxo, 13)):
        said = source.number(segment, field, "line.renewals") if segment else None
        if said is not None and said == int(said) and said >= 0:
            return int(said)
    return None


def _substitution(source: Source, rxo: Segment | None) -> bool | None:
    said = rxo.value(9) if rxo else None
    if rxo is None or said not in _SUBSTITUTIONS:
        return None
    source.text(rxo, 9, "line.substitution_allowed")
    return _SUBSTITUTIONS[said]


def _indication(source: Source, rxe: Segment | None, rxo: Segment | None) -> str | None:
    for segment, field in ((rxe, 27), (rxo, 20)):
        if segment is not None:
            said = notes.all_words(source, segment, field, "line.indication")
            if said:
                return "; ".join(said)
    return None
