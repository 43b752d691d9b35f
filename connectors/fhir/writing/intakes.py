"""Validated intakes as MedicationAdministrations. Silence is no intake and is never written."""

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.resources.administration import RECORDED
from connectors.fhir.writing.decision import add_provenance
from connectors.fhir.writing.outgoing import Outgoing, instant
from connectors.fhir.writing.people import (
    add_patient,
    add_pharmacist,
    add_pharmacy,
    add_practitioner,
    concept,
    identifiers,
    is_reference,
    order_reference,
    product_concept,
    write_identifier,
    write_quantity,
)
from schemas.codes import Coding
from schemas.delivery import IntakeReport, ReportedIntake
from schemas.export import Envelope
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.people import Identifier

STATUSES = {
    IntakeStatus.TAKEN: "completed",
    IntakeStatus.PARTIAL: "stopped",
    IntakeStatus.REFUSED: "not-done",
    IntakeStatus.NOT_GIVEN: "not-done",
    IntakeStatus.HELD: "on-hold",
    IntakeStatus.IN_PROGRESS: "in-progress",
    IntakeStatus.UNKNOWN: "unknown",
    IntakeStatus.ENTERED_IN_ERROR: "entered-in-error",
}
"""R4 `stopped`: halted for good before all of it happened; `completed` would say all was taken."""
INTAKE_SYSTEM = "urn:semainier:intake"
OWN_REASONS = "urn:semainier:intake-status"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_OTHER_ACTORS = {
    AuthorRole.PATIENT: "Patient",
    AuthorRole.CARER: "RelatedPerson",
    AuthorRole.DEVICE: "Device",
}


def intakes_bundle(report: IntakeReport, envelope: Envelope) -> Object:
    """The Bundle: each report as its author made it, and the decision on all of them."""
    out = Outgoing(envelope)
    patient = add_patient(out, report.patient)
    pharmacist = add_pharmacist(out, report.decision.decided_by)
    pharmacy = add_pharmacy(out, report.pharmacy)
    targets = [_add(out, reported, patient) for reported in report.intakes]
    if targets:
        add_provenance(out, targets, report.decision, pharmacist, pharmacy)
    return out.bundle()


def _add(out: Outgoing, reported: ReportedIntake, patient: Object) -> Object:
    intake = reported.intake
    own: Object = {"system": INTAKE_SYSTEM, "value": reported.id}
    recorded: Object | None = (
        {"url": RECORDED, "valueDateTime": instant(intake.recorded_at)}
        if intake.recorded_at
        else None
    )
    dose = write_quantity(intake.quantity) if intake.quantity and _may_have_dose(intake) else None
    return out.add(
        f"intake {reported.id}",
        {
            "resourceType": "MedicationAdministration",
            "extension": [recorded] if recorded else [],
            "identifier": [own, *identifiers(intake.identifiers)],
            "status": STATUSES[intake.status],
            "statusReason": _reasons(intake),
            **_medication(reported),
            "subject": patient,
            **_effective(intake),
            "performer": _performers(out, intake.author, patient),
            "request": _request(reported),
            "note": [{"text": intake.note}] if intake.note else [],
            "dosage": {"dose": dose} if dose else None,
        },
    )


def _may_have_dose(intake: Intake) -> bool:
    return STATUSES[intake.status] not in ("not-done", "on-hold")


def _reasons(intake: Intake) -> list[Json]:
    """Why it was not taken: our own code keeps a refusal a refusal, then the sender's reason."""
    if intake.status not in (IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN):
        held = intake.status is IntakeStatus.HELD and intake.reason
        return [concept(intake.reason)] if held and intake.reason else []
    own = concept(Coding(code=intake.status.value, system=OWN_REASONS))
    return [own, concept(intake.reason)] if intake.reason else [own]


def _medication(reported: ReportedIntake) -> Object:
    product = reported.intake.product or (reported.line.product if reported.line else None)
    if product is None or product.label == "?":
        absent: Object = {"url": _ABSENT, "valueCode": "unknown"}
        return {"medicationCodeableConcept": {"extension": [absent]}}
    return {"medicationCodeableConcept": product_concept(product)}


def _effective(intake: Intake) -> Object:
    """When it happened; for one that did not, when it was due. Unknown is said as unknown."""
    at = intake.taken_at or intake.planned_at
    if at is not None:
        return {"effectiveDateTime": instant(at)}
    return {"effectivePeriod": {"extension": [{"url": _ABSENT, "valueCode": "unknown"}]}}


def _performers(out: Outgoing, author: Author, patient: Object) -> list[Json]:
    if author.role is AuthorRole.PATIENT:
        return [{"actor": patient}]
    if author.practitioner is not None:
        person = author.practitioner
        key = f"author {person.model_dump_json()}"
        return [{"actor": add_practitioner(out, person, key)}]
    kind = _OTHER_ACTORS.get(author.role)
    if kind is None and author.name is None:
        return []
    return [{"actor": {"type": kind, "display": author.name or author.role.value}}]


def _request(reported: ReportedIntake) -> Object | None:
    """The order: the line that it was matched to, else what its author named."""
    if reported.line is not None:
        return order_reference(reported.line)
    named = next((i for i in reported.intake.line if not is_reference(i)), None)
    return _by_identifier(named) if named else None


def _by_identifier(named: Identifier) -> Object:
    return {"type": "MedicationRequest", "identifier": write_identifier(named)}
