"""What one order says of others: TQ2, and the parent of ORC-8."""

import pytest
from hl7v2_messages import an_order, line_doubts, rxe, the_line

from schemas.prescription import LinkKind

RXR = "RXR|PO"
BID = "TQ1|1||BID"
STARTED = "TQ1|1||BID|||4^d|20260105"


@pytest.mark.parametrize(
    ("tq2", "place"),
    [
        ("TQ2|1|S", "TQ2[1]-2"),
        ("TQ2|1|C", "TQ2[1]-2"),
        ("TQ2|1|R", "TQ2[1]-2"),
        ("TQ2|1|||||EE", "TQ2[1]-6"),
        ("TQ2|1|||||ES", "TQ2[1]-6"),
        ("TQ2|1|||||SS", "TQ2[1]-6"),
        ("TQ2|1|||||SE", "TQ2[1]-6"),
        ("TQ2|1||||||*", "TQ2[1]-7"),
        ("TQ2|1|||||||2^h", "TQ2[1]-8.1"),
        ("TQ2|1||||||||6", "TQ2[1]-9"),
    ],
)
def test_a_start_or_an_end_that_another_order_decides_is_not_computed(tq2: str, place: str) -> None:
    assert line_doubts(an_order(rxe(), STARTED, tq2, RXR)) == [("timing-unsupported", place)]


@pytest.mark.parametrize(
    ("relation", "timing", "found"),
    [
        ("N", STARTED, ["line-alternative"]),
        ("E", STARTED, ["line-alternative"]),
        ("C", STARTED, ["product-compound"]),
        ("S", STARTED, []),
        ("T", STARTED, []),
        ("T", BID, ["timing-unsupported"]),
        ("X", STARTED, ["timing-unsupported"]),
    ],
)
def test_a_relation_of_table_0506_is_a_doubt_unless_the_order_says_all_of_itself(
    relation: str, timing: str, found: list[str]
) -> None:
    doubts = line_doubts(an_order(rxe(), timing, f"TQ2|1|||||||||{relation}", RXR))

    assert [code for code, _ in doubts] == found


@pytest.mark.parametrize(
    ("relation", "kind"),
    [
        ("E", LinkKind.ALTERNATIVE),
        ("N", LinkKind.ALTERNATIVE),
        ("S", LinkKind.ACCOMPANIES),
        ("T", LinkKind.OTHER),
    ],
)
def test_the_related_orders_are_links_of_the_line(relation: str, kind: LinkKind) -> None:
    line = the_line(an_order(rxe(), STARTED, f"TQ2|1||L8^DPI~L9^DPI|F8|G8|||||{relation}", RXR))

    assert [(link.kind, link.line, link.location) for link in line.links] == [
        (kind, "L8", "TQ2[1]-3.1"),
        (kind, "L9", "TQ2[1]-3[2].1"),
        (kind, "F8", "TQ2[1]-4"),
        (kind, "G8", "TQ2[1]-5"),
    ]


def test_the_parent_of_an_order_is_a_link() -> None:
    line = the_line(an_order(rxe(), BID, RXR, orc="ORC|CH|L1^DPI||G1||||P1&DPI^F1&LGO"))

    assert [(link.kind, link.line) for link in line.links] == [
        (LinkKind.OTHER, "P1"),
        (LinkKind.OTHER, "F1"),
    ]


def test_a_deleted_relation_is_none() -> None:
    assert line_doubts(an_order(rxe(), BID, 'TQ2|1|""||||""', RXR)) == []


def test_an_unknown_relation_stands_at_its_field() -> None:
    found = line_doubts(an_order(rxe(), STARTED, "TQ2|1|||||||||X", RXR))

    assert found == [("timing-unsupported", "TQ2[1]-10")]
