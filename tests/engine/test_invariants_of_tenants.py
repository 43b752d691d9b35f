"""Two pharmacies in one database: neither ever sees, finds or changes a row of the other.

The questions are found by reflection, so that a new function of the store is asked too.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from messages import IPP_AUTHORITY, Clock, a_bundle, a_context, a_request, taken_in, the_item
from offers import confirmed
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import engine.store
from engine.pipeline.access import grant
from engine.pipeline.adherence import compute
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.export import Order, export
from engine.pipeline.interpret import interpret, offered
from engine.pipeline.receive import receive
from engine.pipeline.snapshot import Wanted
from engine.store import access, inbox, interpretations, outbox, patients, queue, releases
from engine.store.queue import Subject
from engine.store.tables import SHARED, metadata
from engine.store.unit import Store, Unit
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from engine.validation.states import ItemState
from schemas.decision import Decision, DecisionKind
from schemas.delivery import DeliveryState
from schemas.errors import EngineError
from schemas.export import ExportKind
from schemas.ids import TenantId
from schemas.message import Acknowledgement, MessageState
from schemas.offer import Interpretation

OTHER = TenantId("750000010")
OWNED = [table for table in metadata.sorted_tables if table not in SHARED]
LATER = datetime(2030, 1, 1, tzinfo=UTC)
DAYS = (date(2026, 3, 2), date(2026, 3, 8))
HEAD = "patient_id;patient_authority;line_id;status;taken_at;author_role"
ROW = f"000123;{IPP_AUTHORITY};A;taken;2026-03-02T08:05:00+01:00;nurse"


def a_whole_road(store: Store) -> Context:
    """One pharmacy with at least one row in every table."""
    context = a_context(store)
    movement = (
        "MSH|^~\\&|A|B|C|D|20260301100000||ADT^A01|C1|P|2.5\r"
        "PID|||5^^^B^PI||EXEMPLE^ODETTE\rPV1||I\r"
    )
    taken_in(context, movement.encode())
    for kind, number, order in (
        ("RDS^O13", "C2", "ORC|RE|A^DPI|F1^PUI\rRXD|1|P^PRODUIT^L|20260302|28||CP\r"),
        ("RDE^O11", "C3", "ORC|NA|A^DPI|F1^PUI\r"),
    ):
        head = f"MSH|^~\\&|A|B|C|D|20260301100000||{kind}|{number}|P|2.5\r"
        taken_in(context, (head + "PID|||5^^^B^PI||EXEMPLE^ODETTE\r" + order).encode())
    taken_in(context, b"hello")
    for bundle in ("B1", "B2"):
        taken_in(context, a_bundle(a_request("A"), bundle=bundle))
        _validate(context, Subject.PRESCRIPTION, 1)
    taken_in(context, f"{HEAD}\n{ROW}\n".encode())
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)
    compute(context, "pharm", "000123", *DAYS)
    _validate(context, Subject.ADHERENCE, 0)
    grant(context, "pharm", "000123", "ehpad", signed_on=date(2026, 2, 1), document="binder 3")
    with store.unit(context.tenant) as unit:
        validated = queue.items(unit, Subject.PRESCRIPTION, [ItemState.VALIDATED])
    for item in validated:
        wanted = Wanted(ExportKind.SCHEDULE, item.subject_id, DAYS[0], 7)
        export(context, "pharm", Order(wanted, "fhir", "ehpad"))
    text = a_request("T", {"text": "1 comprimé le matin"})
    taken_in(context, a_bundle(text, group="G8", bundle="B8"))
    desk = offered(context, "pharm", the_item(context).id, 1)
    interpret(context, "pharm", desk.item.id, 1, confirmed(desk.offer))
    receive(context, a_bundle(a_request("Z"), group="G9", bundle="B9"), "import")
    return context


def _validate(context: Context, subject: Subject, lines: int) -> None:
    from engine.pipeline.consult import shown

    item = the_item(context, subject)
    found = [finding for _, finding in shown(context, "pharm", item.id).findings]
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(lines, ()),
        answers=answers(found, (), "all"),
    )
    decide_on(context, "pharm", item.id, request)


def everything(unit: Unit, tenant: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of this tenant, table by table."""
    found = {}
    for table in OWNED:
        rows = unit.connection.execute(select(table).where(table.c.tenant == tenant))
        found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def texts(rows: dict[str, list[tuple[Any, ...]]]) -> tuple[str, ...]:
    """Every short text that stands in a row: ids, keys, digests, names, states."""
    cells = {cell for table in rows.values() for row in table for cell in row}
    return tuple(sorted(cell for cell in cells if isinstance(cell, str) and 0 < len(cell) < 200))


