"""A message received: our work on it, and what its sender knows, never in one word."""

from enum import StrEnum

from schemas.base import Instant, Value
from schemas.ids import ChannelName, MessageId, Sha256, TenantId


class MessageState(StrEnum):
    """Where our work on a message stands.

    RECEIVED: the bytes are committed; nothing says that they can be read. READ: prescriptions,
    intakes or movements were stored; nothing says that a person looked. REFUSED: their bytes
    or their rules; kept, never retried. PARKED: ours failed; kept until a person replays it.
    """

    RECEIVED = "received"
    READ = "read"
    REFUSED = "refused"
    PARKED = "parked"


class Acknowledgement(StrEnum):
    """What the sender has been told. It says nothing of what became of the content."""

    NONE = "none"
    ACCEPTED = "accepted"
    ERROR = "error"
    REJECTED = "rejected"


class Message(Value):
    """One message in the inbox."""

    id: MessageId
    tenant: TenantId
    channel: ChannelName
    control_id: str | None = None
    sha256: Sha256
    size: int
    format: str | None = None
    state: MessageState
    acknowledgement: Acknowledgement
    received_at: Instant
    attempts: int = 0
    error: str | None = None
