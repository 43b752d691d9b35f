"""Validated intakes as the intake table: what is written here is what `read` takes."""

from datetime import datetime

from connectors.tabular.cells import table
from connectors.tabular.columns import INTAKE_COLUMNS
from schemas.base import plain_decimal
from schemas.delivery import IntakeReport, ReportedIntake
from schemas.export import Envelope
from schemas.intake import Intake
from schemas.people import IdentifierKind, Patient

_OURS = (
    "report_id",
    "received_at",
    "line_location",
    "pharmacy",
    "decided_by",
    "decided_at",
    "decision",
)


def write_intakes(export: IntakeReport, envelope: Envelope) -> bytes:
    """One row an intake, in the order given.

    `intake_id` is the sender's own identifier, which `corrects` speaks of; ours is `report_id`.
    `envelope` adds nothing: the table has no header.
    """
    del envelope
    rows = [(*_intake(reported, export), *_ours(reported, export)) for reported in export.intakes]
    return table((*INTAKE_COLUMNS, *_OURS), rows)


def patient_cells(patient: Patient) -> tuple[str, str]:
    """The number of the patient that the receiver most likely knows, and its authority."""
    found = patient.identifier(*_PATIENT_ORDER) or next(iter(patient.identifiers), None)
    return (found.value, found.authority or "") if found is not None else ("", "")


_PATIENT_ORDER = (
    IdentifierKind.IPP,
    IdentifierKind.INS_NIR,
    IdentifierKind.INS_NIA,
)


def iso(moment: datetime | None) -> str:
    """An instant with its own offset, to the second; empty when unknown."""
    return moment.isoformat(timespec="seconds") if moment is not None else ""


def _intake(reported: ReportedIntake, export: IntakeReport) -> tuple[str, ...]:
    intake = reported.intake
    line = reported.line.identifiers if reported.line is not None else intake.line
    codes = intake.product.codes if intake.product is not None else ()
    return (
        intake.identifiers[0].value if intake.identifiers else reported.id,
        *patient_cells(export.patient),
        line[0].value if line else "",
        (line[0].authority or "") if line else "",
        codes[0].value if codes else "",
        (codes[0].authority or codes[0].system.value.upper()) if codes else "",
        (intake.product.text or "") if intake.product is not None else "",
        intake.status.value,
        iso(intake.taken_at),
        iso(intake.planned_at),
        *_amount(intake),
        *_author(intake),
        intake.reason.code if intake.reason is not None else "",
        iso(intake.recorded_at),
        intake.corrects.value if intake.corrects is not None else "",
        intake.note or "",
    )


def _amount(intake: Intake) -> tuple[str, str]:
    if intake.quantity is None:
        return "", ""
    return plain_decimal(intake.quantity.value), intake.quantity.unit_label or ""


def _author(intake: Intake) -> tuple[str, str, str]:
    author = intake.author
    person = author.practitioner
    numbers = person.identifiers if person is not None else ()
    rpps = next((one.value for one in numbers if one.kind is IdentifierKind.RPPS), "")
    parts = (person.given_name, person.family_name) if person is not None else ()
    name = author.name or " ".join(part for part in parts if part)
    return author.role.value, name, rpps


def _ours(reported: ReportedIntake, export: IntakeReport) -> tuple[str, ...]:
    pharmacy = export.pharmacy.identifiers
    return (
        reported.id,
        iso(reported.received_at),
        reported.line.location if reported.line is not None else "",
        pharmacy[0].value if pharmacy else "",
        export.decision.decided_by.name,
        iso(export.decision.decided_at),
        export.decision.id,
    )
