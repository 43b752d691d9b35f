"""MLLP frames: a stream of bytes becomes blocks, whatever the pieces it came in.

Source: HL7 Transport Specification MLLP release 1: <VT> data <FS><CR>; release 2: <VT><ACK><FS><CR>
and <VT><NAK><FS><CR>. The last <CR> is not waited for, because some senders leave it out.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

START, STOP, END = b"\x0b", b"\x1c", b"\x1c\x0d"
ACK, NAK = b"\x06", b"\x15"
"""The whole content of a commit block of release 2."""

LARGEST = 16 * 1024 * 1024
"""Bytes of one block where nobody says otherwise."""

ENDLESS = 4
"""A block that is so many times too large is not waited for any more."""

HEAD = 64 * 1024
"""Bytes that are kept of a block that is too large: enough to name it in a refusal."""

_BETWEEN = b"\r\n \t" + STOP
"""Bytes between blocks that are no reason to think that the other side speaks another protocol."""

_BEGUN_AGAIN = re.compile(rb"\x0b(?=(?:MSH|FHS|BHS)[^\w\s])")
"""Content has no <VT>; before a header it begins a block, and the block around it was cut."""


class NotFramed(ValueError):
    """The other side does not speak MLLP, or a block has no end. The text says which."""


class Block(NamedTuple):
    """One block with its frame, which proves that it is whole.

    `cut` counts the bytes of a block before it whose end never came, `stray` those that were in
    no block. A block that is `too_large` has its first bytes alone.
    """

    data: bytes
    cut: int = 0
    stray: int = 0
    too_large: bool = False

    @property
    def content(self) -> bytes:
        """The data without the frame."""
        return self.data.removeprefix(START).removesuffix(STOP)


class Framer:
    """Cuts one stream. It holds at most one block of `largest` bytes and the last piece."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._held = bytearray()
        self._searched = 0
        self._inside = False
        self._stray = 0
        self._odd = False
        self._beyond = 0

    @property
    def open_bytes(self) -> int:
        """How many bytes of a block without its end are held."""
        return len(self._held) + self._beyond if self._inside else 0

    def feed(self, piece: bytes) -> Iterator[Block]:
        """The blocks that end in this piece, in order. Exhaust it before the next piece.

        Raises: `NotFramed` for an end without a start after bytes of something else, and for a
        block that is `ENDLESS` times too large.
        """
        self._held += piece
        while self._inside or self._opened():
            end = self._held.find(STOP, self._searched)
            if end < 0:
                self._wait()
                return
            yield self._closed(end)

    def _opened(self) -> bool:
        """Drop what is before the next start; whether there is one."""
        start = self._held.find(START)
        dropped = bytes(self._held[:start] if start >= 0 else self._held)
        odd = dropped.strip(_BETWEEN)
        self._stray += len(dropped) if odd else 0
        self._odd = self._odd or bool(odd)
        if self._odd and STOP in dropped:
            raise NotFramed("an end of a block without its start")
        del self._held[: len(dropped)]
        self._inside, self._searched = start >= 0, 1
        return self._inside

    def _wait(self) -> None:
        """Keep no more than a block may have, and forget nothing of its size."""
        excess = len(self._held) - self._largest
        if excess > 0:
            del self._held[self._largest :]
            self._beyond += excess
        if self._beyond > (ENDLESS - 1) * self._largest:
            raise NotFramed("a block without an end")
        self._searched = len(self._held)

    def _closed(self, end: int) -> Block:
        data = bytes(self._held[: end + 1])
        del self._held[: end + 1]
        large = self._beyond > 0 or len(data) > self._largest + len(STOP)
        stray = self._stray
        self._inside, self._stray, self._odd, self._beyond = False, 0, False, 0
        if large:
            return Block(data[:HEAD], stray=stray, too_large=True)
        whole = max((found.start() for found in _BEGUN_AGAIN.finditer(data)), default=0)
        # <VT><VT> is a frame that two programs put on one message, not a block that was cut.
        cut = whole if data[:whole].strip(START) else 0
        return Block(data[whole:], cut=cut, stray=stray)
