"""One row of `semainier expand`: the dated intakes of a list of dosages, or why there are none."""

from schemas.base import Amount, Value
from schemas.codes import Coding
from schemas.finding import FindingCode, Severity
from schemas.moment import Moment
from schemas.posology import Bounds, Dose, Limits, Rhythm, Times
from schemas.quantity import Duration


class ExpandedIntake(Value):
    """One intake. `at` is local time with its offset; `moment` is `None` for a clock time."""

    at: str
    moment: Moment | None = None
    offset_minutes: int | None = None
    quantity: Amount | None = None
    unit: str | None = None


class ExpandedAsNeeded(Value):
    """One dose as needed: listed, never planned.

    `quantity` is the exact amount, if it is one; the rest stands as the sender states it.
    """

    location: str
    quantity: Amount | None = None
    unit: str | None = None
    reasons: tuple[str, ...] = ()
    text: str | None = None
    dose: Dose | None = None
    rhythm: Rhythm = Rhythm()
    times: Times = Times()
    bounds: Bounds = Bounds()
    timing_code: Coding | None = None
    intake_lasts: Duration | None = None
    limits: Limits = Limits()


class ExpandedFinding(Value):
    """One doubt about the row; the value as sent stands in the row that was given."""

    code: FindingCode
    severity: Severity
    location: str
    message: str


class Expansion(Value):
    """The answer to one row; `id` is that of the row. Not computable, it plans nothing."""

    id: str | int | None = None
    computable: bool
    planned: tuple[ExpandedIntake, ...] = ()
    as_needed: tuple[ExpandedAsNeeded, ...] = ()
    findings: tuple[ExpandedFinding, ...] = ()
