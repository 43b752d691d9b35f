from datetime import UTC, datetime

import pytest
from hl7v2_messages import PID, joined, msh

from connectors.hl7v2.acknowledge import acknowledge
from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from schemas.connector import Answer
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode
from schemas.ids import DeliveryId

ENVELOPE = Envelope(
    id=DeliveryId("A-1"),
    created_at=datetime(2026, 1, 5, 8, 0, 1, tzinfo=UTC),
    sender="SEMAINIER",
    receiver="DPI",
)
OK = Answer(accepted=True)
NO = Answer(accepted=False)
LATER = Answer(accepted=False, retry=True)
DOSE = Finding(
    code=FindingCode.VALUE_INVALID, location="RXE[2]-3", message="RXE-3 must be a number"
)
KIND = Finding(code=FindingCode.MESSAGE_UNSUPPORTED, location="MSH[1]-9.1", message="MSH-9 unread")


def request(wishes: str = "|", version: str = "2.5.1") -> bytes:
    """A message that asks for acknowledgments as MSH-15|MSH-16 say."""
    header = (
        f"MSH|^~\\&|DPI|EHPAD|LGO|PHARMACIE|20260105090000||RDE^O11^RDE_O11|M1|P|{version}|||"
        f"{wishes}||UNICODE UTF-8"
    )
    return joined(header, PID).encode()


def answered(data: bytes, answer: Answer) -> tuple[Segment, ...]:
    file = tokenise(acknowledge(data, answer, ENVELOPE).decode())
    assert file.findings == ()
    (message,) = file.messages
    return message.segments


def code(data: bytes, answer: Answer) -> str | None:
    return answered(data, answer)[1].value(1)


def test_the_header_of_the_answer_is_its_own() -> None:
    header, msa = answered(request(), OK)

    assert header.raw(9) == "ACK^O11^ACK"
    assert (header.value(3), header.value(5), header.value(6)) == ("SEMAINIER", "DPI", "EHPAD")
    assert (header.value(7), header.value(10)) == ("20260105080001+0000", "A-1")
    assert (header.value(11), header.value(12)) == ("P", "2.5.1")
    assert (msa.value(1), msa.value(2)) == ("AA", "M1")


def test_original_mode_says_accepted_in_error_or_try_again() -> None:
    assert code(request(), OK) == "AA"
    assert code(request(), NO) == "AE"
    assert code(request(), LATER) == "AR"


def test_a_kind_of_message_that_is_not_read_is_rejected() -> None:
    assert code(request(), Answer(accepted=False, findings=(KIND,))) == "AR"


def test_enhanced_mode_commits_instead_of_applying() -> None:
    assert code(request("AL|NE"), OK) == "CA"
    assert code(request("AL|NE"), NO) == "CR"
    assert code(request("AL|NE"), LATER) == "CE"


@pytest.mark.parametrize(
    ("wish", "answer", "said"),
    [
        ("NE", OK, False),
        ("NE", NO, False),
        ("ER", OK, False),
        ("ER", NO, True),
        ("SU", OK, True),
        ("SU", NO, False),
        ("AL", NO, True),
        ("", OK, True),
    ],
)
def test_an_answer_is_sent_only_where_msh_15_asks_for_it(
    wish: str, answer: Answer, said: bool
) -> None:
    assert bool(acknowledge(request(f"{wish}|"), answer, ENVELOPE)) is said


def test_a_finding_is_an_error_with_its_place_and_its_kind() -> None:
    *_, err = answered(request(), Answer(accepted=False, findings=(DOSE,)))

    assert err.raw(2) == "RXE^2^3^1"
    assert err.raw(3) == "102^Data type error^HL70357"
    assert err.value(4) == "E"
    assert (err.value(5), err.value(8)) == ("value-invalid", "RXE-3 must be a number")


def test_a_place_with_components_is_given_to_the_last_of_them() -> None:
    deep = DOSE.model_copy(update={"location": "PID[1]-3[2].4.2"})

    *_, err = answered(request(), Answer(accepted=False, findings=(deep,)))

    assert err.raw(2) == "PID^1^3^2^4^2"


def test_a_finding_of_an_accepted_message_is_a_warning() -> None:
    *_, err = answered(request(), Answer(accepted=True, findings=(DOSE,)))

    assert err.value(4) == "W"


def test_before_2_5_the_error_is_one_old_field() -> None:
    answer = Answer(accepted=False, findings=(DOSE, KIND))

    segments = answered(request(version="2.3.1"), answer)

    assert [segment.name for segment in segments] == ["MSH", "MSA", "ERR"]
    assert segments[2].raw(1) == "RXE^2^3^102&Data type error&HL70357"


def test_bytes_without_a_header_are_rejected_to_nobody() -> None:
    _, msa = answered(b"\x00\x01", NO)

    assert (msa.value(1), msa.value(2)) == ("AR", None)


def test_a_control_id_with_other_separators_is_repeated_in_ours() -> None:
    data = b"MSH#*%!@#D*x##LGO##20260105090000##RDE*O11#M|1#P#2.5.1##\r"

    header, msa = answered(data, OK)

    assert msa.value(2) == "M|1"
    assert header.raw(5) == "D^x"


def test_a_batch_is_answered_message_by_message_inside_a_batch() -> None:
    data = joined("BHS|^~\\&|DPI", msh(), PID, msh(), PID, "BTS|2").encode()
    second = DOSE.model_copy(update={"location": "message[2]/RXE[1]-3"})

    file = tokenise(
        acknowledge(data, Answer(accepted=False, findings=(second,)), ENVELOPE).decode()
    )

    assert file.findings == ()
    assert [segment.name for segment in file.envelope] == ["BHS", "BTS"]
    assert [[one.name for one in message.segments] for message in file.messages] == [
        ["MSH", "MSA"],
        ["MSH", "MSA", "ERR"],
    ]
    assert [message.header.value(10) for message in file.messages] == ["A-1", "A-1-2"]
