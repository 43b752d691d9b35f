"""What is taken as needed as one FHIR R4 Dosage: the range, the rhythm, the times and the bounds.

Nothing is dated, so what R4 has no element for cannot become a list of dates, as it does for what
is planned: it is refused.
"""

from zoneinfo import ZoneInfo

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.stated import (
    Unsayable,
    ceilings_of,
    dose_of,
    limits_of,
    timing_of,
)
from schemas.errors import Refused
from schemas.schedule import AsNeeded


def write_needed(needed: AsNeeded, zone: ZoneInfo) -> Object:
    """The Dosage. Days of a length are those of `zone`.

    Raises: `Refused` for a cycle, days of the month, moments that one Timing cannot hold, bounds
    that are no period, and a dose by time: R4 has no element for them, or one that holds less.
    """
    instructions: list[Json] = [{"text": words} for words in needed.instructions]
    reasons = "; ".join(needed.reasons)
    try:
        timing = timing_of(needed, zone)
        dose = [dose_of(needed.dose)] if needed.dose is not None else []
    except Unsayable as what:
        rule = f"{what} of a dose as needed cannot be said in R4"
        raise Refused(f"dosageInstruction: {rule}") from None
    return {
        "extension": ceilings_of(needed.limits),
        "text": needed.text,
        "additionalInstruction": instructions,
        "timing": timing,
        "asNeededBoolean": None if reasons else True,
        "asNeededCodeableConcept": {"text": reasons} if reasons else None,
        "doseAndRate": [*dose],
        **limits_of(needed.limits),
    }
