"""Stores what is reported of a patient: intakes, dispenses, and where they went.

Facts are never changed. One that is in doubt of whom it is about counts for nobody, and says why.
"""

from collections.abc import Callable
from datetime import datetime

from engine.pipeline.identity import Identities, contradiction, difference
from engine.store import dispenses, intakes, movements, notices, patients, prescriptions
from engine.store.unit import Unit
from schemas.connector import Reading
from schemas.dispense import Dispense
from schemas.events import AuditEvent
from schemas.finding import Finding
from schemas.ids import MessageId, PatientId
from schemas.intake import Intake
from schemas.movement import Movement, MovementAction, MovementKind
from schemas.notice import Notice

Record = Callable[[AuditEvent, str], None]
_JOIN = (MovementKind.MERGE, MovementKind.RENUMBER)
"""Movements that say that two numbers are of one person."""


class Facts:
    """The facts of one message, stored inside its unit."""

    def __init__(
        self, unit: Unit, identities: Identities, message: MessageId, at: datetime, record: Record
    ) -> None:
        self.unit = unit
        self.identities = identities
        self.message = message
        self.at = at
        self.record = record
        self.joined: set[PatientId] = set()
        """The patients who were found to be one with somebody else."""

    def keep_movements(self, reading: Reading) -> None:
        """Where patients went. It comes first: what follows is of whoever they now are."""
        for movement in reading.movements:
            self._movement(movement)

    def keep_reports(self, reading: Reading) -> None:
        """What was taken, what was given out, and what is told of orders."""
        for intake in reading.intakes:
            self._intake(intake)
        for dispense in reading.dispenses:
            self._dispense(dispense)
        for notice in reading.notices:
            self._notice(notice)

    def _intake(self, intake: Intake) -> None:
        owner, doubts = self._owner(intake)
        doubted = intake.model_copy(update={"findings": (*intake.findings, *doubts)})
        stored = intakes.store(self.unit, doubted, self.message, owner, self.at)
        if stored is not None:
            self.record(AuditEvent.INTAKE_STORED, stored)

    def _dispense(self, dispense: Dispense) -> None:
        """Beside the orders: it plans nothing and counts nowhere."""
        owner, doubts = self._owner(dispense)
        doubted = dispense.model_copy(update={"findings": (*dispense.findings, *doubts)})
        stored = dispenses.store(self.unit, doubted, self.message, owner, self.at)
        if stored is not None:
            self.record(AuditEvent.DISPENSE_STORED, stored)

    def _notice(self, notice: Notice) -> None:
        """Many an answer names no patient: then it is nobody's."""
        patient_id, doubts = self.identities.of(notice.patient)
        prescriptions.store_findings(self.unit, self.message, doubts)
        owner = None if doubts else patient_id
        stored = notices.store(self.unit, notice, self.message, owner, self.at)
        self.record(AuditEvent.NOTICE_STORED, stored)

    def _owner(self, report: Intake | Dispense) -> tuple[PatientId | None, tuple[Finding, ...]]:
        owner, doubts = self.identities.sure(report.patient, report.location)
        prescriptions.store_findings(self.unit, self.message, doubts)
        return owner, doubts

    def _movement(self, movement: Movement) -> None:
        """Store a movement, and join the patients that it says are one, unless that is in doubt."""
        owner, doubts = self.identities.sure(movement.patient, movement.location)
        gone = self._gone(movement, owner) if not doubts else ()
        doubts += tuple(found for each in gone for found in self._doubts(movement, each))
        doubted = movement.model_copy(update={"findings": (*movement.findings, *doubts)})
        told = tuple(finding for finding in doubted.findings if finding.blocks)
        prescriptions.store_findings(self.unit, self.message, told)
        stored = movements.store(self.unit, doubted, self.message, owner)
        self.record(AuditEvent.MOVEMENT_STORED, stored)
        if owner is not None and not told:
            for each in gone:
                patients.merge(self.unit, owner, each, self.at)
                self.joined.add(owner)
                self.record(AuditEvent.PATIENT_MERGED, each)

    def _gone(self, movement: Movement, owner: PatientId | None) -> tuple[PatientId, ...]:
        """The other stored patients whom a merge names; none where the message only plans one."""
        new = movement.action is MovementAction.INSERT
        if movement.merged is None or movement.kind not in _JOIN or not new:
            return ()
        found = patients.found(self.unit, movement.merged, self.identities.channel)
        return tuple(each for each in found if each != owner)

    def _doubts(self, movement: Movement, gone: PatientId) -> tuple[Finding, ...]:
        """Why the patient who disappears cannot be the one who stays."""
        stored = patients.patient(self.unit, gone)
        differs = difference(stored, movement.patient) if stored else None
        if differs is None:
            return ()
        rule = f"{differs} differs from that of the patient who disappears: they are not merged"
        return (contradiction(movement.patient, rule),)
