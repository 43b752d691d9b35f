"""Invariants of FHIR R4 that no model checks: Bundles, contained resources, extensions, amounts.

Source: FHIR R4 Bundle (bdl-1 to bdl-12), DomainResource (dom-2, dom-3), Element (ele-1), Extension
(ext-1), Quantity (qty-3), SimpleQuantity (sqty-1), Duration (drt-1), Range (rng-2), Ratio (rat-1),
Period (per-1), Reference (ref-1), ContactPoint (cpt-2), Attachment (att-1). Those of single types
of resources are in `resource_rules`.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from connectors.fhir.form.resource_rules import broken_rules, unused_contained
from connectors.fhir.form.tree import Json, Object, as_text, is_object

Breach: TypeAlias = tuple[str, str]
_ASK = frozenset(("batch", "transaction", "history"))
_LENGTHS = ("boundsDuration", "dispenseInterval", "expectedSupplyDuration", "valueDuration")
_SIMPLE = frozenset(
    (
        *("quantity", "dose", "doseQuantity", "rateQuantity", "low", "high", "daysSupply"),
        *("maxDosePerAdministration", "maxDosePerLifetime"),
    )
)
"""Members whose type is a SimpleQuantity, or the ends of a Range."""
_TIMES = ("ms", "s", "min", "h", "d", "wk", "mo", "a")
_UCUM = "http://unitsofmeasure.org"
_NUMBERS = (int, Decimal)
_DAY = len("2026-03-02")
_ANSWER = frozenset(("batch-response", "transaction-response", "history"))


def broken_invariants(root: Object, location: str) -> Iterator[Breach]:
    """Each place that breaks a rule, with the name and the words of the rule."""
    yield from _walk(root, location, frozenset())


def _walk(value: Json, here: str, contained: frozenset[str]) -> Iterator[Breach]:
    """`contained` are the local references that the resource around this place answers."""
    if isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _walk(item, f"{here}[{rank}]", contained)
    if not is_object(value):
        return
    if "resourceType" in value:
        inside = here.rpartition(".")[2].startswith("contained[")
        contained = contained if inside else _contained(value)
        yield from _resource(value, here, inside=inside)
    yield from _element(value, here, contained)
    for name, item in value.items():
        yield from _walk(item, f"{here}.{name}", contained)


def _contained(resource: Object) -> frozenset[str]:
    given = resource.get("contained")
    listed = given if isinstance(given, list) else []
    return frozenset(("#", *(f"#{one.get('id')}" for one in listed if is_object(one))))


def _resource(tree: Object, here: str, *, inside: bool) -> Iterator[Breach]:
    if inside and tree.get("contained"):
        yield f"{here}.contained", "dom-2: a contained resource must contain none"
    if not inside:
        yield from unused_contained(tree, here)
    yield from broken_rules(tree, here, inside=inside)
    if tree["resourceType"] == "Bundle":
        yield from _bundle(tree, here)


def _element(tree: Object, here: str, contained: frozenset[str]) -> Iterator[Breach]:
    if not tree.keys() - {"id"} and "resourceType" not in tree:
        yield here, "ele-1: an element must have a value or children"
    if here.rpartition(".")[2].startswith("telecom") and "system" not in tree and "value" in tree:
        yield f"{here}.system", "cpt-2: a contact needs its system"
    if "data" in tree and "contentType" not in tree and "Attachment" in here.rpartition(".")[2]:
        yield f"{here}.contentType", "att-1: data needs its type"
    if "comparator" in tree and here.rpartition(".")[2].partition("[")[0] in _SIMPLE:
        yield f"{here}.comparator", "sqty-1: a simple amount must have no comparator"
    if isinstance(tree.get("url"), str) and here.rpartition(".")[2].startswith("extension["):
        values = [name for name in tree if name.lstrip("_").startswith("value")]
        if bool(values) == bool(tree.get("extension")):
            yield here, "ext-1: an extension must have a value or extensions, and not both"
    amount = isinstance(tree.get("value"), _NUMBERS)
    if amount and isinstance(tree.get("code"), str) and "system" not in tree:
        yield f"{here}.system", "qty-3: a code of a unit needs its system"
    yield from _amounts(tree, here)
    target = tree.get("reference")
    if isinstance(target, str) and target.startswith("#") and target not in contained:
        yield f"{here}.reference", "ref-1: a local reference must lead to a contained resource"


def _amounts(tree: Object, here: str) -> Iterator[Breach]:
    """Lengths of time, ranges, ratios and periods, known by their names."""
    name = here.rpartition(".")[2]
    timed = tree.get("code") in _TIMES and tree.get("system", _UCUM) == _UCUM
    if name in _LENGTHS and "value" in tree and not timed:
        yield f"{here}.code", "drt-1: a duration must have a UCUM code of time"
    if ("numerator" in tree) != ("denominator" in tree):
        yield here, "rat-1: numerator and denominator must both be given, or none"
    low, high = tree.get("low"), tree.get("high")
    if is_object(low) and is_object(high) and low.get("code") == high.get("code"):
        least, most = low.get("value"), high.get("value")
        if isinstance(least, _NUMBERS) and isinstance(most, _NUMBERS) and least > most:
            yield f"{here}.low", "rng-2: low must not be above high"
    start, end = tree.get("start"), tree.get("end")
    if isinstance(start, str) and isinstance(end, str) and _is_after(start, end):
        yield f"{here}.start", "per-1: a period must not end before it starts"


def _is_after(start: str, end: str) -> bool:
    """Instants are compared as instants; a day, a month or a year by what both state of it."""
    instants = [_instant(stated) for stated in (start, end)]
    if instants[0] is not None and instants[1] is not None:
        return instants[0] > instants[1]
    stated = min(len(start), len(end), _DAY)
    return start[:stated] > end[:stated]


def _instant(stated: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def _bundle(bundle: Object, here: str) -> Iterator[Breach]:
    kind = as_text(bundle.get("type"))
    given = bundle.get("entry")
    entries = [e for e in given if is_object(e)] if isinstance(given, list) else []
    first = _kind(entries[0]) if entries else None
    identifier = bundle.get("identifier")
    if kind == "document":
        if not (is_object(identifier) and identifier.get("system") and identifier.get("value")):
            yield f"{here}.identifier", "bdl-9: a document must have an identifier with a system"
        if not bundle.get("timestamp"):
            yield f"{here}.timestamp", "bdl-10: a document must have a date"
        if first != "Composition":
            yield f"{here}.entry[0]", "bdl-11: a document must have a Composition first"
    if kind == "message" and first != "MessageHeader":
        yield f"{here}.entry[0]", "bdl-12: a message must have a MessageHeader first"
    if "total" in bundle and kind not in ("searchset", "history"):
        yield f"{here}.total", "bdl-1: a search and a history, and only they, have a total"
    yield from _entries(entries, kind, here)


def _entries(entries: list[Object], kind: str, here: str) -> Iterator[Breach]:
    seen: set[tuple[str, str]] = set()
    for rank, entry in enumerate(entries):
        place = f"{here}.entry[{rank}]"
        if (kind in _ASK) != ("request" in entry):
            rule = "bdl-3: a batch, a transaction and a history, and only they, have requests"
            yield f"{place}.request", rule
        if (kind in _ANSWER) != ("response" in entry):
            rule = "bdl-4: answers and a history, and only they, have responses"
            yield f"{place}.response", rule
        if "search" in entry and kind != "searchset":
            yield f"{place}.search", "bdl-2: a search, and only it, says how an entry was found"
        if not {"resource", "request", "response"} & entry.keys():
            yield place, "bdl-5: an entry must have a resource, a request or a response"
        url = entry.get("fullUrl")
        if isinstance(url, str) and kind != "history":
            key = (url, _version(entry))
            if key in seen:
                yield f"{place}.fullUrl", "bdl-7: a fullUrl must stand once for one version"
            seen.add(key)
            if "/_history/" in url:
                yield f"{place}.fullUrl", "bdl-8: a fullUrl must not name a version"
        if isinstance(url, str):
            yield from _address(url, entry, f"{place}.fullUrl")
        if _mode(entry) == "outcome" and _kind(entry) != "OperationOutcome":
            rule = "what a search says of itself must be an OperationOutcome"
            yield f"{place}.search.mode", rule


def _address(url: str, entry: Object, place: str) -> Iterator[Breach]:
    """Source: FHIR R4 Bundle.entry.fullUrl: absolute, and where it names a type and an id those of
    its resource.
    """
    resource = entry.get("resource")
    name = resource.get("id") if is_object(resource) else None
    kind, _, tail = url.rpartition("/")
    if ":" not in url:
        yield place, "a fullUrl must be absolute"
    elif isinstance(name, str) and tail != name and kind.rpartition("/")[2] == _kind(entry):
        yield place, "a fullUrl must not disagree with the id of its resource"


def _mode(entry: Object) -> Json:
    search = entry.get("search")
    return search.get("mode") if is_object(search) else None


def _kind(entry: Object) -> str | None:
    resource = entry.get("resource")
    return str(resource.get("resourceType")) if is_object(resource) else None


def _version(entry: Object) -> str:
    resource = entry.get("resource")
    meta = resource.get("meta") if is_object(resource) else None
    return str(meta.get("versionId")) if is_object(meta) else ""
