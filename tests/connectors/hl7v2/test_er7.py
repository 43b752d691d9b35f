import pytest
from hl7v2_messages import doubts, file_of, joined, msh

HEADER = msh()


def test_every_line_of_the_source_is_a_segment_of_the_message() -> None:
    lines = [HEADER, "PID|1", "ZPI|own|data", "ORC|NW", "PRT|x", "RXE||A", "ZZZ|last"]

    (message,) = file_of(joined(*lines)).messages

    assert [segment.name for segment in message.segments] == [line[:3] for line in lines]
    assert message.segments[2].place == "ZPI[1]"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r", "\n\n", "\r\n\r\n"])
def test_any_end_of_line_separates_segments(end: str) -> None:
    text = end.join([HEADER, "PID|1||A", "ORC|NW|1", ""])

    (message,) = file_of(text).messages

    assert [segment.name for segment in message.segments] == ["MSH", "PID", "ORC"]
    assert message.header.value(10) == "M1"
    assert message.segments[1].value(3) == "A"


def test_a_line_feed_inside_a_field_is_text_and_is_said() -> None:
    file = file_of(joined(HEADER, "NTE|1||première ligne\nseconde ligne", "ORC|NW"))

    (message,) = file.messages
    assert [segment.name for segment in message.segments] == ["MSH", "NTE", "ORC"]
    assert message.segments[1].value(3) == "première ligne\nseconde ligne"
    assert doubts(file.findings) == [("structure-invalid", "MSH[1]")]


def test_a_segment_before_which_blanks_stand_is_kept_and_is_said() -> None:
    file = file_of(joined(HEADER, "  PID|1||A"))

    assert file.messages[0].segments[1].name == "PID"
    assert doubts(file.findings) == [("structure-invalid", "segment[2]")]


def test_a_segment_in_lower_case_is_read_and_is_said() -> None:
    file = file_of(joined(HEADER, "tq1|1||BID"))

    assert file.messages[0].segments[1].place == "TQ1[1]"
    assert doubts(file.findings) == [("structure-invalid", "segment[2]")]


def test_two_messages_in_one_text_are_two_messages() -> None:
    file = file_of(joined(HEADER, "PID|1||A", HEADER, "PID|1||B"))

    assert [message.segments[1].place for message in file.messages] == [
        "message[1]/PID[1]",
        "message[2]/PID[1]",
    ]
    assert [message.segments[1].value(3) for message in file.messages] == ["A", "B"]
    assert doubts(file.findings) == [("structure-invalid", "message[2]/MSH[1]")]


def test_a_batch_whose_count_is_wrong_may_be_cut() -> None:
    file = file_of(joined("BHS|^~\\&|A", HEADER, "PID|1", "BTS|2"))

    assert len(file.messages) == 1
    assert doubts(file.findings) == [("message-truncated", "BTS[1]-1")]


def test_a_batch_without_its_end_may_be_cut() -> None:
    file = file_of(joined("FHS|^~\\&|A", "BHS|^~\\&|A", HEADER, "PID|1", "BTS|1"))

    assert doubts(file.findings) == [("message-truncated", "FHS[1]")]


def test_a_batch_without_a_message_is_empty() -> None:
    file = file_of(joined("BHS|^~\\&|A", "BTS|0"))

    assert doubts(file.findings) == [("message-empty", "BHS[1]")]


def test_a_message_whose_last_segment_has_no_end_is_read_and_is_said() -> None:
    file = file_of(joined(HEADER) + "PID|1||A")

    assert file.messages[0].segments[1].value(3) == "A"
    assert doubts(file.findings) == [("structure-invalid", "PID[1]")]


def test_the_separators_are_those_that_the_message_declares() -> None:
    (message,) = file_of("MSH#*%!@#DPI\rPID#1##A*B@C%D\r").messages

    pid = message.segments[1]
    assert [pid.value(3, 1), pid.value(3, 2), pid.value(3, 2, 1, 2)] == ["A", "B", "C"]
    assert pid.value(3, 1, 2) == "D"


def test_the_yen_sign_as_escape_character_is_a_separator_like_any_other() -> None:
    (message,) = file_of("MSH|^~¥&|A\rPID|1||A¥F¥B\r").messages

    assert message.segments[1].value(3) == "A|B"


