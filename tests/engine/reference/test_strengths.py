"""A strength is read where the composition states one amount in one countable unit, else not."""

from decimal import Decimal

import pytest

from engine.reference.strengths import amount_of, counted_unit, strengths_of
from schemas.quantity import Strength
from schemas.reference import Component, StrengthOutcome

Outcome = StrengthOutcome


def substance(
    name: str, dosage: str, per: str = "un comprimé", link: str = "1", element: str = "comprimé"
) -> Component:
    return Component(
        element=element,
        substance=name,
        substance_code="90001",
        dosage=dosage,
        per=per,
        is_active_part=False,
        link=link,
    )


def part(name: str, dosage: str, per: str = "un comprimé", link: str = "1") -> Component:
    return substance(name, dosage, per, link).model_copy(update={"is_active_part": True})


def said(strengths: tuple[Strength, ...]) -> list[str]:
    """`ALPHA 5.00 mg/1 comprimé`."""
    return [
        f"{each.substance} {each.numerator.value} {each.numerator.unit}/"
        f"{each.denominator.value} {each.denominator.unit}"
        for each in strengths
        if each.denominator
    ]


@pytest.mark.parametrize(
    ("text", "value", "unit", "code"),
    [
        ("500 mg", "500", "mg", "mg"),
        ("1,00 mg", "1.00", "mg", "mg"),
        ("0,5 mg", "0.5", "mg", "mg"),
        ("13,870 mg", "13.870", "mg", "mg"),
        ("7.5 mg", "7.5", "mg", "mg"),
        ("0.031 mg", "0.031", "mg", "mg"),
        ("344,43  mg", "344.43", "mg", "mg"),
        ("1 000 mg", "1000", "mg", "mg"),
        ("1\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}mg", "1000", "mg", "mg"),
        ("3g", "3", "g", "g"),
        ("50 microgrammes", "50", "microgrammes", "ug"),
        ("10,5 µg", "10.5", "µg", "ug"),
        ("1 000 000 UI", "1000000", "UI", None),
    ],
)
def test_an_amount_is_read_as_published(text: str, value: str, unit: str, code: str | None) -> None:
    amount = amount_of(text)

    assert amount is not None
    assert (amount.quantity.value, amount.quantity.unit) == (Decimal(value), unit)
    assert str(amount.quantity.value) == value
    assert amount.quantity.code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mg",
        "500",
        "0 mg",
        "qsp 160 mg",
        "2CH à 30CH",
        "37,5 mg (4 DH)",
        "140 microgrammes (5600 UI)",
        "50 à 5500 MBq",
        "1,5 M UI",
        "1.000 mg",
        "11,200 UI",
        "10 00 mg",
        "1 0000 mg",
        "100 unités",
        "5 ml",
        "<p>5,45 mg",
        "500 mg dont 450 mg de diosmine",
    ],
)
def test_a_dosage_in_doubt_is_no_amount(text: str) -> None:
    assert amount_of(text) is None


@pytest.mark.parametrize(
    ("per", "unit"),
    [
        ("un comprimé", "comprimé"),
        ("Un  comprimé", "comprimé"),
        ("une gélule", "gélule"),
        ("comprimé", None),
        ("un comrpimé", None),
        ("un sachet de 5 g", None),
        ("100 ml", None),
        ("une gélule de 80 mg", None),
        ("", None),
    ],
)
def test_only_one_unit_by_its_plain_name_is_counted(per: str, unit: str | None) -> None:
    assert counted_unit(per) == unit


def test_each_substance_of_a_product_has_its_strength() -> None:
    strengths, outcome = strengths_of(
        "GAMMAPRIL/DELTAZIDE 20 mg/12,5 mg, comprimé",
        "comprimé pelliculé",
        [substance("GAMMAPRIL", "20 mg"), substance("DELTAZIDE", "12,5 mg", link="2")],
    )

    assert said(strengths) == ["GAMMAPRIL 20 mg/1 comprimé", "DELTAZIDE 12.5 mg/1 comprimé"]
    assert outcome is Outcome.READ


