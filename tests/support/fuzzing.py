"""Coverage-guided fuzzing of a reader: damaged messages, and more of those that reach new lines.

The input that makes a line of `connectors` run for the first time joins the corpus, so that the
next damage is done to it. Nothing here knows a format but for the words that it inserts.
"""

import random
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

CONNECTORS = str(Path(__file__).parents[2] / "connectors")
LARGEST = 64 * 1024
"""Bytes of one input: what is larger has tests of its own."""
SLOWEST = 5.0
"""Seconds of wall time for one input of at most `LARGEST` bytes, on a machine that is busy."""
_ELEMENT = re.compile(rb"<([A-Za-z\xc3-][^\s/>]*)[^>]*>[^<]*</\1>|<[^<>]*/>")
_MEMBER = re.compile(rb'"[^"]{1,40}"\s*:\s*(?:"[^"]*"|[-0-9.eE]+|true|false|null)\s*,?')
_NUMBER = re.compile(rb"[0-9]+(?:\.[0-9]+)?")
_WORDS = (
    *(b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\\X0D\\", b"\\E\\", b'""', b"MSH|^~\\&|"),
    *(b"ORC|NW|", b"RXE||", b"TQ1|1|", b"\x0b", b"\x1c\r", b"BHS|^~\\&|", b"ZZZ|1", b"PRN", b"S"),
    *(
        b"<",
        b">",
        b"</",
        b"/>",
        b"<!--",
        b"]]>",
        b"<![CDATA[",
        b"&#0;",
        b"&amp;",
        b"&x;",
        b"xmlns=",
    ),
    *(b"<!DOCTYPE a>", b'xsi:type="SXPR_TS"', b'nullFlavor="UNK"', b' value=""', b"{", b"}", b"["),
    *(b"]", b'"', b":", b",", b"null", b"true", b"NaN", b"Infinity", b"1e999", b"-0", b"-1", b"0"),
    *(b"1e-400", b"9" * 40, b"0.000000001", b"\x00", b"\x7f", b"\xff", b"\xef\xbb\xbf", b"\xc3"),
    *("é".encode(), "\u2028".encode(), "\U0001f48a".encode(), b"20260230", b"9999-12-31", b"0001"),
    *(b"urn:uuid:", b"#", b"Patient/1", b'"resourceType":"Bundle"', b'"contained":[', b"_", b"$"),
)


class Hanging(BaseException):
    """One input took longer than any may. No reader catches it."""


@dataclass
class Lines:
    """The lines of the connectors that ran at least once; `fresh` after one that never had."""

    left: dict[CodeType, set[int]] = field(default_factory=dict)
    count: int = 0
    fresh: bool = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch the lines that run inside. A tracer that was there before comes back."""
        self.fresh, before = False, sys.gettrace()
        sys.settrace(self._call)
        try:
            yield
        finally:
            sys.settrace(before)

    def _call(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        code = frame.f_code
        left = self.left.get(code)
        if left is None:
            inside = code.co_filename.startswith(CONNECTORS)
            lines = {line for *_, line in code.co_lines() if line} if inside else set()
            left = self.left[code] = lines
        return self._line if left else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        left = self.left[frame.f_code]
        if frame.f_lineno in left:
            left.discard(frame.f_lineno)
            self.count, self.fresh = self.count + 1, True
        return self._line if left else None


@dataclass(frozen=True)
class Tried:
    """What came of it: inputs, those that reached something new, lines, and the slowest seconds."""

    inputs: int
    kept: int
    lines: int
    slowest: float


def fuzz(
    check: Callable[[bytes], None], seeds: Sequence[bytes], seconds: float, chance: random.Random
) -> Tried:
    """Check damaged inputs until the time is over; what `check` raises comes out with its input.

    Raises: `AssertionError` that quotes the input, for whatever `check` raised.
    """
    corpus, lines, inputs, slowest = list(seeds), Lines(), 0, 0.0
    began = time.monotonic()
    waiting = chance.sample(corpus, len(corpus))
    while (gone := time.monotonic() - began) < seconds:
        waiting = waiting if gone < seconds / 2 else []
        data = waiting.pop() if waiting else damaged(chance.choice(corpus), corpus, chance)
        started = time.monotonic()
        try:
            with lines.watched(), limited(SLOWEST):
                check(data)
        except (Exception, Hanging) as trouble:
            told = f"{type(trouble).__name__}: {trouble}\ninput: {data!r}"
            raise AssertionError(told) from trouble
        inputs, slowest = inputs + 1, max(slowest, time.monotonic() - started)
        if lines.fresh and not waiting:
            corpus.append(data)
    return Tried(inputs, len(corpus) - len(seeds), lines.count, slowest)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `Hanging` when what runs inside does not end in time."""

    def ring(*_: object) -> NoReturn:
        raise Hanging(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def without_network() -> Iterator[None]:
    """Nothing inside may look up a host or open a connection."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a reader reached for the network")

    kept = socket.getaddrinfo, socket.socket.connect
    socket.getaddrinfo = refuse
    socket.socket.connect = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        socket.getaddrinfo, socket.socket.connect = kept  # type: ignore[method-assign]


def damaged(data: bytes, corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """The bytes with one to four damages, at most `LARGEST` of them."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(_DAMAGES)(data, corpus, chance)[:LARGEST]
    return data


def _stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 2, 8, 40, 400)))


def _lost(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + data[end:]


def _doubled(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + data[start:end] * chance.choice((2, 2, 3, 50)) + data[end:]


def _noise(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def _word(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + chance.choice(_WORDS) + data[chance.choice((start, end)) :]


def _cut(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _spliced(data: bytes, corpus: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(corpus)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _lines(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """A line or segment taken out, set elsewhere or said twice."""
    end = b"\r" if b"\r" in data else b"\n"
    lines = data.split(end)
    line = lines.pop(chance.randrange(len(lines)))
    for _each in range(chance.randrange(3)):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return end.join(lines)


def _parts(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """An element or a member taken out, set elsewhere or said twice; or a number changed."""
    found = list(chance.choice((_ELEMENT, _MEMBER, _NUMBER)).finditer(data))
    if not found:
        return data
    part, place = chance.choice(found), chance.choice(found)
    if part.re is _NUMBER:
        number = chance.choice((b"0", b"-1", b"1.5", b"1e3", b"99999999999", b"", b"07", b"2.50"))
        return data[: part.start()] + number + data[part.end() :]
    return chance.choice(
        (
            data[: part.start()] + data[part.end() :],
            data[: place.start()] + part[0] + data[place.start() :],
            data[: place.start()] + part[0] + data[place.end() :],
        )
    )


def _recoded(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """The text in another encoding than it says."""
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "iso-8859-1", "cp1252")), "replace")


_DAMAGES = (
    *(_lost, _doubled, _noise, _word, _word, _word, _cut, _spliced, _lines, _lines),
    *(_parts, _parts, _parts, _parts, _recoded),
)
