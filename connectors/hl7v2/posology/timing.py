"""Statements of timing in TQ1, and how several statements follow one another.

Source: HL7 v2.5.1 §4.5.4 (TQ1), tables 0335, 0472, 0485.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from connectors.hl7v2.er7.segment import NULL, Segment
from connectors.hl7v2.posology import rpt
from connectors.hl7v2.posology.pattern import pattern_of_coding, words_stated
from connectors.hl7v2.posology.statement import Statement
from connectors.hl7v2.source import Source, unit_places
from mappings.timing import Timing
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.posology import Frequency
from schemas.quantity import Duration, PeriodUnit


def timing_segments(source: Source, segments: Sequence[Segment]) -> list[Statement]:
    """One statement for each TQ1, in the order of the source."""
    return [_tq1(source.fork(), segment) for segment in segments]


def _tq1(source: Source, tq1: Segment) -> Statement:
    found = Statement(source, tq1.place)
    found.quantity = source.composite(tq1, 2, "phase.dose")
    found.quantity_at = tq1.where(2)
    _patterns(found, tq1)
    for repetition in tq1.repetitions(4):
        said = source.text(tq1, 4, "phase.times.clock", 1, repetition)
        if said:
            found.add_clock(said, tq1.where(4, 1, repetition))
    _relative(found, tq1)
    if tq1.is_null(3):
        rule = "TQ1-3 is deleted by the sender"
        source.doubt(FindingCode.TIMING_MISSING, tq1.where(3), rule, NULL)
    found.duration = _length(source, tq1, 6, "phase.bounds.duration")
    found.start = source.timestamp(tq1, 7, "phase.bounds.start")
    found.end = source.timestamp(tq1, 8, "phase.bounds.end")
    for repetition in tq1.repetitions(9):
        priority = source.coded(tq1, 9, "phase.as_needed", repetition)
        if priority is not None:
            found.add_priority(priority, tq1.where(9, 1, repetition))
    found.condition = source.text(tq1, 10, "phase.as_needed_for")
    found.condition_at = tq1.where(10)
    found.text = source.text(tq1, 11, "phase.text")
    found.conjunction = source.text(tq1, 12, "phase.sequence")
    found.conjunction_at = tq1.where(12)
    found.lasts = _length(source, tq1, 13, "phase.intake_lasts")
    found.count = source.whole(tq1, 14, "phase.bounds.count")
    return found


def _patterns(found: Statement, tq1: Segment) -> None:
    """Every repetition of TQ1-3: its code, and the components that stand beside the code.

    The words of a known code are words of the statement, to be compared with it.
    """
    source = found.source
    for repetition in tq1.repetitions(3):
        code = _code(source, tq1, repetition)
        said = rpt.beside(source, tq1, repetition)
        place = tq1.where(3, 1, repetition)
        if code is not None and rpt.misplaced_words(said):
            system = said.begin or code.system
            code = code.model_copy(update={"display": said.alignment, "system": system})
            said = replace(said, alignment=None, begin=None)
        if code is not None:
            known = found.add_pattern(code, place)
            if known is not None:
                found.patterns[-1] = rpt.checked(source, known, said, place)
                words = (code.display, *(tq1.value(3, 1, repetition, part) for part in (9, 2, 5)))
                silent = {code.code, words_stated(code, source.table("repeat_patterns"))}
                found.words += [word for word in words if word and word not in silent]
        elif any(tq1.value(3, at, repetition) for at in range(2, 12)):
            one = rpt.alone(source, said, place)
            found.patterns += [one] if one is not None else []


def _code(source: Source, tq1: Segment, repetition: int) -> Coding | None:
    """The code of TQ1-3. A CWE states one thing in two systems.

    The alternate is taken where the other is not known, and must say the same where it is.
    """
    take = (tq1, 3, "phase.rhythm")
    places = [(1, 1), (1, 2), (1, 3), (1, 9)]
    code, display, system, original = source.parts(*take, places, repetition, needed=4)
    other, words, others = source.parts(*take, [(1, 4), (1, 5), (1, 6)], repetition)
    if code is None and display is None and other is None:
        return None
    first = Coding(code=code or "", system=system, display=original or display)
    if other is None:
        return first
    second = Coding(code=other, system=others, display=words)
    table = source.table("repeat_patterns")
    one, two = (pattern_of_coding(each, table) for each in (first, second))
    if one is not None and one != two:
        rule = "the alternate code of the repeat pattern is not known to say the same"
        source.doubt(FindingCode.TIMING_CONTRADICTED, tq1.where(3, 1, repetition, 4), rule, other)
    return second if one is None and two is not None else first


def _relative(found: Statement, tq1: Segment) -> None:
    """TQ1-5, the interval between services. Another one in the repeat pattern contradicts it."""
    every = _length(found.source, tq1, 5, "phase.rhythm.frequency")
    if every is None:
        return
    interval = Frequency(times=1, period=every.value, unit=every.unit)
    stated = {one.frequency for one in found.patterns}
    if (found.patterns or found.unread) and stated != {interval}:
        rule = "TQ1-5 states another interval than the repeat pattern"
        found.source.doubt(FindingCode.TIMING_CONTRADICTED, tq1.where(5), rule, tq1.raw(5))
    elif not found.patterns:
        found.patterns.append(Timing(frequency=interval))


def _length(source: Source, segment: Segment, field: int, gives: str) -> Duration | None:
    """A CQ with a unit of time, through the table `hl7v2/time_units`.

    The code of the unit holds; its words are used where the table knows them, and must agree.
    """
    value = source.number(segment, field, gives)
    if not segment.raw(field) or (value is None and segment.value(field)):
        return None
    table = source.table("time_units")
    places = unit_places(segment, field)
    said = [segment.value(field, at, 1, part) for at, part in places[:2]]
    known = [table.target_of(one or "") for one in said]
    for (at, part), unit in zip(places, known, strict=False):
        if unit is not None or (at, part) == places[0]:
            source.text(segment, field, gives, at, 1, part)
    unit = known[0] if said[0] else known[1]
    if value is None or unit is None or value <= 0 or known[1] not in {None, unit}:
        source.doubt(
            FindingCode.BOUNDS_INVALID,
            segment.where(field),
            f"{segment.name}-{field} must be a number above zero with a unit of time",
            segment.raw(field),
        )
        return None
    return Duration(value=value, unit=PeriodUnit(unit))


def start_together(statements: Sequence[Statement]) -> None:
    """A statement after `A` runs in parallel with the one before: it starts with it.

    "Unless otherwise constrained" by a start of its own. Source: table 0472.
    """
    for earlier, later in pairwise(statements):
        if earlier.conjunction == "A" and later.start is None:
            later.start = earlier.start


def sequences(statements: Sequence[Statement]) -> list[int | None]:
    """The place of each statement in the chain: `S` puts the next one after, `A` beside.

    A conjunction stands on the earlier statement. One that is missing between two statements
    leaves all of them without a number, with a finding; so does one that announces another
    statement after the last. `A` alone is how some senders fill the field.
    """
    for last in statements[-1:]:
        if last.conjunction not in {None, "A"}:
            rule = "the conjunction announces a further timing, and none follows"
            last.source.doubt(
                FindingCode.SEQUENCE_INCOMPLETE, last.conjunction_at, rule, last.conjunction
            )
    if len(statements) < 2:
        return [None for _ in statements]
    numbers: list[int | None] = [1]
    for earlier, later in pairwise(statements):
        step = {"S": 1, "A": 0}.get(earlier.conjunction or "")
        if step is None:
            _doubt_conjunction(earlier)
            return [None for _ in statements]
        if step and earlier.start is not None and earlier.start == later.start:
            rule = "a statement that follows another starts at the same time"
            later.source.doubt(FindingCode.TIMING_CONTRADICTED, later.location, rule)
        numbers.append((numbers[-1] or 0) + step)
    return numbers


def _doubt_conjunction(earlier: Statement) -> None:
    if earlier.conjunction is None:
        rule = "a repeated timing must say how the next one follows (S or A)"
        earlier.source.doubt(FindingCode.SEQUENCE_INCOMPLETE, earlier.conjunction_at, rule)
        return
    rule = "the conjunction is neither S (follows) nor A (in parallel)"
    earlier.source.doubt(
        FindingCode.TIMING_UNSUPPORTED, earlier.conjunction_at, rule, earlier.conjunction
    )
