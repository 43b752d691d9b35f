"""What one countable unit of a product holds, from the rows of its composition.

Either every substance of the product has its strength or the product has none: a part of the
strengths would pass for all of them.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from mappings.catalogue import table
from schemas.quantity import Quantity, Strength
from schemas.reference import Component, StrengthOutcome

Outcome = StrengthOutcome
UCUM = "http://unitsofmeasure.org"

_AMOUNT = re.compile(
    r"(?P<number>[0-9]{1,3}(?: [0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:[,.][0-9]+)?)"
    r" ?(?P<unit>[^\W\d_]+)"
)
_ONE = re.compile(r"une? (?P<unit>.+)")
_THREE_DECIMALS = re.compile(r"[1-9][0-9]*[.,][0-9]{3}")
_MASSES = {"kg": Decimal("1e9"), "g": Decimal("1e6"), "mg": Decimal("1e3"), "ug": Decimal(1)}
"""UCUM, in micrograms."""
_NOT_COUNTED = frozenset({*_MASSES, "[IU]", "mL", "L", "cL", "mmol", "meq"})


class Amount(NamedTuple):
    """An amount as published, and its measure: micrograms, or international units."""

    quantity: Quantity
    measure: tuple[str, Decimal]


def strengths_of(
    name: str, form: str, components: Sequence[Component]
) -> tuple[tuple[Strength, ...], StrengthOutcome]:
    """The strengths of one unit, or none and the reason.

    A substance and its active part under one link are counted once: as the one whose amount
    stands in the name of the product, because that is what prescribers write. A name that states
    amounts, and not this one, contradicts the composition: the files of May 2026 give 20 mg to a
    product named 40 mg, and a dose of 40 mg would become two units.
    """
    if not components:
        return (), Outcome.NO_COMPOSITION
    if len({component.element for component in components}) > 1:
        return (), Outcome.ELEMENTS
    named = {amount.measure for amount in _amounts_in(name)}
    found: list[Strength] = []
    for _, linked in groupby(sorted(components, key=_link), key=_link):
        strength = _strength(tuple(linked), named)
        if isinstance(strength, StrengthOutcome):
            return (), strength
        found.append(strength)
    units = {each.denominator.unit or "" for each in found if each.denominator}
    if len(units) > 1:
        return (), Outcome.NO_UNIT
    if not _is_of(form, units.pop()):
        return (), Outcome.FORM
    return tuple(found), Outcome.READ


def _is_of(form: str, unit: str) -> bool:
    """Whether a tablet or a capsule is named by the form too; other units are not in forms."""
    is_named = unit in form.casefold()
    return is_named or table("posology/dose_units").target_of(unit) not in {"tablet", "capsule"}


def _link(component: Component) -> str:
    return component.link


def _strength(
    linked: Sequence[Component], named: set[tuple[str, Decimal]]
) -> Strength | StrengthOutcome:
    """The strength of what stands under one link, or why there is none."""
    parts = sum(component.is_active_part for component in linked)
    if parts > 1 or len(linked) - parts > 1:
        return Outcome.PARTS
    stated = [component for component in linked if component.dosage]
    if not stated:
        return Outcome.DOSAGE
    read = [(component, amount_of(component.dosage)) for component in stated]
    amounts = [(component, amount) for component, amount in read if amount is not None]
    units = [counted_unit(component.per) for component in stated]
    if None in units:
        return Outcome.NO_UNIT
    if len(amounts) < len(read):
        return Outcome.DOSAGE
    if len({amount.measure for _, amount in amounts}) > 1:
        amounts = [each for each in amounts if each[1].measure in named]
        if len(amounts) != 1:
            return Outcome.SALT_OR_PART
    component, amount = max(amounts, key=lambda each: each[0].is_active_part)
    if named and amount.measure not in named:
        return Outcome.NAME
    return Strength(
        substance=component.substance,
        numerator=amount.quantity,
        denominator=Quantity(value=Decimal(1), unit=counted_unit(component.per)),
    )


def counted_unit(per: str) -> str | None:
    """`comprimé` of `un comprimé`; `None` for an amount of something that is not counted."""
    one = _ONE.fullmatch(" ".join(per.split()).casefold())
    if one is None:
        return None
    unit = table("posology/dose_units").target_of(one["unit"])
    return one["unit"] if unit is not None and unit not in _NOT_COUNTED else None


def amount_of(dosage: str) -> Amount | None:
    """The amount that the text states and nothing beside it; `None` when there is a doubt."""
    found = _AMOUNT.fullmatch(" ".join(dosage.split()))
    return _amount(found) if found else None


def _amounts_in(name: str) -> Iterator[Amount]:
    for found in _AMOUNT.finditer(" ".join(name.split())):
        amount = _amount(found)
        if amount is not None:
            yield amount


def _amount(found: re.Match[str]) -> Amount | None:
    """A mass, or international units. Decimals follow a comma, thousands a space."""
    number, unit = found["number"], found["unit"]
    code = table("posology/dose_units").target_of(unit.casefold())
    is_mass = code in _MASSES
    if not is_mass and unit.casefold() != "ui":
        return None
    # 11,200 UI and 1.000 mg may be thousands written in another country's way.
    if _THREE_DECIMALS.fullmatch(number) and ("." in number or not is_mass):
        return None
    value = Decimal(number.replace(" ", "").replace(",", "."))
    if value <= 0:
        return None
    if not is_mass or code is None:
        return Amount(Quantity(value=value, unit=unit), ("IU", value))
    quantity = Quantity(value=value, unit=unit, code=code, system=UCUM)
    return Amount(quantity, ("mass", value * _MASSES[code]))
