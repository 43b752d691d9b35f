"""Whether two amounts are one: in one unit, in two of one measure, or by a product's strength."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from engine.posology.text.forms import unit_of
from engine.posology.text.lexicon import ACTS, MEASURES, folded, words_of
from engine.posology.units import comparable, measure_of
from schemas.posology import Dose
from schemas.quantity import PeriodUnit, Quantity, Strength

Strengths = Sequence[Strength]
_HOURS = {PeriodUnit.MINUTE: Decimal(1) / 60, PeriodUnit.DAY: Decimal(24)}
_ROUNDING = Decimal("0.005")  # senders write a third with two to six decimals


def same_dose(said: Dose, stated: Dose, strengths: Strengths = ()) -> bool:
    """Whether a text and a structure state the same amounts, in units that do not disagree.

    One application or injection is whatever amount the structure gives for one intake. Units
    that measure different things are compared by the strength of the product, where it has one.
    """
    if _is_one_act(said):
        return True
    ends = ((said.low, stated.low), (said.high, stated.high))
    return all(_same(left, right, strengths) for left, right in ends)


def in_words(quantity: Quantity) -> Quantity:
    """The amount in the unit that the table of dose units knows, or without a unit."""
    return Quantity(value=quantity.value, unit=_known_unit(quantity.unit, quantity.code))


@lru_cache(maxsize=512)
def _known_unit(unit: str | None, code: str | None) -> str | None:
    known = words_of("dose_units")
    label = folded(unit or "")
    named = (label, label.partition(" ")[0].strip("{}()"), folded(code or ""))
    return next((known[name] for name in named if name in known), None)


def measures(quantity: Quantity) -> bool:
    """Whether the unit measures a substance; the others count."""
    return in_words(quantity).unit in MEASURES


def is_time(quantity: Quantity | None) -> bool:
    """Whether a strength is by time: 75 µg in an hour is what a patch releases."""
    return (
        quantity is not None and unit_of(folded(quantity.unit or quantity.code or "")) is not None
    )


def is_share(strength: Strength) -> bool:
    """Whether it is a share of the product: 1 %."""
    return strength.numerator.unit_label == "%"


def same_strength(one: Strength, other: Strength) -> bool | None:
    """Whether two strengths are one; `None` where they are of different measures.

    Both in one unit of a product, by time, by volume, or in a hundred.
    """
    amounts = (in_words(one.numerator), in_words(other.numerator))
    if is_share(one) is not is_share(other) or not comparable(*amounts):
        return None
    below = [_base_of(strength.denominator) for strength in (one, other)]
    if below[0][0] != below[1][0]:
        return None
    parts = zip(amounts, below, strict=True)
    left, right = (measure_of(amount)[1] / each for amount, (_, each) in parts)
    return _close(left, right)


def _base_of(below: Quantity | None) -> tuple[str, Decimal]:
    """What an amount stands in: hours, a volume or a mass, or so many units of the product."""
    if below is None:
        return "", Decimal(1)
    unit = unit_of(folded(below.unit_label or ""))
    if unit is not None:
        return "time", below.value * _HOURS.get(unit, Decimal(1))
    if measures(below):
        return measure_of(in_words(below))
    return "", below.value


def by_strength(one: Quantity, other: Quantity, strengths: Strengths) -> bool | None:
    """Whether both are one amount of a product: 2 tablets and 1000 mg, of 500 mg in a tablet.

    `None` where that cannot be known: no strength, several substances, or other units.
    """
    if len(strengths) != 1 or not strengths[0].numerator.value or is_share(strengths[0]):
        return None
    strength, below = strengths[0], strengths[0].denominator
    for counted, amount in ((one, other), (other, one)):
        if not comparable(in_words(amount), in_words(strength.numerator)):
            continue
        if _is_counted_by(counted, below):
            # A patch gives its strength by time: one of 15 mg in 16 h is an intake of 15 mg.
            per = strength.numerator.value / (below.value if below and not is_time(below) else 1)
            made = strength.numerator.model_copy(update={"value": counted.value * per})
            return _close(measure_of(in_words(made))[1], measure_of(in_words(amount))[1])
    return None


def is_strength(quantity: Quantity, strengths: Strengths) -> bool:
    """Whether an amount is what one unit of the product holds: it names the product."""
    if len(strengths) != 1 or is_share(strengths[0]) or not _is_of_one(strengths[0].denominator):
        return False
    return _same(quantity, strengths[0].numerator, ())


def _is_of_one(below: Quantity | None) -> bool:
    return below is None or is_time(below) or (below.value == 1 and not measures(below))


def _is_counted_by(counted: Quantity, below: Quantity | None) -> bool:
    if is_time(below):
        return in_words(counted).unit == "patch"
    if below is None or not measures(below):
        return not measures(counted)
    return comparable(in_words(counted), in_words(below))


def _is_one_act(said: Dose) -> bool:
    exact = said.exact
    return exact is not None and exact.value == 1 and in_words(exact).unit in ACTS


def _same(said: Quantity | None, stated: Quantity | None, strengths: Strengths) -> bool:
    if said is None or stated is None:
        return said is stated
    if said.unit is None:
        return _close(said.value, stated.value)
    left, right = in_words(said), in_words(stated)
    if right.unit is None:
        return _close(left.value, right.value)
    if not comparable(left, right):
        return by_strength(left, right, strengths) is True
    return _close(measure_of(left)[1], measure_of(right)[1])


def _close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))
