"""The journal: one chain a tenant, each entry sealed with the digest of the one before.

Entries carry ids, digests and counts; never a name, a drug or bytes. They are written in the
transaction of what they tell of.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select

from engine.store import statements
from engine.store.tables import audit
from engine.store.unit import Unit
from schemas.events import AuditEntry, AuditEvent

FIRST = "0" * 64
"""What stands before the first entry of a chain."""


def record(
    unit: Unit, event: AuditEvent, *, actor: str, subject: str, at: datetime, **detail: str
) -> None:
    """Add one entry to the tenant's chain; writers of one tenant wait for each other."""
    number, previous = _newest(unit)
    written = json.dumps(detail, sort_keys=True, ensure_ascii=False)
    digest = _seal(unit.tenant, number + 1, at, event.value, actor, subject, written, previous)
    unit.add(
        statements.STORE_ENTRY,
        {
            "tenant": unit.tenant,
            "number": number + 1,
            "at": at,
            "event": event.value,
            "actor": actor,
            "subject": subject,
            "detail": written,
            "previous": previous,
            "digest": digest,
        },
    )
    unit.journal = (number + 1, digest)


def _newest(unit: Unit) -> tuple[int, str]:
    """Number and digest of the newest entry; once this unit wrote one, nobody else can."""
    if unit.journal is not None:
        return unit.journal
    asked = {"tenant": unit.tenant}
    if unit.connection.dialect.name == "postgresql":
        # SQLite has one writer at a time anyhow.
        unit.connection.execute(statements.LOCK_JOURNAL, asked)
    newest = unit.connection.execute(statements.NEWEST_ENTRY, asked).first()
    return (newest.number, newest.digest) if newest else (0, FIRST)


def _seal(tenant: str, number: int, at: datetime, *parts: str) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = "\x1f".join((tenant, str(number), moment, *parts))
    return hashlib.sha256(text.encode()).hexdigest()


def entries_about(unit: Unit, subjects: tuple[str, ...]) -> tuple[AuditEntry, ...]:
    """The entries about these ids, oldest first."""
    rows = unit.connection.execute(
        select(audit)
        .where(audit.c.tenant == unit.tenant, audit.c.subject.in_(subjects))
        .order_by(audit.c.number)
    ).mappings()
    return tuple(_entry(dict(row)) for row in rows)


def _entry(row: dict[str, object]) -> AuditEntry:
    return AuditEntry.model_validate({**row, "detail": json.loads(str(row["detail"]))})


def broken_links(unit: Unit) -> Iterator[int]:
    """The numbers of entries that are missing, altered or out of place; none in a whole chain."""
    expected, previous = 1, FIRST
    rows = unit.connection.execute(
        select(audit).where(audit.c.tenant == unit.tenant).order_by(audit.c.number)
    )
    for row in rows:
        sealed = _seal(
            row.tenant,
            row.number,
            row.at,
            row.event,
            row.actor,
            row.subject,
            row.detail,
            row.previous,
        )
        if (row.number, row.previous, row.digest) != (expected, previous, sealed):
            yield row.number
        expected, previous = row.number + 1, row.digest
