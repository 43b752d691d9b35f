"""Two lines of one prescription: together in force, or with days between them."""

from collections.abc import Sequence
from datetime import date

import pytest
from builders import REFERENCE, a_line, a_phase, a_prescription
from placed import a_record, a_strength

from engine.pipeline.assess import assess_prescription
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.people import Identifier
from schemas.posology import Bounds
from schemas.prescription import Ingredient, Line, LineAction, Product
from schemas.quantity import Strength
from schemas.reference import ProductRecord

TOGETHER = frozenset(
    {FindingCode.LINE_DUPLICATE, FindingCode.SUBSTANCE_TWICE, FindingCode.TREATMENT_GAP}
)


def a_product(name: str, *substances: str, codes: Sequence[ProductCode] = ()) -> Product:
    strengths = tuple(a_strength("5 mg", substance=each) for each in substances)
    return Product(text=name, codes=tuple(codes), strengths=strengths)


def dated(
    start: str, end: str | None = None, product: Product | None = None, **changes: object
) -> Line:
    bounds = Bounds(start=date.fromisoformat(start), end=date.fromisoformat(end) if end else None)
    line = a_line(a_phase(moments=["MORN"], dose="1 comprimé", bounds=bounds))
    named = {
        "location": f"line from {start}",
        "identifiers": (Identifier(value=start),),
        "product": product or a_product("EXEMPLE A"),
    }
    return line.model_copy(update={**named, **changes})


def said(
    *lines: Line, records: Sequence[ProductRecord] = ()
) -> list[tuple[FindingCode, str | None]]:
    """What is said of two lines together, with what is quoted."""
    known = dict(zip([line.product.label for line in lines], records, strict=False))
    assessed = assess_prescription(
        a_prescription(*lines), REFERENCE, products=lambda product: known.get(product.label)
    )
    found: list[Finding] = [finding for line in assessed.lines for finding in line.findings]
    return [(each.code, each.quoted) for each in found if each.code in TOGETHER]


def test_one_product_twice_is_said_with_the_days_on_which_both_are_in_force() -> None:
    lines = dated("2026-03-02", "2026-03-10"), dated("2026-03-08", "2026-03-20")

    assert said(*lines) == [(FindingCode.LINE_DUPLICATE, "EXEMPLE A: 2026-03-08 – 2026-03-10")]


def test_two_open_lines_of_one_product_overlap_without_end() -> None:
    lines = dated("2026-03-02"), dated("2026-03-08")

    assert said(*lines) == [(FindingCode.LINE_DUPLICATE, "EXEMPLE A: 2026-03-08 –")]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_product_on_two_lines_that_touch_has_neither_overlap_nor_gap(swapped: bool) -> None:
    lines = [dated("2026-03-02", "2026-03-08"), dated("2026-03-09", "2026-03-15")]

    assert said(*(lines[::-1] if swapped else lines)) == []


def test_a_product_whose_second_line_starts_later_has_a_gap_with_both_periods() -> None:
    lines = dated("2026-03-02", "2026-03-08"), dated("2026-03-12", "2026-03-20")

    assert said(*lines) == [
        (
            FindingCode.TREATMENT_GAP,
            "2026-03-12 – 2026-03-20 / 2026-03-02 – 2026-03-08",
        )
    ]


def test_a_line_that_is_stopped_is_neither_double_nor_gap() -> None:
    lines = dated("2026-03-02"), dated("2026-03-08", action=LineAction.STOP)

    assert said(*lines) == []


def test_one_dose_in_two_strengths_is_said_and_never_merged() -> None:
    lines = (
        dated("2026-03-02", product=a_product("EXEMPLE 5 mg", "exemplarine")),
        dated("2026-03-03", product=a_product("EXEMPLE 2 mg", "Exemplarine")),
    )

    assert said(*lines) == [(FindingCode.SUBSTANCE_TWICE, "EXEMPLE 2 mg: 2026-03-03 –")]


@pytest.mark.parametrize(
    ("system", "value", "twice"),
    [
        (ProductCodeSystem.ATC, "N02BE01", True),
        (ProductCodeSystem.ATC, "N02BE", False),
        (ProductCodeSystem.SMS, "100000092629", True),
        (ProductCodeSystem.LOCAL, "12", False),
    ],
)
def test_a_code_that_names_one_substance_is_compared_and_one_that_names_many_is_not(
    system: ProductCodeSystem, value: str, twice: bool
) -> None:
    code = ProductCode(system=system, value=value)
    lines = (
        dated("2026-03-02", product=a_product("MARQUE", codes=[code])),
        dated("2026-03-03", product=a_product("GÉNÉRIQUE", codes=[code])),
    )

    assert [found for found, _ in said(*lines)] == ([FindingCode.SUBSTANCE_TWICE] if twice else [])


def test_the_substance_of_the_reference_is_compared_too() -> None:
    published = a_record().model_copy(
        update={
            "strengths": (
                Strength(substance="exemplarine", numerator=a_strength("5 mg").numerator),
            )
        }
    )
    lines = (
        dated("2026-03-02", product=a_product("MARQUE")),
        dated("2026-03-03", product=a_product("GÉNÉRIQUE", "exemplarine")),
    )

    assert [found for found, _ in said(*lines, records=[published])] == [
        FindingCode.SUBSTANCE_TWICE
    ]


def test_a_vehicle_is_no_substance_that_two_lines_share() -> None:
    water = (Ingredient(text="eau", carrier=True),)
    lines = (
        dated(f"2026-03-0{day}", product=a_product(name).model_copy(update={"ingredients": water}))
        for day, name in ((2, "EXEMPLE A"), (3, "EXEMPLE B"))
    )

    assert FindingCode.SUBSTANCE_TWICE not in [found for found, _ in said(*lines)]


def test_two_products_of_one_substance_that_follow_each_other_are_no_double() -> None:
    lines = (
        dated("2026-03-02", "2026-03-05", product=a_product("MARQUE", "exemplarine")),
        dated("2026-03-06", product=a_product("GÉNÉRIQUE", "exemplarine")),
    )

    assert said(*lines) == []
