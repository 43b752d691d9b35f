"""Notices: what senders tell about orders without ordering anything, never changed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select

from engine.store.tables import notices
from engine.store.unit import Unit, new_id
from schemas.canonical import canonical_json, sha256
from schemas.ids import MessageId, NoticeId, PatientId
from schemas.notice import Notice


def store(
    unit: Unit, notice: Notice, message_id: MessageId, patient_id: PatientId | None, at: datetime
) -> NoticeId:
    """Store one statement. The same one in another message is told a second time."""
    identifier = NoticeId(new_id("not"))
    content = canonical_json(notice)
    unit.connection.execute(
        insert(notices).values(
            id=identifier,
            tenant=unit.tenant,
            message_id=message_id,
            patient_id=patient_id,
            kind=notice.kind.value,
            received_at=at,
            content=content.decode(),
            sha256=sha256(content),
        )
    )
    return identifier


def of_patients(unit: Unit, patients: Collection[str]) -> tuple[Notice, ...]:
    """What was told about the orders of a patient, under all ids of theirs, as it came."""
    rows = unit.connection.execute(
        select(notices.c.content)
        .where(notices.c.tenant == unit.tenant, notices.c.patient_id.in_(list(patients)))
        .order_by(notices.c.received_at, notices.c.id)
    )
    return tuple(Notice.model_validate_json(row.content) for row in rows)


def of_message(unit: Unit, message_id: str) -> tuple[NoticeId, ...]:
    """The statements that one message brought."""
    rows = unit.connection.execute(
        select(notices.c.id)
        .where(notices.c.tenant == unit.tenant, notices.c.message_id == message_id)
        .order_by(notices.c.id)
    )
    return tuple(NoticeId(row.id) for row in rows)
