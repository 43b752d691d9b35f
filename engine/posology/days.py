"""Which days a rule gives: an endless, ordered stream that starts wherever it is asked to.

Nothing is counted from the anchor day by day: the stream jumps to the first day asked for.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain, count

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
_LAST = date.max.toordinal()


def days_from(rule: Rule, first: date) -> Iterator[date]:
    """The days of a rule from `first` on, in order, to the end of the calendar.

    A rule of instants has no days. No day before the anchor is given.
    """
    match rule:
        case EveryDays():
            return _every(rule, first)
        case OnWeekdays():
            return _on_weekdays(rule, first)
        case OnMonthDays():
            return _on_month_days(rule, first)
        case InCycle():
            return _in_cycle(rule, first)
        case OnDates():
            return (day for day in sorted(rule.dates) if day >= first)
        case _:
            return iter(())


def _every(rule: EveryDays, first: date) -> Iterator[date]:
    anchor = rule.anchor.toordinal()
    start = max(anchor, first.toordinal())
    start += (anchor - start) % rule.every
    return map(date.fromordinal, range(start, _LAST + 1, rule.every))


def _on_weekdays(rule: OnWeekdays, first: date) -> Iterator[date]:
    start = max(first, rule.anchor).toordinal()
    base = rule.anchor.toordinal() - rule.anchor.weekday()
    length = _WEEK * rule.every
    monday = base + (start - base) // length * length
    places = tuple(sorted({day.number for day in rule.weekdays}))
    weeks = range(monday, _LAST + 1, length)
    listed = chain.from_iterable((week + place for place in places) for week in weeks)
    return (date.fromordinal(day) for day in listed if start <= day <= _LAST)


def _on_month_days(rule: OnMonthDays, first: date) -> Iterator[date]:
    start = max(first, rule.anchor)
    base = rule.anchor.year * _YEAR + rule.anchor.month - 1
    months = start.year * _YEAR + start.month - 1 - base
    for month in count(base + months // rule.every * rule.every, rule.every):
        year, place = divmod(month, _YEAR)
        if year > date.max.year:
            return
        for number in sorted(set(rule.days)):
            day = _day_of(year, place + 1, number)
            if day is not None and day >= start:
                yield day


def _day_of(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _in_cycle(rule: InCycle, first: date) -> Iterator[date]:
    anchor = rule.anchor.toordinal()
    length = rule.days_on + rule.days_off
    start = max(anchor, first.toordinal())
    turns = range(start - (start - anchor) % length, _LAST + 1, length)
    listed = chain.from_iterable(range(turn, turn + rule.days_on) for turn in turns)
    return (date.fromordinal(day) for day in listed if start <= day <= _LAST)
