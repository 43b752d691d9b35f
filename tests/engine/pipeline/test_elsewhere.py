"""One product in two messages of a patient, and what a prescription replaces: a person sees it."""

import threading
from typing import Any

import pytest
from messages import (
    BREAKFAST_DOSE,
    a_bundle,
    a_context,
    a_request,
    current,
    open_items,
    taken_in,
)

from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.receive import receive
from engine.settings import Pharmacy, Settings
from engine.store import queue, releases
from engine.store.queue import Item, Subject
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request, Stale
from engine.validation.states import ItemState
from engine.workers.loop import drain
from schemas.decision import DecisionKind
from schemas.finding import Finding, FindingCode
from schemas.ids import TenantId
from schemas.message import MessageState
from schemas.prescription import LineAction

Code = FindingCode


def dated(start: str, end: str | None = None) -> dict[str, Any]:
    """One tablet in the morning from the first day to the last one."""
    bounds = {"start": start, **({"end": end} if end else {})}
    repeat = {"when": ["MORN"], "boundsPeriod": bounds}
    return {**BREAKFAST_DOSE, "timing": {"repeat": repeat}}


def the_product(name: str, dosage: dict[str, Any] | None = None, **changed: object) -> Any:
    """A request of this name for the product of request A."""
    product = a_request("A")["medicationCodeableConcept"]
    return {**a_request(name, dosage), "medicationCodeableConcept": product, **changed}


def comes(context: Context, group: str, *lines: Any, **patient: Any) -> Item:
    """A message with a prescription of this group; its item."""
    names = "".join(line["identifier"][0]["value"] + line["status"] for line in lines)
    message = taken_in(context, a_bundle(*lines, group=group, bundle=f"{group}-{names}", **patient))
    assert message.state is MessageState.READ
    return item_of(context, group)


def item_of(context: Context, group: str) -> Item:
    """The item of the newest version of the group that waits."""
    [found] = [
        item
        for item in open_items(context)
        if content(context, item).prescription.chain.group
        and content(context, item).prescription.chain.group.value == group
    ]
    return found


def content(context: Context, item: Item) -> Any:
    found = shown(context, "pharm", item.id).prescription
    assert found is not None
    return found.content


def said(context: Context, item: Item) -> list[tuple[Code, str, str | None]]:
    """What stands elsewhere, as the item says it now."""
    told = content(context, item)
    lines = [found for line in told.lines for found in line.findings]
    codes = {
        Code.LINE_ELSEWHERE,
        Code.LINE_ELSEWHERE_ENDING,
        Code.PRESCRIPTION_REPLACES,
        Code.PRESCRIPTION_REPLACED,
        Code.REPLACED_UNKNOWN,
    }
    return [
        (each.code, each.message, each.quoted)
        for each in (*told.findings, *lines)
        if each.code in codes
    ]


def codes(context: Context, item: Item) -> list[Code]:
    return [code for code, _, _ in said(context, item)]


def now(context: Context, item: Item) -> Item:
    """The item as it stands now."""
    with context.store.unit(context.tenant) as unit:
        found = queue.item(unit, item.id)
    assert found is not None
    return found


def a_validation(context: Context, item: Item, refuse: tuple[str, ...] = ()) -> Request:
    """Everything validated but the lines refused, every finding answered."""
    found = shown(context, "pharm", item.id)
    assert found.prescription is not None
    findings: list[Finding] = [finding for _, finding in found.findings]
    coded = [f"{number}=2/1" for number, each in enumerate(findings, start=1) if each.blocks]
    return Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=found.item.content_sha256,
        lines=verdicts(len(found.prescription.content.lines), refuse),
        answers=answers(findings, coded, "all"),
    )


def validated(context: Context, item: Item, refuse: tuple[str, ...] = ()) -> Item:
    decide_on(context, "pharm", item.id, a_validation(context, item, refuse))
    return now(context, item)


def rejected(context: Context, item: Item) -> None:
    request = Request(
        kind=DecisionKind.REJECT,
        expected_sha256=now(context, item).content_sha256,
        reason="PRESC-DUPLICATE",
    )
    decide_on(context, "pharm", item.id, request)


def in_force(context: Context, item: Item) -> bool:
    with context.store.unit(context.tenant) as unit:
        release = releases.released(unit, item.subject_id)
    return release is not None and release.superseded_at is None


# One product twice.


