"""RAS messages as intakes: one RXA is one report of one intake.

Sources: HL7 v2.5.1 §4.14.7 (RXA), tables 0322 and 0323. An administration is identified by its
order number and RXA-2, which counts from 1 within the order.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.content import read_content
from connectors.hl7v2.orders.grammar import Part
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.product import ADMINISTERED, product_of
from connectors.hl7v2.parties import entity_of, person_of
from connectors.hl7v2.patient import read_patient
from connectors.hl7v2.source import Source
from connectors.hl7v2.unread import unread_of
from schemas.finding import FindingCode
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.people import Identifier, Patient
from schemas.quantity import Quantity

_UNKNOWN_AMOUNT = Decimal(999)
"""RXA-6 where the amount is not known. HL7 v2.5.1 §4.14.7.6, immunization practice."""

_NOT_TAKEN = (IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN)


def read_intakes(source: Source) -> tuple[Intake, ...]:
    """Every RXA with the order that its group names."""
    patient = read_patient(source)
    if patient is None:
        source.doubt(FindingCode.PATIENT_MISSING, source.message.header.place, "PID is missing")
    first = next((s.name for s in source.message.segments if s.name in {"ORC", "RXA"}), None)
    if first == "RXA":
        place = source.message.all("RXA")[0].place
        source.doubt(FindingCode.ELEMENT_MISSING, place, "RXA must follow the ORC of its order")
        reports = source.message.all("RXA")
        alone = Group(None, reports, (Part.ADMINISTRATION,) * len(reports))
        return tuple(_of_group(source, alone, patient))
    found = [
        intake
        for group in read_content(source).groups
        for intake in _of_group(source, group, patient)
    ]
    _check_numbers(source, found)
    return tuple(found)


def _check_numbers(source: Source, intakes: list[Intake]) -> None:
    """Two administrations of one order must not carry the same number."""
    seen: set[tuple[str, str | None]] = set()
    for intake in intakes:
        for own in intake.identifiers:
            key = (own.value, own.authority)
            if key in seen:
                rule = "RXA-2 gives two administrations of one order the same number"
                place = f"{intake.location}-2"
                source.doubt(FindingCode.IDENTIFIER_DUPLICATE, place, rule, own.value)
            seen.add(key)


def _of_group(source: Source, group: Group, patient: Patient | None) -> Iterator[Intake]:
    line = _order(source, group)
    for rxa in group.all("RXA"):
        yield _intake(source.fork(), group, rxa, patient, line)


def _order(source: Source, group: Group) -> tuple[Identifier, ...]:
    if group.orc is None:
        return ()
    found = [entity_of(source, group.orc, field, "intake.line") for field in (2, 3)]
    return tuple(one for one in found if one is not None)


def _intake(
    source: Source,
    group: Group,
    rxa: Segment,
    patient: Patient | None,
    line: tuple[Identifier, ...],
) -> Intake:
    own = _identifier(source, rxa, line)
    action = source.text(rxa, 21, "intake.status") or "A"
    quantity = _quantity(source, rxa)
    status = _status(source, rxa, action)
    taken = source.instant(rxa, 3, "intake.taken_at")
    recorded = source.instant(rxa, 22, "intake.recorded_at")
    reason = source.coded(rxa, 18, "intake.reason")
    _check(source, group, rxa, status, quantity)
    if not any(rxa.value(5, component) for component in (1, 2, 9)):
        rule = "RXA-5 must name the product"
        source.doubt(FindingCode.PRODUCT_MISSING, rxa.where(5), rule)
    if taken is None and rxa.value(3) is None:
        source.doubt(FindingCode.ELEMENT_MISSING, rxa.where(3), "RXA-3 must state a time")
    if taken is not None and recorded is not None and recorded < taken:
        rule = "RXA-22 states an entry before the administration of RXA-3"
        source.doubt(FindingCode.INTAKE_INCONSISTENT, rxa.where(22), rule)
    author, note = _author(source, rxa), _note(source, rxa)
    product = product_of(source, rxa, ADMINISTERED)
    return Intake(
        location=rxa.place,
        identifiers=(own,) if own else (),
        status=status,
        taken_at=taken,
        planned_at=_planned(source, group),
        recorded_at=recorded,
        author=author,
        patient=patient,
        line=line,
        product=product,
        quantity=quantity,
        reason=reason,
        corrects=own if action in {"U", "D"} else None,
        note=note,
        findings=(*source.doubts, *unread_of(source, rxa)),
    )


def _identifier(source: Source, rxa: Segment, line: tuple[Identifier, ...]) -> Identifier | None:
    """The order number (the filler's, if it is given) and RXA-2, joined by `/`."""
    counter = source.text(rxa, 2, "intake.identifiers")
    if counter is None or not line:
        rule = "an administration is identified by an order number and RXA-2"
        source.doubt(FindingCode.ELEMENT_MISSING, rxa.where(2), rule)
        return None
    return Identifier(value=f"{line[-1].value}/{counter}", authority=line[-1].authority)


def _status(source: Source, rxa: Segment, action: str) -> IntakeStatus:
    said = source.text(rxa, 20, "intake.status")
    if action == "D":
        return IntakeStatus.ENTERED_IN_ERROR
    if action not in {"A", "U", "X"}:
        rule = "RXA-21 is not in table 0323"
        source.doubt(FindingCode.CODE_INVALID, rxa.where(21), rule, action)
    if said is None:
        rule = "RXA-20 must say whether the administration was completed"
        source.doubt(FindingCode.ELEMENT_MISSING, rxa.where(20), rule)
        return IntakeStatus.UNKNOWN
    known = source.table("completion").target_of(said)
    if known is None:
        source.doubt(FindingCode.CODE_INVALID, rxa.where(20), "RXA-20 is not in table 0322", said)
        return IntakeStatus.UNKNOWN
    return IntakeStatus(known)


def _quantity(source: Source, rxa: Segment) -> Quantity | None:
    amount = source.amount(rxa, 6, 7, "intake.quantity")
    return None if amount is None or amount.value == _UNKNOWN_AMOUNT else amount


def _check(
    source: Source, group: Group, rxa: Segment, status: IntakeStatus, quantity: Quantity | None
) -> None:
    """RXA-18, RXA-20 and RXA-6 against each other. §4.14.7.18: a reason says "did not take"."""
    inconsistent = FindingCode.INTAKE_INCONSISTENT
    reason = bool(rxa.value(18) or rxa.value(18, 2))
    if status is IntakeStatus.REFUSED and not reason:
        missing = FindingCode.INTAKE_REASON_MISSING
        source.doubt(missing, rxa.where(18), "RXA-20 is RE and RXA-18 gives no reason")
    if reason and status not in {*_NOT_TAKEN, IntakeStatus.ENTERED_IN_ERROR}:
        rule = "RXA-18 gives a refusal and RXA-20 is neither RE nor NA"
        source.doubt(inconsistent, rxa.where(20), rule, rxa.value(20))
    if quantity is None:
        return
    given = status in {IntakeStatus.TAKEN, IntakeStatus.PARTIAL}
    if given and quantity.value <= 0:
        rule = "RXA-20 says given and RXA-6 is not above zero"
        source.doubt(inconsistent, rxa.where(6), rule, rxa.value(6))
    ordered = _ordered(group)
    same_unit = ordered is not None and rxa.raw(7) == ordered[1]
    if status is IntakeStatus.PARTIAL and ordered and same_unit and quantity.value >= ordered[0]:
        rule = "RXA-20 is PA and RXA-6 is not below the amount ordered"
        source.doubt(inconsistent, rxa.where(6), rule, rxa.value(6))


def _ordered(group: Group) -> tuple[Decimal, str] | None:
    """The amount ordered and its unit as sent, when the group repeats the encoded order."""
    rxe = group.one("RXE")
    said = rxe.value(3) if rxe else None
    if rxe is None or said is None or not said.replace(".", "", 1).isdecimal():
        return None
    return Decimal(said), rxe.raw(5)


def _planned(source: Source, group: Group) -> datetime | None:
    """The time of one planned intake: a lone TQ1 with a start and no repeat pattern."""
    timings = group.all("TQ1")
    if len(timings) != 1 or timings[0].raw(3):
        return None
    start = source.fork().timestamp(timings[0], 7, "intake.planned_at")
    return start if isinstance(start, datetime) else None


def _author(source: Source, rxa: Segment) -> Author:
    """RXA-10; HL7 names a person there and never says which role."""
    person = person_of(source, rxa, 10, "intake.author")
    if person is None:
        return Author(role=AuthorRole.UNKNOWN)
    name = " ".join(part for part in (person.given_name, person.family_name) if part)
    return Author(role=AuthorRole.UNKNOWN, practitioner=person, name=name or None)


def _note(source: Source, rxa: Segment) -> str | None:
    said = [source.words(rxa, 9, "intake.note", at) for at in rxa.repetitions(9)]
    return "\n".join(one for one in said if one) or None
