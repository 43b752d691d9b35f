"""Statements of timing in the field that TQ1 replaced in version 2.5: ORC-7 and RXE-1.

Sources: HL7 v2.5.1 §2.A.81 (TQ), §2.A.67 (RI), tables 0335, 0472, 0485.
"""

import re
from decimal import Decimal

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.posology.statement import Statement
from connectors.hl7v2.source import Source
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.quantity import Duration, PeriodUnit

_LENGTHS = {
    "S": PeriodUnit.SECOND,
    "M": PeriodUnit.MINUTE,
    "H": PeriodUnit.HOUR,
    "D": PeriodUnit.DAY,
    "W": PeriodUnit.WEEK,
}
"""Letters of TQ-3. `L` (months, or lunar cycles) and `T` (a total dosage) are not computed."""
_OPEN = "INDEF"


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
        found.add_priority(Coding(code=priority), segment.where(field, 6, repetition))
    found.condition = take(7, "phase.as_needed_for")
    found.condition_at = segment.where(field, 7, repetition)
    found.text = take(8, "phase.text")
    found.conjunction = take(9, "phase.sequence")
    found.conjunction_at = segment.where(field, 9, repetition)
    _not_computed(found, segment, field, repetition)
    total = source.whole(segment, field, "phase.bounds.count", 12, repetition)
    found.limit(total, segment.where(field, 12, repetition))
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
    if said is None or said.upper() == _OPEN:
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
