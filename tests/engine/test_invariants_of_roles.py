"""Who may do what: every entry point that shows or changes a person's data, for every role."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from messages import a_bundle, a_context, a_request, open_items, taken_in, the_item
from offers import confirmed

from engine.pipeline.access import grant, revoke, withdraw
from engine.pipeline.accounts import add_account
from engine.pipeline.adherence import compute
from engine.pipeline.consult import shown, waiting
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.export import Order, export
from engine.pipeline.interpret import interpret, offered
from engine.pipeline.receive import receive
from engine.pipeline.replay import replay
from engine.pipeline.snapshot import Wanted
from engine.security.permissions import ALLOWED, Permission
from engine.store import accounts, audit, inbox, queue
from engine.store.accounts import Account
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.terminal.answers import verdicts
from engine.validation.decide import Request
from engine.workers import loop
from schemas.decision import DecisionKind, Role
from schemas.errors import Forbidden
from schemas.events import AuditEvent
from schemas.export import ExportKind
from schemas.ids import UserName
from schemas.message import MessageState

PHARMACISTS = {Role.OWNER, Role.PHARMACIST}
WITH_PREPARER = {*PHARMACISTS, Role.PREPARER}
TECHNICAL = {*PHARMACISTS, Role.OPERATOR, Role.INTEGRATOR}
EHPAD = ("000123", "ehpad")
SIGNED = {"signed_on": date(2026, 2, 1), "document": "binder 3"}
DAYS = (date(2026, 3, 2), date(2026, 3, 8))


def named(role: Role) -> str:
    return f"a-{role.value}"


class Desk:
    """One validated prescription with access for a receiver, one to decide on, one to read,
    one parked."""

    def __init__(self, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        self.context = context
        for role in Role:
            rpps = "99700067210" if role in PHARMACISTS else None
            account = Account(name=UserName(named(role)), full_name=role, role=role, rpps=rpps)
            add_account(context, account, by="test")
        taken_in(context, a_bundle(a_request("A"), bundle="B1"))
        self.validated = the_item(context)
        decide_on(context, "pharm", self.validated.id, self.request(self.validated))
        grant(context, "pharm", *EHPAD, **SIGNED)
        taken_in(context, a_bundle(a_request("B"), group="G2", bundle="B2"))
        self.item = the_item(context)
        words = {"text": "1 comprimé le matin"}
        taken_in(context, a_bundle(a_request("D", words), group="G4", bundle="B4"))
        [self.text] = [item.id for item in open_items(context) if item.id != self.item.id]
        self.answers = confirmed(offered(context, "pharm", self.text, 1).offer)
        with monkeypatch.context() as broken:
            broken.setattr(loop, "read", lambda *_: 1 / 0)
            self.parked = taken_in(context, a_bundle(a_request("C"), bundle="B3")).id

    def request(self, item: queue.Item) -> Request:
        return Request(
            kind=DecisionKind.VALIDATE, expected_sha256=item.content_sha256, lines=verdicts(1, ())
        )

    def order(self) -> Order:
        wanted = Wanted(ExportKind.SCHEDULE, self.validated.subject_id, DAYS[0], 7)
        return Order(wanted, "fhir", "ehpad")


STEPS: dict[str, tuple[set[Role], Callable[[Desk, str], Any]]] = {
    "see the queue": (
        WITH_PREPARER,
        lambda desk, user: waiting(desk.context, user, Subject.PRESCRIPTION),
    ),
    "see an item": (WITH_PREPARER, lambda desk, user: shown(desk.context, user, desk.item.id)),
    "see an offer": (
        WITH_PREPARER,
        lambda desk, user: offered(desk.context, user, desk.text, 1),
    ),
    "interpret": (
        PHARMACISTS,
        lambda desk, user: interpret(desk.context, user, desk.text, 1, desk.answers),
    ),
    "decide": (
        PHARMACISTS,
        lambda desk, user: decide_on(desk.context, user, desk.item.id, desk.request(desk.item)),
    ),
    "export": (PHARMACISTS, lambda desk, user: export(desk.context, user, desk.order())),
    "grant": (PHARMACISTS, lambda desk, user: grant(desk.context, user, *EHPAD, **SIGNED)),
    "withdraw": (PHARMACISTS, lambda desk, user: withdraw(desk.context, user, *EHPAD)),
    "revoke": (PHARMACISTS, lambda desk, user: revoke(desk.context, user, *EHPAD)),
    "compute": (WITH_PREPARER, lambda desk, user: compute(desk.context, user, "000123", *DAYS)),
    "replay": (TECHNICAL, lambda desk, user: replay(desk.context, desk.parked, user)),
}
REFUSALS = {
    AuditEvent.ACCESS_REFUSED,
    AuditEvent.DECISION_REFUSED,
    AuditEvent.EXPORT_REFUSED,
    AuditEvent.INTERPRETATION_REFUSED,
}


def refusals(context: Context) -> list[str]:
    """Who was refused, by the journal."""
    with context.store.unit(context.tenant) as unit:
        everybody = [account.name for account in accounts.every(unit)]
        items = [
            item.id for item in queue.items(unit, Subject.PRESCRIPTION, tuple(queue.ItemState))
        ]
        subjects = [
            item.subject_id
            for item in queue.items(unit, Subject.PRESCRIPTION, tuple(queue.ItemState))
        ]
        messages = [message.id for message in inbox.listed(unit)]
        names = (*everybody, "stranger", *items, *subjects, *messages)
        found = audit.entries_about(unit, names)
    return [entry.actor for entry in found if entry.event in REFUSALS]


@pytest.mark.parametrize("step", STEPS)
def test_each_role_may_do_its_own_and_the_others_are_refused_and_journalled(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    desk = Desk(a_context(sqlite_store), monkeypatch)
    allowed, act = STEPS[step]
    refused = [named(role) for role in Role if role not in allowed]

    for name in (*refused, "stranger"):
        with pytest.raises(Forbidden):
            act(desk, name)
    journalled = refusals(desk.context)
    for role in sorted(allowed)[:1]:
        act(desk, named(role))

    assert sorted(journalled) == sorted([*refused, "stranger"])


def test_every_permission_is_held_by_a_pharmacist_and_none_by_a_nurse() -> None:
    assert set(ALLOWED) == set(Permission)
    for roles in ALLOWED.values():
        assert Role.PHARMACIST in roles
        assert Role.NURSE not in roles


def test_a_closed_account_may_do_nothing(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(a_context(sqlite_store), monkeypatch)
    gone = Account(
        name=UserName("gone"),
        full_name="Gone",
        role=Role.PHARMACIST,
        rpps="99700067210",
        active=False,
    )
    add_account(desk.context, gone, by="test")

    for _, act in STEPS.values():
        with pytest.raises(Forbidden, match="no active account"):
            act(desk, "gone")


def test_what_is_replayed_is_read_as_it_would_have_been(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(a_context(sqlite_store), monkeypatch)

    replay(desk.context, desk.parked, "a-operator")
    loop.drain(desk.context)

    with sqlite_store.unit(desk.context.tenant) as unit:
        message = inbox.message(unit, desk.parked)
    assert message is not None
    assert message.state is MessageState.READ


def test_bytes_of_no_format_are_not_replayed(sqlite_store: Store, tmp_path: Path) -> None:
    from schemas.errors import Refused

    context = a_context(sqlite_store)
    message = receive(context, b"hello", "import").message

    with pytest.raises(Refused, match="no format"):
        replay(context, message.id, "pharm")
