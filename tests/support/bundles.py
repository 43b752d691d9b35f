"""Two FHIR Bundles side by side: what each says, without ids, narratives and order.

A Bundle becomes facts: the resource by its type and role, the path in it, and the value.
References are resolved to the role that they lead to; the items of a list are told apart by what
names them (the scope of a note, the value of an identifier), and by their rank only where R4 gives
the rank a meaning.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

Json = dict[str, Any]
LONGEST = 24
"""Characters of a product that name its resources here."""


class Fact(NamedTuple):
    """One value: `MedicationRequest(metformine).dosageInstruction[0].text` and what it says."""

    path: str
    value: str


def facts(bundle: Json) -> set[Fact]:
    """Every value of a Bundle that is not an id of its own, an order or a narrative."""
    resources = [entry["resource"] for entry in bundle.get("entry", ())]
    names = dict(_names(bundle))
    found = set()
    for resource in resources:
        role = role_of(resource, names)
        for name, value in resource.items():
            if name in ("resourceType", "id", "text"):
                continue
            found |= set(_facts(value, f"{role}.{name}", names))
    return found


def _names(bundle: Json) -> Iterator[tuple[str, Json]]:
    """Every way in which a reference may name a resource of this Bundle."""
    for entry in bundle.get("entry", ()):
        resource = entry["resource"]
        yield f"#{resource.get('id')}", resource
        yield f"{resource['resourceType']}/{resource.get('id')}", resource
        if "fullUrl" in entry:
            yield entry["fullUrl"], resource


def role_of(resource: Json, names: dict[str, Json]) -> str:
    """What the resource is in its Bundle, by its type and what it is about."""
    kind = resource["resourceType"]
    match kind:
        case "Medication":
            return f"{kind}({_words(resource.get('code'))})"
        case "Observation":
            return f"{kind}({resource['code']['coding'][0]['code']})"
        case "MedicationRequest":
            target = (resource.get("medicationReference") or {}).get("reference")
            named = names.get(target) or (_mixture(names) if target else None)
            concept = named.get("code") if named else resource.get("medicationCodeableConcept")
            return f"{kind}({_words(concept)})"
        case _:
            return kind


def _mixture(names: dict[str, Json]) -> Json | None:
    """The only mixture of a Bundle: what a reference that leads nowhere can but mean."""
    found = {r["id"]: r for r in names.values() if r.get("ingredient")}
    return next(iter(found.values())) if len(found) == 1 else None


def _words(concept: Json | None) -> str:
    concept = concept or {}
    coded = next((c.get("display") for c in concept.get("coding", ()) if c.get("display")), None)
    words = str(concept.get("text") or coded)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def _facts(value: Any, path: str, names: dict[str, Json]) -> Iterator[Fact]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "reference":
                led = names.get(item)
                yield Fact(f"{path}.{name}", role_of(led, names) if led else str(item))
            elif name == "type" and "reference" in value:
                continue
            elif not (name == "id" and isinstance(item, str) and path.endswith("]")):
                yield from _facts(item, f"{path}.{name}", names)
    elif isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _facts(item, f"{path}{_item(path, item, rank, names)}", names)
    else:
        yield Fact(path, _plain(value))


def _item(path: str, item: Any, rank: int, names: dict[str, Json]) -> str:
    """What tells an item of a list from the others."""
    last = path.rpartition(".")[2]
    if not isinstance(item, dict):
        return ""
    if last == "dosageInstruction":
        return f"[{rank}]"
    if last == "extension":
        return f"({item['url'].rpartition('/')[2]})"
    if last == "identifier":
        return f"({item.get('value')})"
    if last in ("name", "action", "relatedAction"):
        return f"({item.get('use') or item.get('id') or item.get('actionId')})"
    if last == "note":
        scope = next((e.get("valueCode") for e in item.get("extension", ())), None)
        return f"({scope})"
    if last == "supportingInformation":
        roles = [e.get("valueCode") for e in item.get("extension", ())]
        led = names.get(item.get("reference", ""))
        return f"({roles[0] if roles else role_of(led, names) if led else ''})"
    if last == "ingredient":
        led = names.get(item.get("itemReference", {}).get("reference", ""))
        return f"({role_of(led, names) if led else rank})"
    return ""


def _plain(value: Any) -> str:
    """The value as text; a number without the zeros that say nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | int | float):
        return format(Decimal(str(value)).normalize(), "f")
    return " ".join(str(value).split())
