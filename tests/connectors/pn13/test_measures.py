"""Body measures of a PN13 prescription, in both spellings; none of them blocks a line."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pn13_messages import PRESCRIPTION, a_message, prescription_of, reading_of, said

from schemas.codes import Coding
from schemas.prescription import Measure, Prescription
from schemas.quantity import Quantity

PARIS = ZoneInfo("Europe/Paris")


def measured(inside: str) -> Prescription:
    return prescription_of(a_message(header=f"<Rens_compl>{inside}</Rens_compl>"))


def test_a_weight_is_read_with_its_dates() -> None:
    prescription = measured(
        """<Code_rens_compl_1>1</Code_rens_compl_1><Dh_rens_compl>20260214081500</Dh_rens_compl>
        <Dh_enreg_rens_compl>20260214</Dh_enreg_rens_compl>
        <Valeur_rens_compl_1><Nombre>61,5</Nombre><Unité>kg</Unité></Valeur_rens_compl_1>"""
    )

    (weight,) = prescription.measures
    assert (weight.code, weight.value) == (
        Coding(code="1"),
        Quantity(value=Decimal("61.5"), unit="kg"),
    )
    assert weight.measured_at == datetime(2026, 2, 14, 8, 15, tzinfo=PARIS)
    assert str(weight.recorded_at) == "2026-02-14"
    assert weight.location == f"{PRESCRIPTION}/Rens_compl/Valeur_rens_compl_1"
    assert prescription.findings == ()


def test_a_measure_without_a_rank_in_its_name_keeps_its_code() -> None:
    prescription = measured(
        """<Code_rens_compl>5</Code_rens_compl><Valeur_rens_compl><Nombre>0</Nombre>
        <Unité Phast-nomenclature="UCUM">mL/min</Unité></Valeur_rens_compl>"""
    )

    assert prescription.measures == (
        Measure(
            code=Coding(code="5"),
            value=Quantity(value=Decimal(0), unit="mL/min", code="mL/min", system="UCUM"),
            location=f"{PRESCRIPTION}/Rens_compl/Valeur_rens_compl",
        ),
    )


def test_a_measure_that_cannot_be_read_is_told_and_blocks_nothing() -> None:
    header = """<Rens_compl><Code_rens_compl_2>2</Code_rens_compl_2>
    <Valeur_rens_compl_2><Nombre>grand</Nombre></Valeur_rens_compl_2></Rens_compl>
    <Rens_compl><Code_rens_compl_1>7</Code_rens_compl_1></Rens_compl>"""

    (prescription,) = reading_of(a_message(header=header)).prescriptions

    assert prescription.measures == ()
    assert said(prescription.findings) == [
        ("element-unread", "2"),
        ("element-unread", "grand"),
        ("element-unread", "7"),
    ]
    assert not any(finding.blocks for finding in prescription.findings)