def questions() -> Iterator[tuple[str, Callable[..., Any], list[inspect.Parameter]]]:
    """Every public function of the store that takes a unit and otherwise plain values.

    The product reference is every pharmacy's: `SHARED` tables alone.
    """
    for module in pkgutil.iter_modules(engine.store.__path__):
        if module.name in {"migrations", "reference"}:
            continue
        room = importlib.import_module(f"engine.store.{module.name}")
        for name, function in inspect.getmembers(room, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters.values())
            if (
                function.__module__ == room.__name__
                and not name.startswith("_")
                and parameters
                and parameters[0].name == "unit"
            ):
                yield f"{module.name}.{name}", function, parameters[1:]


WRITES = {
    "access.revoke",
    "access.store_consent",
    "access.store_grant",
    "access.withdraw",
    "accounts.add",
    "adherence.store",
    "audit.record",
    "dispenses.store",
    "inbox.answered",
    "inbox.reopen",
    "inbox.settle",
    "inbox.store",
    "intakes.store",
    "movements.store",
    "notices.store",
    "interpretations.store",
    "outbox.settle",
    "outbox.store",
    "patients.merge",
    "patients.store",
    "prescriptions.store",
    "prescriptions.store_findings",
    "queue.move",
    "queue.open_item",
    "queue.point",
    "queue.store_decision",
    "releases.store",
    "releases.supersede",
}
READS = {name: (function, given) for name, function, given in questions() if name not in WRITES}


GIVEN_BACK: dict[str, Callable[[str], tuple[object, ...]]] = {
    "patients.lock": lambda text: (text,),
    "patients.merged_into": lambda text: ((text,),),
}
"""Questions that give back the id that was asked about, with those they find beside it."""


def test_every_row_says_whose_it_is() -> None:
    for table in OWNED:
        assert not table.c.tenant.nullable


def test_only_the_product_reference_is_shared_and_it_names_nobody() -> None:
    assert {table.name for table in SHARED} == {
        "reference_releases",
        "reference_products",
        "reference_codes",
    }
    for table in SHARED:
        assert not {"tenant", "patient_id", "message_id"} & set(table.c.keys())


def test_no_question_of_the_store_is_answered_with_rows_of_another_pharmacy(store: Store) -> None:
    context = a_whole_road(store)
    with store.unit(context.tenant) as unit:
        rows = everything(unit, context.tenant)
        validated = queue.items(unit, Subject.PRESCRIPTION, [ItemState.VALIDATED])
        described = patients.patient(unit, validated[0].patient_id or "")
    assert [name for name, kept in rows.items() if not kept] == []

    answered = []
    with store.unit(OTHER) as unit:
        for name, (function, given) in READS.items():
            for text in texts(rows):
                values = [_value(parameter, text, described) for parameter in given]
                found = _called(function, unit, given, values)
                if found and found not in GIVEN_BACK.get(name, lambda _: ())(text):
                    answered.append(f"{name}({text!r}) = {found!r}")

    assert answered == []
    assert len(READS) > 25


def _value(parameter: inspect.Parameter, text: str, described: Any) -> Any:
    """A value for this parameter: the text of the other pharmacy wherever a text is taken."""
    annotation = str(parameter.annotation)
    if "tuple[str" in annotation or "Collection[str]" in annotation:
        return (text,)
    if parameter.name in ("until", "now", "lease_until"):
        return LATER
    if parameter.name == "patient":
        return described
    if parameter.name == "subject" and "Subject" in annotation:
        return Subject.PRESCRIPTION
    if parameter.name == "states":
        return tuple(ItemState)
    if parameter.name in ("limit", "state"):
        return None if parameter.name == "state" else 1000
    return text


