"""A sender and a receiver that does everything wrong, over real TCP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from certificates import Authority

from connectors.hl7v2.told import told
from engine.outcomes import kind_told
from engine.transports.framing import ACK, END, NAK, START, STOP
from engine.transports.mllp import MllpSender, Receiver, facts
from engine.transports.tls import ClientTls, ServerTls, client_context, server_context
from schemas.errors import Doubtful, Kind, Refused, Unavailable

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
T = TypeVar("T")
HEAD = "MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301||ACK^O11^ACK|R1|P|2.5\r"
PATIENCE = 30


def message(name: str) -> bytes:
    return f"MSH|^~\\&|PHARM|X|EHPAD|LILAS|20260301||RRE^O12|{name}|P|2.5\r".encode()


def ack(name: str, code: str = "AA") -> bytes:
    return START + f"{HEAD}MSA|{code}|{name}\r".encode() + END


async def received(reader: asyncio.StreamReader) -> str:
    """The control id of the next message."""
    return (await reader.readuntil(END)).decode().split("|")[9]


async def well(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers each message as it should be."""
    while not reader.at_eof():
        writer.write(ack(await received(reader)))


@asynccontextmanager
async def a_receiver(*behaviours: Behaviour, tls: ServerTls | None = None) -> AsyncIterator[int]:
    """Each connection gets the next behaviour, then is closed; the last serves all others."""
    left = list(behaviours)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behave = left.pop(0) if len(left) > 1 else left[0]
        try:
            await behave(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    context = server_context(tls) if tls else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def scene(
    play: Callable[[MllpSender], Awaitable[T]], *behaviours: Behaviour, answer: float = 10.0
) -> T:
    """What the play gives with a sender to such a receiver."""

    async def whole() -> T:
        async with a_receiver(*behaviours) as port:
            sender = MllpSender(Receiver("127.0.0.1", port, answer=answer), told)
            try:
                return await play(sender)
            finally:
                await sender.close()

    return asyncio.run(asyncio.wait_for(whole(), PATIENCE))


def test_a_message_that_is_taken_gives_the_answer_byte_for_byte() -> None:
    receipt = scene(lambda sender: sender.send(message("C1"), "C1"), well)

    assert receipt.answer == ack("C1").removesuffix(b"\r")
    assert (receipt.code, receipt.trouble) == ("AA", None)


def test_messages_share_a_connection_and_keep_their_order() -> None:
    connections = []

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        await well(reader, writer)

    async def play(sender: MllpSender) -> list[bytes]:
        names = [f"C{number}" for number in range(10)]
        receipts = await asyncio.gather(*(sender.send(message(name), name) for name in names))
        return [receipt.answer for receipt in receipts]

    answers = scene(play, counted)

    assert answers == [ack(f"C{number}").removesuffix(b"\r") for number in range(10)]
    assert len(connections) == 1


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("AA", None),
        ("CA", None),
        ("AE", Kind.PERMANENT),
        ("CR", Kind.PERMANENT),
        ("AR", Kind.TRANSIENT),
        ("CE", Kind.TRANSIENT),
        ("", Kind.AMBIGUOUS),
        ("OK", Kind.AMBIGUOUS),
    ],
)
def test_the_code_of_the_answer_says_what_may_happen_next(code: str, trouble: Kind | None) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ack(await received(reader), code))

    receipt = scene(lambda sender: sender.send(message("C1"), "C1"), say)

    assert (receipt.code, receipt.trouble) == (code, trouble)
    assert kind_told(code) is trouble


def test_an_answer_that_comes_too_late_is_never_given_to_the_next_message() -> None:
    """nextgenhealthcare/connect#1441: the late answer was taken for that to the next message."""
    first_is_given_up = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = await received(reader)
        await first_is_given_up.wait()
        writer.write(ack(name))
        writer.write(ack(await received(reader)))

    async def play(sender: MllpSender) -> tuple[str, bytes]:
        with pytest.raises(Doubtful, match="no answer in time"):
            await sender.send(message("C1"), "C1")
        first_is_given_up.set()
        receipt = await sender.send(message("C2"), "C2")
        return receipt.code, receipt.answer

    assert scene(play, late, well, answer=0.3) == ("AA", ack("C2").removesuffix(b"\r"))


