"""Received intakes, dispenses and movements as FHIR R4 resources, as their senders report them."""

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.resources.administration import RECORDED
from connectors.fhir.writing.intakes import OWN_REASONS, STATUSES
from connectors.fhir.writing.outgoing import Entries
from connectors.fhir.writing.people import (
    UCUM,
    concept,
    identifiers,
    is_reference,
    patient_resource,
    write_identifier,
    write_quantity,
)
from connectors.fhir.writing.received.entries import absent, add, leads_to, own_id
from connectors.fhir.writing.received.line import has_words
from connectors.fhir.writing.received.people import (
    encounter_resource,
    organization_of,
    practitioner_of,
    subject_of,
)
from connectors.fhir.writing.received.product import medication_of
from mappings.catalogue import table
from schemas.codes import Coding
from schemas.dispense import Dispense, DispenseKind, DispenseStatus
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.movement import Movement, MovementKind
from schemas.people import Identifier, Patient
from schemas.prescription import Note

_NOT_TAKEN = (IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN)
_ACTORS = {
    AuthorRole.PATIENT: "Patient",
    AuthorRole.CARER: "RelatedPerson",
    AuthorRole.DEVICE: "Device",
}
_DISPENSED = {
    DispenseStatus.PREPARED: "preparation",
    DispenseStatus.DISPENSED: "completed",
    DispenseStatus.PARTIAL: "completed",
    DispenseStatus.NOT_DISPENSED: "cancelled",
    DispenseStatus.HELD: "on-hold",
    DispenseStatus.CANCELLED: "cancelled",
    DispenseStatus.UNKNOWN: "unknown",
    DispenseStatus.ENTERED_IN_ERROR: "entered-in-error",
}
_STAYS = {
    MovementKind.ADMIT: "in-progress",
    MovementKind.TRANSFER: "in-progress",
    MovementKind.DISCHARGE: "finished",
}


def add_intake(out: Entries, intake: Intake, key: str, site: str) -> Object:
    """The MedicationAdministration."""
    subject = subject_of(out, intake.patient)
    recorded: list[Json] = []
    if intake.recorded_at is not None:
        recorded = [{"url": RECORDED, "valueDateTime": intake.recorded_at.isoformat()}]
    dose = write_quantity(intake.quantity) if intake.quantity else None
    at = intake.taken_at or intake.planned_at
    when: Object = {"effectiveDateTime": at.isoformat()} if at else {"effectivePeriod": absent()}
    resource: Object = own_id("MedicationAdministration", intake.identifiers) | {
        "extension": recorded,
        "identifier": identifiers(intake.identifiers),
        "status": STATUSES[intake.status],
        "statusReason": _why(intake, site),
        **medication_of(out, intake.product).medication,
        "subject": subject,
        **when,
        "performer": _performers(out, intake.author, subject),
        "request": _request(intake.line),
        "note": _notes(intake.note),
        "dosage": {"dose": dose} if dose else None,
    }
    return out.add(key, resource)


def _notes(*texts: str | None) -> list[Json]:
    return [{"text": text} for text in texts if text and has_words(Note(text=text))]


def _why(intake: Intake, site: str) -> list[Json]:
    """The sender's reason; before it a code of ours where that reason alone would not say that
    it was refused, or would say that it was.
    """
    reason = [concept(intake.reason)] if intake.reason else []
    if intake.status not in _NOT_TAKEN or _told_by(intake.reason, site) is intake.status:
        return [*reason]
    return [concept(Coding(code=intake.status.value, system=OWN_REASONS)), *reason]


def _told_by(reason: Coding | None, site: str) -> IntakeStatus:
    """What a reader takes from the reason of an intake that did not happen."""
    if reason is None:
        return IntakeStatus.NOT_GIVEN
    known = table("fhir/reasons_not_given", site).target_of(f"{reason.system or ''}|{reason.code}")
    return IntakeStatus(known) if known else IntakeStatus.NOT_GIVEN


def _performers(out: Entries, author: Author, subject: Object) -> list[Json]:
    if author.practitioner is not None:
        return [{"actor": practitioner_of(out, author.practitioner)}]
    kind = _ACTORS.get(author.role)
    if kind == "Patient" and "reference" in subject:
        return [{"actor": subject | ({"display": author.name} if author.name else {})}]
    if kind is None and author.name is None:
        return []
    return [{"actor": {"type": kind, "display": author.name or author.role.value}}]


