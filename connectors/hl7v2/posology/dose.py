"""How much is given at one intake: RXE-3 to RXE-5, or RXO-2 to RXO-4, beside the quantity of TQ1.

The quantity of a timing is a number of administrations, normally 1, of the amount that RXE
states; it is never multiplied. Source: HL7 v2.5.1 §4.14.4.3 (RXE-3), §4.14.1.2 (RXO-2).
"""

import re
from dataclasses import dataclass

from connectors.hl7v2.er7.segment import NULL, Segment
from connectors.hl7v2.posology.statement import Statement
from connectors.hl7v2.posology.units import differ, in_one_unit
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.posology import Dose
from schemas.quantity import Quantity

_PER_BODY = re.compile(r"(?:/|\bper\b|\bpar\b)\s*(?:kg|m2|m²)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DoseFields:
    """Where a segment states its dose: least and most, unit, time unit of a rate, rate."""

    low: int
    high: int
    unit: int
    per: int
    rate: int
    rate_unit: int


ENCODED = DoseFields(low=3, high=4, unit=5, per=22, rate=23, rate_unit=24)
REQUESTED = DoseFields(low=2, high=3, unit=4, per=17, rate=21, rate_unit=22)


def dose_of(source: Source, segment: Segment, fields: DoseFields) -> Dose | None:
    """The dose as the segment states it; the least amount alone is exact, not a minimum.

    A time unit or a rate makes the amount one by time: it is words, and no dose of an intake.
    """
    low = _above_zero(source, segment, fields.low, fields.unit)
    high = _above_zero(source, segment, fields.high, fields.unit)
    rate = _rate(source, segment, fields)
    if rate is not None:
        amount = f"{low.value} {low.unit_label or ''}".strip() if low else ""
        return Dose(rate=f"{amount} {rate}".strip())
    if low is None and high is None:
        if segment.is_null(fields.low):
            rule = f"{segment.name}-{fields.low} is deleted by the sender"
            source.doubt(FindingCode.DOSE_MISSING, segment.where(fields.low), rule, NULL)
        return None
    stated = low or high
    label = f"{stated.unit or ''} {stated.code or ''}" if stated else ""
    return Dose(
        low=low,
        high=high if high is not None else low,
        per_body=_PER_BODY.search(label) is not None,
    )


def _above_zero(source: Source, segment: Segment, value: int, unit: int) -> Quantity | None:
    amount = source.amount(segment, value, unit, "phase.dose")
    if amount is not None and amount.value <= 0:
        rule = f"{segment.name}-{value} must be above zero"
        source.doubt(FindingCode.VALUE_INVALID, segment.where(value), rule, segment.raw(value))
        return None
    return amount


def _rate(source: Source, segment: Segment, fields: DoseFields) -> str | None:
    """What makes the amount one by time, as words."""
    per = source.text(segment, fields.per, "phase.dose.rate")
    rate = source.text(segment, fields.rate, "phase.dose.rate")
    unit = source.words(segment, fields.rate_unit, "phase.dose.rate")
    words = [word for word in (rate, unit, f"per {per}" if per else None) if word]
    return " ".join(words) or None


def with_quantity(dose: Dose | None, statement: Statement) -> Dose | None:
    """The dose of one statement. Without an amount in RXE, a quantity with a unit is the dose.

    A quantity beside an amount must be 1, or 1 of the same unit: anything else is a finding,
    because it may be a number of administrations or another dose.
    """
    quantity = statement.quantity
    if quantity is None:
        return dose
    doubt = statement.source.doubt
    place, quoted = statement.quantity_at, f"{quantity.value} {quantity.unit_label or ''}".strip()
    if dose is not None:
        if quantity.value != 1 or not _same_unit(quantity, dose):
            rule = "the quantity of the timing is not 1 beside the amount of the order"
            doubt(FindingCode.DOSE_SEVERAL, place, rule, quoted)
        return dose
    if quantity.unit_label is None:
        if quantity.value != 1:
            rule = "a quantity without a unit and without an amount in the order is no dose"
            doubt(FindingCode.DOSE_MISSING, place, rule, quoted)
        return None
    if quantity.value < 0:
        doubt(FindingCode.VALUE_INVALID, place, "a quantity must not be below zero", quoted)
        return None
    rule = "the order states no amount; the quantity of the timing is taken as the dose"
    doubt(FindingCode.STRUCTURE_INVALID, place, rule, quoted)
    return Dose(low=quantity, high=quantity)


def _same_unit(quantity: Quantity, dose: Dose) -> bool:
    stated = dose.low or dose.high
    return quantity.unit_label is None or stated is None or in_one_unit(quantity, stated)


def check_requested(source: Source, requested: Dose | None, given: Dose | None, at: str) -> None:
    """The dose ordered and the dose encoded, where they can be compared, must be the same amount.

    In two units (mg ordered, tablets encoded) they are not: both are shown.
    """
    if requested is None:
        return
    if given is None or (requested.rate, requested.per_body) != (given.rate, given.per_body):
        rule = "the amount requested is stated in another way than the amount encoded"
        source.doubt(FindingCode.DOSE_SEVERAL, at, rule)
        return
    for asked, own in ((requested.low, given.low), (requested.high, given.high)):
        if (asked is None) != (own is None) or (asked and own and differ(asked, own)):
            rule = "RXO-2 and RXE-3 state different amounts in one unit"
            source.doubt(FindingCode.DOSE_SEVERAL, at, rule)
            return
