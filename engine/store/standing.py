"""The prescriptions of one patient that stand: in force, or waiting for a decision."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import RowMapping

from engine.store import statements
from engine.store.prescriptions import StoredPrescription, stored_from
from engine.store.queue import Item, Subject
from engine.store.unit import Unit
from engine.validation.states import ItemState
from schemas.decision import Decision, LineVerdict


@dataclass(frozen=True, slots=True)
class StandingVersion:
    """One version with its item. `refused` are the lines, by rank, that its decision refused."""

    stored: StoredPrescription
    item: Item
    refused: frozenset[int] = frozenset()

    @property
    def in_force(self) -> bool:
        """Whether a pharmacist validated it, and no newer version took its place."""
        return self.item.state is ItemState.VALIDATED


def of_patients(unit: Unit, patients: Collection[str]) -> tuple[StandingVersion, ...]:
    """What stands of one patient under all ids that they were given, by group and version.

    A prescription of which one version is in force and a newer one waits is here with both.
    """
    asked = {"tenant": unit.tenant, "patients": list(patients)}
    rows = unit.connection.execute(statements.STANDING_OF_PATIENT, asked).mappings()
    found = (_version(row) for row in rows)
    return tuple(sorted(found, key=lambda each: (each.stored.group_key, each.stored.version)))


def _version(row: RowMapping) -> StandingVersion:
    stored = stored_from(row)
    item = Item(
        id=row["item"],
        subject=Subject.PRESCRIPTION,
        subject_id=stored.id,
        patient_id=stored.patient_id,
        content_sha256=stored.content_sha256,
        source_sha256=stored.source_sha256,
        state=ItemState(row["state"]),
        blocking=row["blocking"],
        opened_at=row["opened_at"],
        row_version=row["row_version"],
    )
    return StandingVersion(stored, item, refused_by(row["decision"]))


def refused_by(decision: str | None) -> frozenset[int]:
    """The ranks of the lines that a validation refused: nothing of them is prepared."""
    if decision is None:
        return frozenset()
    lines = Decision.model_validate_json(decision).lines
    return frozenset(int(each.line) for each in lines if each.verdict is LineVerdict.REFUSED)
