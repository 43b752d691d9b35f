from datetime import UTC, datetime

import pytest
from hl7v2_messages import PID, joined, msh

from connectors.hl7v2.acknowledge import acknowledge
from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.lint import lint
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
    assert [header.value(field) for field in (3, 4)] == ["LGO", "PHARMACIE"]
    assert [header.value(field) for field in (5, 6)] == ["DPI", "EHPAD"]
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
    assert code(request("AL|NE"), Answer(accepted=False, findings=(KIND,))) == "CR"
    assert code(request("AL|NE"), Answer(accepted=False, findings=(DOSE,))) == "CE"


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


def test_what_only_informs_is_information() -> None:
    as_needed = Finding(code=FindingCode.AS_NEEDED, location="RXE[1]", message="as needed")

    *_, err = answered(request(), Answer(accepted=True, findings=(as_needed,)))

    assert err.value(4) == "I"


def test_a_message_that_should_come_again_met_a_failure_of_ours() -> None:
    *_, err = answered(request(), LATER)

    assert (err.value(4), err.raw(3)) == ("F", "207^Application error^HL70357")


@pytest.mark.parametrize(
    ("code", "place", "number"),
    [
        (FindingCode.MESSAGE_UNSUPPORTED, "MSH[1]-9", "200"),
        (FindingCode.MESSAGE_UNSUPPORTED, "MSH[1]-9.2", "201"),
        (FindingCode.STATUS_NOT_ACTIVE, "MSH[1]-11", "202"),
        (FindingCode.STATUS_NOT_ACTIVE, "ORC[1]-1", "207"),
        (FindingCode.VERSION_UNKNOWN, "MSH[1]-12.1", "203"),
        (FindingCode.DOSE_MISSING, "RXE[1]-3", "101"),
        (FindingCode.UNIT_UNKNOWN, "RXE[1]-5.1", "103"),
        (FindingCode.DOSE_RANGE, "RXE[1]-4", "207"),
    ],
)
def test_the_kind_of_an_error_is_a_code_of_table_0357(
    code: FindingCode, place: str, number: str
) -> None:
    finding = Finding(code=code, location=place, message="a rule")

    *_, err = answered(request(), Answer(accepted=False, findings=(finding,)))

    assert err.value(3) == number
    assert err.value(7) == place


def test_what_weighs_most_comes_first_and_the_last_error_counts_those_left_out() -> None:
    light = Finding(code=FindingCode.STRUCTURE_INVALID, location="PID[1]", message="light")
    answer = Answer(accepted=False, findings=(*[light] * 24, DOSE))

    errors = answered(request(), answer)[2:]

    assert len(errors) == 20
    assert errors[0].value(8) == "RXE-3 must be a number"
    assert errors[19].value(8) == "6 more are not listed"


def test_a_finding_of_an_accepted_message_is_a_warning() -> None:
    *_, err = answered(request(), Answer(accepted=True, findings=(DOSE,)))

    assert err.value(4) == "W"


def test_before_2_5_the_errors_are_repetitions_of_one_old_field() -> None:
    answer = Answer(accepted=False, findings=(DOSE, KIND))

    segments = answered(request(version="2.3.1"), answer)

    assert [segment.name for segment in segments] == ["MSH", "MSA", "ERR"]
    assert segments[2].raw(1) == (
        "RXE^2^3^102&Data type error&HL70357~MSH^1^9^200&Unsupported message type&HL70357"
    )


def test_before_2_5_an_accepted_message_has_no_error() -> None:
    segments = answered(request(version="2.4"), Answer(accepted=True, findings=(DOSE,)))

    assert [segment.name for segment in segments] == ["MSH", "MSA"]


@pytest.mark.parametrize(
    ("version", "text"),
    [("2.3.1", "RXE-3 must be a number"), ("2.6", "RXE-3 must be a number"), ("2.7", None)],
)
def test_the_words_of_a_refusal_stand_in_msa_3_as_long_as_it_existed(
    version: str, text: str | None
) -> None:
    _, msa, *_ = answered(request(version=version), Answer(accepted=False, findings=(DOSE,)))

    assert msa.value(3) == text


