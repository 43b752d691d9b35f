"""What a person looks at: the lists of the queue, and one item in full. Looking is journalled."""

from dataclasses import dataclass

from engine.pipeline.context import Context
from engine.pipeline.forbidden import journalled
from engine.review.changes import difference_between
from engine.security.permissions import Permission, entitled
from engine.store import adherence, audit, inbox, patients, prescriptions, queue
from engine.store.prescriptions import StoredPrescription
from engine.store.unit import Unit
from engine.validation.states import OPEN, ItemState
from schemas.adherence import AdherenceResult
from schemas.decision import Decision
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.finding import Finding
from schemas.message import Message
from schemas.people import Patient
from schemas.review import LineChange


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: the item, its patient, the message that brought it."""

    item: queue.Item
    patient: Patient | None
    message: Message | None
    lines: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One item in full. `changes` are those against the last validated version.

    `site` is that of the channel through which the prescription came.
    """

    item: queue.Item
    patient: Patient | None
    message: Message | None
    prescription: StoredPrescription | None
    adherence: AdherenceResult | None
    changes: tuple[LineChange, ...]
    decisions: tuple[Decision, ...]
    raw: bytes | None
    site: str | None = None

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """Every finding with the rank of its line, in the order in which they are numbered."""
        if self.adherence is not None:
            return (
                *(("", finding) for finding in self.adherence.findings),
                *(
                    (line.line, finding)
                    for line in self.adherence.lines
                    for finding in line.findings
                ),
            )
        if self.prescription is None:
            return ()
        content = self.prescription.content
        return (
            *(("", finding) for finding in content.findings),
            *(
                (str(rank), finding)
                for rank, line in enumerate(content.lines, start=1)
                for finding in line.findings
            ),
        )


def waiting(
    context: Context, user: str, subject: queue.Subject, *, ended: bool = False
) -> tuple[Row, ...]:
    """The open items of one list, the longest waiting first; the ended ones too when asked.

    Raises: `Forbidden` for whoever may not see the queue.
    """
    states = tuple(ItemState) if ended else tuple(OPEN)
    refused = journalled(context, user, AuditEvent.ACCESS_REFUSED, user)
    with refused, context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.QUEUE_SEE)
        return tuple(_row(unit, item) for item in queue.items(unit, subject, states))


def _row(unit: Unit, item: queue.Item) -> Row:
    stored = prescriptions.prescription(unit, item.subject_id)
    return Row(
        item=item,
        patient=_patient(unit, item, stored),
        message=inbox.message(unit, stored.message_id) if stored else None,
        lines=len(stored.content.lines) if stored else 0,
    )


def _patient(unit: Unit, item: queue.Item, stored: StoredPrescription | None) -> Patient | None:
    """The patient as the message describes them, so that what is shown is what was sent."""
    if stored is not None:
        return stored.content.prescription.patient
    return patients.patient(unit, item.patient_id) if item.patient_id else None


def shown(context: Context, user: str, item_id: str) -> Shown:
    """One item with its source, its content and what was decided before; the look is journalled.

    Raises: `Forbidden`; `Refused` when there is no such item.
    """
    refused = journalled(context, user, AuditEvent.ACCESS_REFUSED, item_id)
    with refused, context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.QUEUE_SEE)
        item = queue.item(unit, item_id)
        if item is None:
            raise Refused("item: there is none of this id")
        stored = prescriptions.prescription(unit, item.subject_id)
        computed = adherence.result(unit, item.subject_id)
        validated = prescriptions.last_validated(unit, stored.group_key) if stored else None
        origin = inbox.origin(unit, stored.id) if stored else None
        changes = (
            difference_between(validated.content, stored.content)
            if stored and validated and validated.id != stored.id
            else ()
        )
        found = Shown(
            item=item,
            patient=_patient(unit, item, stored),
            message=inbox.message(unit, stored.message_id) if stored else None,
            prescription=stored,
            adherence=computed[1] if computed else None,
            changes=changes,
            decisions=queue.decisions_on(unit, item.id),
            raw=inbox.raw_of(unit, stored.message_id) if stored else None,
            site=origin.site if origin else None,
        )
        audit.record(
            unit,
            AuditEvent.PRESCRIPTION_SHOWN,
            actor=user,
            subject=item.subject_id,
            at=context.clock(),
        )
        unit.commit()
    return found
