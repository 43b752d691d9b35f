"""One posology statement of a received order as one FHIR Dosage, as its sender states it.

What R4 cannot say of when and how much is left out whole and told in words: a Dosage never says
more, or more often, than its source.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.fhir.dosage.quantities import is_per_body
from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.people import write_quantity
from connectors.fhir.writing.received.units import EDQM, UCUM, Units
from connectors.fhir.writing.stated import (
    Unsayable,
    ceilings_of,
    dose_of,
    limits_of,
    timing_of,
)
from schemas.posology import Bounds, Dose, Phase, Rhythm, Times
from schemas.quantity import PeriodUnit, Quantity

BASIS = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription"
    "/StructureDefinition/fr-basis-of-dose-component"
)
NEEDED_FOR = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Dosage.asNeededFor"
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([^0-9\s\[].*?)?(?: \[([^\]]+)\])?")
NOT_TIMED = "Horaires et rythme de la source non transposables en FHIR R4 : voir ses propres mots"
NOT_DOSED = "Dose de la source non transposable en FHIR R4 : voir ses propres mots"


def write_phase(
    phase: Phase, zone: ZoneInfo, units: Units, said: frozenset[str], basis: Object | None
) -> Object:
    """The Dosage. `said` are words that the order says elsewhere; `basis` is the component that
    the dose is counted in. Raises: nothing.
    """
    timing, untimed = _timing(phase, zone)
    dose, undosed = _dose(phase.dose, units) if phase.dose is not None else (None, ())
    words = (*(w for w in phase.instructions if w not in said), *untimed, *undosed)
    instructions: list[Json] = [{"text": each} for each in words]
    reasons = tuple(reason for reason in phase.as_needed_for if reason.strip())
    extension: Object | None = {"url": BASIS, "valueReference": basis} if basis else None
    own: Object = {"extension": [extension]} if extension else {}
    return {
        "extension": [*_more_reasons(reasons), *_ceilings(phase)],
        "sequence": phase.sequence,
        "text": phase.text,
        "additionalInstruction": instructions,
        "timing": timing,
        "asNeededBoolean": True if phase.as_needed and not reasons else None,
        "asNeededCodeableConcept": {"text": reasons[0]} if reasons else None,
        "doseAndRate": [own | dose] if dose else [],
        **limits_of(phase.limits),
    }


def _more_reasons(reasons: tuple[str, ...]) -> list[Json]:
    """R4 has one reason; those beside it stand as R5 has them."""
    return [{"url": NEEDED_FOR, "valueCodeableConcept": {"text": reason}} for reason in reasons[1:]]


def _ceilings(phase: Phase) -> list[Json]:
    """The ceilings; a gap that the frequency of what is as needed states is not said twice."""
    often, gap = phase.rhythm.frequency, phase.limits.minimum_gap
    stated = (
        phase.as_needed
        and often is not None
        and gap is not None
        and (often.times, often.times_high, often.period_high) == (None, 1, None)
        and (often.period, often.unit) == (gap.value, gap.unit)
    )
    limits = phase.limits.model_copy(update={"minimum_gap": None}) if stated else phase.limits
    return ceilings_of(limits)


def _timing(phase: Phase, zone: ZoneInfo) -> tuple[Object, tuple[str, ...]]:
    """The Timing, and what must be said in words because R4 cannot."""
    for rank, less in enumerate(_less_and_less(phase)):
        try:
            return timing_of(less, zone), (NOT_TIMED, *_rhythm_words(phase)) if rank else ()
        except Unsayable:
            continue
    return {}, (NOT_TIMED, *_rhythm_words(phase))


def _less_and_less(phase: Phase) -> Iterator[Phase]:
    """The phase; then its bounds alone; then its bounds without count and length."""
    bounds = phase.bounds
    bare = {"rhythm": Rhythm(), "times": Times(), "intake_lasts": None, "timing_code": None}
    yield phase
    yield phase.model_copy(update={**bare, "bounds": _uncounted(bounds)})
    period = Bounds(start=bounds.start, end=bounds.end, end_included=bounds.end_included)
    yield phase.model_copy(update={**bare, "bounds": period})


def _uncounted(bounds: Bounds) -> Bounds:
    return bounds.model_copy(update={"count": None, "count_high": None})


def _rhythm_words(phase: Phase) -> Iterator[str]:
    """What of the rhythm the words of the sender may not say."""
    cycle, days = phase.rhythm.cycle, phase.rhythm.month_days
    if cycle is not None:
        yield f"Cycle : {cycle.days_on} jours avec, {cycle.days_off} jours sans"
    if days:
        yield f"Jours du mois : {', '.join(map(str, days))}"
    if phase.bounds.duration is not None:
        yield f"Durée : {phase.bounds.duration.value} {phase.bounds.duration.unit}"


def _dose(dose: Dose, units: Units) -> tuple[Object, tuple[str, ...]]:
    rate = rate_of(dose.rate, units) if dose.rate is not None else {}
    if rate is None:
        return {}, (NOT_DOSED, str(dose.rate))
    ends = [end for end in (dose.low, dose.high) if end is not None]
    by_weight = any(map(is_per_body, ends))
    if not ends:
        return rate, ()
    if dose.per_body and not by_weight and dose.rate is None:
        return {}, (NOT_DOSED,)
    plain = dose.model_copy(update={"rate": None, "per_body": by_weight})
    return dose_of(plain) | rate, ()


def rate_of(text: str, units: Units) -> Object | None:
    """The rate that readers keep as words (`5 mg/h`, `5 mg / 1 h`, `5 mg/h - 10 mg/h`) as
    `rate[x]`; `None` for words of another shape.
    """
    for joint, names in ((" / ", ("numerator", "denominator")), (" - ", ("low", "high"))):
        parts = text.split(joint)
        ends = [_amount(part, units) for part in parts]
        if len(parts) == 2 and all(end is not None for end in ends):
            ends_of: Object = dict(zip(names, ends, strict=True))
            return {"rateRatio" if joint == " / " else "rateRange": ends_of}
    alone = _amount(text, units)
    return {"rateQuantity": alone} if alone is not None else None


def _amount(text: str, units: Units) -> Object | None:
    stated = _read_words(text)
    if stated is None:
        return None
    return write_quantity(units.coded(stated) if stated.code is None else stated)


def amount_told(text: str) -> Object | None:
    """An amount that a reader keeps as words (`28 jours [d]`); `None` for other words."""
    stated = _read_words(text)
    return write_quantity(stated) if stated is not None else None


def _read_words(text: str) -> Quantity | None:
    """The amount, with the code in brackets, or the unit itself where that is one of time."""
    shape = _AMOUNT.fullmatch(text.strip())
    if shape is None:
        return None
    code = shape[3] or (shape[2] if shape[2] in set(PeriodUnit) else None)
    system = (EDQM if code.isdecimal() else UCUM) if code is not None else None
    return Quantity(value=Decimal(shape[1]), unit=shape[2], code=code, system=system)
