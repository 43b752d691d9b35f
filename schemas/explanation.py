"""What `semainier explain` tells of one file: read, planned, doubted, and not used."""

from datetime import date

from schemas.base import Value
from schemas.connector import SourceValue
from schemas.dispense import Dispense
from schemas.finding import Finding
from schemas.intake import Intake
from schemas.movement import Movement
from schemas.notice import Notice
from schemas.organiser import NOT_PLACED, Placement, Week
from schemas.prescription import Line, Prescription, Product
from schemas.schedule import LineSchedule, PlannedIntake


class ExplainedLine(Value):
    """One line: what was read, its schedule, its intakes of the period, every doubt about it.

    `findings` joins those of the reader, of the schedule, of the review and of the organiser, in
    that order.
    """

    line: Line
    product: Product
    text: str | None
    schedule: LineSchedule
    placement: Placement = NOT_PLACED
    planned: tuple[PlannedIntake, ...] = ()
    findings: tuple[Finding, ...] = ()


class ExplainedPrescription(Value):
    """One prescription: its header (`prescription` without lines) and its lines explained.

    `week` is the organiser of the period, with all that lies beside it.
    """

    prescription: Prescription
    lines: tuple[ExplainedLine, ...] = ()
    week: Week
    findings: tuple[Finding, ...] = ()


class SourcePlace(Value):
    """One value of the source, where it stands, and the field it gave (`None`: not used)."""

    location: str
    value: str
    gives: str | None = None

    @classmethod
    def of(cls, source: SourceValue) -> "SourcePlace":
        """The same value, named field by field."""
        return cls(location=source.location, value=source.value, gives=source.gives)


class Explanation(Value):
    """The whole of one file, from its bytes to dated intakes, with nothing stored.

    `findings` are those of the message as a whole. `planned` intakes lie in the `days` days
    from `first`, a day of the site's zone.
    """

    format: str
    kind: str | None = None
    control_id: str | None = None
    site: str
    first: date
    days: int
    prescriptions: tuple[ExplainedPrescription, ...] = ()
    intakes: tuple[Intake, ...] = ()
    dispenses: tuple[Dispense, ...] = ()
    notices: tuple[Notice, ...] = ()
    movements: tuple[Movement, ...] = ()
    findings: tuple[Finding, ...] = ()
    used: tuple[SourcePlace, ...] = ()
    unused: tuple[SourcePlace, ...] = ()
