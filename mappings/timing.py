"""The words in which a table says how often and when: one small language for every format.

A target is words with a space between them, and all of them hold:

| word | says |
|---|---|
| `3/1d`, `3/d`, `1/12h` | so many times in so long: s, min, h, d, wk, mo, a |
| `mon` … `sun` | on these days of the week |
| `monthday:15` | on this day of the month |
| `MORN`, `CM`, `HS` … | at this moment of the day, at the hour of the site |
| `08:30` | at this time of the clock |
| `as-needed`, `once`, `continuous` | what they say |
| `unsupported` | a rhythm that we know and have no place for: a person reads it |
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Rhythm, Times, Weekday
from schemas.quantity import PeriodUnit

_FREQUENCY = re.compile(r"([1-9]\d{0,2})/([1-9]\d{0,2})?(s|min|h|d|wk|mo|a)")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_MONTH_DAY = re.compile(r"monthday:([1-9]|[12]\d|3[01])")
_MOMENTS = frozenset(moment.value for moment in Moment)
_WEEKDAYS = frozenset(day.value for day in Weekday)


@dataclass(frozen=True, slots=True)
class Timing:
    """What one or several codes say together."""

    frequency: Frequency | None = None
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    moments: tuple[MomentTime, ...] = ()
    clock: tuple[time, ...] = ()
    as_needed: bool = False
    once: bool = False
    continuous: bool = False
    unsupported: bool = False
    contradicted: bool = False

    @property
    def rhythm(self) -> Rhythm:
        """The frequency and the days."""
        return Rhythm(frequency=self.frequency, weekdays=self.weekdays, month_days=self.month_days)

    @property
    def times(self) -> Times:
        """The moments and the times of the clock."""
        return Times(moments=self.moments, clock=self.clock)

    @property
    def is_plain(self) -> bool:
        """Whether rhythm and times say it all."""
        flags = (self.as_needed, self.once, self.continuous, self.unsupported, self.contradicted)
        return not any(flags)


def timing_of(target: str) -> Timing:
    """What the words of a target say together.

    Raises: `ValueError` that quotes the word, for one that is not of this language.
    """
    if not target.strip():
        raise ValueError("a timing has at least one word")
    return together(_word(word) for word in target.split())


def together(timings: Iterable[Timing]) -> Timing:
    """What several codes say: they add up (`QD~HS` is every day at bedtime).

    Two different frequencies do not add up to one: the result is `contradicted`.
    """
    listed = list(timings)
    frequencies = {one.frequency for one in listed if one.frequency is not None}
    days = {day for one in listed for day in one.weekdays}
    return Timing(
        frequency=next(iter(frequencies)) if len(frequencies) == 1 else None,
        weekdays=tuple(day for day in Weekday if day in days),
        month_days=tuple(sorted({day for one in listed for day in one.month_days})),
        moments=tuple(dict.fromkeys(moment for one in listed for moment in one.moments)),
        clock=tuple(dict.fromkeys(at for one in listed for at in one.clock)),
        as_needed=any(one.as_needed for one in listed),
        once=any(one.once for one in listed),
        continuous=any(one.continuous for one in listed),
        unsupported=any(one.unsupported for one in listed),
        contradicted=len(frequencies) > 1 or any(one.contradicted for one in listed),
    )


def _word(word: str) -> Timing:
    if word in _FLAGS:
        return _FLAGS[word]
    if word in _MOMENTS:
        return Timing(moments=(MomentTime(moment=Moment(word)),))
    if word in _WEEKDAYS:
        return Timing(weekdays=(Weekday(word),))
    if _CLOCK.fullmatch(word):
        return Timing(clock=(time.fromisoformat(word),))
    if (day := _MONTH_DAY.fullmatch(word)) is not None:
        return Timing(month_days=(int(day[1]),))
    if (rate := _FREQUENCY.fullmatch(word)) is not None:
        period, unit = Decimal(rate[2] or 1), PeriodUnit(rate[3])
        return Timing(frequency=Frequency(times=int(rate[1]), period=period, unit=unit))
    raise ValueError(f"{word!r} is no word of a timing")


_FLAGS = {
    "as-needed": Timing(as_needed=True),
    "once": Timing(once=True),
    "continuous": Timing(continuous=True),
    "unsupported": Timing(unsupported=True),
}
