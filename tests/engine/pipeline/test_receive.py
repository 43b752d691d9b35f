"""Everything comes in by one door: kept before it is answered, and never twice."""

import threading
from datetime import timedelta

import pytest
from messages import Clock, a_bundle, a_context, a_request, current, taken_in

from engine.pipeline.receive import receive
from engine.store import inbox, prescriptions
from engine.store.unit import Store
from engine.workers.loop import drain
from schemas.errors import Refused
from schemas.finding import FindingCode
from schemas.message import MessageState

HL7 = (
    b"MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||ADT^A01^ADT_A01|%s|P|2.5\r"
    b"EVN||20260301100000\rPID|||%s^^^LILAS^PI||EXEMPLE^ODETTE||19380412|F\rPV1||I\r"
)


def test_the_bytes_are_committed_when_receive_returns(store: Store) -> None:
    context = a_context(store)
    data = a_bundle(a_request("A"))

    receipt = receive(context, data, "import")

    with store.unit(context.tenant) as unit:
        assert inbox.raw_of(unit, receipt.message.id) == data
    assert receipt.message.state is MessageState.RECEIVED


def test_the_same_bytes_again_are_the_same_message(store: Store) -> None:
    context = a_context(store)
    data = HL7 % (b"C1", b"1")
    first = receive(context, data, "mllp")

    again = receive(context, data, "mllp")

    assert again.repeated
    assert again.message.id == first.message.id


def test_a_control_id_used_for_other_bytes_is_refused_and_kept(store: Store) -> None:
    context = a_context(store)
    receive(context, HL7 % (b"C1", b"1"), "mllp")
    other = HL7 % (b"C1", b"2")

    refused = receive(context, other, "mllp")
    again = receive(context, other, "mllp")

    assert refused.message.state is MessageState.REFUSED
    assert again.repeated
    assert again.message.id == refused.message.id
    with store.unit(context.tenant) as unit:
        assert inbox.raw_of(unit, refused.message.id) == other
        [finding] = prescriptions.findings_of(unit, refused.message.id)
    assert finding.code is FindingCode.CONTROL_ID_REUSED


def test_the_same_control_id_on_another_channel_is_another_message(store: Store) -> None:
    context = a_context(store)
    data = HL7 % (b"C1", b"1")

    first, second = receive(context, data, "mllp"), receive(context, data, "import")

    assert first.message.id != second.message.id


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"hello", b"%PDF-1.7", b"<html/>"])
def test_bytes_of_no_format_are_refused_and_kept(sqlite_store: Store, data: bytes) -> None:
    context = a_context(sqlite_store)

    receipt = receive(context, data, "import")

    assert receipt.message.state is MessageState.REFUSED
    with sqlite_store.unit(context.tenant) as unit:
        assert inbox.raw_of(unit, receipt.message.id) == data
        [finding] = prescriptions.findings_of(unit, receipt.message.id)
    assert finding.code is FindingCode.FORMAT_UNKNOWN


def test_a_channel_of_one_format_refuses_another(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    receipt = receive(context, a_bundle(a_request("A")), "mllp")

    assert receipt.message.state is MessageState.REFUSED


def test_an_unknown_channel_is_refused_and_keeps_nothing(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    with pytest.raises(Refused, match="channel must be one of"):
        receive(context, b"MSH|", "nowhere")

    with sqlite_store.unit(context.tenant) as unit:
        assert list(inbox.listed(unit)) == []


def test_a_defect_of_ours_parks_the_message_and_replay_does_it_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.pipeline.replay import replay
    from engine.workers import loop

    context = a_context(sqlite_store)
    message = receive(context, a_bundle(a_request("A")), "import").message

    def broken(*_: object) -> MessageState:
        raise ZeroDivisionError("PRODUIT A of EXEMPLE Odette")

    with monkeypatch.context() as patched:
        patched.setattr(loop, "read", broken)
        loop.drain(context)
    parked = current(context, message)
    replay(context, message.id, "pharm")
    loop.drain(context)

    assert parked.state is MessageState.PARKED
    assert parked.error == "defect: ZeroDivisionError"
    assert current(context, message).state is MessageState.READ


def test_a_message_that_was_read_is_not_replayed(sqlite_store: Store) -> None:
    from engine.pipeline.replay import replay

    context = a_context(sqlite_store)
    message = taken_in(context, a_bundle(a_request("A")))

    with pytest.raises(Refused, match="only a parked or refused"):
        replay(context, message.id, "pharm")


def test_one_message_on_many_connections_at_once_is_kept_once(store: Store) -> None:
    context = a_context(store)
    data = HL7 % (b"C1", b"1")
    start = threading.Barrier(6)
    ids: list[str] = []

    def send() -> None:
        start.wait()
        ids.append(receive(context, data, "mllp").message.id)

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert len(ids) == 6
    assert len(set(ids)) == 1


def test_versions_worked_on_at_once_end_as_two_versions(store: Store) -> None:
    context = a_context(store)
    messages = [
        receive(context, a_bundle(a_request("A"), bundle=f"B{number}"), "import").message
        for number in range(4)
    ]
    clock = context.clock
    assert isinstance(clock, Clock)
    workers = [threading.Thread(target=drain, args=(context,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for _ in range(4):
        clock.now += timedelta(hours=1)
        drain(context)

    assert {current(context, message).state for message in messages} == {MessageState.READ}
    with store.unit(context.tenant) as unit:
        found = [prescriptions.of_message(unit, message.id) for message in messages]
        versions = [prescriptions.prescription(unit, each[0]) for each in found]
    assert sorted(stored.version for stored in versions if stored) == [1, 2, 3, 4]
