"""Where a patient goes: admission, transfer, discharge, and changes of identity."""

from enum import StrEnum

from schemas.base import Instant, Value
from schemas.finding import Finding
from schemas.people import Patient, Stay


class MovementKind(StrEnum):
    """What happened. Source: HL7 v2.5.1 chapter 3, trigger events A01 to A40."""

    ADMIT = "admit"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"
    REGISTER = "register"
    UPDATE = "update"
    ADD_PERSON = "add-person"
    MERGE = "merge"


class Movement(Value):
    """One movement of one patient. `merged` is the patient that a merge makes disappear."""

    location: str
    kind: MovementKind
    patient: Patient
    merged: Patient | None = None
    stay: Stay | None = None
    occurred_at: Instant | None = None
    findings: tuple[Finding, ...] = ()
