"""What a rule looks at, and the shape of a rule."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, Prescription
from schemas.reference import ProductRecord
from schemas.review import LineChange
from schemas.schedule import LineSchedule

ENDED = frozenset({LineAction.STOP, LineAction.CANCEL, LineAction.HOLD})
"""Actions after which nothing of the line is prepared."""


Beside: TypeAlias = tuple[Line, ProductRecord | None]
"""A line of another prescription, and what a reference publishes of its product."""


@dataclass(frozen=True, slots=True)
class LineCase:
    """One line in its prescription. `index` counts from 0; `change` against the last version.

    `schedules[i]` and `records[i]`, what a reference publishes of the product, are those of line
    `i`; both may be empty. `beside` are the lines of other prescriptions of the same patient,
    each with what a reference publishes of its product.
    """

    prescription: Prescription
    index: int
    change: LineChange | None = None
    schedules: Sequence[LineSchedule] = ()
    records: Sequence[ProductRecord | None] = ()
    beside: Sequence[Beside] = ()

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.prescription.lines[self.index]

    @property
    def place(self) -> str:
        """Where the product stands in the source, else the line."""
        return self.line.product.location or self.line.location

    @property
    def earlier(self) -> tuple[Line, ...]:
        """The lines before this one."""
        return self.prescription.lines[: self.index]


@dataclass(frozen=True, slots=True)
class HeaderCase:
    """The prescription as a whole, with what changed since the last validated version."""

    prescription: Prescription
    changes: tuple[LineChange, ...] = ()


LineRule: TypeAlias = Callable[[LineCase], Iterable[Finding]]
HeaderRule: TypeAlias = Callable[[HeaderCase], Iterable[Finding]]


def doubt(code: FindingCode, location: str, message: str, quoted: str | None = None) -> Finding:
    """A finding; the message names field and rule, the value stands in `quoted` alone."""
    return Finding(code=code, location=location, message=message, quoted=quoted)
