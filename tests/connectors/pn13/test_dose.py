"""Amounts, units and rates of PN13, with the precision of their sender."""

from decimal import Decimal

import pytest
from pn13_messages import (
    DAILY_FREQUENCY,
    ONE_TABLET,
    TABLET,
    a_posology,
    amount,
    phase_of,
    said,
)

from schemas.quantity import Duration, PeriodUnit, Quantity


@pytest.mark.parametrize(("sent", "kept"), [("0.5", "0.5"), ("1000.0", "1000.0"), ("2,5", "2.5")])
def test_an_amount_keeps_the_precision_of_its_sender(sent: str, kept: str) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount(sent, "cpr")))

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(kept), unit="cpr")
    assert str(phase.dose.exact.value) == kept


@pytest.mark.parametrize("sent", ["1,000", "un", "-1", "1e3", "NaN", "1/2", "٣"])
def test_a_number_that_may_be_read_in_two_ways_or_none_is_no_dose(sent: str) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount(sent, "cpr")))

    assert phase.dose is None
    assert said(phase.findings) == [("value-invalid", sent)]


def test_a_unit_outside_the_table_is_kept_and_blocks() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("1", "cp sec")))

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(1), unit="cp sec")
    assert said(phase.findings) == [("unit-unknown", "cp sec")]


def test_a_coded_unit_keeps_its_list() -> None:
    edqm = phase_of(
        a_posology(DAILY_FREQUENCY, dose=amount("1", "15054000", ' Phast-nomenclature="EDQM"'))
    )
    ucum = phase_of(
        a_posology(DAILY_FREQUENCY, dose=amount("5", "mg/kg", ' Phast-nomenclature="UCUM"'))
    )

    assert edqm.dose is not None
    assert ucum.dose is not None
    assert edqm.dose.low == Quantity(
        value=Decimal(1), unit="comprimé", code="15054000", system="EDQM"
    )
    assert ucum.dose.per_body
    assert ucum.dose.exact is None


def test_two_quantities_are_said_to_be_several() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=ONE_TABLET + amount("2", "cpr")))

    assert "dose-several" in [f.code.value for f in phase.findings]
    assert any(f.blocks for f in phase.findings)


def a_component(label: str, quantity: str = "", inside: str = "") -> str:
    stated = f"<Quantité_composant_prescrite>{quantity}</Quantité_composant_prescrite>"
    return f"""<Composant_prescrit><Libellé_composant>{label}</Libellé_composant>
    {stated if quantity else ""}{inside}</Composant_prescrit>"""


BAG = "<Nombre>1</Nombre><Unité>poche</Unité>"

TWO_VIALS = "<Nombre>2</Nombre><Unité>amp</Unité>"

VIALS, BAGS = a_component("A", TWO_VIALS), a_component("B", BAG)

REFERRED = a_component("A", TWO_VIALS, "<Référent_poso>1</Référent_poso>")

VEHICLE = a_component("B", BAG, "<Véhicule>1</Véhicule>")


@pytest.mark.parametrize(
    ("components", "value", "unit"),
    [
        (VIALS, "4", "amp"),
        (REFERRED + VEHICLE, "4", "amp"),
        (VIALS + VEHICLE, "2", "poche"),
        (VIALS + BAGS, "2", "dose"),
    ],
)
def test_the_unit_dose_stands_for_a_component_or_the_preparation(
    components: str, value: str, unit: str
) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("2", "dose")), components=components)

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(value), unit=unit)


def test_the_unit_dose_of_a_component_without_quantity_blocks() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("1", "dose")), components=TABLET)

    assert said(phase.findings) == [("unit-unknown", "dose")]


@pytest.mark.parametrize(
    ("number", "unit", "minutes"), [("720", "min", "720"), ("0800", "HHMM", "480")]
)
def test_a_duration_is_how_long_one_intake_lasts(number: str, unit: str, minutes: str) -> None:
    lasts = f"<Durée><Nombre>{number}</Nombre><Unité>{unit}</Unité></Durée>"

    phase = phase_of(a_posology(DAILY_FREQUENCY + lasts))

    assert phase.intake_lasts == Duration(value=Decimal(minutes), unit=PeriodUnit.MINUTE)


def test_a_rate_is_kept_as_words() -> None:
    phase = phase_of(a_posology("<Débit><Nombre>5</Nombre><Unité>mg/h</Unité></Débit>", dose=""))

    assert phase.dose is not None
    assert (phase.dose.rate, phase.dose.low) == ("5 mg/h", None)


def test_an_amount_that_runs_in_at_a_rate_is_no_dose_of_an_intake() -> None:
    running = "<Débit><Nombre>5</Nombre><Unité>mg/h</Unité></Débit>"

    assert said(phase_of(a_posology(DAILY_FREQUENCY + running)).findings) == [
        ("dose-rate", "5 mg/h")
    ]


def test_how_long_an_intake_lasts_is_told() -> None:
    lasting = "<Durée><Nombre>720</Nombre><Unité>mn</Unité></Durée>"

    found = said(phase_of(a_posology(DAILY_FREQUENCY + lasting)).findings)

    assert [code for code, _ in found] == ["element-unread"]
