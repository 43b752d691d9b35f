"""Which entries of a Bundle are read, by its type: methods, versions, what a search includes.

Source: FHIR R4 §2.36 (Bundle), http.html#transaction, #history, #ops (conditional interactions).
"""

from dataclasses import dataclass
from typing import NamedTuple

from connectors.fhir.form.tree import Json, Object, is_object
from schemas.finding import FindingCode

_SENT = ("POST", "PUT", None)
"""Methods that bring a resource; a Bundle that is no request has none."""
_DECIDED_ON = ("MedicationRequest", "MedicationAdministration", "MedicationDispense")
_CONDITIONS = ("ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist")


class Rule(NamedTuple):
    """A finding to make at a member of the entry; a `shared` one weighs on every line."""

    code: FindingCode
    says: str
    member: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an entry. `said` is about the message, `doubts` about its resource."""

    read: bool
    acted_on: bool = True
    said: tuple[Rule, ...] = ()
    doubts: tuple[Rule, ...] = ()


class Sorter:
    """Says of each entry what becomes of it; it remembers the versions of a history."""

    def __init__(self, type_: str | None) -> None:
        self._is_history = type_ == "history"
        self._newest: dict[str, str | None] = {}

    def fate(self, entry: Object) -> Fate:
        """What becomes of this entry."""
        resource, method = entry.get("resource"), _member(entry, "request", "method")
        older = self._older(entry) if self._is_history else None
        if older is not None:
            return Fate(read=False, said=(older,))
        if method not in _SENT:
            return Fate(read=False, said=(_not_sent(method, entry),))
        if not is_object(resource):
            stray = resource is not None or method is not None
            rule = "an entry without a resource is not read"
            return Fate(read=False, said=(Rule(FindingCode.ELEMENT_UNREAD, rule),) if stray else ())
        return _of_resource(entry, resource)

    def _older(self, entry: Object) -> Rule | None:
        """Why this version of a resource is not the one in force. A deletion is a version."""
        name = _name(entry)
        if name is None:
            return None
        updated = _updated(entry)
        if name not in self._newest:
            self._newest[name] = updated
            return None
        newest = self._newest[name]
        if newest is not None and updated is not None and newest[:19] < updated[:19]:
            rule = "a history must begin with the newest version of a resource"
            return Rule(FindingCode.VALUE_INVALID, rule, shared=True)
        return Rule(FindingCode.ELEMENT_UNREAD, "an older version in a history is not read")


def _not_sent(method: Json, entry: Object) -> Rule:
    """Why nothing is read; a change of an order that is not read weighs on all the others."""
    url = _member(entry, "request", "url")
    shared = isinstance(url, str) and url.startswith("MedicationRequest")
    match method:
        case "DELETE":
            rule = "a deletion is no order: to end an order, send it with its status"
        case "PATCH":
            rule = "a patch is not read: send the whole resource"
        case "GET" | "HEAD":
            rule, shared = "a question to a server brings nothing", False
        case _:
            rule = "an entry that creates or updates nothing is not read"
    return Rule(FindingCode.ELEMENT_UNREAD, rule, shared=shared)


def _of_resource(entry: Object, resource: Object) -> Fate:
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        rule = "a resource must name its type"
        missing = Rule(FindingCode.ELEMENT_MISSING, rule, ".resource.resourceType")
        return Fate(read=False, said=(missing,))
    if kind in ("Bundle", "Parameters"):
        rule = f"a {kind} inside a Bundle is not read: send it alone"
        return Fate(
            read=False,
            said=(Rule(FindingCode.MESSAGE_UNSUPPORTED, rule, ".resource", shared=True),),
        )
    mode = _member(entry, "search", "mode")
    if kind == "OperationOutcome":
        rule = "what a server says of its answer is not read"
        said = (Rule(FindingCode.ELEMENT_UNREAD, rule, ".resource", shared=mode == "outcome"),)
        return Fate(read=True, acted_on=False, said=said)
    doubts = tuple(_conditions(entry, resource)) if kind in _DECIDED_ON else ()
    return Fate(read=True, acted_on=mode in (None, "match"), doubts=doubts)


def _conditions(entry: Object, resource: Object) -> list[Rule]:
    """On what the sender lets it depend whether this is done, and whether it names one resource."""
    request = entry.get("request")
    if not is_object(request):
        return []
    found = [
        Rule(
            FindingCode.ELEMENT_UNREAD,
            "the condition of the request is not asked: the resource is read as it stands",
            f".request.{name}",
        )
        for name in _CONDITIONS
        if name in request
    ]
    url, name = request.get("url"), f"{resource['resourceType']}/{resource.get('id')}"
    if request.get("method") != "PUT" or not isinstance(url, str):
        return found
    if "?" in url:
        rule = "which resource is updated is not searched: it is read as it stands"
        found.append(Rule(FindingCode.ELEMENT_UNREAD, rule, ".request.url"))
    elif "/".join(url.rsplit("/", 2)[-2:]) != name:
        rule = "an update must name the type and the id of its resource"
        found.append(Rule(FindingCode.VALUE_INVALID, rule, ".request.url"))
    return found


def _name(entry: Object) -> str | None:
    """What all versions of a resource share in a history: its type and id, else its address."""
    resource = entry.get("resource")
    if is_object(resource) and isinstance(resource.get("id"), str):
        return f"{resource.get('resourceType')}/{resource['id']}"
    for stated in (_member(entry, "request", "url"), entry.get("fullUrl")):
        if isinstance(stated, str) and "/" in stated:
            plain = stated.partition("/_history")[0]
            return "/".join(plain.rsplit("/", 2)[-2:])
    return None


def _updated(entry: Object) -> str | None:
    """When this version was made, as its server says it in UTC; offsets are not compared."""
    resource = entry.get("resource")
    meta = resource.get("meta") if is_object(resource) else None
    stated = meta.get("lastUpdated") if is_object(meta) else None
    stated = stated or _member(entry, "response", "lastModified")
    return stated if isinstance(stated, str) and stated.endswith(("Z", "+00:00")) else None


def _member(entry: Object, name: str, inner: str) -> Json:
    holder = entry.get(name)
    return holder.get(inner) if is_object(holder) else None
