"""Dispenses: what a pharmacy reports to have given out, never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from engine.store.patients import merged_into
from engine.store.tables import dispenses
from engine.store.unit import Unit, new_id
from schemas.canonical import canonical_bytes, canonical_json, sha256
from schemas.dispense import Dispense
from schemas.ids import DispenseId, MessageId, PatientId, Sha256


@dataclass(frozen=True, slots=True)
class StoredDispense:
    """One report, with our id for it and when it came."""

    id: DispenseId
    dispense: Dispense
    received_at: datetime
    sha256: Sha256


def identity_of(dispense: Dispense, patient_id: str | None) -> str:
    """What makes two reports the same one: their own identifier and all that they say.

    Only what the report states counts, so that a field which the model gains later changes
    nothing.
    """
    named = "|".join(f"{each.authority}:{each.value}" for each in dispense.identifiers)
    said = dispense.model_copy(update={"location": ""})
    content = sha256(canonical_bytes(said.model_dump(mode="json", exclude_defaults=True)))
    return f"{patient_id}|{named}|{content}"


def store(
    unit: Unit,
    dispense: Dispense,
    message_id: MessageId,
    patient_id: PatientId | None,
    at: datetime,
) -> DispenseId | None:
    """Store a report; `None` when exactly this report is stored already."""
    identity = identity_of(dispense, patient_id)
    known = unit.connection.scalar(
        select(dispenses.c.id).where(
            dispenses.c.tenant == unit.tenant, dispenses.c.identity == identity
        )
    )
    if known is not None:
        return None
    identifier = DispenseId(new_id("dis"))
    content = canonical_json(dispense)
    unit.connection.execute(
        insert(dispenses).values(
            id=identifier,
            tenant=unit.tenant,
            message_id=message_id,
            patient_id=patient_id,
            identity=identity,
            received_at=at,
            content=content.decode(),
            sha256=sha256(content),
        )
    )
    return identifier


def dispenses_of(unit: Unit, patient_id: str, until: datetime) -> tuple[StoredDispense, ...]:
    """The reports about a patient that we had received by then, in order of receipt."""
    rows = unit.connection.execute(
        select(dispenses)
        .where(
            dispenses.c.tenant == unit.tenant,
            dispenses.c.patient_id.in_(merged_into(unit, PatientId(patient_id))),
            dispenses.c.received_at <= until,
        )
        .order_by(dispenses.c.received_at, dispenses.c.id)
    )
    return tuple(
        StoredDispense(
            row.id, Dispense.model_validate_json(row.content), row.received_at, row.sha256
        )
        for row in rows
    )


def of_message(unit: Unit, message_id: str) -> tuple[DispenseId, ...]:
    """The reports that one message brought."""
    rows = unit.connection.execute(
        select(dispenses.c.id)
        .where(dispenses.c.tenant == unit.tenant, dispenses.c.message_id == message_id)
        .order_by(dispenses.c.id)
    )
    return tuple(DispenseId(row.id) for row in rows)
