"""Amounts in their own unit. Nothing here converts: a unit is what the sender wrote."""

from enum import StrEnum

from pydantic import model_validator

from schemas.base import Amount, Value


class Quantity(Value):
    """An amount. `unit` is the text as sent; `code` in `system` is set when the sender coded it.

    Both absent means that the sender gave a bare number.
    """

    value: Amount
    unit: str | None = None
    code: str | None = None
    system: str | None = None

    @property
    def unit_label(self) -> str | None:
        """The unit for people: the text as sent, else its code."""
        return self.unit or self.code


class PeriodUnit(StrEnum):
    """Units of time, by their UCUM code. A month and a year are those of the calendar."""

    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


class Duration(Value):
    """A length of time as stated."""

    value: Amount
    unit: PeriodUnit


class Ratio(Value):
    """At most `amount` in any `period` of time."""

    amount: Quantity
    period: Duration


class Strength(Value):
    """What one unit of a product holds of one substance: 500 mg in 1 tablet."""

    substance: str | None = None
    numerator: Quantity
    denominator: Quantity | None = None

    @model_validator(mode="after")
    def _denominator_is_above_zero(self) -> "Strength":
        if self.denominator is not None and self.denominator.value <= 0:
            raise ValueError("strength denominator must be above zero")
        return self
