"""The words of posologies, from the tables of `mappings/posology`: French first, English too.

Text is folded letter by letter (small letters, no accents, plain quotes and dashes), so that
every place in the folded text is the same place in the text as sent.
"""

import re
import unicodedata
from decimal import Decimal
from functools import cache

from mappings.catalogue import table
from schemas.posology import Frequency
from schemas.quantity import PeriodUnit

_PLAIN = {"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "×": "x"}
_SIGNS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333333", "⅔": "0.666667"}
ACTS = frozenset({"application", "injection"})
"""Targets of the table of dose units that are something done, and no amount."""
MEASURES = frozenset(("mg", "g", "ug", "kg", "mL", "L", "cL", "[IU]", "mmol", "meq"))
"""Targets of the table of dose units that measure; the others count."""
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
_DIGITS = 6  # the ANS guide writes a third with six decimals


def folded(text: str) -> str:
    """The text in small letters without accents, of the same length."""
    return "".join(map(_folded, text))


@cache
def _folded(letter: str) -> str:
    if letter in _PLAIN:
        return _PLAIN[letter]
    if letter in _SIGNS:
        return letter
    base = unicodedata.normalize("NFD", letter)[0].lower()
    if base.isspace():
        return " "
    return base if len(base) == 1 else letter


@cache
def words_of(name: str) -> dict[str, str]:
    """The table `posology/<name>`: each word, folded, and what it is."""
    return {folded(row.code): row.target for row in table(f"posology/{name}")}


def abbreviated(word: str) -> Frequency | None:
    """What a Latin abbreviation of the table says: `bid` is twice a day."""
    found = words_of("abbreviations").get(word)
    if found is None:
        return None
    times, _, turn = found.partition("/")
    period, _, unit = turn.partition(" ")
    return Frequency(times=int(times), period=Decimal(period), unit=PeriodUnit(unit))


@cache
def any_of(name: str) -> str:
    """A pattern for any word of a table, the longest first."""
    listed = sorted(words_of(name), key=len, reverse=True)
    return "|".join(re.escape(word) for word in listed)


@cache
def number_pattern() -> str:
    """A pattern for one number: 1, 12 000, 0,5, 1/2, ½, 1 1/2, a word; without a group."""
    signs = "".join(_SIGNS)
    openings = "".join(sorted({word[0] for word in words_of("numbers")}))
    return (
        # Most words are no number: their first letter says so before any form is tried.
        rf"(?=[\d{signs}{openings}])(?:{_THOUSANDS.pattern}(?!\d)"
        rf"|\d+ \d/\d(?!\d)|\d+ ?[{signs}]|\d{{1,2}}/\d{{1,2}}(?!\d)|\d+(?:[.,]\d+)?|[{signs}]"
        rf"|(?<!\w)(?:{any_of('numbers')})(?!\w))"
    )


def number_of(text: str) -> Decimal | None:
    """The value of a number that `number_pattern` found; `None` for a division by zero."""
    word = words_of("numbers").get(text.strip())
    if word is not None:
        return Decimal(word)
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(" ", ""))
    for sign, value in _SIGNS.items():
        if sign in text:
            whole = text.replace(sign, "").strip()
            return Decimal(whole or 0) + Decimal(value)
    whole, _, part = text.rpartition(" ")
    top, bar, bottom = part.replace(",", ".").partition("/")
    if not bar:
        return Decimal(top)
    if not int(bottom):
        return None
    share = (Decimal(top) / Decimal(bottom)).quantize(Decimal(10) ** -_DIGITS).normalize()
    return Decimal(whole or 0) + share
