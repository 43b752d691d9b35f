"""The vocabulary of the audit journal: `<subject>.<action>`."""

from enum import StrEnum

from pydantic import Field

from schemas.base import Instant, Value
from schemas.ids import TenantId


class AuditEvent(StrEnum):
    """What can happen to a person's data, and to what decisions on it rest on.

    The journal carries ids and digests, no content.
    """

    MESSAGE_RECEIVED = "message.received"
    MESSAGE_REFUSED = "message.refused"
    MESSAGE_REPLAYED = "message.replayed"
    PRESCRIPTION_STORED = "prescription.stored"
    PRESCRIPTION_SHOWN = "prescription.shown"
    PRESCRIPTION_SUPERSEDED = "prescription.superseded"
    INTERPRETATION_MADE = "interpretation.made"
    INTERPRETATION_REFUSED = "interpretation.refused"
    DECISION_MADE = "decision.made"
    DECISION_REFUSED = "decision.refused"
    SCHEDULE_RELEASED = "schedule.released"
    INTAKE_STORED = "intake.stored"
    DISPENSE_STORED = "dispense.stored"
    MOVEMENT_STORED = "movement.stored"
    PATIENT_MERGED = "patient.merged"
    NOTICE_STORED = "notice.stored"
    ADHERENCE_COMPUTED = "adherence.computed"
    ADHERENCE_RELEASED = "adherence.released"
    EXPORT_WRITTEN = "export.written"
    EXPORT_REFUSED = "export.refused"
    ACCESS_REFUSED = "access.refused"
    ACCOUNT_CREATED = "account.created"
    CONSENT_RECORDED = "consent.recorded"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    GRANT_GIVEN = "grant.given"
    GRANT_REVOKED = "grant.revoked"
    REFERENCE_LOADED = "reference.loaded"
    REFERENCE_CHOSEN = "reference.chosen"


class AuditEntry(Value):
    """One link of the journal: `digest` covers the entry and `previous`, the digest before."""

    number: int
    tenant: TenantId
    at: Instant
    event: AuditEvent
    actor: str
    subject: str
    detail: dict[str, str] = Field(default_factory=dict)
    previous: str
    digest: str
