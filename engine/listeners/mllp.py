"""MLLP: one block a message, answered in order on the same connection.

Source: HL7 Transport Specification MLLP release 1: <VT> data <FS><CR>. The last <CR> is not
waited for, because some senders leave it out.
"""

import asyncio
import logging

from engine.pipeline.answer import Promise, answer
from engine.pipeline.context import Context
from engine.pipeline.receive import receive
from engine.workers.bell import Bell

START, STOP, END = b"\x0b", b"\x1c", b"\x1c\x0d"
LARGEST = 16 * 1024 * 1024
"""Bytes of one block; a longer one ends its connection, and nothing of it is acknowledged."""

IDLE = 600.0
"""Seconds without a byte after which a connection is closed."""

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

    async def start(self, host: str = "127.0.0.1") -> int:
        """Listen from now on; the port."""
        self._server = await asyncio.start_server(
            self._serve, host, self._port, limit=LARGEST + len(STOP)
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Take no new connection; blocks that were received whole are still answered."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                block = await asyncio.wait_for(reader.readuntil(STOP), IDLE)
                start = block.find(START)
                if start < 0:
                    log.warning("mllp.unframed", extra={"channel": self._channel})
                    return
                reply = await asyncio.to_thread(self._take, block[start:])
                if reply:
                    writer.write(START + reply + END)
                    await writer.drain()
        except asyncio.IncompleteReadError as cut:
            if cut.partial.strip():
                log.warning("mllp.cut", extra={"channel": self._channel, "bytes": len(cut.partial)})
        except (asyncio.LimitOverrunError, TimeoutError, ConnectionError) as error:
            log.warning(
                "mllp.closed", extra={"channel": self._channel, "reason": type(error).__name__}
            )
        finally:
            writer.close()

    def _take(self, data: bytes) -> bytes:
        """Keep the block with its frame, which proves that it is whole; its answer."""
        receipt = receive(self._context, data, self._channel)
        self._bell.ring(receipt.message.id)
        return answer(self._context, receipt, data, self._promise)
