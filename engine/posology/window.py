"""A window of the patient's calendar, and the days in it on which the clocks change."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.posology.clock import DAY, at_wall, wall_of, zone_named

_MIDNIGHT = time()


class Window(NamedTuple):
    """From `first` to before `last`, and what the patient's clock shows at both."""

    first: datetime
    last: datetime
    zone: ZoneInfo

    @property
    def changes(self) -> Iterator[date]:
        """The days around each clock change that touches the window, in order."""
        first, last = (wall_of(end, self.zone).date() for end in (self.first, self.last))
        return changes_between(first, last, self.zone)


@lru_cache(maxsize=64)
def window_of(zone: str, first: datetime, days: int) -> Window:
    """The window of `days` local days from `first`.

    Raises: `ValueError` for a `first` without an offset or a window that leaves the calendar.
    """
    if first.tzinfo is None:
        raise ValueError("a window begins at an instant")
    place = zone_named(zone)
    try:
        last = at_wall(wall_of(first, place) + timedelta(days=days), place)
    except OverflowError as error:
        raise ValueError("the window leaves the calendar") from error
    return Window(first, last, place)


def changes_between(first: date, last: date, zone: ZoneInfo) -> Iterator[date]:
    """The days around each clock change from `first` to `last`, both included, in order."""
    years = range(first.year, last.year + 1)
    return (day for year in years for day in _changes(zone, year) if first <= day <= last)


@lru_cache(maxsize=64)
def _changes(zone: ZoneInfo, year: int) -> tuple[date, ...]:
    """The days of a year on which the clocks may change: those before and after each change.

    The change between the noons of two days is that of a night, or of a zone that moved.
    """
    start = date(year, 1, 1).toordinal()
    days = range(max(start - 1, 1), min(start + 367, date.max.toordinal()))
    noons = [datetime.combine(date.fromordinal(day), time(12), zone) for day in days]
    changed = (pair for pair in pairwise(noons) if pair[0].utcoffset() != pair[1].utcoffset())
    found = {noon.date() for noon in chain.from_iterable(changed)}
    return tuple(sorted(day for day in found if day.year == year))


def stretches(
    first: datetime, last: datetime, included: bool, zone: ZoneInfo
) -> Iterator[tuple[date, date]]:
    """The days between two wall times in stretches, as their first and last day.

    A stretch of several days lies whole between the two, and no clock changes in it. A day in
    which one of the two falls, or around a clock change, stands alone, to be looked at by the
    hour. `included`: whether `last` itself belongs to what is asked for.
    """
    start, end = first.date(), last.date()
    if first.time() != _MIDNIGHT:
        yield start, start
        start += DAY
    for day in chain(changes_between(start, end - DAY, zone), (end,)):
        if start < day:
            yield start, day - DAY
        if start <= day and (day < end or included or last.time() != _MIDNIGHT):
            yield day, day
        start = day + DAY
