"""What is looked at: the days, the moment of looking, and what each line planned and reported."""

from datetime import date

from engine.adherence.days import days_between, is_monitored
from engine.adherence.report import Report
from schemas.adherence import Unmonitored
from schemas.base import Instant, Value
from schemas.schedule import PlannedIntake


class LineInput(Value):
    """What one line planned in the window, by the schedules in force, and what was reported.

    `line` is its id with us and `schedules` are those that gave `planned`. `as_needed` says that
    the line is taken as needed, alone or beside what is planned: an intake that was not planned
    is then a use, never too much.
    """

    line: str
    schedules: tuple[str, ...] = ()
    planned: tuple[PlannedIntake, ...] = ()
    reports: tuple[Report, ...] = ()
    as_needed: bool = False


class Window(Value):
    """The days of `zone` that are looked at, both ends included, and the moment of looking."""

    zone: str
    first: date
    last: date
    until: Instant
    unmonitored: tuple[Unmonitored, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the window."""
        return days_between(self.first, self.last)

    def holds(self, day: date) -> bool:
        """Whether the day is in the window."""
        return self.first <= day <= self.last

    def counts(self, day: date) -> bool:
        """Whether the day is in the window and monitored."""
        return self.holds(day) and is_monitored(day, self.unmonitored)
