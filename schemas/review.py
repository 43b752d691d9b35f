"""What a review found, and how one version of a prescription differs from another."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from schemas.base import Instant, Value
from schemas.finding import Finding
from schemas.posology import Weekday
from schemas.prescription import LineAction
from schemas.quantity import Quantity, Strength
from schemas.schedule import AsNeeded, Rule, Slot


class Review(Value):
    """The doubts of a review: `lines[i]` belong to `prescription.lines[i]` of what was reviewed.

    `prescription` are those of the header. Doubts that a reader or the schedule had already
    given are not here again.
    """

    lines: tuple[tuple[Finding, ...], ...] = ()
    prescription: tuple[Finding, ...] = ()


class ChangeKind(StrEnum):
    """What became of a line between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FieldChange(Value):
    """One field that differs. `field` is its path in the line (`posology.phases[1].dose.low`).

    `None` means that the version says nothing there.
    """

    field: str
    old: str | None
    new: str | None


class DoseChanged(Value):
    """Another amount at the same slot. `slot` is `None` for a dose counted in hours."""

    kind: Literal["dose"] = "dose"
    slot: Slot | None
    old: Quantity | None
    new: Quantity | None


class SlotAdded(Value):
    """A dose at a slot that had none."""

    kind: Literal["slot-added"] = "slot-added"
    slot: Slot | None
    dose: Quantity | None


class SlotRemoved(Value):
    """No dose any more at a slot that had one."""

    kind: Literal["slot-removed"] = "slot-removed"
    slot: Slot | None
    dose: Quantity | None


class WeekdaysChanged(Value):
    """Other days of the week."""

    kind: Literal["weekdays"] = "weekdays"
    old: tuple[Weekday, ...]
    new: tuple[Weekday, ...]


class DaysChanged(Value):
    """Another rule of days or hours: every day, every 2 days, so many on and off."""

    kind: Literal["days"] = "days"
    old: Rule
    new: Rule


class AnchorMoved(Value):
    """The same rule counted from another day, so that other days than before have a dose."""

    kind: Literal["anchor"] = "anchor"
    old: date
    new: date


class StartMoved(Value):
    """Another beginning."""

    kind: Literal["start"] = "start"
    old: Instant
    new: Instant


class EndMoved(Value):
    """Another end; `None` is open-ended."""

    kind: Literal["end"] = "end"
    old: Instant | None
    new: Instant | None


class CountChanged(Value):
    """Another number of intakes after which the treatment stops; `None`: none is stated."""

    kind: Literal["count"] = "count"
    old: int | None
    new: int | None


class CourseAdded(Value):
    """A period with days of its own that was not there; its doses follow as added slots."""

    kind: Literal["course-added"] = "course-added"
    days: Rule
    start: Instant
    end: Instant | None


class CourseRemoved(Value):
    """A period with days of its own that is gone; its doses follow as removed slots."""

    kind: Literal["course-removed"] = "course-removed"
    days: Rule
    start: Instant
    end: Instant | None


class GapOpened(Value):
    """Days without treatment between the last day of the old version and the first of the new."""

    kind: Literal["gap"] = "gap"
    last: date
    first: date


class AsNeededChanged(Value):
    """Other doses as needed."""

    kind: Literal["as-needed"] = "as-needed"
    old: tuple[AsNeeded, ...]
    new: tuple[AsNeeded, ...]


class ProductChanged(Value):
    """Another product, by the words for people."""

    kind: Literal["product"] = "product"
    old: str
    new: str


class StrengthChanged(Value):
    """Another strength."""

    kind: Literal["strength"] = "strength"
    old: tuple[Strength, ...]
    new: tuple[Strength, ...]


class ActionChanged(Value):
    """What the sender wants done with the line: a line that is stopped or taken up again."""

    kind: Literal["action"] = "action"
    old: LineAction
    new: LineAction


class ComputableChanged(Value):
    """A schedule where there was none, or none where there was one."""

    kind: Literal["computable"] = "computable"
    old: bool
    new: bool


ScheduleChange: TypeAlias = Annotated[
    DoseChanged
    | SlotAdded
    | SlotRemoved
    | WeekdaysChanged
    | DaysChanged
    | AnchorMoved
    | StartMoved
    | EndMoved
    | CountChanged
    | CourseAdded
    | CourseRemoved
    | GapOpened
    | AsNeededChanged
    | ProductChanged
    | StrengthChanged
    | ActionChanged
    | ComputableChanged,
    Field(discriminator="kind"),
]
"""One change of what is taken, in its own type. No threshold is known: old and new stand there."""


class LineChange(Value):
    """One line that differs. `fields` is empty unless the line is `CHANGED`.

    `line` is the sender's identifier, `product` the label for people: of the new version, or
    of the old one for a line that was removed. The locations are those of each version.
    `changes` are those of the schedules, where both versions were made into schedules.
    """

    kind: ChangeKind
    line: str | None
    product: str
    old_location: str | None = None
    new_location: str | None = None
    fields: tuple[FieldChange, ...] = ()
    changes: tuple[ScheduleChange, ...] = ()
