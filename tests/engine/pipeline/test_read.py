"""What a message says is stored whole, as a version that waits for a pharmacist."""

from messages import RANGE_DOSE, a_bundle, a_context, a_request, open_items, taken_in, the_item

from engine.store import audit, prescriptions, queue
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.validation.states import ItemState
from schemas.events import AuditEvent
from schemas.finding import FindingCode
from schemas.message import MessageState
from schemas.schedule import DoseSchedule


def _content(store: Store, context, item):
    with store.unit(context.tenant) as unit:
        stored = prescriptions.prescription(unit, item.subject_id)
    assert stored is not None
    return stored.content


def test_a_prescription_waits_for_a_decision_and_plans_nothing(store: Store) -> None:
    context = a_context(store)

    message = taken_in(context, a_bundle(a_request("A"), a_request("B")))

    item = the_item(context)
    content = _content(store, context, item)
    assert message.state is MessageState.READ
    assert item.state is ItemState.TO_VALIDATE
    assert item.blocking == 0
    assert [line.line.identifier for line in content.lines] == ["A", "B"]
    assert all(isinstance(line.schedule, DoseSchedule) for line in content.lines)
    with store.unit(context.tenant) as unit:
        journal = audit.entries_about(unit, (message.id, item.subject_id))
    assert [entry.event for entry in journal] == [
        AuditEvent.MESSAGE_RECEIVED,
        AuditEvent.PRESCRIPTION_STORED,
    ]


def test_what_blocks_is_counted_on_the_item(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    taken_in(context, a_bundle(a_request("A", RANGE_DOSE)))

    item = the_item(context)
    [line] = _content(sqlite_store, context, item).lines
    assert item.blocking >= 1
    assert not line.schedule.computable
    assert FindingCode.DOSE_RANGE in [finding.code for finding in line.findings]


def test_a_newer_message_of_the_group_takes_the_place_of_an_undecided_one(store: Store) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A"), bundle="B1"))
    first = the_item(context)

    taken_in(context, a_bundle(a_request("A"), a_request("B"), bundle="B2"))

    second = the_item(context)
    with store.unit(context.tenant) as unit:
        before = queue.item(unit, first.id)
        stored = prescriptions.prescription(unit, second.subject_id)
    assert before is not None
    assert before.state is ItemState.SUPERSEDED
    assert stored is not None
    assert stored.version == 2


def test_a_line_that_the_newer_message_leaves_out_stays_visible(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A"), a_request("B"), bundle="B1"))

    taken_in(context, a_bundle(a_request("A"), bundle="B2"))

    lines = _content(sqlite_store, context, the_item(context)).lines
    assert [line.line.identifier for line in lines] == ["A", "B"]
    assert FindingCode.LINE_CARRIED in [finding.code for finding in lines[1].findings]


def test_another_person_under_a_known_identifier_is_a_blocking_doubt(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A"), group="G1", bundle="B1"))

    taken_in(context, a_bundle(a_request("B"), group="G2", bundle="B2", birthDate="1951-01-01"))

    codes = [
        finding.code
        for item in open_items(context)
        for finding in _content(sqlite_store, context, item).findings
    ]
    assert FindingCode.PATIENT_CONTRADICTED in codes


def test_a_message_without_anything_is_refused_with_its_reason(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    message = taken_in(context, b'{"resourceType": "Bundle", "type": "collection", "entry": []}')

    assert message.state is MessageState.REFUSED
    with sqlite_store.unit(context.tenant) as unit:
        assert prescriptions.findings_of(unit, message.id) != ()
    assert open_items(context, Subject.PRESCRIPTION) == ()
