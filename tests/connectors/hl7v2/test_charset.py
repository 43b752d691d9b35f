from pathlib import Path

import pytest
from hl7v2_messages import ORC, PID, doubts, joined, msh

from connectors.hl7v2.er7.charset import FRAME_END, FRAME_START, LARGEST, decode
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


@pytest.mark.parametrize("declared", ["8859/1", "8859/15"])
def test_a_single_byte_set_whose_bytes_are_utf_8_is_read_as_utf_8_with_a_finding(
    declared: str,
) -> None:
    decoded = decode(message(declared).encode("utf-8"))

    assert decoded.text == message(declared)
    assert decoded.codec == "utf-8"
    assert doubts(decoded.findings) == [("encoding-wrong", "MSH[1]-18")]


def test_windows_1252_behind_iso_8859_1_is_read_with_a_finding() -> None:
    text = joined(msh(charset="8859/1"), "NTE|1||l’œil, 10 €")

    decoded = decode(text.encode("cp1252"))

    assert decoded.text == text
    assert decoded.codec == "cp1252"
    assert doubts(decoded.findings) == [("encoding-wrong", "MSH[1]-18")]


@pytest.mark.parametrize(
    ("declared", "byte"),
    [("8859/1", b"\x81"), ("8859/15", b"\x9c")],
)
def test_bytes_that_are_no_character_are_kept_with_a_finding(declared: str, byte: bytes) -> None:
    data = joined(msh(charset=declared), "NTE|1||a").encode() + b"NTE|2||" + byte + b"\xe9\r"

    decoded = decode(data)

    assert (decoded.text or "").endswith(f"NTE|2||{byte.decode('latin-1')}é\r")
    assert doubts(decoded.findings) == [("encoding-wrong", "MSH[1]-18")]


@pytest.mark.parametrize(
    "declared", ["~ISO IR87", "ASCII~ISO IR87~ISO IR159", "~ISO IR14~ISO IR87"]
)
def test_japanese_by_escape_sequences_is_decoded_by_the_alternate_sets(declared: str) -> None:
    text = joined(msh(charset=declared), "PID|1||1||患者^太郎")

    decoded = decode(text.encode("iso2022_jp"))

    assert decoded.text == text
    assert decoded.findings == ()


@pytest.mark.parametrize("declared", ["~8859/5", "8859/1~ISO IR87", "~ISO IR999"])
def test_switches_between_other_sets_are_not_read(declared: str) -> None:
    decoded = decode(joined(msh(charset=declared), "PID|1||1||\x1b-Labc").encode())

    assert decoded.text is None
    assert doubts(decoded.findings) == [("message-broken", "MSH[1]-18")]


def test_a_site_names_the_sets_of_its_own_senders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "les-tilleuls"
    (site / "hl7v2").mkdir(parents=True)
    (site / "site.toml").write_text('zone = "Europe/Paris"\n')
    (site / "hl7v2" / "charsets.csv").write_text(
        "# table: les-tilleuls/hl7v2/charsets  target: python-codec  version: 1\n"
        "code;text;target;source;read_by\n"
        "undeclared;what our software sends;iso8859-1;agreed with the sender;\n"
        "LATIN1;ISO 8859-1;iso8859-1;agreed with the sender;\n"
    )
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))

    undeclared = decode(message("").encode("iso8859-1"), "les-tilleuls")
    named = decode(message("LATIN1").encode("iso8859-1"), "les-tilleuls")

    assert undeclared.text == message("")
    assert doubts(undeclared.findings) == [("encoding-wrong", "MSH[1]-18")]
    assert (named.text, named.findings) == (message("LATIN1"), ())


def test_a_file_that_is_too_large_is_refused_by_its_size() -> None:
    decoded = decode(bytes(LARGEST + 1))

    assert decoded.text is None
    assert [finding.message for finding in decoded.findings] == [
        "a message must have at most 67108864 bytes"
    ]


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
