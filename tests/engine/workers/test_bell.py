"""A bell through any broker ends in the same stored rows; a lost bell loses nothing."""

import os
import time
import uuid

import pytest
from messages import a_bundle, a_context, a_request, current, open_items
from servers import amqp_url, redis_url

from engine.pipeline.context import Context
from engine.pipeline.receive import receive
from engine.pipeline.sweep import sweep
from engine.store.unit import Store
from engine.workers.bell import Bell
from schemas.message import Message, MessageState

PATIENCE = 20.0


def _url(kind: str) -> str | None:
    if kind == "embedded":
        return None
    url = amqp_url() if kind == "rabbitmq" else redis_url()
    if url is None:
        message = f"no {kind} on loopback: start it, or set SEMAINIER_TEST_AMQP / _REDIS"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return url


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("rabbitmq", marks=pytest.mark.broker),
        pytest.param("redis", marks=pytest.mark.broker),
    ]
)
def broker(request: pytest.FixtureRequest) -> str | None:
    return _url(request.param)


@pytest.fixture
def context(store: Store) -> Context:
    return a_context(store)


def _settled(context: Context, messages: list[Message]) -> list[MessageState]:
    until = time.monotonic() + PATIENCE
    while True:
        states = [current(context, message).state for message in messages]
        if MessageState.RECEIVED not in states or time.monotonic() > until:
            return states
        time.sleep(0.02)


def test_what_is_rung_for_is_worked_on(context: Context, broker: str | None) -> None:
    bell = Bell(context, broker, queue=f"test-{uuid.uuid4().hex[:8]}")
    bell.start()
    receipts = [
        receive(context, a_bundle(a_request(f"L{n}"), group=f"G{n}", bundle=f"B{n}"), "import")
        for n in range(5)
    ]
    received = [receipt.message for receipt in receipts]
    for message in received:
        bell.ring(message.id)

    states = _settled(context, received)
    bell.stop()

    assert states == [MessageState.READ] * 5
    assert len(open_items(context)) == 5


def test_a_bell_that_nobody_heard_is_rung_again_by_the_sweep(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    message = receive(context, a_bundle(a_request("A")), "import").message
    bell = Bell(context)
    bell.start()

    assert sweep(context) == 1
    bell.ring("sweep")
    bell.wait()
    bell.stop()

    assert current(context, message).state is MessageState.READ
    assert sweep(context) == 0


def test_ringing_twice_stores_once(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    message = receive(context, a_bundle(a_request("A")), "import").message
    bell = Bell(context)
    bell.start()

    for _ in range(3):
        bell.ring(message.id)
    bell.wait()
    bell.stop()

    assert len(open_items(context)) == 1
