"""Order groups: what belongs to one ORC, each segment in its part of the structure.

The place of a TQ1 is part of its meaning: before RXE it is the timing requested, after RXE the
timing encoded. Source: HL7 v2.5.1 §4.13.
"""

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field as derived

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
    _named: dict[str, tuple[Segment, ...]] = derived(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, list[Segment]] = defaultdict(list)
        for segment in self.segments:
            named[segment.name].append(segment)
        object.__setattr__(self, "_named", {name: tuple(each) for name, each in named.items()})

    @property
    def first(self) -> Segment:
        """The segment that places the group: its ORC, else its first segment."""
        return self.orc or self.segments[0]

    def one(self, name: str) -> Segment | None:
        """The first segment of this name."""
        found = self._named.get(name)
        return found[0] if found else None

    def all(self, name: str) -> tuple[Segment, ...]:
        """Every segment of this name."""
        return self._named.get(name, ())

    def of(self, name: str, *parts: Part) -> tuple[Segment, ...]:
        """Those of this name in one of these parts."""
        return tuple(
            segment
            for segment, part in zip(self.segments, self.parts, strict=True)
            if segment.name == name and part in parts
        )
