"""RDS and RGV give facts beside the orders: no order is placed, nothing counts as taken."""

from datetime import date

import pytest
from bounds import within
from hl7v2_messages import PID, doubts, joined, msh, read_text

from schemas.dispense import Dispense, DispenseKind, DispenseStatus
from schemas.people import Identifier

ORC = "ORC|RE|L1^DPI|F1^LGO"
RXD = "RXD|1|P1^PRODUIT^L|20260105|30|TAB^comprimé"
RXG = "RXG|1|||P1^PRODUIT^L|1||TAB^comprimé"


def read_dispense(*segments: str, kind: str = "RDS^O13") -> Dispense:
    reading = read_text(joined(msh(kind), PID, *segments))
    assert reading.prescriptions == ()
    assert reading.intakes == ()
    (only,) = reading.dispenses
    return only


@pytest.mark.parametrize("kind", ["RDS^O13", "RDS^O13^RDS_O13", "RDS^O01", "RDS"])
def test_a_dispense_is_a_fact_about_the_order_that_it_names(kind: str) -> None:
    found = read_dispense(ORC, RXD, "RXR|PO", kind=kind)

    assert found.kind is DispenseKind.DISPENSE
    assert found.status is DispenseStatus.DISPENSED
    assert found.dispensed_at == date(2026, 1, 5)
    assert found.identifiers == (Identifier(value="F1/1", authority="LGO"),)
    assert [each.value for each in found.line] == ["L1", "F1"]
    assert found.findings == ()


def test_an_order_beside_a_dispense_is_context_and_no_order() -> None:
    found = read_dispense(
        "ORC|RE|L1^DPI", "RXO|P9^AUTRE^L|1||TAB", "RXE||P8^COMMANDE^L|1||TAB", RXD
    )

    assert found.ordered is not None
    assert (found.ordered.text, found.product and found.product.text) == ("COMMANDE", "PRODUIT")


@pytest.mark.parametrize(
    ("control", "status"),
    [
        ("RE", DispenseStatus.DISPENSED),
        ("FU", DispenseStatus.DISPENSED),
        ("CA", DispenseStatus.CANCELLED),
        ("OC", DispenseStatus.CANCELLED),
        ("UF", DispenseStatus.NOT_DISPENSED),
        ("OH", DispenseStatus.HELD),
        ("NW", DispenseStatus.UNKNOWN),
    ],
)
def test_the_order_control_says_whether_it_was_given_out(
    control: str, status: DispenseStatus
) -> None:
    found = read_dispense(f"ORC|{control}|L1^DPI", RXD)

    assert found.status is status
    unknown = [("order-control-unknown", "ORC[1]-1")] if control == "NW" else []
    assert doubts(found.findings) == unknown


def test_the_cancellation_of_a_dispense_takes_back_that_dispense() -> None:
    found = read_dispense("ORC|CA|L1^DPI|F1^LGO", RXD)

    assert found.corrects == Identifier(value="F1/1", authority="LGO")


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("RXD|1|P1^PRODUIT^L||30|TAB", ("element-missing", "RXD[1]-3")),
        ("RXD|1|P1^PRODUIT^L|hier|30|TAB", ("value-invalid", "RXD[1]-3")),
        ("RXD|1|P1^PRODUIT^L|20260105|-1|TAB", ("value-invalid", "RXD[1]-4")),
        ("RXD|1||20260105|30|TAB", ("product-missing", "RXD[1]-2")),
        ("RXD||P1^PRODUIT^L|20260105|30|TAB", ("element-missing", "RXD[1]-1")),
    ],
)
def test_what_a_dispense_must_say_and_does_not_is_a_finding(
    segment: str, expected: tuple[str, str]
) -> None:
    assert doubts(read_dispense(ORC, segment).findings) == [expected]


def test_a_give_of_several_administrations_has_no_number_of_its_own() -> None:
    several = read_dispense(ORC, RXG.replace("RXG|1", "RXG|0"), kind="RGV^O15")
    one = read_dispense(ORC, RXG, kind="RGV^O01")

    assert several.identifiers == ()
    assert [each.value for each in one.identifiers] == ["F1/1"]
    assert one.kind is DispenseKind.GIVE
    assert doubts((*several.findings, *one.findings)) == []


def test_a_give_before_version_2_5_has_its_time_in_the_old_field() -> None:
    found = read_dispense(
        ORC, "RXG|1||1^Once^^202601050800|P1^PRODUIT^L|1||TAB^comprimé", kind="RGV^O15"
    )

    assert found.planned_at is not None
    assert found.planned_at.isoformat() == "2026-01-05T08:00:00+01:00"


def test_an_order_without_anything_given_out_is_said() -> None:
    reading = read_text(joined(msh("RDS^O13"), PID, ORC, "RXE||P1^PRODUIT^L|1||TAB"))

    assert reading.is_empty
    assert doubts(reading.findings) == [("element-missing", "ORC[1]")]


def test_a_dispense_of_nobody_is_said() -> None:
    reading = read_text(joined(msh("RDS^O13"), ORC, RXD))

    assert doubts(reading.findings) == [("patient-missing", "MSH[1]")]


def test_many_gives_of_one_order_are_read_in_the_time_of_their_length() -> None:
    gives = [
        segment
        for rank in range(1, 1001)
        for segment in (f"RXG|{rank}|||P1^PRODUIT^L|1", "TQ1|1||Once||||202601050800")
    ]
    text = joined(msh("RGV^O15"), PID, ORC, *gives)
    # Looking behind each give for its timing took half a minute for a third of them.
    with within(20):
        reading = read_text(text)

    assert all(each.planned_at is not None for each in reading.dispenses)
    assert len(reading.dispenses) == 1000
