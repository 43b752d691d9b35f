"""Adherence results as computed: each is a row of its own, never computed over."""

from datetime import datetime

from sqlalchemy import insert, select

from engine.store.tables import adherence_results, decisions, releases
from engine.store.unit import Unit, new_id
from schemas.adherence import AdherenceResult
from schemas.canonical import canonical_json, sha256
from schemas.decision import Decision
from schemas.ids import AdherenceId, PatientId, Sha256


def store(
    unit: Unit, result: AdherenceResult, patient_id: PatientId, inputs: Sha256, at: datetime
) -> tuple[AdherenceId, Sha256]:
    """Keep a result, with the digest of its inputs; its id and the digest of its content."""
    content = canonical_json(result)
    identifier, digest = AdherenceId(new_id("adh")), sha256(content)
    unit.connection.execute(
        insert(adherence_results).values(
            id=identifier,
            tenant=unit.tenant,
            patient_id=patient_id,
            content=content.decode(),
            content_sha256=digest,
            source_sha256=inputs,
            computed_at=at,
        )
    )
    return identifier, digest


def result(unit: Unit, identifier: str) -> tuple[PatientId, AdherenceResult] | None:
    """The result of this id, and its patient."""
    row = unit.connection.execute(
        select(adherence_results.c.patient_id, adherence_results.c.content).where(
            adherence_results.c.tenant == unit.tenant, adherence_results.c.id == identifier
        )
    ).first()
    return (row.patient_id, AdherenceResult.model_validate_json(row.content)) if row else None


def validation_of(unit: Unit, identifier: str) -> tuple[str, Decision] | None:
    """The release of a result and the decision behind it; `None` while nobody validated it."""
    row = unit.connection.execute(
        select(releases.c.id, decisions.c.content)
        .join(decisions, decisions.c.id == releases.c.decision_id)
        .where(
            releases.c.tenant == unit.tenant,
            releases.c.subject_kind == "adherence",
            releases.c.subject_id == identifier,
        )
    ).first()
    return (row.id, Decision.model_validate_json(row.content)) if row else None
