"""The envelope of a file: what it opens it closes, and what it counts is there."""

import pytest
from hl7v2_messages import doubts, file_of, joined, msh

M = msh()
FHS, BHS = "FHS|^~\\&|A", "BHS|^~\\&|A"
CUT, ODD = "message-truncated", "structure-invalid"


@pytest.mark.parametrize(
    "lines",
    [
        (FHS, BHS, M, M, "BTS|2", BHS, M, "BTS|1", "FTS|2"),
        (BHS, M, "BTS|1"),
        (BHS, M, "BTS"),
        (BHS, M, "BTS|01"),
        (FHS, M, M, "FTS|1"),
        (FHS, M, "FTS"),
        (BHS, M, "BTS|1", BHS, M, M, "BTS|2"),
    ],
)
def test_what_is_closed_and_counted_has_no_doubt(lines: tuple[str, ...]) -> None:
    file = file_of(joined(*lines))

    assert file.findings == ()
    assert len(file.messages) == lines.count(M)
    assert len(file.envelope) == len(lines) - lines.count(M)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((BHS, M, "BTS|2"), [(CUT, "BTS[1]-1")]),
        ((BHS, M, M, "BTS|1"), [(CUT, "BTS[1]-1")]),
        ((BHS, M, "BTS|1", BHS, M, "BTS|3"), [(CUT, "BTS[2]-1")]),
        ((BHS, M), [(CUT, "BHS[1]")]),
        ((FHS, BHS, M, "FTS|1"), [(CUT, "BHS[1]")]),
        ((FHS, BHS, M, "BTS|1", "FTS|2"), [(CUT, "FTS[1]-1")]),
        ((FHS, BHS, M, "BTS|1"), [(CUT, "FHS[1]")]),
        ((BHS, M, "BTS|un"), [(ODD, "BTS[1]-1")]),
        ((M, "BTS|1"), [(ODD, "BTS[1]")]),
        ((M, "BTS|2"), [(ODD, "BTS[1]"), (CUT, "BTS[1]-1")]),
        ((BHS, BHS, M, "BTS|1", M, "BTS|2"), [(ODD, "BHS[2]")]),
        ((BHS, BHS, M, "BTS|1"), [(ODD, "BHS[2]"), (CUT, "BHS[1]")]),
        ((BHS, FHS, M, "FTS", "BTS"), [(ODD, "FHS[1]")]),
    ],
)
def test_what_does_not_match_is_said_where_it_stands(
    lines: tuple[str, ...], found: list[tuple[str, str]]
) -> None:
    file = file_of(joined(*lines))

    assert doubts(file.findings) == found
    assert len(file.messages) == lines.count(M)


def test_a_line_after_the_end_of_a_batch_is_of_no_message() -> None:
    file = file_of(joined(BHS, M, "BTS|1", "ZZZ|1"))

    assert [segment.name for segment in file.messages[0].segments] == ["MSH"]
    assert file.lines[-1] == "ZZZ|1"
    assert doubts(file.findings) == [("structure-invalid", "segment[4]")]


def test_a_batch_has_separators_of_its_own() -> None:
    file = file_of(joined("BHS#*%!@#DPI", M, "BTS#1#fin*du lot"))

    assert file.findings == ()
    assert file.envelope[1].value(2, 2) == "du lot"


def test_a_message_without_usable_separators_costs_the_others_nothing() -> None:
    file = file_of(joined(BHS, M, "PID|1", "MSH|????|A", "PID|2", M, "PID|3", "BTS|3"))

    assert [segment.value(1) for each in file.messages for segment in each.segments[1:]] == [
        "1",
        "3",
    ]
    assert doubts(file.findings) == [
        ("message-broken", "message[2]/MSH[1]-2"),
        ("structure-invalid", "segment[5]"),
        ("message-truncated", "BTS[1]-1"),
    ]
