"""The inbox keeps every message, gives each to one worker, and keeps order in a lane."""

import threading
from datetime import UTC, datetime, timedelta

from stored import NOW, TENANT, a_message

from engine.store import inbox
from engine.store.unit import Store, Unit
from schemas.message import Acknowledgement, MessageState

SOON = NOW + timedelta(seconds=60)


def _claim(unit: Unit, token: str = "w1", now: datetime = NOW):
    return inbox.claim_next(unit, token, now, now + timedelta(seconds=60))


def test_the_bytes_come_back_as_they_were_received(store: Store) -> None:
    raw = bytes(range(256))
    with store.unit(TENANT) as unit:
        identifier = a_message(unit, raw)
        unit.commit()

    with store.unit(TENANT) as unit:
        assert inbox.raw_of(unit, identifier) == raw


def test_a_unit_that_is_not_committed_stores_nothing(store: Store) -> None:
    with store.unit(TENANT) as unit:
        identifier = a_message(unit)

    with store.unit(TENANT) as unit:
        assert inbox.message(unit, identifier) is None


def test_a_message_is_given_to_one_worker_until_its_lease_ends(store: Store) -> None:
    with store.unit(TENANT) as unit:
        identifier = a_message(unit)
        first = _claim(unit)
        second = _claim(unit, "w2")
        after = inbox.claim_next(unit, "w2", SOON, SOON + timedelta(seconds=60))

    assert first is not None
    assert first.message.id == identifier
    assert second is None
    assert after is not None
    assert after.message.attempts == 2


def test_a_worker_that_lost_its_lease_cannot_settle(store: Store) -> None:
    with store.unit(TENANT) as unit:
        a_message(unit)
        slow = _claim(unit)
        inbox.claim_next(unit, "w2", SOON, SOON + timedelta(seconds=60))

        assert slow is not None
        assert inbox.settle(unit, slow, MessageState.READ) is False


def test_a_lane_waits_for_its_head_and_other_lanes_pass(store: Store) -> None:
    with store.unit(TENANT) as unit:
        head = a_message(unit, lane="patient-1")
        behind = a_message(unit, lane="patient-1")
        other = a_message(unit, lane="patient-2")
        first, second, third = _claim(unit), _claim(unit, "w2"), _claim(unit, "w3")
        assert first is not None
        assert inbox.settle(unit, first, MessageState.READ)
        after = _claim(unit, "w3")

    assert first.message.id == head
    assert second is not None
    assert second.message.id == other
    assert third is None
    assert after is not None
    assert after.message.id == behind


def test_a_parked_head_holds_its_lane(store: Store) -> None:
    with store.unit(TENANT) as unit:
        a_message(unit, lane="patient-1")
        a_message(unit, lane="patient-1")
        first = _claim(unit)
        assert first is not None
        inbox.settle(unit, first, MessageState.PARKED, error="defect")

        assert _claim(unit, "w2") is None
        assert inbox.reopen(unit, first.message.id)
        again = _claim(unit, "w2")
        assert again is not None
        assert again.message.id == first.message.id


def test_a_message_that_waits_for_its_next_attempt_is_not_claimed_early(store: Store) -> None:
    with store.unit(TENANT) as unit:
        a_message(unit)
        first = _claim(unit)
        assert first is not None
        inbox.settle(unit, first, MessageState.RECEIVED, not_before=SOON)

        assert _claim(unit, "w2") is None
        assert _claim(unit, "w2", SOON) is not None


def test_an_answer_is_kept_for_a_repetition(store: Store) -> None:
    with store.unit(TENANT) as unit:
        identifier = a_message(unit, dedupe_key="K1")
        inbox.answered(unit, identifier, Acknowledgement.ACCEPTED, b"MSA|AA")

        found = inbox.message_keyed(unit, "mllp", "K1")

    assert found is not None
    assert found[0].id == identifier
    assert found[1] == b"MSA|AA"


def test_workers_at_once_take_each_message_exactly_once(store: Store) -> None:
    with store.unit(TENANT) as unit:
        expected = {a_message(unit, lane=f"p{number % 5}") for number in range(40)}
        unit.commit()
    taken: list[str] = []

    def work(name: str) -> None:
        for turn in range(400):
            now = datetime.now(UTC)
            with store.unit(TENANT) as unit:
                claimed = inbox.claim_next(unit, f"{name}-{turn}", now, now + timedelta(hours=1))
                if claimed is not None:
                    inbox.settle(unit, claimed, MessageState.READ)
                unit.commit()
            if claimed is None:
                with store.unit(TENANT) as unit:
                    if inbox.waiting(unit) == 0:
                        return
                continue
            taken.append(claimed.message.id)

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == len(expected)
    assert set(taken) == expected