def test_an_answer_to_another_message_closes_the_connection() -> None:
    closed = asyncio.Event()

    async def wrong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(ack("C0"))
        if await reader.read() == b"":
            closed.set()

    async def hears(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await wrong(reader, writer)
        except ConnectionError:
            closed.set()

    async def play(sender: MllpSender) -> str:
        with pytest.raises(Doubtful, match="another message"):
            await sender.send(message("C1"), "C1")
        await closed.wait()
        return (await sender.send(message("C2"), "C2")).code

    assert scene(play, hears, well) == "AA"


async def _silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await received(reader)
    await reader.read()


async def _ends(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await received(reader)


async def _resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await received(reader)
    writer.transport.abort()


def _says(data: bytes) -> Behaviour:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(data)

    return say


@pytest.mark.parametrize(
    "behaviour",
    [
        _silence,
        _ends,
        _resets,
        _says(ack("C1")[:-10]),
        _says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        _says(b"hello" + END),
        _says(START + END),
        _says(START + b"hello" + END),
        _says(START + HEAD.encode() + END),
        _says(ack("")),
        _says(ack("c1")),
        _says(ack("C1").removesuffix(END)),
        _says(START + b"x" * 17_000_000),
    ],
)
def test_a_message_that_was_sent_and_not_answered_is_in_doubt(behaviour: Behaviour) -> None:
    """Nobody sends it again blindly; the next message has a connection of its own."""

    async def play(sender: MllpSender) -> str:
        with pytest.raises(Doubtful):
            await sender.send(message("C1"), "C1")
        return (await sender.send(message("C2"), "C2")).code

    assert scene(play, behaviour, well, answer=1.0) == "AA"


def test_an_answer_in_single_bytes_after_stray_ones_is_read() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"\r\n" + ack(await received(reader)):
            writer.write(bytes([byte]))
            await writer.drain()

    assert scene(lambda sender: sender.send(message("C1"), "C1"), slow).code == "AA"


def test_an_answer_without_its_last_carriage_return_is_not_waited_for() -> None:
    async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ack(await received(reader)).removesuffix(END) + STOP)
        await reader.read()

    assert scene(lambda sender: sender.send(message("C1"), "C1"), short).code == "AA"


def test_a_commit_of_release_2_is_not_the_answer() -> None:
    async def commits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = await received(reader)
        writer.write(START + ACK + END + ack(name))

    assert scene(lambda sender: sender.send(message("C1"), "C1"), commits).code == "AA"


def test_a_refused_commit_of_release_2_may_be_tried_again() -> None:
    with pytest.raises(Unavailable, match="NAK"):
        scene(lambda sender: sender.send(message("C1"), "C1"), _says(START + NAK + END))


def test_a_connection_that_the_receiver_ended_meanwhile_is_opened_again() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ack(await received(reader)))

    async def play(sender: MllpSender) -> list[str]:
        codes = []
        for name in ("C1", "C2", "C3"):
            codes.append((await sender.send(message(name), name)).code)
            reader = sender._streams[0] if sender._streams else None
            while reader is not None and not reader.at_eof():
                await asyncio.sleep(0.001)
        return codes

    assert scene(play, once) == ["AA", "AA", "AA"]


@pytest.mark.parametrize("more", [ack("C2", "AE"), START + b"half", b"hello" + END])
@pytest.mark.parametrize("together", [True, False])
def test_what_a_receiver_says_unasked_is_not_the_answer_to_the_next_message(
    more: bytes, together: bool
) -> None:
    answered, said = asyncio.Event(), asyncio.Event()

    async def talks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = ack(await received(reader))
        writer.write(first + more if together else first)
        await answered.wait()
        if not together:
            writer.write(more)
        said.set()
        await reader.read()

    async def play(sender: MllpSender) -> str:
        assert (await sender.send(message("C1"), "C1")).code == "AA"
        answered.set()
        await said.wait()
        return (await sender.send(message("C2"), "C2")).code

    assert scene(play, talks, well) == "AA"


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def play() -> None:
        async with a_receiver(well) as port:
            pass
        await MllpSender(Receiver("127.0.0.1", port), told).send(message("C1"), "C1")

    with pytest.raises(Unavailable, match="Connection refused"):
        asyncio.run(play())