def test_the_same_product_in_two_messages_is_said_on_both_with_the_days(store: Store) -> None:
    context = a_context(store)
    first = comes(context, "G1", a_request("A", dated("2026-03-02", "2026-03-20")))

    second = comes(
        context, "G2", a_request("B"), the_product("C", dated("2026-03-16", "2026-03-31"))
    )

    rule = "product: the same as that of line {} of {}; both would be prepared"
    days = "PRODUIT A 500 mg, comprimé: 2026-03-16 – 2026-03-20"
    assert said(context, second) == [(Code.LINE_ELSEWHERE, rule.format(1, first.id), days)]
    assert said(context, first) == [(Code.LINE_ELSEWHERE, rule.format(2, second.id), days)]
    assert [now(context, each).blocking for each in (first, second)] == [1, 1]


def test_it_is_said_beside_a_prescription_in_force_which_stays_as_validated(store: Store) -> None:
    context = a_context(store)
    first = validated(context, comes(context, "G1", a_request("A")))
    before = content(context, first)

    second = comes(context, "G2", the_product("B"))

    assert codes(context, second) == [Code.LINE_ELSEWHERE]
    assert content(context, first) == before
    assert in_force(context, first)


def test_what_was_seen_before_the_other_came_is_not_validated(store: Store) -> None:
    context = a_context(store)
    first = comes(context, "G1", a_request("A"))
    seen = a_validation(context, first)

    comes(context, "G2", the_product("B"))

    with pytest.raises(Stale):
        decide_on(context, "pharm", first.id, seen)
    assert now(context, first).state is ItemState.TO_VALIDATE
    assert validated(context, first).state is ItemState.VALIDATED


def test_a_pharmacist_who_saw_both_may_validate_both(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    first = comes(context, "G1", a_request("A"))
    second = comes(context, "G2", the_product("B"))

    validated(context, first)
    validated(context, second)

    assert in_force(context, now(context, first))
    assert in_force(context, now(context, second))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (dated("2026-03-02", "2026-03-15"), dated("2026-03-16")),
        (dated("2026-04-01"), dated("2026-03-02", "2026-03-31")),
    ],
    ids=["ended before", "begins after"],
)
def test_prescriptions_that_follow_each_other_are_no_duplicate(
    sqlite_store: Store, old: dict[str, Any], new: dict[str, Any]
) -> None:
    context = a_context(sqlite_store)
    first = comes(context, "G1", a_request("A", old))

    second = comes(context, "G2", the_product("B", new))

    assert codes(context, first) == codes(context, second) == []


@pytest.mark.parametrize("status", ["stopped", "cancelled", "on-hold"])
def test_what_its_sender_ended_before_anybody_validated_it_is_no_duplicate(
    sqlite_store: Store, status: str
) -> None:
    context = a_context(sqlite_store)
    comes(context, "G1", a_request("A"))
    first = comes(context, "G1", a_request("A", status=status))

    second = comes(context, "G2", the_product("B"))

    assert codes(context, first) == codes(context, second) == []


def test_what_is_in_force_is_said_until_the_version_that_ends_it_is_validated(
    store: Store,
) -> None:
    context = a_context(store)
    first = validated(context, comes(context, "G1", a_request("A")))
    end = comes(context, "G1", a_request("A", status="stopped"))

    second = comes(context, "G2", the_product("B"))

    rule = "; the version that ends it is not validated"
    [(code, message, _)] = said(context, second)
    assert code is Code.LINE_ELSEWHERE_ENDING
    assert message == f"product: the same as that of line 1 of {first.id}{rule}"
    validated(context, end)
    assert codes(context, second) == []
    assert now(context, second).blocking == 0


def test_a_rejected_prescription_is_no_duplicate_from_then_on(store: Store) -> None:
    context = a_context(store)
    first = comes(context, "G1", a_request("A"))
    second = comes(context, "G2", the_product("B"))

    rejected(context, first)

    assert codes(context, second) == []
    assert codes(context, comes(context, "G3", the_product("C"))) == [Code.LINE_ELSEWHERE]


