"""The pharmacist's analysis as Tasks, in the shape of the French guide *analyse pharmaceutique*.

One Task for the lines that pass as they are, one for each intervention or refused line. Source:
Interop'Santé hl7.fhir.fr.analyse-pharma 0.1.0-ballot; its scope is the hospital, so a Task of
an officine carries the codes of the officine list and does not claim the profile.
"""

from collections.abc import Callable
from typing import TypeAlias

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.decision import add_provenance
from connectors.fhir.writing.outgoing import Outgoing, instant
from connectors.fhir.writing.people import (
    PROFESSIONS,
    add_patient,
    add_pharmacist,
    add_pharmacy,
    is_reference,
    order_reference,
    write_identifier,
)
from connectors.fhir.writing.proposals import suggestions
from mappings.catalogue import table
from schemas.decision import (
    Answer,
    Decision,
    DecisionKind,
    Intervention,
    LineDecision,
    LineVerdict,
)
from schemas.delivery import Analysis
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.prescription import Line, Prescription

VALIDATION, INTERVENTION = "VALIDATION", "INTERVENTION"
Suggest: TypeAlias = Callable[[int, Line], list[Object]]
"""The outputs of a Task for what is proposed for the line of this rank."""


def analysis_bundle(analysis: Analysis, envelope: Envelope) -> Object:
    """The Bundle. Raises: `Refused` for a decision that is not final, or without patient."""
    decision, prescription = analysis.decision, analysis.prescription
    if decision.kind not in (DecisionKind.VALIDATE, DecisionKind.REJECT):
        raise Refused("an analysis is sent of a decision to validate or to reject")
    if prescription.patient is None:
        raise Refused("an analysis must name its patient")
    out = Outgoing(envelope)
    patient = add_patient(out, prescription.patient)
    pharmacist = add_pharmacist(out, decision.decided_by)
    pharmacy = add_pharmacy(out, analysis.pharmacy)
    group = prescription.chain.group
    shared: Object = {
        "groupIdentifier": write_identifier(group) if group and not is_reference(group) else None,
        "status": "completed",
        "intent": "proposal",
        "for": patient,
        "authoredOn": instant(decision.decided_at),
        "lastModified": instant(decision.decided_at),
        "requester": pharmacy,
        "owner": pharmacist,
        "performerType": [
            {"coding": [{"system": PROFESSIONS, "code": "21", "display": "Pharmacien"}]}
        ],
    }

    def suggest(rank: int, line: Line) -> list[Object]:
        return suggestions(out, decision, rank, line, patient)

    tasks = [
        out.add(f"task {rank}", {"resourceType": "Task", **shared, **task})
        for rank, task in enumerate(_tasks(prescription, decision, suggest))
    ]
    add_provenance(out, tasks, decision, pharmacist, pharmacy)
    return out.bundle()


def _tasks(prescription: Prescription, decision: Decision, suggest: Suggest) -> list[Object]:
    coded = [answer for answer in decision.answers if answer.intervention is not None]
    touched = {line.location for a in coded for line in _lines_of(a, prescription)}
    tasks = [_intervention(answer, prescription) for answer in coded]
    passed: list[Line] = []
    for rank, line in enumerate(prescription.lines, start=1):
        verdict = _verdict(rank, decision)
        proposed, refused = suggest(rank, line), verdict.verdict is LineVerdict.REFUSED
        if proposed or (refused and line.location not in touched):
            words = verdict.comment or (decision.reason or decision.comment if refused else None)
            outputs = [*_output("commentaire", words), *proposed]
            tasks.append(_task([line], INTERVENTION if refused else VALIDATION, outputs))
        elif line.location not in touched:
            passed.append(line)
    if passed:
        tasks.append(_task(passed, VALIDATION, _output("commentaire", decision.comment)))
    return tasks


def _verdict(rank: int, decision: Decision) -> LineDecision:
    """The verdict on the line of this rank, from 1. Raises: `Refused` when there is none."""
    own = next((one for one in decision.lines if one.line == str(rank)), None)
    if decision.kind is DecisionKind.REJECT:
        words = own.comment if own else None
        return LineDecision(line=str(rank), verdict=LineVerdict.REFUSED, comment=words)
    if own is None:
        raise Refused(f"decision.lines: no verdict on line {rank}")
    return own


def _lines_of(answer: Answer, prescription: Prescription) -> tuple[Line, ...]:
    """The lines that an answer is about: those it stands inside or answers, else all of them."""
    inside = tuple(
        line
        for line in prescription.lines
        if answer.location == line.location
        or answer.location.startswith((f"{line.location}.", f"{line.location}/"))
        or any(f.location == answer.location for f in line.findings)
    )
    return inside or prescription.lines


def _intervention(answer: Answer, prescription: Prescription) -> Object:
    made = answer.intervention
    if made is None:
        return {}
    words = made.comment or answer.comment
    outputs = [
        *_output("commentaire", words),
        *_coded("type", made, made.intervention),
        *_coded("problème", made, made.problem),
    ]
    task = _task(list(_lines_of(answer, prescription)), INTERVENTION, outputs)
    if made.outcome is not None:
        task["businessStatus"] = _concept("devenir", made, made.outcome)
    return task


def _task(lines: list[Line], result: str, outputs: list[Object]) -> Object:
    inputs: list[Json] = [
        {
            "type": {"text": "ligne de prescription analysée"},
            "valueReference": order_reference(line),
        }
        for line in lines
    ]
    code: Object = {"type": {"text": "résultat de l'analyse"}, "valueCode": result}
    return {"input": inputs, "output": [code, *outputs]}


def _output(kind: str, words: str | None) -> list[Object]:
    return [{"type": {"text": kind}, "valueString": words}] if words else []


def _coded(kind: str, made: Intervention, code: str) -> list[Object]:
    return [{"type": {"text": kind}, "valueCodeableConcept": _concept(kind, made, code)}]


def _concept(kind: str, made: Intervention, code: str) -> Object:
    """A code of the SFPC list that the intervention names: one number means two things in two."""
    system = table("fhir/sfpc_systems").target_of(f"{made.code_list.value}|{kind}")
    return {"coding": [{"system": system, "code": code}]}
