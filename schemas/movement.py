"""Where a patient goes: admission, transfer, leave, discharge, and changes of identity."""

from enum import StrEnum

from schemas.base import Instant, Value, added
from schemas.finding import Finding
from schemas.people import Identifier, Patient, Stay


class MovementKind(StrEnum):
    """What happened. Source: HL7 v2.5.1 chapter 3, trigger events A01 to A55.

    `LEAVE` and `RETURN` are a leave of absence and its end; `MOVE` takes a stay from one patient
    to another; `RENUMBER` gives one patient another number.
    """

    ADMIT = "admit"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"
    LEAVE = "leave"
    RETURN = "return"
    REGISTER = "register"
    UPDATE = "update"
    ADD_PERSON = "add-person"
    MERGE = "merge"
    RENUMBER = "renumber"
    MOVE = "move"


class MovementAction(StrEnum):
    """What a message does with a movement. Source: IHE PAM ZBE-4, HL7 v2.5.1 A11 to A16.

    `PLAN` says that one is expected: it has not happened. `CANCEL_PLAN` takes that back.
    """

    INSERT = "insert"
    UPDATE = "update"
    CANCEL = "cancel"
    PLAN = "plan"
    CANCEL_PLAN = "cancel-plan"


class Movement(Value):
    """One movement of one patient. `merged` is the patient that a merge makes disappear.

    `identifiers` name the movement, so that it can be changed or cancelled. `returns_at` is when
    the patient is expected back from a leave: nobody knows whether they came.
    """

    location: str
    kind: MovementKind
    action: MovementAction = added(MovementAction.INSERT)
    identifiers: tuple[Identifier, ...] = added(())
    patient: Patient
    merged: Patient | None = None
    stay: Stay | None = None
    occurred_at: Instant | None = None
    returns_at: Instant | None = added(None)
    findings: tuple[Finding, ...] = ()
