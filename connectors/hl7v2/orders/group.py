"""Order groups: everything from one ORC to the next, in the order of the source.

The position of a TQ1 is part of its meaning: before RXE it is the timing requested, after RXE
the timing encoded. Source: HL7 v2.5.1 §4.13.3 (RDE_O11), §4.13.1 (OMP_O09).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.hl7v2.er7.segment import Segment

_DETAILS = ("RXO", "RXE")


@dataclass(frozen=True, slots=True)
class Group:
    """One order: its ORC (absent when the sender left it out) and the segments that follow.

    `shared` says that another order of this ORC stands before.
    """

    orc: Segment | None
    segments: tuple[Segment, ...]
    shared: bool = False

    @property
    def first(self) -> Segment:
        """The segment that places the group: its ORC, else its first segment."""
        return self.orc or self.segments[0]

    def one(self, name: str) -> Segment | None:
        """The first segment of this name."""
        return next((segment for segment in self.segments if segment.name == name), None)

    def all(self, name: str) -> tuple[Segment, ...]:
        """Every segment of this name."""
        return tuple(segment for segment in self.segments if segment.name == name)

    def before_encoded(self, name: str) -> tuple[Segment, ...]:
        """Those of this name that stand before RXE: what was requested."""
        return self._part(name, after=False)

    def after_encoded(self, name: str) -> tuple[Segment, ...]:
        """Those of this name that stand after RXE: what was encoded."""
        return self._part(name, after=True)

    def _part(self, name: str, *, after: bool) -> tuple[Segment, ...]:
        names = [segment.name for segment in self.segments]
        at = names.index("RXE") if "RXE" in names else len(names)
        part = self.segments[at:] if after else self.segments[:at]
        return tuple(segment for segment in part if segment.name == name)


def groups(segments: Sequence[Segment]) -> Iterator[Group]:
    """The order groups of a message; segments before the first order belong to none.

    A second RXE, or an RXO after an RXE, begins a further order of the same ORC.
    """
    orc: Segment | None = None
    held: list[Segment] = []
    begun = shared = False
    for segment in segments:
        detail = segment.name in _DETAILS
        if segment.name == "ORC":
            if begun:
                yield Group(orc, tuple(held), shared)
            orc, held, begun, shared = segment, [], True, False
        elif begun or detail:
            if detail and _begins_another(segment.name, held):
                yield Group(orc, tuple(held), shared)
                held, shared = [], True
            begun = True
            held.append(segment)
    if begun:
        yield Group(orc, tuple(held), shared)


def _begins_another(name: str, held: Sequence[Segment]) -> bool:
    names = {segment.name for segment in held}
    return name in names or (name == "RXO" and "RXE" in names)
