"""A posology as its sender states it, in one language for the four formats.

A reader translates and judges nothing: what a standard can say has a place here, even when
no schedule can be made of it. `engine.posology.normalise` decides what is computable.
"""

from datetime import time
from enum import StrEnum

from schemas.base import Amount, DateOrInstant, Value
from schemas.codes import Coding
from schemas.finding import Finding
from schemas.moment import MomentTime
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio


class Weekday(StrEnum):
    """A day of the week; `list(Weekday)` starts on Monday, as ISO 8601 does."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday, as `date.weekday` counts."""
        return _NUMBERS[self]


_NUMBERS = {day: number for number, day in enumerate(Weekday)}


class Bounds(Value):
    """When a phase begins and ends.

    An end that is a day means that whole day when `end_included`, and the midnight that
    begins it when not. `duration` is half open from the start. `high` members are ranges.
    """

    start: DateOrInstant | None = None
    end: DateOrInstant | None = None
    end_included: bool = True
    duration: Duration | None = None
    duration_high: Duration | None = None
    count: int | None = None
    count_high: int | None = None


class Frequency(Value):
    """`times` in each `period` of `unit`, as stated; each may be absent, each may have a range."""

    times: int | None = None
    times_high: int | None = None
    period: Amount | None = None
    period_high: Amount | None = None
    unit: PeriodUnit | None = None


class Cycle(Value):
    """Days with and days without, over and over from the start of the phase: 21 on, 7 off."""

    days_on: int
    days_off: int


class Rhythm(Value):
    """Which days, and how often. `dates` are the only days, when there are any."""

    frequency: Frequency | None = None
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    cycle: Cycle | None = None
    dates: tuple[DateOrInstant, ...] = ()


class Times(Value):
    """When within a day: named moments, or times of the clock at the patient's place."""

    moments: tuple[MomentTime, ...] = ()
    clock: tuple[time, ...] = ()


class Dose(Value):
    """The amount of one intake. A single amount has `low == high`; one of them absent is open.

    `rate` is an amount by time, kept as text. `per_body` is a dose by kilogram or surface.
    """

    low: Quantity | None = None
    high: Quantity | None = None
    rate: str | None = None
    per_body: bool = False

    @property
    def exact(self) -> Quantity | None:
        """The one amount, when the dose is a single exact amount."""
        plain = self.low is not None and self.low == self.high
        return self.low if plain and self.rate is None and not self.per_body else None


class Limits(Value):
    """Ceilings: they hold beside the dose and are never an allocation."""

    per_period: tuple[Ratio, ...] = ()
    per_intake: Quantity | None = None
    per_lifetime: Quantity | None = None
    minimum_gap: Duration | None = None


class Phase(Value):
    """One posology statement of a line: bounds, rhythm, times, dose and condition.

    Phases of equal `sequence` run together, those of a higher one follow; `None` means that
    the sender numbered nothing. `text` are the sender's words for this phase. `findings`
    say what the translation met and could not carry. `infusion` is how long one intake lasts.
    """

    location: str
    sequence: int | None = None
    text: str | None = None
    instructions: tuple[str, ...] = ()
    bounds: Bounds = Bounds()
    rhythm: Rhythm = Rhythm()
    times: Times = Times()
    timing_code: Coding | None = None
    dose: Dose | None = None
    as_needed: bool = False
    as_needed_for: tuple[str, ...] = ()
    limits: Limits = Limits()
    intake_lasts: Duration | None = None
    findings: tuple[Finding, ...] = ()


class Posology(Value):
    """All that a sender states of how one product is taken. `text` is the whole, as sent."""

    phases: tuple[Phase, ...] = ()
    text: str | None = None
