"""One order group as one line of a prescription. Source: HL7 v2.5.1 §4.5.1 (ORC), §4.14.4 (RXE)."""

from collections.abc import Iterator

from connectors.hl7v2 import product as products
from connectors.hl7v2.daily import daily_notes
from connectors.hl7v2.group import Group
from connectors.hl7v2.posology import posology_of
from connectors.hl7v2.segment import Segment
from connectors.hl7v2.source import Source
from connectors.remarks import with_remarks
from schemas.base import DateOrInstant, is_day
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.posology import Posology
from schemas.prescription import (
    Line,
    LineAction,
    LineLink,
    LinkKind,
    Note,
    Product,
)
from schemas.quantity import Quantity

_NOT_IN_FORCE = {
    "CA": "cancelled",
    "CM": "completed",
    "DC": "discontinued",
    "ER": "in error",
    "HD": "on hold",
    "RP": "replaced",
}
"""Values of ORC-5 that deny an order which ORC-1 gives as new. Table 0038."""

_PLANNING = (LineAction.START, LineAction.CHANGE, LineAction.RESUME, LineAction.REPLACE)
_ORDER_TYPES = ("M", "S", "O")
"""RXE-44 and RXO-27. Table 0480."""
_NO_REMARKS = ("RXE-19", "RXO-23", "RXO-1")


def line_of(source: Source, group: Group, *, encoded: bool, replaces: tuple[str, ...]) -> Line:
    """The line of one order; doubts that are its own are in `findings`.

    An order control that is a reply, a report or unknown makes the line one that only informs.
    `replaces` are the orders that this message gives up for this one.
    """
    action = _action(source, group)
    rxe, rxo = group.one("RXE"), group.one("RXO")
    detail = rxe or rxo
    posology, product = Posology(), Product()
    if detail is not None and not _is_bare(detail, action):
        product = _product(source, group, detail)
        posology = posology_of(source, group, encoded=encoded)
    notes = tuple(_notes(source, group, posology))
    effective = _effective(source, group, action)
    _check_effective(source, group, action, effective, posology)
    _check_review(source, rxe, rxo)
    return Line(
        location=group.first.place,
        identifiers=_identifiers(source, group),
        action=action,
        effective_at=effective,
        product=product,
        text=_instructions(source, rxe, rxo),
        posology=with_remarks(posology, _remarks(notes)),
        route=products.route_of(source, group.after_encoded("RXR") or group.all("RXR")),
        quantity_to_supply=_supply(source, rxe, rxo),
        renewals=_renewals(source, rxe, rxo),
        substitution_allowed=_substitution(source, rxo),
        indication=_indication(source, rxe, rxo),
        links=tuple(
            LineLink(kind=LinkKind.REPLACES, line=one, location=group.first.place)
            for one in replaces
        ),
        notes=notes,
        findings=tuple(source.doubts),
    )


def _is_bare(detail: Segment, action: LineAction) -> bool:
    """Whether a stop or a hold carries an empty detail, as the standard allows."""
    return action not in _PLANNING and not any(detail.fields[1:])


def _action(source: Source, group: Group) -> LineAction:
    said = source.text(group.orc, 1, "line.action") if group.orc else None
    place = group.orc.where(1) if group.orc else group.first.place
    target = source.table("order_control").target_of(said) if said else None
    if target is None:
        rule = "ORC-1 must be an order control of table 0119 that means something for an order"
        source.doubt(FindingCode.ORDER_CONTROL_UNKNOWN, place, rule, said)
        return LineAction.INFORM
    if target == "reply":
        rule = "ORC-1 replies to or reports on an order, it does not place one"
        source.doubt(FindingCode.STATUS_NOT_ACTIVE, place, rule, said)
        return LineAction.INFORM
    action = LineAction(target)
    status = source.text(group.orc, 5, "line.action") if group.orc else None
    if group.orc and action in _PLANNING and status in _NOT_IN_FORCE:
        rule = f"ORC-5 says that the order is {_NOT_IN_FORCE[status]}"
        source.doubt(FindingCode.STATUS_NOT_ACTIVE, group.orc.where(5), rule, status)
    return action


