"""What an order states and nothing read: a finding, or a field that is listed as unused.

The table `hl7v2/elements` has a row for every field of the segments that carry them, in all
versions from 2.3.1 to 2.8.2. A target is `read` for a field that the readers use, then what a
value of it that none of them used means: `unused`, or the code of a finding.
"""

import re
from collections.abc import Iterator

from connectors.hl7v2.er7.segment import NULL, Segment
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.vendor import stated_by, unread_by
from connectors.hl7v2.source import Source
from mappings.table import Table
from schemas.finding import Finding, FindingCode

SEGMENTS = ("ORC", "RXO", "RXE", "RXR", "RXC", "TQ1", "TQ2", "NTE")
"""The segments of an order that say what is taken, how much and when."""
_OTHERS = frozenset({"OBX", "FT1", "BLG", "CTI", "DG1", "PRT"})
"""Segments that the standard has in an order and that say nothing of how a product is taken."""
_TEXTS = frozenset({"ST", "TX", "FT"})
"""OBX-2: the types of words. A number or a code is an observation of the patient."""
READ, UNUSED = "read", "unused"
_REPETITION = re.compile(r"\[\d+\]")


def unread_findings(source: Source, group: Group) -> Iterator[Finding]:
    """One finding for each field of this order with a value that no reader used.

    A field without a row is beyond the standard. A deleted value (`""`) states nothing.
    Segments that are no part of an order (Z segments) are one finding together; words of an
    observation are one each.
    """
    segments = [group.orc, *group.segments] if group.orc and not group.shared else group.segments
    strange: dict[str, Segment] = {}
    yield from _out_of_place(group)
    for segment in segments:
        if segment is not None and segment.name in SEGMENTS:
            yield from unread_of(source, segment)
        elif segment is not None and segment.name == "OBX" and segment.value(2) in _TEXTS:
            yield from _observed(segment)
        elif segment is not None and stated_by(source, segment):
            yield from unread_by(source, segment)
        elif segment is not None and segment.name not in _OTHERS:
            strange.setdefault(segment.name, segment)
    if strange:
        rule = "segments beside the order are not read; they may say how the product is taken"
        place = next(iter(strange.values())).place
        yield Finding(
            code=FindingCode.ELEMENT_UNREAD, location=place, message=rule, quoted=" ".join(strange)
        )


def _out_of_place(group: Group) -> Iterator[Finding]:
    """Segments of an order that stand where the structure has no place for them, by name."""
    known = {*SEGMENTS, *_OTHERS}
    first = {each.name: each for each in reversed(group.misplaced) if each.name in known}
    for segment in reversed(first.values()):
        rule = f"the structure has no place for {segment.name} here; it is read where it stands"
        code = FindingCode.SEGMENT_MISPLACED
        yield Finding(code=code, location=segment.place, message=rule)


def _observed(obx: Segment) -> Iterator[Finding]:
    """Words in an observation: some senders write how the product is taken there."""
    for repetition in obx.repetitions(5):
        said = obx.value(5, 1, repetition)
        if said:
            rule = "words of an observation beside the order are not read"
            place = obx.where(5, 1, repetition)
            code = FindingCode.ELEMENT_UNREAD
            yield Finding(code=code, location=place, message=rule, quoted=said)


def unread_of(source: Source, segment: Segment) -> Iterator[Finding]:
    """The findings of this segment: of one field, one for each thing that its values may mean."""
    elements = source.table("elements")
    said: set[tuple[str, FindingCode]] = set()
    for place, value in segment.leaves():
        if source.trail.is_used(place) or value == NULL or not value.strip():
            continue
        field = segment.name + _REPETITION.sub("", place.removeprefix(segment.place))
        code = _meaning(field, elements)
        whole = field.partition(".")[0]
        if code is not None and (whole, code) not in said:
            said.add((whole, code))
            rule = f"a part of {whole} was not read"
            yield Finding(code=code, location=place, message=rule, quoted=value)


def _meaning(field: str, elements: Table) -> FindingCode | None:
    """What a value that nothing used means: the row of its part, component or field."""
    parts = field.split(".")
    rows = (elements.target_of(".".join(parts[:depth])) for depth in range(len(parts), 0, -1))
    target = next((row for row in rows if row is not None), None)
    if target is None:
        return FindingCode.ELEMENT_UNREAD
    left = target.split()[-1]
    return None if left == UNUSED else next(code for code in FindingCode if code.value == left)
