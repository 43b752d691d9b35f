"""A dose schedule: what is planned, once a posology has been found computable.

`engine.posology.normalise` makes it and `engine.posology.expand` dates it. The SHA-256 of its
canonical JSON is what a pharmacist's decision names.
"""

from datetime import date, datetime, time
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, computed_field, model_validator
from pydantic_core import CoreSchema

from schemas.base import Amount, Instant, Value, as_object
from schemas.codes import Coding
from schemas.finding import Finding
from schemas.moment import Moment
from schemas.posology import Bounds, Dose, Limits, Rhythm, Times, Weekday
from schemas.quantity import Duration, Quantity


class EveryDays(Value):
    """Every `every` calendar days, counted from the day `anchor`."""

    kind: Literal["days"] = "days"
    every: int = Field(ge=1)
    anchor: date


class OnWeekdays(Value):
    """On these weekdays, every `every` weeks, counted from the Monday on or before `anchor`."""

    kind: Literal["weekdays"] = "weekdays"
    weekdays: tuple[Weekday, ...] = Field(min_length=1)
    every: int = Field(default=1, ge=1)
    anchor: date


class OnMonthDays(Value):
    """On these days of the month, every `every` months, counted from the month of `anchor`."""

    kind: Literal["month-days"] = "month-days"
    days: tuple[int, ...] = Field(min_length=1)
    every: int = Field(default=1, ge=1)
    anchor: date


class InCycle(Value):
    """`days_on` days with, then `days_off` days without, over and over from `anchor`."""

    kind: Literal["cycle"] = "cycle"
    days_on: int = Field(ge=1)
    days_off: int = Field(ge=0)
    anchor: date


class OnDates(Value):
    """On these days only."""

    kind: Literal["dates"] = "dates"
    dates: tuple[date, ...] = Field(min_length=1)


class EveryHours(Value):
    """Every `hours` elapsed hours from `first`; the wall time may move with the clocks."""

    kind: Literal["hours"] = "hours"
    hours: Amount = Field(gt=0)
    first: Instant


class AtInstants(Value):
    """At these instants only."""

    kind: Literal["instants"] = "instants"
    instants: tuple[Instant, ...] = Field(min_length=1)


Rule: TypeAlias = Annotated[
    EveryDays | OnWeekdays | OnMonthDays | InCycle | OnDates | EveryHours | AtInstants,
    Field(discriminator="kind"),
]
"""Which days (with the slots of the step), or which instants (without any)."""


class Slot(Value):
    """A place within a day: a moment of the site, or a time of the patient's clock."""

    moment: Moment | None = None
    wall_time: time | None = None
    offset_minutes: int | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "Slot":
        if (self.moment is None) == (self.wall_time is None):
            raise ValueError("a slot is a moment or a wall time, and never both")
        return self


class Step(Value):
    """One dose, at the slots of the days that `rule` gives, from `start` to `end`.

    `start` is included. `end` is included when `end_included`; `None` is open-ended. `count`
    stops the step after so many intakes. `quantity` is the amount of one intake; `None` only
    where the source states no dose and the caller asked for times alone.
    """

    location: str
    start: Instant
    end: Instant | None = None
    end_included: bool = False
    count: int | None = Field(default=None, ge=1)
    rule: Rule
    slots: tuple[Slot, ...] = ()
    quantity: Quantity | None = None
    instructions: tuple[str, ...] = ()


class AsNeeded(Value):
    """What is taken as needed: listed beside the schedule, never planned, never counted.

    How much, how often, when and how long are kept as the sender states them, ranges too.
    """

    location: str
    text: str | None = None
    dose: Dose | None = None
    reasons: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm()
    times: Times = Times()
    bounds: Bounds = Bounds()
    timing_code: Coding | None = None
    intake_lasts: Duration | None = None
    limits: Limits = Limits()
    instructions: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_an_older_version(cls, given: object) -> object:
        """Stored schedules are kept: older ones state one exact amount, `quantity`, or none."""
        if not isinstance(given, dict) or "quantity" not in given:
            return given
        kept = {name: value for name, value in given.items() if name != "quantity"}
        amount = given["quantity"]
        if amount is None or "dose" in given:
            return kept
        return {**kept, "dose": {"low": amount, "high": amount}}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def quantity(self) -> Quantity | None:
        """The one exact amount of an intake; `None` where the dose is a range, or not stated."""
        return self.dose.exact if self.dose else None


class DoseSchedule(Value):
    """The computable schedule of one line, in the zone and with the moments of one site.

    `conventions` names each table of the site that decided something the sender left open
    (`C-FREQ`: moments of "n a day"; `C-MEALS`: which meals; `C-CLOCK`: a moment against a start).
    """

    computable: Literal[True] = True
    site: str
    zone: str
    steps: tuple[Step, ...] = ()
    as_needed: tuple[AsNeeded, ...] = ()
    conventions: tuple[str, ...] = ()


class NotComputable(Value):
    """No schedule: a person must look. `reasons` is never empty; nothing is planned."""

    computable: Literal[False] = False
    reasons: tuple[Finding, ...] = Field(min_length=1)
    as_needed: tuple[AsNeeded, ...] = ()


LineSchedule: TypeAlias = Annotated[DoseSchedule | NotComputable, Field(discriminator="computable")]


class Normalised(Value):
    """What became of one line: its schedule, or why there is none, and every doubt met."""

    schedule: LineSchedule
    findings: tuple[Finding, ...] = ()


class PlannedIntake(NamedTuple):
    """One intake to come. `due_at` carries the site's own offset on that day.

    `moment` is `None` for a clock time. With a moment, the hour of `due_at` is the site's and
    does not include `offset_minutes`, which is an instruction and moves no compartment. `step`
    is the rank, from 0, of its step in the schedule.
    """

    due_at: datetime
    moment: Moment | None = None
    offset_minutes: int | None = None
    quantity: Quantity | None = None
    step: int = 0

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return as_object(cls, handler)
