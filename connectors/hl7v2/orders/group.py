"""Order groups: what belongs to one ORC, each segment in its part of the structure.

The place of a TQ1 is part of its meaning: before RXE it is the timing requested, after RXE the
timing encoded. Source: HL7 v2.5.1 §4.13.
"""

from dataclasses import dataclass

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.grammar import Part


@dataclass(frozen=True, slots=True)
class Group:
    """One order: its ORC (absent when the sender left it out) and the segments that follow.

    `parts` says of each segment where it stands. `misplaced` are those for which the structure
    has no place there. `shared` says that another order of this ORC stands before.
    """

    orc: Segment | None
    segments: tuple[Segment, ...]
    parts: tuple[Part, ...]
    misplaced: tuple[Segment, ...] = ()
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

    def of(self, name: str, *parts: Part) -> tuple[Segment, ...]:
        """Those of this name in one of these parts."""
        return tuple(
            segment
            for segment, part in zip(self.segments, self.parts, strict=True)
            if segment.name == name and part in parts
        )
