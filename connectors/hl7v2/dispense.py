"""RDS and RGV messages as dispenses: one RXD is one act, one RXG makes ready what is to be given.

None of them places an order: the order that a sender repeats beside it is context. A dispense
is identified by its order number and RXD-1, which counts from 1 within the order. Sources: HL7
v2.5.1 §4.14.5 (RXD), §4.14.6 (RXG), tables 0119 and 0167.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.content import read_content
from connectors.hl7v2.orders.grammar import Part
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.notes import all_words
from connectors.hl7v2.orders.product import (
    DISPENSED,
    ENCODED,
    GIVEN,
    REQUESTED,
    ProductFields,
    product_of,
)
from connectors.hl7v2.parties import entity_of, person_of
from connectors.hl7v2.patient import read_patient
from connectors.hl7v2.source import Source
from connectors.hl7v2.unread import unread_of
from schemas.codes import Coding
from schemas.dispense import Dispense, DispenseKind, DispenseStatus, Lot, Substitution
from schemas.finding import FindingCode
from schemas.people import Identifier, Patient
from schemas.prescription import Product
from schemas.quantity import Quantity

_SUBSTITUTED = {"N": False, "G": True, "T": True}
"""RXD-11, table 0167: the numbered values say why, and not what was given out."""


@dataclass(frozen=True, slots=True)
class _Fields:
    """Where a segment says the same thing; 0 for a field that it does not have."""

    kind: DispenseKind
    product: ProductFields
    counter: int
    amount: int
    unit: int
    words: int
    note: int
    substitution: int
    lot: int


_FIELDS = {
    "RXD": _Fields(DispenseKind.DISPENSE, DISPENSED, 1, 4, 5, 15, 9, 11, 18),
    "RXG": _Fields(DispenseKind.GIVE, GIVEN, 1, 5, 7, 13, 9, 10, 19),
}


def read_dispenses(source: Source) -> tuple[Dispense, ...]:
    """Every RXD and RXG with the order that its group names."""
    patient = read_patient(source)
    if patient is None:
        source.doubt(FindingCode.PATIENT_MISSING, source.message.header.place, "PID is missing")
    return tuple(
        dispense
        for group in read_content(source).groups
        for dispense in _of_group(source, group, patient)
    )


def _of_group(source: Source, group: Group, patient: Patient | None) -> Iterator[Dispense]:
    found = [segment for segment in group.segments if segment.name in _FIELDS]
    if not found:
        rule = "the order must hold RXD or RXG: what was given out"
        source.doubt(FindingCode.ELEMENT_MISSING, group.first.place, rule)
    if group.orc is None:
        rule = "a dispense must follow the ORC of its order"
        source.doubt(FindingCode.ELEMENT_MISSING, group.first.place, rule)
    timings = _timings_of_gives(group)
    ordered = _ordered(source, group)
    for segment in found:
        timing = timings.get(segment.rank) if segment.name == "RXG" else None
        yield _dispense(source.fork(), group, segment, patient, timing, ordered)


def _dispense(
    source: Source,
    group: Group,
    segment: Segment,
    patient: Patient | None,
    timing: Segment | None,
    ordered: Product | None,
) -> Dispense:
    fields = _FIELDS[segment.name]
    line = _line(source, group, segment)
    own = _identifier(source, segment, fields, line)
    status = _status(source, group)
    given = segment.name == "RXD"
    dispensed = source.timestamp(segment, 3, "dispense.dispensed_at") if given else None
    if given and segment.value(3) is None:
        source.doubt(FindingCode.ELEMENT_MISSING, segment.where(3), "RXD-3 must state a time")
    product = product_of(source, segment, fields.product)
    if not product.codes and product.text is None:
        rule = f"{segment.name}-{fields.product.code} must name the product"
        source.doubt(FindingCode.PRODUCT_MISSING, segment.where(fields.product.code), rule)
    return Dispense(
        location=segment.place,
        kind=fields.kind,
        identifiers=(own,) if own else (),
        status=status,
        dispensed_at=dispensed,
        planned_at=_planned(source, segment, timing),
        dispensed_by=person_of(source, segment, 10, "dispense.dispensed_by") if given else None,
        patient=patient,
        line=line,
        product=product,
        ordered=ordered,
        quantity=_quantity(source, segment, fields),
        renewals_left=_renewals(source, segment) if given else None,
        substitution=_substitution(source, segment, fields.substitution),
        lots=tuple(_lots(source, segment, fields.lot)),
        reason=source.coded(group.orc, 16, "dispense.reason") if group.orc else None,
        corrects=own if status is DispenseStatus.CANCELLED else None,
        text=_joined(all_words(source, segment, fields.words, "dispense.text")),
        note=_joined(_notes(source, group, segment, fields)),
        findings=(*source.doubts, *unread_of(source, segment)),
    )


def _line(source: Source, group: Group, segment: Segment) -> tuple[Identifier, ...]:
    """Placer number, filler number, prescription number of RXD-7, each once."""
    gives = "dispense.line"
    found = [entity_of(source, group.orc, field, gives) for field in (2, 3)] if group.orc else []
    number = source.text(segment, 7, gives) if segment.name == "RXD" else None
    if number is not None and number not in {one.value for one in found if one}:
        found.append(Identifier(value=number))
    return tuple(one for one in found if one is not None)


def _identifier(
    source: Source, segment: Segment, fields: _Fields, line: Sequence[Identifier]
) -> Identifier | None:
    """The order number (the filler's, if it is given) and the counter, joined by `/`.

    An RXG of 0 stands for several administrations, §4.14.6.1, and has no number of its own.
    """
    counter = source.text(segment, fields.counter, "dispense.identifiers")
    if counter == "0" and segment.name == "RXG":
        return None
    if counter is None or not line:
        rule = f"it is identified by an order number and {segment.name}-{fields.counter}"
        source.doubt(FindingCode.ELEMENT_MISSING, segment.where(fields.counter), rule)
        return None
    order = line[min(1, len(line) - 1)]
    return Identifier(value=f"{order.value}/{counter}", authority=order.authority)


def _status(source: Source, group: Group) -> DispenseStatus:
    """ORC-1 says whether it was done; CA takes back the dispense and not the order."""
    control = source.text(group.orc, 1, "dispense.status") if group.orc else None
    if group.orc is None:
        return DispenseStatus.UNKNOWN
    known = source.table("dispense_control").target_of(control or "")
    if known is None:
        rule = "ORC-1 must be an order control of table 0119 that means something for a dispense"
        source.doubt(FindingCode.ORDER_CONTROL_UNKNOWN, group.orc.where(1), rule, control)
        return DispenseStatus.UNKNOWN
    return DispenseStatus(known)


def _quantity(source: Source, segment: Segment, fields: _Fields) -> Quantity | None:
    """The exact amount. RXG-6 beside RXG-5 is a range, unless both are the same."""
    amount = source.amount(segment, fields.amount, fields.unit, "dispense.quantity")
    if amount is not None and amount.value <= 0:
        rule = f"{segment.name}-{fields.amount} must be above zero"
        place = segment.where(fields.amount)
        source.doubt(FindingCode.VALUE_INVALID, place, rule, segment.value(fields.amount))
        return None
    if segment.name == "RXG" and amount is not None:
        most = source.number(segment, 6, "dispense.quantity")
        if most is not None and most != amount.value:
            rule = "RXG-6 states another amount than RXG-5"
            source.doubt(FindingCode.DOSE_RANGE, segment.where(6), rule, segment.value(6))
            return None
    return amount


def _timings_of_gives(group: Group) -> dict[int, Segment]:
    """The first TQ1 behind each RXG, by the rank of that."""
    found: dict[int, Segment] = {}
    give: Segment | None = None
    for segment, part in zip(group.segments, group.parts, strict=True):
        give = segment if segment.name == "RXG" else give
        if give is not None and segment.name == "TQ1" and part is Part.TIMING_GIVE:
            found.setdefault(give.rank, segment)
    return found


def _planned(source: Source, segment: Segment, timing: Segment | None) -> datetime | None:
    """When a give begins: TQ1-7 of its own timing, before version 2.5 the fourth part of RXG-3."""
    if segment.name != "RXG":
        return None
    place, field, component = (timing, 7, 1) if timing else (segment, 3, 4)
    stated = source.timestamp(place, field, "dispense.planned_at", component)
    return stated if isinstance(stated, datetime) else None


def _ordered(source: Source, group: Group) -> Product | None:
    """The product of the order, where the message repeats the order."""
    for name, fields in (("RXE", ENCODED), ("RXO", REQUESTED)):
        detail = group.one(name)
        if detail is not None:
            return product_of(source.fork(), detail, fields)
    return None


def _renewals(source: Source, rxd: Segment) -> int | None:
    left = source.number(rxd, 8, "dispense.renewals_left")
    return int(left) if left is not None and left == int(left) and left >= 0 else None


def _substitution(source: Source, segment: Segment, field: int) -> Substitution | None:
    said = source.text(segment, field, "dispense.substitution")
    if said is None:
        return None
    kind = Coding(code=said, system="HL70167")
    return Substitution(done=_SUBSTITUTED.get(said), kind=kind, location=segment.where(field))


def _lots(source: Source, segment: Segment, field: int) -> Iterator[Lot]:
    """Lot numbers and expiry dates, which repeat side by side."""
    ranks = {*segment.repetitions(field), *segment.repetitions(field + 1)}
    for rank in sorted(ranks):
        number = source.text(segment, field, "dispense.lots", 1, rank)
        expires = source.timestamp(segment, field + 1, "dispense.lots", 1, rank)
        if number is not None or expires is not None:
            yield Lot(number=number, expires_on=expires)


def _notes(source: Source, group: Group, segment: Segment, fields: _Fields) -> Iterator[str]:
    yield from all_words(source, segment, fields.note, "dispense.note")
    part = Part.DISPENSE if segment.name == "RXD" else Part.GIVE
    for nte in group.of("NTE", part) if len(group.all(segment.name)) == 1 else ():
        for rank in nte.repetitions(3):
            said = source.text(nte, 3, "dispense.note", 1, rank)
            if said is not None:
                yield said


def _joined(words: Sequence[str] | Iterator[str]) -> str | None:
    return "\n".join(words) or None
