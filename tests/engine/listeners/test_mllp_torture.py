"""What senders and networks do to an MLLP listener, each done by a real TCP client."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
from messages import a_context

from connectors.hl7v2.told import told
from engine.listeners.mllp import THREADS, Limits, MllpListener
from engine.pipeline import answer as answering
from engine.pipeline.answer import Promise
from engine.pipeline.context import Context
from engine.store import inbox
from engine.store.unit import Store
from engine.transports.framing import END, START, STOP
from engine.transports.mllp import MllpSender, Receipt, Receiver
from engine.workers.bell import Bell
from schemas.message import Message, MessageState

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]
PATIENCE = 30


def order(name: str, patient: str = "EXEMPLE^ODETTE", charset: str = "") -> str:
    return (
        f"MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||RDE^O11^RDE_O11|{name}|P|2.5"
        f"||||||{charset}\r"
        f"PID|||{name}^^^LILAS^PI||{patient}||19380412|F\r"
        "ORC|NW|P1^EHPAD|||||||20260301100000+0100|||99700067210^EXEMPLE^A\r"
        "RXE||PRODUIT^PRODUIT 500 mg^L|1||comprime\r"
        "TQ1|1||QAM|||||20260302|\rRXR|PO\r"
    )


def block(name: str) -> bytes:
    return START + order(name).encode() + END


@asynccontextmanager
async def listening(context: Context, limits: Limits | None = None) -> AsyncIterator[int]:
    listener = MllpListener(context, Bell(context), "mllp", 0, Promise.ACCEPT, limits)
    port = await listener.start()
    try:
        yield port
    finally:
        await listener.stop()


def talk(context: Context, scene: Talk, limits: Limits | None = None) -> None:
    async def whole() -> None:
        async with listening(context, limits) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.wait_for(scene(reader, writer), PATIENCE)
            writer.close()

    asyncio.run(whole())


async def answer(reader: asyncio.StreamReader) -> str:
    """MSA of the next answer."""
    framed = await reader.readuntil(END)
    assert framed.startswith(START)
    return framed.decode().split("\r")[1]


def kept(context: Context) -> list[Message]:
    with context.store.unit(context.tenant) as unit:
        return sorted(inbox.listed(unit), key=lambda message: message.control_id or "")


def names(context: Context) -> list[str | None]:
    return [message.control_id for message in kept(context)]


def raw(context: Context, message: Message) -> bytes:
    with context.store.unit(context.tenant) as unit:
        return inbox.raw_of(unit, message.id) or b""


def test_several_messages_in_one_write_are_each_answered_in_order(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    sent = [f"C{number:03}" for number in range(40)]

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(block(name) for name in sent))
        assert [await answer(reader) for _ in sent] == [f"MSA|AA|{name}" for name in sent]

    talk(context, scene)
    assert names(context) == sent


def test_one_byte_at_a_time_is_one_message(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in block("C1"):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert await answer(reader) == "MSA|AA|C1"

    talk(context, scene)
    assert names(context) == ["C1"]


def test_a_sender_that_closes_its_half_still_gets_its_answers(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(block("C1") + block("C2"))
        writer.write_eof()
        assert [await answer(reader), await answer(reader)] == ["MSA|AA|C1", "MSA|AA|C2"]
        assert await reader.read() == b""

    talk(context, scene)


def test_a_sender_that_vanishes_in_a_block_leaves_what_was_whole(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(block("C1") + block("C2")[:-40])
        assert await answer(reader) == "MSA|AA|C1"
        writer.transport.abort()

    with caplog.at_level(logging.WARNING):
        talk(context, scene)
    assert names(context) == ["C1"]
    assert "mllp.cut" in caplog.messages


@pytest.mark.parametrize("between", [b"", b"\r", b"\r\n\r\n", b"\x1c\r", b"MSH|lost\r"])
def test_bytes_between_blocks_change_nothing(sqlite_store: Store, between: bytes) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(between + block("C1") + between + block("C2"))
        assert [await answer(reader), await answer(reader)] == ["MSA|AA|C1", "MSA|AA|C2"]

    talk(context, scene)
    assert names(context) == ["C1", "C2"]
    assert [raw(context, message)[:4] for message in kept(context)] == [b"\x0bMSH", b"\x0bMSH"]


def test_an_end_without_its_carriage_return_is_answered_at_once(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for name in ("C1", "C2"):
            writer.write(START + order(name).encode() + STOP)
            assert await answer(reader) == f"MSA|AA|{name}"

    talk(context, scene)


def test_half_a_message_before_a_whole_one_is_never_read_as_a_message(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    half = START + order("C1").encode()[:-30]

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(half + block("C2"))
        assert await answer(reader) == "MSA|AA|C2"

    talk(context, scene)
    assert names(context) == ["C2"]
    assert b"|C1|" not in raw(context, kept(context)[0])


def test_a_start_inside_a_text_is_kept_as_sent(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    odd = START + order("C1", "EXEMPLE^ODE\x0bTTE").encode() + STOP

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(odd + b"\r")
        assert await answer(reader) == "MSA|AA|C1"

    talk(context, scene)
    assert raw(context, kept(context)[0]) == odd


def test_a_block_without_its_end_is_given_up_when_nothing_comes_any_more(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + order("C1").encode())
        assert await reader.read() == b""

    with caplog.at_level(logging.WARNING):
        talk(context, scene, Limits(idle=0.2))
    assert names(context) == []
    assert {"mllp.cut", "mllp.closed"} <= set(caplog.messages)


def test_an_idle_connection_is_closed_and_the_next_one_is_served(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def scene() -> None:
        async with listening(context, Limits(idle=0.2)) as port:
            idle, quiet = await asyncio.open_connection("127.0.0.1", port)
            assert await asyncio.wait_for(idle.read(), PATIENCE) == b""
            quiet.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(block("C1"))
            assert await answer(reader) == "MSA|AA|C1"
            writer.close()

    asyncio.run(scene())


def test_a_block_that_is_too_large_is_refused_and_the_next_one_is_taken(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    large = START + order("C1").encode() + b"NTE|1||" + b"x" * 2000 + b"\r" + END

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(large + block("C2"))
        assert await answer(reader) == "MSA|AE|C1"
        assert await answer(reader) == "MSA|AA|C2"

    talk(context, scene, Limits(largest=1000))
    assert names(context) == ["C2"]


def test_a_block_that_never_ends_ends_its_connection(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + b"x" * 5000)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)

    talk(context, scene, Limits(largest=1000))
    assert names(context) == []


def test_one_connection_too_many_is_ended_before_anything_is_taken(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    context = a_context(sqlite_store)

    async def scene() -> None:
        async with listening(context, Limits(connections=1)) as port:
            first, writing = await asyncio.open_connection("127.0.0.1", port)
            writing.write(block("C1"))
            assert await answer(first) == "MSA|AA|C1"
            second, refused = await asyncio.open_connection("127.0.0.1", port)
            assert await asyncio.wait_for(second.read(), PATIENCE) == b""
            refused.close()
            writing.write(block("C2"))
            assert await answer(first) == "MSA|AA|C2"
            writing.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scene())
    assert names(context) == ["C1", "C2"]
    assert caplog.messages.count("mllp.refused") == 1


def test_hundreds_of_connections_are_bounded_and_every_message_is_kept_once(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    sent = [f"C{number:03}" for number in range(300)]
    refused: list[str] = []
    most = 0

    async def deliver(port: int, name: str) -> None:
        """As a sender does: again until it is answered."""
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(block(name))
                assert await answer(reader) == f"MSA|AA|{name}"
                return
            except (asyncio.IncompleteReadError, ConnectionError):
                refused.append(name)
                await asyncio.sleep(0.05)
            finally:
                writer.close()

    async def scene() -> None:
        nonlocal most
        limits = Limits(connections=40)
        listener = MllpListener(context, Bell(context), "mllp", 0, Promise.ACCEPT, limits)
        port = await listener.start()
        senders = [asyncio.create_task(deliver(port, name)) for name in sent]
        while not all(task.done() for task in senders):
            most = max(most, len(listener._open))
            await asyncio.sleep(0.001)
        await asyncio.gather(*senders)
        await listener.stop()

    asyncio.run(asyncio.wait_for(scene(), 120))
    assert names(context) == sent
    assert most <= 40
    assert refused


@pytest.mark.parametrize(
    ("codec", "charset"),
    [("utf-8", "UNICODE UTF-8"), ("iso-8859-1", "8859/1"), ("iso-8859-15", "8859/15")],
)
def test_bytes_of_any_character_set_are_kept_as_they_were_sent(
    sqlite_store: Store, codec: str, charset: str
) -> None:
    context = a_context(sqlite_store)
    data = order("C1", "LEFÈVRE^ANAÏS" + ("Œ" if codec != "iso-8859-1" else ""), charset)
    framed = START + data.encode(codec) + STOP

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in framed:
            writer.write(bytes([byte]))
        assert await answer(reader) == "MSA|AA|C1"

    talk(context, scene)
    assert raw(context, kept(context)[0]) == framed


def test_an_answer_that_nobody_was_there_for_is_given_to_the_repetition(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    stored: list[bytes] = []

    async def scene() -> None:
        async with listening(context) as port:
            _, gone = await asyncio.open_connection("127.0.0.1", port)
            gone.write(block("C1"))
            await gone.drain()
            gone.transport.abort()
            while not kept(context):
                await asyncio.sleep(0.01)
            for _ in range(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(block("C1"))
                stored.append(await reader.readuntil(END))
                writer.close()

    asyncio.run(asyncio.wait_for(scene(), PATIENCE))
    [message] = kept(context)
    assert message.state is MessageState.RECEIVED
    assert b"MSA|AA|C1\r" in stored[0]
    assert stored[0] == stored[1]


def test_a_sender_that_reads_no_answer_is_cut_off(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = a_context(sqlite_store)
    monkeypatch.setattr(MllpListener, "_take", lambda _self, _block: b"x" * 4_000_000)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reader._transport.pause_reading()
        writer.write(block("C1") * 5)
        while "mllp.closed" not in caplog.messages:
            await asyncio.sleep(0.01)

    with caplog.at_level(logging.WARNING):
        talk(context, scene, Limits(idle=0.3))
    [closed] = [each for each in caplog.records if each.message == "mllp.closed"]
    assert closed.__dict__["reason"] == "TimeoutError"


def test_a_channel_whose_answers_wait_keeps_no_other_channel_waiting(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, processed = a_context(sqlite_store), threading.Event()

    def settled(_context: Context, message: Message) -> Message:
        processed.wait(PATIENCE)
        return message

    monkeypatch.setattr(answering, "settled", settled)

    async def scene() -> list[str]:
        slow = MllpListener(context, Bell(context), "mllp", 0, Promise.PROCESSED)
        port = await slow.start()
        waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2 * THREADS)]
        for number, (_, writer) in enumerate(waiting):
            writer.write(block(f"S{number:02}"))
        while len(kept(context)) < THREADS:
            await asyncio.sleep(0.01)
        async with listening(context) as other:
            reader, writer = await asyncio.open_connection("127.0.0.1", other)
            writer.write(block("C1"))
            assert await answer(reader) == "MSA|AA|C1"
            writer.close()
        processed.set()
        late = [await answer(reader) for reader, _ in waiting]
        for _, writer in waiting:
            writer.close()
        await slow.stop()
        return late

    late = asyncio.run(asyncio.wait_for(scene(), PATIENCE))
    assert late == [f"MSA|AR|S{number:02}" for number in range(2 * THREADS)]


def test_our_sender_and_our_listener_understand_each_other(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def scene() -> list[Receipt]:
        async with listening(context) as port:
            sender = MllpSender(Receiver("127.0.0.1", port), told)
            sent = ("C1", "C2", "C1")
            receipts = [await sender.send(order(name).encode(), name) for name in sent]
            await sender.close()
            return receipts

    first, second, again = asyncio.run(asyncio.wait_for(scene(), PATIENCE))
    assert [first.code, second.code] == ["AA", "AA"]
    assert again == first
    assert names(context) == ["C1", "C2"]


@pytest.mark.parametrize("commit", [b"\x06", b"\x15"])
def test_a_commit_block_of_release_2_is_no_message(sqlite_store: Store, commit: bytes) -> None:
    context = a_context(sqlite_store)

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + commit + END + block("C1"))
        assert await answer(reader) == "MSA|AA|C1"

    talk(context, scene)
    assert names(context) == ["C1"]


def test_two_connections_are_answered_each_for_its_own(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def deliver(port: int, own: list[str]) -> list[str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"".join(block(name) for name in own))
        told = [await answer(reader) for _ in own]
        writer.close()
        return told

    async def scene() -> None:
        sent = [[f"{letter}{number:02}" for number in range(15)] for letter in "ABCD"]
        async with listening(context) as port:
            told = await asyncio.gather(*(deliver(port, own) for own in sent))
        assert told == [[f"MSA|AA|{name}" for name in own] for own in sent]

    asyncio.run(asyncio.wait_for(scene(), PATIENCE))
