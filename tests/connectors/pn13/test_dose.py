"""Amounts, units and rates of PN13, with the precision of their sender."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
from schemas.site import Site


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("0.5", "0.5"),
        ("1000.0", "1000.0"),
        ("2,5", "2.5"),
        ("0,125", "0.125"),
        ("0,0625", "0.0625"),
    ],
)
def test_an_amount_keeps_the_precision_of_its_sender(sent: str, kept: str) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount(sent, "cpr")))

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(kept), unit="cpr")
    assert str(phase.dose.exact.value) == kept


@pytest.mark.parametrize(
    "sent", ["1,000", "12,500", "00,125", "un", "-1", "1e3", "NaN", "1/2", "٣"]
)
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
    assert phase.findings == ()


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

    assert found == [("element-unread", "720 mn")]


def test_a_unit_of_another_list_means_what_the_site_states_and_nothing_else(
    own_site: Site,
) -> None:
    listed = a_posology(DAILY_FREQUENCY, dose=amount("1", "12", ' Phast-nomenclature="LOC"'))
    free_set = a_posology(DAILY_FREQUENCY, dose=amount("1", "cpr", ' Phast-nomenclature="LOC"'))

    known, unknown = phase_of(listed, site=own_site), phase_of(free_set, site=own_site)

    assert known.dose is not None
    assert known.dose.exact == Quantity(value=Decimal(1), unit="comprimé", code="12", system="LOC")
    assert known.findings == ()
    assert said(unknown.findings) == [("unit-unknown", "cpr")]


def test_a_unit_that_names_the_free_set_is_of_the_free_set() -> None:
    named = amount("1", "cpr", ' Phast-nomenclature="SIPh-CIO_Unité"')

    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=named))

    assert phase.dose is not None
    assert phase.dose.exact is not None
    assert (phase.dose.exact.unit, phase.findings) == ("comprimé", ())


def test_a_unit_of_time_of_another_list_is_none() -> None:
    lasts = """<Durée><Nombre>2</Nombre><Unité Phast-nomenclature="LOC">h</Unité></Durée>"""

    phase = phase_of(a_posology(DAILY_FREQUENCY + lasts))

    assert phase.intake_lasts is None
    assert said(phase.findings)[1:] == [("unit-unknown", "h")]


def test_a_unit_of_time_of_ucum_is_read() -> None:
    lasts = """<Durée><Nombre>2</Nombre><Unité Phast-nomenclature="UCUM">d</Unité></Durée>"""

    phase = phase_of(a_posology(DAILY_FREQUENCY + lasts))

    assert phase.intake_lasts == Duration(value=Decimal(2), unit=PeriodUnit.DAY)


def test_a_rate_keeps_its_unit_of_whatever_list() -> None:
    rate = """<Débit><Nombre>5</Nombre><Unité Phast-nomenclature="UCUM">mg/h</Unité></Débit>"""

    phase = phase_of(a_posology(rate, dose=""))

    assert phase.dose is not None
    assert (phase.dose.rate, phase.findings) == ("5 mg/h", ())


@pytest.mark.parametrize("name", ["Débit", "Durée", "Quantité"])
def test_a_unit_without_a_number_is_told(name: str) -> None:
    phase = phase_of(a_posology(f"{DAILY_FREQUENCY}<{name}><Unité>h</Unité></{name}>", dose=""))

    assert [(f.code.value, f.quoted) for f in phase.findings if f.blocks] == [
        ("timing-unsupported", "h")
    ]


def test_two_components_that_the_dose_refers_to_are_told() -> None:
    phase = phase_of(
        a_posology(DAILY_FREQUENCY, dose=amount("2", "dose")), components=REFERRED + REFERRED
    )

    assert said(phase.findings) == [("dose-several", "dose")]


@given(
    st.integers(min_value=0, max_value=10**6),
    st.text(alphabet="0123456789", max_size=6),
    st.sampled_from(".,"),
)
def test_a_number_is_read_as_it_stands_or_not_at_all(whole: int, parts: str, mark: str) -> None:
    sent = f"{whole}{mark}{parts}" if parts else str(whole)
    may_part_thousands = mark == "," and len(parts) == 3 and whole != 0

    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount(sent, "cpr")))

    if may_part_thousands:
        assert phase.dose is None
    else:
        assert phase.dose is not None
        assert phase.dose.exact is not None
        assert phase.dose.exact.value == Decimal(f"{whole}.{parts}" if parts else whole)
