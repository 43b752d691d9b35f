"""Figures of the product inside a text, rates, and how long one intake lasts."""

import pytest
from builders import a_frequency, a_phase, a_quantity
from plans import lasting, paris

from engine.posology.comparison.compare import compare, compare_all
from engine.posology.text.propose import propose
from schemas.posology import Dose, Phase, Posology, Rhythm
from schemas.prescription import Product
from schemas.quantity import Strength

CONTRADICTS, ADDS, UNREAD = "text-contradicts", "text-adds", "text-unread"
EVERY_3_DAYS = a_phase(frequency=a_frequency(1, "3"), dose="1 patch")
FENTANYL = Product(text="EXEMPLE 75 µg/h, dispositif transdermique")


def _codes(text: str, phase: Phase, product: Product | None = None) -> list[str]:
    found = compare_all(Posology(phases=(phase,)), (text,), product or Product())
    return sorted({finding.code.value for finding in found})


def _infused(rate: str, dose: str | None = "1000 mL") -> Phase:
    amount = a_quantity(dose) if dose else None
    given = Dose(low=amount, high=amount, rate=rate)
    return a_phase(frequency=a_frequency(1)).model_copy(update={"dose": given})


def _worn(dose: str, hours: int) -> Phase:
    worn = lasting(hours, "h").duration
    return a_phase(clock=["07:00"], dose=dose).model_copy(update={"intake_lasts": worn})


@pytest.mark.parametrize(
    ("text", "product", "expected"),
    [
        ("exemple 75 µg/h, patch, 1 tous les 3 jours", FENTANYL, []),
        ("exemple 75 µg/h, patch, 1 tous les 3 jours", Product(), [UNREAD]),
        ("exemple 25 µg/h, patch, 1 tous les 3 jours", FENTANYL, [CONTRADICTS]),
        ("exemple 25 µg par heure, patch, 1 tous les 3 jours", FENTANYL, [CONTRADICTS]),
        ("1 patch de 75 µg/h tous les 3 jours", FENTANYL, []),
        ("1 patch de 25 µg/h tous les 3 jours", FENTANYL, [CONTRADICTS]),
        ("patch 75 µg/h, 2 tous les 3 jours", FENTANYL, [CONTRADICTS]),
    ],
)
def test_what_a_patch_releases_is_its_strength(
    text: str, product: Product, expected: list[str]
) -> None:
    assert _codes(text, EVERY_3_DAYS, product) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nicotine 15 mg/16h, patch, 1 à 7h", []),
        ("nicotine 15 mg/16h, patch, 2 à 7h", [CONTRADICTS]),
        ("nicotine 10 mg/16h, patch, 1 à 7h", [CONTRADICTS]),
    ],
)
def test_one_patch_of_an_amount_for_the_hours_it_is_worn_is_that_amount(
    text: str, expected: list[str]
) -> None:
    assert _codes(text, _worn("15 mg", 16)) == expected


def test_a_patch_is_worn_until_the_next_and_never_longer() -> None:
    daily = a_phase(frequency=a_frequency(1), dose="1 patch")

    assert _codes("1 patch 72h tous les 3 jours", EVERY_3_DAYS) == []
    assert _codes("patch 72h, 1 le matin", daily) == [ADDS, CONTRADICTS]
    assert _codes("1 patch 24h", daily) == []
    assert _codes("1 patch 24h tous les 3 jours", EVERY_3_DAYS) == [UNREAD]
    assert _codes("1 patch à 20h", _worn("1 patch", 16)) == [CONTRADICTS]


@pytest.mark.parametrize(
    ("text", "rate", "expected"),
    [
        ("1000 mL infused at 50 ml/hour", "50 mL / 1 h", []),
        ("1000 mL at 100 ml/h", "50 mL / 1 h", [CONTRADICTS]),
        ("1000 mL at 100 ml/h", "6 L / 60 h", []),
        ("1000 mL over 20 minutes", "1000 mL / 20 min", []),
        ("1000 mL over 20 minutes", "20 min", []),
        ("1000 mL over 30 minutes", "1000 mL / 20 min", [UNREAD]),
    ],
)
def test_a_rate_is_compared_with_that_of_the_structure(
    text: str, rate: str, expected: list[str]
) -> None:
    assert _codes(text, _infused(rate)) == expected


