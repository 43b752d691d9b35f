"""A site: the place whose clock, moments and code tables a posology is read with."""

from datetime import date, datetime, time, timedelta

from schemas.base import Value
from schemas.moment import Compartment, Moment


class Site(Value):
    """What a pharmacist has signed for one site. There is no built-in hour: these are all.

    `zone` is an IANA name. `moments` gives the wall time of each moment that the site knows.
    `distributions` gives the moments of "n a day" with no time said. `meals` are those that
    "with meals" stands for. `compartments` says in which column of the organiser a moment
    goes; a moment without one is not put into the organiser. `day_starts_at` is when the day of
    the site begins: a moment before it is the last of the day before (a night round at 00:30).
    """

    name: str
    zone: str
    moments: dict[Moment, time]
    distributions: dict[int, tuple[Moment, ...]]
    meals: tuple[Moment, ...]
    compartments: dict[Moment, Compartment]
    day_starts_at: time = time()

    def is_past_midnight(self, moment: Moment | None) -> bool:
        """Whether a moment comes after the midnight that ends its day on the calendar."""
        hour = self.moments.get(moment) if moment is not None else None
        return hour is not None and hour < self.day_starts_at

    def day_of(self, due_at: datetime, moment: Moment | None) -> date:
        """The day of the organiser for an intake: a time of the clock is of its calendar day."""
        day = due_at.date()
        return day - timedelta(days=1) if self.is_past_midnight(moment) else day
