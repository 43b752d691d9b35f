"""Every leaf of the segments of an order, as the field lists of hl7apy have them."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import hl7apy
from hl7apy.exceptions import ChildNotFound

VERSIONS = ("2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")
_VALUES = {
    "NM": "7",
    "SI": "7",
    "DT": "20260107",
    "TM": "0730",
    "TS": "20260107",
    "DTM": "20260107",
}
_OTHER = "ZZ7"
_WITHDRAWN = "WD"


class Leaf(NamedTuple):
    """One place of a segment: field, component and subcomponent count from 1."""

    segment: str
    field: int
    component: int
    part: int
    kind: str

    @property
    def value(self) -> str:
        """A value of this type that no base message has."""
        return _VALUES.get(self.kind, _OTHER)

    def __str__(self) -> str:
        return f"{self.segment}-{self.field}.{self.component}.{self.part}"


@cache
def leaves(segment: str) -> tuple[Leaf, ...]:
    """Every leaf of a segment in any version, each once, with the type of the oldest."""
    found: dict[tuple[int, int, int], Leaf] = {}
    for version in VERSIONS:
        try:
            _, fields, *_ = hl7apy.load_library(version).get(segment, "Segment")
        except ChildNotFound:
            continue
        for name, definition, *_ in fields:
            for leaf in _of_field(segment, int(name.rpartition("_")[2]), definition):
                if leaf.kind != _WITHDRAWN:
                    found.setdefault(leaf[1:4], leaf)
    return tuple(found.values())


def _of_field(segment: str, field: int, definition: Any) -> Iterator[Leaf]:
    if not definition[1]:
        yield Leaf(segment, field, 1, 1, definition[2])
        return
    for component, inner in enumerate(_definitions(definition), start=1):
        if not inner[1]:
            yield Leaf(segment, field, component, 1, inner[2])
            continue
        for part, innermost in enumerate(_definitions(inner), start=1):
            yield Leaf(segment, field, component, part, innermost[2])


def _definitions(definition: Any) -> list[Any]:
    """The definitions of the children of a composite type."""
    return [child[1] for child in definition[1]]


def repeated(segment: str, leaf: Leaf) -> str:
    """A segment as text, with the value of the leaf in a further repetition of its field."""
    fields = segment.split("|")
    fields += [""] * (leaf.field + 1 - len(fields))
    fields[leaf.field] += f"~{leaf.value}"
    return "|".join(fields)


def with_leaf(segment: str, leaf: Leaf) -> str:
    """A segment as text, with the value of the leaf at its place."""
    fields = segment.split("|")
    fields += [""] * (leaf.field + 1 - len(fields))
    components = fields[leaf.field].split("^")
    components += [""] * (leaf.component - len(components))
    parts = components[leaf.component - 1].split("&")
    parts += [""] * (leaf.part - len(parts))
    parts[leaf.part - 1] = leaf.value
    components[leaf.component - 1] = "&".join(parts)
    fields[leaf.field] = "^".join(components)
    return "|".join(fields)
