"""A message in its parts: every segment in exactly one place, whatever order it came in.

Source: the structures of the table `hl7v2/structures`; HL7 v2.5.1 §2.12, chapter 4.
"""

from dataclasses import dataclass
from functools import cache

from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.orders.grammar import DETAILS, Grammar, Part, grammar_of
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.source import Source
from mappings.catalogue import table
from schemas.finding import FindingCode

_NEWEST = {
    "ORM": "RDE_O11",
    "OMP": "OMP_O09",
    "RDE": "RDE_O11",
    "RDS": "RDS_O13",
    "RGV": "RGV_O15",
    "RAS": "RAS_O17",
    "ORR": "ORP_O10",
    "ORP": "ORP_O10",
    "RRE": "RRE_O12",
    "RRD": "RRD_O14",
    "RRG": "RRG_O16",
    "RRA": "RRA_O18",
}
"""The structure by which a message is read that has segments its own structure does not know.

An ORM with a medication order has RXR, RXC and often TQ1, as an RDE has.
"""


@dataclass(frozen=True, slots=True)
class Content:
    """A message in its parts: what stands before and beside the orders, then the orders.

    `misplaced` are those of the head for which the structure has no place there. `unknown` are
    the segments that the structure has in another version only, one of each name.
    """

    kind: str
    head: tuple[Segment, ...]
    groups: tuple[Group, ...]
    misplaced: tuple[Segment, ...]
    unknown: tuple[Segment, ...]

    @property
    def notes(self) -> tuple[Segment, ...]:
        """NTE before the first order: about the patient or the message."""
        return tuple(segment for segment in self.head if segment.name == "NTE")


def content_of(message: Message) -> Content:
    """Every segment of the message in exactly one place: the head, an ORC, or a group."""
    grammar, unknown = _structure(message)
    filler = _Filler(grammar)
    for segment in message.segments[1:]:
        filler.put(segment)
    filler.close()
    head = (message.header, *filler.head)
    kind = message.kind or ""
    return Content(kind, head, tuple(filler.groups), tuple(filler.misplaced), unknown)


def read_content(source: Source) -> Content:
    """The parts of the message that is read, with what is amiss in its structure as findings.

    Of a segment inside an order that order tells.
    """
    content = content_of(source.message)
    version = source.message.header.value(12)
    for segment in content.unknown:
        rule = f"{segment.name} is no segment of {content.kind} in version {version}"
        source.doubt(FindingCode.SEGMENT_MISPLACED, segment.place, rule)
    for segment in content.misplaced:
        rule = f"{content.kind} has no place for {segment.name} before its orders"
        source.doubt(FindingCode.SEGMENT_MISPLACED, segment.place, rule)
    return content


def misplaced_in(message: Message) -> tuple[Segment, ...]:
    """The segments for which the structure of MSH-9 has no place where they stand.

    None for a kind of message that is no pharmacy message.
    """
    if (message.kind or "").replace("^", "_") not in _versions():
        return ()
    content = content_of(message)
    within = (segment for group in content.groups for segment in group.misplaced)
    return (*content.misplaced, *within)


class _Filler:
    """Puts one segment after the other where the grammar has a place for it."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.state = 0
        self.orc: Segment | None = None
        self.head: list[Segment] = []
        self.misplaced: list[Segment] = []
        self.groups: list[Group] = []
        self.open = self.shared = False
        self.held: list[tuple[Segment, Part]] = []
        self.amiss: list[Segment] = []

    def put(self, segment: Segment) -> None:
        step = self.grammar.step(self.state, segment.name)
        self.state = step.state
        if step.begins:
            self.close()
            self.open, self.shared = True, self.orc is not None
            if segment.name == "ORC":
                self.orc, self.shared = segment, False
                return
        if self.open:
            self.held.append((segment, step.part))
        else:
            self.head.append(segment)
        # An order that shares an ORC is a doubt of its own.
        if not step.expected and not (step.begins and segment.name in DETAILS):
            self._amiss(segment)

    def _amiss(self, segment: Segment) -> None:
        """What a sender adds of its own has no place anywhere; beside an order it is said."""
        if self.open:
            self.amiss.append(segment)
        elif not segment.name.startswith("Z"):
            self.misplaced.append(segment)

    def close(self) -> None:
        if self.open:
            segments = tuple(segment for segment, _ in self.held)
            parts = tuple(part for _, part in self.held)
            group = Group(self.orc, segments, parts, tuple(self.amiss), self.shared)
            self.groups.append(group)
        self.open, self.held, self.amiss = False, [], []


def _structure(message: Message) -> tuple[Grammar, tuple[Segment, ...]]:
    """The structure of MSH-9 in its version, or the newest where that one lacks a segment."""
    kind, _, event = (message.kind or "").partition("^")
    newest = _NEWEST.get(kind, "RDE_O11")
    named = f"{kind}_{event}"
    version = message.header.value(12) or ""
    own = _grammar(named if named in _versions() else newest, version)
    first = {segment.name: segment for segment in reversed(message.segments)}
    wider = _grammar(newest, "")
    unknown = [each for name, each in first.items() if name in wider.names - own.names]
    return (wider if unknown else own), tuple(reversed(unknown))


@cache
def _versions() -> dict[str, list[str]]:
    """The versions in which each structure is another than before, oldest first."""
    found: dict[str, list[str]] = {}
    for row in table("hl7v2/structures"):
        name, _, version = row.code.partition(" ")
        found.setdefault(name, []).append(version)
    return found


@cache
def _grammar(name: str, version: str) -> Grammar:
    """The structure as it was in that version; its oldest before, its newest without one."""
    known = _versions()[name]
    fitting = [one for one in known if not version or _rank(one) <= _rank(version)]
    row = table("hl7v2/structures").rows[f"{name} {(fitting or known[:1])[-1]}"]
    return grammar_of(row.target)


def _rank(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
