"""Blocks are the same whatever the pieces that the network makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.transports.framing import END, ENDLESS, START, STOP, Block, Framer, NotFramed

CONTENT = st.binary(max_size=40).map(lambda data: data.replace(START, b"").replace(STOP, b""))


def blocks(*pieces: bytes, largest: int = 1000) -> list[Block]:
    framer = Framer(largest)
    return [block for piece in pieces for block in framer.feed(piece)]


@given(st.lists(CONTENT, max_size=6), st.lists(st.integers(1, 30), min_size=1), st.booleans())
def test_any_pieces_give_the_blocks_that_were_sent(
    contents: list[bytes], sizes: list[int], with_return: bool
) -> None:
    end = END if with_return else STOP
    stream = b"".join(START + each + end for each in contents)
    framer, found, at, turn = Framer(1000), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        found += list(framer.feed(stream[at : at + size]))
        at, turn = at + size, turn + 1

    assert [block.content for block in found] == contents
    assert framer.open_bytes == 0


def test_a_block_keeps_its_frame() -> None:
    assert blocks(START + b"MSH|" + END) == [Block(START + b"MSH|" + STOP)]


@pytest.mark.parametrize("between", [b"", b"\r", b"\n", b"\r\n\r\n", b" ", b"\x1c\r"])
def test_ends_of_lines_and_second_ends_between_blocks_are_nothing(between: bytes) -> None:
    found = blocks(START + b"A" + END + between + START + b"B" + END)

    assert [(block.content, block.stray) for block in found] == [(b"A", 0), (b"B", 0)]


def test_other_bytes_between_blocks_are_dropped_and_counted() -> None:
    found = blocks(b"hello", START + b"A" + END + b"MSH|lost", START + b"B" + END)

    # The <CR> after the first <FS> stands between the blocks too: 1 + 8 bytes.
    assert [(block.content, block.stray) for block in found] == [(b"A", 5), (b"B", 9)]


@pytest.mark.parametrize("pieces", [[b"GET / HTTP/1.1\r\n" + END], [b"GET /", END]])
def test_an_end_after_bytes_of_something_else_is_no_mllp(pieces: list[bytes]) -> None:
    with pytest.raises(NotFramed):
        blocks(*pieces)


def test_a_start_before_a_header_inside_a_block_shows_that_the_first_was_cut() -> None:
    [block] = blocks(START + b"MSH|1\rRXE|do" + START + b"MSH|2\r" + END)

    assert (block.content, block.cut) == (b"MSH|2\r", 13)


def test_a_start_inside_a_text_stays_where_it_is() -> None:
    [block] = blocks(START + b"MSH|1\rNTE|a" + START + b"b\r" + END)

    assert (block.data, block.cut) == (START + b"MSH|1\rNTE|a" + START + b"b\r" + STOP, 0)


def test_a_frame_put_on_twice_cuts_nothing() -> None:
    [block] = blocks(START + START + b"MSH|1\r" + STOP + END)

    assert (block.data, block.cut) == (START + b"MSH|1\r" + STOP, 0)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_block_at_the_limit_is_taken_and_one_byte_more_is_too_large(size: int) -> None:
    allowed = START + b"x" * 19 + END
    larger = START + b"x" * 20 + END
    stream = allowed + larger + allowed
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]

    found = blocks(*pieces, largest=20)

    assert [block.too_large for block in found] == [False, True, False]
    assert found[2].content == b"x" * 19


def test_a_block_that_is_too_large_is_never_held_whole() -> None:
    framer = Framer(100)
    list(framer.feed(START))
    for _ in range(3 * 100 // 50):
        list(framer.feed(b"x" * 50))
        assert len(framer._held) <= 100
    assert framer.open_bytes == 301


def test_a_block_without_an_end_is_not_waited_for_for_ever() -> None:
    framer = Framer(100)
    list(framer.feed(START + b"x" * (ENDLESS * 100 - 1)))

    with pytest.raises(NotFramed):
        list(framer.feed(b"x"))