def test_a_receiver_that_never_ends_the_handshake_was_sent_nothing(tmp_path: Path) -> None:
    trusted = ClientTls(authorities=Authority(tmp_path).file)

    async def play() -> None:
        async with a_receiver(_silence) as port:
            receiver = Receiver("127.0.0.1", port, tls=trusted, connect=0.3)
            await MllpSender(receiver, told).send(message("C1"), "C1")

    with pytest.raises(Unavailable, match="no connection in time"):
        asyncio.run(play())


@pytest.mark.parametrize("byte", [START, STOP])
def test_bytes_that_would_break_the_frame_are_not_sent(byte: bytes) -> None:
    with pytest.raises(Refused):
        scene(lambda sender: sender.send(message("C1") + byte, "C1"), well)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("theirs"))


@pytest.fixture(scope="module")
def server(theirs: Authority) -> ServerTls:
    made = theirs.sign("ehpad")
    return ServerTls(certificate=made.certificate, key=made.key, clients=theirs.file)


def over_tls(server: ServerTls, client: ClientTls, host: str = "127.0.0.1") -> str:
    async def play() -> str:
        async with a_receiver(well, tls=server) as port:
            sender = MllpSender(Receiver(host, port, tls=client, answer=2.0), told)
            try:
                return (await sender.send(message("C1"), "C1")).code
            finally:
                await sender.close()

    return asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_both_sides_show_their_certificates(theirs: Authority, server: ServerTls) -> None:
    ours = theirs.sign("pharmacy")
    client = ClientTls(authorities=theirs.file, certificate=ours.certificate, key=ours.key)

    assert over_tls(server, client) == "AA"


def test_a_receiver_with_another_name_or_authority_gets_nothing(
    theirs: Authority, server: ServerTls, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="mismatch"):
        over_tls(server, ClientTls(authorities=theirs.file, name="hospital"))
    with pytest.raises(Unavailable, match="certificate"):
        over_tls(server, ClientTls(authorities=Authority(tmp_path).file))
    with pytest.raises(Unavailable, match="certificate"):
        over_tls(server, ClientTls())


def test_a_receiver_that_wants_a_certificate_never_answers_one_without(
    theirs: Authority, server: ServerTls
) -> None:
    """TLS 1.3 refuses after the handshake, when the message may be on its way: it is in doubt."""
    with pytest.raises((Doubtful, Unavailable)):
        over_tls(server, ClientTls(authorities=theirs.file))


def test_facts_tell_version_names_and_end_of_the_certificate(
    theirs: Authority, server: ServerTls
) -> None:
    ours = theirs.sign("pharmacy-facts")
    client = ClientTls(authorities=theirs.file, certificate=ours.certificate, key=ours.key)

    async def play() -> None:
        async with a_receiver(well, tls=server) as port:
            shown = await facts(Receiver("127.0.0.1", port, tls=client))
            assert shown.tls == "TLSv1.3"
            assert shown.names == ("127.0.0.1", "ehpad")
            assert shown.expires_at is not None
            bare = Receiver("127.0.0.1", port, tls=ClientTls(authorities=theirs.file))
            with pytest.raises(Unavailable):
                await facts(bare)

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_facts_of_a_receiver_without_tls_are_none() -> None:
    async def play() -> None:
        async with a_receiver(well) as port:
            assert (await facts(Receiver("127.0.0.1", port))).tls is None

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_a_sender_never_speaks_below_tls_1_2() -> None:
    assert client_context(ClientTls()).minimum_version.name == "TLSv1_2"
