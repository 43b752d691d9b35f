"""Dated doses the slow and obvious way: every quarter of an hour is asked whether a dose is due.

Nothing of the engine is used: a statement is a handful of plain values, days are counted one by
one from the first, and the clock is asked what it shows. All times are whole quarters of an hour.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
HOURS = {"MORN": time(8), "NOON": time(12), "EVE": time(19), "HS": time(22)}
"""The moments that are drawn, at the hours of the reference site."""


@dataclass(frozen=True)
class Days:
    """Which days count. One of the kinds; `first` is day 0 of everything that is counted."""

    every: int = 1
    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    on: int = 0
    off: int = 0

    def has(self, day: date, first: date) -> bool:
        """Whether doses are taken on this day."""
        if day < first:
            return False
        passed = len(range(first.toordinal(), day.toordinal()))
        if self.weekdays:
            return day.isoweekday() in self.weekdays
        if self.month_days:
            return day.day in self.month_days
        if self.on:
            turn = [True] * self.on + [False] * self.off
            return turn[passed % len(turn)]
        return passed % self.every == 0


@dataclass(frozen=True)
class Statement:
    """What is prescribed. `end` is an instant; `last_day` a day, whole; `most` a number of doses.

    `start` is an instant; `clocks` are the times of the day, with the moment that each stands for.
    """

    start: datetime
    days: Days
    clocks: tuple[tuple[time, str | None], ...]
    end: datetime | None = None
    end_included: bool = False
    most: int | None = None


def doses(said: Statement, zone: ZoneInfo, first: datetime, last: datetime) -> list[str]:
    """The doses from `first` to before `last`, as `2026-03-02 08:00 MORN`, each with its offset."""
    found: list[str] = []
    taken = 0
    instant = said.start.astimezone(UTC)
    first_day = said.start.astimezone(zone).date()
    while instant < last and not (said.most is not None and taken == said.most):
        if said.end is not None and (
            instant > said.end or (instant == said.end and not said.end_included)
        ):
            break
        shown = instant.astimezone(zone)
        for clock, moment in said.clocks:
            # In the hour that autumn repeats, the first of the two: fold is 0.
            due = shown.time() == clock and shown.fold == 0
            if due and said.days.has(shown.date(), first_day):
                taken += 1
                if instant >= first:
                    found.append(f"{shown.isoformat()} {moment or ''}".strip())
        instant += QUARTER
    return found


def hourly(
    first: datetime, gap: int, zone: ZoneInfo, window: tuple[datetime, datetime]
) -> list[str]:
    """Every so many elapsed hours from the first dose, as `doses` gives them."""
    found: list[str] = []
    instant = first.astimezone(UTC)
    while instant < window[1]:
        if instant >= window[0]:
            found.append(instant.astimezone(zone).isoformat())
        instant += timedelta(hours=gap)
    return found


def skips(clock: time, zone: ZoneInfo, first: datetime, last: datetime) -> bool:
    """Whether a change of the clocks skips or repeats this time on a day of the window."""
    day = first.astimezone(zone).date() - timedelta(days=1)
    while day <= last.astimezone(zone).date() + timedelta(days=1):
        wanted = datetime.combine(day, clock)
        shown = [
            (instant.astimezone(zone).replace(tzinfo=None, fold=0))
            for instant in (
                datetime.combine(day, time(), UTC) - timedelta(hours=24) + n * QUARTER
                for n in range(4 * 72)
            )
        ]
        if shown.count(wanted) != 1:
            return True
        day += timedelta(days=1)
    return False
