"""What the forms of a posology text are made of: parts of patterns, and what a match holds."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import any_of, number_of, number_pattern, words_of
from schemas.base import is_whole
from schemas.posology import Frequency
from schemas.quantity import Duration, PeriodUnit

Match = re.Match[str]
Reader = Callable[[Match], Item | None]
Form = tuple[str, Reader]
"""A pattern over folded text, and what a match of it says; `None`: it only nearly fits."""
END = r"(?![^\W\d_])"
"""No letter follows: a short word is not the beginning of a longer one."""
CLAUSE = (
    r"[^.;\n]*?(?=$|[.;\n]| - |, (?:avec|sans|pendant|en respectant|\d)"
    r"|\)|\b(?:pendant|puis|ensuite|then|dann?)\b)"
)
"""The rest of what is said: up to a stop, or to words that open something else."""
_UNITS = {
    **dict.fromkeys(("daily", "quotidien", "taglich", "tagl", "tgl", "dagelijks"), PeriodUnit.DAY),
    **dict.fromkeys(("24 h", "24h", "24 heures", "24heures"), PeriodUnit.DAY),
    **dict.fromkeys(("weekly", "hebdo", "wochentlich", "wekelijks"), PeriodUnit.WEEK),
    **dict.fromkeys(("monthly", "mensuel", "monatlich", "maandelijks"), PeriodUnit.MONTH),
}
ADVERBS = (
    r"daily|weekly|monthly|quotidien\w*|hebdo\w*|mensuel\w*"
    r"|taglich|tagl|tgl|wochentlich|monatlich|dagelijks|wekelijks|maandelijks"
)
"""Words that say a unit of time and "each" in one."""


@cache
def unit() -> str:
    """A unit of time as people write it; `s` and `a` alone are the end of another word."""
    listed = any_of("time_units").split("|")
    return "|".join(word for word in listed if word not in ("s", "a"))


@cache
def many(choice: str = "ou|or") -> str:
    """A number or a range; `choice` are the words for "or" between both ends."""
    number = number_pattern()
    return rf"(?P<low>{number})(?: ?(?:-|a|to|{choice}) ?(?P<high>{number}))?"


def kind_of(kind: Kind) -> Reader:
    """A reader of what says no more than its kind."""
    return lambda found: Item(kind)


noise = kind_of(Kind.NOISE)
"""A reader of words that change nothing."""


def number(found: Match, name: str) -> Decimal | None:
    """The number in a group of the match; `None` where there is none."""
    given = found.groupdict().get(name)
    return None if given is None else number_of(given)


def whole(found: Match, name: str) -> int | None:
    """The whole number in a group of the match."""
    stated = number(found, name)
    if stated is None or not is_whole(stated):
        return None
    return int(stated)


def unit_of(word: str) -> PeriodUnit | None:
    """The unit of time that a word names, alone or with "each"."""
    known = words_of("time_units").get(word)
    if known is not None:
        return PeriodUnit(known)
    return next((unit for name, unit in _UNITS.items() if word.startswith(name)), None)


def frequency_of(times: int, every: int | Decimal, unit: PeriodUnit) -> Frequency:
    """`times` in each `every` units."""
    return Frequency(times=times, period=Decimal(every), unit=unit)


def length(found: Match) -> Item | None:
    """A length of time, of the treatment unless its form says otherwise."""
    low, high, unit = number(found, "low"), number(found, "high"), unit_of(found["unit"])
    if low is None or unit is None:
        return None
    longest = None if high is None else Duration(value=high, unit=unit)
    return Item(Kind.LENGTH, length=Duration(value=low, unit=unit), length_high=longest)


def length_as(kind: Kind) -> Reader:
    """A reader of a length of time that is of something else than the treatment."""

    def read(found: Match) -> Item | None:
        item = length(found)
        return None if item is None else item._replace(kind=kind)

    return read
