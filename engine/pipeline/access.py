"""Consents and grants, recorded and ended by a pharmacist."""

from datetime import date

from engine.pipeline.context import Context
from engine.security.permissions import Permission, entitled
from engine.store import access, audit, patients
from engine.store.unit import Unit
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.ids import PatientId


def patient_of(unit: Unit, text: str) -> PatientId:
    """The one patient of this id or identifier.

    Raises: `Refused` when nobody, or more than one person, answers to it.
    """
    found = patients.patients_named(unit, text)
    if len(found) != 1:
        raise Refused(f"patient: {len(found)} stored patients have this id or identifier")
    return found[0]


def grant(
    context: Context, user: str, patient: str, receiver: str, *, signed_on: date, document: str
) -> str:
    """Record the patient's written consent for a receiver and grant it access; the grant's id.

    `document` says where the signed paper is kept. Raises: `Forbidden`, `Refused`.
    """
    now = context.clock()
    if signed_on > now.date():
        raise Refused("consent: the day of signature lies in the future")
    if not document.strip():
        raise Refused("consent: the place of the signed document must be stated")
    with context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.ACCESS_GRANT)
        consent = access.Consent(patient_of(unit, patient), receiver, signed_on, document)
        consent_id = access.store_consent(unit, consent, user, now)
        audit.record(
            unit,
            AuditEvent.CONSENT_RECORDED,
            actor=user,
            subject=consent_id,
            at=now,
            patient=consent.patient_id,
            receiver=receiver,
        )
        grant_id = access.store_grant(unit, consent_id, consent, user, now)
        audit.record(
            unit,
            AuditEvent.GRANT_GIVEN,
            actor=user,
            subject=grant_id,
            at=now,
            patient=consent.patient_id,
            receiver=receiver,
        )
        unit.commit()
    return grant_id


def withdraw(context: Context, user: str, patient: str, receiver: str) -> None:
    """The patient withdrew their consent: nothing more leaves for this receiver.

    Raises: `Forbidden`; `Refused` when there was no consent in force.
    """
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.ACCESS_GRANT)
        patient_id = patient_of(unit, patient)
        if not access.withdraw(unit, patient_id, receiver, now):
            raise Refused("consent: none is in force for this receiver")
        audit.record(
            unit,
            AuditEvent.CONSENT_WITHDRAWN,
            actor=user,
            subject=patient_id,
            at=now,
            receiver=receiver,
        )
        unit.commit()


def revoke(context: Context, user: str, patient: str, receiver: str) -> None:
    """The pharmacist ends the access of a receiver. Raises: as `withdraw`."""
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.ACCESS_GRANT)
        patient_id = patient_of(unit, patient)
        if not access.revoke(unit, patient_id, receiver, now):
            raise Refused("grant: none is in force for this receiver")
        audit.record(
            unit,
            AuditEvent.GRANT_REVOKED,
            actor=user,
            subject=patient_id,
            at=now,
            receiver=receiver,
        )
        unit.commit()
