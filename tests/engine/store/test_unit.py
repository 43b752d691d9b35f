"""A unit writes what was added together, and never shows less than it was given."""

from sqlalchemy import event, select
from stored import NOW, TENANT, a_stored_prescription

from engine.store import audit, queue
from engine.store.queue import Subject
from engine.store.tables import audit as journal
from engine.store.unit import Store
from schemas.events import AuditEvent


def _record(unit, subject: str) -> None:
    audit.record(unit, AuditEvent.INTAKE_STORED, actor="engine", subject=subject, at=NOW)


def test_a_question_sees_what_was_added_before_it(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, item = a_stored_prescription(unit)

        about = queue.item_about(unit, Subject.PRESCRIPTION, stored.id)

    assert about == item


def test_what_was_added_is_stored_by_the_commit_and_dropped_without_it(store: Store) -> None:
    with store.unit(TENANT) as unit:
        _record(unit, "kept")
        unit.commit()
    with store.unit(TENANT) as unit:
        _record(unit, "dropped")

    with store.unit(TENANT) as unit:
        assert list(unit.connection.scalars(select(journal.c.subject))) == ["kept"]


def test_entries_of_one_unit_are_written_together_and_their_chain_is_whole(store: Store) -> None:
    inserts: list[str] = []
    event.listen(
        store.database,
        "before_cursor_execute",
        lambda _connection, _cursor, sql, *_: inserts.append(sql) if "INSERT" in sql else None,
    )
    with store.unit(TENANT) as unit:
        for subject in ("one", "two", "three"):
            _record(unit, subject)
        unit.commit()

    assert len(inserts) == 1
    with store.unit(TENANT) as unit:
        assert list(unit.connection.scalars(select(journal.c.number))) == [1, 2, 3]
        assert list(audit.broken_links(unit)) == []
