"""What nothing of an order used: how much it weighs, and where it stands."""

from hl7v2_messages import an_order, line_doubts, rxe

BID = "TQ1|1||BID"
RXR = "RXR|PO"


def test_a_field_is_said_once_for_each_thing_that_its_leftovers_mean() -> None:
    order = an_order(rxe(), "TQ1|1||BID|||7^d&jour plein&UCUM&x&y", RXR)

    assert line_doubts(order) == [
        ("element-unread", "TQ1[1]-6.2.2"),
        ("timing-unsupported", "TQ1[1]-6.2.4"),
    ]


def test_a_field_beyond_the_standard_is_said() -> None:
    order = an_order(f"{rxe()}{'|' * 45}ajout", BID, RXR)

    assert line_doubts(order) == [("element-unread", "RXE[1]-50")]


def test_a_deleted_value_states_nothing() -> None:
    assert line_doubts(an_order(rxe(), 'TQ1|1||BID||||""|""||""', RXR)) == []


def test_the_segments_of_a_sender_beside_an_order_are_one_finding() -> None:
    order = an_order(rxe(), BID, RXR, "ZRX|1|12~9~6~3", "ZRX|2", "ZPI|x")

    assert line_doubts(order) == [("element-unread", "ZRX[1]")]


def test_segments_of_the_standard_that_say_nothing_of_the_dose_are_silent() -> None:
    assert line_doubts(an_order(rxe(), BID, RXR, "OBX|1|NM|8302-2||170|cm", "FT1|1")) == []


def test_words_in_an_observation_of_an_order_are_told() -> None:
    words = "OBX|1|TX|POSO^consigne^L||Donner le soir~et le matin"

    found = line_doubts(an_order(rxe(), BID, RXR, words))

    assert found == [("element-unread", "OBX[1]-5"), ("element-unread", "OBX[1]-5[2]")]
