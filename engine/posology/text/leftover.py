"""Which words of a text may matter when no form accounts for them.

A number, a unit, a day, a condition, an end, an exception, an order, a choice or a maximum: the
rest may be said in any words, and changes nothing.
"""

from functools import cache

from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import folded, words_of

_ARTICLES = frozenset({"un", "une", "one"})
_TABLES = ("dose_units", "time_units", "weekdays", "moments", "abbreviations")
_ALSO_WORDS = frozenset(
    ("a", "s", "d", "an", "ans", "g", "gr", "l", "u", "cap", "mar", "mer", "sam", "sat", "sun")
)
"""Units and days in a letter or two that stand for themselves only beside a number."""


def matters(item: Item) -> bool:
    """Whether an item that has no place may change the plan."""
    word = folded(item.said)
    if any(letter.isdigit() for letter in word):
        return True
    if item.kind is Kind.NUMBER:
        return word not in _ARTICLES
    return any(kind_of_word(part) for part in (word, *word.split("'")))


def kind_of_word(word: str) -> str | None:
    """What a folded word is about: its kind in the table of triggers, else its table."""
    return _kinds().get(word)


def is_known(word: str) -> bool:
    """Whether a folded word is in any table: of units, times, numbers, or triggers."""
    return word in _ALSO_WORDS or word in words_of("numbers") or kind_of_word(word) is not None


@cache
def _kinds() -> dict[str, str]:
    named = {
        word: table
        for table in reversed(_TABLES)
        for word in words_of(table)
        if word not in _ALSO_WORDS and " " not in word
    }
    return {**named, **words_of("triggers")}
