"""When within a week and a day: weekdays, moments, times of the clock."""

import re
from datetime import time
from decimal import Decimal
from functools import cache

from engine.posology.text.forms import END, Form, Match, number, unit
from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import any_of, number_pattern, words_of
from schemas.base import is_whole
from schemas.moment import Moment, MomentTime
from schemas.posology import Weekday

_SHORT_DAY = 3
_FRENCH_SHORT = frozenset({"lun", "mar", "mer", "jeu", "ven", "sam", "dim"})
"""Read only where several stand together: `mer` alone is the sea."""
_TWO_LETTERS = dict(zip(("lu", "ma", "me", "je", "ve", "sa", "di"), Weekday, strict=True))
_NOON = 12
_HOUR = Decimal(60)


def place_forms() -> tuple[Form, ...]:
    """Clock times before weekdays, weekdays before moments: the longer words first."""
    return (*_clocks(), *_weekdays(), *_moments())


def _clocks() -> tuple[Form, ...]:
    hour = r"(?P<hour>[01]?\d|2[0-3])"
    # In `8 h 30 gouttes` the second number counts something else.
    counted = rf"(?:{any_of('dose_units')}|{unit()}|fois|x){END}|[%/]|[.,-]\d"
    minute = rf"(?P<minute>[0-5]\d| (?:00|15|30|45)(?! ?(?:{counted})))?\b"
    waited = r"(?<!apres )(?<!dans )(?<!nach )(?<!after )"
    # `2 h avant le fer`, `4 heures minimum`: a length of time; `18h avant les repas` is an hour.
    near = (
        r"(?! ?[0-6] ?(?:h|heures?) (?:avant|apres|before|after)\b)"
        r"(?! ?\d{1,2} ?(?:h|heures?) (?:de|min\w*|entre)\b)"
    )
    return (
        (
            rf"(?:a |at |um |om |vers )?{hour}:(?P<minute>[0-5]\d)(?::[0-5]\d)?\b"
            r"(?: ?(?P<half>am|pm)\b)?",
            _clock,
        ),
        (r"(?:a |at )?(?P<hour>1?\d) ?(?P<half>am|pm)\b", _clock),
        (r"(?:at )?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d) ?(?:hours|hrs)\b", _clock),
        (rf"(?:a|vers|(?:et|,){near}) ?{hour} ?(?:h|heures?){minute}", _clock),
        (rf"{waited}{near}{hour} ?h{minute}", _clock),
    )


def _weekdays() -> tuple[Form, ...]:
    named, short, two = any_of("weekdays"), _short_days(), "|".join(_TWO_LETTERS)
    long_named = "|".join(word for word in named.split("|") if word not in _FRENCH_SHORT)
    return (
        (
            rf"(?:{short})\b\.?(?:(?:,| et|,? and|/)? ?(?:{short})\b\.?)+",
            _listed_weekdays,
        ),
        (rf"(?!je me\b)(?:{two})\b(?:[ ,/-]{{1,2}}(?:et )?(?:{two})\b)+", _listed_weekdays),
        (rf"(?:du |from )(?P<first>{named}) (?:au|to) (?P<last>{named})\b", _span_of_weekdays),
        (r"(?:le |les |tous les |at |on |every )?(?:the )?week-?ends?\b", _weekend),
        (rf"(?:le |les |tous les |chaque |on |every |op |am )?(?P<first>{long_named})\b", _weekday),
    )


def _moments() -> tuple[Form, ...]:
    moments = any_of("moments")
    return (
        (
            rf"(?:(?P<minutes>{number_pattern()}) ?(?:min|minutes?)|(?P<hours>{number_pattern()})"
            r" ?(?:h|heures?|hours?)|(?P<half>une demi-heure|(?:half|1/2) an hour)|an hour) "
            rf"(?P<moment>(?=avant|apres|before|after)(?:{moments}))\b",
            _moment_apart,
        ),
        (
            rf"(?:(?:le|la|les|au|a|tous les|chaque|every|each) )?(?P<moment>{moments})\b",
            _moment,
        ),
        (r"(?P<four>m ?- ?m ?- ?s(?: ?- ?c)?|mmsc?)(?![\w-])", _initials),
    )


@cache
def _short_days() -> str:
    """The weekdays in three letters, that are words of their own unless several stand together."""
    return "|".join(word for word in any_of("weekdays").split("|") if len(word) == _SHORT_DAY)


def _clock(found: Match) -> Item | None:
    """A time of the clock."""
    hour, groups = int(found["hour"]), found.groupdict()
    if groups.get("half") and not 1 <= hour <= _NOON:
        return None
    if groups.get("half"):
        hour = hour % _NOON + (_NOON if found["half"] == "pm" else 0)
    return Item(Kind.CLOCK, clock=time(hour, int(groups.get("minute") or 0)))


def _span_of_weekdays(found: Match) -> Item:
    """`du lundi au vendredi`."""
    first, last = (Weekday(words_of("weekdays")[found[name]]).number for name in ("first", "last"))
    days = tuple(Weekday)
    span = (last - first) % len(days) + 1
    listed = tuple(days[(first + place) % len(days)] for place in range(span))
    return Item(Kind.WEEKDAY, weekdays=listed)


def _listed_weekdays(found: Match) -> Item:
    """`lun mer ven`, `mon, wed`, `lu-me-ve`."""
    known = {**words_of("weekdays"), **_TWO_LETTERS}
    listed = (known[word] for word in re.findall(r"[a-z]+", found[0]) if word in known)
    return Item(Kind.WEEKDAY, weekdays=tuple(map(Weekday, listed)))


def _weekend(found: Match) -> Item:
    """`le week-end`."""
    return Item(Kind.WEEKDAY, weekdays=(Weekday.SATURDAY, Weekday.SUNDAY))


def _weekday(found: Match) -> Item:
    """One weekday."""
    return Item(Kind.WEEKDAY, weekdays=(Weekday(words_of("weekdays")[found["first"]]),))


def _moment(found: Match) -> Item:
    """A moment of the day."""
    moment = MomentTime(moment=Moment(words_of("moments")[found["moment"]]))
    return Item(Kind.MOMENT, moments=(moment,))


def _moment_apart(found: Match) -> Item | None:
    """`30 min avant le petit-déjeuner`, `une demi-heure avant`, `an hour before food`."""
    minutes, hours = number(found, "minutes"), number(found, "hours")
    if minutes is None:
        minutes = _HOUR / 2 if found["half"] else _HOUR * (1 if hours is None else hours)
    if not is_whole(minutes):
        return None
    moment = Moment(words_of("moments")[found["moment"]])
    stated = MomentTime(moment=moment, offset_minutes=int(minutes))
    return Item(Kind.MOMENT, moments=(stated,))


def _initials(found: Match) -> Item:
    """`M-M-S-C`: matin, midi, soir, coucher."""
    named = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)
    count = sum(letter.isalpha() for letter in found["four"])
    return Item(Kind.MOMENT, moments=tuple(MomentTime(moment=moment) for moment in named[:count]))