def _request(line: tuple[Identifier, ...]) -> Object | None:
    """The order that the report names, by its first number and its first reference."""
    number = next((each for each in line if not is_reference(each)), None)
    orders = (each for each in line if is_reference(each) and leads_to(each, "MedicationRequest"))
    name = next((each.value for each in orders), None)
    if number is None and name is None:
        return None
    return {
        "reference": name,
        "type": "MedicationRequest",
        "identifier": write_identifier(number) if number else None,
    }


def add_dispense(out: Entries, dispense: Dispense, key: str) -> Object:
    """The MedicationDispense. What was made ready and is still to be given is in preparation."""
    subject = subject_of(out, dispense.patient)
    status = _DISPENSED[dispense.status]
    if dispense.kind is DispenseKind.GIVE and status == "completed":
        status = "in-progress"
    days: Object | None = None
    if dispense.days_of_supply is not None:
        days = {"value": dispense.days_of_supply, "unit": "d", "system": UCUM, "code": "d"}
    performers = [practitioner_of(out, dispense.dispensed_by)] if dispense.dispensed_by else []
    performers += [organization_of(out, dispense.dispenser)] if dispense.dispenser else []
    done = dispense.substitution
    first = dispense.planned_at.isoformat() if dispense.planned_at else None
    lot = dispense.lots[0] if len(dispense.lots) == 1 else None
    request = _request(dispense.line)
    resource: Object = own_id("MedicationDispense", dispense.identifiers) | {
        "identifier": identifiers(dispense.identifiers),
        "status": status,
        "statusReasonCodeableConcept": concept(dispense.reason) if dispense.reason else None,
        **medication_of(out, dispense.product, lot).medication,
        "subject": subject,
        "performer": [{"actor": each} for each in performers],
        "authorizingPrescription": [request] if request else [],
        "quantity": write_quantity(dispense.quantity) if dispense.quantity else None,
        "daysSupply": days,
        "whenPrepared": dispense.prepared_at.isoformat() if dispense.prepared_at else None,
        "whenHandedOver": dispense.dispensed_at.isoformat() if dispense.dispensed_at else None,
        "note": _notes(dispense.text, dispense.note),
        "dosageInstruction": [{"timing": {"event": [first]}}] if first else [],
    }
    if done is not None and done.done is not None:
        resource["substitution"] = {
            "wasSubstituted": done.done,
            "type": concept(done.kind) if done.kind else None,
            "reason": [concept(done.reason)] if done.reason else [],
        }
    return out.add(key, resource)


def add_movement(out: Entries, movement: Movement, key: str) -> None:
    """The patient, the stay as it stands after the movement, and who a merge makes disappear."""
    gone = add(out, _replaced(movement.merged)) if movement.merged is not None else None
    if gone is not None:
        link: Object = {"other": gone, "type": "replaces"}
        subject = out.add(f"{key} patient", _described(movement.patient) | {"link": [link]})
    else:
        subject = add(out, _described(movement.patient))
    status = _STAYS.get(movement.kind)
    if movement.stay is None and status is None:
        return
    at = movement.occurred_at.isoformat() if movement.occurred_at else None
    end = movement.kind is MovementKind.DISCHARGE
    stay = encounter_of_movement(out, movement, subject, status or "unknown")
    period: Object = {"end" if end else "start": at} if status is not None else {}
    out.add(f"{key} stay", stay | {"period": period})


def encounter_of_movement(out: Entries, movement: Movement, subject: Object, status: str) -> Object:
    """The stay of a movement, which may name no number and no place."""
    if movement.stay is not None:
        return encounter_resource(out, movement.stay, subject, status)
    return {
        "resourceType": "Encounter",
        "status": status,
        "class": absent(),
        "subject": subject,
    }


def _described(patient: Patient) -> Object:
    return own_id("Patient", patient.identifiers) | patient_resource(patient)


def _replaced(patient: Patient) -> Object:
    """A record that is not in use any more."""
    return _described(patient) | {"active": False}
