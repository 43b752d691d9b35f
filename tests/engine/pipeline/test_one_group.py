"""Two prescriptions of one group in a single message are two versions, the last one waiting."""

import json
from pathlib import Path

import pytest
from messages import a_context, open_items, taken_in

from engine.store import prescriptions, queue
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.validation.states import ItemState
from schemas.finding import FindingCode

SAMPLE = Path(__file__).parents[3] / "samples" / "hl7v2" / "nominal_tq1.hl7"


def test_the_second_of_a_batch_takes_the_place_of_the_first(store: Store) -> None:
    context = a_context(store)
    one = SAMPLE.read_bytes().rstrip(b"\r\n")
    batch = b"\r".join((b"BHS|^~\\&|DPI|EHPAD", one, one, b"BTS|2", b""))

    message = taken_in(context, batch, "mllp")

    with store.unit(context.tenant) as unit:
        stored = [
            prescriptions.prescription(unit, each)
            for each in prescriptions.of_message(unit, message.id)
        ]
        states = {
            each.version: queue.item_about(unit, Subject.PRESCRIPTION, each.id).state
            for each in stored
        }
    assert states == {1: ItemState.SUPERSEDED, 2: ItemState.TO_VALIDATE}
    assert len({each.group_key for each in stored}) == 1
    assert len(open_items(context)) == 1


def a_request(version: str, status: str) -> bytes:
    """One FHIR request in the version that its server counts."""
    return json.dumps(
        {
            "resourceType": "MedicationRequest",
            "id": "m1",
            "meta": {"versionId": version},
            "identifier": [{"system": "urn:dpi", "value": "m1"}],
            "status": status,
            "intent": "order",
            "medicationCodeableConcept": {"text": "EXEMPLE 500 mg, comprimé"},
            "subject": {"identifier": {"system": "urn:ehpad", "value": "000123"}},
        }
    ).encode()


@pytest.mark.parametrize(("later", "overtaken"), [("2", True), ("5", False), ("10", False)])
def test_a_version_that_its_sender_counts_below_the_known_one_is_told(
    store: Store, later: str, overtaken: bool
) -> None:
    """Version 5 stopped the request: an active version 2 after it must not start it again."""
    context = a_context(store)
    taken_in(context, a_request("5", "stopped"))

    taken_in(context, a_request(later, "active"))

    (item,) = open_items(context)
    with store.unit(context.tenant) as unit:
        waiting = prescriptions.prescription(unit, item.subject_id)
    found = {finding.code for finding in waiting.content.findings if finding.blocks}
    assert (FindingCode.EVENT_OVERTAKEN in found) is overtaken
