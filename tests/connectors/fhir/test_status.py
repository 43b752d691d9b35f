"""What a MedicationRequest asks for, by its status and its intent: every cell of the table."""

import pytest
from fhir_messages import a_request, line_of

from connectors.fhir.form.shapes import shapes_of
from schemas.finding import FindingCode
from schemas.prescription import LineAction

INTENTS = (
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
    "proposal",
    "plan",
    "option",
)
# One row for each status, one letter for each intent, in the order above. S start, H hold, T stop,
# C cancel; c cancel and i inform: with a finding that blocks.
TABLE = {
    "active": "SSSSSiii",
    "on-hold": "HHHHHiii",
    "stopped": "TTTTTiii",
    "cancelled": "CCCCCiii",
    "entered-in-error": "ccccciii",
    "completed": "iiiiiiii",
    "draft": "iiiiiiii",
    "unknown": "iiiiiiii",
}
MEANS = {
    "S": LineAction.START,
    "H": LineAction.HOLD,
    "T": LineAction.STOP,
    "C": LineAction.CANCEL,
    "c": LineAction.CANCEL,
    "i": LineAction.INFORM,
}
CELLS = [
    (status, intent, letter)
    for status, row in TABLE.items()
    for intent, letter in zip(INTENTS, row, strict=True)
]


@pytest.mark.parametrize(("status", "intent", "letter"), CELLS)
def test_each_status_of_each_intent_asks_for_one_thing(status, intent, letter) -> None:
    line = line_of(a_request(status=status, intent=intent))

    assert line.action is MEANS[letter]
    blocks = any(finding.code is FindingCode.STATUS_NOT_ACTIVE for finding in line.findings)
    assert blocks is letter.islower()


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("status", TABLE)
@pytest.mark.parametrize(
    "change",
    [
        {"doNotPerform": True},
        {"reportedBoolean": True},
        {"reportedReference": {"display": "sa fille"}},
    ],
)
def test_what_is_forbidden_or_only_reported_never_starts(change, status, intent) -> None:
    line = line_of(a_request(status=status, intent=intent, **change))

    assert line.action in (LineAction.INFORM, LineAction.STOP, LineAction.CANCEL)
    assert any(finding.code is FindingCode.STATUS_NOT_ACTIVE for finding in line.findings)


@pytest.mark.parametrize("change", [{"doNotPerform": False}, {"reportedBoolean": False}])
def test_what_is_said_not_to_be_forbidden_or_reported_is_an_order(change) -> None:
    line = line_of(a_request(**change))

    assert (line.action, line.findings) == (LineAction.START, ())


def test_the_table_has_every_code_of_the_required_lists() -> None:
    shapes = shapes_of("MedicationRequest")

    assert shapes["status"].codes == set(TABLE)
    assert shapes["intent"].codes == set(INTENTS)
