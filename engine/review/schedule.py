"""The posology against itself: units that are missing or differ, a week without its day.

Source: ISMP Best Practice 2 and IMSN Global best practice 3 (a weekly dose names its day).
"""

from collections.abc import Iterator
from decimal import Decimal

from engine.review.case import LineCase, doubt
from schemas.finding import Finding, FindingCode
from schemas.posology import Frequency, Phase, Rhythm
from schemas.quantity import PeriodUnit, Quantity

_WEEKS = {(Decimal(1), PeriodUnit.WEEK), (Decimal(7), PeriodUnit.DAY)}


def dose_has_a_unit(case: LineCase) -> Iterator[Finding]:
    """An amount without a unit may be tablets or milligrams."""
    for phase in case.line.posology.phases:
        bare = next((amount for amount in _amounts(phase) if amount.unit_label is None), None)
        if bare is not None:
            yield doubt(
                FindingCode.UNIT_MISSING,
                phase.location,
                "dose: the amount has no unit",
                format(bare.value, "f"),
            )


def units_agree(case: LineCase) -> Iterator[Finding]:
    """All amounts of a line are in one unit; converting between two needs a person."""
    first: Quantity | None = None
    for phase in case.line.posology.phases:
        for amount in _amounts(phase):
            if amount.unit_label is None:
                continue
            first = first or amount
            if not _same_unit(first, amount):
                yield doubt(
                    FindingCode.UNIT_CONTRADICTED,
                    phase.location,
                    "dose: the amounts of one line are in two units",
                    f"{first.unit_label} / {amount.unit_label}",
                )
                return


def _amounts(phase: Phase) -> tuple[Quantity, ...]:
    dose = phase.dose
    return tuple(amount for amount in (dose.low, dose.high) if amount) if dose else ()


def _same_unit(one: Quantity, other: Quantity) -> bool:
    if one.code is not None and other.code is not None and one.system == other.system:
        return one.code == other.code
    return _plain(one.unit_label) == _plain(other.unit_label)


def _plain(unit: str | None) -> str:
    """A unit without case and without its plural: *comprimé(s)*, *Comprimés*, *comprimé*."""
    return (unit or "").casefold().strip().removesuffix("(s)").removesuffix("s")


def weekly_dose_has_its_day(case: LineCase) -> Iterator[Finding]:
    """Once a week, and no weekday stated: taken daily by mistake, such a dose kills."""
    for phase in case.line.posology.phases:
        if _is_once_a_week(phase.rhythm.frequency) and not _has_a_day(phase.rhythm):
            yield doubt(
                FindingCode.WEEKDAY_UNCONFIRMED,
                phase.location,
                "rhythm: once a week, and the sender states no weekday",
            )


def _is_once_a_week(frequency: Frequency | None) -> bool:
    if frequency is None or frequency.times_high is not None or frequency.period_high is not None:
        return False
    return frequency.times in {None, 1} and (frequency.period, frequency.unit) in _WEEKS


def _has_a_day(rhythm: Rhythm) -> bool:
    return bool(rhythm.weekdays or rhythm.dates or rhythm.month_days)
