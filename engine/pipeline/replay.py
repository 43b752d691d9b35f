"""Does a parked or refused message again, from the bytes that were kept."""

from engine.pipeline.context import Context
from engine.store import audit, inbox
from schemas.errors import Refused
from schemas.events import AuditEvent


def replay(context: Context, message_id: str, user: str) -> None:
    """Put the message back before the workers.

    Raises: `Refused` when there is no such message, or when it was read: what it brought
    stands, and doing it again would store it twice.
    """
    with context.store.unit(context.tenant) as unit:
        if inbox.message(unit, message_id) is None:
            raise Refused("message: there is none of this id")
        if not inbox.reopen(unit, message_id):
            raise Refused("message: only a parked or refused message can be replayed")
        audit.record(
            unit,
            AuditEvent.MESSAGE_REPLAYED,
            actor=user,
            subject=message_id,
            at=context.clock(),
        )
        unit.commit()
