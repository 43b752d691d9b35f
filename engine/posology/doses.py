"""The amount of one intake: exact, with a unit, and the same for every patient, or a doubt."""

import re

from engine.posology.doubts import Doubts
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.posology import Dose, Phase
from schemas.quantity import PeriodUnit, Quantity

_PER_BODY = re.compile(r"(?<![^\W\d_])(?:kg|m2|m²)(?![^\W_])|poids|bodyweight", re.IGNORECASE)
"""`mg/kg`, `mg/m2`, and the marks of a pipette in kilograms: `dose-kg`, `dose_kg`, `dose-poids`."""
_PER_TIME = re.compile(r"\D*(?:/|\b(?:par|per|pro)\b)\s*\{?[\d.\s]*([^\W\d_]+)", re.IGNORECASE)
"""`mg/d`, `tablet/24 h`, `comprimés par jour`; a `patch 25 µg/h` counts patches."""
_WHOLE = frozenset({"kg", "m2", "m²"})
"""These alone measure the product, and not the patient."""
_DOSE_DOUBTS = frozenset({FindingCode.DOSE_SEVERAL, FindingCode.ELEMENT_MISSING})


def quantity_of(phase: Phase, doubts: Doubts) -> Quantity | None:
    """The exact amount of one intake, or `None` when a doubt stops it.

    A zero is an amount: it is a pause. A rate beside an exact amount is not used, and said.
    """
    dose = phase.dose
    if dose is None or (dose.low is None and dose.high is None):
        _say_missing(phase, dose, doubts)
        return None
    if dose.low is None or dose.high is None or _differ(dose.low, dose.high):
        doubts.say(FindingCode.DOSE_RANGE, "the dose is a range, or open at one end")
        return None
    if dose.rate is not None:
        rule = "the rate beside the dose is not used"
        doubts.say(FindingCode.ELEMENT_UNREAD, rule, dose.rate)
    _check(dose, dose.low, doubts)
    return None if doubts.stopped else dose.low


def is_pause(phase: Phase) -> bool:
    """Whether the phase states that nothing is taken: a dose of exactly zero."""
    dose = phase.dose
    return (
        dose is not None and dose.low is not None and dose.low == dose.high and not dose.low.value
    )


def _differ(low: Quantity, high: Quantity) -> bool:
    return (low.value, low.unit_label) != (high.value, high.unit_label)


def _say_missing(phase: Phase, dose: Dose | None, doubts: Doubts) -> None:
    if dose is not None and dose.rate is not None:
        doubts.say(FindingCode.DOSE_RATE, "the dose is a rate alone", dose.rate)
    elif not any(finding.code in _DOSE_DOUBTS for finding in phase.findings):
        doubts.say(FindingCode.DOSE_MISSING, "no dose is stated")


def _check(dose: Dose, quantity: Quantity, doubts: Doubts) -> None:
    label = quantity.unit_label
    if quantity.value < 0:
        doubts.say(FindingCode.VALUE_INVALID, "the dose is below zero", quantity.value)
    if dose.per_body or any(map(_is_per_body, (quantity.unit, quantity.code))):
        rule = "the dose is stated by weight or surface of the patient"
        doubts.say(FindingCode.DOSE_PER_BODY, rule, label)
    if any(map(_is_per_time, (quantity.unit, quantity.code))):
        rule = "the unit of the dose is an amount by time: one intake is not stated"
        doubts.say(FindingCode.DOSE_RATE, rule, label)
    if label is None and quantity.value:
        doubts.say(FindingCode.UNIT_MISSING, "the dose has no unit", quantity.value)


def _is_per_body(unit: str | None) -> bool:
    return unit is not None and unit.lower() not in _WHOLE and bool(_PER_BODY.search(unit))


def _is_per_time(unit: str | None) -> bool:
    """Whether the unit is an amount by time: a rate, or what is taken in a day, and no intake."""
    found = _PER_TIME.match(unit) if unit is not None else None
    if found is None:
        return False
    time = found[1].casefold()
    return time in set(PeriodUnit) or table("posology/time_units").target_of(time) is not None
