"""MLLP: one block a message, answered in order on the same connection.

Source: HL7 Transport Specification MLLP release 1: <VT> data <FS><CR>. The last <CR> is not
waited for, because some senders leave it out.
"""

import asyncio
import logging

from engine.pipeline.answer import PATIENCE, Promise, answer
from engine.pipeline.context import Context
from engine.pipeline.receive import receive
from engine.pipeline.trouble import as_trouble, rejection
from engine.workers.bell import Bell

START, STOP, END = b"\x0b", b"\x1c", b"\x1c\x0d"
LARGEST = 16 * 1024 * 1024
"""Bytes of one block; a longer one ends its connection, and nothing of it is acknowledged."""

IDLE = 600.0
"""Seconds without a byte after which a connection is closed."""

LAST_LOOK = 0.2
"""Seconds in which a block that lies in the buffer is still taken when the listener ends."""

LAST_ANSWERS = PATIENCE + 5.0
"""Seconds that the work in hand may take when the listener ends."""

log = logging.getLogger(__name__)


class MllpListener:
    """Listens for one channel. `port` 0 takes a free one; `start` says which."""

    def __init__(
        self, context: Context, bell: Bell, channel: str, port: int, promise: Promise
    ) -> None:
        self._context = context
        self._bell = bell
        self._channel = channel
        self._port = port
        self._promise = promise
        self._server: asyncio.Server | None = None
        self._ending = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()

    async def start(self, host: str = "127.0.0.1") -> int:
        """Listen from now on; the port."""
        self._server = await asyncio.start_server(
            self._serve, host, self._port, limit=LARGEST + len(STOP)
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Take no new connection and no new block; those received whole are still answered."""
        self._ending.set()
        if self._server is not None:
            self._server.close()
            if self._open:
                await asyncio.wait(self._open, timeout=LAST_ANSWERS)
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            await self._talk(reader, writer)
        except asyncio.IncompleteReadError as cut:
            if cut.partial.strip():
                log.warning("mllp.cut", extra={"channel": self._channel, "bytes": len(cut.partial)})
        except (asyncio.LimitOverrunError, TimeoutError, ConnectionError) as error:
            log.warning(
                "mllp.closed", extra={"channel": self._channel, "reason": type(error).__name__}
            )
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Block after block, until the sender or the listener ends."""
        while not self._ending.is_set():
            block = await self._block(reader)
            if block is None:
                return
            start = block.find(START)
            if start < 0:
                log.warning("mllp.unframed", extra={"channel": self._channel})
                return
            reply = await self._answer(block[start:])
            if reply is None:
                return
            if reply:
                writer.write(START + reply + END)
                await writer.drain()

    async def _block(self, reader: asyncio.StreamReader) -> bytes | None:
        """The next block; `None` when the listener ends before there is one."""
        reading = asyncio.create_task(reader.readuntil(STOP))
        ending = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait({reading, ending}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
            if self._ending.is_set():
                await asyncio.wait({reading}, timeout=LAST_LOOK)
                return reading.result() if reading.done() else None
            if not reading.done():
                raise TimeoutError
            return reading.result()
        finally:
            ending.cancel()
            reading.cancel()

    async def _answer(self, block: bytes) -> bytes | None:
        """What the sender is told. Trouble with one block is an answer, never the listener's end.

        `None` when not even a negative answer can be written: the connection ends then.
        """
        [said] = await asyncio.gather(asyncio.to_thread(self._take, block), return_exceptions=True)
        if isinstance(said, bytes):
            return said
        trouble = as_trouble(said)
        log.warning(
            "mllp.trouble",
            extra={"channel": self._channel, "kind": trouble.kind.value, "rule": str(trouble)},
        )
        [told] = await asyncio.gather(
            asyncio.to_thread(rejection, self._context, block, self._channel, trouble),
            return_exceptions=True,
        )
        return told if isinstance(told, bytes) else None

    def _take(self, data: bytes) -> bytes:
        """Keep the block with its frame, which proves that it is whole; its answer."""
        receipt = receive(self._context, data, self._channel)
        self._bell.ring(receipt.message.id)
        return answer(self._context, receipt, data, self._promise)
