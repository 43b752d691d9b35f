"""Writes what a pharmacist validated for a receiver, and puts it into the outbox."""

from dataclasses import dataclass

from connectors import registry
from engine.pipeline.context import Context
from engine.pipeline.forbidden import journalled
from engine.pipeline.snapshot import Snapshot, Wanted, snapshot
from engine.security.permissions import Permission, entitled
from engine.store import access, audit, outbox
from engine.store.unit import new_id
from schemas.connector import Writer
from schemas.errors import Defect, Forbidden, Refused
from schemas.events import AuditEvent
from schemas.export import Envelope
from schemas.ids import DeliveryId


@dataclass(frozen=True, slots=True)
class Order:
    """What a professional asks to be written: what, how, for whom.

    `writer` names one of several writers of a format; the first one otherwise.
    """

    wanted: Wanted
    format: str
    receiver: str
    writer: str | None = None


def export(context: Context, user: str, order: Order) -> DeliveryId:
    """The delivery that now waits in the outbox, its bytes kept bit for bit.

    Raises: `Forbidden` for whoever may not send, and when no consent or grant is in force for
    the receiver (journalled); `Refused` when nothing was validated, the format cannot carry
    it, or the pharmacy is not named in the settings.
    """
    subject = order.wanted.subject
    with journalled(context, user, AuditEvent.EXPORT_REFUSED, subject, receiver=order.receiver):
        return _export(context, user, order)


def _export(context: Context, user: str, order: Order) -> DeliveryId:
    pharmacy = context.settings.organization
    if pharmacy is None:
        raise Refused("pharmacy: its FINESS and name must be in the settings before an export")
    writer = _writer(order)
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.EXPORT_SEND)
        taken = snapshot(unit, order.wanted, pharmacy, now)
        grant = access.active_grant(unit, taken.patient_id, order.receiver)
        if grant is None:
            raise Forbidden("export:send: no consent and grant in force for this receiver")
        identifier = DeliveryId(new_id("dlv"))
        envelope = Envelope(
            id=identifier,
            created_at=now.astimezone(taken.zone),
            sender=context.tenant,
            receiver=order.receiver,
            answers_control_id=taken.answers,
        )
        outbox.store(
            unit,
            outbox.Departure(
                id=identifier,
                kind=order.wanted.kind,
                format=order.format,
                receiver=order.receiver,
                patient_id=taken.patient_id,
                decision_id=taken.decision.id,
                release_id=taken.release_id,
                grant_id=grant,
                initiated_by=user,
                file_name=f"{order.wanted.kind.value}-{identifier}{writer.suffix}",
                payload=_payload(writer, taken, envelope),
            ),
            now,
        )
        audit.record(
            unit,
            AuditEvent.EXPORT_WRITTEN,
            actor=user,
            subject=identifier,
            at=now,
            kind=order.wanted.kind.value,
            receiver=order.receiver,
            decision=taken.decision.id,
            patient=taken.patient_id,
            grant=grant,
            **({"release": taken.release_id} if taken.release_id else {}),
        )
        unit.commit()
    return identifier


def _payload(writer: Writer, taken: Snapshot, envelope: Envelope) -> bytes:
    """The bytes. Raises: `Defect` when the writer fails: what it says could quote the patient."""
    try:
        return writer.write(taken.content, envelope)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise Defect(f"writer {writer.name}: {type(error).__name__}") from None


def _writer(order: Order) -> Writer:
    connector = registry.connector(order.format)
    kind = order.wanted.kind
    writer = connector.writer(kind, order.writer)
    if writer is not None:
        return writer
    named = [each.name for each in connector.writers if each.kind is kind]
    if named:
        raise Refused(f"writer: {kind.value} in {order.format} is one of {', '.join(named)}")
    kinds = sorted({each.kind.value for each in connector.writers})
    raise Refused(f"format: {order.format} writes {', '.join(kinds) or 'nothing'}")
