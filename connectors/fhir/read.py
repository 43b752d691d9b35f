"""FHIR R4 bytes to a Reading: MedicationRequests are prescriptions, MedicationAdministrations
intakes. A Bundle of any type that brings resources, or one resource alone.
"""

from connectors.fhir.form.tree import Object, Unreadable, as_text, is_object, load
from connectors.fhir.resources.administration import read_intake
from connectors.fhir.resources.package import Package, open_package
from connectors.fhir.resources.prescription import read_prescriptions
from connectors.trail import Trail
from schemas.connector import Reading
from schemas.finding import Finding, FindingCode
from schemas.prescription import Prescription
from schemas.site import Site

NAME = "fhir"
_ANSWERS = frozenset(("transaction-response", "batch-response"))
_UNREAD = frozenset(("MedicationStatement", "MedicationDispense", "CarePlan"))
"""Resources about medicines that are not read: said, because they may matter."""
_OF_ENVELOPE = frozenset((FindingCode.MODIFIER_UNKNOWN, FindingCode.ELEMENT_FOREIGN))
"""What in the envelope may change the meaning of all that it holds."""
_READ = frozenset(("MedicationRequest", "MedicationAdministration"))


def read(data: bytes, site: Site) -> Reading:
    """All that the message says, with every value of it and what it became.

    Locations are FHIRPaths from the root, indexed from 0:
    `Bundle.entry[2].resource.dosageInstruction[0]`. Raises: nothing.
    """
    try:
        root = load(data)
    except Unreadable as unreadable:
        return Reading(format=NAME, findings=(unreadable.finding,))
    trail = Trail()
    package = open_package(root, trail)
    unsupported = _unsupported(package)
    prescriptions = () if unsupported else read_prescriptions(package, site)
    administrations = () if unsupported else package.of_kind("MedicationAdministration")
    intakes = tuple(
        read_intake(resource, package, site) for resource in administrations if resource.acted_on
    )
    empty = not (unsupported or prescriptions or intakes)
    shared = _of_message(package)
    found = [*package.findings, *unsupported, *shared, *_unread(package)]
    found += [_empty(package)] if empty else []
    return Reading(
        format=NAME,
        kind=package.kind,
        control_id=control_id(root),
        prescriptions=tuple(_with(prescription, shared) for prescription in prescriptions),
        intakes=intakes,
        findings=tuple(dict.fromkeys(found)),
        sources=trail.sources(),
    )


def control_id(root: Object) -> str | None:
    """The sender's own id of this message: Bundle.identifier, else the id of its MessageHeader.

    The id of a Bundle or of a resource names no message: the next version carries it again.
    """
    identifier = root.get("identifier")
    if root.get("resourceType") != "Bundle":
        return None
    value = identifier.get("value") if is_object(identifier) else None
    if isinstance(value, str):
        return value
    header = _header(root)
    given = header.get("id") if header else None
    return given if isinstance(given, str) else None


def _header(root: Object) -> Object | None:
    entries = root.get("entry")
    first = entries[0] if isinstance(entries, list) and entries else None
    resource = first.get("resource") if is_object(first) else None
    if is_object(resource) and resource.get("resourceType") == "MessageHeader":
        return resource
    return None


def _unsupported(package: Package) -> tuple[Finding, ...]:
    """Why nothing of this message is an order or an intake, whatever it holds."""
    root = package.root
    kind = as_text(root["resourceType"])
    if kind != "Bundle" and kind not in _READ:
        rule = f"a {kind} alone is not read"
        return (_say(FindingCode.MESSAGE_UNSUPPORTED, kind, rule),)
    if kind == "Bundle" and as_text(root.get("type")) in _ANSWERS:
        rule = "an answer of a server is not read"
        return (_say(FindingCode.MESSAGE_UNSUPPORTED, "Bundle.type", rule),)
    header = _header(root)
    if header is not None and "response" in header:
        rule = "an answer to a message is not read"
        place = "Bundle.entry[0].resource.response"
        return (_say(FindingCode.MESSAGE_UNSUPPORTED, place, rule),)
    return ()


def _of_message(package: Package) -> tuple[Finding, ...]:
    """Doubts about the envelope that weigh on every line: its rules, and a document's status."""
    found = [finding for finding in package.findings if finding.code in _OF_ENVELOPE]
    for resource in package.of_kind("Composition"):
        status = resource.element.text("status", "kind")
        if status not in ("final", "amended"):
            rule = "the document is not final"
            place = resource.element.path("status")
            found.append(_say(FindingCode.STATUS_NOT_ACTIVE, place, rule))
    for resource in package.of_kind("MessageHeader", "Composition"):
        found.extend(resource.findings)
    return tuple(dict.fromkeys(found))


def _with(prescription: Prescription, shared: tuple[Finding, ...]) -> Prescription:
    if not shared:
        return prescription
    return prescription.model_copy(update={"findings": (*prescription.findings, *shared)})


def _unread(package: Package) -> tuple[Finding, ...]:
    """Resources about medicines that nothing reads, requests that only accompany a search, and
    the pages of a search that are not here.
    """
    found = []
    links = package.root.get("link") if package.root["resourceType"] == "Bundle" else None
    for rank, link in enumerate(links if isinstance(links, list) else []):
        if is_object(link) and link.get("relation") == "next":
            rule = "the search has more pages, and they are not in this message"
            found.append(_say(FindingCode.ELEMENT_UNREAD, f"Bundle.link[{rank}]", rule))
    for resource in package.resources:
        included = resource.kind in _READ and not resource.acted_on
        if package.root["resourceType"] == "Bundle" and (included or resource.kind in _UNREAD):
            rule = f"this {resource.kind} is not read"
            found.append(_say(FindingCode.ELEMENT_UNREAD, resource.element.at, rule))
    return tuple(found)


def _empty(package: Package) -> Finding:
    kinds = ", ".join(dict.fromkeys(resource.kind for resource in package.resources)) or "nothing"
    rule = f"must hold a MedicationRequest or a MedicationAdministration; it holds {kinds}"
    return _say(FindingCode.MESSAGE_EMPTY, as_text(package.root["resourceType"]), rule)


def _say(code: FindingCode, location: str, message: str) -> Finding:
    return Finding(code=code, location=location, message=message)
