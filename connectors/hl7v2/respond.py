"""The application's answer to a message of orders: which of them is done, and which is refused.

It takes the place of the plain ACK where a channel asks for it. No order is accepted here: that
is a pharmacist's decision, whose answer is written when it is made. What was reported (RDS, RGV,
RAS) is accepted when it was kept, and of a refused message every order is refused. Source: HL7
v2.5.1 §4.13 (responses), table 0119.
"""

from collections.abc import Iterator

from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.separators import STANDARD
from connectors.hl7v2.errors import written
from connectors.hl7v2.orders.content import content_of
from mappings.catalogue import table

_ACCEPTED, _REFUSED = "OK", "UA"
_REPORTS = frozenset({"RDS", "RGV", "RAS"})


def response_to(message: Message) -> str | None:
    """MSH-9 of the answer to this kind of message; `None` for what carries no orders."""
    return table("hl7v2/responses").target_of(message.kind or "")


def order_answers(message: Message, *, accepted: bool) -> Iterator[str]:
    """PID as it came, then one ORC for each order that is answered; nothing when none is."""
    orders = [orc for orc in _orders(message) if _control(message, orc, accepted) is not None]
    if not orders:
        return
    patient = message.first("PID")
    if patient is not None:
        fields = {at: again(message, patient.raw(at)) for at in range(1, len(patient.fields))}
        yield written("PID", fields)
    for orc in orders:
        numbers = {at: again(message, orc.raw(at)) for at in (2, 3, 4)}
        yield written("ORC", {1: _control(message, orc, accepted) or "", **numbers}).rstrip("|")


def _orders(message: Message) -> list[Segment]:
    groups = content_of(message).groups
    return [group.orc for group in groups if group.orc is not None and not group.shared]


def _control(message: Message, orc: Segment, accepted: bool) -> str | None:
    """ORC-1 of the answer; `None` for an order of which nothing can be said yet or at all."""
    if (message.header.value(9) or "") in _REPORTS:
        return _ACCEPTED if accepted else _REFUSED
    asked = table("hl7v2/order_control").target_of(orc.value(1) or "")
    reply = table("hl7v2/replies").target_of(f"{asked}.refused")
    return None if accepted else reply


def again(message: Message, raw: str) -> str:
    """A field of the request with our separators; it keeps its repetitions and components."""
    if message.separators == STANDARD:
        return raw
    marks = message.separators
    return "~".join(
        "^".join(_leaves(message, one) for one in _parts(repetition, marks.component))
        for repetition in _parts(raw, marks.repetition)
    )


def _leaves(message: Message, component: str) -> str:
    marks = message.separators
    parts = _parts(component, marks.subcomponent)
    return "&".join(STANDARD.escaped(marks.unescape(part)) for part in parts)


def _parts(text: str, mark: str) -> list[str]:
    return text.split(mark) if mark else [text]