@pytest.mark.parametrize(
    ("declared", "components", "escaped"),
    [("^~\\\\&", ["A", "B"], "x|y"), ("^~\\&#", ["A", "B"], "x|y"), ("^~\\", ["A", "B"], "x|y")],
)
def test_a_declaration_that_is_odd_is_read_as_far_as_it_is_clear(
    declared: str, components: list[str], escaped: str
) -> None:
    (message,) = file_of(f"MSH|{declared}|A\rPID|A^B|x\\F\\y\r").messages

    pid = message.segments[1]
    assert [pid.value(1, 1), pid.value(1, 2)] == components
    assert pid.value(2) == escaped


def test_a_character_declared_twice_is_said_and_a_fifth_one_is_the_truncation_mark() -> None:
    assert doubts(file_of("MSH|^~\\\\&|A\r").findings) == [("structure-invalid", "MSH[1]-2")]
    assert file_of("MSH|^~\\&#|A\r").findings == ()


def test_the_usual_characters_in_an_unusual_order_are_read_as_declared() -> None:
    file = file_of("MSH|^&~\\|A\rPID|1||A&B\r")

    pid = file.messages[0].segments[1]
    assert [pid.value(3, 1, 1), pid.value(3, 1, 2)] == ["A", "B"]
    assert doubts(file.findings) == [("structure-invalid", "MSH[1]-2")]


@pytest.mark.parametrize("header", ["MSH", "MSH|", "MSH||A", "MSH|????|A", "MSH|{0}|A", "MSHA^~"])
def test_a_header_without_usable_separators_is_refused(header: str) -> None:
    file = file_of(f"{header}\rPID|1\r")

    assert file.messages == ()
    assert file.findings[0].code.value == "message-broken"


def test_an_absent_value_and_a_null_value_are_not_the_same() -> None:
    (message,) = file_of(joined(HEADER, 'RXE||A|""||')).messages

    detail = message.segments[1]
    assert (detail.value(3), detail.is_null(3)) == (None, True)
    assert (detail.value(4), detail.is_null(4)) == (None, False)
    assert list(detail.leaves()) == [("RXE[1]-2", "A"), ("RXE[1]-3", '""')]


@pytest.mark.parametrize(
    ("sent", "means"),
    [
        ("a\\F\\b", "a|b"),
        ("a\\S\\b", "a^b"),
        ("a\\T\\b", "a&b"),
        ("a\\R\\b", "a~b"),
        ("a\\E\\b", "a\\b"),
        ("a\\P\\b", "a#b"),
        ("a\\.br\\b", "a\nb"),
        ("a\\.sp2\\b", "a\n\nb"),
        ("a\\.sk3\\b", "a   b"),
        ("\\H\\gras\\N\\", "gras"),
        ("a\\X0D0A\\b", "a\nb"),
        ("a\\X41\\b", "aAb"),
        ("a\\XE9\\b", "a\\XE9\\b"),
        ("a\\Zlocal\\b", "a\\Zlocal\\b"),
        ("seul \\ ici", "seul \\ ici"),
        ("\\E\\F\\E\\", "\\F\\"),
    ],
)
def test_escapes_are_undone_once_and_unknown_ones_are_kept(sent: str, means: str) -> None:
    (message,) = file_of(joined(HEADER, f"NTE|1||{sent}")).messages

    assert message.segments[1].value(3) == means


def test_an_escaped_subcomponent_separator_is_not_a_subcomponent() -> None:
    (message,) = file_of(joined(HEADER, "ORC|NW|a\\T\\b|a&b")).messages

    orc = message.segments[1]
    assert orc.value(2) == "a&b"
    assert (orc.value(3, 1, 1, 1), orc.value(3, 1, 1, 2)) == ("a", "b")


def test_a_place_is_as_deep_as_the_source() -> None:
    (message,) = file_of(joined(HEADER, "PID|x||A^B^^N&1.2&ISO~C")).messages

    assert [place for place, _ in message.segments[1].leaves()] == [
        "PID[1]-1",
        "PID[1]-3.1",
        "PID[1]-3.2",
        "PID[1]-3.4.1",
        "PID[1]-3.4.2",
        "PID[1]-3.4.3",
        "PID[1]-3[2]",
    ]
    assert message.segments[1].where(3, 4, 1, 2) == "PID[1]-3.4.2"


def test_separators_at_the_end_add_nothing() -> None:
    (message,) = file_of(joined(HEADER, "ORC|NW|1^^^||||||")).messages

    assert list(message.segments[1].leaves()) == [("ORC[1]-1", "NW"), ("ORC[1]-2.1", "1")]
