"""The database keeps every reading as it was made, and takes none that may not be made."""

from datetime import UTC, datetime

import pytest
from offers import confirmed
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stored import NOW, TENANT, a_decision, a_stored_prescription, an_account

from engine.posology.offer.offer import offer
from engine.store import interpretations, prescriptions, queue
from engine.store.prescriptions import StoredPrescription
from engine.store.queue import Item
from engine.store.unit import Store, Unit, new_id
from engine.validation.states import ItemState
from mappings.catalogue import load_site
from schemas.decision import Decider, DecisionKind, Role
from schemas.ids import InterpretationId, TenantId, UserName
from schemas.offer import Interpretation
from schemas.posology import Posology

OFFER = offer("1 comprimé le matin", load_site("reference"))
LATER = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def a_reading(of: StoredPrescription, user: str = "pharm", **changed: object) -> Interpretation:
    decider = Decider(user=UserName(user), name="X", role=Role.PHARMACIST, finess=TENANT)
    reading = Interpretation(
        id=InterpretationId(new_id("itp")),
        prescription=of.id,
        line=1,
        line_key="L1",
        interpreted_by=decider,
        interpreted_at=NOW,
        answers=confirmed(OFFER),
        posology=Posology(),
        software="test",
    )
    return reading.model_copy(update=changed)


def the_next(unit: Unit, before: StoredPrescription, **changed: object) -> StoredPrescription:
    """The next version of a prescription, from the same bytes."""
    asked = {
        "message_id": before.message_id,
        "source_sha256": before.source_sha256,
        "patient_id": before.patient_id,
        "group_key": before.group_key,
        "version": before.version + 1,
        "at": NOW,
        **changed,
    }
    return prescriptions.store(unit, before.content, **asked)


def on_the_desk(unit: Unit, role: Role = Role.PHARMACIST) -> tuple[StoredPrescription, Item]:
    an_account(unit, "pharm", role)
    return a_stored_prescription(unit)


def test_a_reading_is_kept_and_found_by_its_line_and_by_what_it_made(store: Store) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        made = the_next(unit, before)
        reading = a_reading(before)
        interpretations.store(unit, item, made.id, reading)
        unit.commit()

    with store.unit(TENANT) as unit:
        assert interpretations.newest_of_group(unit, "P1") == {"L1": reading}
        assert interpretations.that_made(unit, made.id) == reading
        assert interpretations.that_made(unit, before.id) is None
    with store.unit(TenantId("750000010")) as unit:
        assert interpretations.newest_of_group(unit, "P1") == {}
        assert interpretations.that_made(unit, made.id) is None


def test_of_two_readings_of_a_line_the_newest_is_offered(sqlite_store: Store) -> None:
    with sqlite_store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        made = the_next(unit, before)
        interpretations.store(unit, item, made.id, a_reading(before))
        assert queue.point(unit, item, made.id, made.content_sha256, 0)
        moved = queue.item(unit, item.id)
        assert moved is not None
        second = a_reading(made, interpreted_at=LATER)
        interpretations.store(unit, moved, the_next(unit, made).id, second)

        assert interpretations.newest_of_group(unit, "P1") == {"L1": second}


@pytest.mark.parametrize("role", [Role.PREPARER, Role.NURSE, Role.INTEGRATOR, Role.OPERATOR])
def test_the_database_takes_no_reading_of_another_profession(store: Store, role: Role) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit, role)
        made = the_next(unit, before)

        with pytest.raises(DBAPIError, match="interpretation refused"):
            interpretations.store(unit, item, made.id, a_reading(before))


def test_a_reading_of_a_closed_or_unknown_account_is_refused(store: Store) -> None:
    with store.unit(TENANT) as unit:
        before, item = a_stored_prescription(unit)
        an_account(unit, "gone", Role.PHARMACIST, active=False)
        made = the_next(unit, before)

        with pytest.raises(DBAPIError, match="interpretation refused"):
            interpretations.store(unit, item, made.id, a_reading(before, user="gone"))


def test_a_reading_of_what_is_decided_already_is_refused(store: Store) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        queue.store_decision(unit, item, a_decision(item, DecisionKind.REJECT, "pharm"))
        assert queue.move(unit, item, ItemState.REJECTED)
        made = the_next(unit, before)

        with pytest.raises(DBAPIError, match="interpretation refused"):
            interpretations.store(unit, item, made.id, a_reading(before))


@pytest.mark.parametrize("changed", ["group_key", "source_sha256"])
def test_a_reading_leads_to_a_version_of_the_same_prescription_and_bytes(
    store: Store, changed: str
) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        made = the_next(unit, before, **{changed: "0" * 64})

        with pytest.raises(DBAPIError, match="interpretation refused"):
            interpretations.store(unit, item, made.id, a_reading(before))


def test_a_reading_of_a_version_that_is_not_on_the_desk_is_refused(store: Store) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        made = the_next(unit, before)
        assert queue.point(unit, item, made.id, made.content_sha256, 0)

        with pytest.raises(DBAPIError, match="interpretation refused"):
            interpretations.store(unit, item, the_next(unit, made).id, a_reading(before))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE interpretations SET content = '{}'",
        "UPDATE interpretations SET interpreted_by = 'somebody'",
        "DELETE FROM interpretations",
    ],
)
def test_readings_are_facts(store: Store, statement: str) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        interpretations.store(unit, item, the_next(unit, before).id, a_reading(before))
        unit.commit()

    with store.unit(TENANT) as unit, pytest.raises(DBAPIError, match="are facts"):
        unit.connection.execute(text(statement))


@pytest.mark.postgres
def test_readings_are_not_truncated(postgres_store: Store) -> None:
    with postgres_store.unit(TENANT) as unit, pytest.raises(DBAPIError, match="are facts"):
        unit.connection.execute(text("TRUNCATE interpretations"))


def test_an_item_that_somebody_moved_meanwhile_is_not_pointed_elsewhere(store: Store) -> None:
    with store.unit(TENANT) as unit:
        before, item = on_the_desk(unit)
        made = the_next(unit, before)
        assert queue.move(unit, item, ItemState.HELD)

        assert not queue.point(unit, item, made.id, made.content_sha256, 0)
