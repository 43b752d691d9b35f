"""Whether two amounts of one order measure the same thing, by whatever name, and are the same."""

from decimal import Decimal

from mappings.catalogue import table
from schemas.quantity import Quantity

_SCALES = {
    "kg": ("mass", Decimal(10**9)),
    "g": ("mass", Decimal(10**6)),
    "mg": ("mass", Decimal(10**3)),
    "ug": ("mass", Decimal(1)),
    "L": ("volume", Decimal(1000)),
    "cL": ("volume", Decimal(10)),
    "mL": ("volume", Decimal(1)),
}
"""UCUM: what the units of the table of dose units measure, and in how many of the least."""


def in_one_unit(one: Quantity, other: Quantity) -> bool:
    """Whether a code or a text of the one is that of the other, or a word for the same unit.

    `TAB` ordered and `CPR` encoded are both tablets (table `posology/dose_units`).
    """
    return bool(_names(one) & _names(other))


def differ(one: Quantity, other: Quantity) -> bool:
    """Whether two amounts that can be compared are not the same: 1 g is 1000 mg, and not 500.

    A unit that is not stated may be that of the other.
    """
    if one.unit_label is None or other.unit_label is None or in_one_unit(one, other):
        return one.value != other.value
    scales = [_scale(quantity) for quantity in (one, other)]
    (kind, many), (other_kind, others) = scales
    return kind is not None and kind == other_kind and one.value * many != other.value * others


def _scale(quantity: Quantity) -> tuple[str | None, Decimal]:
    known = (_SCALES[name] for name in sorted(_names(quantity)) if name in _SCALES)
    return next(known, (None, Decimal(1)))


def _names(quantity: Quantity) -> set[str]:
    said = {name.strip().casefold() for name in (quantity.unit, quantity.code) if name}
    known = (table("posology/dose_units").target_of(name) for name in said)
    return said | {name for name in known if name}
