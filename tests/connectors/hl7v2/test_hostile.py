"""What could break the reader: it is linear in time, and bounded in what it keeps and says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bounds import assert_linear
from hl7v2_messages import ORC, PID, SITE, doubts, file_of, joined, msh, rxe

from connectors.hl7v2.acknowledge import acknowledge
from connectors.hl7v2.connector import peek
from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.doubts import MOST_PLACES
from connectors.hl7v2.er7.tokeniser import MOST_PARTS, tokenise
from connectors.hl7v2.read import read

FOUR = (Path(__file__).parents[3] / "samples" / "hl7v2" / "nominal_four_orders.hl7").read_bytes()
START = joined(msh(), PID, ORC, rxe())


def repeated(part: str, end: str = "\r") -> Callable[[int], str]:
    return lambda count: f"{START}NTE|1||{part * count}{end}"


def lines(line: str, start: str = START) -> Callable[[int], str]:
    return lambda count: start + f"{line}\r" * count


SHAPES = {
    "fields": repeated("|1"),
    "components": repeated("a^"),
    "subcomponents": repeated("a&"),
    "repetitions": repeated("a~"),
    "separators alone": repeated("|^~&"),
    "unknown escapes": repeated("\\Q\\"),
    "escape characters": repeated("\\|"),
    "hexadecimal escapes": repeated("\\X41\\"),
    "a hexadecimal escape without an end": lambda count: repeated("41")(count).replace(
        "||4", "||\\X4"
    ),
    "line feeds": repeated("a\n"),
    "blanks": repeated(" ", "\n \r"),
    "control characters": repeated("\x07|"),
    "segments": lines("ZZZ|1"),
    "lines without a name": lines("x"),
    "lines before a header": lines("x", ""),
    "trailers": lines("BTS|2"),
    "batches": lines("BHS|^~\\&"),
    "headers": lines(msh(), ""),
    "broken headers": lines("MSH|????", ""),
    "separators declared": lambda count: f"MSH|{'^' * count}|A\r",
    "empty lines": lines(""),
    "ends of frames": lines("\x1c\x0b"),
}


def work_through(text: str) -> None:
    """Peek, decode, tokenise, split whole and say."""
    data = text.encode()
    peek(data)
    file = tokenise(decode(data).text or "")
    for message in file.messages:
        for segment in message.segments:
            segment.leaves()
    assert len(file.findings) <= 12 * MOST_PLACES


@pytest.mark.parametrize("shape", SHAPES)
def test_eight_times_as_much_takes_about_eight_times_as_long(shape: str) -> None:
    assert_linear(lambda count: work_through(SHAPES[shape](count)), 4_000, 32_000)


def test_a_message_of_too_many_fields_is_refused_by_the_rule() -> None:
    file = file_of(START + "NTE" + "|1" * (MOST_PARTS + 1) + "\r")

    assert file.messages == ()
    assert doubts(file.findings) == [("message-broken", "segment[1]")]
    assert "at most 500000 fields" in file.findings[0].message


def test_the_parts_are_counted_by_the_separators_that_are_declared() -> None:
    file = file_of("MSH#*%!@#DPI\rNTE" + "#1" * MOST_PARTS + "\r")

    assert doubts(file.findings) == [("message-broken", "segment[1]")]


def test_one_rule_is_said_of_its_first_places_and_the_others_are_counted() -> None:
    file = file_of(joined(msh(), *["x|1"] * 100))

    assert len(file.findings) == MOST_PLACES
    assert file.findings[-1].message.endswith("(and 80 more)")
    assert len(file.messages[0].segments) == 101


def test_a_message_cut_at_every_byte_keeps_what_was_there() -> None:
    for at in range(len(FOUR)):
        cut = FOUR[:at].decode(errors="ignore")

        file = tokenise(cut)

        assert file.text == "".join(f"{line}\r" for line in re.split("\r", cut) if line)
        whole = not cut or cut.endswith("\r")
        assert whole or file.findings


@pytest.mark.parametrize("byte", [b"\x00", b"\x07", b"\x1b", b"\x1c", b"\x7f", b"\xff"])
def test_a_foreign_byte_anywhere_is_refused_or_said(byte: bytes) -> None:
    for at in range(0, len(FOUR), 13):
        reading = read(FOUR[:at] + byte + FOUR[at + 1 :], SITE)

        assert reading.findings


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 1000, b"\x0b\x1c\r", b"MSH", b"\xff\xfe", b"\r\n" * 50]
)
def test_no_message_at_all_is_answered_too(data: bytes) -> None:
    from schemas.connector import Answer
    from schemas.export import Envelope
    from schemas.ids import DeliveryId

    when = "2026-01-05T08:00:01+00:00"
    envelope = Envelope.model_validate(
        {"id": DeliveryId("A-1"), "created_at": when, "sender": "S", "receiver": "R"}
    )

    assert b"\rMSA|AR|\r" in acknowledge(data, Answer(accepted=False), envelope)
