"""A resource held against the elements of FHIR R4: what it should not hold is said and left out.

fhir.resources knows R4B and accepts codes outside required lists; this says what R4 asks, and
lets a reader trust the types of what is left. Source: FHIR R4 §2.1.6, `r4_elements.txt`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from connectors.fhir.form.primitives import wrong_form
from connectors.fhir.form.shapes import PRIMITIVES, TEXTS, WHOLE_NUMBERS, Shape, Shapes, shapes_of
from connectors.fhir.form.tree import Json, Object, as_text, is_object
from schemas.finding import Finding, FindingCode

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What a FHIR string may not hold."""
_RELATIVE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/.*)?$")
"""The type in a literal reference. Source: FHIR R4 §2.3.0.1."""
_LOWEST = {"positiveInt": 1, "unsignedInt": 0}


class Conformed(NamedTuple):
    """What R4 lets stand, and one finding for each thing that it does not."""

    tree: Object
    findings: tuple[Finding, ...]


def conform(
    resource: Object,
    location: str,
    untouched: frozenset[str] = frozenset(),
    *,
    strict: bool = False,
) -> Conformed:
    """The resource without what R4 does not know, in the types that R4 gives.

    A resource of a type that the table does not hold, and values of the `untouched` types,
    stay as they are, with no finding. `strict` asks how a date, an id or a URI is written too.
    """
    walk = _Walk(untouched, strict=strict)
    return Conformed(walk.resource(resource, location), tuple(walk.findings))


class _Walk:
    """One pass over a resource; `findings` grows in the order of the source."""

    def __init__(self, untouched: frozenset[str], *, strict: bool) -> None:
        self.untouched = untouched
        self.strict = strict
        self.findings: list[Finding] = []

    def say(
        self, code: FindingCode, location: str, message: str, quoted: str | None = None
    ) -> None:
        self.findings.append(_say(code, location, message, quoted))

    def resource(self, resource: Object, location: str) -> Object:
        shapes = shapes_of(as_text(resource.get("resourceType")))
        if shapes is None:
            return resource
        kept = self.members(resource, shapes, location)
        return {"resourceType": resource["resourceType"], **kept}

    def members(self, tree: Object, shapes: Shapes, location: str) -> Object:
        made: Object = {}
        for name, value in tree.items():
            if name == "resourceType":
                continue
            kept = self.member(name, value, shapes, f"{location}.{name}")
            if kept is not None:
                made[name] = kept
        self.findings.extend(_missing(tree, shapes, location))
        self.findings.extend(_chosen_twice(tree, shapes, location))
        return made

    def member(self, name: str, value: Json, shapes: Shapes, here: str) -> Json:
        extra = name.startswith("_")
        shape = shapes.get(name.removeprefix("_"))
        if shape is None or (extra and shape.type not in PRIMITIVES):
            self.say(FindingCode.ELEMENT_FOREIGN, here, "R4 has no such element here")
            return None
        return self.extras(value, shape, here) if extra else self.value(value, shape, here)

    def value(self, value: Json, shape: Shape, here: str) -> Json:
        if shape.type in self.untouched:
            return value
        if shape.many != isinstance(value, list):
            wanted = "must be a list" if shape.many else "must be one value, not a list"
            self.say(FindingCode.VALUE_INVALID, here, wanted)
            return None
        if not isinstance(value, list):
            return self.one(value, shape, here)
        items = [
            None
            if item is None and shape.type in PRIMITIVES
            else self.one(item, shape, f"{here}[{rank}]")
            for rank, item in enumerate(value)
        ]
        return items if any(item is not None for item in items) else None

    def one(self, value: Json, shape: Shape, here: str) -> Json:
        if shape.type in PRIMITIVES:
            return self.primitive(value, shape, here)
        if not is_object(value):
            self.say(FindingCode.VALUE_INVALID, here, "must be an object")
            return None
        if shape.type == "Resource":
            return self.resource(value, here)
        self.target(value, shape, here)
        inner = shapes_of(shape.type)
        return value if inner is None else self.members(value, inner, here)

    def target(self, value: Object, shape: Shape, here: str) -> None:
        """Whether a reference says that it leads to a type that R4 does not allow here."""
        stated = value.get("type")
        named = _RELATIVE.search(as_text(value.get("reference")))
        kind = named[1] if named else stated
        if shape.targets and isinstance(kind, str) and kind not in shape.targets:
            rule = "must lead to a type of resource that R4 allows here"
            self.say(FindingCode.STRUCTURE_INVALID, here, rule, kind)

    def primitive(self, value: Json, shape: Shape, here: str) -> Json:
        wrong = _wrong_primitive(value, shape.type)
        if self.strict and wrong is None and not shape.codes:
            wrong = wrong_form(value, shape.type)
        if wrong is not None:
            quoted = None if isinstance(value, dict | list) else as_text(value)
            self.say(FindingCode.VALUE_INVALID, here, wrong, quoted)
            return None
        if shape.codes and value not in shape.codes:
            listed = "must be one of the codes that R4 requires here"
            self.say(FindingCode.CODE_INVALID, here, listed, as_text(value))
        return value

    def extras(self, value: Json, shape: Shape, here: str) -> Json:
        """The id and extensions of a primitive value, or of each of several."""
        shapes = shapes_of("Element") or {}
        if shape.many and isinstance(value, list):
            return [
                self.members(item, shapes, f"{here}[{rank}]") if is_object(item) else None
                for rank, item in enumerate(value)
            ]
        if not shape.many and is_object(value):
            return self.members(value, shapes, here)
        self.say(FindingCode.VALUE_INVALID, here, "must hold extensions only")
        return None


def _wrong_primitive(value: Json, kind: str) -> str | None:
    """The rule that a primitive value breaks, or `None`."""
    match value:
        case bool():
            return None if kind == "boolean" else f"must be a {kind}, not a boolean"
        case int():
            if kind not in WHOLE_NUMBERS | {"decimal"}:
                return f"must be a {kind}, not a number"
            return f"must be a {kind}" if value < _LOWEST.get(kind, value) else None
        case Decimal():
            return None if kind == "decimal" else f"must be a {kind}"
        case str():
            if kind not in TEXTS:
                return f"must be a {kind}, not a text"
            if not value.strip():
                return "must not be empty"
            return "must hold no control character" if CONTROL.search(value) else None
        case _:
            return f"must be a {kind}"


def _missing(tree: Object, shapes: Shapes, location: str) -> Iterator[Finding]:
    wanted: dict[str, bool] = {}
    for shape in shapes.values():
        if shape.required:
            name = f"{shape.choice}[x]" if shape.choice else shape.name
            present = shape.name in tree or f"_{shape.name}" in tree
            wanted[name] = wanted.get(name, False) or present
    for name, present in wanted.items():
        if not present:
            rule = f"{name} must be given"
            yield _say(FindingCode.ELEMENT_MISSING, f"{location}.{name}", rule, None)


def _chosen_twice(tree: Object, shapes: Shapes, location: str) -> Iterator[Finding]:
    chosen: set[str] = set()
    for name in tree:
        shape = shapes.get(name)
        if shape is None or shape.choice is None:
            continue
        if shape.choice in chosen:
            rule = f"{shape.choice}[x] must be given once"
            yield _say(FindingCode.VALUE_INVALID, f"{location}.{name}", rule, None)
        chosen.add(shape.choice)


def _say(code: FindingCode, location: str, message: str, quoted: str | None) -> Finding:
    return Finding(code=code, location=location, message=message, quoted=quoted)
