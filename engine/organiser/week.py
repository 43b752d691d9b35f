"""The days of an organiser: each compartment with what lies in it, and all that lies beside.

Every planned intake of every line is in exactly one compartment, or in the list beside it;
nothing is merged: two lines of one product are two contents of a cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from engine.organiser.compartments import compartment_of, why_beside
from engine.review.courses import covered
from schemas.assessment import AssessedLine
from schemas.moment import Compartment
from schemas.organiser import (
    AsNeededDose,
    BesideDose,
    BesideReason,
    Cell,
    Content,
    LineTotal,
    Place,
    SpanLabel,
    Week,
)
from schemas.schedule import DoseSchedule, PlannedIntake, Step
from schemas.site import Site

_ORDER = tuple(Compartment)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A line with its intakes of the days shown. `doubted`: a clock change puts them in doubt."""

    assessed: AssessedLine
    planned: tuple[PlannedIntake, ...] = ()
    doubted: bool = False

    @property
    def product(self) -> str:
        """The product for people."""
        return self.assessed.line.product.label

    @property
    def schedule(self) -> DoseSchedule | None:
        """The schedule, when there is one."""
        schedule = self.assessed.schedule
        return schedule if isinstance(schedule, DoseSchedule) else None

    @property
    def reasons(self) -> tuple[BesideReason, ...]:
        """Why the line, or some of its doses, lies beside the organiser in these days."""
        waits = not self.assessed.may_plan and self.schedule is not None
        more = [BesideReason.WAITS] if waits else []
        more += [BesideReason.CLOCK_CHANGE] if self.doubted else []
        return (*self.assessed.placement.reasons, *more)


def week_of(lines: Sequence[WeekLine], site: Site, first: date, days: int) -> Week:
    """The organiser of `days` days from `first`, of lines in their order.

    `planned` of each line are the intakes of those days of the site and no other. A line that
    waits for an answer plans none, and is listed.
    """
    placed = [
        (rank, line, intake, _compartment(line, intake, site))
        for rank, line in enumerate(lines, start=1)
        for intake in line.planned
    ]
    contents = _contents(placed, site)
    return Week(
        first=first,
        days=days,
        cells=tuple(
            Cell(
                day=day,
                compartment=compartment,
                contents=tuple(inside),
                units=sum((content.count for content in inside), Fraction(0)),
            )
            for (day, compartment), inside in sorted(contents.items(), key=_in_order)
        ),
        beside=tuple(
            _beside(rank, line, intake) for rank, line, intake, where in placed if where is None
        ),
        as_needed=tuple(_as_needed(lines)),
        lines=tuple(
            _total(rank, line, tuple(contents.values()), (first, days))
            for rank, line in enumerate(lines, start=1)
        ),
    )


_Placed = tuple[int, WeekLine, PlannedIntake, Compartment | None]
_Cells = dict[tuple[date, Compartment], list[Content]]


def _in_order(item: tuple[tuple[date, Compartment], list[Content]]) -> tuple[date, int]:
    (day, compartment), _ = item
    return day, _ORDER.index(compartment)


def _compartment(line: WeekLine, intake: PlannedIntake, site: Site) -> Compartment | None:
    """The compartment of one intake; `None`: it lies beside."""
    placement = line.assessed.placement
    if placement.place is Place.BESIDE or placement.counts[intake.step] is None:
        return None
    step = _step(line, intake)
    wall = intake.due_at.time() if step is not None and step.slots else None
    return compartment_of(intake.moment, wall, site)


def _step(line: WeekLine, intake: PlannedIntake) -> Step | None:
    return line.schedule.steps[intake.step] if line.schedule is not None else None


def _contents(placed: Sequence[_Placed], site: Site) -> _Cells:
    cells: _Cells = {}
    for rank, line, intake, where in placed:
        count = line.assessed.placement.counts[intake.step] if where is not None else None
        if where is None or count is None:
            continue
        content = Content(
            line=rank,
            product=line.product,
            due_at=intake.due_at,
            moment=intake.moment,
            offset_minutes=intake.offset_minutes,
            count=count,
            quantity=intake.quantity,
        )
        day = site.day_of(intake.due_at, intake.moment)
        cells.setdefault((day, where), []).append(content)
    return cells


def _beside(rank: int, line: WeekLine, intake: PlannedIntake) -> BesideDose:
    whole = line.assessed.placement.place is Place.BESIDE
    return BesideDose(
        line=rank,
        product=line.product,
        due_at=intake.due_at,
        moment=intake.moment,
        offset_minutes=intake.offset_minutes,
        quantity=intake.quantity,
        reasons=line.reasons if whole else (why_beside(intake.moment),),
    )


def _as_needed(lines: Sequence[WeekLine]) -> Iterator[AsNeededDose]:
    for rank, line in enumerate(lines, start=1):
        for dose in line.assessed.schedule.as_needed:
            yield AsNeededDose(
                line=rank,
                product=line.product,
                quantity=dose.quantity,
                reasons=dose.reasons,
                text=dose.text,
                stated=dose,
            )


def _total(
    rank: int, line: WeekLine, cells: Sequence[list[Content]], shown: tuple[date, int]
) -> LineTotal:
    units = sum(
        (content.count for inside in cells for content in inside if content.line == rank),
        Fraction(0),
    )
    begins, ends = _span(line)
    steps = line.schedule.steps if line.schedule is not None else ()
    return LineTotal(
        line=rank,
        product=line.product,
        place=line.assessed.placement.place,
        reasons=line.reasons,
        units=units,
        whole_units=ceil(units),
        left_over=ceil(units) - units,
        begins_on=begins,
        ends_on=ends,
        labels=tuple(_labels(begins, ends, *shown)),
        instructions=tuple(dict.fromkeys(said for step in steps for said in step.instructions)),
    )


def _span(line: WeekLine) -> tuple[date | None, date | None]:
    """The first and the last day that the treatment covers; `None`: no such day is stated."""
    return (line.schedule and covered(line.schedule)) or (None, None)


def _labels(begins: date | None, ends: date | None, first: date, days: int) -> Iterator[SpanLabel]:
    last = first + timedelta(days=days - 1)
    if begins is not None and begins > last:
        yield SpanLabel.NOT_BEGUN
    elif begins is not None and begins > first:
        yield SpanLabel.BEGINS
    if ends is not None and ends < first:
        yield SpanLabel.OVER
    elif ends is not None and ends < last:
        yield SpanLabel.ENDS
