"""What a pharmacist types into a cell, read strictly: what does not fit is asked again."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.language import Say
from engine.posology.text.lexicon import folded, number_of, words_of
from engine.terminal.words import moment_words
from schemas.base import DateOrInstant
from schemas.moment import Moment
from schemas.offer import Days, DoseAt, Ends
from schemas.posology import Cycle, Frequency, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity
from schemas.schedule import Slot
from schemas.site import Site

NONE = "-"
"""Typed for "nothing": no place, no end."""
_DAILY = frozenset({"tous", "tous les jours", "all", "every day"})


def quantity_typed(text: str, say: Say) -> Quantity:
    """`1/2 comprimé`, `0,5 cp`. Raises: `ValueError` without a number and a unit."""
    number, _, unit = text.strip().partition(" ")
    try:
        value = number_of(folded(number))
    except (ArithmeticError, ValueError):
        value = None
    if value is None or not unit.strip():
        raise ValueError(say("an amount is a number and a unit: 1/2 tablet"))
    return Quantity(value=value, unit=unit.strip())


def place_typed(text: str, site: Site, say: Say) -> Slot | None:
    """A moment of the site by its code or its name, a time as 08:00, or `-` for none.

    Raises: `ValueError` for anything else.
    """
    plain = folded(text.strip())
    if plain == NONE:
        return None
    try:
        return Slot(wall_time=time.fromisoformat(plain))
    except ValueError:
        names = {folded(moment_words(moment, say)): moment for moment in site.moments}
    moment = names.get(plain) or next((m for m in Moment if folded(m.value) == plain), None)
    if moment is None:
        rule = say("a place is a time as 08:00 or one of: {names}")
        raise ValueError(rule.format(names=", ".join(sorted(names))))
    return Slot(moment=moment)


def dose_typed(place: str, quantity: str, site: Site, say: Say) -> DoseAt:
    """An intake. Raises: `ValueError` as both of its parts."""
    return DoseAt(place=place_typed(place, site, say), quantity=quantity_typed(quantity, say))


def days_typed(text: str, say: Say) -> Days:
    """`tous les jours`, `lun mer ven`, `2 jours`, `8 heures`, `21/7`. Raises: `ValueError`."""
    plain = folded(text.strip())
    if plain in _DAILY:
        return Days()
    on, bar, off = plain.partition("/")
    if bar and on.isdecimal() and off.isdecimal():
        return Days(rhythm=Rhythm(cycle=Cycle(days_on=int(on), days_off=int(off))))
    length = _length(plain)
    if length is not None:
        times = 1 if length.unit is PeriodUnit.HOUR else None
        frequency = Frequency(times=times, period=length.value, unit=length.unit)
        return Days(rhythm=Rhythm(frequency=frequency))
    known = words_of("weekdays")
    words = plain.replace(",", " ").split()
    if not words or any(word not in known for word in words):
        raise ValueError(say("days are: every day, mon wed fri, 2 days, 2 weeks, 21/7"))
    listed = sorted({Weekday(known[word]) for word in words}, key=lambda day: day.number)
    return Days(rhythm=Rhythm(weekdays=tuple(listed)))


def end_typed(text: str, say: Say) -> Ends:
    """`7 jours`, `2026-03-08` (that day included), or `-` for none. Raises: `ValueError`."""
    plain = folded(text.strip())
    if plain == NONE:
        return Ends()
    length = _length(plain)
    if length is not None:
        return Ends(duration=length)
    try:
        return Ends(end=date.fromisoformat(plain))
    except ValueError:
        rule = say("an end is a length as 7 days, a day as 2026-03-08, or -")
        raise ValueError(rule) from None


def _length(plain: str) -> Duration | None:
    number, _, word = plain.partition(" ")
    unit = words_of("time_units").get(word.strip())
    value = number_of(number) if number.isdecimal() else None
    return Duration(value=value, unit=PeriodUnit(unit)) if value and unit else None


def start_typed(text: str, zone: ZoneInfo, say: Say) -> DateOrInstant:
    """`2026-03-02`, or `2026-03-02 08:00` on the clock of the site.

    Raises: `ValueError`, also for an hour that the change of the clocks has twice or not at all.
    """
    day, _, hour = text.strip().replace("T", " ").partition(" ")
    try:
        stated = date.fromisoformat(day)
        if not hour:
            return stated
        wall = time.fromisoformat(hour)
    except ValueError:
        raise ValueError(say("a start is a day as 2026-03-02, or a day and an hour")) from None
    first, second = (datetime.combine(stated, wall.replace(fold=f), zone) for f in (0, 1))
    if wall.tzinfo is not None or first.utcoffset() != second.utcoffset():
        raise ValueError(say("the clocks change at this hour: state another one"))
    return first
