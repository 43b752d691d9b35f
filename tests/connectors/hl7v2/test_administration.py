from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hl7v2_messages import PID, doubts, joined, msh, read_text

from schemas.intake import Intake, IntakeStatus


def rxa(
    *,
    amount: str = "1",
    reason: str = "",
    status: str = "CP",
    action: str = "A",
    taken: str = "20260105080500+0100",
    entered: str = "20260105080700+0100",
) -> str:
    return (
        f"RXA|0|3|{taken}|{taken}|P1^PRODUIT^L|{amount}|TAB|||||||||||{reason}||{status}"
        f"|{action}|{entered}"
    )


def ras(*segments: str, orc: str = "ORC|RE|L1^DPI|F1^LGO") -> str:
    return joined(msh("RAS^O17^RAS_O17"), PID, orc, *segments)


def the_intake(*segments: str) -> Intake:
    (found,) = read_text(ras(*segments)).intakes
    return found


def codes(intake: Intake) -> list[tuple[str, str]]:
    return doubts(intake.findings)


@pytest.mark.parametrize(
    ("status", "reason", "amount", "expected"),
    [
        ("CP", "", "1", IntakeStatus.TAKEN),
        ("PA", "", "0.5", IntakeStatus.PARTIAL),
        ("RE", "01^refus^L", "0", IntakeStatus.REFUSED),
        ("NA", "", "0", IntakeStatus.NOT_GIVEN),
        ("NA", "02^absent^L", "0", IntakeStatus.NOT_GIVEN),
    ],
)
def test_a_completion_status_is_what_was_reported(
    status: str, reason: str, amount: str, expected: IntakeStatus
) -> None:
    intake = the_intake(rxa(status=status, reason=reason, amount=amount), "RXR|PO")

    assert intake.status is expected
    assert intake.findings == ()


def test_an_intake_has_its_own_number_and_that_of_its_order() -> None:
    intake = the_intake(rxa(), "RXR|PO")

    assert [(one.value, one.authority) for one in intake.identifiers] == [("F1/3", "LGO")]
    assert [one.value for one in intake.line] == ["L1", "F1"]
    assert intake.taken_at == datetime(2026, 1, 5, 7, 5, tzinfo=UTC)
    assert intake.recorded_at == datetime(2026, 1, 5, 7, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("segment", "place"),
    [
        (rxa(status="CP", reason="01^refus^L"), "RXA[1]-20"),
        (rxa(status="PA", reason="^refus"), "RXA[1]-20"),
        (rxa(status="CP", amount="0"), "RXA[1]-6"),
        (rxa(status="PA", amount="0"), "RXA[1]-6"),
        (rxa(entered="20260105080000+0100"), "RXA[1]-22"),
    ],
)
def test_an_intake_that_contradicts_itself_is_said(segment: str, place: str) -> None:
    assert codes(the_intake(segment, "RXR|PO")) == [("intake-inconsistent", place)]


def test_a_refusal_without_its_reason_is_to_acknowledge() -> None:
    found = the_intake(rxa(status="RE"), "RXR|PO")

    assert codes(found) == [("intake-reason-missing", "RXA[1]-18")]
    assert not any(finding.blocks for finding in found.findings)


def test_a_part_is_less_than_what_was_ordered() -> None:
    order = ("RXE||P1^PRODUIT^L|1||TAB", "TQ1|1||BID", "RXR|PO")

    less = the_intake(*order, rxa(status="PA", amount="0.5"), "RXR|PO")
    all_of_it = the_intake(*order, rxa(status="PA", amount="1"), "RXR|PO")

    assert codes(less) == []
    assert codes(all_of_it) == [("intake-inconsistent", "RXA[1]-6")]


def test_an_amount_of_999_is_not_known() -> None:
    assert the_intake(rxa(amount="999"), "RXR|PO").quantity is None


def test_an_amount_keeps_its_precision() -> None:
    quantity = the_intake(rxa(amount="0.50"), "RXR|PO").quantity

    assert quantity is not None
    assert quantity.value.as_tuple() == Decimal("0.50").as_tuple()


@pytest.mark.parametrize(("status", "code"), [("", "element-missing"), ("XX", "code-invalid")])
def test_a_status_that_is_missing_or_unknown_is_not_guessed(status: str, code: str) -> None:
    intake = the_intake(rxa(status=status), "RXR|PO")

    assert intake.status is IntakeStatus.UNKNOWN
    assert codes(intake) == [(code, "RXA[1]-20")]


def test_an_action_outside_its_table_is_said() -> None:
    assert codes(the_intake(rxa(action="Q"), "RXR|PO")) == [("code-invalid", "RXA[1]-21")]


def test_a_day_without_a_time_is_no_time_of_an_intake() -> None:
    intake = the_intake(rxa(taken="20260105", entered=""), "RXR|PO")

    assert intake.taken_at is None
    assert codes(intake) == [("value-invalid", "RXA[1]-3")]


def test_a_deleted_record_was_entered_in_error_and_an_updated_one_corrects() -> None:
    deleted = the_intake(rxa(action="D"), "RXR|PO")
    updated = the_intake(rxa(action="U"), "RXR|PO")

    assert deleted.status is IntakeStatus.ENTERED_IN_ERROR
    assert updated.status is IntakeStatus.TAKEN
    for intake in (deleted, updated):
        assert intake.corrects is not None
        assert intake.corrects.value == "F1/3"


def test_several_administrations_of_one_order_are_several_intakes() -> None:
    reading = read_text(ras(rxa(), rxa().replace("RXA|0|3", "RXA|0|4"), "RXR|PO"))

    assert [one.identifiers[0].value for one in reading.intakes] == ["F1/3", "F1/4"]
    assert reading.findings == ()


def test_two_administrations_with_one_number_are_said() -> None:
    reading = read_text(ras(rxa(), rxa(), "RXR|PO"))

    assert [intake.location for intake in reading.intakes] == ["RXA[1]", "RXA[2]"]
    assert doubts(reading.findings) == [("identifier-duplicate", "RXA[2]-2")]


def test_an_administration_without_its_order_is_said() -> None:
    reading = read_text(joined(msh("RAS^O17"), PID, rxa(), "RXR|PO"))

    (intake,) = reading.intakes
    assert intake.line == ()
    assert doubts(reading.findings) == [("element-missing", "RXA[1]")]
    assert codes(intake) == [("element-missing", "RXA[1]"), ("element-missing", "RXA[1]-2")]


def test_the_time_planned_is_that_of_a_lone_timing_without_a_pattern() -> None:
    once = the_intake("TQ1|1||||||20260105080000+0100", rxa(), "RXR|PO")
    often = the_intake("TQ1|1||BID||||20260105080000+0100", rxa(), "RXR|PO")

    assert once.planned_at == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert often.planned_at is None
