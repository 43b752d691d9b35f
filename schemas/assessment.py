"""What the engine makes of a message before a person looks: schedules and doubts, line by line.

A pharmacist decides on an `AssessedPrescription`; its digest is what the decision names.
"""

from schemas.base import Value
from schemas.finding import Finding
from schemas.offer import Interpretation
from schemas.organiser import NOT_PLACED, Placement
from schemas.prescription import Line, LineAction, Prescription
from schemas.schedule import LineSchedule

PLANNING_ACTIONS = frozenset(
    {LineAction.START, LineAction.CHANGE, LineAction.RESUME, LineAction.REPLACE}
)
"""The actions that ask for intakes; the others stop, suspend or only inform."""


class AssessedLine(Value):
    """One line as read, its schedule, its place, and every doubt.

    The doubts are those of the reader, the schedule, the review and the organiser, in that order.
    """

    line: Line
    schedule: LineSchedule
    placement: Placement = NOT_PLACED
    findings: tuple[Finding, ...] = ()
    interpretation: Interpretation | None = None
    """A pharmacist's reading of its text, from which the schedule comes; `line` stays as sent."""

    @property
    def understood(self) -> Line:
        """The line with the posology that its schedule was made of."""
        if self.interpretation is None:
            return self.line
        return self.line.model_copy(update={"posology": self.interpretation.posology})

    @property
    def may_plan(self) -> bool:
        """Whether the line plans intakes as it stands: computable, and nothing blocks it."""
        return self.schedule.computable and not any(finding.blocks for finding in self.findings)


class AssessedPrescription(Value):
    """One prescription: its header (`prescription` without lines), its lines, its doubts."""

    prescription: Prescription
    lines: tuple[AssessedLine, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def as_read(self) -> Prescription:
        """The whole prescription again, as its reader gave it."""
        lines = tuple(assessed.line for assessed in self.lines)
        return self.prescription.model_copy(update={"lines": lines})

    @property
    def as_understood(self) -> Prescription:
        """As `as_read`, with the posology of each text as a pharmacist read it."""
        lines = tuple(assessed.understood for assessed in self.lines)
        return self.prescription.model_copy(update={"lines": lines})

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Every finding that must be answered before validation passes."""
        lines = (finding for line in self.lines for finding in line.findings)
        return tuple(finding for finding in (*self.findings, *lines) if finding.blocks)


class Assessment(Value):
    """All prescriptions of one message; `findings` are those of the message as a whole."""

    format: str
    kind: str | None = None
    control_id: str | None = None
    prescriptions: tuple[AssessedPrescription, ...] = ()
    findings: tuple[Finding, ...] = ()
