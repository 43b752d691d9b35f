"""Z segments of an order: what their fields say, where the table of the site states it.

A site states them in `sites/<site>/hl7v2/z_fields.csv`: the code is `ZRX-3`, or `ZRX-3.2` for one
component, the target a `VendorField`. A field without a row is a finding, as any other segment
that nobody reads. Source: HL7 v2.5.1 §2.5 (Z segments are by agreement of the two sides).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from connectors.hl7v2.er7.segment import NULL, Segment
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.source import Source
from mappings.catalogue import has_table
from schemas.finding import Finding, FindingCode
from schemas.people import Identifier
from schemas.prescription import Line, Note
from schemas.vendor import VendorField

_REPETITION = re.compile(r"\[\d+\]")
_YES, _NO = frozenset("1YO"), frozenset("0N")
"""O is *oui*."""


class Stated(NamedTuple):
    """One value of a Z field: which field of ours it fills, if any, and where it stands."""

    field: VendorField | None
    value: str
    place: str
    name: str


def stated_by(source: Source, segment: Segment) -> tuple[Stated, ...]:
    """Every value of a Z segment; nothing where the site states no field of this segment."""
    if not segment.name.startswith("Z") or not has_table("hl7v2/z_fields", source.site.name):
        return ()
    fields = source.table("z_fields")
    if not any(row.code.startswith(f"{segment.name}-") for row in fields):
        return ()
    found = []
    for place, value in segment.leaves():
        name = segment.name + _REPETITION.sub("", place.removeprefix(segment.place))
        target = fields.target_of(name) or fields.target_of(name.partition(".")[0])
        if value != NULL and value.strip():
            found.append(Stated(VendorField(target) if target else None, value, place, name))
    return tuple(found)


def vendor_notes(source: Source, group: Group) -> Iterator[Note]:
    """The words that the sender states in fields of their own; each is used by this."""
    for each in _of(source, group, VendorField.NOTE):
        source.trail.used(each.place, "line.notes")
        yield Note(text=each.value, scope=each.name, location=each.place)


def with_vendor_fields(source: Source, group: Group, line: Line) -> Line:
    """The line with what else the sender states of it in fields of their own."""
    changed: dict[str, object] = {}
    names = [Identifier(value=one.value) for one in _of(source, group, VendorField.IDENTIFIER)]
    if names:
        changed["identifiers"] = (*line.identifiers, *names)
    for said in _of(source, group, VendorField.INDICATION):
        words = changed.get("indication", line.indication)
        changed["indication"] = said.value if words is None else f"{words}\n{said.value}"
    for said in _of(source, group, VendorField.SUPPLIED):
        if said.value.upper() in _YES | _NO:
            changed["supplied"] = said.value.upper() in _YES
        else:
            rule = f"{said.name} must be Y or N, 1 or 0"
            source.doubt(FindingCode.VALUE_INVALID, said.place, rule, said.value)
    for field in (VendorField.IDENTIFIER, VendorField.INDICATION, VendorField.SUPPLIED):
        for said in _of(source, group, field):
            source.trail.used(said.place, str(field))
    if source.doubts:
        changed["findings"] = (*line.findings, *source.doubts)
    return line.model_copy(update=changed) if changed else line


def vendor_group(source: Source, group: Group) -> Identifier | None:
    """The number of the prescription that the sender states in a field of their own."""
    said = next(_of(source, group, VendorField.GROUP), None)
    if said is None:
        return None
    source.trail.used(said.place, "prescription.chain.group")
    return Identifier(value=said.value)


def unread_by(source: Source, segment: Segment) -> Iterator[Finding]:
    """A finding for each value of a Z segment of the site of which the site says nothing."""
    for said in stated_by(source, segment):
        if said.field is None:
            rule = f"{said.name} is not in the site's table hl7v2/z_fields"
            code = FindingCode.ELEMENT_UNREAD
            yield Finding(code=code, location=said.place, message=rule, quoted=said.value)


def _of(source: Source, group: Group, field: VendorField) -> Iterator[Stated]:
    stated = (each for segment in group.segments for each in stated_by(source, segment))
    return (each for each in stated if each.field is field)
