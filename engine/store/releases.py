"""Releases: the only rows from which anything is planned, counted or sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select

from engine.store.patients import merged_into
from engine.store.queue import Item, Subject
from engine.store.tables import decisions, prescriptions, releases, superseded_releases
from engine.store.unit import Unit, new_id
from schemas.assessment import AssessedPrescription
from schemas.decision import Decision
from schemas.ids import PatientId, PrescriptionId, ReleaseId


@dataclass(frozen=True, slots=True)
class Release:
    """A validated prescription version. `superseded_at` ends it when a newer one was released."""

    id: ReleaseId
    prescription_id: PrescriptionId
    patient_id: PatientId
    content: AssessedPrescription
    decision: Decision
    released_at: datetime
    superseded_at: datetime | None


def store(
    unit: Unit, about: Item, decision: Decision, patient_id: PatientId, at: datetime
) -> ReleaseId:
    """Release what a decision validated. The database compares both and refuses the rest."""
    identifier = ReleaseId(new_id("rel"))
    unit.connection.execute(
        insert(releases).values(
            id=identifier,
            tenant=unit.tenant,
            subject_kind=about.subject.value,
            subject_id=about.subject_id,
            patient_id=patient_id,
            decision_id=decision.id,
            content_sha256=decision.content_sha256,
            source_sha256=decision.source_sha256,
            released_at=at,
        )
    )
    return identifier


def supersede(unit: Unit, group_key: str, by: ReleaseId, at: datetime) -> tuple[ReleaseId, ...]:
    """End the releases of older versions of a group; the ids of those that ended now."""
    rows = unit.connection.execute(
        select(releases.c.id)
        .join(prescriptions, prescriptions.c.id == releases.c.subject_id)
        .outerjoin(superseded_releases, superseded_releases.c.release_id == releases.c.id)
        .where(
            releases.c.tenant == unit.tenant,
            releases.c.subject_kind == Subject.PRESCRIPTION.value,
            prescriptions.c.group_key == group_key,
            releases.c.id != by,
            superseded_releases.c.release_id.is_(None),
        )
    )
    ended = tuple(ReleaseId(row.id) for row in rows)
    for identifier in ended:
        unit.connection.execute(
            insert(superseded_releases).values(
                release_id=identifier, tenant=unit.tenant, by_release_id=by, superseded_at=at
            )
        )
    return ended


def release_id_of(unit: Unit, subject: Subject, subject_id: str) -> ReleaseId | None:
    """The release of this version or result, when a pharmacist validated it."""
    found: str | None = unit.connection.scalar(
        select(releases.c.id).where(
            releases.c.tenant == unit.tenant,
            releases.c.subject_kind == subject.value,
            releases.c.subject_id == subject_id,
        )
    )
    return ReleaseId(found) if found else None


def subject_of(unit: Unit, release_id: str) -> str | None:
    """The version or result that a release released."""
    found: str | None = unit.connection.scalar(
        select(releases.c.subject_id).where(
            releases.c.tenant == unit.tenant, releases.c.id == release_id
        )
    )
    return found


def released_prescriptions(unit: Unit, patient_id: str) -> tuple[Release, ...]:
    """Every validated prescription version of a patient, oldest release first."""
    everyone = merged_into(unit, PatientId(patient_id))
    return _releases(unit, releases.c.patient_id.in_(everyone))


def released(unit: Unit, prescription_id: str) -> Release | None:
    """The release of one prescription version; `None` while nobody validated it."""
    found = _releases(unit, releases.c.subject_id == prescription_id)
    return found[0] if found else None


def _releases(unit: Unit, where: ColumnElement[bool]) -> tuple[Release, ...]:
    rows = unit.connection.execute(
        select(
            releases,
            prescriptions.c.content.label("prescription"),
            decisions.c.content.label("decision"),
            superseded_releases.c.superseded_at,
        )
        .join(prescriptions, prescriptions.c.id == releases.c.subject_id)
        .join(decisions, decisions.c.id == releases.c.decision_id)
        .outerjoin(superseded_releases, superseded_releases.c.release_id == releases.c.id)
        .where(releases.c.tenant == unit.tenant)
        .where(where)
        .order_by(releases.c.released_at, releases.c.id)
    )
    return tuple(
        Release(
            id=row.id,
            prescription_id=row.subject_id,
            patient_id=row.patient_id,
            content=AssessedPrescription.model_validate_json(row.prescription),
            decision=Decision.model_validate_json(row.decision),
            released_at=row.released_at,
            superseded_at=row.superseded_at,
        )
        for row in rows
    )
