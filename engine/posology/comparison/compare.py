"""A sender's text against the structure beside it: they agree, one says more, or they differ.

FHIR R4 asks that Dosage.text reflects Dosage.timing; published examples show that it often does
not. A difference is a doubt for a person: neither side is taken for the truth.
"""

from collections.abc import Sequence

from engine.posology.comparison.differences import differences
from engine.posology.comparison.unread import ADDS, CONTRADICTS, UNREAD, Difference, of_unread
from engine.posology.text.propose import propose
from schemas.finding import Finding
from schemas.posology import Phase, Posology
from schemas.proposal import Proposal

_WEIGHT = {CONTRADICTS: 2, ADDS: 1, UNREAD: 0}


def compare(
    proposal: Proposal, phases: Sequence[Phase], location: str | None = None
) -> tuple[Finding, ...]:
    """What a text says that the phases do not, one finding for each difference.

    `location` is where the text stands; without it, the first phase's. Of several readings the
    one that differs least counts. Where all phases are as needed, nothing is planned and every
    difference is only to acknowledge. The findings quote the text. Empty: they agree.
    """
    if not phases:
        return ()
    readings = (proposal.phases, *proposal.several)
    found = min((differences(reading, phases) for reading in readings), key=_weight)
    found += [of_unread(said, phases) for said in proposal.unread]
    kept = [difference for difference in found if difference is not None]
    if all(phase.as_needed for phase in phases):
        kept = [(UNREAD, rule) for _, rule in kept]
    return tuple(
        Finding(
            code=code, location=location or phases[0].location, message=rule, quoted=proposal.text
        )
        for code, rule in dict.fromkeys(kept)
    )


def compare_all(posology: Posology, texts: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Every text of a posology against its structure: of the whole, of each phase, of its labels.

    `texts` are further words for the whole (those of the line). The text of one phase may
    describe them all: it is compared with its phase, and where it differs with all of them, and
    the milder outcome counts. A posology in words alone has nothing that a text could add to.
    """
    phases = posology.phases
    whole = [text for text in dict.fromkeys([posology.text, *texts]) if text]
    found = [one for text in whole for one in compare(propose(text), phases)]
    for phase in phases:
        own = None if phase.text in whole else phase.text
        for text, location in [(own, f"{phase.location}.text"), *_labels(phase)]:
            if text is not None:
                found += _milder(text, phase, phases, location)
        if own is not None and _is_opaque(own):
            found.append(_opaque(phase))
    if not any(map(_is_structured, phases)):
        found = [finding for finding in found if finding.code is CONTRADICTS]
    return tuple(dict.fromkeys(found))


def _is_structured(phase: Phase) -> bool:
    """Whether there is anything that a text can add to: where there is not, it is the posology."""
    empty = Phase(location="")
    structured = (phase.rhythm, phase.times, phase.timing_code, phase.dose, phase.as_needed)
    return structured != (empty.rhythm, empty.times, None, None, False)


def _labels(phase: Phase) -> list[tuple[str | None, str]]:
    return [(said, f"{phase.location}.instructions") for said in phase.instructions]


def _milder(text: str, phase: Phase, phases: Sequence[Phase], location: str) -> tuple[Finding, ...]:
    proposal = propose(text)
    alone = compare(proposal, (phase,), location)
    if not any(finding.blocks for finding in alone) or len(phases) == 1:
        return alone
    together = compare(proposal, phases, location)
    return alone if any(finding.blocks for finding in together) else together


def _is_opaque(text: str) -> bool:
    """Whether nothing of a text that has words was understood."""
    proposal = propose(text)
    letters = any(letter.isalpha() for letter in text)
    return letters and not proposal.phases and not proposal.unread


def _opaque(phase: Phase) -> Finding:
    return Finding(
        code=UNREAD,
        location=f"{phase.location}.text",
        message="nothing of the text could be compared with the structure",
        quoted=phase.text,
    )


def _weight(differences: Sequence[Difference | None]) -> tuple[int, int]:
    weights = [_WEIGHT[difference[0]] for difference in differences if difference is not None]
    return max(weights, default=-1), len(weights)
