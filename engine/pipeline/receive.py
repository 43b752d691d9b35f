"""The one door: every message of every transport comes in here, and is kept before any answer."""

from dataclasses import dataclass

from connectors import registry
from engine.pipeline.context import Context
from engine.store import audit, inbox, prescriptions
from engine.store.unit import Overtaken, Unit, new_id
from schemas.canonical import sha256
from schemas.connector import Connector, Peek
from schemas.events import AuditEvent
from schemas.finding import Finding, FindingCode
from schemas.ids import MessageId
from schemas.message import Message, MessageState

ENGINE = "engine"
"""The actor of what no person did."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message is kept. `repeated` says that we had exactly it already, with this `answer`."""

    message: Message
    repeated: bool = False
    answer: bytes | None = None


def receive(context: Context, data: bytes, channel_name: str) -> Receipt:
    """Keep the bytes and say so; nothing has been read when this returns.

    The same control id with the same bytes gives back what is stored. The same control id
    with other bytes is kept as refused. Bytes of no known format are kept as refused.
    Raises: `Refused` for a channel that does not exist; nothing is kept then.
    """
    try:
        return _receive(context, data, channel_name)
    except Overtaken:
        # The same message came in on another connection meanwhile: now it is known.
        return _receive(context, data, channel_name)


def _receive(context: Context, data: bytes, channel_name: str) -> Receipt:
    channel = context.channel(channel_name)
    connector = registry.connector(channel.format) if channel.format else registry.detect(data)
    peeked = connector.peek(data) if connector and connector.peek else Peek()
    digest = sha256(data)
    key = peeked.control_id or f"sha256:{digest}"
    with context.store.unit(context.tenant) as unit:
        known = inbox.message_keyed(unit, channel_name, key)
        if known is not None and known[0].sha256 == digest:
            return Receipt(known[0], repeated=True, answer=known[1])
        finding = _objection(connector, channel.format, data, reused=known is not None)
        if known is not None:
            key = f"{key}#{digest}"
            conflict = inbox.message_keyed(unit, channel_name, key)
            if conflict is not None:
                return Receipt(conflict[0], repeated=True, answer=conflict[1])
        arrival = inbox.Arrival(
            id=MessageId(new_id("msg")),
            channel=channel_name,
            site=channel.site,
            format=connector.name if connector else None,
            kind=peeked.kind,
            control_id=peeked.control_id,
            dedupe_key=key,
            lane=peeked.lane,
            sha256=digest,
            raw=data,
            state=MessageState.REFUSED if finding else MessageState.RECEIVED,
            error=finding.code.value if finding else None,
        )
        kept = _keep(context, unit, arrival, finding)
        unit.commit()
    return Receipt(kept)


def _objection(
    connector: Connector | None, required: str | None, data: bytes, *, reused: bool
) -> Finding | None:
    if reused:
        return Finding(
            code=FindingCode.CONTROL_ID_REUSED,
            location="message",
            message="the control id was used before, for other bytes",
        )
    if connector is None or connector.read is None:
        return Finding(
            code=FindingCode.FORMAT_UNKNOWN,
            location="byte 0",
            message="the first bytes are those of no format that we read",
        )
    if required is not None and not connector.detects(data):
        return Finding(
            code=FindingCode.FORMAT_UNKNOWN,
            location="byte 0",
            message=f"the channel takes {required} alone",
        )
    return None


def _keep(context: Context, unit: Unit, arrival: inbox.Arrival, finding: Finding | None) -> Message:
    now = context.clock()
    kept = inbox.store(unit, arrival, now)
    if finding is not None:
        prescriptions.store_findings(unit, arrival.id, (finding,))
    audit.record(
        unit,
        AuditEvent.MESSAGE_REFUSED if finding else AuditEvent.MESSAGE_RECEIVED,
        actor=f"channel:{arrival.channel}",
        subject=arrival.id,
        at=now,
        sha256=arrival.sha256,
        bytes=str(len(arrival.raw)),
    )
    return kept
