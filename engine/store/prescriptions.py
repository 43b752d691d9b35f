"""Prescriptions, one row a version, with the schedules and findings of each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select

from engine.store import statements
from engine.store.tables import prescriptions
from engine.store.unit import Unit, new_id
from schemas.assessment import AssessedPrescription
from schemas.canonical import canonical_bytes, sha256
from schemas.finding import Finding
from schemas.ids import MessageId, PatientId, PrescriptionId, ScheduleId, Sha256


@dataclass(frozen=True, slots=True)
class StoredPrescription:
    """One version of a prescription, as it stands in the store."""

    id: PrescriptionId
    message_id: MessageId
    patient_id: PatientId | None
    group_key: str
    version: int
    content: AssessedPrescription
    content_sha256: Sha256
    source_sha256: Sha256


def store(
    unit: Unit,
    assessed: AssessedPrescription,
    *,
    message_id: MessageId,
    source_sha256: Sha256,
    patient_id: PatientId | None,
    group_key: str,
    version: int,
    at: datetime,
) -> StoredPrescription:
    """Store this version of the group, with its schedules and findings.

    A version that another worker stored meanwhile fails on its key when the rows are written.
    """
    plain = assessed.model_dump(mode="json")
    content = canonical_bytes(plain)
    stored = StoredPrescription(
        id=PrescriptionId(new_id("rx")),
        message_id=message_id,
        patient_id=patient_id,
        group_key=group_key,
        version=version,
        content=assessed,
        content_sha256=sha256(content),
        source_sha256=source_sha256,
    )
    unit.add(
        statements.STORE_PRESCRIPTION,
        {
            "id": stored.id,
            "tenant": unit.tenant,
            "message_id": message_id,
            "patient_id": patient_id,
            "group_key": group_key,
            "version": version,
            "content": content.decode(),
            "content_sha256": stored.content_sha256,
            "source_sha256": source_sha256,
            "stored_at": at,
        },
    )
    _store_schedules(unit, stored, [line["schedule"] for line in plain["lines"]])
    _store_doubts(unit, stored)
    return stored


def _store_schedules(unit: Unit, stored: StoredPrescription, plain: list[object]) -> None:
    """The schedules of the lines; `plain` is what they are as JSON."""
    rows: list[dict[str, object]] = []
    for number, (line, schedule) in enumerate(zip(stored.content.lines, plain, strict=True)):
        content = canonical_bytes(schedule)
        rows.append(
            {
                "id": ScheduleId(new_id("sch")),
                "tenant": unit.tenant,
                "prescription_id": stored.id,
                "line_no": number,
                "line_key": line.line.identifier or line.line.location,
                "computable": line.schedule.computable,
                "content": content.decode(),
                "sha256": sha256(content),
            }
        )
    unit.add(statements.STORE_SCHEDULE, *rows)


def _store_doubts(unit: Unit, stored: StoredPrescription) -> None:
    """The findings of the prescription as a whole, then those of each line."""
    store_findings(unit, stored.message_id, stored.content.findings, stored.id)
    for number, line in enumerate(stored.content.lines):
        store_findings(unit, stored.message_id, line.findings, stored.id, number)


def store_findings(
    unit: Unit,
    message_id: MessageId,
    found: Iterable[Finding],
    prescription_id: PrescriptionId | None = None,
    line_no: int | None = None,
) -> None:
    """Store findings of a message, of one of its prescriptions, or of one line of these."""
    rows: list[dict[str, object]] = [
        {
            "tenant": unit.tenant,
            "message_id": message_id,
            "prescription_id": prescription_id,
            "line_no": line_no,
            "code": finding.code.value,
            "severity": finding.severity.value,
            "location": finding.location,
            "message": finding.message,
            "quoted": finding.quoted,
        }
        for finding in found
    ]
    unit.add(statements.STORE_FINDING, *rows)


def findings_of(unit: Unit, message_id: str) -> tuple[Finding, ...]:
    """The findings about a message as a whole."""
    asked = {"tenant": unit.tenant, "message_id": message_id}
    rows = unit.connection.execute(statements.FINDINGS_OF_MESSAGE, asked).mappings()
    return tuple(
        Finding.model_validate({name: row[name] for name in Finding.model_fields}) for row in rows
    )


def prescription(unit: Unit, identifier: str) -> StoredPrescription | None:
    """The version of this id."""
    row = (
        unit.connection.execute(
            select(prescriptions).where(
                prescriptions.c.tenant == unit.tenant, prescriptions.c.id == identifier
            )
        )
        .mappings()
        .first()
    )
    return stored_from(row) if row else None


def latest_of(unit: Unit, group_key: str) -> StoredPrescription | None:
    """The newest version of a group, whatever was decided on it."""
    asked = {"tenant": unit.tenant, "group_key": group_key}
    row = unit.connection.execute(statements.LATEST_OF_GROUP, asked).mappings().first()
    return stored_from(row) if row else None


def group_of_lines(unit: Unit, patient_id: str, lines: Collection[str]) -> str | None:
    """The group in which the newest prescription of the patient names one of these lines."""
    asked = {"tenant": unit.tenant, "patient_id": patient_id, "lines": list(lines)}
    found: str | None = unit.connection.scalar(statements.GROUP_OF_LINES, asked)
    return found


def version_of(unit: Unit, group_key: str, content_sha256: str) -> StoredPrescription | None:
    """The version of a group that has exactly this content."""
    rows = unit.connection.execute(
        select(prescriptions)
        .where(
            prescriptions.c.tenant == unit.tenant,
            prescriptions.c.group_key == group_key,
            prescriptions.c.content_sha256 == content_sha256,
        )
        .order_by(prescriptions.c.version.desc())
    ).mappings()
    row = rows.first()
    return stored_from(row) if row else None


def last_validated(unit: Unit, group_key: str) -> StoredPrescription | None:
    """The newest version of a group that was released."""
    asked = {"tenant": unit.tenant, "group_key": group_key}
    row = unit.connection.execute(statements.LAST_VALIDATED_OF_GROUP, asked).mappings().first()
    return stored_from(row) if row else None


def of_message(unit: Unit, message_id: str) -> tuple[PrescriptionId, ...]:
    """The prescriptions that one message brought."""
    rows = unit.connection.execute(
        select(prescriptions.c.id)
        .where(prescriptions.c.tenant == unit.tenant, prescriptions.c.message_id == message_id)
        .order_by(prescriptions.c.id)
    )
    return tuple(PrescriptionId(row.id) for row in rows)


def stored_from(row: RowMapping) -> StoredPrescription:
    """The version in a row that has its columns."""
    return StoredPrescription(
        id=row["id"],
        message_id=row["message_id"],
        patient_id=row["patient_id"],
        group_key=row["group_key"],
        version=row["version"],
        content=AssessedPrescription.model_validate_json(row["content"]),
        content_sha256=row["content_sha256"],
        source_sha256=row["source_sha256"],
    )
