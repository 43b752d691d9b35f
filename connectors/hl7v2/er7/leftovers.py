"""What stays in the values of a segment as it was sent, or was cut by the sender, and is said.

Source: HL7 v2.5.1 §2.5 (printable characters) and §2.7 (escapes); the truncation mark of 2.7.
"""

import re
from functools import lru_cache
from re import Pattern

from connectors.hl7v2.er7.doubts import Doubts
from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.separators import HEADERS, Separators
from schemas.finding import FindingCode

_CONTROLS = tuple(chr(code) for code in (*range(32), 127) if chr(code) not in "\t\n\r")
"""What is no text, and neither a tab nor an end of line."""


def has_controls(text: str) -> bool:
    """Whether a control character stands in it."""
    return any(one in text for one in _CONTROLS)


def look_into(segment: Segment, doubts: Doubts) -> None:
    """Says where an escape sequence is not read, a value was cut, or is not text alone."""
    marks = segment.separators
    cut = _cut(marks) if marks.truncation else None
    first = 3 if segment.name in HEADERS else 1
    for number, raw in enumerate(segment.fields[first:], start=first):
        place = f"{segment.place}-{number}"
        if marks.escape and marks.escape in raw:
            for sequence in marks.escapes.kept(raw):
                rule = "an escape sequence that is not read is kept as it was sent"
                doubts.say(FindingCode.STRUCTURE_INVALID, place, rule, sequence)
        if cut is not None and cut.search(raw):
            rule = "the truncation mark of MSH-2 says that the sender cut this value"
            doubts.say(FindingCode.VALUE_TRUNCATED, place, rule)
        if has_controls(raw):
            rule = "a value must have no control characters"
            doubts.say(FindingCode.STRUCTURE_INVALID, place, rule)


@lru_cache(maxsize=64)
def _cut(marks: Separators) -> Pattern[str]:
    ends = re.escape(marks.component + marks.repetition + marks.subcomponent)
    return re.compile(rf"{re.escape(marks.truncation)}(?:[{ends}]|\Z)")
