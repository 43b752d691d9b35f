"""Patients, found again by the identifiers that their senders use."""

from datetime import datetime

from sqlalchemy import or_, select, update

from engine.store import statements
from engine.store.tables import patient_identifiers, patients
from engine.store.unit import Unit, new_id
from mappings.authorities import bare
from schemas.canonical import canonical_json
from schemas.ids import PatientId
from schemas.people import Identifier, IdentifierKind, Patient


def _keys(patient: Patient) -> tuple[Identifier, ...]:
    """The identifiers that may find this patient again: the qualified INS and the IPPs.

    An IPP without an authority says nothing outside its sender and is left to the channel.
    """
    qualified = patient.qualified_ins
    return tuple(
        identifier
        for identifier in patient.identifiers
        if identifier == qualified
        or identifier.kind
        not in (IdentifierKind.INS_NIR, IdentifierKind.INS_NIA, IdentifierKind.VISIT)
    )


def found(unit: Unit, patient: Patient, channel: str) -> tuple[PatientId, ...]:
    """Every stored patient that one of the identifiers names; more than one is a doubt."""
    named = (
        unit.connection.scalar(statements.PATIENT_KEYED, _place(unit, key, channel))
        for key in _keys(patient)
    )
    return tuple(dict.fromkeys(PatientId(name) for name in named if name is not None))


def _place(unit: Unit, identifier: Identifier, channel: str) -> dict[str, str]:
    """Where an identifier stands: its key in the table."""
    authority = _authority(identifier, channel)
    return {"tenant": unit.tenant, "authority": authority, "value": identifier.value}


def _authority(identifier: Identifier, channel: str) -> str:
    """Who issued it: an OID is the same with and without its prefix. What it is called by one
    format or another (IPP, file number) does not make it another identifier.
    """
    return bare(identifier.authority) if identifier.authority else f"channel:{channel}"


def store(
    unit: Unit,
    patient: Patient,
    channel: str,
    known: tuple[PatientId, ...],
    at: datetime,
) -> PatientId | None:
    """The id of this patient, made when `known` (what `found` gave) is empty.

    `None` when nothing identifies them, or when two stored patients have their identifiers.
    """
    if len(known) > 1 or not _keys(patient):
        return None
    content = canonical_json(patient).decode()
    if known:
        identifier = known[0]
        unit.connection.execute(
            statements.DESCRIBE_PATIENT,
            {"owner": unit.tenant, "described": identifier, "content": content, "now": at},
        )
    else:
        identifier = PatientId(new_id("pat"))
        unit.connection.execute(
            statements.STORE_PATIENT,
            {"id": identifier, "tenant": unit.tenant, "content": content, "updated_at": at},
        )
    _learn(unit, identifier, patient, channel)
    return identifier


def _learn(unit: Unit, identifier: PatientId, patient: Patient, channel: str) -> None:
    for key in _keys(patient):
        place = _place(unit, key, channel)
        if unit.connection.scalar(statements.PATIENT_KEYED, place) is None:
            unit.connection.execute(
                statements.STORE_IDENTIFIER,
                {**place, "patient_id": identifier, "kind": key.kind.value},
            )


def patient(unit: Unit, identifier: str) -> Patient | None:
    """The patient of this id, as their last message described them."""
    asked = {"tenant": unit.tenant, "id": identifier}
    content: str | None = unit.connection.scalar(statements.PATIENT, asked)
    return Patient.model_validate_json(content) if content else None


def lock(unit: Unit, identifier: PatientId) -> PatientId:
    """The patient, or whoever they were merged into, for this unit alone until it ends.

    Every unit that stores a prescription, or decides on one, passes here or describes the patient
    anew, which locks as well: of two at one time, the later sees what the earlier did. (SQLite
    has one writer at a time anyhow.)
    """
    asked = {"tenant": unit.tenant, "id": identifier}
    merged: str | None = unit.connection.scalar(statements.LOCK_PATIENT, asked)
    return lock(unit, PatientId(merged)) if merged else identifier


def merged_into(unit: Unit, identifier: PatientId) -> tuple[PatientId, ...]:
    """The patient, then whoever was merged into them: what was stored of those stays with them."""
    asked = {"tenant": unit.tenant, "id": identifier}
    gone = unit.connection.execute(statements.MERGED_INTO, asked).scalars().all()
    return (identifier, *(each for one in gone for each in merged_into(unit, PatientId(one))))


def patients_named(unit: Unit, text: str) -> tuple[PatientId, ...]:
    """The patients of this id, or with an identifier of exactly this value."""
    rows = unit.connection.execute(
        select(patients.c.id)
        .outerjoin(patient_identifiers, patient_identifiers.c.patient_id == patients.c.id)
        .where(
            patients.c.tenant == unit.tenant,
            or_(patients.c.id == text, patient_identifiers.c.value == text),
        )
        .distinct()
    )
    return tuple(PatientId(row.id) for row in rows)


def merge(unit: Unit, kept: PatientId, gone: PatientId, at: datetime) -> None:
    """Point the identifiers of `gone` to `kept`. What was stored of `gone` stays with it."""
    unit.connection.execute(
        update(patient_identifiers)
        .where(
            patient_identifiers.c.tenant == unit.tenant, patient_identifiers.c.patient_id == gone
        )
        .values(patient_id=kept)
    )
    unit.connection.execute(
        update(patients)
        .where(patients.c.tenant == unit.tenant, patients.c.id == gone)
        .values(merged_into=kept, updated_at=at)
    )
