"""MLLP to a receiver: one block out, its answer in, on a connection that stays open.

A connection on which an answer is missing, late or about another message is closed: else that
answer would be taken for the one to the next message, which is another patient's.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.outcomes import kind_told
from engine.transports.framing import ACK, END, NAK, START, STOP, Block, Framer, NotFramed
from engine.transports.tls import ClientTls, client_context
from schemas.connector import Told
from schemas.errors import Doubtful, Kind, Refused, Unavailable

PIECE = 64 * 1024
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer."""

LOOK = 0.001
"""Seconds of a look whether an open connection was ended, or says something unasked."""

SECOND_THOUGHT = 1.0
"""Seconds in which a receiver may still refuse our certificate: TLS 1.3 does so after the
handshake (RFC 8446 §4.4.2.4)."""

Teller = Callable[[bytes], Told | None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages go, and how many seconds a connection and an answer may take."""

    host: str
    port: int
    tls: ClientTls | None = None
    connect: float = 10.0
    answer: float = 30.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to our message, byte for byte. `trouble` is `None` when it was taken."""

    answer: bytes
    code: str
    trouble: Kind | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a connection shows: the version and cipher of TLS, the receiver's certificate."""

    tls: str | None = None
    cipher: str | None = None
    names: tuple[str, ...] = ()
    expires_at: datetime | None = None


class MllpSender:
    """Sends to one receiver, one message at a time, in the order of the calls.

    `teller` reads the code and the control id of an answer.
    """

    def __init__(self, receiver: Receiver, teller: Teller) -> None:
        self._receiver = receiver
        self._teller = teller
        self._lock = asyncio.Lock()
        self._streams: Streams | None = None

    async def send(self, message: bytes, control_id: str) -> Receipt:
        """The receiver's answer to this message, whatever it says.

        Raises: `Unavailable` when nothing was sent, or the receiver says that it kept nothing;
        `Doubtful` when it was sent and no answer to it came; `Refused` for bytes that cannot be
        framed. After each of them the connection is closed.
        """
        if START in message or STOP in message:
            raise Refused("message: must not hold the bytes that frame it")
        async with self._lock:
            reader, writer = await self._connected()
            try:
                async with asyncio.timeout(self._receiver.answer):
                    writer.write(START + message + END)
                    await writer.drain()
                    receipt = await self._answer(reader, control_id)
            except TimeoutError:
                self._drop()
                raise Doubtful("receiver: sent no answer in time") from None
            except (OSError, NotFramed):
                self._drop()
                raise Doubtful("receiver: ended the connection without an answer") from None
            except BaseException:
                self._drop()
                raise
            return receipt

    async def close(self) -> None:
        """End the connection; the next message opens another."""
        async with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _connected(self) -> Streams:
        """The open connection when nothing happened on it since, else a new one."""
        if self._streams is not None and not await _is_quiet(self._streams[0]):
            self._drop()
        if self._streams is None:
            self._streams = await connect(self._receiver)
        return self._streams

    async def _answer(self, reader: asyncio.StreamReader, control_id: str) -> Receipt:
        framer = Framer(LARGEST_ANSWER)
        while piece := await reader.read(PIECE):
            blocks = framer.feed(piece)
            for block in blocks:
                if block.content == ACK:
                    continue  # release 2: it is stored there, what became of it comes next
                if block.content == NAK:
                    raise Unavailable("receiver: could not store it (NAK)")
                receipt = self._receipt(block, control_id)
                if _says_more(blocks, framer):
                    self._drop()
                return receipt
        raise NotFramed("no answer")

    def _receipt(self, block: Block, control_id: str) -> Receipt:
        told = None if block.too_large else self._teller(block.data)
        if told is None:
            raise Doubtful("receiver: answered with something that is no acknowledgment")
        if told.control_id != control_id:
            raise Doubtful("receiver: acknowledged another message (MSA-2)")
        return Receipt(block.data, told.code, kind_told(told.code))


def _says_more(blocks: Iterator[Block], framer: Framer) -> bool:
    """Whether something unasked came behind the answer."""
    try:
        return next(blocks, None) is not None or framer.open_bytes > 0
    except NotFramed:
        return True


async def _is_quiet(reader: asyncio.StreamReader) -> bool:
    """Whether the other side neither ended the connection nor wrote unasked."""
    try:
        async with asyncio.timeout(LOOK):
            await reader.read(PIECE)
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


async def connect(receiver: Receiver) -> Streams:
    """A connection, encrypted where that is asked for. Raises: `Unavailable` that says why not."""
    tls = receiver.tls
    try:
        async with asyncio.timeout(receiver.connect):
            reader, writer = await asyncio.open_connection(
                receiver.host,
                receiver.port,
                ssl=client_context(tls) if tls else None,
                server_hostname=(tls.name or receiver.host) if tls else None,
            )
    except TimeoutError:
        raise Unavailable("receiver: no connection in time") from None
    except OSError as error:
        raise Unavailable(f"receiver: {_reason(error)}") from None
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return reader, writer


def _reason(error: OSError) -> str:
    """Why there is no connection, without addresses."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or "TLS failed").lower().replace("_", " ")
    if isinstance(error, socket.gaierror):
        return "the name of its host is not known"
    return os.strerror(error.errno) if error.errno else type(error).__name__


async def facts(receiver: Receiver) -> Facts:
    """What a connection to it shows; no message is sent.

    Raises: `Unavailable` when there is none, or it is ended at once, as a receiver does that
    wants another certificate of us.
    """
    async with _opened(receiver) as (reader, writer):
        try:
            async with asyncio.timeout(SECOND_THOUGHT):
                if not await reader.read(PIECE):
                    raise Unavailable("receiver: ends the connection at once")
        except TimeoutError:
            pass
        except OSError as error:
            raise Unavailable(f"receiver: {_reason(error)}") from None
        return _facts(writer.get_extra_info("ssl_object"))


@asynccontextmanager
async def _opened(receiver: Receiver) -> AsyncIterator[Streams]:
    streams = await connect(receiver)
    try:
        yield streams
    finally:
        streams[1].transport.abort()


def _facts(shown: ssl.SSLObject | None) -> Facts:
    if shown is None:
        return Facts()
    certificate = shown.getpeercert() or {}
    names = [str(each[1]) for each in certificate.get("subjectAltName", ()) if len(each) == 2]
    cipher = shown.cipher()
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return Facts(
        tls=shown.version(),
        cipher=cipher[0] if cipher else None,
        names=tuple(names),
        expires_at=datetime.fromtimestamp(ends, UTC),
    )
