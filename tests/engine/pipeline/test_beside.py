"""One product in two prescriptions of one message: both would be prepared."""

from datetime import UTC, date, datetime

import pytest
from builders import REFERENCE, a_line, a_patient, a_phase

from engine.pipeline.assess import assess
from schemas.assessment import AssessedPrescription
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.connector import Reading
from schemas.finding import FindingCode
from schemas.people import Identifier, Patient
from schemas.posology import Bounds
from schemas.prescription import (
    Chain,
    EventKind,
    Line,
    LineAction,
    LineEvent,
    Prescription,
    Product,
)

CODE = ProductCode(system=ProductCodeSystem.CIP13, value="3400932320189")


def ordered(name: str, moment: str, **line: object) -> Line:
    given = a_line(a_phase(moments=[moment]), product="EXEMPLE 500 mg, comprimé")
    product = Product(codes=(CODE,), text="EXEMPLE 500 mg, comprimé")
    update = {"location": name, "identifiers": (Identifier(value=name),), "product": product}
    return given.model_copy(update={**update, **line})


def prescribed(
    line: Line, patient: Patient | None = None, group: str | None = None
) -> Prescription:
    return Prescription(
        location=f"prescription of {line.location}",
        patient=patient or a_patient(),
        lines=(line,),
        chain=Chain(group=Identifier(value=group)) if group else Chain(),
    )


def duplicates(*prescriptions: Prescription) -> list[list[str]]:
    """Where each line that is a duplicate says the other one stands."""
    assessment = assess(Reading(format="fhir", prescriptions=prescriptions), REFERENCE)
    return [
        [
            found.message
            for line in each.lines
            for found in line.findings
            if "duplicate" in found.code
        ]
        for each in assessment.prescriptions
    ]


def test_the_same_product_in_two_prescriptions_of_a_patient_blocks_both() -> None:
    rule = "product: the same as that of {}, in another prescription"

    found = duplicates(prescribed(ordered("L1", "MORN")), prescribed(ordered("L2", "EVE")))

    assert found == [[rule.format("L2")], [rule.format("L1")]]


@pytest.mark.parametrize(
    "other",
    [
        prescribed(ordered("L2", "EVE"), patient=a_patient("000999")),
        prescribed(ordered("L2", "EVE", action=LineAction.STOP)),
        prescribed(ordered("L2", "EVE", product=Product(text="AUTRE 5 mg, comprimé"))),
        prescribed(ordered("L1", "EVE")),
    ],
    ids=["another patient", "a line that ends", "another product", "the same order again"],
)
def test_what_is_not_prepared_twice_is_no_duplicate(other: Prescription) -> None:
    assert duplicates(prescribed(ordered("L1", "MORN")), other) == [[], []]


def test_prescriptions_whose_dates_follow_each_other_are_no_duplicate() -> None:

    march, april = (
        ordered(name, "MORN").model_copy(
            update={"posology": a_line(a_phase(moments=["MORN"], bounds=bounds)).posology}
        )
        for name, bounds in (
            ("L1", Bounds(start=date(2026, 3, 1), end=date(2026, 3, 31))),
            ("L2", Bounds(start=date(2026, 4, 1), end=date(2026, 4, 30))),
        )
    )

    assert duplicates(prescribed(march), prescribed(april)) == [[], []]


def test_prescriptions_of_one_group_are_one_treatment_and_compared_too() -> None:
    found = duplicates(
        prescribed(ordered("L1", "MORN"), group="G"), prescribed(ordered("L2", "EVE"), group="G")
    )

    assert [len(each) for each in found] == [1, 1]


def ended_beside(assessed: AssessedPrescription) -> bool:
    """Whether the only line is blocked, because its order has ended."""
    (line,) = assessed.lines
    return FindingCode.STATUS_NOT_ACTIVE in {found.code for found in line.findings if found.blocks}


@pytest.mark.parametrize("stop_first", [False, True])
def test_an_order_that_another_prescription_of_the_message_ends_is_blocked(
    stop_first: bool,
) -> None:
    """Two versions of one request in a collection have no order: the stop may be the later one."""
    placed = prescribed(ordered("L1", "MORN", location="entry[1]"))
    ended = prescribed(ordered("L1", "MORN", location="entry[2]", action=LineAction.STOP))
    both = (ended, placed) if stop_first else (placed, ended)

    assessment = assess(Reading(format="fhir", prescriptions=both), REFERENCE)

    told = {each.lines[0].line.action: ended_beside(each) for each in assessment.prescriptions}
    assert told == {
        LineAction.START: True,
        LineAction.STOP: False,
    }


def test_an_order_placed_anew_after_its_end_is_not_blocked() -> None:
    """The sender's clock says which came last."""
    at = {
        hour: LineEvent(kind=EventKind.CHANGE, at=datetime(2026, 1, 5, hour, tzinfo=UTC))
        for hour in (8, 9)
    }
    ended = prescribed(
        ordered("L1", "MORN", location="ORC[1]", action=LineAction.STOP, event=at[8])
    )
    anew = prescribed(ordered("L1", "MORN", location="ORC[2]", event=at[9]))

    assessment = assess(Reading(format="hl7v2", prescriptions=(ended, anew)), REFERENCE)

    assert not ended_beside(assessment.prescriptions[1])


def test_an_order_that_is_stated_twice_with_other_doses_blocks_both() -> None:
    """The last one won in silence: nobody knows which of the two is meant."""
    one = ordered("A", "MORN")
    two = ordered("A", "EVE", location="A again")

    assert [len(each) for each in duplicates(prescribed(one), prescribed(two))] == [1, 1]
    assert duplicates(prescribed(one), prescribed(one.model_copy(update={"location": "B"}))) == [
        [],
        [],
    ]


def test_two_versions_of_an_order_are_no_two_orders() -> None:
    lines = [ordered("A", "MORN"), ordered("A", "EVE", location="A again")]
    versions = [
        prescribed(line).model_copy(update={"chain": Chain(version=number)})
        for line, number in zip(lines, ("1", "2"), strict=True)
    ]

    assert duplicates(*versions) == [[], []]
