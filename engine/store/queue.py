"""The pharmacist's queue: what waits for a decision, and what was decided on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, func, insert, select, update

from engine.store import statements
from engine.store.tables import decisions, queue_items
from engine.store.unit import Unit, new_id
from engine.validation.states import OPEN, ItemState
from schemas.decision import Decision, DecisionKind
from schemas.ids import PatientId, Sha256


class Subject(StrEnum):
    """What an item is about: the two lists of the queue are never mixed."""

    PRESCRIPTION = "prescription"
    ADHERENCE = "adherence"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide on. `content_sha256` and `source_sha256` are what is decided on."""

    id: str
    subject: Subject
    subject_id: str
    patient_id: PatientId | None
    content_sha256: Sha256
    source_sha256: Sha256
    state: ItemState
    blocking: int
    opened_at: datetime
    row_version: int


def open_item(
    unit: Unit,
    subject: Subject,
    subject_id: str,
    *,
    patient_id: PatientId | None,
    content_sha256: Sha256,
    source_sha256: Sha256,
    blocking: int,
    at: datetime,
) -> Item:
    """Put something before a pharmacist; `blocking` counts its blocking findings."""
    opened = Item(
        id=new_id("itm"),
        subject=subject,
        subject_id=subject_id,
        patient_id=patient_id,
        content_sha256=content_sha256,
        source_sha256=source_sha256,
        state=ItemState.TO_VALIDATE,
        blocking=blocking,
        opened_at=at,
        row_version=1,
    )
    unit.add(
        statements.OPEN_ITEM,
        {
            "id": opened.id,
            "tenant": unit.tenant,
            "kind": subject.value,
            "subject_id": subject_id,
            "patient_id": patient_id,
            "content_sha256": content_sha256,
            "source_sha256": source_sha256,
            "state": opened.state.value,
            "blocking": blocking,
            "opened_at": at,
        },
    )
    return opened


def items(
    unit: Unit, subject: Subject, states: Collection[ItemState] = OPEN, limit: int = 200
) -> tuple[Item, ...]:
    """The items of one list in these states, the longest waiting first; ties by id."""
    rows = unit.connection.execute(
        select(queue_items)
        .where(
            queue_items.c.tenant == unit.tenant,
            queue_items.c.kind == subject.value,
            queue_items.c.state.in_([state.value for state in states]),
        )
        .order_by(queue_items.c.opened_at, queue_items.c.id)
        .limit(limit)
    ).mappings()
    return tuple(_item(row) for row in rows)


def item(unit: Unit, identifier: str) -> Item | None:
    """The item of this id."""
    row = (
        unit.connection.execute(
            select(queue_items).where(
                queue_items.c.tenant == unit.tenant, queue_items.c.id == identifier
            )
        )
        .mappings()
        .first()
    )
    return _item(row) if row else None


def item_about(unit: Unit, subject: Subject, subject_id: str) -> Item | None:
    """The item about this prescription version or adherence result."""
    asked = {"tenant": unit.tenant, "kind": subject.value, "subject_id": subject_id}
    row = unit.connection.execute(statements.ITEM_ABOUT, asked).mappings().first()
    return _item(row) if row else None


def move(unit: Unit, moved: Item, state: ItemState, review_on: datetime | None = None) -> bool:
    """Change the state of an item as it was read. `False` when another changed it meanwhile."""
    done = unit.connection.execute(
        update(queue_items)
        .where(
            queue_items.c.tenant == unit.tenant,
            queue_items.c.id == moved.id,
            queue_items.c.row_version == moved.row_version,
        )
        .values(state=state.value, review_on=review_on, row_version=moved.row_version + 1)
    )
    return done.rowcount == 1


def point(unit: Unit, moved: Item, subject_id: str, content_sha256: Sha256, blocking: int) -> bool:
    """Put another version of the same prescription in its place on the desk; the state stays.

    What was decided on the version before is stale from now on. `False`: as `move`.
    """
    done = unit.connection.execute(
        update(queue_items)
        .where(
            queue_items.c.tenant == unit.tenant,
            queue_items.c.id == moved.id,
            queue_items.c.row_version == moved.row_version,
        )
        .values(
            subject_id=subject_id,
            content_sha256=content_sha256,
            blocking=blocking,
            row_version=moved.row_version + 1,
        )
    )
    return done.rowcount == 1


def counts(unit: Unit, subject: Subject) -> dict[ItemState, int]:
    """How many items of one list stand in each state."""
    rows = unit.connection.execute(
        select(queue_items.c.state, func.count().label("n"))
        .where(queue_items.c.tenant == unit.tenant, queue_items.c.kind == subject.value)
        .group_by(queue_items.c.state)
    )
    return {ItemState(row.state): row.n for row in rows}


def store_decision(unit: Unit, about: Item, decision: Decision) -> None:
    """Keep a decision for ever. The database refuses one that no pharmacist may take."""
    unit.connection.execute(
        insert(decisions).values(
            id=decision.id,
            tenant=unit.tenant,
            item_id=about.id,
            subject_kind=about.subject.value,
            subject_id=about.subject_id,
            kind=decision.kind.value,
            decided_by=decision.decided_by.user,
            decided_at=decision.decided_at,
            content_sha256=decision.content_sha256,
            source_sha256=decision.source_sha256,
            content=decision.model_dump_json(),
        )
    )


def decisions_on(unit: Unit, item_id: str) -> tuple[Decision, ...]:
    """The decisions on an item, oldest first."""
    rows = unit.connection.execute(
        select(decisions.c.content)
        .where(decisions.c.tenant == unit.tenant, decisions.c.item_id == item_id)
        .order_by(decisions.c.decided_at, decisions.c.id)
    )
    return tuple(Decision.model_validate_json(row.content) for row in rows)


def last_analysis(unit: Unit, item_id: str) -> Decision | None:
    """The newest decision that tells a sender something: a hold says nothing yet."""
    told = [
        decision
        for decision in decisions_on(unit, item_id)
        if decision.kind is not DecisionKind.HOLD
    ]
    return told[-1] if told else None


def _item(row: RowMapping) -> Item:
    return Item(
        id=row["id"],
        subject=Subject(row["kind"]),
        subject_id=row["subject_id"],
        patient_id=row["patient_id"],
        content_sha256=row["content_sha256"],
        source_sha256=row["source_sha256"],
        state=ItemState(row["state"]),
        blocking=row["blocking"],
        opened_at=row["opened_at"],
        row_version=row["row_version"],
    )
