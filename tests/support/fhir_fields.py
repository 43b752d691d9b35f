"""The fields of FHIR types as fhir.resources defines them, and messages that hold all but one.

fhir.resources is made from HL7's own definitions: R4B (for what a Dosage holds the same as R4),
R5 and STU3. Nothing here knows what our readers do with a field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

EDITIONS: dict[str, ModuleType] = {
    "R4B": import_module("fhir.resources.R4B"),
    "R5": import_module("fhir.resources"),
    "STU3": import_module("fhir.resources.STU3"),
}
UCUM = "http://unitsofmeasure.org"
_KIND = re.compile(r"abc\.(\w+?)Type\b|, (\w+)\(|\b(bool)\b")
_CHOICES = ("bounds", "dose", "rate", "asNeeded", "reported", "allowed", "medication", "author")
"""Stems of which a standard lets one alternative stand. `value` of extensions is not walked."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a type: its own type (`Quantity`, or `Decimal` of a primitive), one or many."""

    name: str
    kind: str
    many: bool
    primitive: bool

    @property
    def choice(self) -> str | None:
        """The stem that it shares with its alternatives."""
        found = [stem for stem in _CHOICES if re.fullmatch(f"{stem}[A-Z]\\w+", self.name)]
        return found[0] if found and self.name not in ("doseAndRate", "asNeededFor") else None


@cache
def fields_of(edition: str, kind: str) -> dict[str, Field]:
    """Every field of a type but its extensions; none where the edition has no such type."""
    try:
        model = EDITIONS[edition].get_fhir_model_class(kind)
    except (LookupError, ValueError):
        return {}
    found: dict[str, Field] = {}
    for key, info in model.model_fields.items():
        name = info.alias or key
        if key == "fhir_comments" or key.endswith("__ext") or name == "resource_type":
            continue
        match = _KIND.search(str(info.annotation).replace("typing.Annotated", ""))
        assert match is not None, (kind, name, info.annotation)
        primitive = match[1] is None
        kind_of = match[1] or match[2] or "Boolean"
        found[name] = Field(name, kind_of, "List[" in str(info.annotation), primitive)
    return found


def all_fields(kind: str) -> dict[str, Field]:
    """The fields that any edition gives to a type; those of R4B where editions differ."""
    return {**fields_of("STU3", kind), **fields_of("R5", kind), **fields_of("R4B", kind)}


Path = tuple[Field, ...]
_BASE = ("extension", "modifierExtension")


def leaves(kind: str, into: Any, path: Path = ()) -> Iterator[Path]:
    """The path of each primitive field below a type; `into(kind, field)` says where to go on."""
    for field in all_fields(kind).values():
        if field.name in _BASE or not into(kind, field):
            continue
        if field.primitive:
            yield (*path, field)
        else:
            yield from leaves(field.kind, into, (*path, field))


def nodes(kind: str, into: Any, path: Path = ()) -> Iterator[Path]:
    """The path of each complex field below a type, and of the type itself."""
    yield path
    for field in all_fields(kind).values():
        if field.name not in _BASE and not field.primitive and into(kind, field):
            yield from nodes(field.kind, into, (*path, field))


def edition_of(kind: str, path: Path) -> str:
    """The edition whose fields stand around this path: R4B, else the one that has it."""
    first = path[0].name if path else "id"
    return next(name for name in EDITIONS if first in fields_of(name, kind))


def filled(
    kind: str, path: Path, into: Any, edition: str | None = None, at: str = ""
) -> dict[str, Any]:
    """An object of a type with every field of an edition, and of each choice that of the path.

    Only the path has a comparator: it would make every amount around it none.
    """
    made: dict[str, Any] = {}
    edition = edition or edition_of(kind, path)
    step, rest = (path[0], path[1:]) if path else (None, ())
    taken: set[str] = {step.choice} if step is not None and step.choice else set()
    for field in fields_of(edition, kind).values():
        mine = step is not None and field.name == step.name
        if field.name in _BASE or not into(kind, field):
            continue
        if not mine and (field.name in _ALONE or field.choice in taken):
            continue
        taken |= {field.choice} if field.choice else set()
        here = f"{at}.{field.name}"
        item = (
            a_value(kind, field, here)
            if field.primitive
            else filled(field.kind, rest if mine else (), into, edition, here)
        )
        made[field.name] = [item] if field.many else item
    return made


_ALONE = ("id", "comparator")


def place_of(path: Path) -> str:
    """`timing.repeat.when`."""
    return ".".join(field.name for field in path)


def holder_of(tree: dict[str, Any], path: Path) -> dict[str, Any]:
    """The object that the path leads to; it is made where it is not there."""
    for field in path:
        inner = tree.setdefault(field.name, [{}] if field.many else {})
        tree = inner[0] if isinstance(inner, list) else inner
    return tree


def a_value(kind: str, field: Field, at: str) -> Any:
    """A value of the field that says something of its own, and that no rule ties to another."""
    if kind == "Quantity" and any(place in at for place in _LENGTHS):
        kind = "Duration"
    own = _OWN.get(f"{kind}.{field.name}")
    if own is None and field.kind in ("String", "Markdown"):
        return f"words of {at.removeprefix('.')}"
    return _OF_KIND[field.kind] if own is None else own


_LENGTHS = ("boundsRange", "maxDosePerPeriod.denominator")
"""Where a Quantity must be a length of time."""
_OWN: dict[str, Any] = {
    "TimingRepeat.durationMax": Decimal(9),
    "TimingRepeat.durationUnit": "min",
    "TimingRepeat.periodUnit": "d",
    "TimingRepeat.dayOfWeek": "tue",
    "TimingRepeat.when": "PCM",
    "Quantity.comparator": "<",
    "Duration.comparator": "<",
    "Quantity.code": "mg",
    "Quantity.unit": "tablet",
    "Quantity.system": UCUM,
    "Duration.code": "d",
    "Duration.unit": "week",
    "Duration.system": "http://example.org/units",
    "Coding.code": "x1",
    "Dosage.asNeeded": False,
    "MedicationRequest.status": "draft",
    "MedicationRequest.intent": "proposal",
    "MedicationAdministration.status": "stopped",
    "MedicationIngredient.isActive": False,
    "Patient.active": False,
    "Practitioner.active": False,
    "PractitionerRole.active": False,
    "Organization.active": False,
    "Period.end": "2026-04-02",
}
_OF_KIND: dict[str, Any] = {
    "Boolean": True,
    "Canonical": "http://example.org/canonical",
    "Code": "x1",
    "Date": "2026-03-02",
    "DateTime": "2026-03-02",
    "Decimal": Decimal(7),
    "Id": "x1",
    "Instant": "2026-03-02T08:00:00Z",
    "Integer": 7,
    "PositiveInt": 7,
    "Time": "09:00:00",
    "UnsignedInt": 7,
    "Uri": "http://example.org/list",
}
