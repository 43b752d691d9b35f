"""FHIR R4 Dosage to canonical phases: near-literal, and nothing judged but the standard's rules.

`engine.posology.normalise` decides what is computable. What FHIR can say and the canonical
posology cannot is a finding of the phase, at its FHIRPath.
"""

from collections.abc import Mapping, Sequence

from connectors.fhir.dosage.quantities import read_dose, read_limits
from connectors.fhir.dosage.timing import TimingRead, read_timing
from connectors.fhir.dosage.words import all_words_of
from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.closing import close
from connectors.trail import Trail
from schemas.finding import FindingCode
from schemas.posology import Limits, Phase
from schemas.quantity import Duration
from schemas.site import Site

_AS_NEEDED_FOR = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Dosage.asNeededFor",
    "http://nictiz.nl/fhir/StructureDefinition/ext-Dosage-AsNeededFor",
)
_AS_NEEDED = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Dosage.asNeeded"
"""R5 `asNeeded` in an R4 Dosage: the extension of the same name as the element."""


def read_dosages(
    dosages: Sequence[Mapping[str, object]], location: str, trail: Trail, site: Site
) -> tuple[Phase, ...]:
    """One phase for each Dosage, in the order given, at `location[0]`, `location[1]`...

    The JSON is decoded with `parse_float=Decimal`: a binary float is refused. Every leaf that
    gives something is marked on the trail, at its FHIRPath below `location`. Raises: nothing,
    whatever the JSON is; what cannot be read is a finding of its phase. Source: FHIR R4 Dosage
    and Timing; STU3 `doseQuantity` on the Dosage; R5 `asNeededFor`.
    """
    return tuple(
        _phase(dosage, f"{location}[{place}]", trail, site) for place, dosage in enumerate(dosages)
    )


def _phase(dosage: object, at: str, trail: Trail, site: Site) -> Phase:
    doubts = Doubts(trail)
    if not isinstance(dosage, Mapping):
        doubts.invalid(at, "must be a Dosage object", dosage)
        return Phase(location=at, findings=tuple(doubts.findings))
    element = Element(at, dosage, doubts)
    timing = element.child("timing")
    read = read_timing(timing, site) if timing else TimingRead()
    as_needed, reasons = _as_needed(element)
    phase = Phase(
        location=at,
        sequence=element.integer("sequence", "sequence", least=-(2**31)),
        text=element.text("text", "text"),
        instructions=tuple(dict.fromkeys((*_instructions(element), *read.words))),
        bounds=read.bounds,
        rhythm=read.rhythm,
        times=read.times,
        timing_code=read.coding,
        dose=read_dose(element),
        as_needed=as_needed,
        as_needed_for=reasons,
        limits=_with_gap(read_limits(element), read, as_needed=as_needed),
        intake_lasts=read.lasts,
    )
    close(element, "Dosage")
    return phase.model_copy(update={"findings": tuple(doubts.findings)})


def _with_gap(limits: Limits, read: TimingRead, *, as_needed: bool) -> Limits:
    """As needed, at most once in a period is a least time between two intakes: it is listed so.

    Source: ANS e-prescription guide, prescription-Modelisation (délai minimum entre deux prises).
    """
    often = read.rhythm.frequency
    if not as_needed or often is None or limits.minimum_gap is not None:
        return limits
    period, unit = often.period, often.unit
    single = (often.times, often.times_high, often.period_high) == (None, 1, None)
    if not single or period is None or unit is None:
        return limits
    return limits.model_copy(update={"minimum_gap": Duration(value=period, unit=unit)})


def _instructions(dosage: Element) -> tuple[str, ...]:
    concepts = dosage.children("additionalInstruction")
    stated = [words for concept in concepts for words in all_words_of(concept, "instructions")]
    told = dosage.text("patientInstruction", "instructions")
    return (*stated, *((told,) if told else ()))


def _as_needed(dosage: Element) -> tuple[bool, tuple[str, ...]]:
    """Whether it is taken as needed, and for what: R4, R5, and the extensions that carry R5.

    A reason beside a flag that says no is a doubt, and not taken for as needed.
    """
    flags = [dosage.truth(name, "as_needed") for name in ("asNeededBoolean", "asNeeded")]
    concepts = [*dosage.children("asNeededFor")]
    concept = dosage.child("asNeededCodeableConcept")
    concepts += [concept] if concept else []
    for extension in dosage.children("extension"):
        url = extension.members.get("url")
        if url == _AS_NEEDED:
            extension.use("url", "as_needed")
            flags.append(extension.truth("valueBoolean", "as_needed"))
        elif url in _AS_NEEDED_FOR:
            extension.use("url", "as_needed_for")
            value = extension.child("valueCodeableConcept")
            concepts += [value] if value else []
    reasons = [words for reason in concepts for words in all_words_of(reason, "as_needed_for")]
    if False in flags and concepts:
        rule = "dos-1: a reason to take as needed stands beside asNeeded false"
        dosage.say(FindingCode.TIMING_INVALID, "asNeededBoolean", rule)
    return True in flags or (bool(concepts) and False not in flags), tuple(reasons)
