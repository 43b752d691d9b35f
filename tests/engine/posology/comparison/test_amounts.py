"""Amounts of a text and a structure in several units, by strength, and the ceilings beside them."""

from decimal import Decimal

import pytest
from builders import a_frequency, a_phase, a_quantity

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Dose, Limits, Phase
from schemas.quantity import Duration, PeriodUnit, Ratio, Strength

MORNING = a_phase(moments=["MORN"])
CONTRADICTS, ADDS, UNREAD = "text-contradicts", "text-adds", "text-unread"


def _strength(amount: str, each: str | None = None) -> Strength:
    return Strength(numerator=a_quantity(amount), denominator=a_quantity(each) if each else None)


def _codes(text: str, phase: Phase, *strengths: Strength) -> list[str]:
    found = compare(propose(text), [phase], None, strengths)
    return sorted({finding.code.value for finding in found})


def _of(dose: str) -> Phase:
    return a_phase(moments=["MORN"], dose=dose)


@pytest.mark.parametrize(
    ("text", "dose", "strengths", "expected"),
    [
        ("1 g le matin", "2 tablet", [_strength("500 mg")], []),
        ("1 g le matin", "1 tablet", [_strength("500 mg")], [CONTRADICTS]),
        ("1 g le matin", "2 tablet", [], [CONTRADICTS]),
        ("2 cp le matin", "1000 mg", [_strength("500 mg", "1 tablet")], []),
        ("10 mL le matin", "240 mg", [_strength("24 mg", "1 mL")], []),
        ("10 mL le matin", "24 mg", [_strength("24 mg", "1 mL")], [CONTRADICTS]),
        ("240 mg (10 mL) le matin", "240 mg", [_strength("24 mg", "1 mL")], []),
        ("240 mg (5 mL) le matin", "240 mg", [_strength("24 mg", "1 mL")], [CONTRADICTS]),
        ("1 cp (500 mg) le matin", "1 tablet", [_strength("500 mg"), _strength("30 mg")], [UNREAD]),
        ("1 cp (0,5 g) le matin", "1 tablet", [_strength("500 mg")], []),
        ("1 g (500 mg) le matin", "1 g", [], [ADDS]),
        ("1 g (1000 mg) le matin", "1 g", [], []),
        ("1 cp (1 gélule) le matin", "1 tablet", [], [ADDS]),
        ("1 à 2 cp (500 mg) le matin", "500 mg", [], [ADDS]),
        ("2 cp de 5 mg le matin", "2 tablet", [_strength("5 UI")], [UNREAD]),
        ("1 patch de 75 µg/h le matin", "1 patch", [], []),
        ("1 cp (5 UI) le matin", "1 tablet", [_strength("0 mg")], [UNREAD]),
        ("1 cp 500 mg + 30 mg le matin", "1 tablet", [], [ADDS]),
        ("500 mg+30 mg, 1 cp le matin", "1 tablet", [], [UNREAD]),
        ("500 mg+30 mg le matin", "500 mg", [], [ADDS]),
    ],
)
def test_two_units_are_one_amount_by_the_strength_alone(
    text: str, dose: str, strengths: list[Strength], expected: list[str]
) -> None:
    assert _codes(text, _of(dose), *strengths) == expected


def _limited(limits: Limits) -> Phase:
    return a_phase(frequency=a_frequency(3)).model_copy(update={"limits": limits})


def _a_day(amount: str) -> Limits:
    day = Duration(value=Decimal(1), unit=PeriodUnit.DAY)
    return Limits(per_period=(Ratio(amount=a_quantity(amount), period=day),))


def _gap(number: str, unit: str) -> Limits:
    return Limits(minimum_gap=Duration(value=Decimal(number), unit=PeriodUnit(unit)))


@pytest.mark.parametrize(
    ("text", "limits", "expected"),
    [
        ("1 cp 3 fois par jour, max 4 par 24 h", _a_day("4 tablet"), []),
        ("1 cp 3 fois par jour, sans dépasser 4 cp par jour", _a_day("4 tablet"), []),
        ("1 cp 3 fois par jour, max 6 par 24 h", _a_day("4 tablet"), [ADDS]),
        ("1 cp 3 fois par jour, max 4 par jour", Limits(), [ADDS]),
        ("1 cp 3 fois par jour, délai minimum entre 2 prises : 4 h", _gap("240", "min"), []),
        ("1 cp 3 fois par jour, délai minimum entre 2 prises : 6 h", _gap("4", "h"), [ADDS]),
        ("1 cp 3 fois par jour, max 40 cp", Limits(per_lifetime=a_quantity("40 tablet")), []),
    ],
)
def test_a_ceiling_of_the_text_is_one_of_the_structure_by_its_numbers(
    text: str, limits: Limits, expected: list[str]
) -> None:
    assert _codes(text, _limited(limits)) == expected


def test_a_dose_by_weight_agrees_with_the_same_and_with_nothing_else() -> None:
    weighed = MORNING.model_copy(
        update={"dose": Dose(low=a_quantity("10 mg"), high=a_quantity("10 mg"), per_body=True)}
    )

    assert _codes("10 mg/kg le matin", weighed) == []
    assert _codes("15 mg/kg le matin", weighed) == [ADDS]
    assert _codes("10 mg/kg le matin", _of("10 mg")) == [ADDS]


def test_a_rate_alone_is_compared_with_nothing_that_could_be_planned() -> None:
    rate = MORNING.model_copy(update={"dose": Dose(rate="5 mg/h")})

    assert _codes("10 mg le matin", rate) == [UNREAD]
