"""The phases of a line: one for a normal posology, else one for each subordinate entry.

Source: IHE PCC *Medications*, dosing modes; ANS eP-MED-DM, FR-Traitement-prescrit. Tapered
steps follow each other; split, conditional and combined ones stand side by side.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectors.cda.force import check_in_force
from connectors.cda.posology.condition import read_conditions
from connectors.cda.posology.dose import read_dose, read_limits
from connectors.cda.posology.mode import read_mode, steps_of
from connectors.cda.posology.period import check_period
from connectors.cda.posology.said import (
    LineWords,
    frequency_words,
    step_sentence,
    step_words,
    words_beside,
)
from connectors.cda.posology.span import in_turn, side_by_side
from connectors.cda.posology.timing import Timing, read_timing
from connectors.cda.scribe import Scribe, child, children
from connectors.cda.supply import step_instructions
from connectors.cda.templates import Mode
from schemas.finding import FindingCode
from schemas.posology import Phase

if TYPE_CHECKING:
    from lxml.etree import _Element

_SIDE_BY_SIDE = 1


def read_phases(
    scribe: Scribe, entry: "_Element", said: LineWords, *, ordered: bool = True
) -> tuple[Phase, ...]:
    """The phases of a line. `said` are the words of the whole line, for a line without steps.

    `ordered`: the line is one of an order, and not of a summary.
    """
    steps = steps_of(entry)
    mode = read_mode(scribe, entry, bool(steps))
    frequency = frequency_words(scribe, entry)
    timing = read_timing(scribe, entry, frequency or said.text)
    check_period(scribe, entry, said.period, timing.bounds)
    if mode is Mode.DELAYED and timing.bounds.start is None:
        scribe.doubt(
            FindingCode.START_MISSING, scribe.at(entry), "a delayed treatment must state its start"
        )
    if not steps:
        return (_only(scribe, entry, timing, frequency, said.text),)
    if timing.says_when or child(entry, "doseQuantity") is not None:
        scribe.doubt(
            FindingCode.TIMING_UNSUPPORTED,
            scribe.at(entry),
            "a frequency or a dose is stated on the line and on its steps",
        )
    own = [_step(scribe, relation, mode, ordered) for relation in steps]
    phases = _under_line(scribe, entry, own)
    if mode is Mode.CONDITIONAL:
        _check_conditions(scribe, phases)
    if mode is not Mode.TAPERED:
        return side_by_side(scribe, entry, phases, timing.bounds)
    _check_numbers(scribe, entry, phases)
    return in_turn(scribe, entry, phases, timing.bounds)


def _only(
    scribe: Scribe, entry: "_Element", timing: Timing, frequency: str | None, said: str | None
) -> Phase:
    words = said or step_words(scribe, entry, frequency)
    phase = _phase(scribe, entry, timing, words, None)
    if said:
        beside = words_beside(scribe, entry, frequency, said)
        phase = phase.model_copy(update={"instructions": beside})
    if words and not (timing.says_when or phase.dose is not None or phase.as_needed):
        scribe.doubt(
            FindingCode.POSOLOGY_TEXT_ONLY,
            phase.location,
            "the posology is in the narrative alone",
            words,
        )
    return phase


def _step(line: Scribe, relation: "_Element", mode: Mode | None, ordered: bool) -> Phase:
    scribe = line.part()
    step = next(children(relation, "substanceAdministration"))
    check_in_force(scribe, step, is_step=True, ordered=ordered)
    frequency = frequency_words(scribe, step)
    timing = read_timing(scribe, step, frequency)
    number = _number(scribe, relation)
    sequence = number if mode is Mode.TAPERED else _SIDE_BY_SIDE
    words = step_words(scribe, step, frequency, step_sentence(scribe, step))
    phase = _phase(scribe, step, timing, words, sequence)
    instructions = step_instructions(scribe, step)
    return phase.model_copy(
        update={"instructions": instructions, "findings": tuple(scribe.findings)}
    )


def _phase(
    scribe: Scribe,
    entry: "_Element",
    timing: Timing,
    text: str | None,
    sequence: int | None,
) -> Phase:
    conditions, as_needed = read_conditions(scribe, entry)
    return Phase(
        location=scribe.at(entry),
        sequence=sequence,
        text=text,
        bounds=timing.bounds,
        rhythm=timing.rhythm,
        times=timing.times,
        dose=read_dose(scribe, entry),
        as_needed=as_needed,
        as_needed_for=conditions if as_needed else (),
        limits=read_limits(scribe, entry),
        intake_lasts=timing.intake_lasts,
    )


def _number(scribe: Scribe, relation: "_Element") -> int | None:
    stated = child(relation, "sequenceNumber")
    value = scribe.take(stated, "value", "phase.sequence")
    if value is not None and value.isascii() and value.isdigit():
        return int(value[:9])
    return None


def _under_line(scribe: Scribe, entry: "_Element", phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """The steps with the conditions and the ceilings that the line states for all of them."""
    conditions, as_needed = read_conditions(scribe, entry)
    ceilings = read_limits(scribe, entry).per_period
    return tuple(
        phase.model_copy(
            update={
                "as_needed": phase.as_needed or as_needed,
                "as_needed_for": phase.as_needed_for + (conditions if as_needed else ()),
                "limits": phase.limits.model_copy(
                    update={"per_period": phase.limits.per_period + ceilings}
                ),
            }
        )
        for phase in phases
    )


def _check_conditions(scribe: Scribe, phases: Sequence[Phase]) -> None:
    for phase in phases:
        if not phase.as_needed:
            scribe.doubt(
                FindingCode.EVENT_CONDITION,
                phase.location,
                "a conditional dose must say on which condition it is given",
            )


def _check_numbers(scribe: Scribe, entry: "_Element", phases: Sequence[Phase]) -> None:
    numbers = [phase.sequence for phase in phases]
    if None in numbers or len(set(numbers)) != len(numbers):
        scribe.doubt(
            FindingCode.SEQUENCE_INCOMPLETE,
            scribe.at(entry),
            "each tapered step must have a sequenceNumber of its own",
        )
