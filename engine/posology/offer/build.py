"""The posology of complete answers: the intakes of each row that share an amount are one phase."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from engine.posology.doubts import Doubts
from schemas.base import DateOrInstant
from schemas.finding import Finding, FindingCode
from schemas.moment import MomentTime
from schemas.offer import (
    AddedRow,
    Answers,
    Candidate,
    Condition,
    Content,
    Days,
    DoseAt,
    Ends,
    Offer,
    Row,
    Starts,
    Verdict,
)
from schemas.posology import Bounds, Dose, Phase, Posology, Rhythm, Times
from schemas.quantity import PeriodUnit
from schemas.schedule import Slot

PLACE = "interpretation"
"""What a location of a pharmacist's reading begins with."""


def built(offer: Offer, chosen: Candidate, answers: Answers) -> Posology | tuple[Finding, ...]:
    """The posology, or the findings at intakes without an amount, a unit or a place."""
    rows = [
        (row.id, row.sequence, _held(row, answers)) for row in chosen.rows if _is_kept(row, answers)
    ]
    rows += [
        (f"rows[{number}]", row.sequence, _added(row))
        for number, row in enumerate(answers.rows, start=1)
    ]
    found = [doubt for name, _, held in rows for doubt in _incomplete(name, held)]
    if found:
        return tuple(found)
    first = min((sequence for _, sequence, _ in rows if sequence is not None), default=None)
    phases = [
        phase
        for name, sequence, held in rows
        for phase in _phases(name, sequence, held, answers.start if sequence == first else None)
    ]
    phases = [_with_words(phase, offer) for phase in phases]
    return Posology(phases=tuple(phases), text=offer.text)


_One = TypeVar("_One", Days, Starts, Ends, Condition)
_Held = Sequence[tuple[str, Content]]
"""What holds at each place of a row: the id of its cell, or that of an addition."""


def _is_kept(row: Row, answers: Answers) -> bool:
    removed = {each.cell for each in answers.cells if each.verdict is Verdict.REMOVED}
    return f"{row.id}.days" not in removed


def _held(row: Row, answers: Answers) -> _Held:
    given = {answer.cell: answer for answer in answers.cells}
    held = [
        (cell.id, given[cell.id].correction or cell.holds)
        for cell in row.cells
        if given[cell.id].verdict is not Verdict.REMOVED
    ]
    return [
        *held,
        *(
            (f"doses[{number}]", added.dose)
            for number, added in enumerate(answers.doses, start=1)
            if added.row == row.id
        ),
    ]


def _added(row: AddedRow) -> _Held:
    parts = (row.days, *row.doses, row.start, row.end, row.condition)
    return [("", part) for part in parts if part is not None]


def _incomplete(name: str, held: _Held) -> Iterable[Finding]:
    """Intakes that state no amount, no unit, or no place where their row needs one."""
    rhythm, condition = _rhythm(held), _the(Condition, held)
    placed = condition is None and not _is_hourly(rhythm)
    for place, dose in held:
        if not isinstance(dose, DoseAt):
            continue
        doubts = Doubts(place or name)
        if dose.quantity is None or dose.quantity.unit_label is None:
            doubts.say(FindingCode.ANSWER_WRONG, "the intake needs an amount with its unit")
        elif dose.quantity.value <= 0:
            doubts.say(FindingCode.ANSWER_WRONG, "the amount must be above zero")
        if placed and dose.place is None:
            doubts.say(FindingCode.ANSWER_WRONG, "the intake needs a moment or a time of the clock")
        yield from doubts.findings


def _is_hourly(rhythm: Rhythm) -> bool:
    return rhythm.frequency is not None and rhythm.frequency.unit is PeriodUnit.HOUR


def _rhythm(held: _Held) -> Rhythm:
    return (_the(Days, held) or Days()).rhythm


def _the(kind: type[_One], held: _Held) -> _One | None:
    return next((content for _, content in held if isinstance(content, kind)), None)


def _with_words(phase: Phase, offer: Offer) -> Phase:
    """The phase with what holds for all: limits, harmless words, the text of a condition."""
    text = offer.text if phase.as_needed else None
    update = {"limits": offer.limits, "instructions": offer.aside, "text": text}
    return phase.model_copy(update=update)


def _phases(
    name: str, sequence: int | None, held: _Held, start: DateOrInstant | None
) -> Iterable[Phase]:
    own, end = _the(Starts, held), _the(Ends, held) or Ends()
    condition = _the(Condition, held)
    bounds = Bounds(
        start=own.start if own is not None else start,
        end=end.end,
        end_included=end.end_included,
        duration=end.duration,
    )
    doses = [dose for _, dose in held if isinstance(dose, DoseAt)]
    for quantity in dict.fromkeys(dose.quantity for dose in doses):
        places = [dose.place for dose in doses if dose.quantity == quantity]
        yield Phase(
            location=f"{PLACE}/{name}",
            sequence=sequence,
            bounds=bounds,
            rhythm=_rhythm(held),
            times=_times(places),
            dose=Dose(low=quantity, high=quantity),
            as_needed=condition is not None,
            as_needed_for=condition.reasons if condition is not None else (),
        )


def _times(places: Sequence[Slot | None]) -> Times:
    slots = [place for place in places if place is not None]
    return Times(
        moments=tuple(
            MomentTime(moment=slot.moment, offset_minutes=slot.offset_minutes)
            for slot in slots
            if slot.moment is not None
        ),
        clock=tuple(slot.wall_time for slot in slots if slot.wall_time is not None),
    )