def test_a_salt_and_its_active_part_are_one_substance_counted_as_the_name_counts_it() -> None:
    salt = substance("CHLORHYDRATE DE BÉTALOL", "11,2 mg")

    by_part, _ = strengths_of(
        "BETALOL 10 mg, comprimé", "comprimé", [salt, part("BÉTALOL", "10 mg")]
    )
    by_salt, _ = strengths_of(
        "BETALOL 11,20 mg, comprimé", "comprimé", [part("BÉTALOL", "10 mg"), salt]
    )

    assert said(by_part) == ["BÉTALOL 10 mg/1 comprimé"]
    assert said(by_salt) == ["CHLORHYDRATE DE BÉTALOL 11.2 mg/1 comprimé"]


def test_a_salt_as_heavy_as_its_active_part_is_named_by_the_part() -> None:
    components = [part("DOXALINE", "100 mg"), substance("HYCLATE DE DOXALINE", "100 mg")]

    for listed in (components, components[::-1]):
        strengths, _ = strengths_of("DOXALINE 100 mg, comprimé", "comprimé", listed)
        assert said(strengths) == ["DOXALINE 100 mg/1 comprimé"]


def test_one_gram_in_the_name_is_a_thousand_milligrams_in_the_composition() -> None:
    strengths, _ = strengths_of("ALPHA 1 g, comprimé", "comprimé", [substance("ALPHA", "1000 mg")])

    assert said(strengths) == ["ALPHA 1000 mg/1 comprimé"]


def test_a_salt_without_amount_leaves_that_of_its_active_part() -> None:
    strengths, _ = strengths_of(
        "EPSILOPINE, gélule",
        "poudre pour inhalation en gélule",
        [substance("BROMHYDRATE", "", ""), part("EPSILOPINE", "50 mg", "une gélule")],
    )

    assert said(strengths) == ["EPSILOPINE 50 mg/1 gélule"]


@pytest.mark.parametrize(
    ("name", "components", "outcome"),
    [
        ("ALPHA", [], Outcome.NO_COMPOSITION),
        ("ALPHA", [substance("ALPHA", "")], Outcome.DOSAGE),
        ("ALPHA", [substance("ALPHA", "4 CH")], Outcome.DOSAGE),
        ("ALPHA", [substance("ALPHA", "2 g", "100 g de gel")], Outcome.NO_UNIT),
        (
            "ALPHA",
            [substance("ALPHA", "5 mg"), substance("BETA", "5 mg", "une gélule", "2")],
            Outcome.NO_UNIT,
        ),
        (
            "ALPHA/BETA 5 mg/2 mg",
            [substance("ALPHA", "5 mg"), substance("BETA", "4 CH", link="2")],
            Outcome.DOSAGE,
        ),
        (
            "ALPHA",
            [
                substance("ALPHA", "0,1 mg", element="comprimé blanc"),
                substance("ALPHA", "0,2 mg", link="2", element="comprimé rose"),
            ],
            Outcome.ELEMENTS,
        ),
        (
            "ALPHA 500 mg",
            [substance("FRACTION", "500 mg"), part("A", "450 mg"), part("B", "50 mg")],
            Outcome.PARTS,
        ),
        (
            "CALCIUM 500 mg",
            [substance("SEL A", "875 mg"), substance("SEL B", "1132 mg"), part("CA", "500 mg")],
            Outcome.PARTS,
        ),
        (
            "VITAMINE, comprimé",
            [substance("CONCENTRAT", "70 mg (2800 UI)"), part("VITAMINE", "70 mg")],
            Outcome.DOSAGE,
        ),
        (
            "ALPHA",
            [substance("SEL D'ALPHA", "12 mg"), part("ALPHA", "10 mg")],
            Outcome.SALT_OR_PART,
        ),
        (
            "ALPHA/BETA 12 mg/10 mg",
            [substance("SEL D'ALPHA", "12 mg"), part("ALPHA", "10 mg")],
            Outcome.SALT_OR_PART,
        ),
        ("ALPHA 40 mg, comprimé", [substance("ALPHA", "20 mg")], Outcome.NAME),
        ("ALPHA 1000 UI, capsule", [substance("ALPHA", "25 microgrammes")], Outcome.NAME),
        ("ALPHA, gélule", [substance("ALPHA", "5 mg", "une gélule")], Outcome.FORM),
    ],
    ids=lambda value: value.name if isinstance(value, StrengthOutcome) else None,
)
def test_a_product_in_doubt_has_no_strength_at_all_and_the_reason_is_told(
    name: str, components: list[Component], outcome: StrengthOutcome
) -> None:
    assert strengths_of(name, "comprimé", components) == ((), outcome)
