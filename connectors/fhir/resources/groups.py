"""RequestGroups: how the lines of one prescription stand to each other.

Source: FHIR R4 RequestGroup; ANS e-prescription IG 1.1.0-ballot (fr-additional-action-relationship,
`ALT`: if the action cannot be done, the related one may be done instead).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import codings, extension
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.resource import Resource, repeated
from schemas.finding import Finding, FindingCode
from schemas.prescription import LineLink, LinkKind, Note

RELATIONSHIP = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription"
    "/StructureDefinition/fr-additional-action-relationship"
)
_CHOICES = frozenset(("any", "exactly-one", "at-most-one", "one-or-more"))
"""Selection behaviours that leave a choice among the actions of a group."""


_MOST_OTHERS = 20
"""Other actions of a choice that a line is linked to: of a choice of very many, the first."""
_MOST_NOTES = 20
"""Notes of a group that each of its lines repeats."""
_STANDS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")


@dataclass(slots=True)
class Said:
    """What RequestGroups say of one line."""

    links: list[LineLink] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Action:
    """An action with the request that it names; `choice` is the group that it is chosen from.

    `doubts` are those of its own elements, and of the actions around it.
    """

    element: Element
    request: Resource | None
    choice: str | None = None
    doubts: tuple[Finding, ...] = ()


def read_groups(package: Package) -> dict[str, Said]:
    """By the place of each request: its links, notes and doubts from every RequestGroup."""
    said: dict[str, Said] = {}
    for group in package.of_kind("RequestGroup"):
        _read_group(group, package, said)
    return said


def _read_group(group: Resource, package: Package, said: dict[str, Said]) -> None:
    actions = list(_actions(group.element, group, package, None, ()))
    named = {str(a.element.members.get("id")): a for a in actions if a.element.has("id")}
    choices: dict[str, list[_Action]] = {}
    for action in actions:
        if action.choice is not None and action.request is not None:
            choices.setdefault(action.choice, []).append(action)
    _status(group)
    notes = _notes(group.element.children("note"), "text")
    if len(notes) > _MOST_NOTES:
        rule = "of so many notes of a group only the first stand beside its lines"
        group.element.say(FindingCode.ELEMENT_UNREAD, "note", rule)
    told = [(action, request, Said()) for action in actions if (request := action.request)]
    for action, request, line in told:
        line.findings.extend((*action.doubts, *_other_patient(request, group, package)))
        line.links.extend(_related(action, named, line))
        line.links.extend(_chosen_among(action, choices))
        for name in ("title", "description", "textEquivalent"):
            line.notes.extend(_notes((action.element,), name))
        line.notes.extend(notes[:_MOST_NOTES])
    close(group.element, "RequestGroup")
    own = repeated(group.findings, group.element.at)
    for _, request, line in told:
        whole = said.setdefault(request.element.at, Said())
        whole.links.extend(line.links)
        whole.notes.extend(line.notes)
        whole.findings.extend((*own, *line.findings))


def _status(group: Resource) -> None:
    """Says what makes the group less than an order in force. The requests say their own."""
    element = group.element
    status, intent = element.text("status", "action"), element.text("intent", "action")
    if status != "active":
        rule = "the group of requests is not in force"
        element.say(FindingCode.STATUS_NOT_ACTIVE, "status", rule, status)
    if intent not in _STANDS:
        rule = "the group of requests is no order, whatever its requests are"
        element.say(FindingCode.ELEMENT_UNREAD, "intent", rule, intent)
    if element.has("replaces"):
        rule = "the group that this one replaces is not looked up"
        element.say(FindingCode.ELEMENT_UNREAD, "replaces", rule)
    _routine(element)


def _routine(element: Element) -> None:
    if element.members.get("priority") == "routine":
        element.use("priority", "action")


def _notes(holders: Sequence[Element], name: str) -> list[Note]:
    read = ((holder, holder.text(name, "notes")) for holder in holders)
    return [Note(text=words, location=holder.path(name)) for holder, words in read if words]


def _other_patient(request: Resource, group: Resource, package: Package) -> Iterator[Finding]:
    """The patient of the group against that of the line, where both are in the message."""
    own, other = (
        package.resolve(subject, holder, "patient")
        if (subject := holder.element.child("subject"))
        else None
        for holder in (request, group)
    )
    if own is not None and other is not None and own.element.at != other.element.at:
        yield Finding(
            code=FindingCode.PATIENT_CONTRADICTED,
            location=group.element.path("subject"),
            message="the group of requests is about another patient",
        )


def _actions(
    parent: Element,
    group: Resource,
    package: Package,
    choice: str | None,
    around: tuple[Finding, ...],
) -> Iterator[_Action]:
    for element in parent.children("action"):
        behaviour = element.text("selectionBehavior", "links")
        inner = element.at if behaviour in _CHOICES else choice
        doubts = repeated((*around, *_conditions(element), *_conduct(element)), element.at)
        reference = element.child("resource")
        found = package.resolve(reference, group, "links") if reference else None
        if reference is not None and found is None:
            rule = "leads to no request of this message"
            target = reference.members.get("reference")
            reference.say(FindingCode.REFERENCE_UNRESOLVED, "reference", rule, target)
        yield _Action(element, found, choice, doubts)
        yield from _actions(element, group, package, inner, doubts)


def _conduct(element: Element) -> Iterator[Finding]:
    """What makes an action more or less than doing its request once."""
    _routine(element)
    kind = element.child("type")
    code = next((each.code for each in codings(kind, "action")), None)
    if code not in (None, "create"):
        rule = "the group asks for something else than to begin the request"
        yield _doubt(FindingCode.STATUS_NOT_ACTIVE, element.path("type"), rule, code)
    stated = (("requiredBehavior", "must"), ("cardinalityBehavior", "single"))
    for name, usual in stated:
        given = element.text(name, "action")
        if given not in (None, usual):
            rule = "whether and how often the request is done is left to somebody"
            yield _doubt(FindingCode.ELEMENT_UNREAD, element.path(name), rule, given)


def _doubt(code: FindingCode, at: str, rule: str, quoted: str | None = None) -> Finding:
    return Finding(code=code, location=at, message=rule, quoted=quoted)


def _conditions(element: Element) -> Iterator[Finding]:
    """Conditions and times of an action decide over its request, and are not computed."""
    for rank, _ in enumerate(element.children("condition")):
        rule = "the request depends on a condition of its group"
        yield _doubt(FindingCode.EVENT_CONDITION, f"{element.at}.condition[{rank}]", rule)
    for name in element.members:
        if name.startswith("timing"):
            rule = "the group says when the request is to be done"
            yield _doubt(FindingCode.TIMING_UNSUPPORTED, element.path(name), rule)


def _related(action: _Action, named: dict[str, _Action], line: Said) -> Iterator[LineLink]:
    for related in action.element.children("relatedAction"):
        other = named.get(related.text("actionId", "links") or "")
        kind = _kind(related)
        if related.has("offsetDuration") or related.has("offsetRange"):
            rule = "the group says how long before or after another line this one is done"
            line.findings.append(_doubt(FindingCode.TIMING_UNSUPPORTED, related.at, rule))
        if kind is LinkKind.OTHER:
            rule = "the order in which two lines are done is not read"
            place = related.path("relationship")
            line.findings.append(_doubt(FindingCode.ELEMENT_UNREAD, place, rule))
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


def _chosen_among(action: _Action, choices: dict[str, list[_Action]]) -> Iterator[LineLink]:
    same = choices.get(action.choice, []) if action.choice is not None else []
    for other in same[: _MOST_OTHERS + 1]:
        if other is not action and other.request is not None:
            place = action.element.at
            yield LineLink(kind=LinkKind.ALTERNATIVE, line=_name(other.request), location=place)


def _name(request: Resource) -> str:
    """How the link names the line: as the line names itself to other resources."""
    return request.reference or request.full_url or request.element.at
