"""What each form of a posology text says: one function a form, from the match to an item.

A form that only nearly fits gives nothing, and its words are left unread.
"""

import re
from collections.abc import Callable
from datetime import time
from decimal import Decimal

from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import number_of, words_of
from schemas.moment import Moment, MomentTime
from schemas.posology import Cycle, Dose, Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity

Match = re.Match[str]
Reader = Callable[[Match], Item | None]
_UNITS = {
    **dict.fromkeys(("daily", "quotidien", "24 h", "24h", "24 heures", "24heures"), PeriodUnit.DAY),
    **dict.fromkeys(("weekly", "hebdomadaire"), PeriodUnit.WEEK),
    **dict.fromkeys(("monthly", "mensuel"), PeriodUnit.MONTH),
}
_ONCE = {"once": 1, "twice": 2, "thrice": 3}
_NOON = 12
_CHANGES = (
    r"arret|stop|suspend|doubl|augment|dimin|reduc|passer|prendre|prenez|take|increas|nehmen"
    r"|absetz|erhoh|\d ?(?:cp|comp|tab|gel|mg)"
)
"""Words with which the advice to ask a doctor is one on the dose too."""
_LONG_CYCLE = 14
"""Below this many days, "n days on m" may leave the days to the patient: it is not a cycle."""


def kind_of(kind: Kind) -> Reader:
    """A reader of what says no more than its kind."""
    return lambda found: Item(kind, "")


def noise(found: Match) -> Item:
    """Words that change nothing."""
    return Item(Kind.NOISE, "")


def advice(found: Match) -> Item | None:
    """`si fièvre, appeler le médecin`: what to do, unless it says to stop or to change."""
    changes = re.search(_CHANGES, found[0])
    return None if changes else Item(Kind.NOISE, "")


def ceiling(found: Match) -> Item:
    """A maximum or a minimum gap: kept as text."""
    return Item(Kind.CEILING, "")


def as_needed(found: Match) -> Item:
    """A condition: kept as text."""
    return Item(Kind.AS_NEEDED, "")


def _number(found: Match, name: str) -> Decimal | None:
    given = found.groupdict().get(name)
    return None if given is None else number_of(given)


def _whole(found: Match, name: str) -> int | None:
    number = _number(found, name)
    if number is None or number != number.to_integral_value():
        return None
    return int(number)


def _unit(found: Match) -> PeriodUnit | None:
    word = found["unit"]
    known = words_of("time_units").get(word) or _UNITS.get(word)
    return None if known is None else PeriodUnit(known)


def scheme(found: Match) -> Item | None:
    """`1-0-1` and `1-0-1-0`: morning, noon, evening and bedtime."""
    numbers = [_number(found, name) for name in ("q1", "q2", "q3", "q4") if found[name]]
    doses = tuple(number for number in numbers if number is not None)
    return Item(Kind.SCHEME, "", doses=doses) if len(doses) == len(numbers) else None


def _frequency_of(times: int, every: int | Decimal, unit: PeriodUnit) -> Frequency:
    return Frequency(times=times, period=Decimal(every), unit=unit)


def every_other(found: Match) -> Item | None:
    """One day, or one week, of two."""
    weekly = re.search(r"semaine|sem|week", found[0]) is not None
    unit = PeriodUnit.WEEK if weekly else PeriodUnit.DAY
    return Item(Kind.FREQUENCY, "", frequency=_frequency_of(1, 2, unit))


def cycle(found: Match) -> Item | None:
    """`21 jours sur 28`."""
    on, length = _whole(found, "low"), _whole(found, "high")
    if on is None or length is None or not on < length or length < _LONG_CYCLE:
        return None
    return Item(Kind.CYCLE, "", cycle=Cycle(days_on=on, days_off=length - on))


def rest(found: Match) -> Item | None:
    """`puis arrêt 2 jours`: the days without, after the days with."""
    item = length(found)
    return None if item is None else item._replace(kind=Kind.REST)


def again(found: Match) -> Item | None:
    """`recommencer le cycle de 7 jours`: it has a length or says none."""
    if found["low"] is None:
        return Item(Kind.AGAIN, "")
    item = length(found)
    return None if item is None else item._replace(kind=Kind.AGAIN)


def repeated(found: Match) -> Item:
    """`à répéter sur le mois`: for one month."""
    return Item(Kind.LENGTH, "", length=Duration(value=Decimal(1), unit=PeriodUnit.MONTH))


def between(found: Match) -> Item:
    """`du 05/01/2026 au 11/01/2026`: both days."""
    return Item(Kind.BETWEEN, "", days=(found["first"], found["last"]))


def length(found: Match) -> Item | None:
    """How long the treatment lasts."""
    low, high, unit = _number(found, "low"), _number(found, "high"), _unit(found)
    if low is None or unit is None:
        return None
    longest = None if high is None else Duration(value=high, unit=unit)
    return Item(Kind.LENGTH, "", length=Duration(value=low, unit=unit), length_high=longest)


def lasts(found: Match) -> Item | None:
    """`en 20 min`, `sur 12 h`: how long one intake lasts."""
    item = length(found)
    return None if item is None else item._replace(kind=Kind.LASTS)