def _product(source: Source, group: Group, detail: Segment) -> Product:
    fields = products.ENCODED if detail.name == "RXE" else products.REQUESTED
    parts = group.after_encoded("RXC") or group.all("RXC")
    kind = source.text(detail, 44 if detail.name == "RXE" else 27, "line.product")
    if kind is not None and kind not in _ORDER_TYPES:
        place = detail.where(44 if detail.name == "RXE" else 27)
        rule = "the pharmacy order type is not in table 0480; the order may be no medication"
        source.doubt(FindingCode.CODE_INVALID, place, rule, kind)
    return products.product_of(source, detail, fields, parts)


def _identifiers(source: Source, group: Group) -> tuple[Identifier, ...]:
    """Placer number, filler number, prescription number, in this order, each once."""
    found = []
    if group.orc is not None:
        found += [source.entity(group.orc, field, "line.identifiers") for field in (2, 3)]
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
    if stated is not None or action in _PLANNING:
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
    """An order cannot be given before it takes effect: ORC-15 takes precedence over the timing."""
    if group.orc is None or effective is None or action not in _PLANNING:
        return
    for phase in posology.phases:
        start = phase.bounds.start
        if start is not None and _day(start) < _day(effective):
            rule = "the timing starts before the effective date of ORC-15"
            source.doubt(FindingCode.TIMING_CONTRADICTED, group.orc.where(15), rule)
            return


def _day(stated: DateOrInstant) -> str:
    return stated.isoformat() if is_day(stated) else stated.isoformat()[:10]


def _check_review(source: Source, rxe: Segment | None, rxo: Segment | None) -> None:
    for segment, field in ((rxe, 20), (rxo, 16)):
        if segment is not None and source.text(segment, field, "line.findings") == "Y":
            rule = f"{segment.name}-{field} asks for human review of the order"
            source.doubt(FindingCode.REVIEW_ASKED, segment.where(field), rule)


def _instructions(source: Source, rxe: Segment | None, rxo: Segment | None) -> str | None:
    """The administration instructions, of the encoded order first: RXE-7, else RXO-7."""
    for segment in (rxe, rxo):
        if segment is not None:
            said = _all_words(source, segment, 7, "line.text")
            if said:
                return "\n".join(said)
    return None


def _all_words(source: Source, segment: Segment, field: int, gives: str) -> list[str]:
    found = [
        source.words(segment, field, gives, repetition) for repetition in segment.repetitions(field)
    ]
    return [one for one in found if one]


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
    """RXO-9, table 0161: N forbids, G and T allow; absent says nothing here."""
    said = source.text(rxo, 9, "line.substitution_allowed") if rxo else None
    return {"N": False, "G": True, "T": True}.get(said or "")


def _indication(source: Source, rxe: Segment | None, rxo: Segment | None) -> str | None:
    for segment, field in ((rxe, 27), (rxo, 20)):
        if segment is not None:
            said = _all_words(source, segment, field, "line.indication")
            if said:
                return "; ".join(said)
    return None


def _notes(source: Source, group: Group, posology: Posology) -> Iterator[Note]:
    """Words beside the order: instructions, daily dose, the order as asked, NTE."""
    rxe, rxo = group.one("RXE"), group.one("RXO")
    texts = ((rxe, 21, "RXE-21"), (rxo, 6, "RXO-6"), (rxo, 7, "RXO-7") if rxe else (None, 0, ""))
    for segment, field, scope in texts:
        if segment is not None:
            for said in _all_words(source, segment, field, "line.notes"):
                yield Note(text=said, scope=scope, location=f"{segment.place}-{field}")
    yield from daily_notes(source, rxe, rxo, posology)
    if rxe is not None and rxo is not None:
        asked = source.words(rxo, 1, "line.notes")
        if asked:
            yield Note(text=asked, scope="RXO-1", location=rxo.where(1))
    yield from notes_of(source, group.all("NTE"))


def _remarks(notes: tuple[Note, ...]) -> list[str]:
    """The notes that may speak of how the product is taken: not the order as asked, nor a total."""
    return [note.text for note in notes if note.scope not in _NO_REMARKS]


def notes_of(source: Source, segments: tuple[Segment, ...]) -> Iterator[Note]:
    """Each NTE with words, its repetitions as lines."""
    for nte in segments:
        said = [source.text(nte, 3, "notes", 1, at) for at in nte.repetitions(3)]
        text = "\n".join(one for one in said if one)
        if text:
            scope = source.words(nte, 4, "notes") or source.text(nte, 2, "notes")
            yield Note(text=text, scope=scope, location=nte.where(3))
