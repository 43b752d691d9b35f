"""What is known of a line's product when its texts are compared: its name and its strength."""

import re
from collections.abc import Iterable
from functools import lru_cache

from engine.posology.text.forms import END
from engine.posology.text.items import Kind
from engine.posology.text.lexicon import any_of, folded, number_pattern
from engine.posology.text.scanner import items_of
from schemas.prescription import Product
from schemas.quantity import Strength

_LEAST = 4
"""A name of fewer letters may stand in a text by chance."""


def strengths_of(product: Product) -> tuple[Strength, ...]:
    """The strengths as stated, else the one amount that the product's name gives.

    `DOLIPRANE 500 mg, comprimé` holds 500 mg in one, `EXEMPLE 75 µg/h` releases them; a name with
    two amounts states no strength of one unit.
    """
    if product.strengths or not product.text:
        return product.strengths
    return _named(product.text)


@lru_cache(maxsize=4096)
def _named(name: str) -> tuple[Strength, ...]:
    """The strength that a name gives; a pharmacy meets a few thousand names over and over."""
    named = [item for item in items_of(name) if item.kind not in (Kind.WORD, Kind.NOISE)]
    if len(named) != 1:
        return ()
    only = named[0]
    if only.kind in (Kind.RATE, Kind.NAMED):
        return () if only.strength is None or "+" in name else (only.strength,)
    amount = only.dose.exact if only.kind is Kind.DOSE and only.dose else None
    plain = amount is not None and not any(sign in name for sign in "/+")
    return (Strength(numerator=amount),) if plain and amount is not None else ()


def without_name(text: str, product: Product) -> str:
    """The text without the product's own name, whose figures say nothing of how it is taken."""
    names = [product.text, *(code.display for code in product.codes)]
    kept = text
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        place = folded(kept).find(folded(name))
        if place >= 0 and sum(map(str.isalpha, name)) >= _LEAST:
            kept = f"{kept[:place]} {kept[place + len(name) :]}"
    return kept if kept != text else _without_opening(text, names)


def _without_opening(text: str, names: Iterable[str | None]) -> str:
    """`EXEMPLE 75 : 1 cp`, `EXEMPLE 500 mg 1-0-1`: the name's first words, before an amount.

    A figure without its unit is left where nothing separates it from the amount.
    """
    number, dose = number_pattern(), any_of("dose_units")
    amount = rf"(?={number} ?(?:{dose}){END}|\d ?[-.] ?\d ?[-.] ?\d)"
    opening = re.compile(rf"([^\W\d_]{{{_LEAST},}} {number})( ?(?:{dose}){END})?")
    for name in filter(None, names):
        given = opening.match(folded(name))
        if given is not None:
            bare = rf"{re.escape(given[1])} ?[:,] ?"
            whole = rf"{re.escape(given[0])} ?[:,]? ?|" if given[2] else ""
            found = re.match(rf"(?:{whole}{bare}){amount}", folded(text))
            if found is not None:
                return text[found.end() :]
    return text
