"""Amounts beside the counts: what was planned and what was swallowed, in one unit or not at all."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.adherence.match import Extra, Slot
from engine.adherence.report import Report
from schemas.intake import IntakeStatus
from schemas.quantity import Quantity


def expected_quantity(slots: Iterable[Slot]) -> Quantity | None:
    """The sum of the planned amounts; `None` when one is missing or in another unit."""
    return _sum([slot.planned.quantity for slot in slots])


def taken_quantity(slots: Iterable[Slot], extras: Iterable[Extra]) -> Quantity | None:
    """The sum of what was swallowed; `None` when one amount is not known.

    An intake in full without a stated amount is the planned one; a partial intake never is.
    """
    amounts = [_swallowed(slot.report, slot.planned.quantity) for slot in slots if slot.report]
    return _sum([*amounts, *(_swallowed(extra.report, None) for extra in extras)])


def _swallowed(report: Report, planned: Quantity | None) -> Quantity | None:
    if report.quantity is not None or report.status is IntakeStatus.PARTIAL:
        return report.quantity
    return planned


def _sum(amounts: Sequence[Quantity | None]) -> Quantity | None:
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts):
        return None
    units = {(amount.unit, amount.code, amount.system) for amount in known}
    if len(units) > 1:
        return None
    total = sum((amount.value for amount in known), Decimal(0))
    return known[0].model_copy(update={"value": total})
