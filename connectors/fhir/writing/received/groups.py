"""The RequestGroup of a prescription: how its lines stand to each other.

Source: FHIR R4 RequestGroup; ANS e-prescription IG 1.1.0-ballot (fr-requestgroup-for-prescription,
fr-additional-action-relationship: `ALT`).
"""

import re
import uuid
from collections.abc import Iterator, Sequence

from connectors.fhir.form.conform import CONTROL
from connectors.fhir.form.tree import Json, Object, is_object
from connectors.fhir.resources.groups import RELATIONSHIP
from connectors.fhir.writing.outgoing import Entries
from connectors.fhir.writing.people import identifiers, is_reference, write_identifier
from connectors.fhir.writing.received.entries import leads_to
from schemas.people import Identifier
from schemas.prescription import Line, LineLink, LinkKind, Prescription

_GROUPED = (LinkKind.ALTERNATIVE, LinkKind.ACCOMPANIES)


def add_group(
    out: Entries, prescription: Prescription, requests: Sequence[Object], members: Object
) -> None:
    """Adds the group, where lines are linked, or the prescription has numbers of its own beside
    that of its group, a version, or replaces others.

    `requests` are the references to its lines, `members` what the group shares with them.
    """
    lines, chain = prescription.lines, prescription.chain
    linked = sorted(_linked(lines))
    replaced = tuple(replaces_of(prescription))
    others = tuple(each for each in prescription.identifiers if each != chain.group)
    version = chain.version if len(lines) > 1 else None
    if not (linked or replaced or others or version):
        return
    actions: list[Json] = [
        _action(lines, rank, requests[rank]) for rank in (linked or range(len(lines)))
    ]
    actions.extend(_outside(lines))
    out.add(
        f"group {requests[0]['reference']}",
        {
            "resourceType": "RequestGroup",
            "meta": {"versionId": version} if version and _ID.fullmatch(version) else None,
            "identifier": identifiers(others),
            "replaces": [_named(each) for each in replaced],
            **{name: members[name] for name in _SHARED if name in members},
            "status": "active",
            "intent": "order",
            "priority": _priority(lines),
            "action": actions,
        },
    )


_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_SHARED = ("groupIdentifier", "subject")


def add_header(out: Entries, prescription: Prescription, members: Object, key: str) -> Object:
    """The group of a prescription that states no line: who, for whom, and when."""
    others = tuple(each for each in prescription.identifiers if each != prescription.chain.group)
    shared = {name: members[name] for name in (*_SHARED, "encounter", "authoredOn")}
    return out.add(
        f"header {key}",
        {
            "resourceType": "RequestGroup",
            "identifier": identifiers(others),
            **shared,
            "status": "unknown",
            "intent": "order",
            "author": _author(members["requester"]),
            "note": [{"text": n.text} for n in prescription.notes if n.text.strip()],
        },
    )


def _author(requester: Json) -> Json:
    """The requester, where R4 lets them be the author of a group."""
    kind = requester.get("type") if is_object(requester) else None
    return requester if kind in ("Practitioner", "PractitionerRole") else None


def _priority(lines: Sequence[Line]) -> str | None:
    """The most urgent of the lines; `None` when none of them says how urgent it is."""
    stated = [line.urgent for line in lines if line.urgent is not None]
    return ("urgent" if any(stated) else "routine") if stated else None


def is_grouped(link: LineLink) -> bool:
    """Whether the link is one between the actions of a group."""
    return link.kind in _GROUPED and bool(CONTROL.sub("", link.line).strip())


def replaces_of(prescription: Prescription) -> Iterator[Identifier]:
    """What the prescription replaces, but for what its lines replace one by one."""
    by_line = {link.line for line in prescription.lines for link in line.links}
    for each in prescription.chain.replaces:
        if each.value not in by_line:
            yield each


def _named(identifier: Identifier) -> Object:
    if is_reference(identifier) and leads_to(identifier, "MedicationRequest"):
        return {"reference": identifier.value}
    return {"type": "MedicationRequest", "identifier": write_identifier(identifier)}


def _linked(lines: Sequence[Line]) -> Iterator[int]:
    """The lines that name another or that another names, each once."""
    found = set()
    for rank, line in enumerate(lines):
        for link in line.links:
            if is_grouped(link):
                found |= {rank, rank_of(lines, link.line)}
    return (rank for rank in found if rank is not None)


def _action(lines: Sequence[Line], rank: int, request: Object) -> Object:
    related: list[Json] = [
        {
            "extension": _relationship(link),
            "actionId": _target(lines, link),
            "relationship": "concurrent",
        }
        for link in lines[rank].links
        if is_grouped(link)
    ]
    reference: Object = {"reference": request["reference"]}
    return {"id": _id(lines, rank), "relatedAction": related, "resource": reference}


def _relationship(link: LineLink) -> list[Json]:
    if link.kind is not LinkKind.ALTERNATIVE:
        return []
    return [{"url": RELATIONSHIP, "valueCode": "ALT"}]


def _id(lines: Sequence[Line], rank: int) -> str:
    """The identifier of the line; its rank, where it has none that can be an id (R4 §2.24.0.1) or
    shares it with another.
    """
    name = lines[rank].identifier
    alone = [line.identifier for line in lines].count(name) == 1
    return name if name is not None and alone and _ID.fullmatch(name) else f"line-{rank + 1}"


def rank_of(lines: Sequence[Line], name: str) -> int | None:
    """Which line of the prescription a link names; `None` for one that is not in it."""
    for rank, line in enumerate(lines):
        if any(identifier.value == name for identifier in line.identifiers):
            return rank
    return None


def _target(lines: Sequence[Line], link: LineLink) -> str:
    rank = rank_of(lines, link.line)
    return _id(lines, rank) if rank is not None else _id_outside(link.line)


def _id_outside(name: str) -> str:
    """The name of a line that is not in this message, as an id."""
    return name if _ID.fullmatch(name) else uuid.uuid5(uuid.NAMESPACE_URL, name).hex


def _outside(lines: Sequence[Line]) -> Iterator[Object]:
    """An action for each linked line that is not in this message."""
    named = {
        link.line
        for line in lines
        for link in line.links
        if is_grouped(link) and rank_of(lines, link.line) is None
    }
    for name in sorted(named):
        yield {"id": _id_outside(name), "resource": _named(Identifier(value=name))}
