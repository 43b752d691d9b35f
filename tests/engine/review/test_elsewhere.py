"""What another prescription of the patient gives to doubt, by what both of them state."""

from datetime import date

import pytest
from builders import REFERENCE, a_line, a_phase, a_prescription
from placed import a_record

from engine.pipeline.assess import assess_prescription
from engine.review.elsewhere import ELSEWHERE, Standing, is_replaced, replaced, with_elsewhere
from schemas.assessment import AssessedPrescription
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.posology import Bounds
from schemas.prescription import Chain, Line, LineAction, LineLink, LinkKind, Prescription, Product

CIP, UCD = ProductCodeSystem.CIP13, ProductCodeSystem.UCD13


def ordered(name: str, *codes: ProductCode, **changed: object) -> Line:
    bounds = Bounds(start=date(2026, 3, 2), end=date(2026, 3, 8))
    line = a_line(a_phase(moments=["MORN"], dose="1 comprimé", bounds=bounds))
    named = {
        "location": f"line {name}",
        "identifiers": (Identifier(value=name),),
        "product": Product(codes=codes, text=f"MOTS {name}"),
    }
    return line.model_copy(update={**named, **changed})


def prescribed(*lines: Line, number: str = "P1", **chain: object) -> Prescription:
    return a_prescription(*lines).model_copy(
        update={
            "identifiers": (Identifier(value=number, authority="1.2.3"),),
            "chain": Chain(**chain),
        }
    )


def assessed(prescription: Prescription) -> AssessedPrescription:
    return assess_prescription(prescription, REFERENCE)


def standing(prescription: Prescription, **changed: object) -> Standing:
    every = frozenset(range(1, len(prescription.lines) + 1))
    return Standing(
        **{"item": "itm-1", "content": assessed(prescription), "lines": every, **changed}
    )


def found(own: Prescription, other: Standing, *, known: bool = False) -> list[FindingCode]:
    records = a_record() if known else None
    content = with_elsewhere(assessed(own), [other], lambda _: records)
    findings = [*content.findings, *(each for line in content.lines for each in line.findings)]
    return [each.code for each in findings if each.code in ELSEWHERE]


def test_two_codes_of_one_product_in_the_reference_are_one_product() -> None:
    own = prescribed(ordered("L1", ProductCode(system=CIP, value="3400932320189")))
    other = standing(prescribed(ordered("L2", ProductCode(system=UCD, value="3400890020275"))))

    assert found(own, other, known=True) == [FindingCode.LINE_ELSEWHERE]
    assert found(own, other) == []


def test_words_name_a_product_only_where_neither_has_a_code() -> None:
    words = {"product": Product(text="EXEMPLE  500 MG")}
    own = prescribed(ordered("L1", **words))

    same = prescribed(ordered("L2", product=Product(text="Exemple 500 mg")))
    coded = ordered("L2", ProductCode(system=CIP, value="3400932320189"))

    assert found(own, standing(same)) == [FindingCode.LINE_ELSEWHERE]
    assert found(own, standing(prescribed(coded))) == []


def test_what_was_said_before_is_not_said_twice_and_goes_when_it_no_longer_holds() -> None:
    code = ProductCode(system=CIP, value="3400932320189")
    own, other = prescribed(ordered("L1", code)), standing(prescribed(ordered("L2", code)))
    once = with_elsewhere(assessed(own), [other], lambda _: None)

    assert with_elsewhere(once, [other], lambda _: None) == once
    assert with_elsewhere(once, [], lambda _: None) == assessed(own)


@pytest.mark.parametrize(
    ("number", "authority", "gone"),
    [("P1", "1.2.3", True), ("P1", None, True), ("P1", "9.9", False), ("P2", "1.2.3", False)],
)
def test_a_document_replaces_another_one_by_its_number_and_authority(
    number: str, authority: str | None, gone: bool
) -> None:
    old = prescribed(ordered("L1"), ordered("L2"))
    named = Identifier(value=number, authority=authority)

    new = prescribed(ordered("L3"), number="P9", replaces=(named,))

    assert [is_replaced(new, old, line) for line in old.lines] == [gone, gone]


def test_a_link_replaces_the_order_that_it_names_alone() -> None:
    old = prescribed(ordered("L1"), ordered("L2"))
    link = LineLink(kind=LinkKind.REPLACES, line="L2")

    new = prescribed(ordered("L3", links=(link,)), number="P9")

    assert [is_replaced(new, old, line) for line in old.lines] == [False, True]


def test_a_prescription_that_ends_altogether_replaces_nothing() -> None:
    old = prescribed(ordered("L1"))
    link = LineLink(kind=LinkKind.REPLACES, line="L1")

    new = prescribed(ordered("L3", links=(link,), action=LineAction.CANCEL), number="P9")

    assert not is_replaced(new, old, old.lines[0])


def test_a_line_refused_or_ended_does_not_stand() -> None:
    code = ProductCode(system=CIP, value="3400932320189")
    own = prescribed(ordered("L1", code))
    other = prescribed(ordered("L2", code))

    assert found(own, standing(other, lines=frozenset())) == []
    ended = prescribed(ordered("L2", code, action=LineAction.STOP))
    assert found(own, standing(ended)) == []


def test_the_days_of_a_renewal_decide_whether_it_takes_something_away() -> None:
    """The line in force ends on 8 March."""
    old = standing(prescribed(ordered("L1")))
    link = LineLink(kind=LinkKind.REPLACES, line="L1")

    def renewed(day: int) -> frozenset[int]:
        bounds = Bounds(start=date(2026, 3, day))
        phase = a_phase(moments=["MORN"], dose="1 comprimé", bounds=bounds)
        line = ordered("L3", links=(link,), posology=a_line(phase).posology)
        return replaced(assessed(prescribed(line, number="P9")), old)

    assert (renewed(8), renewed(9)) == (frozenset({1}), frozenset())