def _called(
    function: Callable[..., Any], unit: Unit, given: list[inspect.Parameter], values: list[Any]
) -> Any:
    named = {
        parameter.name: value
        for parameter, value in zip(given, values, strict=True)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    placed = [
        value
        for parameter, value in zip(given, values, strict=True)
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    found = function(unit, *placed, **named)
    return list(found) if inspect.isgenerator(found) else found


Change = Callable[[Unit, dict[str, Any]], Any]
CHANGES: dict[str, Change] = {
    "queue.move": lambda unit, its: queue.move(unit, its["item"], ItemState.REJECTED),
    "queue.point": lambda unit, its: queue.point(unit, its["item"], "rx-new", its["sha256"], 0),
    "interpretations.store": lambda unit, its: interpretations.store(
        unit, its["item"], its["item"].subject_id, its["reading"]
    ),
    "queue.store_decision": lambda unit, its: queue.store_decision(
        unit, its["item"], its["decision"]
    ),
    "releases.store": lambda unit, its: releases.store(
        unit, its["item"], its["decision"], its["patient"], LATER
    ),
    "releases.supersede": lambda unit, its: releases.supersede(
        unit, its["group"], its["release"], LATER
    ),
    "inbox.answered": lambda unit, its: inbox.answered(
        unit, its["message"], Acknowledgement.ERROR, b"no"
    ),
    "inbox.reopen": lambda unit, its: inbox.reopen(unit, its["message"]),
    "outbox.settle": lambda unit, its: outbox.settle(
        unit, its["delivery"], DeliveryState.FAILED, LATER
    ),
    "access.withdraw": lambda unit, its: access.withdraw(unit, its["patient"], "ehpad", LATER),
    "access.revoke": lambda unit, its: access.revoke(unit, its["patient"], "ehpad", LATER),
    "patients.merge": lambda unit, its: patients.merge(unit, its["patient"], its["patient"], LATER),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_of_the_store_reaches_a_row_of_another_pharmacy(
    sqlite_store: Store, name: str
) -> None:
    context = a_whole_road(sqlite_store)
    with sqlite_store.unit(context.tenant) as unit:
        before = everything(unit, context.tenant)
        [item] = queue.items(unit, Subject.PRESCRIPTION, [ItemState.VALIDATED])
        release = releases.released(unit, item.subject_id)
        assert release is not None
        its = {
            "item": item,
            "decision": release.decision.model_copy(update={"id": "dec-new"}),
            "patient": item.patient_id,
            "release": release.id,
            "sha256": item.content_sha256,
            "reading": _reading(unit),
            "group": _group(unit, item.subject_id),
            "message": next(iter(inbox.listed(unit))).id,
            "delivery": before["deliveries"][0][0],
        }
    assert isinstance(its["decision"], Decision)

    with sqlite_store.unit(OTHER) as unit:
        try:
            CHANGES[name](unit, its)
        except (DBAPIError, EngineError):
            pass
        else:
            unit.commit()

    with sqlite_store.unit(context.tenant) as unit:
        assert everything(unit, context.tenant) == before


def _reading(unit: Unit) -> Interpretation:
    [made] = unit.connection.execute(select(metadata.tables["interpretations"].c.made_id))
    found = interpretations.that_made(unit, made.made_id)
    assert found is not None
    return found.model_copy(update={"id": "itp-new"})


def _group(unit: Unit, prescription: str) -> str:
    from engine.store import prescriptions

    stored = prescriptions.prescription(unit, prescription)
    assert stored is not None
    return stored.group_key


def test_the_same_message_of_two_senders_is_kept_for_each_pharmacy(store: Store) -> None:
    from dataclasses import replace

    first = a_whole_road(store)
    pharmacy = first.settings.pharmacy
    assert pharmacy is not None
    named = pharmacy.model_copy(update={"finess": OTHER})
    second = replace(first, settings=first.settings.model_copy(update={"pharmacy": named}))
    data = a_bundle(a_request("A"), bundle="B1")

    theirs = taken_in(second, data)

    with store.unit(OTHER) as unit:
        [message] = inbox.listed(unit)
        rows = everything(unit, OTHER)
    assert message.id == theirs.id
    assert message.state is MessageState.READ
    assert len(rows["patients"]) == 1
    assert the_item(second).patient_id == rows["patients"][0][0]
