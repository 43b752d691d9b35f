"""Amounts over time, volume or a hundred in a text: those of the structure, or of the product."""

from collections.abc import Sequence

from engine.posology.comparison.amounts import (
    Strengths,
    in_words,
    is_time,
    same_strength,
)
from engine.posology.comparison.difference import ADDS, CONTRADICTS, UNREAD, Difference
from engine.posology.text.strengths import rate_of
from schemas.posology import Phase
from schemas.quantity import Quantity, Strength


def of_rate(said: Strength, stated: Sequence[Phase], strengths: Strengths) -> Difference | None:
    """What is said by time is the rate of the structure, or what the product releases.

    What is said by volume, by a metered dose or in a hundred is of the product alone, and to be
    acknowledged where nothing is known of it.
    """
    rates = {same_strength(said, rate) for rate in _rates_of(stated)}
    if True in rates:
        return None
    outcomes = {same_strength(said, strength) for strength in strengths}
    if True in outcomes:
        return None
    if False in outcomes:
        return CONTRADICTS, "the text names another strength than that of the product"
    if not is_time(said.denominator) or counts_patches(stated):
        return UNREAD, "the text names a strength, and none is known of the product"
    if rates or any(one.dose and one.dose.rate for one in stated):
        return CONTRADICTS, "the text gives another rate than the structure"
    return ADDS, "the text gives a rate and the structure gives none"


def _rates_of(stated: Sequence[Phase]) -> list[Strength]:
    """The rates as stated, and the amounts of intakes of a stated length: 15 mg over 16 h."""
    rates = [rate_of(one.dose.rate) for one in stated if one.dose and one.dose.rate]
    for one in stated:
        amount = one.dose.exact if one.dose else None
        if amount is not None and one.intake_lasts is not None and one.intake_lasts.value:
            length = Quantity(value=one.intake_lasts.value, unit=one.intake_lasts.unit.value)
            rates.append(Strength(numerator=amount, denominator=length))
    return [rate for rate in rates if rate is not None]


def counts_patches(phases: Sequence[Phase]) -> bool:
    """Whether an amount is so many patches."""
    amounts = [one.dose.low for one in phases if one.dose and one.dose.low]
    return any(in_words(amount).unit == "patch" for amount in amounts)
