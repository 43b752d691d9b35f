"""A released schedule: one MedicationRequest of intent `filler-order` for each line."""

from collections.abc import Iterator

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.decision import add_provenance
from connectors.fhir.writing.dosage import write_dosages
from connectors.fhir.writing.outgoing import Outgoing, instant
from connectors.fhir.writing.people import (
    add_patient,
    add_pharmacist,
    add_pharmacy,
    add_practitioner,
    add_product,
    concept,
    is_reference,
    order_reference,
    write_identifier,
)
from schemas.delivery import ReleasedLine, ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope


def schedule_bundle(released: ReleasedSchedule, envelope: Envelope) -> Object:
    """The Bundle. An order stays its prescriber's: nothing here has the intent `order`.

    Raises: `Refused` when the prescription names no patient.
    """
    prescription = released.prescription
    if prescription.patient is None:
        raise Refused("a released schedule must name its patient")
    out = Outgoing(envelope)
    shared: Object = {"subject": add_patient(out, prescription.patient)}
    if prescription.prescriber is not None:
        shared["requester"] = add_practitioner(out, prescription.prescriber, "prescriber")
    pharmacist = add_pharmacist(out, released.decision.decided_by)
    pharmacy = add_pharmacy(out, released.pharmacy)
    shared |= {"performer": pharmacy, "recorder": pharmacist}
    group = prescription.chain.group
    if group is not None and not is_reference(group):
        shared["groupIdentifier"] = write_identifier(group)
    shared["authoredOn"] = instant(released.decision.decided_at)
    targets = [
        _add_line(out, line, rank, shared, released) for rank, line in enumerate(released.lines)
    ]
    if targets:
        add_provenance(out, targets, released.decision, pharmacist, pharmacy)
    return out.bundle()


def _add_line(
    out: Outgoing, released: ReleasedLine, rank: int, shared: Object, whole: ReleasedSchedule
) -> Object:
    line = released.line
    dosages: list[Json] = list(write_dosages(released, whole.first_day, whole.days))
    for dosage in dosages:
        if isinstance(dosage, dict) and line.route is not None:
            dosage["route"] = concept(line.route)
    return out.add(
        f"line {rank}",
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "filler-order",
            "medicationReference": add_product(out, line.product, f"product {rank}"),
            **shared,
            "basedOn": [order_reference(line)],
            "note": [{"text": text} for text in _words(released)],
            "dosageInstruction": dosages,
        },
    )


def _words(released: ReleasedLine) -> Iterator[str]:
    """The sender's own words, and which tables of the site decided what they leave open."""
    line = released.line
    if line.text or line.posology.text:
        yield f"Texte du prescripteur : {line.text or line.posology.text}"
    if released.schedule.conventions:
        listed = ", ".join(released.schedule.conventions)
        yield f"Conventions du site {released.schedule.site} : {listed}"
