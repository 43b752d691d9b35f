"""The inbox: every message received, word for word, and where our work on it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping, func, select, update

from engine.store import statements
from engine.store.tables import messages, prescriptions
from engine.store.unit import Unit
from schemas.ids import ChannelName, MessageId, Sha256
from schemas.message import Acknowledgement, Message, MessageState


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is stored of a message when it arrives. `dedupe_key` is unique in its channel."""

    id: MessageId
    channel: str
    site: str
    format: str | None
    kind: str | None
    control_id: str | None
    dedupe_key: str
    lane: str | None
    sha256: Sha256
    raw: bytes
    state: MessageState
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker alone may work on until its lease ends."""

    message: Message
    site: str
    raw: bytes
    token: str


def store(unit: Unit, arrival: Arrival, at: datetime) -> Message:
    """Store the bytes and what is known of them. Nothing is promised before the commit."""
    stored = Message(
        id=arrival.id,
        tenant=unit.tenant,
        channel=ChannelName(arrival.channel),
        control_id=arrival.control_id,
        sha256=arrival.sha256,
        size=len(arrival.raw),
        format=arrival.format,
        state=arrival.state,
        acknowledgement=Acknowledgement.NONE,
        received_at=at.astimezone(UTC),
        error=arrival.error,
    )
    unit.connection.execute(
        statements.STORE_MESSAGE,
        {
            "tenant": unit.tenant,
            "id": stored.id,
            "channel": stored.channel,
            "site": arrival.site,
            "format": stored.format,
            "kind": arrival.kind,
            "control_id": stored.control_id,
            "dedupe_key": arrival.dedupe_key,
            "lane": arrival.lane,
            "sha256": stored.sha256,
            "raw": arrival.raw,
            "size": stored.size,
            "received_at": stored.received_at,
            "state": stored.state.value,
            "acknowledgement": stored.acknowledgement.value,
            "error": stored.error,
        },
    )
    return stored


def message_keyed(unit: Unit, channel: str, dedupe_key: str) -> tuple[Message, bytes | None] | None:
    """The message of this key in a channel, with the answer that its sender was given."""
    asked = {"tenant": unit.tenant, "channel": channel, "dedupe_key": dedupe_key}
    row = unit.connection.execute(statements.MESSAGE_KEYED, asked).mappings().first()
    return (_message(row), row["answer"]) if row else None


def message(unit: Unit, identifier: str) -> Message | None:
    """The message of this id."""
    asked = {"tenant": unit.tenant, "id": identifier}
    row = unit.connection.execute(statements.MESSAGE, asked).mappings().first()
    return _message(row) if row else None


def raw_of(unit: Unit, identifier: str) -> bytes | None:
    """The bytes of a message, as they came."""
    found: bytes | None = unit.connection.scalar(
        select(messages.c.raw).where(messages.c.tenant == unit.tenant, messages.c.id == identifier)
    )
    return found


@dataclass(frozen=True, slots=True)
class Origin:
    """Through which site and in which format a prescription came, and its message's own id."""

    site: str
    format: str | None
    control_id: str | None


def origin(unit: Unit, prescription_id: str) -> Origin | None:
    """Where a prescription came from."""
    row = unit.connection.execute(
        select(messages.c.site, messages.c.format, messages.c.control_id)
        .join(prescriptions, prescriptions.c.message_id == messages.c.id)
        .where(prescriptions.c.tenant == unit.tenant, prescriptions.c.id == prescription_id)
    ).first()
    return Origin(row.site, row.format, row.control_id) if row else None


def listed(
    unit: Unit,
    *,
    channel: str | None = None,
    state: MessageState | None = None,
    limit: int | None = None,
) -> Iterator[Message]:
    """Messages, newest first, of one channel or state or of all; read as they are asked for."""
    query = select(*statements.SHOWN).where(messages.c.tenant == unit.tenant)
    if channel is not None:
        query = query.where(messages.c.channel == channel)
    if state is not None:
        query = query.where(messages.c.state == state.value)
    ordered = query.order_by(messages.c.seq.desc()).limit(limit).execution_options(yield_per=1000)
    yield from (_message(row) for row in unit.connection.execute(ordered).mappings())


def claim_next(unit: Unit, token: str, now: datetime, lease_until: datetime) -> Claimed | None:
    """Take the oldest message that may be worked on now; `None` when there is none.

    A message waits while an older one of its lane in its channel is unfinished, even when
    that one waits for its next attempt or is parked: order in a lane is kept, other lanes
    pass. Messages without a lane wait for nobody. A lease that ran out is free again.
    """
    claim = statements.CLAIM[unit.connection.dialect.name]
    asked = {"claimant": unit.tenant, "now": now, "token": token, "until": lease_until}
    row = unit.connection.execute(claim, asked).mappings().first()
    return Claimed(_message(row), row["site"], row["raw"], token) if row else None


def settle(
    unit: Unit,
    claimed: Claimed,
    state: MessageState,
    *,
    error: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Write what became of a claimed message. `False` when the lease was lost to another."""
    done = unit.connection.execute(
        statements.SETTLE,
        {
            "owner": unit.tenant,
            "claimed": claimed.message.id,
            "token": claimed.token,
            "became": state.value,
            "error": error,
            "not_before": not_before,
        },
    )
    return done.rowcount == 1


def answered(
    unit: Unit, identifier: str, acknowledgement: Acknowledgement, answer: bytes | None
) -> None:
    """Keep the answer given to the sender, to give it again to a repetition."""
    unit.connection.execute(
        statements.ANSWERED,
        {
            "receiver": unit.tenant,
            "message": identifier,
            "said": acknowledgement.value,
            "sent": answer,
        },
    )


def reopen(unit: Unit, identifier: str) -> bool:
    """Put a parked or refused message back to be worked on. `False` when it is neither."""
    done = unit.connection.execute(
        update(messages)
        .where(
            messages.c.tenant == unit.tenant,
            messages.c.id == identifier,
            messages.c.state.in_((MessageState.PARKED.value, MessageState.REFUSED.value)),
        )
        .values(state=MessageState.RECEIVED.value, attempts=0, error=None, not_before=None)
    )
    return done.rowcount == 1


def waiting(unit: Unit) -> int:
    """How many messages are stored and not worked on yet."""
    found: int = (
        unit.connection.scalar(
            select(func.count())
            .select_from(messages)
            .where(
                messages.c.tenant == unit.tenant, messages.c.state == MessageState.RECEIVED.value
            )
        )
        or 0
    )
    return found


def _message(row: RowMapping) -> Message:
    return Message.model_validate({name: row[name] for name in Message.model_fields})
