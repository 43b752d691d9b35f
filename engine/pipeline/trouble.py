"""What a sender is told when their message could not be kept: come again, or do not."""

from connectors import registry
from engine.outcomes import OUTCOMES
from engine.pipeline.context import Context
from engine.store.unit import new_id
from schemas.connector import Answer
from schemas.errors import Defect, EngineError
from schemas.export import Envelope
from schemas.ids import DeliveryId


def as_trouble(error: BaseException) -> EngineError:
    """The error itself when it is one of ours; else a `Defect` that names its type alone.

    The text and the arguments of a stranger's exception can quote the patient.
    """
    return error if isinstance(error, EngineError) else Defect(type(error).__name__)


def rejection(context: Context, data: bytes, channel_name: str, trouble: EngineError) -> bytes:
    """The negative answer in the sender's own format; empty when these bytes have none.

    Nothing is stored: the database may be what failed. The sender is told to come again unless
    the fault is theirs. Raises: `Refused` for a channel that does not exist.
    """
    channel = context.channel(channel_name)
    connector = registry.connector(channel.format) if channel.format else registry.detect(data)
    if connector is None or connector.acknowledge is None:
        return b""
    said = Answer(
        accepted=False,
        retry=OUTCOMES[trouble.kind].hl7_accept == "CE",
        enhanced=channel.acknowledgment == "enhanced",
        by_order=channel.acknowledgment == "by-order",
    )
    envelope = Envelope(
        id=DeliveryId(new_id("ack")),
        created_at=context.clock(),
        sender=context.tenant,
        receiver=channel_name,
    )
    return connector.acknowledge(data, said, envelope)