def every(found: Match) -> Item | None:
    """`toutes les 8 heures`, `tous les jours`."""
    unit = _unit(found)
    if unit is None or (found["low"] is None and found[0].startswith(("/", "q"))):
        return None if unit is not PeriodUnit.DAY else total(found)
    every = Decimal(1) if found["low"] is None else _number(found, "low")
    if every is None:
        return None
    stated = Frequency(times=1, period=every, period_high=_number(found, "high"), unit=unit)
    return Item(Kind.FREQUENCY, "", frequency=stated)


def times_dose(found: Match) -> Item | None:
    """`3x1g/j`: three times a day, one gram each time."""
    times, amount = _whole(found, "low"), _number(found, "amount")
    if times is None or amount is None:
        return None
    quantity = Quantity(value=amount, unit=found["dose"])
    frequency = _frequency_of(times, 1, PeriodUnit.DAY)
    return Item(Kind.FREQUENCY, "", frequency=frequency, dose=Dose(low=quantity, high=quantity))


def frequency(found: Match) -> Item | None:
    """`3 fois par jour`, `3 x/j`."""
    times, unit = _whole(found, "low"), _unit(found)
    if times is None or unit is None:
        return None
    high = _whole(found, "high") if "high" in found.groupdict() else None
    stated = Frequency(times=times, times_high=high, period=Decimal(1), unit=unit)
    return Item(Kind.FREQUENCY, "", frequency=stated)


def acts(found: Match) -> Item | None:
    """`2 applications par jour`: twice a day, one application each time."""
    item = frequency(found)
    if item is None:
        return None
    one = Quantity(value=Decimal(1), unit=found["dose"])
    return item._replace(dose=Dose(low=one, high=one))


def split(found: Match) -> Item | None:
    """`6 comprimés par jour en 3 prises`: the amount of the day, in so many intakes."""
    times = _whole(found, "low")
    if not times:
        return None
    return Item(Kind.SPLIT, "", frequency=_frequency_of(times, 1, PeriodUnit.DAY))


def once(found: Match) -> Item | None:
    """`once daily`, `twice a week`."""
    unit = _unit(found)
    if unit is None:
        return None
    return Item(Kind.FREQUENCY, "", frequency=_frequency_of(_ONCE[found["word"]], 1, unit))


def abbreviation(found: Match) -> Item:
    """A Latin abbreviation of the table."""
    times, _, length = words_of("abbreviations")[found[0]].partition("/")
    period, _, unit = length.partition(" ")
    stated = _frequency_of(int(times), Decimal(period), PeriodUnit(unit))
    return Item(Kind.FREQUENCY, "", frequency=stated)


def total(found: Match) -> Item | None:
    """`par jour` alone: once a day, or the total of a day."""
    word = found.groupdict().get("word") or found["unit"]
    for name, unit in _UNITS.items():
        if word.startswith(name):
            return Item(Kind.TOTAL, "", frequency=_frequency_of(1, 1, unit))
    known = words_of("time_units").get(word)
    if known is None:
        return None
    return Item(Kind.TOTAL, "", frequency=_frequency_of(1, 1, PeriodUnit(known)))


def clock(found: Match) -> Item | None:
    """A time of the clock."""
    hour, groups = int(found["hour"]), found.groupdict()
    if groups.get("half") and not 1 <= hour <= _NOON:
        return None
    if groups.get("half"):
        hour = hour % _NOON + (_NOON if found["half"] == "pm" else 0)
    return Item(Kind.CLOCK, "", clock=time(hour, int(groups.get("minute") or 0)))


def weekdays(found: Match) -> Item:
    """`du lundi au vendredi`."""
    first, last = (Weekday(words_of("weekdays")[found[name]]).number for name in ("first", "last"))
    days = tuple(Weekday)
    span = (last - first) % len(days) + 1
    listed = tuple(days[(first + place) % len(days)] for place in range(span))
    return Item(Kind.WEEKDAY, "", weekdays=listed)


def listed_weekdays(found: Match) -> Item:
    """`lun mer ven`, `mon, wed`."""
    known = words_of("weekdays")
    listed = (known[word] for word in re.findall(r"[a-z]+", found[0]) if word in known)
    return Item(Kind.WEEKDAY, "", weekdays=tuple(map(Weekday, listed)))


def weekday(found: Match) -> Item:
    """One weekday."""
    return Item(Kind.WEEKDAY, "", weekdays=(Weekday(words_of("weekdays")[found["first"]]),))


def moment(found: Match) -> Item | None:
    """A moment of the day, perhaps with minutes before or after it."""
    code = words_of("moments").get(found["moment"])
    if code is None:
        return None
    groups = found.groupdict()
    offset = None
    if "before" in groups:
        before = Decimal(30) if groups["before"] is None else number_of(groups["before"])
        offset = None if before is None else int(before)
    return Item(Kind.MOMENT, "", moment=MomentTime(moment=Moment(code), offset_minutes=offset))


def dose(found: Match) -> Item | None:
    """An amount with its unit."""
    low, high = _number(found, "low"), _number(found, "high")
    if low is None:
        return None
    if found["half"]:
        low, high = low + Decimal("0.5"), None
    amounts = [Quantity(value=value, unit=found["dose"]) for value in (low, high or low)]
    return Item(Kind.DOSE, "", dose=Dose(low=amounts[0], high=amounts[1]))


def bare(found: Match) -> Item | None:
    """A number without a unit."""
    low, high = _number(found, "low"), _number(found, "high")
    if low is None:
        return None
    amounts = [Quantity(value=value) for value in (low, high or low)]
    return Item(Kind.NUMBER, "", dose=Dose(low=amounts[0], high=amounts[1]))
