"""What words name of the product itself: how much it holds, releases or is made of."""

import re
from decimal import Decimal
from functools import cache

from engine.posology.text.forms import END, Form, Match, number
from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import MEASURES, any_of, folded, number_pattern, words_of
from schemas.posology import Dose
from schemas.quantity import Duration, PeriodUnit, Quantity, Strength

PER_TIME = r"min|mn|h|hr|hrs|heures?|hours?"
PER_VOLUME = r"ml|cl|dl|l"
PER_DOSE = r"actuat|actuation|doses?|bouffees?|puffs?|pulverisations?"
_PER_BODY = r"kg|m2|m²"
SHAPES = frozenset(
    ("tablet", "capsule", "patch", "sachet", "ampoule", "suppository", "pessary", "lozenge")
)
"""Targets of the table of dose units that name what a product is, and can stand for one of it."""
_OVER = rf"{PER_TIME}|{PER_VOLUME}|{PER_DOSE}|{_PER_BODY}"


def strength_forms() -> tuple[Form, ...]:
    """Amounts over time, volume, weight or a hundred; of one unit; and how long one is worn."""
    amount, measured = rf"(?P<low>{number_pattern()}) ?", units(measuring=True)
    ranged = rf"(?P<low>{number_pattern()})(?: ?(?:-|a) ?(?P<high>{number_pattern()}))? ?"
    hours = r"(?P<high>24|48|72|96|168) ?(?P<unit>h|heures?|hours?)(?!\w)"
    return (
        (
            rf"{ranged}(?P<measure>(?:{measured})(?= ?(?:/|par |per ))|%)"
            rf"(?: ?{over()}[^\s,;)]*)?",
            _over,
        ),
        (rf"{amount}(?P<measure>{measured}),? ?(?P<dose>{_shapes()}){END}", _named),
        (rf"(?:{amount})?(?P<dose>{_shapes('patch')}),? ?(?:de )?{hours}", _worn),
    )


@cache
def _shapes(*targets: str) -> str:
    """A pattern for the words of what is counted: all shapes, or those of these targets."""
    listed = words_of("dose_units")
    words = [word for word in listed if listed[word] in (targets or SHAPES)]
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def units(*, measuring: bool) -> str:
    """A pattern for the units that measure, or for those that count."""
    listed = words_of("dose_units")
    words = [word for word in listed if (listed[word] in MEASURES) is measuring]
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def over() -> str:
    """A pattern for what an amount stands over: `/h`, `/16h`, `par ml`, `/5 ml`, `/kg`.

    `1 g/8h` says how often; only the 16 and 72 hours for which a patch is worn do not.
    """
    each = rf"(?P<each>(?:16|72)(?= ?h)|{number_pattern()}(?! ?h)(?![\d,.]))"
    return rf"(?:/ ?(?:{each} ?)?|(?:par|per) )(?P<over>{_OVER})(?!\w)"


def strength_of(found: Match, amount: str = "low") -> Strength | None:
    """What a match of an amount and of `over` names; `None` for an amount by weight or surface."""
    value, below = number(found, amount), found.groupdict().get("over")
    if value is None or (below is not None and re.fullmatch(_PER_BODY, below)):
        return None
    each = Decimal(1) if found.groupdict().get("each") is None else number(found, "each")
    if below is not None and not each:
        return None
    return Strength(
        numerator=Quantity(value=value, unit=found["measure"]),
        denominator=None if below is None else Quantity(value=each or 1, unit=below),
    )


def shape_of(item: Item) -> str | None:
    """The word that names what a product is, where it stands without a number: `patch, 1 à 7h`."""
    word = folded(item.said)
    return word if item.kind is Kind.WORD and words_of("dose_units").get(word) in SHAPES else None


@cache
def _amount_over() -> re.Pattern[str]:
    number, unit = number_pattern(), any_of("dose_units")
    each = rf"(?:(?P<each>{number}) ?)?"
    code = r"(?: \[[^]]*\])?"
    return re.compile(
        rf"(?P<low>{number}) ?(?P<measure>{unit}){code} ?/ ?{each}(?P<over>{_OVER}){code}"
    )


def rate_of(text: str) -> Strength | None:
    """`50 mL / 1 h`: the amount by time of a structure, as its sender wrote it."""
    found = _amount_over().fullmatch(" ".join(folded(text).split()))
    return None if found is None else strength_of(found)


def _over(found: Match) -> Item | None:
    """`75 µg/h`, `15 mg/16 h`, `0,05 %`; `10 mg/kg` and a range name no strength."""
    if found["over"] is None and found["measure"] != "%":
        return None
    return Item(Kind.RATE, strength=None if found["high"] else strength_of(found))


def _named(found: Match) -> Item | None:
    """`40 mg tablets`, `500 mg, comprimé`: what one holds, and the unit of bare numbers after."""
    numerator = strength_of(found)
    if numerator is None:
        return None
    one = Quantity(value=Decimal(1), unit=found["dose"])
    return Item(
        Kind.NAMED,
        dose=Dose(low=numerator.numerator, high=numerator.numerator),
        strength=numerator.model_copy(update={"denominator": one}),
        unit=found["dose"],
    )


def _worn(found: Match) -> Item | None:
    """`patch 72h`: how long one is worn; no time of the clock is so late."""
    length = Duration(value=Decimal(found["high"]), unit=PeriodUnit.HOUR)
    item = Item(Kind.LASTS, length=length, unit=found["dose"])
    low = number(found, "low")
    if found["low"] is None or low is None:
        return item if found["low"] is None else None
    counted = Quantity(value=low, unit=found["dose"])
    return item._replace(kind=Kind.DOSE, dose=Dose(low=counted, high=counted))
