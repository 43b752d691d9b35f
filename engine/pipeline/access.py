"""Consents and grants, recorded and ended by a pharmacist."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime

from engine.pipeline.context import Context
from engine.pipeline.forbidden import journalled
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


def _journalled(context: Context, user: str) -> AbstractContextManager[None]:
    """The subject is the user: a patient may have been named by their national number."""
    return journalled(context, user, AuditEvent.ACCESS_REFUSED, user)


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
    with _journalled(context, user), context.store.unit(context.tenant) as unit:
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
    _end(context, user, patient, receiver, access.withdraw, AuditEvent.CONSENT_WITHDRAWN)


def revoke(context: Context, user: str, patient: str, receiver: str) -> None:
    """The pharmacist ends the access of a receiver. Raises: as `withdraw`."""
    _end(context, user, patient, receiver, access.revoke, AuditEvent.GRANT_REVOKED)


def _end(
    context: Context,
    user: str,
    patient: str,
    receiver: str,
    end: Callable[[Unit, str, str, datetime], int],
    event: AuditEvent,
) -> None:
    now = context.clock()
    with _journalled(context, user), context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.ACCESS_GRANT)
        patient_id = patient_of(unit, patient)
        if not end(unit, patient_id, receiver, now):
            raise Refused(f"{event.value.partition('.')[0]}: none is in force for this receiver")
        audit.record(unit, event, actor=user, subject=patient_id, at=now, receiver=receiver)
        unit.commit()
