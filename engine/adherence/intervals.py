"""M3': the time between two intakes against the time that the plan puts between them.

The expected interval is one number: the gap of an even plan, or 24 h shared by a constant
number of intakes a day. Where the plan itself would miss the tolerance (08:00, 12:00, 20:00),
the measure says nothing about the patient and is absent.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.adherence.days import day_of, days_between
from engine.adherence.report import Report
from engine.adherence.window import Window
from schemas.adherence import Definition, Fraction

_DAY = timedelta(hours=24)


def interval_timing(
    due: Sequence[datetime], taken: Sequence[Report], window: Window, definition: Definition
) -> Fraction | None:
    """Of the intervals between intakes, those within the tolerance; `None` when undefined.

    An interval that a day without monitoring interrupts is left out.
    """
    expected = expected_interval(due, window.zone, definition)
    if expected is None:
        return None
    times = sorted(report.taken_at for report in taken if report.taken_at is not None)
    intervals = [
        later - earlier
        for earlier, later in pairwise(times)
        if _is_monitored_between(earlier, later, window, definition)
    ]
    if not intervals:
        return None
    kept = sum(_is_within(interval, expected, definition) for interval in intervals)
    return Fraction(numerator=kept, denominator=len(intervals))


def expected_interval(
    due: Sequence[datetime], zone: str, definition: Definition
) -> timedelta | None:
    """What the plan puts between two intakes, on the clock of the place; `None` when uneven."""
    wall = sorted(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in due)
    gaps = [later - earlier for earlier, later in pairwise(wall)]
    if not gaps:
        return None
    if len(set(gaps)) == 1:
        return gaps[0] or None
    number = _constant_number(due, zone, definition)
    if number is None:
        return None
    shared = _DAY / number
    return shared if all(_is_within(gap, shared, definition) for gap in gaps) else None


def _constant_number(due: Sequence[datetime], zone: str, definition: Definition) -> int | None:
    """How many intakes a day, the first and the last day aside, when always as many."""
    by_day: Counter[date] = Counter(day_of(at, zone, definition.day_starts_at) for at in due)
    days = days_between(min(by_day), max(by_day))
    numbers = {by_day[day] for day in days[1:-1] or days}
    return numbers.pop() if len(numbers) == 1 and 0 not in numbers else None


def _is_within(interval: timedelta, expected: timedelta, definition: Definition) -> bool:
    apart = abs(interval - expected)
    return apart * 100 <= expected * definition.interval_tolerance_percent


def _is_monitored_between(
    earlier: datetime, later: datetime, window: Window, definition: Definition
) -> bool:
    first = day_of(earlier, window.zone, definition.day_starts_at)
    last = day_of(later, window.zone, definition.day_starts_at)
    unmonitored = window.unmonitored
    return not any(period.first <= last and first <= period.last for period in unmonitored)
