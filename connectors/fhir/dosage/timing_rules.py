"""What FHIR R4 requires of a Timing and what its JSON schema does not check.

Invariants tim-1 to tim-10 of FHIR R4 Timing, checked by hand: tim-9 as published errors when
`when` has several values. Required bindings: EventTiming, days-of-week, units-of-time.
"""

from connectors.fhir.form.values import Element
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.posology import Weekday
from schemas.quantity import PeriodUnit

FRENCH_MOMENTS = frozenset(
    {
        *("AGU", "PGU", "AT", "T", "PT", "ASK", "SK", "PSK"),
        *("AMS", "MS", "PMS", "AAS", "AS", "PAS", "ABT", "PBT"),
    }
)
"""CodeSystem fr-additional-when-codes-cs: said by an extension, never in `when`."""
FRENCH_WHEN = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription"
    "/StructureDefinition/fr-additional-when-values"
)
AT_THE_MEAL = frozenset({"C", "CM", "CD", "CV"})
_NEEDS = (
    ("tim-1", "duration", "durationUnit"),
    ("tim-2", "period", "periodUnit"),
    ("tim-6", "periodMax", "period"),
    ("tim-7", "durationMax", "duration"),
    ("tim-8", "countMax", "count"),
    ("tim-9", "offset", "when"),
)
_NOT_NEGATIVE = (("tim-4", "duration"), ("tim-5", "period"))
_BOUNDS = ("boundsDuration", "boundsRange", "boundsPeriod")


def check_repeat(repeat: Element) -> None:
    """Say every invariant that this `Timing.repeat` breaks."""
    for rule, name, needed in _NEEDS:
        french = needed == "when" and _has_french_moment(repeat)
        if repeat.has(name) and not repeat.has(needed) and not french:
            _broken(repeat, name, rule, f"{name} needs {needed}")
    for rule, name in _NOT_NEGATIVE:
        given = repeat.members.get(name)
        if (isinstance(given, int) and given < 0) or str(given).startswith("-"):
            _broken(repeat, name, rule, f"{name} must not be negative")
    if repeat.has("timeOfDay") and repeat.has("when"):
        _broken(repeat, "timeOfDay", "tim-10", "timeOfDay and when exclude each other")
    if repeat.has("offset") and AT_THE_MEAL & _listed(repeat.members.get("when")):
        _broken(repeat, "offset", "tim-9", "offset must not stand with C, CM, CD or CV")
    if sum(repeat.has(name) for name in _BOUNDS) > 1:
        _broken(repeat, _BOUNDS[0], "bounds[x]", "only one kind of bounds may be given")


def _has_french_moment(repeat: Element) -> bool:
    """Whether an extension says the moment: the ConceptMaps of the guide put an offset beside it,
    which tim-9 of R4, that knows no other moments, would refuse.
    """
    return any(each.members.get("url") == FRENCH_WHEN for each in repeat.children("extension"))


def _broken(repeat: Element, name: str, rule: str, says: str) -> None:
    repeat.say(FindingCode.TIMING_INVALID, name, f"{rule}: {says}", repeat.members.get(name))


def _listed(given: object) -> frozenset[str]:
    return frozenset(str(item) for item in given) if isinstance(given, list) else frozenset()


def moment_of(code: str, at: str, element: Element, *, french: bool = False) -> Moment | None:
    """The moment of an EventTiming code, or of a French addition when `french`."""
    known = code in set(Moment) and (code in FRENCH_MOMENTS) == french
    if not known:
        rule = "is not a code of the required value set of moments"
        element.doubts.say(FindingCode.CODE_INVALID, at, rule, code)
    return Moment(code) if known else None


def weekday_of(code: str, at: str, element: Element) -> Weekday | None:
    """The weekday of a days-of-week code."""
    if code in set(Weekday):
        return Weekday(code)
    element.doubts.say(FindingCode.CODE_INVALID, at, "is not a code of days-of-week", code)
    return None


def unit_of(element: Element, name: str, gives: str) -> PeriodUnit | None:
    """The unit of time of this member, by the required value set units-of-time."""
    code = element.text(name, gives)
    if code is None or code in set(PeriodUnit):
        return None if code is None else PeriodUnit(code)
    element.say(FindingCode.CODE_INVALID, name, "is not a code of units-of-time", code)
    return None
