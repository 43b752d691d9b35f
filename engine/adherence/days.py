"""The day of a patient: it starts at an hour of the definition, on the clock of the place."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.adherence import Unmonitored


def day_of(instant: datetime, zone: str, starts_at: time) -> date:
    """The patient's day: 02:59 belongs to the day before when days start at 03:00."""
    local = instant.astimezone(ZoneInfo(zone))
    day = local.date()
    return day if local.time() >= starts_at else day - timedelta(days=1)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Every day from `first` to `last`, both included."""
    return tuple(first + timedelta(days=count) for count in range((last - first).days + 1))


def is_monitored(day: date, unmonitored: Sequence[Unmonitored]) -> bool:
    """Whether no period that is left out holds this day."""
    return not any(period.first <= day <= period.last for period in unmonitored)
