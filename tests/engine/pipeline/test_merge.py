"""A message that changes one order says nothing of the others."""

from builders import a_line, a_phase, a_prescription

from engine.pipeline.merge import merged
from schemas.finding import FindingCode
from schemas.people import Identifier, IdentifierKind
from schemas.prescription import Chain, Line, LineAction, Prescription, Product


def _line(name: str, **changed: object) -> Line:
    line = a_line(a_phase(moments=["MORN"]), product=f"PRODUCT {name}")
    return line.model_copy(update={"identifiers": (Identifier(value=name),), **changed})


def _numbered(*numbers: Identifier, product: str) -> Line:
    return _line(product, identifiers=numbers)


def _of_side(value: str, kind: IdentifierKind) -> Identifier:
    return Identifier(value=value, kind=kind, authority="DPI")


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


def test_a_number_that_every_line_of_the_prescription_carries_names_none_of_them() -> None:
    """RXE-15 of HL7 v2, or a second identifier in FHIR: lines A and B share it."""
    whole = Identifier(value="777")
    a, b = _of_side("A", IdentifierKind.PLACER), _of_side("B", IdentifierKind.PLACER)
    before = a_prescription(_numbered(a, whole, product="A"), _numbered(b, whole, product="B"))

    changed = merged(before, a_prescription(_numbered(b, whole, product="B")))
    added = merged(
        before,
        a_prescription(_numbered(_of_side("C", IdentifierKind.PLACER), whole, product="C")),
    )

    assert _names(changed) == ["B", "A"]
    assert [found.code for found in changed.lines[1].findings] == [FindingCode.LINE_CARRIED]
    assert _names(added) == ["C", "A", "B"]


def test_a_number_of_the_placer_is_not_the_same_number_of_the_filler() -> None:
    """Both count from 1: order 1 of the placer is 2 of the filler, its order 2 is 3."""
    placer, filler = IdentifierKind.PLACER, IdentifierKind.FILLER
    one = _numbered(_of_side("1", placer), _of_side("2", filler), product="A")
    two = _numbered(_of_side("2", placer), _of_side("3", filler), product="B")

    result = merged(a_prescription(one, two), a_prescription(one))

    assert [line.product.text for line in result.lines] == ["PRODUCT A", "PRODUCT B"]


def test_an_order_told_by_the_number_of_the_filler_alone_is_the_order() -> None:
    placer, filler = IdentifierKind.PLACER, IdentifierKind.FILLER
    one = _numbered(_of_side("1", placer), _of_side("2", filler), product="A")
    stop = Line(
        location="ORC[1]",
        identifiers=(_of_side("2", filler),),
        action=LineAction.STOP,
        product=Product(),
    )

    result = merged(a_prescription(one), a_prescription(stop))

    assert [line.product.text for line in result.lines] == ["PRODUCT A"]
    assert result.lines[0].action is LineAction.STOP
