"""The dose of a text against that of a structure: of one intake, of a day, or said twice."""

from collections.abc import Sequence

from engine.posology.comparison.amounts import (
    Strengths,
    by_strength,
    is_strength,
    measures,
    same_dose,
    same_strength,
)
from engine.posology.comparison.difference import ADDS, CONTRADICTS, UNREAD, Difference
from engine.posology.comparison.tempo import tempo_of, total_of
from engine.posology.units import comparable
from schemas.finding import FindingCode
from schemas.posology import Dose, Phase
from schemas.quantity import Quantity


def of_dose(
    phase: Phase, near: Sequence[Phase], stated: Sequence[Phase], strengths: Strengths
) -> Difference | None:
    """Each amount of the text is one of the structure, where and when the text gives it.

    `near` are the phases of the days and times that the text names; `stated` all of them.
    """
    if phase.dose is None:
        return None
    doses = [one.dose for one in near if one.dose is not None]
    if not doses:
        return ADDS, "the text gives a dose and the structure gives none"
    if not _is_divided(phase) and any(same_dose(phase.dose, dose, strengths) for dose in doses):
        return None
    if is_total(phase, stated):
        return None
    return CONTRADICTS, "the text gives another dose than the structure"


def is_total(phase: Phase, stated: Sequence[Phase]) -> bool:
    """Whether the amount that a text gives for a day is what the structure makes in one.

    The amount of a week or a month is no amount of a day: `1 tablet a week` is not one a day.
    """
    tempo, total = tempo_of(phase), total_of(stated)
    if tempo is not None and tempo[0] not in ("day", "hours"):
        return False
    if total is None or phase.dose is None or not _may_be_total(phase):
        return False
    return same_dose(phase.dose, Dose(low=total, high=total))


def of_a_day(said: Dose, stated: Sequence[Phase], strengths: Strengths) -> Difference | None:
    """`soit 1500 mg par jour`: what the intakes of the structure make in one."""
    total = total_of(stated)
    if total is None:
        return ADDS, "the text gives the amount of a day and the structure makes none"
    if same_dose(said, Dose(low=total, high=total), strengths):
        return None
    return CONTRADICTS, "the text gives another amount of a day than the structure makes"


def is_daily_total(phase: Phase, stated: Sequence[Phase]) -> bool:
    """Whether the text gives the amount of a day and does not say in how many intakes."""
    return tempo_of(phase) == ("day", 1) and is_total(phase, stated)


def _may_be_total(phase: Phase) -> bool:
    return any(finding.code is FindingCode.DOSE_TOTAL for finding in phase.findings)


def _is_divided(phase: Phase) -> bool:
    """`6 cp par jour en 3 prises`: the amount is that of the day, whatever the structure."""
    tempo = tempo_of(phase)
    several = tempo is not None and (tempo[0] == "hours" or (tempo[0] == "day" and tempo[1] > 1))
    return several and _may_be_total(phase)


def of_amounts_said_twice(
    agreed: Sequence[Phase], other: Sequence[Phase], strengths: Strengths
) -> Difference | None:
    """The amount that agrees with the structure against the other one that the text gives.

    `1 cp (10 mg)`: one statement when the product's strength makes them equal.
    """
    if len(agreed) != len(other):
        return ADDS, "the text gives amounts that are not the same number of intakes"
    found = [
        _of_pair(one.dose, two.dose, strengths)
        for one, two in zip(agreed, other, strict=True)
        if one.dose is not None and two.dose is not None and one.dose != two.dose
    ]
    return next((one for one in found if one is not None), None)


def of_strength(named: Strengths, strengths: Strengths) -> Difference | None:
    """The strength that a text names against that of the product."""
    if len(named) != 1 or len(strengths) != 1:
        return None
    if same_strength(named[0], strengths[0]) is not False:
        return None
    return CONTRADICTS, "the text names another strength than that of the product"


def _of_pair(agreed: Dose, other: Dose, strengths: Strengths) -> Difference | None:
    if same_dose(agreed, other) or same_dose(other, agreed):
        return None
    one, two = agreed.exact, other.exact
    if one is None or two is None or _comparable(one, two):
        return ADDS, "the text gives two amounts for one intake"
    outcome = by_strength(one, two, strengths)
    if outcome is True or (not measures(one) and is_strength(two, strengths)):
        return None
    if outcome is False:
        return CONTRADICTS, "the two amounts of the text differ by the strength of the product"
    if not (measures(one) or measures(two)):
        return ADDS, "the text gives two amounts for one intake"
    if measures(one) and two.value != 1:
        return ADDS, "the text counts units and the structure does not, and no strength is known"
    return UNREAD, "the text gives the amount in two units, and no strength is known"


def _comparable(one: Quantity, two: Quantity) -> bool:
    return measures(one) and measures(two) and comparable(one, two)
