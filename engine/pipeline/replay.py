"""Does a parked or refused message again, from the bytes that were kept."""

from engine.pipeline.context import Context
from engine.pipeline.forbidden import journalled
from engine.security.permissions import Permission, entitled
from engine.store import audit, inbox
from schemas.errors import Refused
from schemas.events import AuditEvent


def replay(context: Context, message_id: str, user: str) -> None:
    """Put the message back before the workers.

    Raises: `Forbidden` for whoever may not (journalled); `Refused` when there is no such message,
    when no format recognises it, or when it was read: what it brought stands, and doing it again
    would store it twice.
    """
    refused = journalled(context, user, AuditEvent.ACCESS_REFUSED, message_id)
    with refused, context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.MESSAGE_REPLAY)
        message = inbox.message(unit, message_id)
        if message is None:
            raise Refused("message: there is none of this id")
        if message.format is None:
            raise Refused("message: its bytes are those of no format that can be read")
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
