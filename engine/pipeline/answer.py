"""Answers the sender of a message, once what the answer promises has happened."""

import time
from enum import StrEnum

from connectors import registry
from engine.pipeline.assess import assess
from engine.pipeline.context import Context
from engine.pipeline.receive import Receipt
from engine.store import inbox, prescriptions
from engine.store.unit import new_id
from mappings.catalogue import load_site
from schemas.connector import Answer, Connector
from schemas.export import Envelope
from schemas.finding import Finding
from schemas.ids import DeliveryId
from schemas.message import Acknowledgement, Message, MessageState

PATIENCE = 30.0
"""Seconds that a sender waits for a processed message before it is told to come again."""


class Promise(StrEnum):
    """What a positive answer says: the bytes are kept, or the message was read and planned."""

    ACCEPT = "accept"
    PROCESSED = "processed"


def answer(
    context: Context, receipt: Receipt, data: bytes, promise: Promise, *, in_full: bool = False
) -> bytes:
    """The acknowledgment in the sender's own format; empty when it has none or wants none.

    A repetition gets the answer of the first time, bit for bit, unless that one asked to come
    again. The answer is stored before it is returned. `in_full` adds the doubts about each line
    and each report to those about the message.
    """
    if receipt.repeated and receipt.answer is not None:
        return receipt.answer
    message = receipt.message
    if promise is Promise.PROCESSED:
        message = settled(context, message)
    asked = context.channel(message.channel).acknowledgment
    modes = {"enhanced": asked == "enhanced", "by_order": asked == "by-order"}
    said = _said(context, message, promise).model_copy(update=modes)
    connector = _connector(message)
    if in_full and message.state is MessageState.READ and connector is not None:
        said = said.model_copy(update={"findings": _in_full(context, message, connector, data)})
    written = b""
    if connector is not None and connector.acknowledge is not None:
        envelope = Envelope(
            id=DeliveryId(new_id("ack")),
            created_at=context.clock(),
            sender=context.tenant,
            receiver=message.channel,
        )
        written = connector.acknowledge(data, said, envelope)
    with context.store.unit(context.tenant) as unit:
        # "Come again" is no last word: whoever comes again is told what became of it meanwhile.
        final = None if said.retry else written
        inbox.answered(unit, message.id, _acknowledgement(said), final)
        unit.commit()
    return written


def _connector(message: Message) -> Connector | None:
    return registry.connectors().get(message.format or "")


def settled(context: Context, message: Message) -> Message:
    """The message once a worker has dealt with it, or as it stands when patience ends."""
    pause, until = 0.002, time.monotonic() + PATIENCE
    while message.state is MessageState.RECEIVED and time.monotonic() < until:
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
        with context.store.unit(context.tenant) as unit:
            message = inbox.message(unit, message.id) or message
    return message


def _in_full(
    context: Context, message: Message, connector: Connector, data: bytes
) -> tuple[Finding, ...]:
    """Every doubt that the message alone gives, as if nothing else were known of the patient.

    What the desk shows beside it speaks of other prescriptions, maybe of another sender: that is
    for the pharmacist, and no answer carries it.
    """
    if connector.read is None:
        return ()
    site = load_site(context.channel(message.channel).site)
    reading = connector.read(data, site)
    assessed = assess(reading, site).prescriptions
    lines = (finding for each in assessed for line in each.lines for finding in line.findings)
    orders = (finding for each in assessed for finding in each.findings)
    return tuple(dict.fromkeys((*reading.every_finding, *orders, *lines)))


def _said(context: Context, message: Message, promise: Promise) -> Answer:
    with context.store.unit(context.tenant) as unit:
        findings = prescriptions.findings_of(unit, message.id)
    match message.state:
        case MessageState.READ:
            return Answer(accepted=True, findings=findings)
        case MessageState.REFUSED:
            return Answer(accepted=False, findings=findings)
        case MessageState.PARKED:
            return Answer(accepted=False, retry=True, findings=findings)
        case MessageState.RECEIVED:
            kept = promise is Promise.ACCEPT
            return Answer(accepted=kept, retry=not kept, findings=findings)


def _acknowledgement(said: Answer) -> Acknowledgement:
    if said.accepted:
        return Acknowledgement.ACCEPTED
    return Acknowledgement.REJECTED if said.retry else Acknowledgement.ERROR
