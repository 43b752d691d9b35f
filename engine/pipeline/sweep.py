"""Finds what waits without anybody knowing: lost bells, leases that ran out, waits that ended."""

from engine.pipeline.context import Context
from engine.store import inbox


def sweep(context: Context) -> int:
    """How many messages wait to be worked on; the caller rings when there are any."""
    with context.store.unit(context.tenant) as unit:
        return inbox.waiting(unit)
