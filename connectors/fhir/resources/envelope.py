"""What a document or a message says of all that it holds: its state, and what it is about.

Source: FHIR R4 §3.3 (documents), Composition, §3.4 (messages), MessageHeader. What a document
brings beside its sections, or a message beside its focus, is there to be referred to: an order
that replaces another one brings that one too, and nobody is to prepare both.
"""

from collections.abc import Iterator, Mapping

from connectors.fhir.form.values import Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.resource import Resource
from schemas.finding import Finding, FindingCode

_FIRST = {"document": ("Composition", "bdl-11"), "message": ("MessageHeader", "bdl-12")}
_LISTS = ("RequestGroup", "List", "CarePlan", "Task")
"""What leads on to orders: a section or a focus may name one of these in their place."""
_ABOUT = ("action", "activity", "entry", "focus", "item", "reference", "resource")
"""Members of these through which they lead to orders."""
_OF_ENVELOPE = frozenset((FindingCode.MODIFIER_UNKNOWN, FindingCode.ELEMENT_FOREIGN))
"""What in the envelope may change the meaning of all that it holds."""


def weigh(package: Package) -> tuple[Finding, ...]:
    """Doubts about the envelope that weigh on every line; which orders it is about is noted."""
    package.shared.extend(one for one in package.findings if one.code in _OF_ENVELOPE)
    head = _head(package)
    if head is not None and head.kind == "Composition":
        _document(head, package)
    elif head is not None:
        _message(head, package)
    for composition in package.of_kind("Composition"):
        _state(composition.element)
    for resource in package.of_kind("MessageHeader", "Composition"):
        close(resource.element, resource.kind)
        package.shared.extend(resource.findings)
    return tuple(dict.fromkeys(package.shared))


def header_of(package: Package) -> Resource | None:
    """The MessageHeader, wherever it stands."""
    return next(package.of_kind("MessageHeader"), None)


def _head(package: Package) -> Resource | None:
    """The resource that says what a document or a message is about, as its first entry."""
    if package.type not in _FIRST:
        return None
    kind, rule = _FIRST[package.type]
    first = package.resources[0] if package.resources else None
    if first is None or first.kind != kind:
        says = f"{rule}: a {package.type} must have a {kind} first"
        package.say(FindingCode.STRUCTURE_INVALID, f"{package.at}.entry[0]", says, shared=True)
        return next(package.of_kind(kind), None)
    return first


def _state(element: Element) -> None:
    status = element.text("status", "kind")
    if status not in ("final", "amended"):
        element.say(FindingCode.STATUS_NOT_ACTIVE, "status", "the document is not final", status)


def _document(head: Resource, package: Package) -> None:
    element = head.element
    for related in element.children("relatesTo"):
        _relation(related)
    others = sum(1 for _ in package.of_kind("Composition")) - 1
    if others:
        rule = "a document must have one Composition"
        element.doubts.say(FindingCode.STRUCTURE_INVALID, element.at, rule)
    named = list(_of_sections(element, head, package))
    _compare_patients(head, package)
    _leave_out(package, named, "no section of the document names this request", head)


def _compare_patients(head: Resource, package: Package) -> None:
    """The patient of the document against those of its orders, where they are in the message."""
    subject = head.element.child("subject")
    own = package.resolve(subject, head, "patient") if subject else None
    for order in package.of_kind("MedicationRequest"):
        reference = order.element.child("subject")
        found = package.resolve(reference, order, "patient") if reference else None
        if own is not None and found is not None and found.element.at != own.element.at:
            rule = "the document is about another patient than one of its requests"
            head.element.say(FindingCode.PATIENT_CONTRADICTED, "subject", rule)
            return


def _relation(related: Element) -> None:
    """What the document is to another one. Replacing it is said: the other one may be here too."""
    code = related.text("code", "kind")
    if code is not None:
        rule = "how the document stands to another one is not read: a person compares them"
        related.say(FindingCode.ELEMENT_UNREAD, "code", rule, code)


def _of_sections(element: Element, head: Resource, package: Package) -> Iterator[Resource]:
    for section in element.children("section"):
        for reference in section.children("entry"):
            found = _found(reference, head, package)
            if found is not None:
                yield found
        yield from _of_sections(section, head, package)


def _message(head: Resource, package: Package) -> None:
    references = head.element.children("focus")
    named = [one for each in references if (one := _found(each, head, package)) is not None]
    _leave_out(package, named, "the message is not about this request", head)


def _found(reference: Element, head: Resource, package: Package) -> Resource | None:
    found = package.resolve(reference, head, "kind")
    if found is None and reference.has("reference"):
        rule = "leads to no resource, or to more than one, of this message"
        target = reference.members.get("reference")
        reference.say(FindingCode.ELEMENT_UNREAD, "reference", rule, target)
    return found


def _leave_out(package: Package, named: list[Resource], rule: str, head: Resource) -> None:
    """Note every order that is not among those named, directly or by a list of them.

    Where nothing at all is named, all of them are taken, and that is said.
    """
    orders = [one for one in package.of_kind("MedicationRequest") if one.acted_on]
    if not named:
        if orders:
            says = "names nothing that this message holds: all of its requests are read"
            package.say(FindingCode.ELEMENT_UNREAD, head.element.at, says)
        return
    about = _led_to(named, package)
    for order in orders:
        if order.element.at not in about:
            package.unnamed[order.element.at] = rule


def _led_to(named: list[Resource], package: Package) -> set[str]:
    """The places of the resources named, and of those that lists among them lead to."""
    seen: set[str] = set()
    waiting = list(named)
    while waiting:
        resource = waiting.pop()
        if resource.element.at in seen:
            continue
        seen.add(resource.element.at)
        if resource.kind in _LISTS:
            waiting.extend(_further(resource.element.members, resource, package))
    return seen


def _further(tree: object, within: Resource, package: Package) -> Iterator[Resource]:
    """What the references of a list lead to."""
    if isinstance(tree, list):
        for item in tree:
            yield from _further(item, within, package)
    elif isinstance(tree, Mapping):
        if isinstance(tree.get("reference"), str):
            reference = Element(within.element.at, tree, within.element.doubts)
            found = package.resolve(reference, within, "kind")
            if found is not None:
                yield found
        for name in _ABOUT:
            if name in tree:
                yield from _further(tree[name], within, package)
