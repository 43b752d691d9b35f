"""The elements that FHIR R4 knows, by type: read once from `r4_elements.txt`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

TEXTS = frozenset(
    {
        *("base64Binary", "canonical", "code", "date", "dateTime", "id", "instant", "markdown"),
        *("oid", "string", "time", "uri", "url", "uuid", "xhtml"),
    }
)
"""Primitive types that JSON writes as a string."""

WHOLE_NUMBERS = frozenset(("integer", "positiveInt", "unsignedInt"))
PRIMITIVES = TEXTS | WHOLE_NUMBERS | {"boolean", "decimal"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One element of a type: its own type, whether it repeats, and the codes it must be among.

    `choice` is the name that the alternatives of a choice share: `medication` for
    `medicationCodeableConcept`. `targets` are the types that a reference may lead to; none
    means any.
    """

    name: str
    type: str
    many: bool = False
    required: bool = False
    choice: str | None = None
    codes: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


Shapes: TypeAlias = dict[str, Shape]


@cache
def shapes() -> dict[str, Shapes]:
    """The elements of every type that we know, in the order of the standard."""
    text = (Path(__file__).parent / "r4_elements.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {name: _elements(items) for name, *items in lines}


def shapes_of(type_name: str) -> Shapes | None:
    """The elements of one type, or `None` when the table does not hold it."""
    return shapes().get(type_name)


def _elements(items: list[str]) -> Shapes:
    return {shape.name: shape for item in items for shape in _read(item)}


def _read(item: str) -> list[Shape]:
    head, _, rest = item.partition(":")
    types, _, codes = rest.partition("=")
    name, required = head.rstrip("!"), head.endswith("!")
    if name.endswith("[x]"):
        return [_chosen(name.removesuffix("[x]"), kind, required) for kind in types.split("|")]
    kind, targets = _kind(types)
    listed = frozenset(codes.split("|")) if codes else frozenset()
    many = name.endswith("*")
    return [Shape(name.rstrip("*"), kind, many, required, codes=listed, targets=targets)]


def _chosen(stem: str, text: str, required: bool) -> Shape:
    kind, targets = _kind(text)
    name = stem + kind[0].upper() + kind[1:]
    return Shape(name, kind, required=required, choice=stem, targets=targets)


def _kind(text: str) -> tuple[str, frozenset[str]]:
    kind, _, targets = text.partition("(")
    return kind, frozenset(targets.rstrip(")").split(",")) if targets else frozenset()
