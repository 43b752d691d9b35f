"""The resources of one message and what their references lead to, in a Bundle or alone.

Source: FHIR R4 §2.36.4.1 (resolving references in Bundles). Beyond it, as the published French
examples need: `#id` is looked up among the contained resources first, then in the Bundle.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.fhir.form.conform import conform
from connectors.fhir.form.tree import Json, Object, as_text, is_object
from connectors.fhir.form.values import Doubts, Element
from connectors.trail import Trail
from schemas.finding import Finding, FindingCode

UNTOUCHED = frozenset(("Dosage", "Narrative"))
"""What `conform` leaves alone: dosages have their own reader, narratives are not read."""
_CREATES = ("POST", "PUT", None)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its element, and whether the sender gives it to be acted on.

    `acted_on` is false for a resource that a search includes beside its matches.
    """

    kind: str
    id: str | None
    element: Element
    full_url: str | None = None
    acted_on: bool = True

    @property
    def reference(self) -> str | None:
        """What other messages call it: `MedicationRequest/x`."""
        return f"{self.kind}/{self.id}" if self.id else None

    @property
    def findings(self) -> list[Finding]:
        """Every doubt about it so far."""
        return self.element.doubts.findings


@dataclass(slots=True)
class Package:
    """Every resource of one message, in its order; `findings` are about the message as a whole."""

    root: Object
    trail: Trail
    findings: list[Finding] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The type of the message, and of the Bundle: `Bundle/transaction`."""
        name = as_text(self.root["resourceType"])
        kind = self.root.get("type")
        return f"{name}/{kind}" if name == "Bundle" and isinstance(kind, str) else name

    def of_kind(self, *kinds: str) -> Iterator[Resource]:
        """The resources of these types, in the order of the message."""
        return (resource for resource in self.resources if resource.kind in kinds)

    def resolve(self, reference: Element, within: Resource, gives: str) -> Resource | None:
        """The one resource of this message that the reference leads to; `None` for none or two."""
        target = reference.text("reference", gives)
        if target is None:
            return None
        if target.startswith("#"):
            name = target.removeprefix("#")
            return _contained(name, within) or self._only(
                resource for resource in self.resources if resource.id == name
            )
        target = target.partition("/_history/")[0]
        return self._only(r for r in self.resources if r.full_url == target) or self._relative(
            target, within
        )

    def _relative(self, target: str, within: Resource) -> Resource | None:
        """By type and id: under the base of the resource that refers, else the only one."""
        tail = "/".join(target.rsplit("/", 2)[-2:])
        found = [r for r in self.resources if r.reference == tail]
        if ":" in target:
            return self._only(r for r in found if r.full_url is None)
        base = _base(within)
        return self._only(r for r in found if base and r.full_url == f"{base}/{tail}") or (
            self._only(iter(found))
        )

    def _only(self, found: Iterator[Resource]) -> Resource | None:
        first = next(found, None)
        return first if next(found, None) is None else None


def _base(resource: Resource) -> str | None:
    tail = f"/{resource.reference}"
    url = resource.full_url or ""
    return url.removesuffix(tail) if url.endswith(tail) else None


def _contained(name: str, within: Resource) -> Resource | None:
    for element in within.element.children("contained"):
        if element.members.get("id") == name:
            element.use("id", "contained")
            return _made(element)
    return None


def _made(element: Element, full_url: str | None = None, *, acted_on: bool = True) -> Resource:
    element.use("resourceType", "kind")
    identity = element.members.get("id")
    return Resource(
        kind=str(element.members.get("resourceType")),
        id=identity if isinstance(identity, str) else None,
        element=element,
        full_url=full_url,
        acted_on=acted_on,
    )


def open_package(root: Object, trail: Trail) -> Package:
    """The message taken apart: each resource conformed, with its own doubts."""
    package = Package(root, trail)
    _meet(root, as_text(root["resourceType"]), trail)
    if root["resourceType"] != "Bundle":
        package.resources.append(_resource(root, as_text(root["resourceType"]), trail))
        return package
    entries = root.get("entry")
    listed = [e for e in entries if is_object(e)] if isinstance(entries, list) else []
    stripped: list[Json] = [_without_resource(entry) for entry in listed]
    shell: Object = {**root, "entry": stripped} if listed else root
    envelope = conform(shell, "Bundle")
    package.findings.extend(envelope.findings)
    _find_modifiers(envelope.tree, "Bundle", Doubts(trail, package.findings))
    for name in ("resourceType", "type"):
        trail.used(f"Bundle.{name}", "kind")
    seen: set[str] = set()
    for rank, entry in enumerate(entries if isinstance(entries, list) else []):
        if is_object(entry):
            _open_entry(package, entry, f"Bundle.entry[{rank}]", seen)
    return package


def _without_resource(entry: Object) -> Object:
    return {name: value for name, value in entry.items() if name != "resource"}


def _open_entry(package: Package, entry: Object, location: str, seen: set[str]) -> None:
    resource = entry.get("resource")
    method = _member(entry, "request", "method")
    if method not in _CREATES or not is_object(resource):
        if resource is not None or method is not None:
            _unread(package, location, "an entry that creates or updates nothing is not read")
        return
    url = entry.get("fullUrl")
    full_url = url.partition("/_history/")[0] if isinstance(url, str) else None
    if full_url:
        package.trail.used(f"{location}.fullUrl", "reference")
    acted_on = _member(entry, "search", "mode") in (None, "match")
    made = _resource(resource, f"{location}.resource", package.trail, full_url, acted_on=acted_on)
    name = full_url or made.reference
    if name is not None and package.root.get("type") == "history":
        if name in seen:
            _unread(package, location, "an older version in a history is not read")
            return
        seen.add(name)
    package.resources.append(made)


def _unread(package: Package, location: str, rule: str) -> None:
    package.findings.append(
        Finding(code=FindingCode.ELEMENT_UNREAD, location=location, message=rule)
    )


def _member(entry: Object, name: str, inner: str) -> Json:
    holder = entry.get(name)
    return holder.get(inner) if is_object(holder) else None


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
    return _made(Element(location, conformed.tree, doubts), full_url, acted_on=acted_on)


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


def _meet(value: Json, location: str, trail: Trail) -> None:
    """Tells the trail every value of the message and its place."""
    if isinstance(value, list):
        for rank, item in enumerate(value):
            _meet(item, f"{location}[{rank}]", trail)
    elif is_object(value):
        for name, item in value.items():
            _meet(item, f"{location}.{name}", trail)
    elif value is not None:
        trail.met(location, as_text(value))
