"""When a line is in force: by its schedule, else by the dates that its sender states."""

from datetime import date

from engine.review.courses import covered
from schemas.base import DateOrInstant, is_day
from schemas.prescription import Line
from schemas.schedule import DoseSchedule, LineSchedule


def days_of(schedule: LineSchedule | None) -> tuple[date, date | None] | None:
    """The first and the last day that a schedule covers; `None` where there is none to tell."""
    return covered(schedule) if isinstance(schedule, DoseSchedule) else None


def follow(one: tuple[Line, LineSchedule | None], other: tuple[Line, LineSchedule | None]) -> bool:
    """Whether one line has ended before the other begins: by schedules, else by stated dates."""
    days, others = days_of(one[1]), days_of(other[1])
    if days is None or others is None:
        return follow_each_other(one[0], other[0])
    return any(
        last is not None and last < first
        for (_, last), (first, _) in ((days, others), (others, days))
    )


def with_days(label: str, one: LineSchedule | None, other: LineSchedule | None) -> str:
    """The label with the days on which both schedules are in force, where both are known."""
    days, others = days_of(one), days_of(other)
    if days is None or others is None:
        return label
    ends = [end for _, end in (days, others) if end is not None]
    return f"{label}: {max(days[0], others[0])} – {min(ends) if ends else ''}".rstrip()


def follow_each_other(one: Line, other: Line) -> bool:
    """Whether one line has ended before the other begins, by dates that both of them state."""
    spans = [_span(line) for line in (one, other)]
    return any(
        before is not None and after is not None and _is_before(before[1], after[0])
        for before, after in (spans, reversed(spans))
    )


def _span(line: Line) -> tuple[DateOrInstant, DateOrInstant] | None:
    """From the first start to the last end; `None` when a phase states neither or the kinds mix."""
    bounds = [phase.bounds for phase in line.posology.phases]
    starts = [each.start for each in bounds if each.start is not None]
    ends = [each.end for each in bounds if each.end is not None]
    if not bounds or len(starts) < len(bounds) or len(ends) < len(bounds):
        return None
    if len({is_day(each) for each in (*starts, *ends)}) > 1:
        return None
    return min(starts), max(ends)


def _is_before(end: DateOrInstant, start: DateOrInstant) -> bool:
    """Days with days and instants with instants: a day is no instant without a zone."""
    return is_day(end) == is_day(start) and end < start
