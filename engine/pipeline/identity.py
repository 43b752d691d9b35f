"""Of whom a message speaks: the stored patient, or the doubt that keeps it from being anybody's."""

from datetime import datetime

from engine.store import patients
from engine.store.unit import Unit
from schemas.finding import Finding, FindingCode
from schemas.ids import PatientId
from schemas.people import Patient


class Identities:
    """The patients of one message, each looked up once. `new` are those that it made known."""

    def __init__(self, unit: Unit, channel: str, at: datetime) -> None:
        self.unit = unit
        self.channel = channel
        self.at = at
        self.new: set[PatientId | None] = set()
        self._resolved: dict[Patient, tuple[PatientId | None, tuple[Finding, ...]]] = {}

    def of(self, patient: Patient | None) -> tuple[PatientId | None, tuple[Finding, ...]]:
        """The stored patient, and why it may not be them; `None` when nobody can be found."""
        if patient is None:
            return None, ()
        if patient not in self._resolved:
            self._resolved[patient] = self._resolve(patient)
        return self._resolved[patient]

    def sure(
        self, patient: Patient | None, location: str
    ) -> tuple[PatientId | None, tuple[Finding, ...]]:
        """Whom a report is about; nobody, with the doubts, when that is not sure."""
        patient_id, doubts = self.of(patient)
        if patient_id is None and not doubts:
            doubts = (_nobody(location),)
        return (None if doubts else patient_id), doubts

    def _resolve(self, patient: Patient) -> tuple[PatientId | None, tuple[Finding, ...]]:
        known = patients.found(self.unit, patient, self.channel)
        if len(known) > 1:
            rule = "identifiers name two stored patients"
            return None, (contradiction(patient, rule),)
        if known:
            stored = patients.patient(self.unit, known[0])
            differs = difference(stored, patient) if stored else None
            if differs is not None:
                rule = f"{differs} differs from that stored under this identifier"
                return known[0], (contradiction(patient, rule),)
        stored_id = patients.store(self.unit, patient, self.channel, known, self.at)
        if not known:
            self.new.add(stored_id)
        return stored_id, ()


def difference(one: Patient, other: Patient) -> str | None:
    """The trait in which two descriptions cannot be of one person; `None` where they can."""
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return "birth date"
    names = [name.casefold() for name in (one.birth_name, other.birth_name) if name]
    return "birth name" if len(set(names)) > 1 else None


def contradiction(patient: Patient, rule: str) -> Finding:
    """The doubt about a patient who may be somebody else."""
    return Finding(
        code=FindingCode.PATIENT_CONTRADICTED,
        location=patient.location or "patient",
        message=f"patient: {rule}",
    )


def _nobody(location: str) -> Finding:
    return Finding(
        code=FindingCode.PATIENT_MISSING,
        location=location,
        message="patient: the report must carry an identifier that can be found again",
    )
