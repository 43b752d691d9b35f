"""What kinds of content may leave, and what a message that leaves says of itself."""

from enum import StrEnum

from schemas.base import Instant, Value
from schemas.ids import DeliveryId


class ExportKind(StrEnum):
    """What a third party can be given."""

    SCHEDULE = "schedule"
    ANALYSIS = "analysis"
    INTAKES = "intakes"
    ADHERENCE = "adherence"


class Envelope(Value):
    """What a message says of itself: given to writers, so that they stay pure."""

    id: DeliveryId
    created_at: Instant
    sender: str
    receiver: str
    answers_control_id: str | None = None
