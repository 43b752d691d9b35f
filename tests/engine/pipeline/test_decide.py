"""Only a pharmacist decides, on exactly what was shown, with every doubt answered."""

import threading

import pytest
from messages import RANGE_DOSE, a_bundle, a_context, a_request, taken_in, the_item

from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import Decided, decide_on
from engine.store import audit, queue, releases
from engine.store.queue import Item
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request, Stale, Unanswered
from engine.validation.states import ItemState
from schemas.decision import DecisionKind
from schemas.errors import EngineError, Forbidden, Refused
from schemas.events import AuditEvent


def validation(context: Context, item: Item, *coded: str, refuse: tuple[str, ...] = ()) -> Request:
    found = shown(context, "pharm", item.id)
    assert found.prescription is not None
    findings = [finding for _, finding in found.findings]
    return Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(len(found.prescription.content.lines), refuse),
        answers=answers(findings, coded, "all"),
    )


def validated(context: Context, user: str = "pharm") -> Decided:
    item = the_item(context)
    return decide_on(context, user, item.id, validation(context, item))


def test_a_pharmacist_validates_and_the_release_names_the_same_content(store: Store) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)

    decided = decide_on(context, "pharm", item.id, validation(context, item))

    assert decided.state is ItemState.VALIDATED
    assert decided.decision.content_sha256 == item.content_sha256
    assert decided.decision.decided_by.rpps == "99700067210"
    with store.unit(context.tenant) as unit:
        release = releases.released(unit, item.subject_id)
    assert release is not None
    assert release.decision == decided.decision


@pytest.mark.parametrize("user", ["prep", "nurse", "nobody"])
def test_nobody_else_decides_and_the_attempt_is_journalled(store: Store, user: str) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    request = validation(context, item)

    with pytest.raises(Forbidden):
        decide_on(context, user, item.id, request)

    with store.unit(context.tenant) as unit:
        [entry] = audit.entries_about(unit, (item.id,))
        assert releases.released(unit, item.subject_id) is None
    assert (entry.event, entry.actor) == (AuditEvent.DECISION_REFUSED, user)


def test_a_blocking_finding_must_be_answered_with_sfpc_codes(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A", RANGE_DOSE), a_request("B")))
    item = the_item(context)
    found = shown(context, "pharm", item.id)
    coded = [
        f"{number}=2/1"
        for number, (_, finding) in enumerate(found.findings, start=1)
        if finding.blocks
    ]

    with pytest.raises(Unanswered, match="dose-range"):
        decide_on(context, "pharm", item.id, validation(context, item, refuse=("1",)))
    decided = decide_on(context, "pharm", item.id, validation(context, item, *coded, refuse=("1",)))

    assert decided.state is ItemState.VALIDATED


def test_a_line_that_is_not_computable_is_never_validated(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A", RANGE_DOSE)))
    item = the_item(context)
    coded = [
        f"{number}=2/1"
        for number, (_, finding) in enumerate(shown(context, "pharm", item.id).findings, start=1)
        if finding.blocks
    ]

    with pytest.raises(Refused, match="can only be refused"):
        decide_on(context, "pharm", item.id, validation(context, item, *coded))


def test_a_version_that_was_overtaken_is_refused_with_the_difference(store: Store) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A"), bundle="B1"))
    item = the_item(context)
    request = validation(context, item)
    evening = {
        "timing": {"repeat": {"when": ["EVE"], "boundsPeriod": {"start": "2026-03-02"}}},
        "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "comprimé"}}],
    }
    taken_in(context, a_bundle(a_request("A", evening), bundle="B2"))

    with pytest.raises(Stale) as stale:
        decide_on(context, "pharm", item.id, request)

    [change] = stale.value.changes
    assert change.line == "A"
    assert change.fields != ()
    with store.unit(context.tenant) as unit:
        assert releases.released(unit, item.subject_id) is None


def test_a_decision_about_another_digest_is_refused(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    request = validation(context, item).model_copy(update={"expected_sha256": "0" * 64})

    with pytest.raises(Stale):
        decide_on(context, "pharm", item.id, request)


def test_a_newer_validated_version_ends_the_older_release(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A"), bundle="B1"))
    first = the_item(context)
    validated(context)
    taken_in(context, a_bundle(a_request("A"), a_request("B"), bundle="B2"))
    with sqlite_store.unit(context.tenant) as unit:
        standing = releases.released(unit, first.subject_id)
        assert standing is not None
        assert standing.superseded_at is None

    validated(context, "other")

    with sqlite_store.unit(context.tenant) as unit:
        ended = releases.released(unit, first.subject_id)
        item = queue.item(unit, first.id)
    assert ended is not None
    assert ended.superseded_at is not None
    assert item is not None
    assert item.state is ItemState.SUPERSEDED


@pytest.mark.parametrize(
    ("kind", "reason", "state"),
    [
        (DecisionKind.HOLD, "STOCK", ItemState.HELD),
        (DecisionKind.CLARIFY, "DOSE-UNPARSED", ItemState.CLARIFICATION),
        (DecisionKind.REJECT, "PRESC-DUPLICATE", ItemState.REJECTED),
    ],
)
def test_other_decisions_need_a_coded_reason_and_release_nothing(
    sqlite_store: Store, kind: DecisionKind, reason: str, state: ItemState
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    without = Request(kind=kind, expected_sha256=item.content_sha256)

    with pytest.raises(Refused, match="reason"):
        decide_on(context, "pharm", item.id, without)
    decided = decide_on(context, "pharm", item.id, without.model_copy(update={"reason": reason}))

    assert (decided.state, decided.release) == (state, None)


def test_of_two_pharmacists_at_once_exactly_one_decides(store: Store) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    request = validation(context, item)
    ends: list[str] = []
    start = threading.Barrier(2)

    def decide(user: str) -> None:
        start.wait()
        try:
            decide_on(context, user, item.id, request)
        except EngineError:
            ends.append("refused")
        else:
            ends.append("decided")

    both = [threading.Thread(target=decide, args=(user,)) for user in ("pharm", "other")]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(ends) == ["decided", "refused"]
