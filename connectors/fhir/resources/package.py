"""The resources of one message and what their references lead to, in a Bundle or alone.

`entries` says which entries of a Bundle count, `references` what a reference leads to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from connectors.fhir.form.conform import conform
from connectors.fhir.form.tree import Json, Object, as_text, is_object
from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.entries import Fate, Sorter
from connectors.fhir.resources.references import Index
from connectors.fhir.resources.resource import Resource, made
from connectors.trail import Trail
from schemas.finding import Finding, FindingCode

UNTOUCHED = frozenset(("Dosage", "Narrative"))
"""What `conform` leaves alone: dosages have their own reader, narratives are not read."""

Made = TypeVar("Made")


@dataclass(slots=True)
class Package:
    """Every resource of one message, in its order.

    `at` is where the Bundle or the resource alone stands: its type, or a place in a Parameters.
    `findings` are about the message as a whole, `shared` those of them that weigh on every line.
    `unnamed` has, by its place, why an order is not one that the message or document is about.
    """

    root: Object
    at: str
    trail: Trail
    findings: list[Finding] = field(default_factory=list)
    shared: list[Finding] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    unnamed: dict[str, str] = field(default_factory=dict)
    _index: Index | None = None
    _read: dict[tuple[str, str], object] = field(default_factory=dict)

    @property
    def is_bundle(self) -> bool:
        """Whether it is a Bundle, and no resource alone."""
        return self.root["resourceType"] == "Bundle"

    @property
    def type(self) -> str | None:
        """The type of the Bundle."""
        kind = self.root.get("type")
        return kind if self.is_bundle and isinstance(kind, str) else None

    def of_kind(self, *kinds: str) -> Iterator[Resource]:
        """The resources of these types, in the order of the message."""
        return (resource for resource in self.resources if resource.kind in kinds)

    def resolve(self, reference: Element, within: Resource, gives: str) -> Resource | None:
        """The one resource of this message that the reference leads to; `None` for none or two."""
        if self._index is None:
            self._index = Index(self.resources)
        return self._index.resolve(reference, within, gives)

    def once(self, resource: Resource, read: Callable[[], Made], what: str) -> Made:
        """What a resource that many lines share was read as: it is read, and doubted, once."""
        key = (what, resource.element.at)
        if key not in self._read:
            self._read[key] = read()
        return cast("Made", self._read[key])

    def say(self, code: FindingCode, location: str, rule: str, *, shared: bool = False) -> None:
        """A finding about the message; a `shared` one weighs on every line of it."""
        found = Finding(code=code, location=location, message=rule)
        self.findings.append(found)
        if shared:
            self.shared.append(found)


def open_package(root: Object, trail: Trail, at: str) -> Package:
    """The message taken apart: each resource conformed, with its own doubts."""
    package = Package(root, at, trail)
    if not package.is_bundle:
        package.resources.append(_resource(root, at, trail))
        return package
    entries = root.get("entry")
    listed = [e for e in entries if is_object(e)] if isinstance(entries, list) else []
    stripped: list[Json] = [_without_resource(entry) for entry in listed]
    shell: Object = {**root, "entry": stripped} if listed else root
    envelope = conform(shell, at)
    package.findings.extend(envelope.findings)
    _find_modifiers(envelope.tree, at, Doubts(trail, package.findings))
    for name in ("resourceType", "type"):
        trail.used(f"{at}.{name}", "kind")
    sorter = Sorter(package.type)
    for rank, entry in enumerate(entries if isinstance(entries, list) else []):
        if is_object(entry):
            _open_entry(package, entry, f"{at}.entry[{rank}]", sorter)
    return package


def _without_resource(entry: Object) -> Object:
    return {name: value for name, value in entry.items() if name != "resource"}


def _open_entry(package: Package, entry: Object, place: str, sorter: Sorter) -> None:
    resource = entry.get("resource")
    fate = sorter.fate(entry)
    _say(package, fate, place)
    if not fate.read or not is_object(resource):
        return
    url = entry.get("fullUrl")
    full_url = url.partition("/_history/")[0] if isinstance(url, str) else None
    if full_url:
        package.trail.used(f"{place}.fullUrl", "reference")
    opened = _resource(
        resource, f"{place}.resource", package.trail, full_url, acted_on=fate.acted_on
    )
    for rule in fate.doubts:
        doubt = Finding(code=rule.code, location=place + rule.member, message=rule.says)
        opened.findings.append(doubt)
    package.resources.append(opened)


def _say(package: Package, fate: Fate, place: str) -> None:
    for rule in fate.said:
        package.say(rule.code, place + rule.member, rule.says, shared=rule.shared)


def _resource(
    tree: Object,
    location: str,
    trail: Trail,
    full_url: str | None = None,
    *,
    acted_on: bool = True,
) -> Resource:
    conformed = conform(tree, location, UNTOUCHED)
    doubts = Doubts(trail, list(conformed.findings))
    _find_modifiers(conformed.tree, location, doubts)
    return made(Element(location, conformed.tree, doubts), full_url, acted_on=acted_on)


def _find_modifiers(tree: Json, location: str, doubts: Doubts) -> None:
    """Says every implicitRules and modifierExtension, dosages aside: none of them is known."""
    if isinstance(tree, list):
        for rank, item in enumerate(tree):
            _find_modifiers(item, f"{location}[{rank}]", doubts)
    if not is_object(tree):
        return
    for name, value in tree.items():
        here = f"{location}.{name}"
        if name == "implicitRules":
            rule = "rules of the sender's own are not known"
            doubts.say(FindingCode.MODIFIER_UNKNOWN, here, rule, value)
        elif name == "modifierExtension" and isinstance(value, list):
            _say_modifiers(value, here, doubts)
        elif name not in ("dosageInstruction", "extension"):
            _find_modifiers(value, here, doubts)


def _say_modifiers(extensions: list[Json], here: str, doubts: Doubts) -> None:
    for rank, extension in enumerate(extensions):
        url = extension.get("url") if is_object(extension) else None
        rule = "the modifierExtension is not known"
        doubts.say(FindingCode.MODIFIER_UNKNOWN, f"{here}[{rank}]", rule, url)


def meet(value: Json, location: str, trail: Trail) -> None:
    """Tells the trail every value of the message and its place."""
    if isinstance(value, list):
        for rank, item in enumerate(value):
            meet(item, f"{location}[{rank}]", trail)
    elif is_object(value):
        for name, item in value.items():
            meet(item, f"{location}.{name}", trail)
    elif value is not None:
        trail.met(location, as_text(value))
