"""The chain of one message: what it brought, what was decided on it, what left because of it."""

from schemas.base import Value
from schemas.decision import Decision
from schemas.delivery import Delivery
from schemas.events import AuditEntry
from schemas.message import Message


class TracedPrescription(Value):
    """One version that a message brought, to its end."""

    id: str
    version: int
    content_sha256: str
    item: str | None = None
    state: str | None = None
    decisions: tuple[Decision, ...] = ()
    release: str | None = None
    deliveries: tuple[Delivery, ...] = ()


class Trace(Value):
    """Everything that hangs together with `asked`; the journal in its own order."""

    asked: str
    messages: tuple[Message, ...]
    prescriptions: tuple[TracedPrescription, ...] = ()
    intakes: tuple[str, ...] = ()
    journal: tuple[AuditEntry, ...] = ()
