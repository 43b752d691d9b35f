"""What was really taken: immutable facts, each with an author and two times."""

from enum import StrEnum

from schemas.base import Instant, Value
from schemas.codes import Coding
from schemas.finding import Finding
from schemas.people import Identifier, Patient, Practitioner
from schemas.prescription import Product
from schemas.quantity import Quantity


class IntakeStatus(StrEnum):
    """What the author reports. Silence is none of these: it is the absence of an intake.

    `NOT_GIVEN`: nobody refused, it was not given (away, asleep, out of stock). `HELD`: a
    prescriber suspended it. `UNKNOWN`: the author says that they do not know.
    """

    TAKEN = "taken"
    PARTIAL = "partial"
    REFUSED = "refused"
    NOT_GIVEN = "not-given"
    HELD = "held"
    IN_PROGRESS = "in-progress"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class AuthorRole(StrEnum):
    """Who reports an intake."""

    NURSE = "nurse"
    PATIENT = "patient"
    CARER = "carer"
    PHARMACIST = "pharmacist"
    PHYSICIAN = "physician"
    CARE_ASSISTANT = "care-assistant"
    DEVICE = "device"
    UNKNOWN = "unknown"


class Author(Value):
    """The person or device that reports. `practitioner` when the sender identifies one."""

    role: AuthorRole
    practitioner: Practitioner | None = None
    name: str | None = None


class Intake(Value):
    """One report of one intake.

    `taken_at` is when it happened and `recorded_at` when the author wrote it down; when we
    received it stands with the stored fact. `line` are the identifiers that the sender uses for
    the prescription line. `corrects` names an earlier report that this one replaces.
    """

    location: str
    identifiers: tuple[Identifier, ...] = ()
    status: IntakeStatus
    taken_at: Instant | None = None
    planned_at: Instant | None = None
    recorded_at: Instant | None = None
    author: Author = Author(role=AuthorRole.UNKNOWN)
    patient: Patient | None = None
    line: tuple[Identifier, ...] = ()
    product: Product | None = None
    quantity: Quantity | None = None
    reason: Coding | None = None
    corrects: Identifier | None = None
    note: str | None = None
    findings: tuple[Finding, ...] = ()
