"""Journals whoever asks for what their role, the consent or the grant does not allow."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.pipeline.context import Context
from engine.store import audit
from schemas.errors import Forbidden
from schemas.events import AuditEvent

LONGEST = 64
"""Characters of an actor or a subject in the journal; who is unknown may call themselves longer."""


@contextmanager
def journalled(
    context: Context, user: str, event: AuditEvent, subject: str, **detail: str
) -> Iterator[None]:
    """Runs what is inside; a `Forbidden` out of it is journalled with its rule, and goes on.

    The entry is a transaction of its own, because that of the work is rolled back.
    """
    try:
        yield
    except Forbidden as error:
        with context.store.unit(context.tenant) as unit:
            audit.record(
                unit,
                event,
                actor=user[:LONGEST],
                subject=subject[:LONGEST],
                at=context.clock(),
                rule=str(error),
                **detail,
            )
            unit.commit()
        raise
