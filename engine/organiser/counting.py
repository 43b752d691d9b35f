"""A dose as a count of units, exactly: by its own unit, or by what one unit holds.

Masses are compared within UCUM (`engine.posology.units`); nothing is counted across substances.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from engine.posology.units import measure_of
from engine.review.lines import folded
from mappings.catalogue import table
from schemas.organiser import CountedUnit
from schemas.prescription import Product
from schemas.quantity import Quantity, Strength
from schemas.reference import Divisibility, ProductRecord

_THIRDS = (Fraction(1, 3), Fraction(2, 3))
_PLACES = 6
"""Thirds of a tablet are 0.333333 and 0.666667, and 0.3333333, in the examples of the ANS
e-prescription guide; 0.33 is no third of any source."""

_DIGITS = 18
"""Before or after the point: what is longer is no dose, and would be slow to divide."""

_PARTS = {
    Divisibility.WHOLE: frozenset({1}),
    Divisibility.HALVES: frozenset({1, 2}),
    Divisibility.QUARTERS: frozenset({1, 2, 4}),
}
"""The denominators that each divisibility allows; thirds and eighths are published of nothing."""


def exact(value: Decimal) -> Fraction:
    """The number as a fraction; thirds written to six places or more are the thirds they mean."""
    whole, part = divmod(value, 1)
    if not part:
        return Fraction(int(whole))
    places = -int(part.as_tuple().exponent)
    near = (third for third in _THIRDS if abs(Fraction(part) - third) < Fraction(1, 10**places))
    third = next(near, None) if places >= _PLACES else None
    return int(whole) + (third or Fraction(part))


def unit_of(quantity: Quantity) -> CountedUnit | None:
    """What the amount counts, by its unit or by the code of it; `None` for a measure."""
    return _counted(quantity.unit, quantity.code)


@lru_cache(maxsize=1024)
def _counted(unit: str | None, code: str | None) -> CountedUnit | None:
    units, words = table("organiser/units"), table("posology/dose_units")
    for label in (unit, code):
        if label:
            name = folded(label)
            known = units.target_of(words.target_of(name) or name)
            if known is not None:
                return CountedUnit(known)
    return None


def count_of(quantity: Quantity, strength: Strength | None) -> Fraction | None:
    """The units of the product in an amount; `None` when they cannot be counted.

    An amount in units counts itself; any other is divided by what one unit holds.
    """
    if not _is_plain(quantity):
        return None
    if unit_of(quantity) is not None:
        return exact(quantity.value)
    held = _held(strength) if strength is not None else None
    if held is None:
        return None
    (kind, amount), (held_kind, held_amount) = measure_of(quantity), held
    if not kind or kind != held_kind:
        return None
    return Fraction(amount) / held_amount


def _held(strength: Strength) -> tuple[str, Fraction] | None:
    """What one unit holds: its measure, and how much; `None` by a volume or of nothing."""
    by = strength.denominator
    if by is not None and not (_is_plain(by) and (unit_of(by) or _is_bare(by))):
        return None
    if not _is_plain(strength.numerator):
        return None
    kind, amount = measure_of(strength.numerator)
    return kind, Fraction(amount) / (exact(by.value) if by is not None else 1)


def _is_plain(quantity: Quantity) -> bool:
    """Whether an amount is one that a person writes: above zero, of few digits."""
    value = quantity.value
    return value > 0 and value.adjusted() < _DIGITS and int(value.as_tuple().exponent) > -_DIGITS


def _is_bare(quantity: Quantity) -> bool:
    """A number alone: French senders state the strength of a unit as 40 mg by 1."""
    return quantity.unit_label in {None, "1"}


def strength_of(product: Product, record: ProductRecord | None) -> Strength | None:
    """The one strength by which an amount may be divided.

    The message's own, else that of the reference. A product of several has none: an amount in
    mg does not say of which substance.
    """
    published = record.strengths if record is not None else ()
    for strengths in (published, product.strengths):
        if len(strengths) > 1:
            return None
    return next(iter((*product.strengths, *published)), None)


def strengths_differ(product: Product, record: ProductRecord | None) -> bool:
    """Whether message and reference state what a unit holds in one measure, and differently.

    `False` where one of them states none, or where no two of them can be compared.
    """
    published = [_held(each) for each in (record.strengths if record is not None else ())]
    for stated in map(_held, product.strengths):
        alike = [held for held in published if held and stated and held[0] == stated[0]]
        if alike and stated not in alike:
            return True
    return False


def may_be_made(count: Fraction, divisibility: Divisibility | None) -> bool | None:
    """Whether so many units can be made; `None`: halves or quarters, and nothing is known."""
    if divisibility is not None:
        return count.denominator in _PARTS[divisibility]
    if count.denominator == 1:
        return True
    return None if count.denominator in _PARTS[Divisibility.QUARTERS] else False
