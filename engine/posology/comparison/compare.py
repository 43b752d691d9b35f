"""A sender's text against the structure beside it: they agree, one says more, or they differ.

FHIR R4 asks that Dosage.text reflects Dosage.timing; published examples show that it often does
not. A difference is a doubt for a person: neither side is taken for the truth.
"""

from collections.abc import Sequence

from engine.posology.comparison.amounts import Strengths
from engine.posology.comparison.difference import ADDS, CONTRADICTS, UNREAD, Difference
from engine.posology.comparison.differences import Beside, differences
from engine.posology.comparison.doses import of_amounts_said_twice, of_strength
from engine.posology.comparison.product import strengths_of, without_name
from engine.posology.comparison.unread import of_unread, spares_days
from engine.posology.text.propose import propose
from schemas.base import DateOrInstant
from schemas.finding import Finding
from schemas.posology import Phase, Posology
from schemas.prescription import Product
from schemas.proposal import Proposal

_NO_PRODUCT = Product()
_WEIGHT = {CONTRADICTS: 2, ADDS: 1, UNREAD: 0}


def compare(
    proposal: Proposal,
    phases: Sequence[Phase],
    location: str | None = None,
    strengths: Strengths = (),
) -> tuple[Finding, ...]:
    """What a text says that the phases do not, one finding for each difference.

    `location` is where the text stands; without it, the first phase's. Of several readings the
    one that differs least counts, and the others must be the same amount by the `strengths` of
    the product. Where all phases are as needed or a rate alone, nothing is planned and every
    difference is only to acknowledge. The findings quote the text. Empty: they agree.
    """
    if not phases:
        return ()
    kept = [*_of_readings(proposal, phases, strengths)]
    unread = (of_unread(said, phases, strengths) for said in proposal.unread)
    kept += [found for found in unread if found is not None]
    if all(phase.as_needed or _is_rate(phase) for phase in phases):
        kept = [(UNREAD, rule) for _, rule in kept]
    return tuple(
        Finding(
            code=code, location=location or phases[0].location, message=rule, quoted=proposal.text
        )
        for code, rule in dict.fromkeys(kept)
    )


def _is_rate(phase: Phase) -> bool:
    """Whether the dose is a rate alone; a rate beside an amount leaves the amount to be planned."""
    dose = phase.dose
    return dose is not None and dose.rate is not None and dose.low is None and dose.high is None


def _of_readings(
    proposal: Proposal, phases: Sequence[Phase], strengths: Strengths
) -> list[Difference]:
    known = strengths or proposal.strengths
    beside = Beside(known, any(spares_days(said, phases) for said in proposal.unread))
    readings = [proposal.phases, *proposal.several]
    outcomes = [differences(reading, phases, beside) for reading in readings]
    best = min(range(len(readings)), key=lambda rank: _weight(outcomes[rank]))
    if _weight(outcomes[best])[0] >= _WEIGHT[CONTRADICTS]:
        return outcomes[best]
    twice = [of_strength(proposal.strengths, strengths)]
    twice += [
        of_amounts_said_twice(readings[best], other, known)
        for other in readings
        if other is not readings[best]
    ]
    return outcomes[best] + [found for found in twice if found is not None]


def compare_all(
    posology: Posology,
    texts: Sequence[str] = (),
    product: Product = _NO_PRODUCT,
    start: DateOrInstant | None = None,
) -> tuple[Finding, ...]:
    """Every text of a posology against its structure: of the whole, of each phase, of its labels.

    `texts` are further words for the whole (those of the line). The name of the product
    is no part of what they say, and its strength makes amounts in two units one. The text of
    one phase may describe them all: it is compared with its phase, and where it differs with
    all of them, and the milder outcome counts. `start` is that of the line, for phases without
    one. A posology in words alone has nothing that a text could add to.
    """
    phases = tuple(_starting(phase, posology.phases, start) for phase in posology.phases)
    whole = [text for text in dict.fromkeys([posology.text, *texts]) if text]
    if not whole and not any(phase.text or phase.instructions for phase in phases):
        return ()
    strengths = strengths_of(product)
    said = [_proposal(text, product) for text in whole]
    found = [one for each in said for one in compare(each, phases, None, strengths)]
    for phase in phases:
        own = None if phase.text in whole else phase.text
        for text, location in [(own, f"{phase.location}.text"), *_labels(phase)]:
            if text is not None:
                found += _milder(_proposal(text, product), phase, phases, location, strengths)
        if own is not None and _is_opaque(_proposal(own, product)):
            found.append(_opaque(phase))
    if not any(map(_is_structured, phases)):
        found = [finding for finding in found if finding.code is CONTRADICTS]
    return tuple(dict.fromkeys(found))


def _starting(phase: Phase, phases: Sequence[Phase], start: DateOrInstant | None) -> Phase:
    """The phase with the line's start, when it is of the first step and states none."""
    first = min((one.sequence or 0 for one in phases), default=0)
    if start is None or phase.bounds.start is not None or (phase.sequence or 0) != first:
        return phase
    return phase.model_copy(update={"bounds": phase.bounds.model_copy(update={"start": start})})


def _is_structured(phase: Phase) -> bool:
    """Whether there is anything that a text can add to: where there is not, it is the posology."""
    empty = Phase(location="")
    structured = (phase.rhythm, phase.times, phase.timing_code, phase.dose, phase.as_needed)
    return structured != (empty.rhythm, empty.times, None, None, False)


def _labels(phase: Phase) -> list[tuple[str | None, str]]:
    return [(said, f"{phase.location}.instructions") for said in phase.instructions]


def _milder(
    proposal: Proposal,
    phase: Phase,
    phases: Sequence[Phase],
    location: str,
    strengths: Strengths,
) -> tuple[Finding, ...]:
    alone = compare(proposal, (phase,), location, strengths)
    if not any(finding.blocks for finding in alone) or len(phases) == 1:
        return alone
    return min(alone, compare(proposal, phases, location, strengths), key=_heaviest)


def _heaviest(findings: Sequence[Finding]) -> tuple[int, int]:
    return max((_WEIGHT[finding.code] for finding in findings), default=-1), len(findings)


def _proposal(text: str, product: Product) -> Proposal:
    """What the text says beside the product's name; it is still quoted as sent."""
    said = without_name(text, product)
    proposal = propose(said)
    return proposal if said == text else proposal.model_copy(update={"text": text})


def _is_opaque(proposal: Proposal) -> bool:
    """Whether nothing of a text that has words was understood."""
    letters = any(letter.isalpha() for letter in proposal.text)
    return letters and not proposal.phases and not proposal.unread


def _opaque(phase: Phase) -> Finding:
    return Finding(
        code=UNREAD,
        location=f"{phase.location}.text",
        message="nothing of the text could be compared with the structure",
        quoted=phase.text,
    )


def _weight(differences: Sequence[Difference]) -> tuple[int, int]:
    weights = [_WEIGHT[difference[0]] for difference in differences]
    return max(weights, default=-1), len(weights)
