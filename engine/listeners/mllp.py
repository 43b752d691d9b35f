"""MLLP: one block a message, answered in order on the same connection.

The next block of a connection is looked at when the one before it is answered, so a sender that
writes faster is held back by TCP, and a listener never holds more than one block a connection.
"""

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ssl import SSLContext

from engine.pipeline.answer import PATIENCE, Promise, answer
from engine.pipeline.context import Context
from engine.pipeline.receive import receive
from engine.pipeline.trouble import as_trouble, rejection
from engine.transports.framing import ACK, END, LARGEST, NAK, START, Block, Framer, NotFramed
from engine.workers.bell import Bell
from schemas.errors import Refused

PIECE = 64 * 1024
"""Bytes that are read from a connection at once."""

LAST_LOOK = 0.2
"""Seconds in which a block that lies in the buffer is still taken when the listener ends."""

LAST_ANSWERS = PATIENCE + 5.0
"""Seconds that the work in hand may take when the listener ends."""

THREADS = 16
"""Messages of one channel that are kept or waited for at once; another channel has its own."""

HANDSHAKE, GOODBYE = 10.0, 5.0
"""Seconds for a TLS handshake, and for the last bytes of a connection that is closed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one channel takes: bytes of a block, seconds without a byte, connections at once."""

    largest: int = LARGEST
    idle: float = 600.0
    connections: int = 200


class MllpListener:
    """Listens for one channel. `port` 0 takes a free one; `start` says which."""

    def __init__(
        self,
        context: Context,
        bell: Bell,
        channel: str,
        port: int,
        promise: Promise,
        limits: Limits | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self._context = context
        self._bell = bell
        self._channel = channel
        self._port = port
        self._promise = promise
        self._limits = limits or Limits()
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"mllp-{channel}")
        self._ending = False
        self._open: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.Timeout] = set()

    async def start(self, host: str = "127.0.0.1") -> int:
        """Listen from now on; the port. Raises: `OSError` when it cannot be taken."""
        self._server = await asyncio.start_server(
            self._accept,
            host,
            self._port,
            ssl=self._tls,
            ssl_handshake_timeout=HANDSHAKE if self._tls else None,
            ssl_shutdown_timeout=GOODBYE if self._tls else None,
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Take no new connection and no new block; those received whole are still answered."""
        self._ending = True
        if self._server is None:
            return
        self._server.close()
        for wait in self._waiting:
            wait.reschedule(asyncio.get_running_loop().time() + LAST_LOOK)
        if self._open:
            await asyncio.wait(set(self._open), timeout=LAST_ANSWERS)
        await self._server.wait_closed()
        self._threads.shutdown(wait=False)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve the connection, or end it at once where there are too many: nothing was taken."""
        if self._ending or len(self._open) >= self._limits.connections:
            log.warning("mllp.refused", extra={"channel": self._channel, "open": len(self._open)})
            writer.close()
            return
        # A sender whose machine is gone does not say so: the system asks now and then.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framer = Framer(self._limits.largest)
        try:
            await self._talk(framer, reader, writer)
        except (NotFramed, OSError) as error:
            reason = str(error) if isinstance(error, NotFramed) else type(error).__name__
            log.warning("mllp.closed", extra={"channel": self._channel, "reason": reason})
        finally:
            self._tell_cut(framer.open_bytes)
            await _close(writer)

    async def _talk(
        self, framer: Framer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Block after block, until the sender or the listener ends."""
        while not self._ending and (piece := await self._piece(reader)):
            for block in framer.feed(piece):
                self._tell_cut(block.cut)
                if block.stray:
                    told = {"channel": self._channel, "bytes": block.stray}
                    log.warning("mllp.stray", extra=told)
                if block.content in (ACK, NAK):
                    continue  # a commit of release 2: we sent nothing that it could be about
                reply = await self._answer(block)
                if reply is None:
                    return
                if reply:
                    async with asyncio.timeout(self._limits.idle):
                        writer.write(START + reply + END)
                        await writer.drain()

    def _tell_cut(self, size: int) -> None:
        """A block without its end is neither kept nor acknowledged: its sender has it still."""
        if size:
            log.warning("mllp.cut", extra={"channel": self._channel, "bytes": size})

    async def _piece(self, reader: asyncio.StreamReader) -> bytes:
        """The next bytes; none when the sender or the listener ends. Raises: `TimeoutError`."""
        try:
            async with asyncio.timeout(self._limits.idle) as wait:
                self._waiting.add(wait)
                return await reader.read(PIECE)
        except TimeoutError:
            if self._ending:
                return b""
            raise
        finally:
            self._waiting.discard(wait)

    async def _answer(self, block: Block) -> bytes | None:
        """What the sender is told. Trouble with one block is an answer, never the listener's end.

        `None` when not even a negative answer can be written: the connection ends then.
        """
        run = asyncio.get_running_loop().run_in_executor
        [said] = await asyncio.gather(run(self._threads, self._take, block), return_exceptions=True)
        if isinstance(said, bytes):
            return said
        trouble = as_trouble(said)
        log.warning(
            "mllp.trouble",
            extra={"channel": self._channel, "kind": trouble.kind.value, "rule": str(trouble)},
        )
        [told] = await asyncio.gather(
            run(self._threads, rejection, self._context, block.data, self._channel, trouble),
            return_exceptions=True,
        )
        return told if isinstance(told, bytes) else None

    def _take(self, block: Block) -> bytes:
        """Keep the block with its frame, which proves that it is whole; its answer.

        Raises: `Refused` for one that is too large, of which nothing is kept.
        """
        if block.too_large:
            raise Refused(f"message: must have {self._limits.largest} bytes at most")
        receipt = receive(self._context, block.data, self._channel)
        self._bell.ring(receipt.message.id)
        return answer(self._context, receipt, block.data, self._promise)


async def _close(writer: asyncio.StreamWriter) -> None:
    """End a connection; one whose last bytes nobody takes is cut off."""
    writer.close()
    try:
        async with asyncio.timeout(GOODBYE):
            await writer.wait_closed()
    except OSError:
        writer.transport.abort()
