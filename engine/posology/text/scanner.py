"""Cuts a posology text into items: the first form that fits takes its stretch of the text."""

import re
from functools import cache

from engine.posology.text.items import Item, Kind
from engine.posology.text.leftover import is_known
from engine.posology.text.lexicon import any_of, folded
from engine.posology.text.patterns import any_form, form, forms

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)?")


def items_of(text: str) -> tuple[Item, ...]:
    """The items of a text, in order; what no form fits is a word of its own."""
    plain, places = _squeezed(text)
    items: list[Item] = []
    place, small = 0, any(map(str.islower, text))
    while place < len(plain):
        if plain[place].isspace():
            place += 1
            continue
        after_word = not items or items[-1].kind is Kind.WORD
        named = _names().match(text, places[place]) if small else None
        if named is not None and not is_known(folded(named["name"])):
            item, end = Item(Kind.NOISE), place + len(named[0])
        else:
            item, end = _next(plain, place, after_word=after_word)
        items.append(item._replace(said=text[places[place] : places[end]].strip()))
        place = end
    return tuple(items)


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The folded text with one blank for several, and the place of each letter in the text."""
    plain = folded(text)
    kept = [
        place
        for place, letter in enumerate(plain)
        if letter != " " or place == 0 or plain[place - 1] != " "
    ]
    return "".join(plain[place] for place in kept), [*kept, len(text)]


@cache
def _names() -> re.Pattern[str]:
    """`STU3`, `HER2`: a figure that is part of a name in capitals, and counts nothing after it."""
    counted = rf"{any_of('dose_units')}|{any_of('time_units')}|fois|times?|x"
    return re.compile(rf"(?<!\w)(?P<name>[A-Z]{{3,}})\d{{1,2}}(?![\w/]|[.,]\d| (?i:{counted})\b)")


def _next(plain: str, place: int, *, after_word: bool) -> tuple[Item, int]:
    inside = _is_inside(plain, place, after_word=after_word)
    fitting = None if inside else any_form().match(plain, place)
    rank = len(forms()) if fitting is None else int(str(fitting.lastgroup)[1:])
    while rank < len(forms()):
        pattern, read = form(rank)
        found = pattern.match(plain, place)
        item = read(found) if found is not None and found.end() > place else None
        if item is not None and found is not None:
            return item, found.end()
        rank += 1
    word = _WORD.match(plain, place)
    return Item(Kind.WORD), word.end() if word else place + 1


def _is_inside(plain: str, place: int, *, after_word: bool) -> bool:
    """Whether the place is amid a word: a letter after a letter, a figure after one of `G5`.

    In `1cpx2/j` the amount ends before its `x`.
    """
    if place == 0 or not plain[place - 1].isalpha():
        return False
    return after_word and plain[place].isalnum()
