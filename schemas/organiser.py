"""The weekly organiser: what of a line goes into it, in which compartment, and what stays beside.

Nothing here decides: `engine.organiser` places a line and lays out a week, a pharmacist signs it.
"""

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self, TypeAlias

from pydantic import BeforeValidator

from schemas.base import Value
from schemas.finding import Finding
from schemas.moment import Compartment, Moment
from schemas.quantity import Quantity
from schemas.schedule import AsNeeded


def _refuse_binary_float(given: object) -> object:
    if isinstance(given, float | bool):
        raise ValueError("a count of units is exact, never a binary float")
    return given


Count: TypeAlias = Annotated[Fraction, BeforeValidator(_refuse_binary_float)]
"""So many units, exactly: in JSON `"2"`, `"1/2"`, `"3/2"`."""


class Packing(StrEnum):
    """What a table says of a form or a product; `REVIEW`: only when a pharmacist says so."""

    INSIDE = "inside"
    BESIDE = "beside"
    REVIEW = "review"


class CountedUnit(StrEnum):
    """What is counted into a compartment. `PIECE` is a unit of whatever the product is."""

    TABLET = "tablet"
    CAPSULE = "capsule"
    PIECE = "piece"


class Place(StrEnum):
    """Where a line lies. `PARTLY`: some of its doses in the organiser, others beside it."""

    INSIDE = "inside"
    PARTLY = "partly inside"
    BESIDE = "beside"


class BesideReason(StrEnum):
    """Why a line, or some of its doses, stays beside the organiser: the set is closed."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        """A member is its code; the sentence hangs on it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    NOT_PLACED = "not-placed", "nobody has placed this line yet"
    NOT_IN_FORCE = "not-in-force", "the sender stops or suspends this line"
    NOT_COMPUTABLE = "not-computable", "the schedule is not computable"
    NOT_SUPPLIED = "not-supplied", "the pharmacy does not supply this line"
    NOTHING_PLANNED = "nothing-planned", "the schedule plans nothing"
    AS_NEEDED = "as-needed", "taken as needed"
    PRODUCT = "product", "the site keeps this product out of the organiser"
    FORM_NOT_STATED = "form-not-stated", "the form is not known"
    FORM_NOT_IN_TABLE = "form-not-in-table", "the form is not in the table of forms"
    FORM_BESIDE = "form-beside", "this form does not go into the organiser"
    FORM_REVIEW = "form-review", "a pharmacist must say whether this form goes in"
    ROUTE = "route", "the route is not one of swallowing"
    SUPPLY_CONDITION = "supply-condition", "a condition of supply keeps it apart"
    DOSE_NOT_COUNTED = "dose-not-counted", "the dose is not a count of units"
    FRACTION = "fraction", "a fraction of a unit that may not be made"
    FRACTION_UNCONFIRMED = "fraction-unconfirmed", "nothing says that a unit may be divided"
    NO_COMPARTMENT = "no-compartment", "the moment has no compartment at this site"
    CLOCK_TIME = "clock-time", "a time of the clock has no compartment at this site"
    WAITS = "waits", "a finding that blocks waits for its answer"
    CLOCK_CHANGE = "clock-change", "a change of the clocks puts the period in doubt"


class Placement(Value):
    """Where a line lies and why. `form` are the words that decided, as their source has them.

    `counts[i]` are the units of one intake of step `i` of the schedule; `None` where the dose is
    no count of units. Doses whose slot has no compartment lie beside, whatever `place` says.
    """

    place: Place
    reasons: tuple[BesideReason, ...] = ()
    form: str | None = None
    counts: tuple[Count | None, ...] = ()


NOT_PLACED = Placement(place=Place.BESIDE, reasons=(BesideReason.NOT_PLACED,))
"""The placement of a line that nothing has placed: beside."""


class Placed(Value):
    """What became of one line: its placement, and every doubt met on the way."""

    placement: Placement
    findings: tuple[Finding, ...] = ()


class Content(Value):
    """One dose of a line in a compartment. `due_at` is the wall clock of the patient."""

    line: int
    product: str
    due_at: datetime
    moment: Moment | None = None
    offset_minutes: int | None = None
    count: Count
    quantity: Quantity | None = None


class Cell(Value):
    """One compartment of one day. `units` is how many units lie in it, of all lines together."""

    day: date
    compartment: Compartment
    contents: tuple[Content, ...]
    units: Count


class BesideDose(Value):
    """One planned dose that lies in no compartment, and why."""

    line: int
    product: str
    due_at: datetime
    moment: Moment | None = None
    offset_minutes: int | None = None
    quantity: Quantity | None = None
    reasons: tuple[BesideReason, ...]


class AsNeededDose(Value):
    """What is taken as needed: listed with the week, never counted into it.

    `stated` is all that the sender says of it: a range of doses, how often, when, how long.
    """

    line: int
    product: str
    quantity: Quantity | None = None
    reasons: tuple[str, ...] = ()
    text: str | None = None
    stated: AsNeeded


class SpanLabel(StrEnum):
    """How the treatment of a line stands to the days of the week shown."""

    BEGINS = "begins in these days"
    ENDS = "ends in these days"
    NOT_BEGUN = "begins after these days"
    OVER = "ended before these days"


class LineTotal(Value):
    """One line over the days shown; a line that is not packed appears here too.

    `units` is what lies in the compartments; `whole_units` how many whole units that takes when
    the rest of a divided one serves again, and `left_over` what then remains of the last.
    `ends_on` is the last day that the treatment covers: later compartments stay empty of it.
    """

    line: int
    product: str
    place: Place
    reasons: tuple[BesideReason, ...] = ()
    units: Count = Fraction(0)
    whole_units: int = 0
    left_over: Count = Fraction(0)
    begins_on: date | None = None
    ends_on: date | None = None
    labels: tuple[SpanLabel, ...] = ()
    instructions: tuple[str, ...] = ()


class Week(Value):
    """The days of an organiser: what lies in each compartment, and all that lies beside it.

    `cells` are in the order of days and of compartments, empty ones left out.
    """

    first: date
    days: int
    cells: tuple[Cell, ...] = ()
    beside: tuple[BesideDose, ...] = ()
    as_needed: tuple[AsNeededDose, ...] = ()
    lines: tuple[LineTotal, ...] = ()
