"""The phases of a line: one for a normal posology, else one for each subordinate entry.

Source: IHE PCC *Medications*, dosing modes; ANS eP-MED-DM, FR-Traitement-prescrit. Tapered
steps follow each other; split, conditional and combined ones stand side by side.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectors.cda.condition import read_conditions
from connectors.cda.dose import read_dose, read_limits
from connectors.cda.force import check_all_read, check_in_force
from connectors.cda.period import check_period
from connectors.cda.said import LineWords, frequency_words, step_sentence, step_words
from connectors.cda.scribe import Scribe, child, children, templates_of
from connectors.cda.templates import STEP, Mode
from connectors.cda.timing import Timing, last_day, read_timing
from connectors.markup import local_name
from schemas.finding import FindingCode
from schemas.posology import Bounds, Phase

if TYPE_CHECKING:
    from lxml.etree import _Element

_SIDE_BY_SIDE = 1
_WITH_STEPS = frozenset({Mode.TAPERED, Mode.SPLIT, Mode.CONDITIONAL, Mode.COMBINED})


def is_step(relation: "_Element", target: "_Element") -> bool:
    """Whether a relation holds a step: an administration that is a component of the line.

    Its template is not asked for: a step that forgets it must not be lost.
    """
    administers = local_name(target) == "substanceAdministration"
    return administers and (relation.get("typeCode") == "COMP" or STEP in templates_of(target))


def steps_of(entry: "_Element") -> "list[_Element]":
    """The `entryRelationship` of each subordinate entry, in the order of the document."""
    return [
        relation
        for relation in children(entry, "entryRelationship")
        if any(is_step(relation, target) for target in relation.iterchildren("*"))
    ]


def read_mode(scribe: Scribe, entry: "_Element", has_steps: bool) -> Mode | None:
    """The mode that the line declares; none, several, or one that its steps deny is a finding."""
    declared = [mode for mode in Mode if mode in templates_of(entry)]
    if len(declared) != 1:
        code = FindingCode.TIMING_CONTRADICTED if declared else FindingCode.STRUCTURE_INVALID
        code = FindingCode.TIMING_INVALID if has_steps and not declared else code
        scribe.doubt(code, scribe.at(entry), "a line must declare exactly one dosing mode")
        return declared[0] if declared else None
    if (declared[0] in _WITH_STEPS) is not has_steps:
        scribe.doubt(
            FindingCode.TIMING_INVALID,
            scribe.at(entry),
            "tapered, split, conditional and combined doses have steps, other modes none",
        )
    return declared[0]


def read_phases(scribe: Scribe, entry: "_Element", said: LineWords) -> tuple[Phase, ...]:
    """The phases of a line. `said` are the words of the whole line, for a line without steps."""
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
    phases = _under_line(scribe, entry, [_step(scribe, relation, mode) for relation in steps])
    if mode is Mode.CONDITIONAL:
        _check_conditions(scribe, phases)
    if mode is not Mode.TAPERED:
        return _within(phases, timing.bounds)
    _check_numbers(scribe, entry, phases)
    chained = _chained(phases, timing.bounds)
    _check_period(scribe, entry, chained, timing.bounds)
    return chained


def _only(
    scribe: Scribe, entry: "_Element", timing: Timing, frequency: str | None, said: str | None
) -> Phase:
    words = said or step_words(scribe, entry, frequency)
    phase = _phase(scribe, entry, timing, words, None)
    if words and not (timing.says_when or phase.dose is not None or phase.as_needed):
        scribe.doubt(
            FindingCode.POSOLOGY_TEXT_ONLY,
            phase.location,
            "the posology is in the narrative alone",
            words,
        )
    return phase


def _step(line: Scribe, relation: "_Element", mode: Mode | None) -> Phase:
    scribe = line.part()
    step = next(children(relation, "substanceAdministration"))
    check_in_force(scribe, step)
    check_all_read(scribe, step, is_step=True)
    frequency = frequency_words(scribe, step)
    timing = read_timing(scribe, step, frequency)
    sequence = _number(scribe, relation) if mode is Mode.TAPERED else _SIDE_BY_SIDE
    words = step_words(scribe, step, frequency, step_sentence(scribe, step))
    phase = _phase(scribe, step, timing, words, sequence)
    return phase.model_copy(update={"findings": tuple(scribe.findings)})


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


def _within(phases: tuple[Phase, ...], line: Bounds) -> tuple[Phase, ...]:
    """Steps that state no period have that of the line."""
    return tuple(
        phase.model_copy(update={"bounds": line}) if phase.bounds == Bounds() else phase
        for phase in phases
    )


def _chained(phases: tuple[Phase, ...], line: Bounds) -> tuple[Phase, ...]:
    """Tapered steps: the first starts with the line, the last ends with it, unless they say."""
    if any(phase.sequence is None for phase in phases):
        return phases
    order = sorted(phases, key=lambda phase: phase.sequence or 0)
    first, last = order[0], order[-1]
    changed = []
    for phase in phases:
        update: dict[str, object] = {}
        if phase is first and phase.bounds.start is None:
            update["start"] = line.start
        if phase is last and phase.bounds.end is None and phase.bounds.duration is None:
            update |= {"end": line.end, "end_included": line.end_included}
        bounds = phase.bounds.model_copy(update=update)
        changed.append(phase.model_copy(update={"bounds": bounds}))
    return tuple(changed)


def _check_period(scribe: Scribe, entry: "_Element", phases: Sequence[Phase], line: Bounds) -> None:
    """The steps end on the last day of the line: it is part of the period (CI-SIS examples)."""
    ends = [last_day(phase.bounds) for phase in phases]
    stated = last_day(line)
    if stated is None or None in ends:
        return
    if max(end for end in ends if end is not None) != stated:
        interval = child(entry, "effectiveTime")
        scribe.doubt(
            FindingCode.TIMING_CONTRADICTED,
            scribe.at(entry if interval is None else interval),
            "the steps must end on the last day of the line",
            str(stated),
        )
