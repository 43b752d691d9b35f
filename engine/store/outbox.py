"""The outbox: what leaves, kept bit for bit, and where its delivery stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from engine.store.tables import deliveries
from engine.store.unit import Unit
from schemas.canonical import sha256
from schemas.delivery import Delivery, DeliveryState
from schemas.export import ExportKind
from schemas.ids import DeliveryId, PatientId


@dataclass(frozen=True, slots=True)
class Departure:
    """One export ready to leave, with everything that entitles it to."""

    id: DeliveryId
    kind: ExportKind
    format: str
    receiver: str
    patient_id: PatientId
    decision_id: str
    release_id: str | None
    grant_id: str
    initiated_by: str
    file_name: str
    payload: bytes


def store(unit: Unit, departure: Departure, at: datetime) -> None:
    """Put an export into the outbox. The database refuses one without release or grant."""
    unit.connection.execute(
        insert(deliveries).values(
            id=departure.id,
            tenant=unit.tenant,
            kind=departure.kind.value,
            format=departure.format,
            receiver=departure.receiver,
            patient_id=departure.patient_id,
            decision_id=departure.decision_id,
            release_id=departure.release_id,
            grant_id=departure.grant_id,
            initiated_by=departure.initiated_by,
            file_name=departure.file_name,
            payload=departure.payload,
            sha256=sha256(departure.payload),
            created_at=at,
            state=DeliveryState.WAITING.value,
        )
    )


def delivery(unit: Unit, identifier: str) -> tuple[Delivery, str, bytes] | None:
    """A delivery with its file name and its bytes."""
    row = (
        unit.connection.execute(
            select(deliveries).where(
                deliveries.c.tenant == unit.tenant, deliveries.c.id == identifier
            )
        )
        .mappings()
        .first()
    )
    return (_delivery(row), row["file_name"], row["payload"]) if row else None


def about_decision(unit: Unit, decision_ids: tuple[str, ...]) -> tuple[Delivery, ...]:
    """What left because of these decisions, oldest first."""
    rows = unit.connection.execute(
        select(deliveries)
        .where(deliveries.c.tenant == unit.tenant, deliveries.c.decision_id.in_(decision_ids))
        .order_by(deliveries.c.created_at, deliveries.c.id)
    ).mappings()
    return tuple(_delivery(row) for row in rows)


def settle(unit: Unit, identifier: str, state: DeliveryState, at: datetime) -> None:
    """Write how an attempt to deliver ended."""
    unit.connection.execute(
        update(deliveries)
        .where(deliveries.c.tenant == unit.tenant, deliveries.c.id == identifier)
        .values(
            state=state.value,
            attempts=deliveries.c.attempts + 1,
            delivered_at=at if state is DeliveryState.DELIVERED else None,
        )
    )


def _delivery(row: RowMapping) -> Delivery:
    return Delivery.model_validate({name: row[name] for name in Delivery.model_fields})
