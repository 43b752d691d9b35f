"""Whether two amounts can be compared, and their common measure: UCUM mass and volume only."""

from decimal import Decimal

from mappings.catalogue import table
from schemas.quantity import Quantity

_MEASURES = {
    **{
        unit: ("mass", Decimal(factor))
        for unit, factor in (
            ("kg", "1e9"),
            ("g", "1e6"),
            ("mg", "1e3"),
            ("ug", "1"),
            ("mcg", "1"),
            ("µg", "1"),
            ("μg", "1"),
            ("ng", "1e-3"),
            ("milligram", "1e3"),
            ("gram", "1e6"),
        )
    },
    **{
        unit: ("volume", Decimal(factor))
        for unit, factor in (
            ("l", "1e6"),
            ("dl", "1e5"),
            ("cl", "1e4"),
            ("ml", "1e3"),
            ("ul", "1"),
        )
    },
}
"""UCUM: what each unit measures, in micrograms or microlitres."""
_UNITY = frozenset({("1", "http://unitsofmeasure.org"), ("1", None)})


def measure_of(quantity: Quantity) -> tuple[str, Decimal]:
    """The kind of an amount and its value in it; a unit that UCUM does not measure is its own.

    A coded unit is its code within its list, whatever its text; the UCUM unity (`1`) counts
    things, and its text says which.
    """
    for name in (quantity.code, quantity.unit, _named(quantity)):
        known = _MEASURES.get((name or "").strip().lower())
        if known is not None:
            return known[0], quantity.value * known[1]
    if quantity.code is not None and (quantity.code, quantity.system) not in _UNITY:
        return f"{quantity.system or ''}|{quantity.code}", quantity.value
    return _named(quantity), quantity.value


def _named(quantity: Quantity) -> str:
    """The unit by its name in the table of dose units, else as sent."""
    label = (quantity.unit or "").strip().casefold()
    return table("posology/dose_units").target_of(label) or label


def comparable(one: Quantity, other: Quantity) -> bool:
    """Whether both measure the same thing."""
    if measure_of(one)[0] == measure_of(other)[0]:
        return True
    labels = {_named(quantity) for quantity in (one, other)}
    return len(labels) == 1 and labels != {""} and not _coded_apart(one, other)


def _coded_apart(one: Quantity, other: Quantity) -> bool:
    """Whether both are coded in one list, by two codes."""
    both = one.code is not None and other.code is not None
    return both and one.system == other.system and one.code != other.code
