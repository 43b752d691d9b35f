"""Whatever comes, a reading comes back: with a finding when it is empty."""

from pathlib import Path

import pytest
from hl7v2_messages import SITE, read_text
from hypothesis import given
from hypothesis import strategies as st

from connectors.hl7v2.connector import peek
from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.read import read

SAMPLES = Path(__file__).parents[3] / "samples" / "hl7v2"
FOUR = (SAMPLES / "nominal_four_orders.hl7").read_bytes()
INTAKES = (SAMPLES / "intakes.hl7").read_bytes()
NAMES = ("MSH", "PID", "ORC", "RXO", "RXE", "RXR", "RXC", "TQ1", "TQ2", "NTE", "RXA", "MRG", "ZZ1")
LEAVES = st.text('|^~\\&"0123456789BQJD.+-\n é', max_size=12)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_with_a_finding(data: bytes) -> None:
    reading = read(data, SITE)

    assert not reading.is_empty or reading.findings
    peek(data)


@given(st.binary(max_size=80), st.integers(0, len(FOUR)))
def test_arbitrary_bytes_inside_a_message_never_raise(data: bytes, at: int) -> None:
    reading = read(FOUR[:at] + data + FOUR[at + len(data) :], SITE)

    assert not reading.is_empty or reading.findings


@pytest.mark.parametrize("sample", [FOUR, INTAKES], ids=["orders", "intakes"])
def test_a_message_cut_anywhere_never_raises(sample: bytes) -> None:
    for at in range(0, len(sample), 7):
        reading = read(sample[:at], SITE)

        assert not reading.is_empty or reading.findings


@given(
    st.sampled_from(["RDE^O11", "OMP^O09", "RAS^O17", "ADT^A40", "ADT^A01"]),
    st.lists(st.tuples(st.sampled_from(NAMES), st.lists(LEAVES, max_size=14)), max_size=12),
)
def test_any_segments_with_any_fields_never_raise(
    kind: str, segments: list[tuple[str, list[str]]]
) -> None:
    lines = ["|".join([name, *fields]) for name, fields in segments]
    text = f"MSH|^~\\&|A||||20260105||{kind}|1|P|2.5.1\r" + "".join(f"{x}\r" for x in lines)

    reading = read_text(text)

    assert not reading.is_empty or reading.findings
    places = [source.location for source in reading.sources]
    assert len(places) == len(set(places))


@given(st.lists(st.text("ABC|^~&\\ 123", min_size=1, max_size=20), min_size=1, max_size=8))
def test_every_segment_that_goes_in_comes_out(fields: list[str]) -> None:
    lines = ["MSH|^~\\&|A", *(f"Z{number}A|{field}" for number, field in enumerate(fields))]

    (message,) = tokenise("".join(f"{line}\r" for line in lines)).messages

    again = ["|".join(segment.fields) for segment in message.segments[1:]]
    assert again == lines[1:]


@given(st.text(min_size=1, max_size=40))
def test_a_text_that_is_escaped_comes_back(text: str) -> None:
    from connectors.hl7v2.er7.separators import STANDARD

    plain = text.replace("\r\n", "\n").replace("\r", "\n")

    assert STANDARD.unescape(STANDARD.escaped(text)) == plain


@given(st.binary(max_size=100))
def test_decoding_replaces_nothing(data: bytes) -> None:
    decoded = decode(data)

    assert decoded.text is None or "\ufffd" not in decoded.text or "�".encode() in data
