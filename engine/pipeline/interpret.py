"""A pharmacist reads the text of one line, cell by cell; a new version with that reading follows.

An interpretation validates nothing: the version that it makes waits on the desk for the usual
decision, and a decision on the version before is stale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.pipeline.context import Context
from engine.pipeline.earlier import is_text_only, line_key
from engine.pipeline.elsewhere import Around, around
from engine.pipeline.forbidden import journalled
from engine.pipeline.products import Lookup
from engine.pipeline.reassess import reassessed
from engine.posology.offer.against import against
from engine.posology.offer.confirm import confirm
from engine.posology.offer.offer import offer_of
from engine.security.permissions import Permission, decider, entitled
from engine.store import audit, inbox, interpretations, prescriptions, queue
from engine.store.prescriptions import StoredPrescription
from engine.store.unit import Unit, new_id
from engine.validation.permission import require_pharmacist
from mappings.catalogue import load_site
from schemas.assessment import AssessedLine
from schemas.canonical import digest
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.finding import Finding
from schemas.ids import InterpretationId, Sha256
from schemas.offer import Answers, Interpretation, Offer
from schemas.posology import Posology
from schemas.schedule import NotComputable
from schemas.site import Site


@dataclass(frozen=True, slots=True)
class Desk:
    """One line of an open item with the reading that is offered of its text.

    `earlier` is the newest reading of the line in an older version, when the text is the same.
    """

    item: queue.Item
    stored: StoredPrescription
    rank: int
    site: Site
    offer: Offer
    earlier: Interpretation | None

    @property
    def line(self) -> AssessedLine:
        """The line as it stands."""
        return self.stored.content.lines[self.rank - 1]


@dataclass(frozen=True, slots=True)
class Interpreted:
    """The reading that was kept, and the version of the prescription that it made."""

    interpretation: Interpretation
    made: StoredPrescription
    item: queue.Item


class Unread(Refused):
    """The answers make no schedule; `findings` say where and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        listed = ", ".join(f"{each.location}: {each.message} ({each.code})" for each in findings)
        super().__init__(f"the reading is not complete: {listed}")
        self.findings = tuple(findings)


def offered(context: Context, user: str, item_id: str, rank: int) -> Desk:
    """The text of one line as cells; the look is journalled.

    Raises: `Forbidden` for whoever may not see the queue; `Refused` when the item is not open, or
    the line (by its rank from 1) has more than text.
    """
    seen = journalled(context, user, AuditEvent.ACCESS_REFUSED, item_id)
    with seen, context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.QUEUE_SEE)
        desk = _desk(unit, item_id, rank)
        audit.record(
            unit,
            AuditEvent.PRESCRIPTION_SHOWN,
            actor=user,
            subject=desk.item.subject_id,
            at=context.clock(),
        )
        unit.commit()
    return desk


def interpret(
    context: Context, user: str, item_id: str, rank: int, answers: Answers
) -> Interpreted:
    """Keep the reading and put the version with its schedule on the desk, or nothing at all.

    Raises: `Forbidden` for whoever is no pharmacist (the attempt is journalled); `Unread` when
    the answers are not complete or make no schedule; `Refused` as `offered`, and when somebody
    else changed the item meanwhile.
    """
    with journalled(context, user, AuditEvent.INTERPRETATION_REFUSED, item_id):
        return _interpret(context, user, item_id, rank, answers)


def _interpret(
    context: Context, user: str, item_id: str, rank: int, answers: Answers
) -> Interpreted:
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        person = decider(entitled(unit, user, Permission.QUEUE_DECIDE), context.tenant)
        require_pharmacist(person)
        stands = _around(unit, item_id)
        desk = _desk(unit, item_id, rank)
        read = confirm(desk.offer, answers)
        if not isinstance(read, Posology):
            raise Unread(read)
        kept = Interpretation(
            id=InterpretationId(new_id("itp")),
            prescription=desk.stored.id,
            line=rank,
            line_key=line_key(desk.line.line),
            interpreted_by=person,
            interpreted_at=now,
            answers=answers,
            posology=_placed(read, desk),
            findings=_at_the_line(against(desk.offer, answers, read), desk),
            software=context.software,
        )
        made = _made(unit, desk, kept, stands)
        _keep(unit, desk, kept, made)
        item = queue.item(unit, item_id)
        if item is None:
            raise Refused("item: there is none of this id")
        stands.put(made, item)
        stands.retell(now, user)
        unit.commit()
    return Interpreted(kept, made, item)


