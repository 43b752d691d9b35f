"""Which phases run together and which follow: sets of phases as levels of one treatment.

FHIR R4 Dosage.sequence: equal numbers run together, different ones follow in their order. No
number at all means together (German medication guide); R4 is silent there, so phases whose
lengths differ are not taken to run together.
"""

from collections.abc import Sequence

from engine.posology.doubts import Doubts
from schemas.finding import FindingCode
from schemas.posology import Phase

Level = tuple[Phase, ...]


def levels_of(phases: Sequence[Phase], doubts: Doubts) -> tuple[Level, ...]:
    """The levels in their order. Gaps in the numbering only order."""
    numbers = sorted({phase.sequence for phase in phases if phase.sequence is not None})
    if not numbers:
        _check_lengths(phases, doubts)
        return (tuple(phases),)
    if any(phase.sequence is None for phase in phases):
        doubts.say(FindingCode.SEQUENCE_INCOMPLETE, "some phases are numbered and some are not")
    return tuple(tuple(phase for phase in phases if phase.sequence == number) for number in numbers)


def _check_lengths(phases: Sequence[Phase], doubts: Doubts) -> None:
    fixed = [phase.bounds for phase in phases if not phase.as_needed]
    lengths = {bounds.duration for bounds in fixed if bounds.start is None or bounds.end is None}
    if len(lengths) > 1:
        rule = "phases without a sequence have different lengths: together, or one after the other"
        doubts.say(FindingCode.SEQUENCE_INCOMPLETE, rule)
