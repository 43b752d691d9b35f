"""Orders that the sender speaks of again: found by any number that was ever given to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.pipeline.events import (
    Numbers,
    by_number,
    by_version,
    joined_numbers,
    known_as,
    speaks_again,
    told,
    under_all_numbers,
)
from engine.store import intakes, notices, patients
from engine.store.intakes import StoredIntake
from engine.store.prescriptions import StoredPrescription
from engine.store.standing import StandingVersion
from engine.store.unit import Unit
from schemas.ids import PatientId
from schemas.prescription import Prescription


def reports_of(unit: Unit, patient_id: PatientId, until: datetime) -> tuple[StoredIntake, ...]:
    """The reports of intakes received by then, each under all numbers of the order it names."""
    stored = intakes.intakes_of(unit, patient_id, until)
    numbers = _joined(unit, patient_id) if stored else {}
    return tuple(replace(each, intake=under_all_numbers(each.intake, numbers)) for each in stored)


def _joined(unit: Unit, patient_id: PatientId) -> Numbers:
    every = patients.merged_into(unit, patient_id)
    return joined_numbers(notices.of_patients(unit, every))


class KnownOrders:
    """What is known of the orders of a message. The numbers are asked once for each patient."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._numbers: dict[PatientId, Numbers] = {}

    def group_of(
        self,
        incoming: Prescription,
        patient_id: PatientId | None,
        versions: Sequence[StandingVersion],
    ) -> str | None:
        """Where these orders stand; `None` when they are placed now, or nobody knows them."""
        if not all(map(speaks_again, incoming.lines)):
            return None
        numbers = self._joined(incoming, patient_id)
        for each in versions:
            known = by_number(each.stored.content.as_read.lines)
            if any(known_as(line, known, numbers) for line in incoming.lines):
                return each.stored.group_key
        return None

    def beside(
        self, incoming: Prescription, patient_id: PatientId | None, base: StoredPrescription
    ) -> Prescription:
        """The incoming prescription as its events may stand beside the version before."""
        numbers = self._joined(incoming, patient_id)
        before = base.content.as_read
        return by_version(told(incoming, before.lines, numbers), before)

    def _joined(self, incoming: Prescription, patient_id: PatientId | None) -> Numbers:
        if patient_id is None or not any(map(speaks_again, incoming.lines)):
            return {}
        if patient_id not in self._numbers:
            self._numbers[patient_id] = _joined(self.unit, patient_id)
        return self._numbers[patient_id]
