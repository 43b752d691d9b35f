"""Orders that are only spoken of: answers to what we sent, reports, requests to refill.

The answers ORP, RRE, RRD, RRG and RRA say for each order whether the other side does it; MSA
and ERR say it of the message. Sources: HL7 v2.5.1 §4.13 (responses), §2.15.8 (MSA), table 0119.
"""

from collections.abc import Iterator

from connectors.dates import read_timestamp
from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.content import Content, read_content
from connectors.hl7v2.orders.control import is_notice
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.product import (
    ADMINISTERED,
    DISPENSED,
    ENCODED,
    GIVEN,
    REQUESTED,
    product_of,
)
from connectors.hl7v2.parties import entity_of
from connectors.hl7v2.patient import read_patient
from connectors.hl7v2.source import Source
from schemas.base import DateOrInstant
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.notice import Notice, NoticeKind
from schemas.people import Patient
from schemas.prescription import Product

_DETAILS = {
    "RXE": ENCODED,
    "RXO": REQUESTED,
    "RXD": DISPENSED,
    "RXG": GIVEN,
    "RXA": ADMINISTERED,
}
_ACCEPTED = {"AA", "CA"}
_ORDER_STATUSES = "HL70038"


def notices_of(source: Source, content: Content, patient: Patient | None) -> Iterator[Notice]:
    """One for each order of a message of orders that is no order."""
    for group in content.groups:
        if is_notice(source, group):
            kind = _kind(source.fork(), group)
            if kind is not None:
                yield _notice(source.fork(), group, kind, patient)


def read_answers(source: Source) -> tuple[Notice, ...]:
    """One for each order of an answer; of an answer without orders, one for the message.

    MSA-1 speaks where ORC-1 says nothing that an answer can say.
    """
    content = read_content(source)
    patient = read_patient(source)
    found = []
    for group in content.groups:
        own = source.fork()
        kind = _kind(own, group)
        if kind is None and group.orc is not None:
            rule = "ORC-1 must be an order control of table 0119 that answers or reports"
            place = group.orc.where(1)
            own.doubt(FindingCode.ORDER_CONTROL_UNKNOWN, place, rule, group.orc.value(1))
        found.append(_notice(own, group, kind or _of_message(source), patient))
    return tuple(found) or (_whole(source, patient),)


def _kind(source: Source, group: Group) -> NoticeKind | None:
    said = source.text(group.orc, 1, "notice.kind") if group.orc else None
    known = source.table("order_notices").target_of(said or "")
    return NoticeKind(known) if known else None


def _of_message(source: Source) -> NoticeKind:
    msa = source.message.first("MSA")
    accepted = msa is not None and msa.value(1) in _ACCEPTED
    return NoticeKind.ACCEPTED if accepted else NoticeKind.DECLINED


def _notice(source: Source, group: Group, kind: NoticeKind, patient: Patient | None) -> Notice:
    orc = group.orc
    numbers = [entity_of(source, orc, field, "notice.order") for field in (2, 3)] if orc else []
    if kind is NoticeKind.NUMBER_ASSIGNED and not all(numbers):
        rule = "a number is assigned by naming both numbers of the order"
        source.doubt(FindingCode.ELEMENT_MISSING, group.first.where(2), rule)
    status = source.text(orc, 5, "notice.status") if orc else None
    return Notice(
        location=group.first.place,
        kind=kind,
        code=orc.value(1) if orc else None,
        answers=_answers(source),
        order=tuple(one for one in numbers if one is not None),
        status=Coding(code=status, system=_ORDER_STATUSES) if status else None,
        told_at=told_at(source, orc),
        patient=patient,
        product=_product(source, group),
        reason=source.coded(orc, 16, "notice.reason") if orc else None,
        text=_text(source, group.all("NTE")),
        findings=tuple(source.doubts),
    )


def _whole(source: Source, patient: Patient | None) -> Notice:
    """What MSA and ERR say of the message that is answered."""
    msa = source.message.first("MSA")
    if msa is None:
        rule = "an answer must hold MSA"
        source.doubt(FindingCode.ELEMENT_MISSING, source.message.header.place, rule)
    return Notice(
        location=msa.place if msa else source.message.header.place,
        kind=_of_message(source),
        code=source.text(msa, 1, "notice.code") if msa else None,
        answers=_answers(source),
        told_at=told_at(source, None),
        patient=patient,
        text=_text(source, source.message.all("NTE")),
    )


def _answers(source: Source) -> str | None:
    msa = source.message.first("MSA")
    return source.text(msa, 2, "notice.answers") if msa else None


def told_at(source: Source, orc: Segment | None) -> DateOrInstant | None:
    """When it happened: ORC-9, else MSH-7, the first that can be read. §4.5.1.9."""
    for said in (orc.value(9) if orc else None, source.message.header.value(7)):
        try:
            return read_timestamp(said or "", source.zone)
        except ValueError:
            continue
    return None


def _product(source: Source, group: Group) -> Product | None:
    for name, fields in _DETAILS.items():
        detail = group.one(name)
        if detail is not None and any(detail.fields[1:]):
            return product_of(source.fork(), detail, fields)
    return None


def _text(source: Source, notes: tuple[Segment, ...]) -> str | None:
    """The words beside the order, then what MSA-3 and ERR say of the message."""
    said = [source.text(nte, 3, "notice.text", 1, at) for nte in notes for at in nte.repetitions(3)]
    msa = source.message.first("MSA")
    said.append(source.text(msa, 3, "notice.text") if msa else None)
    for err in source.message.all("ERR"):
        said.append(source.text(err, 8, "notice.text") or source.text(err, 7, "notice.text"))
    return "\n".join(dict.fromkeys(one for one in said if one)) or None
