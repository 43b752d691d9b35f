"""How often: so many a day or a week, every so many hours or days, Latin abbreviations."""

import re
from decimal import Decimal
from functools import cache

from engine.posology.text.forms import (
    ADVERBS,
    END,
    Form,
    Match,
    frequency_of,
    kind_of,
    many,
    number,
    unit,
    unit_of,
    whole,
)
from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import ACTS, abbreviated, any_of, number_pattern, words_of
from schemas.posology import Dose, Frequency
from schemas.quantity import PeriodUnit, Quantity

_EACH = ("tou", "tt", "ts", "chaque", "every", "elke", "iedere")
_ONCE = {"once": 1, "twice": 2, "thrice": 3}


def rhythm_forms() -> tuple[Form, ...]:
    """Frequencies with their amount where both are one form, then frequencies alone."""
    return (*_every_so_often(), *_amounts_in_a_day(), *_so_many())


def _every_so_often() -> tuple[Form, ...]:
    return (
        (r"every (?:other|second|2nd) (?P<unit>day|week)", _every_other),
        (
            r"(?:(?:1|une|one) ?(?:fois|time|x) )?(?:par|per|chaque|each|every|tous les|/) ?"
            r"(?P<turn>trimestre|semestre|quarter)s?\b",
            _in_months,
        ),
        (
            rf"(?:(?:1|une|one) (?:fois|time) |once )?"
            # `2 g/24h` is the amount of a day, like `2 g/j`.
            rf"(?:toutes? les|tte?s? les|tous les|ts les|every|chaque|elke|iedere|/(?! ?24 ?h)|q) ?"
            rf"(?:{many()})? ?(?P<unit>{unit()}){END}",
            _every,
        ),
        (
            rf"(?:1|une|one) ?(?:fois|time|maal|keer|x) (?:par|per) {many()}"
            rf" ?(?P<unit>{unit()}){END}",
            _every,
        ),
    )


def _amounts_in_a_day() -> tuple[Form, ...]:
    number, dose = number_pattern(), any_of("dose_units")
    return (
        (
            rf"(?P<low>{number}) ?(?:x|fois) ?(?P<amount>{number}) ?(?P<dose>{dose})"
            rf" ?(?:/|par|per|a) ?(?:j(?:ours?)?|day|24 ?h){END}",
            _times_dose,
        ),
        (
            rf"{many()} ?(?P<dose>{_acts()}){END}(?: (?:en|par voie) [^\W\d]+(?:-[^\W\d]+)?)?"
            rf" ?(?:par|/|per|a) ?(?P<unit>{unit()}){END}",
            _acted,
        ),
        (r"en (?:1|une)(?: seule)? prises?(?: unique)?\b", kind_of(Kind.ONE_INTAKE)),
        (rf"en (?P<low>{number}) prises?\b(?! par)", _split),
    )


def _so_many() -> tuple[Form, ...]:
    return (
        (rf"x ?(?P<low>\d+) ?(?:fois)? ?(?:/|par) ?(?P<unit>{unit()}){END}", _frequency),
        (
            rf"{many(choice='ou|or|of')} ?(?:fois|prises?|x|times?|mal|maal|keer)\b ?"
            rf"(?:par|/|per|pro|a|an|each|every|dans la|en)? ?(?P<unit>{unit()}|{ADVERBS}){END}",
            _frequency,
        ),
        (
            r"(?P<word>once|twice|thrice)(?: (?:per|a|every|each|in a))? "
            r"(?P<unit>daily|day|weekly|week|monthly|month)\b",
            _once,
        ),
        (rf"(?:{any_of('abbreviations')})(?!\w)", _abbreviation),
        (
            r"(?:par|per|a|pro|/) ?(?P<unit>jour|j|day|dag|tag|24 ?h|24 ?heures|semaine|sem|week|wk"
            rf"|woche|mois|month|monat|an|annee|year){END}"
            rf"|(?P<word>{ADVERBS})\b",
            _total,
        ),
    )


