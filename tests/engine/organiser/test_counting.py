"""Doses as exact counts of units; expected values are worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from builders import a_quantity
from hypothesis import given
from hypothesis import strategies as st
from placed import a_product, a_record, a_strength

from engine.organiser.counting import (
    count_of,
    exact,
    may_be_made,
    strength_of,
    strengths_differ,
    unit_of,
)
from schemas.organiser import CountedUnit
from schemas.quantity import Quantity, Strength
from schemas.reference import Divisibility

HALF, THIRD, QUARTER = Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", Fraction(1)),
        ("1.0", Fraction(1)),
        ("0.5", HALF),
        ("0.25", QUARTER),
        ("1.75", Fraction(7, 4)),
        ("0.333333", THIRD),
        ("0.666667", Fraction(2, 3)),
        ("1.333333", Fraction(4, 3)),
        ("0.3333333", THIRD),
        ("0.6666667", Fraction(2, 3)),
        ("0.666666", Fraction(2, 3)),
        ("0.333335", Fraction(333335, 1000000)),
        ("0.33333", Fraction(33333, 100000)),
        ("0.33", Fraction(33, 100)),
        ("0.125", Fraction(1, 8)),
    ],
)
def test_a_decimal_is_the_fraction_that_it_writes(written: str, meant: Fraction) -> None:
    assert exact(Decimal(written)) == meant


def test_a_third_and_two_thirds_are_one_whole_unit() -> None:
    assert exact(Decimal("0.333333")) + exact(Decimal("0.666667")) == 1


@given(st.integers(0, 200), st.sampled_from(["0", "0.5", "0.25", "0.75"]))
def test_any_whole_number_of_quarters_is_kept_exactly(whole: int, part: str) -> None:
    assert exact(Decimal(whole) + Decimal(part)) * 4 == whole * 4 + int(Decimal(part) * 4)


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        ("comprimé", CountedUnit.TABLET),
        ("Comprimés", CountedUnit.TABLET),
        ("cpr", CountedUnit.TABLET),
        ("{tbl}", CountedUnit.TABLET),
        ("gélule", CountedUnit.CAPSULE),
        ("dragée", CountedUnit.TABLET),
        ("Stück", CountedUnit.PIECE),
        ("mg", None),
        ("mL", None),
        ("goutte", None),
        ("sachet", None),
        ("dose", None),
    ],
)
def test_only_solid_units_are_counted(unit: str, counted: CountedUnit | None) -> None:
    assert unit_of(Quantity(value=Decimal(1), unit=unit)) is counted


def test_a_unit_given_by_its_code_alone_is_counted() -> None:
    coded = Quantity(value=Decimal(1), code="15054000", system="http://standardterms.edqm.eu")

    assert unit_of(coded) is CountedUnit.TABLET


def test_an_amount_without_a_unit_is_no_count() -> None:
    assert count_of(Quantity(value=Decimal(1)), a_strength("500 mg")) is None


@pytest.mark.parametrize(
    ("dose", "strength", "units"),
    [
        ("500 mg", "500 mg", Fraction(1)),
        ("1 g", "500 mg", Fraction(2)),
        ("0.5 g", "1000 mg", HALF),
        ("75 µg", "75 microgrammes", Fraction(1)),
        ("75 µg", "0.075 mg", Fraction(1)),
        ("100 microgrammes", "0.1 mg", Fraction(1)),
        ("1 milligramme", "1 mg", Fraction(1)),
        ("1500 milligrammes", "0.5 gramme", Fraction(3)),
        ("300 mg", "500 mg", Fraction(3, 5)),
        ("5 mg", "15 mg", THIRD),
        ("100000 UI", "100000 UI", Fraction(1)),
    ],
)
def test_an_amount_is_counted_by_what_one_unit_holds(
    dose: str, strength: str, units: Fraction
) -> None:
    assert count_of(a_quantity(dose), a_strength(strength)) == units


def test_a_strength_of_several_units_is_that_of_each() -> None:
    assert count_of(a_quantity("500 mg"), a_strength("1000 mg", per="2 comprimé")) == 1


def test_a_strength_by_a_bare_number_is_that_of_so_many_units() -> None:
    assert count_of(a_quantity("80 mg"), a_strength("40 mg", per="1")) == 2


@pytest.mark.parametrize(
    ("dose", "strength", "per"),
    [
        ("5 mL", "250 mg", None),
        ("250 mg", "250 mg", "5 mL"),
        ("1000 UI", "25 µg", None),
        ("5 mg", "0 mg", None),
    ],
)
def test_what_is_not_in_one_measure_is_not_counted(
    dose: str, strength: str, per: str | None
) -> None:
    assert count_of(a_quantity(dose), a_strength(strength, per=per)) is None


def test_an_amount_without_a_known_strength_is_not_counted() -> None:
    assert count_of(a_quantity("500 mg"), None) is None


@pytest.mark.parametrize("value", ["0", "-1", "1E+40", "1E-999999", "1E+999999"])
def test_what_is_no_dose_is_no_count(value: str) -> None:
    amount = Quantity(value=Decimal(value), unit="comprimé")
    measured = amount.model_copy(update={"unit": "mg"})

    assert count_of(amount, None) is None
    assert count_of(a_quantity("5 mg"), Strength(numerator=measured)) is None
    assert count_of(measured, a_strength("5 mg")) is None


@given(st.decimals(allow_nan=False, allow_infinity=False), st.sampled_from(["comprimé", "mg"]))
def test_any_number_is_counted_or_not_and_never_stops_the_work(value: Decimal, unit: str) -> None:
    count = count_of(Quantity(value=value, unit=unit), a_strength("5 mg"))

    assert count is None or count > 0


def test_the_strength_of_the_message_comes_before_that_of_the_reference() -> None:
    strength = strength_of(a_product(strengths=["5 mg"]), a_record(strengths=["10 mg"]))

    assert strength == a_strength("5 mg")


def test_the_strength_of_the_reference_serves_where_the_message_has_none() -> None:
    assert strength_of(a_product(), a_record(strengths=["10 mg"])) == a_strength("10 mg")


@pytest.mark.parametrize(
    ("own", "published"),
    [(["500 mg", "62.5 mg"], []), (["500 mg"], ["500 mg", "62.5 mg"]), ([], ["5 mg", "10 mg"])],
)
def test_a_product_of_several_strengths_has_none_to_divide_by(
    own: list[str], published: list[str]
) -> None:
    assert strength_of(a_product(strengths=own), a_record(strengths=published)) is None


@pytest.mark.parametrize(
    ("own", "published", "differ"),
    [
        (["2.5 mg"], ["10 mg"], True),
        (["2.5 mg"], ["2.50 mg"], False),
        (["0.5 g"], ["500 mg"], False),
        (["500 mg"], ["500 mg", "62.5 mg"], False),
        (["625 mg"], ["500 mg", "125 mg"], True),
        ([], ["10 mg"], False),
        (["10 mg"], [], False),
        (["1000 UI"], ["25 µg"], False),
    ],
)
def test_a_strength_that_the_reference_does_not_have_is_seen(
    own: list[str], published: list[str], differ: bool
) -> None:
    assert strengths_differ(a_product(strengths=own), a_record(strengths=published)) is differ


@pytest.mark.parametrize(
    ("count", "divisibility", "made"),
    [
        (Fraction(2), None, True),
        (Fraction(2), Divisibility.WHOLE, True),
        (HALF, Divisibility.WHOLE, False),
        (HALF, Divisibility.HALVES, True),
        (QUARTER, Divisibility.HALVES, False),
        (QUARTER, Divisibility.QUARTERS, True),
        (Fraction(7, 4), Divisibility.QUARTERS, True),
        (THIRD, Divisibility.QUARTERS, False),
        (HALF, None, None),
        (QUARTER, None, None),
        (THIRD, None, False),
        (Fraction(1, 8), None, False),
    ],
)
def test_what_may_be_made_of_a_unit(
    count: Fraction, divisibility: Divisibility | None, made: bool | None
) -> None:
    assert may_be_made(count, divisibility) is made
