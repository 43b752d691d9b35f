"""Ceilings of a PN13 posology, and the phases that they hold for.

A posology element of type 4 gives no dose: its quantity is a limit of the elements beside it.
Source: ANS e-prescription IG, page Transformation PN13 vers FHIR and ConceptMap of the posology.
"""

from dataclasses import dataclass
from decimal import Decimal

from connectors.pn13 import values
from connectors.pn13.dose import Dosing
from connectors.pn13.tree import Cursor
from schemas.finding import FindingCode
from schemas.posology import Limits, Phase
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio

ONE_DAY = Duration(value=Decimal(24), unit=PeriodUnit.HOUR)
"""The ConceptMap speaks of 24 hours, and FHIR's target of one day."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One limit of the line."""

    kind: str
    gap: Duration | None = None
    amount: Quantity | None = None


def read_ceiling(at: Cursor, kind: str, dosing: Dosing) -> Ceiling | None:
    """The limit that one posology element states; `None` with a doubt when it is not carried."""
    amount = at.child("Quantité")
    if kind == "1":
        gap = values.duration(amount, "limits.minimum_gap") if amount is not None else None
        if gap is None:
            at.doubt(FindingCode.VALUE_INVALID, "a minimum delay needs a length of time")
        return Ceiling(kind=kind, gap=gap) if gap else None
    if kind not in _AMOUNTS:
        at.doubt(
            FindingCode.TIMING_UNSUPPORTED,
            "this limit of the posology is not carried (only 1, 2, 3 and 7 are)",
            kind or None,
        )
        return None
    quantity = dosing.amount(amount, "limits") if amount is not None else None
    if quantity is None:
        at.doubt(FindingCode.VALUE_INVALID, "a maximum needs a quantity", kind)
    return Ceiling(kind=kind, amount=quantity) if quantity else None


_AMOUNTS = frozenset({"2", "3", "7"})


def limited(
    line: Cursor, phases: tuple[Phase, ...], ceilings: tuple[Ceiling, ...]
) -> tuple[Phase, ...]:
    """The phases with the ceilings of the line.

    A minimum delay does not hold for every phase of a line (in patient-controlled analgesia it
    is that of the bolus): where some phases are as needed and others not, it is kept on the
    first and a doubt says so.
    """
    if not ceilings:
        return phases
    if not phases:
        line.doubt(FindingCode.POSOLOGY_MISSING, "the line states limits and no dose")
    kinds = [ceiling.kind for ceiling in dict.fromkeys(ceilings)]
    for twice in sorted({kind for kind in kinds if kind != "3" and kinds.count(kind) > 1}):
        line.doubt(FindingCode.TIMING_CONTRADICTED, "a limit is stated twice, differently", twice)
    gaps = any(ceiling.gap for ceiling in ceilings)
    mixed = len({phase.as_needed for phase in phases}) > 1
    if gaps and mixed:
        line.doubt(
            FindingCode.ELEMENT_UNREAD,
            "the minimum delay was kept on what is taken as needed, and not on the rest",
        )
    return tuple(
        phase.model_copy(update={"limits": _limits(ceilings, gap=phase.as_needed or not mixed)})
        for phase in phases
    )


def _limits(ceilings: tuple[Ceiling, ...], *, gap: bool) -> Limits:
    """The ceilings as limits of one phase; several may hold for 24 hours."""
    by_kind: dict[str, Ceiling] = {ceiling.kind: ceiling for ceiling in ceilings}
    per_intake, lifetime, delay = by_kind.get("2"), by_kind.get("7"), by_kind.get("1")
    return Limits(
        per_period=tuple(
            Ratio(amount=ceiling.amount, period=ONE_DAY)
            for ceiling in ceilings
            if ceiling.kind == "3" and ceiling.amount is not None
        ),
        per_intake=per_intake.amount if per_intake else None,
        per_lifetime=lifetime.amount if lifetime else None,
        minimum_gap=delay.gap if delay and gap else None,
    )
