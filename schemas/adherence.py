"""Adherence: figures derived from intakes, never without their definition and their counts.

Source: EMERGE (De Geest 2018): a figure states its phase, its operational definition, its
data source and how silence was treated. Ratios are exact; rounding is for display.
"""

from datetime import date, time
from enum import StrEnum

from pydantic import Field

from schemas.base import Instant, Value
from schemas.finding import Finding
from schemas.intake import AuthorRole, IntakeStatus
from schemas.quantity import Quantity


class Measure(StrEnum):
    """The measures of electronic monitoring (Vrijens 2012; Claxton 2001; EMERGE 2018).

    A is what was taken on a day, E what was expected: M1 = sum A / sum E, M1c the same with A
    capped at E each day, M2 = days with A = E, M2' = days with A >= E, M3 = planned intakes taken
    in their window, M3' = intervals within their tolerance, M4 = runs of days without any, M5 =
    days with A > E, M6 = how many of each kind.
    """

    TAKING = "M1"
    TAKING_CAPPED = "M1c"
    CORRECT_DOSING = "M2"
    IMPLEMENTATION = "M2'"
    TIMING = "M3"
    TIMING_INTERVAL = "M3'"
    HOLIDAYS = "M4"
    OVERUSE = "M5"
    COUNTS = "M6"


class Definition(Value):
    """Every decision that changes a figure. It travels with each result.

    `day_starts_at`: intakes before it count for the previous day. `window_minutes`: half width
    of the timing window. `interval_tolerance_percent`: of the expected interval. `holiday_days`:
    shortest run of days without intake that is a holiday. `duplicate_minutes`: device reports
    closer than this to the previous one are dropped; 0 drops none. `precedence`: whose report
    counts when two disagree on one planned intake, strongest first. `version` stands for the
    decisions that are not fields: a partial intake is an intake (the quantities tell the rest),
    one that a prescriber held was not expected, days without expected intake are in no
    denominator but their intakes count in M1 and M5, as needed is counted apart.
    """

    version: str
    phase: str = "implementation"
    day_starts_at: time
    window_minutes: int = Field(gt=0)
    interval_tolerance_percent: int = Field(gt=0)
    holiday_days: int = Field(ge=1)
    duplicate_minutes: int = Field(ge=0)
    precedence: tuple[AuthorRole, ...]


class Fraction(Value):
    """An exact ratio of counts. A zero denominator is never built: the measure is absent."""

    numerator: int = Field(ge=0)
    denominator: int = Field(gt=0)

    def rounded(self, digits: int = 6) -> str:
        """The ratio as decimal text, for people."""
        return f"{self.numerator / self.denominator:.{digits}f}"


class PeriodReason(StrEnum):
    """Why a period is not monitored."""

    HOSPITAL = "hospital"
    ABSENCE = "absence"
    DISCHARGE = "discharge"
    DEVICE_FAULT = "device-fault"
    OTHER = "other"


class Unmonitored(Value):
    """Days that are left out, both ends included, and why. They are always reported."""

    first: date
    last: date
    reason: PeriodReason


class MatchKind(StrEnum):
    """What became of a planned intake. `NO_RECORD` is silence, never "not taken".

    `TAKEN`: at a time that nobody stated, so neither on time nor late.
    """

    TAKEN = "taken"
    ON_TIME = "on-time"
    EARLY = "early"
    LATE = "late"
    PARTIAL = "partial"
    REFUSED = "refused"
    NOT_GIVEN = "not-given"
    HELD = "held"
    UNKNOWN = "unknown"
    NO_RECORD = "no-record"
    UNMONITORED = "unmonitored"


class Match(Value):
    """One planned intake and the report that counts for it; `others` are kept and not counted."""

    due_at: Instant
    kind: MatchKind
    intake: str | None = None
    status: IntakeStatus | None = None
    minutes_apart: int | None = None
    others: tuple[str, ...] = ()


class DayCount(Value):
    """What one day of the patient expected and got, in intakes."""

    day: date
    expected: int = Field(ge=0)
    taken: int = Field(ge=0)
    monitored: bool = True


class LineAdherence(Value):
    """The figures of one line over one window. An absent measure could not be computed."""

    line: str
    schedules: tuple[str, ...]
    taking: Fraction | None = None
    taking_capped: Fraction | None = None
    correct_dosing: Fraction | None = None
    implementation: Fraction | None = None
    timing: Fraction | None = None
    timing_interval: Fraction | None = None
    overuse: Fraction | None = None
    holidays: int = 0
    longest_holiday: int = 0
    counts: dict[str, int] = Field(default_factory=dict)
    as_needed_uses: int = 0
    quantity_expected: Quantity | None = None
    quantity_taken: Quantity | None = None
    days: tuple[DayCount, ...] = ()
    matches: tuple[Match, ...] = ()
    findings: tuple[Finding, ...] = ()


class AdherenceResult(Value):
    """What was expected and recorded for one patient, by line, with all that defines it.

    `first` and `last` are days of `zone`, both included. `sources` counts the intakes used by
    the role of their author. `intakes` and the schedules of each line are the inputs: the same
    inputs and definition give the same bytes again. `computed_until` cuts off the future.
    """

    definition: Definition
    patient: str
    zone: str
    first: date
    last: date
    computed_until: Instant
    unmonitored: tuple[Unmonitored, ...] = ()
    lines: tuple[LineAdherence, ...] = ()
    all_lines_correct: Fraction | None = None
    sources: dict[str, int] = Field(default_factory=dict)
    intakes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def every_finding(self) -> tuple[Finding, ...]:
        """The findings about the patient's reports, then those of each line."""
        return (*self.findings, *(found for line in self.lines for found in line.findings))
