"""How one order hangs on others: TQ2, and the parent of ORC-8.

Every relation is a link of the line. A start or an end that another order decides, a cycle of
orders and a choice between orders are doubts: one line does not say when it is given.
Source: HL7 v2.5.1 §4.5.5 (TQ2), tables 0503 to 0506; §4.5.1.8 (ORC-8).
"""

from collections.abc import Iterator

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.posology import Posology
from schemas.prescription import LineLink, LinkKind

_COUPLED = {
    2: "TQ2-2 makes the order part of a sequence or a cycle of orders",
    6: "TQ2-6 makes the start or the end hang on another order",
    7: "TQ2-7 makes the order the first or the last of a cycle of orders",
    8: "TQ2-8 states a time between this order and another",
    9: "TQ2-9 states how often a group of orders is repeated",
}
_SIMULTANEOUS, _TAPERING = "S", "T"
_RELATIONS = {
    "N": (FindingCode.LINE_ALTERNATIVE, "the nurse chooses which of several orders is given"),
    "E": (FindingCode.LINE_ALTERNATIVE, "only one of several orders is given at a time"),
    "C": (FindingCode.PRODUCT_COMPOUND, "several orders make one mixture"),
}
"""Table 0506: those that a line alone does not answer."""
_KINDS = {"N": LinkKind.ALTERNATIVE, "E": LinkKind.ALTERNATIVE, _SIMULTANEOUS: LinkKind.ACCOMPANIES}


def links_of(source: Source, group: Group, posology: Posology) -> Iterator[LineLink]:
    """A link for each related order; the doubts that the relation raises are those of `source`."""
    for tq2 in group.all("TQ2"):
        _doubt_coupling(source, tq2)
        relation = source.text(tq2, 10, "line.links")
        _doubt_relation(source, tq2, relation, posology)
        kind = _KINDS.get(relation or "", LinkKind.OTHER)
        for field in (3, 4, 5):
            for repetition in tq2.repetitions(field):
                yield from _link(source, tq2, field, repetition, kind)
    if group.orc is not None:
        for component in (1, 2):
            number = source.text(group.orc, 8, "line.links", component)
            if number is not None:
                place = group.orc.where(8, component)
                yield LineLink(kind=LinkKind.OTHER, line=number, location=place)


def _doubt_coupling(source: Source, tq2: Segment) -> None:
    for field, rule in _COUPLED.items():
        if tq2.raw(field) and not tq2.is_null(field):
            for component in range(1, tq2.components(field) + 1):
                source.text(tq2, field, "line.findings", component)
            source.doubt(FindingCode.TIMING_UNSUPPORTED, tq2.where(field), rule, tq2.raw(field))


def _doubt_relation(source: Source, tq2: Segment, relation: str | None, posology: Posology) -> None:
    """Orders given together, and steps with a start of their own, are computed as they are."""
    starts = [phase.bounds.start for phase in posology.phases]
    if relation in {None, _SIMULTANEOUS} or (relation == _TAPERING and all(starts) and starts):
        return
    code, rule = _RELATIONS.get(
        relation or "",
        (FindingCode.TIMING_UNSUPPORTED, "TQ2-10 is a step that states no start, or unknown"),
    )
    source.doubt(code, tq2.where(10), rule, relation)


def _link(
    source: Source, tq2: Segment, field: int, repetition: int, kind: LinkKind
) -> Iterator[LineLink]:
    number = source.text(tq2, field, "line.links", 1, repetition)
    if number is not None:
        yield LineLink(kind=kind, line=number, location=tq2.where(field, 1, repetition))
