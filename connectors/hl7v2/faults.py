"""What hl7apy has against one segment, and where: field by field until the place is known.

Its own sentences quote the message: they stand in `quoted` alone, and ours say the rule.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.separators import Separators
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from hl7apy.core import Element

STOPS = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What hl7apy raises beside its own exceptions for what a sender may write."""

_INVALID, _STRUCTURE = FindingCode.VALUE_INVALID, FindingCode.STRUCTURE_INVALID
_RULES = {
    "ValueError": (_INVALID, "must be a value of its data type"),
    "MaxLengthReached": (_INVALID, "must not be longer than its version allows"),
    "MaxChildLimitReached": (_STRUCTURE, "has more parts than its version allows"),
    "OperationNotAllowed": (_STRUCTURE, "is not part of this version"),
    "InvalidName": (_STRUCTURE, "has a part that is not of this version"),
    "ChildNotFound": (_STRUCTURE, "has a part that is not of this version"),
}
_UNCHECKED = (TypeError, KeyError, IndexError, AttributeError)
"""Its tables of some versions break it (TQ1 of 2.7): that is no verdict on the message."""
_MISSING = re.compile(r"Missing required child [A-Z0-9]{3}\.[A-Z][A-Z0-9]{2}_(\d+)\Z")
_INCOMPLETE = re.compile(r"Missing required child [A-Z][A-Z0-9]{2}_(\d+)\.")
_NAMED = re.compile(r"<Field [A-Z][A-Z0-9]{2}_(\d+)")


def faults_of(segment: Segment, version: str) -> list[Finding]:
    """The breaks of the standard in this segment; empty for a conformant one and a Z segment."""
    if segment.name.startswith("Z"):
        return []
    error = _stopped(lambda: _segment(segment, version).validate())
    if error is None:
        return []
    missing = _MISSING.match(str(error))
    if missing:
        place = f"{segment.place}-{missing[1]}"
        rule = f"{segment.name}-{missing[1]} is required"
        return [Finding(code=FindingCode.ELEMENT_MISSING, location=place, message=rule)]
    incomplete = _INCOMPLETE.match(str(error))
    if incomplete:
        place = f"{segment.place}-{incomplete[1]}"
        rule = f"{segment.name}-{incomplete[1]} lacks a component that is required"
        return [Finding(code=FindingCode.ELEMENT_MISSING, location=place, message=rule)]
    if str(error).startswith("Invalid name for Segment"):
        rule = f"{segment.name} is no segment of version {version}"
        return [Finding(code=_STRUCTURE, location=segment.place, message=rule)]
    return list(_by_field(segment, version)) or [_at_named(segment, error)]


def _segment(segment: Segment, version: str) -> "Element":
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.parser import parse_segment

    chars = _encoding(segment.separators)
    line: Element = parse_segment(segment.line, version, chars, VALIDATION_LEVEL.STRICT)
    return line


def _by_field(segment: Segment, version: str) -> Iterator[Finding]:
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.parser import parse_field

    marks = segment.separators
    first = 3 if segment.name == "MSH" else 1
    chars = _encoding(marks)
    for number, raw in enumerate(segment.fields[first:], start=first):
        name = f"{segment.name}_{number}"
        parts = raw.split(marks.repetition) if marks.repetition else [raw]
        for rank, one in enumerate(parts, start=1):
            given = (one, name, version, chars, VALIDATION_LEVEL.STRICT)
            error = _stopped(parse_field, *given) if one else None
            if error is not None:
                yield _fault(error, segment, number, rank)


def _at_named(segment: Segment, error: Exception) -> Finding:
    """The place of what no field alone breaks: a field with too many repetitions."""
    named = _NAMED.search(str(error))
    return _fault(error, segment, int(named[1]) if named else 0)


def _fault(error: Exception, segment: Segment, number: int, rank: int = 1) -> Finding:
    code, rule = _RULES.get(type(error).__name__, (_STRUCTURE, "is not strictly valid"))
    if isinstance(error, _UNCHECKED):
        rule = "cannot be checked: hl7apy has no usable table for it in this version"
    what = f"{segment.name}-{number}" if number else segment.name
    place = f"{segment.place}-{number}" if number else segment.place
    place += f"[{rank}]" if rank > 1 else ""
    quoted = str(error)[:200] or None
    return Finding(code=code, location=place, message=f"{what} {rule}", quoted=quoted)


def _stopped(work: Callable[..., object], *given: object) -> Exception | None:
    """What it raises, when it is hl7apy's verdict."""
    from hl7apy.exceptions import HL7apyException

    try:
        work(*given)
    except (HL7apyException, *STOPS) as error:
        return error
    return None


def _encoding(marks: Separators) -> dict[str, str]:
    return {
        "SEGMENT": "\r",
        "GROUP": "\r",
        "FIELD": marks.field,
        "COMPONENT": marks.component,
        "SUBCOMPONENT": marks.subcomponent,
        "REPETITION": marks.repetition,
        "ESCAPE": marks.escape,
    }
