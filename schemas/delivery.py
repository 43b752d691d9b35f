"""What leaves: the validated snapshots that writers turn into bytes, and their delivery."""

from enum import StrEnum
from typing import TypeAlias

from schemas.adherence import AdherenceResult
from schemas.base import Instant, Value
from schemas.decision import Decision
from schemas.export import ExportKind
from schemas.ids import DeliveryId, Sha256
from schemas.intake import Intake
from schemas.organiser import NOT_PLACED, Placement
from schemas.people import Organization, Patient
from schemas.prescription import Line, Prescription
from schemas.schedule import DoseSchedule, PlannedIntake


class ReleasedLine(Value):
    """A validated line with its schedule and the dated intakes of the period exported."""

    line: Line
    schedule: DoseSchedule
    placement: Placement = NOT_PLACED
    planned: tuple[PlannedIntake, ...] = ()


class ReleasedSchedule(Value):
    """The validated lines of one prescription. A line that was refused is not among them."""

    prescription: Prescription
    lines: tuple[ReleasedLine, ...]
    decision: Decision
    pharmacy: Organization
    first_day: Instant
    days: int


class Analysis(Value):
    """The pharmacist's analysis of one prescription, as decided."""

    prescription: Prescription
    decision: Decision
    pharmacy: Organization


class ReportedIntake(Value):
    """An intake with the line that it was matched to; `line` is `None` when none was found."""

    id: str
    intake: Intake
    line: Line | None = None
    received_at: Instant


class IntakeReport(Value):
    """The intakes of one patient over a period, as a pharmacist validated them."""

    patient: Patient
    intakes: tuple[ReportedIntake, ...]
    decision: Decision
    pharmacy: Organization


class ValidatedAdherence(Value):
    """An adherence result as a pharmacist validated it, with the lines it speaks of."""

    patient: Patient
    result: AdherenceResult
    lines: tuple[ReleasedLine, ...]
    decision: Decision
    pharmacy: Organization


Export: TypeAlias = ReleasedSchedule | Analysis | IntakeReport | ValidatedAdherence


class DeliveryState(StrEnum):
    """Where a delivery stands. AMBIGUOUS: sent, no answer; never blindly sent again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"


class Delivery(Value):
    """One export for one receiver. The payload is kept bit for bit beside this row."""

    id: DeliveryId
    kind: ExportKind
    format: str
    receiver: str
    sha256: Sha256
    state: DeliveryState
    created_at: Instant
    delivered_at: Instant | None = None
    attempts: int = 0
