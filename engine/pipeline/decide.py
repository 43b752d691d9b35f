"""A named person's decision on one item of the queue, and the release that follows from it."""

from dataclasses import dataclass
from datetime import datetime

from engine.pipeline.context import Context
from engine.pipeline.elsewhere import Around, around
from engine.pipeline.forbidden import journalled
from engine.review.changes import difference_between
from engine.security.permissions import Permission, decider, entitled
from engine.store import adherence, audit, prescriptions, queue, releases
from engine.store.unit import Unit, new_id
from engine.validation.decide import Item, ItemLine, Request, Stale, check_decision, decide
from engine.validation.states import Event, ItemState, happened
from schemas.assessment import AssessedPrescription
from schemas.decision import Decision, DecisionKind
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.ids import DecisionId, ReleaseId
from schemas.review import LineChange


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, and the release when it was a validation."""

    decision: Decision
    state: ItemState
    release: ReleaseId | None = None


def decide_on(context: Context, user: str, item_id: str, request: Request) -> Decided:
    """Make the decision, or nothing at all.

    Raises: `Forbidden` for whoever is no pharmacist (the attempt is journalled); `Stale` with the
    changes when a newer version took its place; `Unanswered` or `Refused` naming the rule.
    """
    with journalled(context, user, AuditEvent.DECISION_REFUSED, item_id):
        return _decide(context, user, item_id, request)


def _decide(context: Context, user: str, item_id: str, request: Request) -> Decided:
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        account = entitled(unit, user, Permission.QUEUE_DECIDE)
        item = _item(unit, item_id)
        stands = around(unit, item.patient_id) if item.patient_id else None
        item = _item(unit, item_id)
        desk, changes = _on_the_desk(unit, item, request)
        person = decider(account, context.tenant)
        state = check_decision(desk, request, person, changes=changes)
        if stands and request.kind is DecisionKind.VALIDATE:
            _check_beside(unit, stands, item, user, now)
        decision = decide(
            desk,
            request,
            person,
            decision_id=DecisionId(new_id("dec")),
            now=now,
            software=context.software,
            changes=changes,
        )
        queue.store_decision(unit, item, decision)
        if not queue.move(unit, item, state):
            raise Refused("another person decided on this item meanwhile")
        audit.record(
            unit,
            AuditEvent.DECISION_MADE,
            actor=user,
            subject=decision.id,
            at=now,
            item=item.id,
            kind=decision.kind.value,
            content_sha256=decision.content_sha256,
            source_sha256=decision.source_sha256,
        )
        release = None
        if decision.kind is DecisionKind.VALIDATE:
            release = _release(context, unit, item, decision)
        if item.patient_id and not state.is_open:
            around(unit, item.patient_id).retell(now, user)
        unit.commit()
    return Decided(decision, state, release)


def _item(unit: Unit, item_id: str) -> queue.Item:
    item = queue.item(unit, item_id)
    if item is None:
        raise Refused("item: there is none of this id")
    return item


def _check_beside(unit: Unit, stands: Around, item: queue.Item, user: str, now: datetime) -> None:
    """What stands beside the prescription is what its content says.

    Raises: `Stale` when it does not; the version that says it is on the desk then.
    """
    own = next((each for each in stands.waiting if each.item.id == item.id), None)
    made = stands.retold(own, now, user) if own else None
    if made is not None:
        unit.commit()
        raise Stale(item.content_sha256, made.content_sha256)


def _on_the_desk(
    unit: Unit, item: queue.Item, request: Request
) -> tuple[Item, tuple[LineChange, ...]]:
    """The item as it stands, and what changed since the version that the person saw."""
    if item.subject is queue.Subject.ADHERENCE:
        found = adherence.result(unit, item.subject_id)
        if found is None:
            raise Refused("item: its adherence result is not stored")
        return Item(
            state=item.state,
            content_sha256=item.content_sha256,
            source_sha256=item.source_sha256,
            findings=found[1].every_finding,
        ), ()
    stored = prescriptions.prescription(unit, item.subject_id)
    if stored is None:
        raise Refused("item: its prescription is not stored")
    if item.state is ItemState.SUPERSEDED:
        newest = prescriptions.latest_of(unit, stored.group_key) or stored
        raise Stale(
            item.content_sha256,
            newest.content_sha256,
            difference_between(stored.content, newest.content),
        )
    seen = prescriptions.version_of(unit, stored.group_key, request.expected_sha256)
    changes = difference_between(seen.content, stored.content) if seen else ()
    return desk_item(item, stored.content), changes


def desk_item(item: queue.Item, content: AssessedPrescription) -> Item:
    """A prescription as the rules of validation see it: its lines are named by their rank."""
    return Item(
        state=item.state,
        content_sha256=item.content_sha256,
        source_sha256=item.source_sha256,
        lines=tuple(
            ItemLine(line=str(rank), computable=line.schedule.computable, findings=line.findings)
            for rank, line in enumerate(content.lines, start=1)
        ),
        findings=content.findings,
    )


def _release(context: Context, unit: Unit, item: queue.Item, decision: Decision) -> ReleaseId:
    if item.patient_id is None:
        raise Refused("patient: nothing can be released for a patient who is not identified")
    now = context.clock()
    release = releases.store(unit, item, decision, item.patient_id, now)
    event = AuditEvent.ADHERENCE_RELEASED
    if item.subject is queue.Subject.PRESCRIPTION:
        event = AuditEvent.SCHEDULE_RELEASED
        _end_older(context, unit, item, release)
    audit.record(
        unit, event, actor=decision.decided_by.user, subject=release, at=now, decision=decision.id
    )
    return release


def _end_older(context: Context, unit: Unit, item: queue.Item, release: ReleaseId) -> None:
    """Older releases of the same prescription end at the moment that this one begins."""
    stored = prescriptions.prescription(unit, item.subject_id)
    if stored is None:
        return
    for ended in releases.supersede(unit, stored.group_key, release, context.clock()):
        subject = releases.subject_of(unit, ended)
        older = queue.item_about(unit, queue.Subject.PRESCRIPTION, subject or "")
        if older is not None:
            queue.move(unit, older, happened(older.state, Event.SUPERSEDED))
