"""Movements of patients: what was told of admissions, leaves and discharges, never changed."""

from sqlalchemy import insert, select

from engine.adherence.absence import Told
from engine.store.patients import merged_into
from engine.store.tables import messages, movements
from engine.store.unit import Unit, new_id
from schemas.ids import MessageId, PatientId
from schemas.movement import Movement


def store(
    unit: Unit, movement: Movement, message_id: MessageId, patient_id: PatientId | None
) -> str:
    """Store one movement; our id for it."""
    identifier = new_id("mov")
    unit.connection.execute(
        insert(movements).values(
            id=identifier,
            tenant=unit.tenant,
            message_id=message_id,
            patient_id=patient_id,
            kind=movement.kind.value,
            occurred_at=movement.occurred_at,
            content=movement.model_dump_json(),
        )
    )
    return identifier


def movements_of(unit: Unit, patient_id: PatientId) -> tuple[Told, ...]:
    """What was told of a patient, under whatever ids they had, in order of receipt."""
    rows = unit.connection.execute(
        select(movements.c.id, movements.c.content, messages.c.received_at)
        .join(messages, messages.c.id == movements.c.message_id)
        .where(
            movements.c.tenant == unit.tenant,
            movements.c.patient_id.in_(merged_into(unit, patient_id)),
        )
        .order_by(messages.c.received_at, movements.c.id)
    )
    return tuple(
        Told(row.id, row.received_at, Movement.model_validate_json(row.content)) for row in rows
    )
