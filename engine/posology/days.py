"""Which days a rule gives: an ordered stream of whatever stretch of the calendar is asked for.

Nothing is counted from the anchor day by day: the stream jumps to the first day asked for.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from schemas.schedule import (
    EveryDays,
    InCycle,
    OnDates,
    OnMonthDays,
    OnWeekdays,
    Rule,
)

_WEEK = 7
_YEAR = 12


def days_of(rule: Rule, first: date, last: date = date.max) -> Iterator[date]:
    """The days of a rule from `first` to `last`, both included, in order.

    A rule of instants has no days. No day before the anchor is given.
    """
    match rule:
        case EveryDays():
            return _every(rule, first, last)
        case OnWeekdays():
            return _on_weekdays(rule, first, last)
        case OnMonthDays():
            return _on_month_days(rule, first, last)
        case InCycle():
            return _in_cycle(rule, first, last)
        case OnDates():
            return (day for day in sorted(rule.dates) if first <= day <= last)
        case _:
            return iter(())


def _every(rule: EveryDays, first: date, last: date) -> Iterator[date]:
    anchor = rule.anchor.toordinal()
    start = max(anchor, first.toordinal())
    start += (anchor - start) % rule.every
    return map(date.fromordinal, range(start, last.toordinal() + 1, rule.every))


def _on_weekdays(rule: OnWeekdays, first: date, last: date) -> Iterator[date]:
    start = max(first, rule.anchor).toordinal()
    base = rule.anchor.toordinal() - rule.anchor.weekday()
    length = _WEEK * rule.every
    monday = base + (start - base) // length * length
    places = sorted({day.number for day in rule.weekdays})
    weeks = range(monday, last.toordinal() + 1, length)
    return _within(((week + place for place in places) for week in weeks), start, last)


def _in_cycle(rule: InCycle, first: date, last: date) -> Iterator[date]:
    anchor = rule.anchor.toordinal()
    length = rule.days_on + rule.days_off
    start = max(anchor, first.toordinal())
    turns = range(start - (start - anchor) % length, last.toordinal() + 1, length)
    return _within((range(turn, turn + rule.days_on) for turn in turns), start, last)


def _within(turns: Iterable[Iterable[int]], start: int, last: date) -> Iterator[date]:
    """The days of these turns, by their ordinals, from `start` to `last`."""
    end = last.toordinal()
    return (date.fromordinal(day) for day in chain.from_iterable(turns) if start <= day <= end)


def _on_month_days(rule: OnMonthDays, first: date, last: date) -> Iterator[date]:
    start = max(first, rule.anchor)
    base, month, end = (day.year * _YEAR + day.month - 1 for day in (rule.anchor, start, last))
    months = range(base + (month - base) // rule.every * rule.every, end + 1, rule.every)
    numbers = sorted(set(rule.days))
    listed = (_day_of(month, number) for month in months for number in numbers)
    return (day for day in listed if day is not None and start <= day <= last)


def _day_of(month: int, number: int) -> date | None:
    """A day of the month counted from year 0; `None` where the month has no such day."""
    year, place = divmod(month, _YEAR)
    try:
        return date(year, place + 1, number)
    except ValueError:
        return None
