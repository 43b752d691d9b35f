"""A real TCP client speaks MLLP with the listener: framing, repetition, cuts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from messages import a_context

from engine.listeners.mllp import END, START, MllpListener
from engine.pipeline.answer import Promise
from engine.pipeline.context import Context
from engine.store import inbox
from engine.store.unit import Store
from engine.workers.bell import Bell
from schemas.message import MessageState

ORDER = (
    b"MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||RDE^O11^RDE_O11|%s|P|2.5|||AL|NE\r"
    b"PID|||%s^^^LILAS^PI||EXEMPLE^ODETTE||19380412|F\r"
    b"ORC|NW|P1^EHPAD|||||||20260301100000+0100|||99700067210^EXEMPLE^A\r"
    b"RXE||PRODUIT^PRODUIT 500 mg^L|1||comprime\r"
    b"TQ1|1||QAM|||||20260302|\rRXR|PO\r"
)
PLAIN = ORDER.replace(b"|||AL|NE", b"")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def _listening(context: Context, promise: Promise) -> AsyncIterator[int]:
    bell = Bell(context)
    bell.start()
    listener = MllpListener(context, bell, "mllp", 0, promise)
    port = await listener.start()
    try:
        yield port
    finally:
        await listener.stop()
        bell.stop()


def _talk(context: Context, talk: Talk, promise: Promise = Promise.ACCEPT) -> None:
    async def scene() -> None:
        async with _listening(context, promise) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.wait_for(talk(reader, writer), 20)
            writer.close()
            await writer.wait_closed()

    asyncio.run(scene())


async def _answer(reader: asyncio.StreamReader) -> bytes:
    return (await reader.readuntil(END)).removeprefix(START).removesuffix(END)


def _states(context: Context) -> list[MessageState]:
    with context.store.unit(context.tenant) as unit:
        return [message.state for message in inbox.listed(unit)]


def test_a_message_is_kept_before_it_is_acknowledged(store: Store) -> None:
    context = a_context(store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + PLAIN % (b"C1", b"1") + END)
        assert b"MSA|AA|C1" in await _answer(reader)
        assert len(_states(context)) == 1

    _talk(context, talk)


def test_a_sender_that_fills_msh_15_out_of_habit_gets_aa_from_an_original_channel(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + ORDER % (b"C1", b"1") + END)
        assert b"MSA|AA|C1" in await _answer(reader)

    _talk(context, talk)


def test_an_enhanced_channel_answers_as_msh_15_asks(sqlite_store: Store) -> None:
    plain = a_context(sqlite_store)
    channel = plain.settings.channels["mllp"].model_copy(update={"acknowledgment": "enhanced"})
    settings = plain.settings.model_copy(update={"channels": {"mllp": channel}})
    context = replace(plain, settings=settings)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + ORDER % (b"C1", b"1") + END)
        assert b"MSA|CA|C1" in await _answer(reader)

    _talk(context, talk)


def test_processed_answers_when_the_schedule_is_stored(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + PLAIN % (b"C1", b"1") + END)
        assert b"MSA|AA|C1" in await _answer(reader)
        assert _states(context) == [MessageState.READ]

    _talk(context, talk, Promise.PROCESSED)


def test_a_refused_message_is_told_so_when_processed(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + b"MSH|^~\\&|A|B|C|D|20260301||SIU^S12|C9|P|2.5\rPID|||1\r" + END)
        assert b"MSA|AR|C9" in await _answer(reader)
        assert _states(context) == [MessageState.REFUSED]

    _talk(context, talk, Promise.PROCESSED)


def test_a_strict_channel_refuses_with_the_place_and_the_kind_of_each_fault(
    sqlite_store: Store,
) -> None:
    plain = a_context(sqlite_store)
    channel = plain.settings.channels["mllp"].model_copy(update={"conformance": "strict"})
    settings = plain.settings.model_copy(update={"channels": {"mllp": channel}})
    context = replace(plain, settings=settings)
    broken = PLAIN.replace(b"|1||comprime", b"|une||comprime") + b"ZPI|1\r"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + broken % (b"C1", b"1") + END)
        _, msa, *errors = (await _answer(reader)).decode().split("\r")[:-1]
        assert msa.startswith("MSA|AE|C1|")
        assert ["|".join(error.split("|")[:5]) for error in errors] == [
            "ERR||RXE^1^3^1|102^Data type error^HL70357|E",
            "ERR||ZPI^1|100^Segment sequence error^HL70357|E",
        ]
        assert _states(context) == [MessageState.REFUSED]

    _talk(context, talk, Promise.PROCESSED)


def test_a_repetition_gets_the_first_answer_bit_for_bit(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        block = START + PLAIN % (b"C1", b"1") + END
        writer.write(block)
        first = await _answer(reader)
        writer.write(block)
        assert await _answer(reader) == first
        assert len(_states(context)) == 1

    _talk(context, talk)


def test_a_control_id_used_for_other_bytes_is_not_accepted(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + PLAIN % (b"C1", b"1") + END)
        await _answer(reader)
        writer.write(START + PLAIN % (b"C1", b"2") + END)
        assert b"MSA|AE|C1" in await _answer(reader)

    _talk(context, talk)


def test_blocks_sent_together_and_in_pieces_are_answered_in_order(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = b"".join(START + PLAIN % (name, name) + END for name in (b"C1", b"C2", b"C3"))
        for start in range(0, len(stream), 7):
            writer.write(stream[start : start + 7])
            await writer.drain()
        for name in (b"C1", b"C2", b"C3"):
            assert b"|" + name in await _answer(reader)

    _talk(context, talk)


def test_a_block_that_is_cut_is_neither_kept_nor_acknowledged(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + PLAIN % (b"C1", b"1"))
        writer.write_eof()
        assert await reader.read() == b""

    _talk(context, talk)
    assert _states(context) == []


def test_bytes_without_a_start_end_the_connection(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET / HTTP/1.1\r\n\r\n" + END)
        assert await reader.read() == b""

    _talk(context, talk)
    assert _states(context) == []


@pytest.mark.parametrize("junk", [b"\x00", b"\xff" * 100, b"MSH", b"MSH|^~\\&"])
def test_a_framed_block_of_anything_is_kept_and_answered(
    sqlite_store: Store, junk: bytes, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(START + junk + END)
        writer.write(START + PLAIN % (b"C1", b"1") + END)
        while b"MSA|AA|C1" not in await _answer(reader):
            continue

    _talk(context, talk)
    assert len(_states(context)) == 2
