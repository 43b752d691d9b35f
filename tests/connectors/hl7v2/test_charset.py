import pytest
from hl7v2_messages import ORC, PID, doubts, joined, msh

from connectors.hl7v2.er7.charset import FRAME_END, FRAME_START, decode
from connectors.hl7v2.er7.tokeniser import tokenise

WORDS = "PID|1||1||DUPRÉ^Zoé"


def message(charset: str) -> str:
    return joined(msh(charset=charset), WORDS)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("8859/1", "iso8859-1"),
        ("8859/15", "iso8859-15"),
        ("8859/1~UNICODE UTF-8", "iso8859-1"),
        ("GB 18030-2000", "gb18030"),
    ],
)
def test_the_declared_character_set_decodes_the_bytes(declared: str, codec: str) -> None:
    text = message(declared)

    decoded = decode(text.encode(codec))

    assert decoded.text == text
    assert decoded.findings == ()


def test_a_set_of_ascii_whose_bytes_are_utf_8_is_read_as_utf_8_with_a_finding() -> None:
    for declared in ("", "ASCII", "~ISO IR87"):
        decoded = decode(message(declared).encode("utf-8"))

        assert decoded.text == message(declared)
        assert doubts(decoded.findings) == [("encoding-wrong", "MSH[1]-18")]


def test_bytes_that_are_neither_ascii_nor_utf_8_are_not_read_without_a_declaration() -> None:
    decoded = decode(message("").encode("iso8859-1"))

    assert decoded.text is None
    assert doubts(decoded.findings) == [("message-broken", "MSH[1]-18")]


def test_bytes_that_are_not_the_declared_utf_8_are_not_read() -> None:
    decoded = decode(message("UNICODE UTF-8").encode("iso8859-1"))

    assert decoded.text is None
    assert doubts(decoded.findings) == [("message-broken", "MSH[1]-18")]


def test_a_single_byte_set_whose_bytes_are_utf_8_is_read_as_declared_with_a_finding() -> None:
    decoded = decode(message("8859/1").encode("utf-8"))

    assert decoded.text is not None
    assert "DUPRÃ\x89" in decoded.text
    assert doubts(decoded.findings) == [("encoding-wrong", "MSH[1]-18")]


def test_japanese_by_escape_sequences_is_decoded_by_the_alternate_set() -> None:
    text = joined(msh(charset="~ISO IR87"), "PID|1||1||患者^太郎")

    decoded = decode(text.encode("iso2022_jp"))

    assert decoded.text == text


def test_a_byte_order_mark_is_no_part_of_the_message() -> None:
    text = message("UNICODE UTF-8")

    assert decode(b"\xef\xbb\xbf" + text.encode()).text == text
    assert decode(text.encode("utf-16")).text == text


def test_the_frame_of_mllp_is_no_part_of_the_message() -> None:
    text = joined(msh(), PID, ORC)

    for end in (FRAME_END, b"\x1c", b"\x1c\r\n"):
        decoded = decode(FRAME_START + text.encode() + end)

        assert decoded.findings == ()
        assert (decoded.text or "").rstrip("\r") == text.rstrip("\r")


def test_the_end_of_a_frame_ends_the_last_segment() -> None:
    text = joined(msh(), PID).rstrip("\r")

    decoded = decode(FRAME_START + text.encode() + FRAME_END)

    assert tokenise(decoded.text or "").findings == ()


def test_frames_that_came_together_are_messages_apart() -> None:
    one, two = joined(msh(), PID), joined(msh(), PID, ORC)
    data = b"".join(FRAME_START + text.encode() + FRAME_END for text in (one, two))

    messages = tokenise(decode(data).text or "").messages

    assert [[segment.name for segment in each.segments] for each in messages] == [
        ["MSH", "PID"],
        ["MSH", "PID", "ORC"],
    ]


def test_a_frame_that_is_not_closed_holds_half_a_message_and_is_not_read() -> None:
    decoded = decode(FRAME_START + joined(msh(), PID, ORC).encode())

    assert decoded.text is None
    assert doubts(decoded.findings) == [("message-truncated", "segment[1]")]


def test_a_set_that_the_table_does_not_have_is_said() -> None:
    decoded = decode(message("UTF-8").encode("utf-8"))

    assert decoded.text == message("UTF-8")
    assert doubts(decoded.findings) == [("encoding-wrong", "MSH[1]-18")]