def test_a_sender_that_names_no_receiver_is_answered_in_our_own_name() -> None:
    header, _ = answered(b"MSH|^~\\&|DPI|EHPAD|||||ADT^A01|M1|P|2.5\r", OK)

    assert [header.value(field) for field in (3, 4)] == ["SEMAINIER", None]


@pytest.mark.parametrize(("sent", "said"), [("2.5^FRA^2.11", "2.5^FRA^2.11"), ("9.9", "2.5")])
def test_the_version_of_the_answer_is_that_of_the_request_where_it_is_one(
    sent: str, said: str
) -> None:
    assert answered(request(version=sent), OK)[0].raw(12) == said


@pytest.mark.parametrize(
    ("declared", "facility", "answers", "codec"),
    [
        ("8859/1", "Résidence", "8859/1", "iso8859-1"),
        ("8859/15~8859/1", "Résidence", "8859/15", "iso8859-15"),
        ("UNICODE UTF-8", "Résidence", "UNICODE UTF-8", "utf-8"),
        ("", "Residence", "", "ascii"),
        ("ASCII", "Residence", "ASCII", "ascii"),
        ("UTF-8", "Résidence", "UNICODE UTF-8", "utf-8"),
    ],
)
def test_the_answer_is_written_in_the_character_set_of_the_request(
    declared: str, facility: str, answers: str, codec: str
) -> None:
    header = f"MSH|^~\\&|DPI|{facility}|||||ADT^A01|M1|P|2.5||||||{declared}"

    text = acknowledge(joined(header).encode(codec), OK, ENVELOPE).decode(codec)

    (message,) = tokenise(text).messages
    assert message.header.value(6) == facility
    assert message.header.value(18) == (answers or None)


def test_what_the_set_of_the_request_lacks_is_answered_in_utf_8() -> None:
    header = "MSH|^~\\&|DPI|Résidence|||||ADT^A01|M1|P|2.5"

    text = acknowledge(joined(header).encode(), OK, ENVELOPE).decode()

    assert tokenise(text).messages[0].header.value(18) == "UNICODE UTF-8"


def test_bytes_that_cannot_be_decoded_are_answered_by_their_header() -> None:
    data = request().replace(b"PID|1", b"PID|\xe9\xff").replace(b"EHPAD|LGO", b"\xe9\xe9|LGO")
    broken = Finding(code=FindingCode.MESSAGE_BROKEN, location="MSH[1]-18", message="not UTF-8")

    header, msa, err = answered(data, Answer(accepted=False, findings=(broken,)))

    assert (msa.value(1), msa.value(2)) == ("AE", "M1")
    assert (header.value(5), header.value(6)) == ("DPI", None)
    assert err.raw(3) == "207^Application error^HL70357"


def test_bytes_without_a_header_are_rejected_to_nobody() -> None:
    _, msa, err = answered(b"\x00\x01", NO)

    assert (msa.value(1), msa.value(2)) == ("AR", None)
    assert (err.value(4), err.value(8)) == ("E", "the message is refused")


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
        ["MSH", "MSA", "ERR"],
        ["MSH", "MSA", "ERR"],
    ]
    assert [message.segments[2].value(8) for message in file.messages] == [
        "the message is refused",
        "RXE-3 must be a number",
    ]
    assert [message.header.value(10) for message in file.messages] == ["A-1", "A-1-2"]


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"])
@pytest.mark.parametrize("answer", [OK, NO, LATER, Answer(accepted=False, findings=(DOSE, KIND))])
def test_our_own_answers_are_strictly_conformant(version: str, answer: Answer) -> None:
    assert lint(acknowledge(request(version=version), answer, ENVELOPE)) == ()
