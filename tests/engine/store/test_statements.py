"""The statements of the road find their rows through an index, however full the tables are."""

from datetime import timedelta

import pytest
from sqlalchemy import Executable, event
from stored import NOW, TENANT, a_message, a_stored_prescription

from engine.store import inbox, prescriptions, statements
from engine.store.unit import Store
from schemas.canonical import digest

READ_THROUGH = {
    "MESSAGE_KEYED": {"sqlite_autoindex_messages_2 (tenant=? AND channel=? AND dedupe_key=?)"},
    "MESSAGE": {"sqlite_autoindex_messages_1 (id=?)"},
    "FREE": {
        "ix_messages_waiting (tenant=?)",
        "ix_messages_lane (tenant=? AND channel=? AND lane=? AND seq<?)",
    },
    "CLAIM": {
        "PRIMARY KEY (rowid=?)",
        "ix_messages_waiting (tenant=?)",
        "ix_messages_lane (tenant=? AND channel=? AND lane=? AND seq<?)",
    },
    "SETTLE": {"sqlite_autoindex_messages_1 (id=?)"},
    "ANSWERED": {"sqlite_autoindex_messages_1 (id=?)"},
    "PATIENT_KEYED": {
        "sqlite_autoindex_patient_identifiers_1 (tenant=? AND authority=? AND value=?)"
    },
    "PATIENT": {"sqlite_autoindex_patients_1 (id=?)"},
    "DESCRIBE_PATIENT": {"sqlite_autoindex_patients_1 (id=?)"},
    "FINDINGS_OF_MESSAGE": {"ix_findings_message_id (message_id=?)"},
    "LATEST_OF_GROUP": {"sqlite_autoindex_prescriptions_2 (tenant=? AND group_key=?)"},
    "LAST_VALIDATED_OF_GROUP": {
        "sqlite_autoindex_prescriptions_2 (tenant=? AND group_key=?)",
        "ix_releases_subject (tenant=? AND subject_id=?)",
    },
    "GROUP_OF_LINES": {
        "ix_schedules_line (tenant=? AND line_key=?)",
        "sqlite_autoindex_prescriptions_1 (id=?)",
    },
    "MERGED_INTO": {"ix_patients_merged (tenant=? AND merged_into=?)"},
    "STANDING_OF_PATIENT": {
        "ix_queue_items_standing (tenant=? AND patient_id=?)",
        "sqlite_autoindex_prescriptions_1 (id=?)",
        "ix_releases_subject (tenant=? AND subject_id=?) LEFT-JOIN",
        "sqlite_autoindex_decisions_1 (id=?) LEFT-JOIN",
    },
    "PRODUCTS_CODED": {
        "uq_reference_releases_in_force (in_force=?)",
        "sqlite_autoindex_reference_codes_1 (release_id=? AND value=?)",
        "sqlite_autoindex_reference_products_1 (release_id=? AND cis=?)",
    },
    "ITEM_ABOUT": {"sqlite_autoindex_queue_items_2 (tenant=? AND kind=? AND subject_id=?)"},
    "NEWEST_ENTRY": {"sqlite_autoindex_audit_1 (tenant=?)"},
}
"""Every index that a statement goes through, with the columns that it searches by."""


LISTS = {"lines": ["L1"], "codes": ["60000000"], "patients": ["pat-1"]}
"""What a statement asks for several of."""


def _statement(name: str) -> Executable:
    found = getattr(statements, name)
    return found["sqlite"] if isinstance(found, dict) else found


def _plan(store: Store, statement: Executable) -> list[str]:
    sent: list[tuple[str, object]] = []
    event.listen(
        store.database,
        "before_cursor_execute",
        lambda _connection, _cursor, sql, values, *_: sent.append((sql, values)),
    )
    values = dict.fromkeys(statement.compile().params) | LISTS
    with store.unit(TENANT) as unit:
        unit.connection.execute(statement, values)
        sql, positional = sent[-1]
        rows = unit.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", positional)
        return [row[-1] for row in rows]


@pytest.mark.parametrize("name", READ_THROUGH)
def test_a_hot_statement_searches_its_indexes_and_scans_nothing(
    sqlite_store: Store, name: str
) -> None:
    steps = [step for step in _plan(sqlite_store, _statement(name)) if " SUBQUERY " not in step]

    searches = [step for step in steps if step != "USE TEMP B-TREE FOR ORDER BY"]
    assert {step.rpartition(" INDEX ")[2].split(" INTEGER ")[-1] for step in searches} == (
        READ_THROUGH[name]
    )
    assert searches == steps or name == "GROUP_OF_LINES"


def test_every_statement_that_searches_has_its_plan_checked() -> None:
    searching = {
        name
        for name in vars(statements)
        if name.isupper() and not name.startswith(("_", "STORE_", "OPEN_", "LOCK_"))
    }

    assert searching - {"TENANT", "NOW", "SHOWN"} == set(READ_THROUGH)


def test_a_long_queue_and_a_long_past_leave_the_order_of_claims(store: Store) -> None:
    with store.unit(TENANT) as unit:
        past = [a_message(unit, lane="patient-1") for _ in range(3)]
        for _ in past:
            claimed = inbox.claim_next(unit, "w1", NOW, NOW + timedelta(seconds=60))
            assert claimed is not None
            inbox.settle(unit, claimed, inbox.MessageState.READ)
        first = a_message(unit, lane="patient-1")
        a_message(unit, lane="patient-1")
        third = a_message(unit, lane="patient-2")
        taken = [
            inbox.claim_next(unit, f"w{n}", NOW, NOW + timedelta(seconds=60)) for n in range(3)
        ]

    assert [each.message.id if each else None for each in taken] == [first, third, None]


def test_what_storing_a_message_returns_is_what_is_stored(store: Store) -> None:
    with store.unit(TENANT) as unit:
        identifier = a_message(unit, b"MSH|^~\\&|")
        again = inbox.message(unit, identifier)
        assert again is not None
        arrival = inbox.Arrival(
            id=inbox.MessageId("msg-again"),
            channel=again.channel,
            site="reference",
            format=again.format,
            kind="RDE^O11",
            control_id=None,
            dedupe_key="sha256:again",
            lane=None,
            sha256=again.sha256,
            raw=b"MSH|^~\\&|",
            state=again.state,
        )
        stored = inbox.store(unit, arrival, NOW.astimezone())

        assert inbox.message(unit, "msg-again") == stored
        assert stored.size == 9


def test_the_digests_are_those_of_the_canonical_content(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, _ = a_stored_prescription(unit)
        again = prescriptions.prescription(unit, stored.id)
        [kept] = unit.connection.exec_driver_sql("SELECT sha256 FROM schedules").scalars()

    assert again == stored
    assert stored.content_sha256 == digest(stored.content)
    assert kept == digest(stored.content.lines[0].schedule)
