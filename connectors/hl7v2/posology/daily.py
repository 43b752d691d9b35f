"""The total of a day that an order states, against what its dose and its timing make of a day.

Source: HL7 v2.5.1 §4.14.4.19 (RXE-19), §4.14.1.23 (RXO-23): total daily dose.
"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.posology.units import in_one_unit
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.posology import Phase, Posology
from schemas.prescription import Note
from schemas.quantity import PeriodUnit, Quantity

_MEALS = frozenset({Moment.BEFORE_MEAL, Moment.AFTER_MEAL, Moment.MEAL})
_HOURS_A_DAY = 24


def daily_notes(
    source: Source, rxe: Segment | None, rxo: Segment | None, posology: Posology
) -> Iterator[Note]:
    """Each total as a note. That of the segment whose dose holds must be what the timing makes.

    A total in another unit, and a rhythm that is not the same every day, are not compared; one
    without a unit counts what the dose counts.
    """
    holds = rxe or rxo
    for segment, field in ((rxe, 19), (rxo, 23)):
        daily = source.composite(segment, field, "line.notes") if segment else None
        if segment is None or daily is None:
            continue
        words = f"{daily.value} {daily.unit_label or ''}".strip()
        yield Note(text=words, scope=f"{segment.name}-{field}", location=segment.where(field))
        made = _made_in_a_day(posology.phases, daily) if segment is holds else None
        if made is not None and made != daily.value:
            rule = f"{segment.name}-{field} is not what the dose and the timing make in a day"
            source.doubt(FindingCode.DOSE_TOTAL, segment.where(field), rule, words)


def _made_in_a_day(phases: tuple[Phase, ...], daily: Quantity) -> Decimal | None:
    """The sum over phases that run together, in the unit of the total."""
    if not phases or len({phase.sequence for phase in phases}) > 1:
        return None
    amounts = [_amount(phase, daily) for phase in phases]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _amount(phase: Phase, daily: Quantity) -> Decimal | None:
    dose = phase.dose.exact if phase.dose else None
    intakes = _intakes_a_day(phase)
    if dose is None or intakes is None or phase.as_needed:
        return None
    compared = daily.unit_label is None or in_one_unit(dose, daily)
    return dose.value * intakes if compared else None


def _intakes_a_day(phase: Phase) -> int | None:
    frequency, times = phase.rhythm.frequency, phase.times
    listed = len(times.clock) or len(times.moments)
    if frequency is None:
        own = listed and not any(one.moment in _MEALS for one in times.moments)
        return listed if own else None
    if frequency.times is None or frequency.period is None or frequency.times_high is not None:
        return None
    if frequency.unit is PeriodUnit.DAY and frequency.period == 1:
        return frequency.times
    if frequency.unit is PeriodUnit.HOUR and _HOURS_A_DAY % frequency.period == 0:
        return int(_HOURS_A_DAY / frequency.period) * frequency.times
    return None
