"""Works the inbox: claims one message after the other until none is left to claim.

This is the one place where any exception is caught: whatever a step did not foresee becomes a
`Defect`, the message is parked with its bytes, and the next lane goes on.
"""

import logging
import secrets
from datetime import timedelta

from engine.outcomes import ATTEMPTS, OUTCOMES, delay_before
from engine.pipeline.context import Context
from engine.pipeline.read import read
from engine.store import inbox
from engine.store.inbox import Claimed
from schemas.errors import Defect, EngineError, Kind, Unavailable
from schemas.message import MessageState

LEASE = timedelta(minutes=1)
"""How long a claimed message is one worker's own; a dead worker's message is free after it."""

log = logging.getLogger(__name__)


def drain(context: Context) -> int:
    """Work until nothing can be claimed; how many messages were worked on.

    When the database cannot be written now, what was claimed waits for its lease to end, and
    the sweep rings again.
    """
    worked = 0
    try:
        while (claimed := _claim(context)) is not None:
            _work(context, claimed)
            worked += 1
    except Unavailable as error:
        log.warning("inbox.unavailable", extra={"reason": str(error)})
    return worked


def _claim(context: Context) -> Claimed | None:
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        claimed = inbox.claim_next(unit, secrets.token_hex(16), now, now + LEASE)
        unit.commit()
    return claimed


def _work(context: Context, claimed: Claimed) -> None:
    try:
        state = read(context, claimed)
    except EngineError as error:
        _fail(context, claimed, error)
    except Exception as error:
        # Neither the text nor the arguments of a stranger's exception may be logged: they
        # can quote the patient. Its type says where to look, the message is kept to replay.
        _fail(context, claimed, Defect(type(error).__name__))
    else:
        log.info("message.worked", extra={"message_id": claimed.message.id, "state": state.value})


def _fail(context: Context, claimed: Claimed, error: EngineError) -> None:
    attempts = claimed.message.attempts
    again = OUTCOMES[error.kind].retried and attempts < ATTEMPTS
    state = MessageState.PARKED
    if again:
        state = MessageState.RECEIVED
    elif error.kind is Kind.PERMANENT:
        state = MessageState.REFUSED
    wait = context.clock() + timedelta(seconds=delay_before(attempts)) if again else None
    with context.store.unit(context.tenant) as unit:
        inbox.settle(unit, claimed, state, error=f"{error.kind.value}: {error}", not_before=wait)
        unit.commit()
    log.warning(
        "message.failed",
        extra={"message_id": claimed.message.id, "kind": error.kind.value, "attempt": attempts},
    )