def test_a_line_that_a_pharmacist_refused_is_no_duplicate(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    first = comes(context, "G1", a_request("A"), a_request("B"))
    second = comes(context, "G2", the_product("C"))

    validated(context, first, refuse=("1",))

    assert codes(context, second) == []


def test_another_patient_has_the_same_product_of_their_own(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    first = comes(context, "G1", a_request("A"))

    second = comes(context, "G2", the_product("B"), ipp="000999")

    assert codes(context, first) == codes(context, second) == []


def test_another_pharmacy_sees_nothing_of_it(store: Store) -> None:
    context = a_context(store)
    first = comes(context, "G1", a_request("A"))
    settings = Settings(pharmacy=Pharmacy(finess=TenantId("750000010"), name="Autre"))
    other = Context(store, settings, context.clock)

    taken_in(other, a_bundle(the_product("B"), group="G2", bundle="B2"))

    [item] = open_items(other)
    with store.unit(other.tenant) as unit:
        assert queue.item_about(unit, Subject.PRESCRIPTION, item.subject_id) is not None
    assert item.blocking == 0
    assert codes(context, first) == []


def test_a_newer_version_of_the_same_prescription_is_no_duplicate_of_it(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    validated(context, comes(context, "G1", a_request("A")))

    assert codes(context, comes(context, "G1", the_product("B"))) == []


def test_a_carried_line_is_compared_with_the_other_prescription_of_its_message(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    comes(context, "G1", a_request("A"), a_request("B"))
    message = a_bundle(a_request("B"), group="G1", bundle="M2")
    beside = a_bundle(the_product("C"), group="G2", bundle="M2")

    taken_in(context, _in_one(message, beside))

    assert codes(context, item_of(context, "G2")) == [Code.LINE_ELSEWHERE]
    assert codes(context, item_of(context, "G1")) == [Code.LINE_ELSEWHERE]


def _in_one(one: bytes, other: bytes) -> bytes:
    import json

    first, second = json.loads(one), json.loads(other)
    entries = [*first["entry"], *second["entry"][1:]]
    return json.dumps({**first, "entry": entries}).encode()


# What replaces another one.


def replacing(name: str, gone: str, dosage: dict[str, Any] | None = None) -> Any:
    prior = {"reference": f"MedicationRequest/mr-{gone}"}
    return the_product(name, dosage, priorPrescription=prior)


def test_a_replaced_prescription_is_no_duplicate_and_a_version_without_it_waits(
    store: Store,
) -> None:
    context = a_context(store)
    first = validated(context, comes(context, "G1", a_request("A"), a_request("B")))

    second = comes(context, "G2", replacing("C", "A"))

    [(code, message, quoted)] = said(context, second)
    assert code is Code.PRESCRIPTION_REPLACES
    assert message == (f"chain.replaces: replaced and still standing: line 1 of {first.id}")
    assert quoted == "PRODUIT A 500 mg, comprimé"
    assert now(context, second).blocking == 0
    end = item_of(context, "G1")
    lines = content(context, end).lines
    assert [line.line.action for line in lines] == [LineAction.STOP, LineAction.START]
    assert [line.schedule.steps == () for line in lines] == [True, False]
    assert Code.LINE_STOPPED in [found.code for found in lines[0].findings]
    assert Code.LINE_CARRIED in [found.code for found in lines[1].findings]


def test_nothing_ends_before_a_pharmacist_validates_the_end(store: Store) -> None:
    context = a_context(store)
    first = validated(context, comes(context, "G1", a_request("A")))
    second = comes(context, "G2", replacing("C", "A"))

    validated(context, second)

    assert in_force(context, first)
    validated(context, item_of(context, "G1"))
    assert not in_force(context, first)
    assert in_force(context, now(context, second))


def test_a_replacement_is_clean_once_the_end_of_the_old_one_is_validated(store: Store) -> None:
    context = a_context(store)
    validated(context, comes(context, "G1", a_request("A")))
    second = comes(context, "G2", replacing("C", "A"))

    validated(context, item_of(context, "G1"))

    assert codes(context, second) == []


def test_a_replaced_prescription_that_still_waits_says_so(store: Store) -> None:
    context = a_context(store)
    first = comes(context, "G1", a_request("A"))

    second = comes(context, "G2", replacing("C", "A"))

    assert codes(context, second) == [Code.PRESCRIPTION_REPLACES]
    [(code, message, _)] = said(context, first)
    assert code is Code.PRESCRIPTION_REPLACED
    assert message == (f"chain.replaces: {second.id} says that it replaces line 1 of this one")
    rejected(context, first)
    assert codes(context, second) == []


def test_a_renewal_that_begins_after_the_end_takes_nothing_from_it(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    ending = dated("2026-03-02", "2026-03-31")
    first = validated(context, comes(context, "G1", a_request("A", ending)))

    second = comes(context, "G2", replacing("C", "A", dated("2026-04-01")))

    assert codes(context, second) == []
    assert [item.id for item in open_items(context)] == [second.id]
    assert in_force(context, first)


def test_what_replaces_something_that_is_not_here_says_so(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    comes(context, "G1", a_request("A"))

    second = comes(context, "G2", replacing("C", "Z"))

    found = said(context, second)
    assert [code for code, _, _ in found] == [Code.REPLACED_UNKNOWN, Code.LINE_ELSEWHERE]
    assert found[0][2] == "MedicationRequest/mr-Z"


def test_nothing_of_a_patient_ends_by_a_message_that_may_be_about_somebody_else(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    validated(context, comes(context, "G1", a_request("A")))

    second = comes(context, "G2", replacing("C", "A"), birthDate="1951-01-01")

    assert [item.id for item in open_items(context)] == [second.id]
    told = [found.code for found in content(context, second).findings]
    assert {Code.PATIENT_CONTRADICTED, Code.PRESCRIPTION_REPLACES} <= set(told)


# Two at once.


def test_of_two_messages_of_a_patient_at_once_neither_misses_the_other(store: Store) -> None:
    context = a_context(store)
    comes(context, "G0", a_request("Z"))
    messages = [
        receive(context, a_bundle(the_product(name), group=name, bundle=name), "import").message
        for name in ("G1", "G2", "G3")
    ]
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        drain(context)

    workers = [threading.Thread(target=work) for _ in messages]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    context.clock.now = context.clock.now.replace(hour=12)  # type: ignore[attr-defined]
    drain(context)

    assert {current(context, each).state for each in messages} == {MessageState.READ}
    for group in ("G1", "G2", "G3"):
        assert codes(context, item_of(context, group)) == [Code.LINE_ELSEWHERE] * 2


def test_a_merge_of_patients_is_seen_when_one_of_them_validates(store: Store) -> None:
    context = a_context(store)
    first = comes(context, "G1", a_request("A"), ipp="000111")
    comes(context, "G2", the_product("B"), ipp="000222")
    seen = a_validation(context, first)
    merge = (
        "MSH|^~\\&|A|B|C|D|20260301100000||ADT^A40|C1|P|2.5\r"
        "PID|||000222^^^&1.2.250.1.999.1&ISO^PI||EXEMPLE^ODETTE||19380412\r"
        "MRG|000111^^^&1.2.250.1.999.1&ISO^PI\r"
    )
    taken_in(context, merge.encode())

    with pytest.raises(Stale):
        decide_on(context, "pharm", first.id, seen)

    assert codes(context, first) == [Code.LINE_ELSEWHERE]


# The other formats, and the reference.


def hl7v2(control: str, *orders: tuple[str, str]) -> bytes:
    """Orders of one product, each by its order control and number, in one RDE^O11."""
    segments = [
        f"MSH|^~\\&|DPI|EHPAD|S|P|20260301090000+0100||RDE^O11^RDE_O11|{control}|P|2.5.1"
        "|||||FRA|UNICODE UTF-8|FR",
        "PID|1||000123^^^EHPAD&1.2.250.1.999.1&ISO^PI||EXEMPLE^Odette^^^^^L||19380412|F",
    ]
    for order_control, number in orders:
        segments += [
            f"ORC|{order_control}|{number}^DPI|||||||20260301085500+0100",
            "RXE||3400932320189^EXEMPLE 500 mg, comprimé^CIP13|1||CPR^comprimé",
            "TQ1|1||QAM||||20260302",
        ]
    return "\r".join((*segments, "")).encode()


def test_an_hl7v2_replacement_ends_the_order_that_its_message_gives_up(store: Store) -> None:
    context = a_context(store)
    taken_in(context, hl7v2("C1", ("NW", "L1")))
    first = validated(context, open_items(context)[0])

    taken_in(context, hl7v2("C2", ("RP", "L1"), ("RO", "L2")))

    end, second = item_of(context, "L1"), item_of(context, "L2")
    assert [line.line.action for line in content(context, end).lines] == [LineAction.CANCEL]
    assert codes(context, second) == [Code.PRESCRIPTION_REPLACES]
    validated(context, end)
    assert codes(context, second) == []
    assert not in_force(context, first)


def test_an_order_of_another_format_is_the_same_product_by_its_code(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, hl7v2("C1", ("NW", "L1")))
    system = "http://data.esante.gouv.fr/ansm/medicament/Presentation"
    coded = {"coding": [{"system": system, "code": "3400932320189"}], "text": "AUTRES MOTS"}

    second = comes(context, "G2", a_request("B", medicationCodeableConcept=coded))

    assert codes(context, second) == [Code.LINE_ELSEWHERE]
