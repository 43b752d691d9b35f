"""A failure has a kind, and the kind decides what may happen next."""

from datetime import timedelta

import pytest
from messages import Clock, a_bundle, a_context, a_request, current

from engine.outcomes import ATTEMPTS, FIRST_DELAY, LONGEST_DELAY, OUTCOMES, delay_before
from engine.pipeline.receive import receive
from engine.store.unit import Store
from engine.workers import loop
from schemas.errors import Doubtful, EngineError, Kind, Refused, Unavailable
from schemas.message import MessageState


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Refused("rule"), MessageState.REFUSED),
        (Unavailable("away"), MessageState.RECEIVED),
        (Doubtful("perhaps"), MessageState.PARKED),
    ],
)
def test_the_kind_of_a_failure_decides(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, error: EngineError, state: MessageState
) -> None:
    context = a_context(sqlite_store)
    message = receive(context, a_bundle(a_request("A")), "import").message

    def fails(*_: object) -> MessageState:
        raise error

    monkeypatch.setattr(loop, "read", fails)
    loop.drain(context)

    after = current(context, message)
    assert after.state is state
    assert after.error == f"{error.kind.value}: {error}"


def test_a_transient_failure_is_tried_again_later_and_parked_in_the_end(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = a_context(sqlite_store)
    clock = context.clock
    assert isinstance(clock, Clock)
    message = receive(context, a_bundle(a_request("A")), "import").message

    def away(*_: object) -> MessageState:
        raise Unavailable("away")

    monkeypatch.setattr(loop, "read", away)
    assert loop.drain(context) == 1
    assert loop.drain(context) == 0
    for _ in range(ATTEMPTS):
        clock.now += timedelta(seconds=LONGEST_DELAY)
        loop.drain(context)

    after = current(context, message)
    assert after.state is MessageState.PARKED
    assert after.attempts == ATTEMPTS


def test_waits_double_and_are_bounded() -> None:
    assert [delay_before(attempt) for attempt in (1, 2, 3)] == [
        FIRST_DELAY,
        2 * FIRST_DELAY,
        4 * FIRST_DELAY,
    ]
    assert delay_before(50) == LONGEST_DELAY


def test_every_kind_of_failure_has_its_outcome() -> None:
    assert set(OUTCOMES) == set(Kind)
