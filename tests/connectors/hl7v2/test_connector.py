import pytest
from hl7v2_messages import PID, SITE, joined, msh

from connectors.hl7v2.connector import CONNECTOR, detects, peek
from connectors.hl7v2.read import read


@pytest.mark.parametrize(
    "data",
    [
        b"MSH|^~\\&|",
        b"\x0bMSH|^~\\&|",
        b"\xef\xbb\xbfMSH|^~\\&|",
        b"\r\nMSH|^~\\&|",
        b"FHS|^~\\&|",
        b"BHS|^~\\&|",
        "MSH|^~\\&|".encode("utf-16"),
    ],
)
def test_a_message_is_recognised_by_its_first_bytes(data: bytes) -> None:
    assert detects(data)


@pytest.mark.parametrize("data", [b"", b"MSH", b"MSHA", b"{}", b"<a/>", b"PID|1", b"MSH MSH"])
def test_other_bytes_are_not_recognised(data: bytes) -> None:
    assert not detects(data)


def test_a_peek_gives_control_id_kind_and_lane_without_the_identifier() -> None:
    seen = peek(b"\x0b" + joined(msh(), PID).encode() + b"\x1c\r")

    assert (seen.control_id, seen.kind) == ("M1", "RDE^O11")
    assert seen.lane is not None
    assert seen.lane.startswith("patient-")
    assert "000123" not in seen.lane


def test_the_lane_is_that_of_the_patient_whatever_the_message_and_the_other_numbers() -> None:
    order = joined(msh(), "PID|1||9^^^X^AN~1^^^EHPAD^PI||A").encode()
    movement = joined(msh("ADT^A01"), "PID|1||1^^^EHPAD^PI~123^^^ASIP^INS||B").encode()
    other = joined(msh(), "PID|1||2^^^EHPAD^PI||A").encode()

    assert peek(order).lane == peek(movement).lane
    assert peek(order).lane != peek(other).lane


@pytest.mark.parametrize("data", [b"", b"MSH", b"MSH|", b"MSH|^", b"MSH||||", b"\x00", b"PID|1"])
def test_a_peek_at_hardly_anything_gives_nothing(data: bytes) -> None:
    seen = peek(data)

    assert (seen.control_id, seen.lane) == (None, None)


@pytest.mark.parametrize("mark", [b"H", b"S", b"M", b"B"])
def test_a_separator_may_be_a_letter_of_the_name(mark: bytes) -> None:
    data = b"MSH|^~\\&|1|2|3|4|2026||ADT^A01|N1|P|2.5\r".replace(b"|", mark)

    assert peek(data).control_id == "N1"
    assert peek(b"MSHH|^~\\&|A|B|C|D|2026||ADT^A01|N1|P|2.5\r").control_id is None
    assert peek(b"BHSB^~\\&B\rMSH|^~\\&|A|B|C|D|2026||ADT^A01|N1|P|2.5\r").control_id == "N1"


def test_the_control_id_of_a_file_is_that_of_its_header_as_it_is_when_read() -> None:
    data = joined("FHS|^~\\&|DPI||||||||F-1", msh(), PID, "FTS|1").encode()

    assert peek(data).control_id == "F-1"
    assert read(data, SITE).control_id == "F-1"


def test_the_lane_is_absent_without_a_patient() -> None:
    assert peek(joined(msh(), "EVN|A01").encode()).lane is None


def test_the_connector_offers_what_the_others_call() -> None:
    assert CONNECTOR.name == "hl7v2"
    assert [(writer.kind.value, writer.name) for writer in CONNECTOR.writers] == [
        ("analysis", "rre-o12"),
        ("analysis", "orp-o10"),
        ("schedule", "rre-o12-schedule"),
        ("intakes", "ras-o17"),
    ]
