"""Rows for tests of the store: a message, its prescription, its queue item, its decision."""

import hashlib
from datetime import UTC, datetime

from builders import a_line, a_phase, a_prescription

from engine.store import accounts, audit, inbox, patients, prescriptions, queue
from engine.store.accounts import Account
from engine.store.prescriptions import StoredPrescription
from engine.store.queue import Item, Subject
from engine.store.unit import Unit, new_id
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.decision import Decider, Decision, DecisionKind, Role
from schemas.events import AuditEvent
from schemas.ids import DecisionId, MessageId, Sha256, TenantId, UserName
from schemas.message import MessageState
from schemas.schedule import DoseSchedule

TENANT = TenantId("750512345")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def an_account(unit: Unit, name: str, role: Role, *, active: bool = True) -> Account:
    """An account of this role."""
    account = Account(
        name=UserName(name), full_name=name.title(), role=role, rpps="10000023084", active=active
    )
    accounts.add(unit, account, NOW)
    return account


def a_message(unit: Unit, raw: bytes = b"MSH|", **changed: object) -> MessageId:
    """A message in the inbox."""
    identifier = MessageId(new_id("msg"))
    digest = Sha256(hashlib.sha256(raw).hexdigest())
    arrival = inbox.Arrival(
        **{
            "id": identifier,
            "channel": "mllp",
            "site": "reference",
            "format": "hl7v2",
            "kind": "RDE^O11",
            "control_id": identifier,
            "dedupe_key": identifier,
            "lane": None,
            "sha256": digest,
            "raw": raw,
            "state": MessageState.RECEIVED,
            **changed,
        }
    )
    inbox.store(unit, arrival, NOW)
    return identifier


def a_stored_prescription(unit: Unit, raw: bytes = b"MSH|") -> tuple[StoredPrescription, Item]:
    """A prescription of one computable line, with its queue item and a journal entry."""
    message_id = a_message(unit, raw)
    prescription = a_prescription(a_line(a_phase(moments=["MORN"])))
    assert prescription.patient is not None
    patient_id = patients.store(unit, prescription.patient, "mllp", (), NOW)
    schedule = DoseSchedule(site="reference", zone="Europe/Paris")
    stored = prescriptions.store(
        unit,
        AssessedPrescription(
            prescription=prescription,
            lines=(AssessedLine(line=prescription.lines[0], schedule=schedule),),
        ),
        message_id=message_id,
        source_sha256=Sha256(hashlib.sha256(raw).hexdigest()),
        patient_id=patient_id,
        group_key="P1",
        version=1,
        at=NOW,
    )
    opened = queue.open_item(
        unit,
        Subject.PRESCRIPTION,
        stored.id,
        patient_id=patient_id,
        content_sha256=stored.content_sha256,
        source_sha256=stored.source_sha256,
        blocking=0,
        at=NOW,
    )
    audit.record(unit, AuditEvent.PRESCRIPTION_STORED, actor="engine", subject=stored.id, at=NOW)
    item = queue.item(unit, opened.id)
    assert item is not None
    return stored, item


def a_decision(item: Item, kind: DecisionKind, user: str) -> Decision:
    """A decision on exactly the content of the item."""
    return Decision(
        id=DecisionId(new_id("dec")),
        kind=kind,
        decided_by=Decider(user=UserName(user), name="X", role=Role.PHARMACIST, finess=TENANT),
        decided_at=NOW,
        content_sha256=item.content_sha256,
        source_sha256=item.source_sha256,
        software="test",
    )
