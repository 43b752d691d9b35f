"""The journal is one whole chain a tenant, and an altered entry is found."""

from sqlalchemy import text
from stored import NOW, TENANT

from engine.store import audit
from engine.store.unit import Store
from schemas.events import AuditEvent
from schemas.ids import TenantId


def _record(store: Store, subjects: list[str], tenant: TenantId = TENANT) -> None:
    with store.unit(tenant) as unit:
        for subject in subjects:
            audit.record(
                unit, AuditEvent.DECISION_MADE, actor="pharm", subject=subject, at=NOW, kind="x"
            )
        unit.commit()


def test_a_chain_is_whole_and_tells_of_each_subject(store: Store) -> None:
    _record(store, ["a", "b", "a"])

    with store.unit(TENANT) as unit:
        entries = audit.entries_about(unit, ("a",))
        broken = list(audit.broken_links(unit))

    assert [entry.number for entry in entries] == [1, 3]
    assert entries[0].previous == audit.FIRST
    assert entries[0].detail == {"kind": "x"}
    assert broken == []


def test_an_altered_entry_breaks_the_chain(sqlite_store: Store) -> None:
    _record(sqlite_store, ["a", "b", "c"])
    with sqlite_store.unit(TENANT) as unit:
        unit.connection.execute(text("DROP TRIGGER audit_no_update"))
        unit.connection.execute(text("UPDATE audit SET actor = 'else' WHERE number = 2"))

        assert list(audit.broken_links(unit)) == [2]


def test_tenants_have_chains_of_their_own(store: Store) -> None:
    _record(store, ["a"])
    _record(store, ["b"], TenantId("130000000"))

    with store.unit(TenantId("130000000")) as unit:
        assert [entry.number for entry in audit.entries_about(unit, ("a", "b"))] == [1]
