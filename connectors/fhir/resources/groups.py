"""RequestGroups: how the lines of one prescription stand to each other.

Source: FHIR R4 RequestGroup; ANS e-prescription IG 1.1.0-ballot (fr-additional-action-relationship,
`ALT`: if the action cannot be done, the related one may be done instead).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.concepts import extension
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.resource import Resource
from schemas.finding import Finding, FindingCode
from schemas.prescription import LineLink, LinkKind, Note

RELATIONSHIP = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription"
    "/StructureDefinition/fr-additional-action-relationship"
)
_CHOICES = frozenset(("any", "exactly-one", "at-most-one", "one-or-more"))
"""Selection behaviours that leave a choice among the actions of a group."""


@dataclass(slots=True)
class Said:
    """What RequestGroups say of one line."""

    links: list[LineLink] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Action:
    """An action with the request that it names; `choice` is the group that it is chosen from."""

    element: Element
    request: Resource | None
    choice: str | None = None


def read_groups(package: Package) -> dict[str, Said]:
    """By the place of each request: its links, notes and doubts from every RequestGroup."""
    said: dict[str, Said] = {}
    for group in package.of_kind("RequestGroup"):
        actions = list(_actions(group.element, group, package, None))
        own = list(group.findings)
        named = {str(a.element.members.get("id")): a for a in actions if a.element.has("id")}
        group_doubts = _status(group)
        for action in actions:
            if action.request is None:
                continue
            line = said.setdefault(action.request.element.at, Said())
            line.findings.extend((*own, *group_doubts, *_conditions(action)))
            line.links.extend(_related(action, named, line))
            line.links.extend(_chosen_among(action, actions))
            words = action.element.text("description", "notes")
            if words is not None:
                line.notes.append(Note(text=words, location=action.element.path("description")))
    return said


def _status(group: Resource) -> tuple[Finding, ...]:
    element = group.element
    status = element.text("status", "action")
    element.text("intent", "action")
    if status == "active":
        return ()
    rule = "the group of requests is not in force"
    place = element.path("status")
    code = FindingCode.STATUS_NOT_ACTIVE
    return (Finding(code=code, location=place, message=rule, quoted=status),)


def _actions(
    parent: Element, group: Resource, package: Package, choice: str | None
) -> Iterator[_Action]:
    for element in parent.children("action"):
        behaviour = element.text("selectionBehavior", "links")
        inner = element.at if behaviour in _CHOICES else choice
        reference = element.child("resource")
        found = package.resolve(reference, group, "links") if reference else None
        if reference is not None and found is None:
            rule = "leads to no request of this message"
            target = reference.members.get("reference")
            reference.say(FindingCode.REFERENCE_UNRESOLVED, "reference", rule, target)
        yield _Action(element, found, choice)
        yield from _actions(element, group, package, inner)


def _conditions(action: _Action) -> Iterator[Finding]:
    """Conditions and times of an action decide over its request, and are not computed."""
    for rank, _ in enumerate(action.element.children("condition")):
        yield Finding(
            code=FindingCode.EVENT_CONDITION,
            location=f"{action.element.at}.condition[{rank}]",
            message="the request depends on a condition of its group",
        )
    for name in action.element.members:
        if name.startswith("timing"):
            yield Finding(
                code=FindingCode.TIMING_UNSUPPORTED,
                location=action.element.path(name),
                message="the group says when the request is to be done",
            )


def _related(action: _Action, named: dict[str, _Action], line: Said) -> Iterator[LineLink]:
    for related in action.element.children("relatedAction"):
        other = named.get(related.text("actionId", "links") or "")
        kind = _kind(related)
        if kind is LinkKind.OTHER:
            rule = "the order in which two lines are done is not read"
            place = related.path("relationship")
            code = FindingCode.ELEMENT_UNREAD
            line.findings.append(Finding(code=code, location=place, message=rule))
        if other is None or other.request is None:
            doubts = Doubts(related.doubts.trail, line.findings)
            rule = "names no action of this group"
            doubts.say(FindingCode.REFERENCE_UNRESOLVED, related.path("actionId"), rule)
            continue
        yield LineLink(kind=kind, line=_name(other.request), location=related.at)


def _kind(related: Element) -> LinkKind:
    french = extension(related, RELATIONSHIP)
    holder = related.child("_relationship")
    french = french or (extension(holder, RELATIONSHIP) if holder else None)
    if french is not None and french.text("valueCode", "links") == "ALT":
        related.text("relationship", "links")
        return LinkKind.ALTERNATIVE
    same_time = related.text("relationship", "links") == "concurrent"
    return LinkKind.ACCOMPANIES if same_time else LinkKind.OTHER


def _chosen_among(action: _Action, actions: list[_Action]) -> Iterator[LineLink]:
    for other in actions:
        same = action.choice is not None and other.choice == action.choice
        if same and other is not action and other.request is not None:
            place = action.element.at
            yield LineLink(kind=LinkKind.ALTERNATIVE, line=_name(other.request), location=place)


def _name(request: Resource) -> str:
    """How the link names the line: as the line names itself to other resources."""
    return request.reference or request.full_url or request.element.at
