"""The decision of a named pharmacist on exactly one content, as Provenance."""

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.outgoing import Outgoing, instant
from schemas.decision import Decision

_AGENTS = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def add_provenance(
    out: Outgoing,
    targets: list[Object],
    decision: Decision,
    pharmacist: Object,
    pharmacy: Object,
) -> Object:
    """Who decided, when, with which software, on which content and from which bytes.

    The two entities are the digests that the decision names: the content, a revision made
    from the source, and the source bytes.
    """
    agents: list[Json] = [
        {"type": _agent("verifier"), "who": pharmacist, "onBehalfOf": pharmacy},
        {"type": _agent("assembler"), "who": {"display": decision.software}},
    ]
    listed: list[Json] = list(targets)
    return out.add(
        f"decision {decision.id}",
        {
            "resourceType": "Provenance",
            "target": listed,
            "occurredDateTime": instant(decision.decided_at),
            "recorded": instant(decision.decided_at),
            "activity": {"text": f"pharmacist decision: {decision.kind.value}"},
            "agent": agents,
            "entity": [
                _entity("revision", decision.content_sha256, "validated content"),
                _entity("source", decision.source_sha256, "bytes received"),
            ],
        },
    )


def _agent(code: str) -> Object:
    return {"coding": [{"system": _AGENTS, "code": code}]}


def _entity(role: str, digest: str, says: str) -> Object:
    identifier: Object = {"system": "urn:semainier:sha256", "value": digest}
    return {"role": role, "what": {"identifier": identifier, "display": f"SHA-256, {says}"}}
