"""FHIR R4 bytes to a Reading: MedicationRequests are prescriptions, MedicationAdministrations
intakes, MedicationDispenses dispenses.

The message is a Bundle of any type that brings resources, or one resource alone; either of them
may be the one resource of a Parameters (`$process-message`).
"""

from connectors.fhir.form.tree import Object, Unreadable, as_text, encoding_doubt, is_object, load
from connectors.fhir.resources.administration import read_intake
from connectors.fhir.resources.dispense import read_dispense
from connectors.fhir.resources.envelope import header_of, weigh
from connectors.fhir.resources.package import Package, meet, open_package
from connectors.fhir.resources.prescription import read_prescriptions
from connectors.fhir.resources.resource import repeated
from connectors.trail import Trail
from schemas.connector import Reading
from schemas.finding import Finding, FindingCode
from schemas.prescription import Prescription
from schemas.site import Site

NAME = "fhir"
_ANSWERS = frozenset(("transaction-response", "batch-response"))
_UNREAD = frozenset(("MedicationStatement", "CarePlan", "List", "DetectedIssue"))
"""Resources about medicines that are not read: said, because they may matter. A statement is what
somebody says of a treatment in general: no order, and no report of one intake at one time.
"""
_ADMINISTRATION, _DISPENSE = "MedicationAdministration", "MedicationDispense"
_READ = frozenset(("MedicationRequest", _ADMINISTRATION, _DISPENSE))
_KINDS = frozenset(
    (
        *("document", "message", "transaction", "transaction-response", "batch"),
        *("batch-response", "history", "searchset", "collection"),
    )
)
"""Types of a Bundle. Source: FHIR R4 ValueSet bundle-type, required."""


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
    meet(root, as_text(root["resourceType"]), trail)
    content, at = unwrapped(root)
    package = open_package(content, trail, at)
    unsupported = _unsupported(package)
    shared = () if unsupported else weigh(package)
    weighing = repeated(shared, package.at)
    prescriptions = () if unsupported else read_prescriptions(package, site)
    facts = [one for one in package.resources if one.acted_on and not unsupported]
    intakes = [read_intake(one, package, site) for one in facts if one.kind == _ADMINISTRATION]
    dispenses = [read_dispense(one, package, site) for one in facts if one.kind == _DISPENSE]
    empty = not (unsupported or prescriptions or intakes or dispenses)
    found = [*unsupported, *encoding_doubt(data), *package.findings, *shared, *_unread(package)]
    found += [_empty(package)] if empty else []
    return Reading(
        format=NAME,
        kind=kind_of(content),
        control_id=control_id(content),
        prescriptions=tuple(_with(prescription, weighing) for prescription in prescriptions),
        intakes=tuple(intakes),
        dispenses=tuple(dispenses),
        findings=tuple(dict.fromkeys(found)),
        sources=trail.sources(),
    )


def unwrapped(root: Object) -> tuple[Object, str]:
    """The resource that a Parameters holds alone, and its place; anything else as it is."""
    kind = as_text(root["resourceType"])
    given = root.get("parameter") if kind == "Parameters" else None
    held = [
        (resource, f"{kind}.parameter[{rank}].resource")
        for rank, one in enumerate(given if isinstance(given, list) else [])
        if is_object(one) and is_object(resource := one.get("resource"))
    ]
    if len(held) == 1 and isinstance(held[0][0].get("resourceType"), str):
        return held[0]
    return root, kind


def kind_of(content: Object) -> str:
    """The type of the message, and of the Bundle where it is one of the standard."""
    name, kind = as_text(content["resourceType"]), as_text(content.get("type"))
    return f"{name}/{kind}" if name == "Bundle" and kind in _KINDS else name


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
    if not package.is_bundle and kind not in _READ:
        return (_say(FindingCode.MESSAGE_UNSUPPORTED, package.at, f"a {kind} alone is not read"),)
    if package.type in _ANSWERS:
        rule = "an answer of a server is not read"
        return (_say(FindingCode.MESSAGE_UNSUPPORTED, f"{package.at}.type", rule),)
    header = header_of(package)
    if header is not None and header.element.has("response"):
        rule = "an answer to a message is not read"
        return (_say(FindingCode.MESSAGE_UNSUPPORTED, header.element.path("response"), rule),)
    return ()


def _with(prescription: Prescription, shared: tuple[Finding, ...]) -> Prescription:
    if not shared:
        return prescription
    return prescription.model_copy(update={"findings": (*prescription.findings, *shared)})


def _unread(package: Package) -> tuple[Finding, ...]:
    """Resources about medicines that nothing reads, requests that only accompany a search, and
    the pages of a search that are not here.
    """
    found = []
    links = package.root.get("link") if package.is_bundle else None
    for rank, link in enumerate(links if isinstance(links, list) else []):
        if is_object(link) and link.get("relation") == "next":
            rule = "the search has more pages, and they are not in this message"
            found.append(_say(FindingCode.ELEMENT_UNREAD, f"{package.at}.link[{rank}]", rule))
    for resource in package.resources:
        included = resource.kind in _READ and not resource.acted_on
        if package.is_bundle and (included or resource.kind in _UNREAD):
            rule = f"this {resource.kind} is not read"
            found.append(_say(FindingCode.ELEMENT_UNREAD, resource.element.at, rule))
    return tuple(found)


def _empty(package: Package) -> Finding:
    rule = "must hold a MedicationRequest, a MedicationAdministration or a MedicationDispense"
    return _say(FindingCode.MESSAGE_EMPTY, package.at, rule)


def _say(code: FindingCode, location: str, message: str) -> Finding:
    return Finding(code=code, location=location, message=message)
