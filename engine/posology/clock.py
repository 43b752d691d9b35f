"""Wall time and instants: days of the patient's calendar, clock changes, stated lengths.

Days, weeks, months and years are those of the calendar at the patient's place; hours, minutes
and seconds are elapsed time (FHIR R4 Timing; ANS e-prescription guide, durée).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from schemas.base import DateOrInstant, is_day, is_whole
from schemas.quantity import Duration, PeriodUnit

_HOURS = {PeriodUnit.SECOND: 1, PeriodUnit.MINUTE: 60, PeriodUnit.HOUR: 3600}
_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}
DAY = timedelta(days=1)
_YEARS = range(1000, 9001)


def is_usable(stated: DateOrInstant) -> bool:
    """Whether a date lies in years that can be counted in; 9999-12-31 is one that cannot."""
    return stated.year in _YEARS


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises: `KeyError` or `ValueError` for a name that is none."""
    return ZoneInfo(name)


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the patient's clock shows at this instant, without an offset."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def at_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the patient's clock shows this, with the offset of that day.

    In the hour that spring skips, the instant that the old offset gives, so the clock shows an
    hour more; in the hour that autumn repeats, the first of both. Neither is ever lost; whether
    it may be planned at all is for `check_window`.
    """
    aware = wall.replace(tzinfo=zone)
    if not is_doubtful(wall, zone):
        return aware
    return aware.astimezone(UTC).astimezone(zone)


def is_doubtful(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock change skips or repeats this wall time."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset()


def first_instant(stated: DateOrInstant, zone: ZoneInfo) -> datetime:
    """When a stated day or instant begins: a day begins at its midnight in the zone."""
    if is_day(stated):
        return at_wall(datetime.combine(stated, time()), zone)
    return _as_instant(stated).astimezone(zone)


def _as_instant(stated: DateOrInstant) -> datetime:
    if not isinstance(stated, datetime):
        raise TypeError("a day is not an instant")
    return stated


def next_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The midnight that ends a day."""
    return at_wall(datetime.combine(day + DAY, time()), zone)


def later(start: datetime, length: Duration, zone: ZoneInfo) -> datetime | None:
    """`start` plus a whole length of time.

    `None` when the day does not exist in the month reached, when the length is not whole, or
    when it leads out of the calendar.
    """
    if not is_whole(length.value):
        return None
    number = int(length.value)
    try:
        if length.unit in _HOURS:
            elapsed = timedelta(seconds=number * _HOURS[length.unit])
            return (start.astimezone(UTC) + elapsed).astimezone(zone)
        wall = wall_of(start, zone)
        if length.unit in _DAYS:
            return at_wall(wall + timedelta(days=number * _DAYS[length.unit]), zone)
        return at_wall(_months_later(wall, number * _MONTHS[length.unit]), zone)
    except (OverflowError, ValueError):
        return None


def _months_later(wall: datetime, months: int) -> datetime:
    years, month = divmod(wall.month - 1 + months, 12)
    return wall.replace(year=wall.year + years, month=month + 1)
