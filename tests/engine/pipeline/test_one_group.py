"""Two prescriptions of one group in a single message are two versions, the last one waiting."""

from pathlib import Path

from messages import a_context, open_items, taken_in

from engine.store import prescriptions, queue
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.validation.states import ItemState

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
