"""Patients, found again by the identifiers that their senders use."""

from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Row

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
    rows: list[Row[tuple[str]]] = []
    for identifier in _keys(patient):
        rows += unit.connection.execute(
            select(patient_identifiers.c.patient_id).where(
                patient_identifiers.c.tenant == unit.tenant,
                patient_identifiers.c.authority == _authority(identifier, channel),
                patient_identifiers.c.value == identifier.value,
            )
        ).all()
    return tuple(dict.fromkeys(PatientId(row.patient_id) for row in rows))


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
            update(patients)
            .where(patients.c.id == identifier)
            .values(content=content, updated_at=at)
        )
    else:
        identifier = PatientId(new_id("pat"))
        unit.connection.execute(
            insert(patients).values(
                id=identifier, tenant=unit.tenant, content=content, updated_at=at
            )
        )
    _learn(unit, identifier, patient, channel)
    return identifier


def _learn(unit: Unit, identifier: PatientId, patient: Patient, channel: str) -> None:
    for key in _keys(patient):
        place = {
            "tenant": unit.tenant,
            "authority": _authority(key, channel),
            "value": key.value,
        }
        known = unit.connection.scalar(select(patient_identifiers.c.patient_id).filter_by(**place))
        if known is None:
            unit.connection.execute(
                insert(patient_identifiers).values(
                    patient_id=identifier, kind=key.kind.value, **place
                )
            )


def patient(unit: Unit, identifier: str) -> Patient | None:
    """The patient of this id, as their last message described them."""
    content: str | None = unit.connection.scalar(
        select(patients.c.content).where(
            patients.c.tenant == unit.tenant, patients.c.id == identifier
        )
    )
    return Patient.model_validate_json(content) if content else None


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
