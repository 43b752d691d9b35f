"""What of a value of ours is missing in the same value read again from what was written.

A value is its leaves: the path of fields without ranks (phases keep theirs), and what stands
there. Places, findings and the names that resources have among each other are no contents.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from connectors.fhir.writing.people import is_reference
from schemas.people import Identifier

_ASIDE = frozenset({"location", "findings"})
_RANKED = frozenset({"phases"})
_RANK = re.compile(r"\[\d+\]")


class Leaf(NamedTuple):
    """One value at its path: `posology.phases[0].dose.low.value`."""

    path: str
    value: object

    @property
    def field(self) -> str:
        """The path without ranks."""
        return _RANK.sub("", self.path)


def leaves(value: object, path: str = "") -> Iterator[Leaf]:
    """Every leaf that says something; defaults say nothing."""
    if isinstance(value, Identifier) and is_reference(value):
        return
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            given = getattr(value, name)
            if name in _ASIDE or given == field.default:
                continue
            yield from leaves(given, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        ranked = path.rpartition(".")[2] in _RANKED
        for rank, item in enumerate(value):
            yield from leaves(item, f"{path}[{rank}]" if ranked else path)
    elif value not in (None, ""):
        yield Leaf(path, value)


def missing(given: object, again: object) -> list[Leaf]:
    """The leaves of `given` that `again` does not have, in their order."""
    there = Counter(leaves(again))
    found = []
    for leaf in leaves(given):
        if there[leaf] > 0:
            there[leaf] -= 1
        else:
            found.append(leaf)
    return found
