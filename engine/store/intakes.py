"""Intakes: what was reported, never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from engine.store.patients import merged_into
from engine.store.tables import intakes
from engine.store.unit import Unit, new_id
from schemas.canonical import canonical_json, sha256
from schemas.ids import IntakeId, MessageId, PatientId, Sha256
from schemas.intake import Intake


@dataclass(frozen=True, slots=True)
class StoredIntake:
    """One report, with our id for it and when it came."""

    id: IntakeId
    intake: Intake
    received_at: datetime
    sha256: Sha256


def identity_of(intake: Intake, patient_id: str | None) -> str:
    """What makes two reports the same one: their own identifier, else all that they say.

    A correction carries another identifier or another content, so it is a report of its own.
    """
    named = "|".join(f"{each.authority}:{each.value}" for each in intake.identifiers)
    content = sha256(canonical_json(intake.model_copy(update={"location": ""})))
    return f"{patient_id}|{named}|{content}"


def store(
    unit: Unit, intake: Intake, message_id: MessageId, patient_id: PatientId | None, at: datetime
) -> IntakeId | None:
    """Store a report; `None` when exactly this report is stored already."""
    identity = identity_of(intake, patient_id)
    known = unit.connection.scalar(
        select(intakes.c.id).where(intakes.c.tenant == unit.tenant, intakes.c.identity == identity)
    )
    if known is not None:
        return None
    identifier = IntakeId(new_id("int"))
    content = canonical_json(intake)
    unit.connection.execute(
        insert(intakes).values(
            id=identifier,
            tenant=unit.tenant,
            message_id=message_id,
            patient_id=patient_id,
            identity=identity,
            taken_at=intake.taken_at,
            received_at=at,
            content=content.decode(),
            sha256=sha256(content),
        )
    )
    return identifier


def intakes_of(unit: Unit, patient_id: str, until: datetime) -> tuple[StoredIntake, ...]:
    """The reports about a patient that we had received by then, in order of receipt."""
    rows = unit.connection.execute(
        select(intakes)
        .where(
            intakes.c.tenant == unit.tenant,
            intakes.c.patient_id.in_(merged_into(unit, PatientId(patient_id))),
            intakes.c.received_at <= until,
        )
        .order_by(intakes.c.received_at, intakes.c.id)
    )
    return tuple(
        StoredIntake(row.id, Intake.model_validate_json(row.content), row.received_at, row.sha256)
        for row in rows
    )


def of_message(unit: Unit, message_id: str) -> tuple[IntakeId, ...]:
    """The reports that one message brought."""
    rows = unit.connection.execute(
        select(intakes.c.id)
        .where(intakes.c.tenant == unit.tenant, intakes.c.message_id == message_id)
        .order_by(intakes.c.id)
    )
    return tuple(IntakeId(row.id) for row in rows)
