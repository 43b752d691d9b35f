"""What a reference leads to among the resources of one message.

Source: FHIR R4 §2.3.0 (literal, logical and contained references), §2.36.4.1 (resolving them in
a Bundle), http.html#trules (conditional references of a transaction). Beyond it, as the published
French examples need: `#id` is looked up among the contained resources first, then in the Bundle,
and a Bundle without `fullUrl` is searched by type and id.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl

from connectors.fhir.form.values import Element
from connectors.fhir.resources.resource import Resource, made

_HISTORY = "/_history/"


class Index:
    """The resources of a message by every name that a reference may use for them."""

    __slots__ = ("_by_id", "_by_identifier", "_by_name", "_by_url", "_contained")

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_url: dict[str, list[Resource]] = {}
        self._by_name: dict[str, list[Resource]] = {}
        self._by_id: dict[str, list[Resource]] = {}
        self._by_identifier: dict[tuple[str, str], list[Resource]] = {}
        self._contained: dict[str, dict[str, Resource]] = {}
        for resource in resources:
            self._enter(resource)

    def _enter(self, resource: Resource) -> None:
        if resource.full_url:
            self._by_url.setdefault(resource.full_url, []).append(resource)
        if resource.reference and resource.id:
            self._by_name.setdefault(resource.reference, []).append(resource)
            self._by_id.setdefault(resource.id, []).append(resource)
        given = resource.element.members.get("identifier")
        for identifier in given if isinstance(given, list) else [given]:
            key = _identifier_key(identifier)
            if key is not None:
                self._by_identifier.setdefault(key, []).append(resource)

    def resolve(self, reference: Element, within: Resource, gives: str) -> Resource | None:
        """The one resource that the reference leads to; `None` for none, for two, and for one
        that is of another type than the reference says.
        """
        target = reference.text("reference", gives)
        found = self._literal(target, within) if target is not None else None
        if found is not None and not _is_of_stated_type(found, reference):
            return None
        return found or self._logical(reference)

    def _literal(self, target: str, within: Resource) -> Resource | None:
        if target.startswith("#"):
            return self._local(target.removeprefix("#"), within.container or within)
        kind, query, asked = target.partition("?")
        if query:
            return self._conditional(kind, asked)
        plain, _, version = target.partition(_HISTORY)
        found = self._by_url.get(plain) or self._by_type_and_id(plain, within)
        return _only([one for one in found if not version or one.version in (None, version)])

    def _local(self, name: str, within: Resource) -> Resource | None:
        if not name:
            return within
        if within.element.at not in self._contained:
            self._contained[within.element.at] = _inside(within)
        found = self._contained[within.element.at].get(name)
        if found is None:
            return _only(self._by_id.get(name, ()))
        found.element.use("id", "contained")
        return found

    def _by_type_and_id(self, target: str, within: Resource) -> Sequence[Resource]:
        """By `Patient/p`: under the base of the resource that refers, else where none is known.

        A resource of another server that has the same type and id is another resource.
        """
        tail = "/".join(target.rsplit("/", 2)[-2:])
        named = self._by_name.get(tail, ())
        base = (within.container or within).base
        if ":" not in target and base:
            under = self._by_url.get(f"{base}/{tail}")
            return under or [one for one in named if one.base is None]
        if ":" in target:
            return [one for one in named if one.full_url is None]
        return named

    def _conditional(self, kind: str, asked: str) -> Resource | None:
        """`Patient?identifier=system|value`: the one of this type that has the identifier."""
        wanted = dict(parse_qsl(asked)).get("identifier", "")
        system, bar, value = wanted.partition("|")
        found = self._by_identifier.get((system, value), ()) if bar else ()
        return _only([one for one in found if one.kind == kind])

    def _logical(self, reference: Element) -> Resource | None:
        """By the identifier that stands in the reference, with its system."""
        key = _identifier_key(reference.members.get("identifier"))
        named = self._by_identifier.get(key, ()) if key else ()
        return _only([one for one in named if _is_of_stated_type(one, reference)])


def _inside(container: Resource) -> dict[str, Resource]:
    """The contained resources by their id: of two with one id the first is it."""
    found: dict[str, Resource] = {}
    for element in container.element.children("contained"):
        name = element.members.get("id")
        if isinstance(name, str):
            found.setdefault(name, made(element, container=container))
    return found


def _identifier_key(identifier: object) -> tuple[str, str] | None:
    if not isinstance(identifier, dict) or identifier.get("use") == "old":
        return None
    system, value = identifier.get("system"), identifier.get("value")
    return (system, value) if isinstance(system, str) and isinstance(value, str) else None


def _is_of_stated_type(found: Resource, reference: Element) -> bool:
    """Whether `Reference.type`, where it is given, names the type of the resource, or its URL."""
    stated = reference.members.get("type")
    return not isinstance(stated, str) or stated.rpartition("/")[2] == found.kind


def _only(found: Sequence[Resource]) -> Resource | None:
    return found[0] if len(found) == 1 else None