def test_a_rate_that_the_structure_does_not_have_blocks() -> None:
    assert _codes("1000 mL at 50 ml/h", a_phase(moments=["MORN"], dose="1000 mL")) == [ADDS]


def test_an_intake_of_another_length_contradicts() -> None:
    assert _codes("15 mg à 7h sur 16 heures", _worn("15 mg", 16)) == []
    assert _codes("15 mg à 7h sur 12 heures", _worn("15 mg", 16)) == [CONTRADICTS]
    assert _codes("1 cp 3 fois par jour sur 24 heures", a_phase(frequency=a_frequency(3))) == []


@pytest.mark.parametrize(
    ("text", "product", "expected"),
    [
        ("crème à 1 %, 1 application par jour", Product(text="EXEMPLE 1 %, crème"), []),
        ("crème à 5 %, 1 application par jour", Product(text="EXEMPLE 1 %, crème"), [CONTRADICTS]),
        ("crème à 1 %, 1 application par jour", Product(text="EXEMPLE crème"), [UNREAD]),
        ("crème à 1 %, 1 application par jour", Product(text="EXEMPLE 500 mg"), [UNREAD]),
    ],
)
def test_a_share_names_the_product(text: str, product: Product, expected: list[str]) -> None:
    daily = a_phase(frequency=a_frequency(1), dose="1 application")

    assert _codes(text, daily, product) == expected


def test_an_amount_by_volume_or_by_puff_is_of_the_product() -> None:
    oral = a_phase(moments=["MORN"], dose="10 mL")
    puffs = a_phase(moments=["MORN"], dose="2 puff")
    syrup = Product(text="EXEMPLE 24 mg/ml, suspension buvable")

    assert _codes("10 ml (24 mg/ml) le matin", oral, syrup) == []
    assert _codes("10 ml (120 mg/5 ml) le matin", oral, syrup) == []
    assert _codes("10 ml (40 mg/ml) le matin", oral, syrup) == [CONTRADICTS]
    assert _codes("100 µg/dose : 2 bouffées le matin", puffs) == [UNREAD]
    assert _codes("1 g/8h", a_phase(frequency=a_frequency(1, "8", "h"), dose="1 g")) == []


@pytest.mark.parametrize(
    ("text", "dose", "expected"),
    [
        ("Exemple 40 mg tablets, take two in the morning", "2 tablet", []),
        ("Exemple 40 mg tablets, take two in the morning", "1 tablet", [CONTRADICTS]),
        ("Exemple 40 mg tablets, take two in the morning", "80 mg", []),
        ("Exemple 40 mg tablets, take two in the morning", "40 mg", [CONTRADICTS]),
        ("Exemple 500mg cp : 1 cp le matin", "1 tablet", []),
        ("40 mg comprimé le matin", "40 mg", []),
        ("40 mg comprimé le matin", "20 mg", [CONTRADICTS]),
        ("comprimé : 2 le matin", "1 tablet", [CONTRADICTS]),
        ("comprimé : 1 le matin", "1 capsule", [CONTRADICTS]),
        ("comprimé : 1 le matin", "1 tablet", []),
    ],
)
def test_an_amount_before_the_shape_of_a_product_names_it_unless_nothing_else_is_a_dose(
    text: str, dose: str, expected: list[str]
) -> None:
    assert _codes(text, a_phase(moments=["MORN"], dose=dose)) == expected


def test_the_strength_that_names_a_product_is_compared_with_its_own() -> None:
    said = propose("Exemple 40 mg tablets, take two in the morning")
    two = a_phase(moments=["MORN"], dose="2 tablet")
    other = Strength(numerator=a_quantity("20 mg"))

    assert [f.code.value for f in compare(said, (two,), None, (other,))] == [CONTRADICTS]


def test_the_instant_of_a_dated_intake_is_a_time_of_the_clock() -> None:
    dated = a_phase().model_copy(update={"rhythm": Rhythm(dates=(paris("2026-03-02 22:00"),))})

    assert _codes("1 tablet at 2200 hours", dated) == []
    assert _codes("1 tablet at 2100 hours", dated) == [CONTRADICTS]
