"""What was said, confirmed as shown, gives the doses that were meant.

The text comes from a small grammar of this test, and the doses from a plain walk over the days;
neither knows the reader, the schedule or the expansion.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from builders import REFERENCE
from hypothesis import given, settings
from hypothesis import strategies as st
from offers import START, confirmed

from engine.posology.expand import expand
from engine.posology.normalise import normalise
from engine.posology.offer.against import against
from engine.posology.offer.confirm import confirm
from engine.posology.offer.offer import offer
from schemas.posology import Posology
from schemas.schedule import DoseSchedule

HOURS = {"matin": 8, "midi": 12, "soir": 19, "coucher": 22}
TIMES = {1: (8,), 2: (8, 19), 3: (8, 12, 19), 4: (8, 12, 19, 22)}
"""The reference site: the hours of its moments, and of n a day."""
WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
AMOUNTS = {"1": "1", "2": "2", "1/2": "0.5", "0,5": "0.5", "1,5": "1.5", "3": "3"}
WINDOW = 40


@dataclass(frozen=True)
class Meant:
    """How it is said, and what is meant: hours of a day, which days, how long."""

    said: str
    hours: tuple[int, ...]
    amount: Decimal
    unit: str
    every: int = 1
    weekdays: frozenset[int] = frozenset()
    days: int | None = None

    def doses(self, first: date) -> list[tuple[datetime, Decimal]]:
        """The doses of the window, by a walk over its days."""
        found = []
        for day in range(WINDOW):
            on = first + timedelta(days=day)
            is_day = day % self.every == 0 and (not self.weekdays or on.weekday() in self.weekdays)
            if is_day and (self.days is None or day < self.days):
                found += [(datetime.combine(on, time(hour)), self.amount) for hour in self.hours]
        return found


def a_list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"


@st.composite
def meanings(draw: st.DrawFn) -> Meant:
    amount = draw(st.sampled_from(sorted(AMOUNTS)))
    unit = draw(st.sampled_from(("comprimé", "gélule", "cp", "sachet")))
    how = draw(st.sampled_from(("moments", "times", "clock")))
    if how == "moments":
        chosen = draw(st.sets(st.sampled_from(sorted(HOURS)), min_size=1))
        named = [moment for moment in HOURS if moment in chosen]
        said, hours = a_list(named), tuple(HOURS[moment] for moment in named)
    elif how == "times":
        number = draw(st.integers(1, 4))
        said, hours = f"{number} fois par jour", TIMES[number]
    else:
        hours = tuple(sorted(draw(st.sets(st.integers(6, 22), min_size=1, max_size=3))))
        said = a_list([f"à {hour}h" for hour in hours])
    every, weekdays, rhythm = 1, frozenset[int](), ""
    which = draw(st.sampled_from(("daily", "other", "weekdays"))) if how != "times" else "daily"
    if which == "other" and len(hours) == 1:
        every, rhythm = 2, " un jour sur deux"
    elif which == "weekdays":
        weekdays = frozenset(draw(st.sets(st.integers(0, 6), min_size=1, max_size=5)))
        rhythm = " " + a_list([f"le {WEEK[day]}" for day in sorted(weekdays)])
    days = draw(st.none() | st.integers(7 if weekdays else 1, 30))
    length = "" if days is None else f" pendant {days} jours"
    text = f"{amount} {unit} {said}{rhythm}{length}"
    return Meant(text, hours, Decimal(AMOUNTS[amount]), unit, every, weekdays, days)


@given(meant=meanings(), after=st.integers(0, 60))
@settings(deadline=None, max_examples=300)
def test_what_is_confirmed_as_shown_is_what_was_meant(meant: Meant, after: int) -> None:
    first = START + timedelta(days=after)
    offered = offer(meant.said, REFERENCE)

    posology = confirm(offered, confirmed(offered, start=first))
    assert isinstance(posology, Posology), posology
    schedule = normalise(posology, REFERENCE).schedule

    assert isinstance(schedule, DoseSchedule), schedule
    [candidate] = offered.candidates
    assert candidate.unread == ()
    assert against(offered, confirmed(offered, start=first), posology) == ()
    midnight = datetime.combine(first, time(), ZoneInfo(REFERENCE.zone))
    planned = list(expand(schedule, REFERENCE, midnight, WINDOW))
    found = [
        (each.due_at.replace(tzinfo=None), each.quantity and each.quantity.value)
        for each in planned
    ]
    assert sorted(found) == sorted(meant.doses(first))
    assert {each.quantity and each.quantity.unit for each in planned} <= {meant.unit}
