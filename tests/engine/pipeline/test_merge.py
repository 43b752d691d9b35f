"""A message that changes one order says nothing of the others."""

from builders import a_line, a_phase, a_prescription

from engine.pipeline.merge import merged
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.prescription import Chain, Line, LineAction, Prescription, Product


def _line(name: str, **changed: object) -> Line:
    line = a_line(a_phase(moments=["MORN"]), product=f"PRODUCT {name}")
    return line.model_copy(update={"identifiers": (Identifier(value=name),), **changed})


def _names(prescription: Prescription) -> list[str | None]:
    return [line.identifier for line in prescription.lines]


def test_a_line_that_is_not_mentioned_is_carried_over_with_a_finding() -> None:
    before = a_prescription(_line("A"), _line("B"))
    incoming = a_prescription(_line("A", action=LineAction.CHANGE))

    result = merged(before, incoming)

    assert _names(result) == ["A", "B"]
    assert result.lines[0].findings == ()
    assert [found.code for found in result.lines[1].findings] == [FindingCode.LINE_CARRIED]


def test_a_line_carried_twice_says_so_once() -> None:
    before = a_prescription(_line("A"), _line("B"))
    first = merged(before, a_prescription(_line("A")))

    second = merged(first, a_prescription(_line("A")))

    assert [found.code for found in second.lines[1].findings] == [FindingCode.LINE_CARRIED]


def test_a_complete_message_carries_nothing_over() -> None:
    before = a_prescription(_line("A"), _line("B"))
    incoming = a_prescription(_line("A")).model_copy(update={"chain": Chain(complete=True)})

    assert _names(merged(before, incoming)) == ["A"]


def test_a_line_that_was_stopped_before_is_not_carried_over() -> None:
    before = a_prescription(_line("A"), _line("B", action=LineAction.STOP))

    assert _names(merged(before, a_prescription(_line("A")))) == ["A"]


def test_a_stop_that_names_its_order_alone_keeps_the_product_of_the_order() -> None:
    before = a_prescription(_line("A"))
    bare = Line(
        location="ORC[1]",
        identifiers=(Identifier(value="A"),),
        action=LineAction.STOP,
        product=Product(),
    )

    result = merged(before, a_prescription(bare))

    assert result.lines[0].product.text == "PRODUCT A"
    assert result.lines[0].action is LineAction.STOP
    assert result.lines[0].posology == before.lines[0].posology


def test_a_changed_line_is_never_completed_from_the_past() -> None:
    before = a_prescription(_line("A"))
    bare = Line(
        location="ORC[1]",
        identifiers=(Identifier(value="A"),),
        action=LineAction.CHANGE,
        product=Product(),
    )

    result = merged(before, a_prescription(bare))

    assert result.lines[0].posology.phases == ()
