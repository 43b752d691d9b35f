"""What a posology text seems to say, in French first and in English: for comparison only.

A proposal is never made into a schedule. What the grammar cannot place stays in `unread` when it
may matter: a number, a unit, a condition, an end, an exception, a choice.
"""

from collections.abc import Sequence
from functools import lru_cache

from engine.posology.text.grouping import Grouping
from engine.posology.text.groups import Group, Segment
from engine.posology.text.items import Item, Kind
from engine.posology.text.scanner import items_of
from schemas.finding import Finding, FindingCode
from schemas.posology import Dose, Phase, Rhythm, Times
from schemas.proposal import Proposal
from schemas.quantity import Quantity

_MOST_READINGS = 4
_LONGEST = 4000
_KEPT = 1024
"""How many texts stay read: the same few hundred stand on the lines of a whole home."""


@lru_cache(maxsize=_KEPT)
def propose(text: str) -> Proposal:
    """The phases that a text seems to state, what it leaves unread, and its other readings.

    Phases are at location `text`. One segment is concurrent; "puis", "then" number the phases.
    A phase whose amount may be that of a whole day carries a `DOSE_TOTAL` finding. Raises:
    nothing, whatever the text; one of more than 4000 letters is no posology and stays unread.
    """
    if len(text) > _LONGEST:
        return Proposal(text=text, unread=(text,))
    items = items_of(text)
    grouping = _grouped(items)
    if not any(group.doses for segment in grouping.segments for group in segment.groups):
        grouping = _grouped([_as_dose(item) for item in items])
    readings = [_phases(grouping, number) for number in range(_number_of_readings(grouping))]
    distinct = [phases for place, phases in enumerate(readings) if phases not in readings[:place]]
    return Proposal(
        text=text,
        phases=distinct[0],
        unread=tuple(grouping.unread),
        several=tuple(distinct[1:]),
        strengths=tuple(dict.fromkeys(grouping.strengths)),
    )


def _grouped(items: Sequence[Item]) -> Grouping:
    grouping = Grouping()
    for item in items:
        grouping.take(item)
    grouping.finish()
    return grouping


def _as_dose(item: Item) -> Item:
    """`40 mg comprimé le matin`: where no other amount is said, the one named is the dose."""
    return item._replace(kind=Kind.DOSE, strength=None) if item.kind is Kind.NAMED else item


def _number_of_readings(grouping: Grouping) -> int:
    groups = (group for segment in grouping.segments for group in segment.groups)
    most = max((len(group.doses) for group in groups), default=1)
    return min(max(most, 1), _MOST_READINGS)


def _phases(grouping: Grouping, reading: int) -> tuple[Phase, ...]:
    """The phases with the n-th reading of each amount (the last where there are fewer)."""
    numbered = len(grouping.segments) > 1
    found: list[Phase] = []
    for number, segment in enumerate(grouping.segments, start=1):
        sequence = number if numbered else None
        groups = [group for group in segment.groups if group.doses or group.timed]
        if not groups and segment.says_more:
            groups = segment.groups[:1]
        found += [_phase(group, segment, sequence, reading) for group in groups]
    return tuple(_merged(found))


def _phase(group: Group, segment: Segment, sequence: int | None, reading: int) -> Phase:
    doses = group.doses
    return Phase(
        location="text",
        sequence=sequence,
        bounds=segment.bounds,
        rhythm=Rhythm(
            frequency=group.frequency,
            weekdays=tuple(dict.fromkeys(group.weekdays)),
            cycle=segment.cycle,
        ),
        times=Times(
            moments=tuple(dict.fromkeys(group.moments)), clock=tuple(dict.fromkeys(group.clock))
        ),
        dose=doses[min(reading, len(doses) - 1)] if doses else None,
        as_needed=bool(segment.reasons),
        as_needed_for=tuple(segment.reasons),
        intake_lasts=segment.lasts,
        findings=_doubts(group),
    )


def _doubts(group: Group) -> tuple[Finding, ...]:
    if not group.may_be_total:
        return ()
    rule = "the amount stands beside a day or a week: of one intake, or of all"
    return (Finding(code=FindingCode.DOSE_TOTAL, location="text", message=rule),)


def _merged(phases: Sequence[Phase]) -> list[Phase]:
    """The phases without those that say again what another says, but for the unit."""
    kept = list(phases[:1])
    for phase in phases[1:]:
        again = any(_unitless(phase) == _unitless(other) for other in kept)
        only_same_units = any(phase.dose == other.dose for other in kept)
        bare = phase.dose is None or phase.dose.low is None or phase.dose.low.unit is None
        if not again or not (bare or only_same_units):
            kept.append(phase)
    return kept


def _unitless(phase: Phase) -> Phase:
    dose = phase.dose
    if dose is None or dose.low is None or dose.high is None:
        return phase
    low, high = (Quantity(value=end.value) for end in (dose.low, dose.high))
    return phase.model_copy(update={"dose": Dose(low=low, high=high), "findings": ()})