@cache
def _acts() -> str:
    """Units that count what is done, and no amount: two applications a day are twice one."""
    acts = (word for word, unit in words_of("dose_units").items() if unit in ACTS)
    return "|".join(re.escape(word) for word in sorted(acts, key=len, reverse=True))


def _every(found: Match) -> Item | None:
    """`toutes les 8 heures`, `tous les jours`."""
    stated = unit_of(found["unit"])
    if stated is None or (found["low"] is None and found[0].startswith(("/", "q"))):
        return None if stated is not PeriodUnit.DAY else _total(found)
    every = Decimal(1) if found["low"] is None else number(found, "low")
    if every is None:
        return None
    # `tous les jours à 8h et 20h` says on which days, and not that it is once.
    times = None if found[0].startswith(_EACH) and stated is PeriodUnit.DAY and every == 1 else 1
    high = number(found, "high")
    frequency = Frequency(times=times, period=every, period_high=high, unit=stated)
    return Item(Kind.FREQUENCY, frequency=frequency)


def _every_other(found: Match) -> Item:
    """One day, or one week, of two."""
    unit = PeriodUnit.WEEK if found["unit"] == "week" else PeriodUnit.DAY
    return Item(Kind.FREQUENCY, frequency=frequency_of(1, 2, unit))


def _in_months(found: Match) -> Item:
    """`par trimestre`, `une fois par semestre`."""
    months = 6 if found["turn"] == "semestre" else 3
    return Item(Kind.FREQUENCY, frequency=frequency_of(1, months, PeriodUnit.MONTH))


def _times_dose(found: Match) -> Item | None:
    """`3x1g/j`, `2 x 1 cp par jour`: so many times a day, the amount each time."""
    times, amount = whole(found, "low"), number(found, "amount")
    if times is None or amount is None:
        return None
    quantity = Quantity(value=amount, unit=found["dose"])
    frequency = frequency_of(times, 1, PeriodUnit.DAY)
    return Item(Kind.FREQUENCY, frequency=frequency, dose=Dose(low=quantity, high=quantity))


def _frequency(found: Match) -> Item | None:
    """`3 fois par jour`, `3 x/j`."""
    times, stated = whole(found, "low"), unit_of(found["unit"])
    if times is None or stated is None:
        return None
    high = whole(found, "high") if "high" in found.groupdict() else None
    frequency = Frequency(times=times, times_high=high, period=Decimal(1), unit=stated)
    return Item(Kind.FREQUENCY, frequency=frequency)


def _acted(found: Match) -> Item | None:
    """`2 applications par jour`: twice a day, one application each time."""
    item = _frequency(found)
    if item is None:
        return None
    one = Quantity(value=Decimal(1), unit=found["dose"])
    return item._replace(dose=Dose(low=one, high=one))


def _split(found: Match) -> Item | None:
    """`6 comprimés par jour en 3 prises`: the amount of the day, in so many intakes."""
    times = whole(found, "low")
    if not times:
        return None
    return Item(Kind.SPLIT, frequency=frequency_of(times, 1, PeriodUnit.DAY))


def _once(found: Match) -> Item | None:
    """`once daily`, `twice a week`."""
    stated = unit_of(found["unit"])
    if stated is None:
        return None
    return Item(Kind.FREQUENCY, frequency=frequency_of(_ONCE[found["word"]], 1, stated))


def _abbreviation(found: Match) -> Item:
    """A Latin abbreviation of the table."""
    return Item(Kind.FREQUENCY, frequency=abbreviated(found[0]))


def _total(found: Match) -> Item | None:
    """`par jour` alone: once a day, or the total of a day."""
    unit = unit_of(found.groupdict().get("word") or found["unit"])
    return None if unit is None else Item(Kind.TOTAL, frequency=frequency_of(1, 1, unit))
