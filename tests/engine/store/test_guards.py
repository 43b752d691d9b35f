"""The database itself refuses what must never happen, also to somebody who writes SQL by hand."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stored import (
    NOW,
    TENANT,
    a_decision,
    a_stored_prescription,
    an_account,
)

from engine.store import access, outbox, queue, releases
from engine.store.unit import Store, Unit, new_id
from schemas.decision import DecisionKind, Role
from schemas.export import ExportKind
from schemas.ids import DeliveryId

LATER = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _insert_release(unit: Unit, **changed: object) -> None:
    stored, item, decision = _decided(unit, DecisionKind.VALIDATE)
    values = {
        "id": new_id("rel"),
        "tenant": TENANT,
        "subject_kind": "prescription",
        "subject_id": stored.id,
        "patient_id": stored.patient_id,
        "decision_id": decision.id,
        "content_sha256": item.content_sha256,
        "source_sha256": item.source_sha256,
        "released_at": LATER.isoformat(),
        **changed,
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    unit.connection.execute(text(f"INSERT INTO releases ({names}) VALUES ({marks})"), values)


def _decided(unit: Unit, kind: DecisionKind):
    an_account(unit, "pharm", Role.PHARMACIST)
    stored, item = a_stored_prescription(unit)
    decision = a_decision(item, kind, "pharm")
    queue.store_decision(unit, item, decision)
    return stored, item, decision


def test_a_release_of_exactly_the_validated_content_is_accepted(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, item, decision = _decided(unit, DecisionKind.VALIDATE)

        releases.store(unit, item, decision, stored.patient_id, NOW)
        unit.commit()

    with store.unit(TENANT) as unit:
        assert releases.released(unit, stored.id) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"decision_id": "dec_nobody"},
        {"content_sha256": "0" * 64},
        {"source_sha256": "0" * 64},
        {"subject_id": "rx_other"},
        {"patient_id": "pat_other"},
        {"tenant": "000000000"},
        {"subject_kind": "adherence"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_raw_sql_cannot_release_anything_else(store: Store, changed: dict[str, str]) -> None:
    with store.unit(TENANT) as unit, pytest.raises(DBAPIError, match=r"refused|violates|FOREIGN"):
        _insert_release(unit, **changed)


@pytest.mark.parametrize("kind", [DecisionKind.HOLD, DecisionKind.REJECT, DecisionKind.CLARIFY])
def test_a_decision_that_is_not_a_validation_releases_nothing(
    store: Store, kind: DecisionKind
) -> None:
    with store.unit(TENANT) as unit:
        stored, item, decision = _decided(unit, kind)

        with pytest.raises(DBAPIError, match="release refused"):
            releases.store(unit, item, decision, stored.patient_id, NOW)


@pytest.mark.parametrize("role", [Role.PREPARER, Role.NURSE, Role.INTEGRATOR, Role.OPERATOR])
def test_the_database_takes_no_decision_of_another_profession(store: Store, role: Role) -> None:
    with store.unit(TENANT) as unit:
        an_account(unit, "somebody", role)
        _, item = a_stored_prescription(unit)

        with pytest.raises(DBAPIError, match="decision refused"):
            queue.store_decision(unit, item, a_decision(item, DecisionKind.VALIDATE, "somebody"))


def test_the_database_takes_no_decision_about_other_content(store: Store) -> None:
    with store.unit(TENANT) as unit:
        an_account(unit, "pharm", Role.PHARMACIST)
        _, item = a_stored_prescription(unit)
        decision = a_decision(item, DecisionKind.VALIDATE, "pharm")
        other = decision.model_copy(update={"content_sha256": "f" * 64})

        with pytest.raises(DBAPIError, match="decision refused"):
            queue.store_decision(unit, item, other)


def test_a_decision_of_a_closed_account_is_refused(store: Store) -> None:
    with store.unit(TENANT) as unit:
        an_account(unit, "pharm", Role.PHARMACIST, active=False)
        _, item = a_stored_prescription(unit)

        with pytest.raises(DBAPIError, match="decision refused"):
            queue.store_decision(unit, item, a_decision(item, DecisionKind.VALIDATE, "pharm"))


FACTS = [
    "UPDATE prescriptions SET content = '{}'",
    "UPDATE prescriptions SET patient_id = NULL",
    "DELETE FROM prescriptions",
    "UPDATE schedules SET content = '{}'",
    "DELETE FROM schedules",
    "UPDATE decisions SET kind = 'validate'",
    "DELETE FROM decisions",
    "UPDATE releases SET content_sha256 = ''",
    "DELETE FROM releases",
    "UPDATE messages SET raw = :empty",
    "DELETE FROM messages",
    "UPDATE audit SET actor = 'somebody'",
    "DELETE FROM audit",
]


@pytest.mark.parametrize("statement", FACTS)
def test_facts_are_neither_changed_nor_deleted(store: Store, statement: str) -> None:
    with store.unit(TENANT) as unit:
        stored, item, decision = _decided(unit, DecisionKind.VALIDATE)
        releases.store(unit, item, decision, stored.patient_id, NOW)
        unit.commit()

    bound = {"empty": b""} if ":empty" in statement else {}
    with store.unit(TENANT) as unit, pytest.raises(DBAPIError, match="facts"):
        unit.connection.execute(text(statement), bound)


def test_replacing_a_decision_by_its_id_is_refused_on_the_embedded_database(
    sqlite_store: Store,
) -> None:
    with sqlite_store.unit(TENANT) as unit:
        _decided(unit, DecisionKind.REJECT)

        with pytest.raises(DBAPIError, match="the id is taken"):
            unit.connection.execute(
                text("INSERT OR REPLACE INTO decisions SELECT * FROM decisions")
            )


def test_truncating_the_journal_is_refused_on_postgresql(postgres_store: Store) -> None:
    with postgres_store.unit(TENANT) as unit, pytest.raises(DBAPIError, match="facts"):
        unit.connection.execute(text("TRUNCATE audit"))


def _departure(stored, decision, release_id, grant_id: str) -> outbox.Departure:
    return outbox.Departure(
        id=DeliveryId(new_id("dlv")),
        kind=ExportKind.SCHEDULE,
        format="fhir",
        receiver="ehpad",
        patient_id=stored.patient_id,
        decision_id=decision.id,
        release_id=release_id,
        grant_id=grant_id,
        initiated_by="pharm",
        file_name="x.json",
        payload=b"{}",
    )


def test_nothing_leaves_without_a_release(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, _, decision = _decided(unit, DecisionKind.VALIDATE)
        grant = _granted(unit, stored.patient_id)

        with pytest.raises(DBAPIError, match=r"needs_release|refused"):
            outbox.store(unit, _departure(stored, decision, None, grant), NOW)


def test_nothing_leaves_after_the_consent_was_withdrawn(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, item, decision = _decided(unit, DecisionKind.VALIDATE)
        release = releases.store(unit, item, decision, stored.patient_id, NOW)
        grant = _granted(unit, stored.patient_id)
        outbox.store(unit, _departure(stored, decision, release, grant), NOW)
        access.withdraw(unit, stored.patient_id, "ehpad", LATER)

        with pytest.raises(DBAPIError, match="delivery refused"):
            outbox.store(unit, _departure(stored, decision, release, grant), LATER)


def test_nothing_leaves_after_the_grant_was_revoked(store: Store) -> None:
    with store.unit(TENANT) as unit:
        stored, item, decision = _decided(unit, DecisionKind.VALIDATE)
        release = releases.store(unit, item, decision, stored.patient_id, NOW)
        grant = _granted(unit, stored.patient_id)
        access.revoke(unit, stored.patient_id, "ehpad", LATER)

        with pytest.raises(DBAPIError, match="delivery refused"):
            outbox.store(unit, _departure(stored, decision, release, grant), LATER)


def _granted(unit: Unit, patient_id) -> str:
    consent = access.Consent(patient_id, "ehpad", NOW.date(), "binder 3")
    identifier = access.store_consent(unit, consent, "pharm", NOW)
    return access.store_grant(unit, identifier, consent, "pharm", NOW)
