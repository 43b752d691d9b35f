"""Consents and grants: who may be given what is known of a patient, from when to when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update

from engine.store.patients import merged_into
from engine.store.tables import consents, grants
from engine.store.unit import Unit, new_id
from schemas.ids import PatientId


@dataclass(frozen=True, slots=True)
class Consent:
    """A patient's written consent that one receiver be given their data."""

    patient_id: PatientId
    receiver: str
    signed_on: date
    document: str


def store_consent(unit: Unit, consent: Consent, by: str, at: datetime) -> str:
    """Keep a consent. `document` says where the signed paper is; the paper itself is not kept."""
    identifier = new_id("con")
    unit.connection.execute(
        insert(consents).values(
            id=identifier,
            tenant=unit.tenant,
            patient_id=consent.patient_id,
            receiver=consent.receiver,
            signed_on=consent.signed_on.isoformat(),
            document=consent.document,
            recorded_by=by,
            recorded_at=at,
        )
    )
    return identifier


def store_grant(unit: Unit, consent_id: str, consent: Consent, by: str, at: datetime) -> str:
    """Keep a pharmacist's grant under a consent."""
    identifier = new_id("grt")
    unit.connection.execute(
        insert(grants).values(
            id=identifier,
            tenant=unit.tenant,
            consent_id=consent_id,
            patient_id=consent.patient_id,
            receiver=consent.receiver,
            granted_by=by,
            granted_at=at,
        )
    )
    return identifier


def active_grant(unit: Unit, patient_id: str, receiver: str) -> str | None:
    """The newest grant in force for this receiver, under a consent in force."""
    found: str | None = unit.connection.scalar(
        select(grants.c.id)
        .join(consents, consents.c.id == grants.c.consent_id)
        .where(
            grants.c.tenant == unit.tenant,
            grants.c.patient_id.in_(merged_into(unit, PatientId(patient_id))),
            grants.c.receiver == receiver,
            grants.c.revoked_at.is_(None),
            consents.c.withdrawn_at.is_(None),
        )
        .order_by(grants.c.granted_at.desc())
        .limit(1)
    )
    return found


def withdraw(unit: Unit, patient_id: str, receiver: str, at: datetime) -> int:
    """End every consent of the patient for this receiver; how many ended now."""
    return unit.connection.execute(
        update(consents)
        .where(
            consents.c.tenant == unit.tenant,
            consents.c.patient_id.in_(merged_into(unit, PatientId(patient_id))),
            consents.c.receiver == receiver,
            consents.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    ).rowcount


def revoke(unit: Unit, patient_id: str, receiver: str, at: datetime) -> int:
    """End every grant to this receiver; how many ended now."""
    return unit.connection.execute(
        update(grants)
        .where(
            grants.c.tenant == unit.tenant,
            grants.c.patient_id.in_(merged_into(unit, PatientId(patient_id))),
            grants.c.receiver == receiver,
            grants.c.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    ).rowcount
