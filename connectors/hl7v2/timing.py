"""Statements of timing: TQ1 (from version 2.5) and the quantity/timing field before it.

Sources: HL7 v2.5.1 §4.5.4 (TQ1), §2.A.81 (TQ), tables 0335, 0472, 0485.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from connectors.hl7v2.pattern import Pattern
from connectors.hl7v2.segment import NULL, Segment
from connectors.hl7v2.source import Source
from connectors.hl7v2.statement import Statement
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.posology import Frequency
from schemas.quantity import Duration, PeriodUnit

_LENGTHS = {
    "S": PeriodUnit.SECOND,
    "M": PeriodUnit.MINUTE,
    "H": PeriodUnit.HOUR,
    "D": PeriodUnit.DAY,
    "W": PeriodUnit.WEEK,
}
"""Letters of TQ-3. `L` (months, or lunar cycles) and `T` (a total dosage) are not computed."""


def timing_segments(source: Source, segments: Sequence[Segment]) -> list[Statement]:
    """One statement for each TQ1, in the order of the source."""
    return [_tq1(source.fork(), segment) for segment in segments]


def _tq1(source: Source, tq1: Segment) -> Statement:
    found = Statement(source, tq1.place)
    found.quantity = source.composite(tq1, 2, "phase.dose")
    found.quantity_at = tq1.where(2)
    source.text(tq1, 1, "phase.location")
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
        said = source.text(tq1, 9, "phase.as_needed", 1, repetition)
        if said:
            found.add_priority(said, tq1.where(9, 1, repetition))
    found.condition = source.text(tq1, 10, "phase.as_needed_for")
    found.condition_at = tq1.where(10)
    found.text = source.text(tq1, 11, "phase.text")
    found.conjunction = source.text(tq1, 12, "phase.sequence")
    found.conjunction_at = tq1.where(12)
    found.lasts = _length(source, tq1, 13, "phase.intake_lasts")
    found.count = source.whole(tq1, 14, "phase.bounds.count")
    return found


def _patterns(found: Statement, tq1: Segment) -> None:
    """Every repetition of TQ1-3. Components after the code never replace a code."""
    source = found.source
    for repetition in tq1.repetitions(3):
        code = source.coded(tq1, 3, "phase.rhythm", repetition, part=1)
        place = tq1.where(3, 1, repetition)
        others = [
            at for at in range(2, tq1.components(3, repetition) + 1) if tq1.value(3, at, repetition)
        ]
        if code is None and others:
            rule = "a repeat pattern without a code is not computed from its other components"
            source.doubt(
                FindingCode.TIMING_UNSUPPORTED, place, rule, tq1.value(3, others[0], repetition)
            )
        elif code is not None:
            found.add_pattern(code, place)
            if any(at >= 4 for at in others):
                rule = "TQ1-3 components 4 to 11 stand beside a code and were not used"
                source.doubt(FindingCode.ELEMENT_UNREAD, place, rule)


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
        found.patterns.append(Pattern(frequency=interval))


def _length(source: Source, segment: Segment, field: int, gives: str) -> Duration | None:
    """A CQ with a unit of time, through the table `hl7v2/time_units`."""
    amount = source.composite(segment, field, gives)
    if amount is None:
        return None
    unit = source.table("time_units").target_of(amount.code or amount.unit or "")
    if unit is None or amount.value <= 0:
        source.doubt(
            FindingCode.BOUNDS_INVALID,
            segment.where(field),
            f"{segment.name}-{field} must be a number above zero with a unit of time",
            segment.raw(field),
        )
        return None
    return Duration(value=amount.value, unit=PeriodUnit(unit))


def timing_field(source: Source, segment: Segment, field: int) -> list[Statement]:
    """One statement for each repetition of a TQ: ORC-7 and RXE-1."""
    return [
        _tq(source.fork(), segment, field, repetition) for repetition in segment.repetitions(field)
    ]


def _tq(source: Source, segment: Segment, field: int, repetition: int) -> Statement:
    def take(component: int, gives: str, part: int = 1) -> str | None:
        return source.text(segment, field, gives, component, repetition, part)

    suffix = f"[{repetition}]" if repetition > 1 else ""
    found = Statement(source, f"{segment.place}-{field}{suffix}")
    found.quantity = source.composite(segment, field, "phase.dose", 1, repetition)
    found.quantity_at = segment.where(field, 1, repetition)
    code, times = take(2, "phase.rhythm"), take(2, "phase.times.clock", 2)
    if code:
        found.add_pattern(Coding(code=code), segment.where(field, 2, repetition))
    for said in (times or "").split(",") if times else ():
        found.add_clock(said.strip(), segment.where(field, 2, repetition, 2))
    _old_length(found, take(3, "phase.bounds.duration"), segment.where(field, 3, repetition))
    found.start = source.timestamp(segment, field, "phase.bounds.start", 4, repetition)
    found.end = source.timestamp(segment, field, "phase.bounds.end", 5, repetition)
    priority = take(6, "phase.as_needed")
    if priority:
        found.add_priority(priority, segment.where(field, 6, repetition))
    found.condition = take(7, "phase.as_needed_for")
    found.condition_at = segment.where(field, 7, repetition)
    found.text = take(8, "phase.text")
    found.conjunction = take(9, "phase.sequence")
    found.conjunction_at = segment.where(field, 9, repetition)
    _not_computed(found, segment, field, repetition)
    total = source.whole(segment, field, "phase.bounds.count", 12, repetition)
    found.count = found.count or total
    return found


def _not_computed(found: Statement, segment: Segment, field: int, repetition: int) -> None:
    for component, what in ((10, "an order sequencing"), (11, "an occurrence duration")):
        said = segment.value(field, component, repetition)
        if said:
            place = segment.where(field, component, repetition)
            rule = f"{what} in the quantity/timing field is not computed"
            found.source.doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, said)


def _old_length(found: Statement, said: str | None, place: str) -> None:
    """TQ-3: `D4` is four days, `X4` four times, `INDEF` and nothing are open-ended."""
    if said is None or said == "INDEF":
        return
    shape = re.fullmatch(r"([A-Za-z])(\d{1,6})", said)
    letter, number = (shape[1].upper(), int(shape[2])) if shape else ("", 0)
    if letter == "X" and number:
        found.count = number
    elif letter in _LENGTHS and number:
        found.duration = Duration(value=Decimal(number), unit=_LENGTHS[letter])
    elif letter in {"L", "T"}:
        rule = "a duration in months or lunar cycles, or until a total, is not computed"
        found.source.doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, said)
    else:
        rule = "the duration must be a letter S, M, H, D, W or X and a number, or INDEF"
        found.source.doubt(FindingCode.BOUNDS_INVALID, place, rule, said)


def sequences(statements: Sequence[Statement]) -> list[int | None]:
    """The place of each statement in the chain: `S` puts the next one after, `A` beside.

    A conjunction stands on the earlier statement; that of the last one is not used. One that
    is missing between two statements leaves all of them without a number, with a finding.
    """
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
