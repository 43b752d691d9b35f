"""The chain of one message: what it brought, what was decided on it, what left because of it."""

from schemas.base import Instant, Value
from schemas.decision import Decision
from schemas.delivery import Delivery
from schemas.events import AuditEntry
from schemas.message import Message


class TracedInterpretation(Value):
    """Who read the text of which line of which version, and by which digest of the text."""

    id: str
    read: str
    line: int
    by: str
    at: Instant
    text_sha256: str


class TracedPrescription(Value):
    """One version that a message brought, to its end; `interpretation` is what made it."""

    id: str
    version: int
    content_sha256: str
    interpretation: TracedInterpretation | None = None
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
    dispenses: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    journal: tuple[AuditEntry, ...] = ()
