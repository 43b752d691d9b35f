"""Ceilings of a PN13 posology, and the phases that they hold for.

A posology element of type 4 gives no dose: its quantity is a limit of the elements beside it.
Source: ANS e-prescription IG, page Transformation PN13 vers FHIR and ConceptMap of the posology.
"""

from dataclasses import dataclass
from decimal import Decimal

from connectors.pn13 import values
from connectors.pn13.posology.dose import Dosing, rate_of
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
    match kind:
        case "1":
            return _shortest_gap(at)
        case "2" | "3" | "7":
            return _most(at, kind, dosing)
        case "4":
            _tell_fastest(at)
        case "6":
            _tell_longest(at)
        case _:
            at.doubt(
                FindingCode.TIMING_UNSUPPORTED,
                "this limit of the posology has no public meaning (only 1 to 4, 6 and 7 have)",
                kind or None,
            )
    return None


def _shortest_gap(at: Cursor) -> Ceiling | None:
    amount = at.child("Quantité")
    gap = values.duration(amount, "limits.minimum_gap") if amount is not None else None
    if gap is None:
        at.doubt(FindingCode.VALUE_INVALID, "a minimum delay needs a length of time")
    return Ceiling(kind="1", gap=gap) if gap else None


def _most(at: Cursor, kind: str, dosing: Dosing) -> Ceiling | None:
    amount = at.child("Quantité")
    quantity = dosing.amount(amount, "limits") if amount is not None else None
    if quantity is None:
        at.doubt(FindingCode.VALUE_INVALID, "a maximum needs a quantity", kind)
    return Ceiling(kind=kind, amount=quantity) if quantity else None


def _tell_fastest(at: Cursor) -> None:
    """A maximum rate: whoever sends one means a dose that runs in, whatever else is stated."""
    rate = rate_of(at)
    if rate is None:
        at.doubt(FindingCode.VALUE_INVALID, "a maximum rate needs Débit")
    else:
        at.doubt(FindingCode.DOSE_RATE, "a maximum rate is stated: the dose runs in", rate)


def _tell_longest(at: Cursor) -> None:
    """The most that one administration may last: it moves no intake, and is only told."""
    where = at.child("Durée")
    length = values.duration(where, "findings") if where is not None else None
    if length is None:
        at.doubt(FindingCode.VALUE_INVALID, "a maximum duration needs Durée")
        return
    rule = "the most that one administration may last is not part of the plan"
    at.doubt(FindingCode.ELEMENT_UNREAD, rule, f"{length.value} {length.unit}")


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
