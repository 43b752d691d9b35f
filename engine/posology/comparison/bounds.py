"""The length, the start and the end of a text against those of a structure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil, floor

from engine.posology.comparison.difference import ADDS, CONTRADICTS, UNREAD, Difference
from engine.posology.comparison.tempo import tempo_of
from schemas.base import DateOrInstant, is_whole
from schemas.posology import Bounds, Phase
from schemas.quantity import Duration, PeriodUnit

_SHORT = (PeriodUnit.SECOND, PeriodUnit.MINUTE, PeriodUnit.HOUR)
_DAY = timedelta(days=1)
_CLOCK_CHANGE = timedelta(hours=1, minutes=1)
"""How much a day may be short or long, with the minute that French systems leave at the end."""
_HOURS_A_DAY = 24
_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}


def of_bounds(phase: Phase, stated: Sequence[Phase]) -> Iterator[Difference]:
    """Every difference of length, end and start."""
    found = (_of_length(phase, stated), _of_end(phase, stated), _of_start(phase, stated))
    yield from (difference for difference in found if difference is not None)


def _of_length(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    length = phase.bounds.duration
    if length is None:
        return None
    if phase.bounds.duration_high is not None:
        return ADDS, "the text gives a range for the length of the treatment"
    if length.unit in _SHORT:
        lasting = any(one.intake_lasts == length for one in stated)
        return None if lasting else (UNREAD, "the text says how long one intake lasts")
    same = [
        same_length(length, one.bounds) for one in stated if not one.as_needed or len(stated) == 1
    ]
    if any(same):
        return None
    if any(outcome is False for outcome in same):
        return CONTRADICTS, "the text gives another length of treatment than the structure"
    counted = [days for one in stated if (days := _days_of_count(one)) is not None]
    if counted:
        agrees = _in_base(length) in [(days, "d") for days in counted]
        rule = "the text gives another length than the intakes of the structure make"
        return None if agrees else (CONTRADICTS, rule)
    if any(one.bounds.count for one in stated):
        return UNREAD, "the text gives a length and the structure a number of intakes"
    return ADDS, "the text gives a length of treatment and the structure gives none"


def _days_of_count(phase: Phase) -> Decimal | None:
    """How many days a number of intakes makes at the rhythm of the phase, when that is whole."""
    tempo, count = tempo_of(phase), phase.bounds.count
    if tempo is None or count is None:
        return None
    kind, number = tempo
    days = {
        "day": Decimal(count) / max(number, 1),
        "hours": Decimal(count) * number / _HOURS_A_DAY,
        "days": Decimal(count) * number,
    }.get(kind)
    return days if days is not None and is_whole(days) else None


def _of_end(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    end = phase.bounds.end
    if end is None:
        return None
    ends = [day for one in stated for day in _ends_of(one.bounds)]
    if not ends:
        return _of_dates(phase, stated)
    if end.isoformat()[:10] in ends:
        return None
    return CONTRADICTS, "the text gives another end than the structure"


def _of_dates(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """A first and a last day in the text against a length, or dated intakes, in the structure."""
    start, end = phase.bounds.start, phase.bounds.end
    lengths = [one.bounds for one in stated if one.bounds.duration is not None]
    dates = [day for one in stated for day in one.rhythm.dates]
    if start is None or end is None or not (lengths or dates):
        return ADDS, "the text gives an end and the structure gives none"
    days = Decimal((end.toordinal() - start.toordinal()) + 1)
    said = Duration(value=days, unit=PeriodUnit.DAY)
    if any(same_length(said, bounds) for bounds in lengths):
        return None
    first, last = day_stated(start), day_stated(end)
    if not lengths and all(first <= day_stated(day) <= last for day in dates):
        return None
    return CONTRADICTS, "the text gives another length of treatment than the structure"


def _of_start(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    start = phase.bounds.start
    if start is None or all(one.rhythm.dates for one in stated):
        return None
    starts = [one.bounds.start for one in stated if one.bounds.start is not None]
    if not starts:
        return ADDS, "the text gives a start and the structure gives none"
    if any(str(other)[:10] == start.isoformat()[:10] for other in starts):
        return None
    return CONTRADICTS, "the text gives another start than the structure"


def same_length(said: Duration, bounds: Bounds) -> bool | None:
    """Whether the bounds last as long as a text says; `None` when they state no length."""
    if bounds.duration is not None:
        return _in_base(said) == _in_base(bounds.duration)
    if bounds.start is None or bounds.end is None:
        return None
    number, unit = _in_base(said)
    days, months = _days_between(bounds)
    return number in days if unit == "d" else unit == "mo" and number in months


def _ends_of(bounds: Bounds) -> set[str]:
    """The days that may be said to be the last: the end as sent, and the day that it closes."""
    end = bounds.end
    if end is None:
        return set()
    closed = end if bounds.end_included and not isinstance(end, datetime) else _before(end)
    return {end.isoformat()[:10], closed.isoformat()[:10]}


def _before(end: DateOrInstant) -> DateOrInstant:
    return end - (timedelta(minutes=1) if isinstance(end, datetime) else timedelta(days=1))


def _whole_days(elapsed: float) -> set[int]:
    """The days of this length; from 07:00 to 18:00 two days later is two days or three."""
    nearest = round(elapsed)
    if abs(elapsed - nearest) * _DAY <= _CLOCK_CHANGE:
        return {nearest}
    return {floor(elapsed), ceil(elapsed)}


def _in_base(length: Duration) -> tuple[Decimal, str]:
    if length.unit in _DAYS:
        return length.value * _DAYS[length.unit], "d"
    if length.unit in _MONTHS:
        return length.value * _MONTHS[length.unit], "mo"
    return length.value, length.unit.value


def _days_between(bounds: Bounds) -> tuple[set[int], set[int]]:
    """The numbers of days, and of months, that a start and an end may be said to make."""
    start, end = bounds.start, bounds.end
    if start is None or end is None:
        return set(), set()
    if isinstance(start, datetime) and isinstance(end, datetime):
        days = _whole_days((end - start) / _DAY)
        last = (end + timedelta(minutes=1)).date()
    else:
        between = (day_stated(end) - day_stated(start)).days
        days = {between + 1 if bounds.end_included else between}
        last = day_stated(end) + timedelta(days=1 if bounds.end_included else 0)
    first = day_stated(start)
    months = (last.year - first.year) * 12 + last.month - first.month
    return days, {months} if abs(last.day - first.day) <= 1 else set()


def day_stated(stated: DateOrInstant) -> date:
    """The day that was stated, or on which the instant falls in the zone that it was sent in."""
    return stated.date() if isinstance(stated, datetime) else stated
