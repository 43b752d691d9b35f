"""Movements of ADT messages: what happened, what is only planned, what is taken back."""

from datetime import UTC, datetime

import pytest
from hl7v2_messages import doubts, joined, msh, read_text

from schemas.movement import Movement, MovementAction, MovementKind

PID = "PID|1||1^^^EHPAD^PI||EXEMPLE^Odette||19400512|F"
EVN = "EVN||20260106101500+0100||||20260106101000+0100"


def adt(event: str, *segments: str) -> str:
    return joined(msh(f"ADT^{event}", version="2.5^FRA^2.11"), EVN, PID, *segments)


def movement(text: str) -> Movement:
    (found,) = read_text(text).movements
    return found


@pytest.mark.parametrize(
    ("event", "kind", "action"),
    [
        ("A11", MovementKind.ADMIT, MovementAction.CANCEL),
        ("A12", MovementKind.TRANSFER, MovementAction.CANCEL),
        ("A13", MovementKind.DISCHARGE, MovementAction.CANCEL),
        ("A52", MovementKind.LEAVE, MovementAction.CANCEL),
        ("A53", MovementKind.RETURN, MovementAction.CANCEL),
        ("A05", MovementKind.ADMIT, MovementAction.PLAN),
        ("A14", MovementKind.ADMIT, MovementAction.PLAN),
        ("A15", MovementKind.TRANSFER, MovementAction.PLAN),
        ("A16", MovementKind.DISCHARGE, MovementAction.PLAN),
        ("A38", MovementKind.ADMIT, MovementAction.CANCEL_PLAN),
        ("A25", MovementKind.DISCHARGE, MovementAction.CANCEL_PLAN),
        ("A26", MovementKind.TRANSFER, MovementAction.CANCEL_PLAN),
        ("A27", MovementKind.ADMIT, MovementAction.CANCEL_PLAN),
        ("A21", MovementKind.LEAVE, MovementAction.INSERT),
    ],
)
def test_an_event_says_what_is_done_with_which_movement(
    event: str, kind: MovementKind, action: MovementAction
) -> None:
    found = movement(adt(event))

    assert (found.kind, found.action) == (kind, action)
    assert found.findings == ()


@pytest.mark.parametrize(
    ("event", "said", "action"),
    [
        ("A21", "INSERT", MovementAction.INSERT),
        ("A21", "UPDATE", MovementAction.UPDATE),
        ("A21", "CANCEL", MovementAction.CANCEL),
        ("A52", "INSERT", MovementAction.CANCEL),
        ("A14", "CANCEL", MovementAction.CANCEL_PLAN),
    ],
)
def test_zbe_says_what_is_done_where_the_event_does_not(
    event: str, said: str, action: MovementAction
) -> None:
    found = movement(adt(event, f"ZBE|M-7^DPI|20260106093000+0100||{said}|N"))

    assert found.action is action
    assert [(one.value, one.authority) for one in found.identifiers] == [("M-7", "DPI")]
    assert found.occurred_at == datetime(2026, 1, 6, 8, 30, tzinfo=UTC)


def test_an_unknown_action_makes_the_movement_doubtful() -> None:
    found = movement(adt("A21", "ZBE|M-7^DPI|20260106093000+0100||REMOVE|N"))

    assert doubts(found.findings) == [("code-invalid", "ZBE[1]-4")]
    assert found.findings[0].blocks


def test_a_changed_movement_is_of_the_event_that_it_names() -> None:
    found = movement(adt("Z99", "ZBE|M-7^DPI|20260106093000+0100||UPDATE|N|A21"))

    assert (found.kind, found.action) == (MovementKind.LEAVE, MovementAction.UPDATE)


@pytest.mark.parametrize("zbe", ["ZBE|M-7^DPI|20260106093000+0100||UPDATE|N", ""])
def test_a_changed_movement_without_its_event_is_refused(zbe: str) -> None:
    reading = read_text(adt("Z99", *([zbe] if zbe else [])))

    assert reading.is_empty
    assert [code for code, _ in doubts(reading.findings)] == ["element-missing"]


def test_a_leave_says_when_the_patient_is_expected_back() -> None:
    back = "PV2" + "|" * 47 + "20260108180000+0100"

    assert movement(adt("A21", back)).returns_at == datetime(2026, 1, 8, 17, tzinfo=UTC)
    assert movement(adt("A02", back)).returns_at is None


def test_a_change_of_number_names_the_number_before() -> None:
    found = movement(adt("A47", "MRG|000999^^^EHPAD^PI"))

    assert found.kind is MovementKind.RENUMBER
    assert found.merged is not None
    assert [one.value for one in found.merged.identifiers] == ["000999"]


def test_a_stay_that_moves_names_the_patient_whose_it_was() -> None:
    found = movement(adt("A44", "MRG|000999^^^EHPAD^PI||V17^^^EHPAD^AN"))

    assert found.kind is MovementKind.MOVE
    assert found.merged is not None
    assert doubts(movement(adt("A44")).findings) == [("element-missing", "PID[1]")]
