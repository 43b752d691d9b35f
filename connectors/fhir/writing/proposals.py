"""The lines that a pharmacist proposes, as MedicationRequests of intent `proposal`.

Source: Interop'Santé hl7.fhir.fr.analyse-pharma 0.1.0-ballot (Task.output *suggestion*).
"""

from zoneinfo import ZoneInfo

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.outgoing import Outgoing, instant
from connectors.fhir.writing.people import order_reference
from connectors.fhir.writing.received.dosage import write_phase
from connectors.fhir.writing.received.product import medication_of
from connectors.fhir.writing.received.units import Units
from schemas.decision import Decision, ProposedLine
from schemas.prescription import Line

_UNITS = Units("", "")
"""Amounts and codes as they stand: the tables of a site are for what its sender sends."""


def suggestions(
    out: Outgoing, decision: Decision, rank: int, line: Line, patient: Object
) -> list[Object]:
    """A Task output for each line proposed in place of, or beside, the line of this rank."""
    return [
        {
            "type": {"text": "suggestion"},
            "valueReference": _request(out, decision, number, each, line, patient),
        }
        for number, each in enumerate(decision.proposals, start=1)
        if each.line == str(rank)
    ]


def _request(
    out: Outgoing,
    decision: Decision,
    number: int,
    proposal: ProposedLine,
    analysed: Line,
    patient: Object,
) -> Object:
    line = proposal.proposed
    medicated = medication_of(out, line.product)
    clock = out.envelope.created_at.tzinfo
    zone = clock if isinstance(clock, ZoneInfo) else ZoneInfo("UTC")
    dosages: list[Json] = [
        write_phase(phase, zone, _UNITS, frozenset(), medicated.basis)
        for phase in line.posology.phases
    ]
    words = line.text or line.posology.text
    notes: list[Json] = [{"text": text} for text in (words, proposal.comment) if text]
    return out.add(
        f"proposal {number}",
        {
            "resourceType": "MedicationRequest",
            "identifier": [
                {"system": "urn:semainier:proposal", "value": one.value} for one in line.identifiers
            ],
            "status": "draft",
            "intent": "proposal",
            "category": [{"text": proposal.kind.value}],
            **medicated.medication,
            "subject": patient,
            "authoredOn": instant(decision.decided_at),
            "supportingInformation": [order_reference(analysed)],
            "note": notes,
            "dosageInstruction": dosages or ([{"text": words}] if words else []),
        },
    )