def _around(unit: Unit, item_id: str) -> Around:
    """What stands of the patient of the item; nothing of nobody."""
    item = queue.item(unit, item_id)
    if item is None or item.patient_id is None:
        return Around(unit, Lookup(unit))
    return around(unit, item.patient_id)


def _desk(unit: Unit, item_id: str, rank: int) -> Desk:
    item = queue.item(unit, item_id)
    if item is None:
        raise Refused("item: there is none of this id")
    if item.subject is not queue.Subject.PRESCRIPTION:
        raise Refused("item: only the lines of a prescription have a text to read")
    if not item.state.is_open:
        raise Refused(f"item: in state {item.state.value} nothing is read any more")
    stored = prescriptions.prescription(unit, item.subject_id)
    origin = inbox.origin(unit, item.subject_id)
    if stored is None or origin is None:
        raise Refused("item: its prescription is not stored")
    if not 1 <= rank <= len(stored.content.lines):
        raise Refused(f"line: there are lines 1 to {len(stored.content.lines)}")
    assessed = stored.content.lines[rank - 1]
    if not is_text_only(assessed) and assessed.interpretation is None:
        raise Refused("line: its posology is not text alone, there is nothing to read")
    line, site = assessed.line, load_site(origin.site)
    texts = (line.text,) if line.text else ()
    made = offer_of(line.posology, texts, site, line.effective_at)
    earlier = interpretations.newest_of_group(unit, stored.group_key).get(line_key(line))
    same = earlier is not None and earlier.answers.text_sha256 == made.text_sha256
    return Desk(item, stored, rank, site, made, earlier if same else None)


def _placed(read: Posology, desk: Desk) -> Posology:
    """The posology at places of its line, so that an answer to a finding names one line.

    The sender's instructions go with it where they are the same for every phase of the line.
    """
    where = desk.line.line.location
    said = {phase.instructions for phase in desk.line.line.posology.phases}
    sent = next(iter(said)) if len(said) == 1 else ()
    phases = (
        phase.model_copy(
            update={
                "location": f"{where}/{phase.location}",
                "instructions": tuple(dict.fromkeys((*sent, *phase.instructions))),
            }
        )
        for phase in read.phases
    )
    return read.model_copy(update={"phases": tuple(phases)})


def _at_the_line(findings: Sequence[Finding], desk: Desk) -> tuple[Finding, ...]:
    where = desk.line.line.location
    return tuple(
        each.model_copy(update={"location": f"{where}/{each.location}"}) for each in findings
    )


def _made(unit: Unit, desk: Desk, kept: Interpretation, stands: Around) -> StoredPrescription:
    """The version with the reading, stored. Raises: `Unread` when it makes no schedule."""
    before = desk.stored
    validated = prescriptions.last_validated(unit, before.group_key)
    readings = {
        number: each.interpretation
        for number, each in enumerate(before.content.lines, start=1)
        if each.interpretation is not None
    }
    content = reassessed(
        before.content, {**readings, kept.line: kept}, desk.site, validated, stands.products
    )
    content = stands.said_of(content, before.group_key, before.message_id)
    schedule = content.lines[kept.line - 1].schedule
    if isinstance(schedule, NotComputable):
        raise Unread(schedule.reasons)
    return prescriptions.store(
        unit,
        content,
        message_id=before.message_id,
        source_sha256=before.source_sha256,
        patient_id=before.patient_id,
        group_key=before.group_key,
        version=before.version + 1,
        at=kept.interpreted_at,
    )


def _keep(unit: Unit, desk: Desk, kept: Interpretation, made: StoredPrescription) -> None:
    """The row, the item and the journal: one transaction, or nothing."""
    interpretations.store(unit, desk.item, made.id, kept)
    blocking = len(made.content.blocking)
    if not queue.point(unit, desk.item, made.id, made.content_sha256, blocking):
        raise Refused("another person changed this item meanwhile")
    for event, subject, detail in (
        (AuditEvent.INTERPRETATION_MADE, kept.id, _detail(desk, kept, made)),
        (AuditEvent.PRESCRIPTION_STORED, made.id, {"sha256": made.content_sha256}),
    ):
        audit.record(
            unit,
            event,
            actor=kept.interpreted_by.user,
            subject=subject,
            at=kept.interpreted_at,
            message=made.message_id,
            **detail,
        )


def _detail(desk: Desk, kept: Interpretation, made: StoredPrescription) -> dict[str, str]:
    return {
        "item": desk.item.id,
        "line": str(kept.line),
        "read": kept.prescription,
        "made": made.id,
        "text_sha256": kept.answers.text_sha256,
        "interpretation_sha256": Sha256(digest(kept)),
    }
