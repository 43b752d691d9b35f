"""No log line, answer, error, file name, task or journal entry carries a name, an NIR or a drug."""

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from messages import (
    BREAKFAST_DOSE,
    IPP_AUTHORITY,
    RANGE_DOSE,
    a_bundle,
    a_context,
    a_request,
    the_item,
)
from offers import confirmed
from sqlalchemy import select
from typer.testing import CliRunner
from web import served

from cli import app
from connectors import registry
from engine.http.app import make_app
from engine.pipeline import access, adherence, consult, decide, deliver, export, replay
from engine.pipeline.answer import Promise, answer
from engine.pipeline.assess import assess
from engine.pipeline.context import Context
from engine.pipeline.interpret import interpret, offered
from engine.pipeline.receive import receive
from engine.pipeline.snapshot import Wanted
from engine.pipeline.trace import trace
from engine.store import inbox, tables
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from engine.workers import loop
from engine.workers.bell import Bell
from mappings.catalogue import load_site
from schemas.connector import Answer
from schemas.decision import DecisionKind
from schemas.errors import EngineError
from schemas.export import Envelope, ExportKind
from schemas.finding import Finding
from schemas.ids import DeliveryId

SAMPLES = Path(__file__).parents[2] / "samples"
SITE = load_site("reference")
MARK = "ZZSECRETZZ"
ENVELOPE = Envelope(
    id=DeliveryId("ack-1"), created_at=datetime(2026, 1, 5, tzinfo=UTC), sender="s", receiver="r"
)


# Every value that a sender may write, in turn


def hl7_values(data: bytes) -> Iterator[bytes]:
    """Every field and component after MSH, replaced; MSH is answered by its own fields."""
    segments = data.decode().split("\r")
    for rank, segment in enumerate(segments):
        fields = segment.split("|")
        if not fields[0] or fields[0].endswith("MSH"):
            continue
        for place in range(1, len(fields)):
            parts = fields[place].split("^")
            for part in range(len(parts)):
                changed = "^".join([*parts[:part], MARK, *parts[part + 1 :]])
                line = "|".join([*fields[:place], changed, *fields[place + 1 :]])
                yield "\r".join([*segments[:rank], line, *segments[rank + 1 :]]).encode()


def json_values(data: bytes) -> Iterator[bytes]:
    """Every text and number, replaced; the identifier of the Bundle names the message itself."""
    document = json.loads(data)
    for holder, key in list(_leaves({n: v for n, v in document.items() if n != "identifier"})):
        kept = holder[key]
        holder[key] = MARK
        yield json.dumps(document).encode()
        holder[key] = kept


def _leaves(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from _leaves(value)
        elif key != "resourceType":
            yield node, key


def xml_values(data: bytes) -> Iterator[bytes]:
    """Every text and attribute, replaced."""
    root = etree.fromstring(data)
    for element in root.iter(etree.Element):
        kept = element.text
        if kept and kept.strip():
            element.text = MARK
            yield etree.tostring(root, encoding="UTF-8", xml_declaration=True)
            element.text = kept
        for name, value in list(element.attrib.items()):
            element.set(name, MARK)
            yield etree.tostring(root, encoding="UTF-8", xml_declaration=True)
            element.set(name, value)


def csv_values(data: bytes) -> Iterator[bytes]:
    """Every cell, the head too, replaced."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    for row in rows:
        for place, kept in enumerate(row):
            row[place] = MARK
            out = io.StringIO()
            csv.writer(out, delimiter=";").writerows(rows)
            yield out.getvalue().encode()
            row[place] = kept


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hl7v2/nominal_tq1.hl7", hl7_values),
        ("hl7v2/nominal_parallel.hl7", hl7_values),
        ("hl7v2/intakes.hl7", hl7_values),
        ("hl7v2/movement_merge.hl7", hl7_values),
        ("fhir/nominal_moments.json", json_values),
        ("fhir/nominal_intakes.json", json_values),
        ("pn13/nominal_moments.xml", xml_values),
        ("cda/nominal_meals.xml", xml_values),
        ("tabular/nominal_nurse.csv", csv_values),
    ],
)
def test_whatever_value_is_secret_neither_finding_nor_answer_says_it(
    name: str, values: Callable[[bytes], Iterator[bytes]]
) -> None:
    connector = registry.connector(name.partition("/")[0])
    assert connector.read is not None
    leaks, tried = [], 0
    for data in values((SAMPLES / name).read_bytes()):
        tried += 1
        reading = connector.read(data, SITE)
        for finding in _every(reading):
            if MARK in f"{finding.location} {finding.message}":
                leaks.append(f"{finding.code} {finding.location}: {finding.message}")
        if connector.acknowledge is not None:
            said = Answer(accepted=False, findings=reading.findings)
            told = connector.acknowledge(data, said, ENVELOPE).decode()
            leaks += [told] if MARK in told else []

    assert sorted(set(leaks)) == []
    assert tried > 20


def _every(reading: Any) -> Iterator[Finding]:
    assessed = assess(reading, SITE)
    yield from assessed.findings
    for intake in reading.intakes:
        yield from intake.findings
    for movement in reading.movements:
        yield from movement.findings
    for prescription in assessed.prescriptions:
        yield from prescription.findings
        for line in prescription.lines:
            yield from line.findings


# The whole road of one patient whom everybody would recognise

FAMILY, GIVEN, IPP, DRUG, WORDS = "ZZFAMILLEZZ", "Zzprenomzz", "7731997731", "ZZMEDICZZ", "zzmotszz"
NIR = "238049935012336"
SECRETS = (FAMILY, GIVEN, IPP, NIR, DRUG, WORDS)
NOTICED = re.compile("|".join(SECRETS), re.IGNORECASE)
ORDER = (
    "MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||RDE^O11^RDE_O11|C1|P|2.5\r"
    f"PID|||{IPP}9^^^LILAS^PI~{NIR}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS||"
    f"{FAMILY}^{GIVEN}||19380412|F\r"
    "ORC|NW|P1^EHPAD|||||||20260301100000+0100|||99700067210^EXEMPLE^A\r"
    f"RXE||{DRUG}^{DRUG} 500 mg^L|{WORDS}||{WORDS}\rTQ1|1||{WORDS}|||||20260302|\rRXR|PO\r"
)
HEAD = "patient_id;patient_authority;line_id;status;taken_at;author_role;author_name;note"
REPORT = f"{HEAD}\n{IPP};{IPP_AUTHORITY};A;taken;2026-03-02T08:05:00+01:00;nurse;{GIVEN};{WORDS}\n"


def requests() -> tuple[dict[str, Any], dict[str, Any]]:
    """A line that is clear and one that is not, both with a telling product and words."""
    product = {"medicationCodeableConcept": {"text": f"{DRUG} 500 mg"}}
    said = {"text": f"{WORDS} le matin", **BREAKFAST_DOSE}
    return (
        a_request("A", said, **product),
        a_request("B", {"text": WORDS, **RANGE_DOSE}, **product, note=[{"text": WORDS}]),
    )


def bundle(**changed: Any) -> bytes:
    name = [{"use": "official", "family": FAMILY, "given": [GIVEN]}]
    return a_bundle(*requests(), ipp=IPP, name=name, **changed)


class Overheard(logging.Handler):
    """Everything that anybody logs at any level, with its extras and its tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx", "httpcore")):  # the client of the test itself
            trace = logging.Formatter().format(record)
            self.lines.append(f"{trace} {record.__dict__}")


@pytest.fixture
def overheard() -> Iterator[Overheard]:
    root, ear = logging.getLogger(), Overheard()
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear
    root.removeHandler(ear)
    root.setLevel(before)


def the_road(context: Context, folder: Path) -> list[str]:
    """Walks the road, stumbles where people stumble, and gives every word that was said."""
    said: list[str] = []

    def tried(step: Callable[[], Any]) -> Any:
        try:
            return step()
        except EngineError as error:
            said.extend((str(error), repr(error), repr(error.__cause__)))
            return None

    for data in (bundle(), ORDER.encode(), ORDER.encode()[:-60], REPORT.encode(), b"ZZ" + bundle()):
        receipt = receive(context, data, "import")
        loop.drain(context)
        said.append(answer(context, receipt, data, Promise.PROCESSED).decode())
    items = [row.item for row in consult.waiting(context, "pharm", Subject.PRESCRIPTION)]
    for item in items:
        _decided(context, item.id, tried)
    tried(lambda: access.withdraw(context, "pharm", IPP, "ehpad"))
    tried(lambda: access.revoke(context, "prep", NIR, "x"))
    unsent = _orders(items[0].subject_id, *ExportKind)
    tried(lambda: export.export(context, "pharm", unsent[0]))
    signed = date(2026, 2, 1)
    tried(
        lambda: access.grant(
            context, "pharm", IPP, "ehpad", signed_on=signed, document=f"{FAMILY} {WORDS}"
        )
    )
    days = (date(2026, 3, 2), date(2026, 3, 8))
    computed = tried(lambda: adherence.compute(context, "pharm", IPP, *days))
    tried(lambda: adherence.compute(context, "pharm", NIR, *days))
    assert computed is not None
    [row] = consult.waiting(context, "pharm", Subject.ADHERENCE)
    right = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=row.item.content_sha256,
        answers=answers(computed[1].every_finding, (), "all"),
        comment=WORDS,
    )
    decide.decide_on(context, "pharm", row.item.id, right)
    orders = [
        *_orders(items[0].subject_id, ExportKind.SCHEDULE, ExportKind.ANALYSIS),
        *_orders(computed[0], ExportKind.INTAKES, ExportKind.ADHERENCE),
    ]
    for order in (*unsent, *orders):
        made = tried(lambda order=order: export.export(context, "pharm", order))
        if made is not None:
            tried(lambda made=made: deliver.deliver_to_folder(context, made, folder / "no" / "x"))
            path = tried(lambda made=made: deliver.deliver_to_folder(context, made, folder))
            said.append(path.name)
    tried(lambda: replay.replay(context, receipt.message.id, "pharm"))
    tried(lambda: replay.replay(context, receipt.message.id, "nurse"))
    with context.store.unit(context.tenant) as unit:
        listed = list(inbox.listed(unit))
    said += [message.model_dump_json() for message in listed]
    said += [trace(context, message.id).model_dump_json() for message in listed]
    return said


def _orders(subject: str, *kinds: ExportKind) -> list[export.Order]:
    return [
        export.Order(Wanted(kind, subject, date(2026, 3, 2)), form, "ehpad")
        for kind in kinds
        for form in ("fhir", "hl7v2", "pn13", "tabular")
    ]


def _decided(context: Context, item: str, tried: Callable[[Callable[[], Any]], Any]) -> None:
    """Wrong in every way, then right, with words in every place for words."""
    shown = consult.shown(context, "pharm", item)
    assert shown.prescription is not None
    findings = [finding for _, finding in shown.findings]
    lines = shown.prescription.content.lines
    bad = [f"{n} {WORDS}" for n, line in enumerate(lines, 1) if not line.schedule.computable]
    coded = [f"{n}=2/1 {WORDS}" for n, found in enumerate(findings, 1) if found.blocks]
    right = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=shown.item.content_sha256,
        lines=verdicts(len(lines), bad),
        answers=answers(findings, coded, "all"),
        comment=f"{FAMILY} {WORDS}",
    )
    wrong: tuple[dict[str, Any], ...] = (
        {"answers": ()},
        {"lines": ()},
        {"lines": verdicts(len(lines), ())},
        {"expected_sha256": "0" * 64},
        {"kind": DecisionKind.HOLD, "reason": WORDS},
        {},
    )
    for change in wrong:
        request = right.model_copy(update=change)
        tried(lambda request=request: decide.decide_on(context, "pharm", item, request))
        tried(lambda request=request: decide.decide_on(context, "prep", item, request))


def test_the_whole_road_says_nothing_about_the_patient_but_to_the_patients_people(
    sqlite_store: Store, tmp_path: Path, overheard: Overheard
) -> None:
    context = a_context(sqlite_store)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "no").write_text("a file where a folder should be")

    said = the_road(context, folder)

    with sqlite_store.unit(context.tenant) as unit:
        journal = [str(row) for row in unit.connection.execute(select(tables.audit))]
        findings = unit.connection.execute(
            select(tables.findings.c.location, tables.findings.c.message)
        )
        doubts = [str(row) for row in findings]
        left = unit.connection.execute(select(tables.deliveries.c.file_name)).all()
    assert [line for line in said if NOTICED.search(line)] == []
    assert [line for line in journal if NOTICED.search(line)] == []
    assert [line for line in doubts if NOTICED.search(line)] == []
    assert [line for line in overheard.lines if NOTICED.search(line)] == []
    assert len(left) > 7
    assert len(journal) > 20
    assert len(doubts) > 5


def test_what_is_read_out_of_a_text_is_in_no_error_no_log_and_no_journal(
    sqlite_store: Store, overheard: Overheard
) -> None:
    context, said = a_context(sqlite_store), []
    text = {"text": f"1 comprimé le matin, {WORDS}, sauf {FAMILY}"}
    product = {"medicationCodeableConcept": {"text": f"{DRUG} 500 mg"}}
    receive(context, a_bundle(a_request("A", text, **product), ipp=IPP), "import")
    loop.drain(context)
    desk = offered(context, "pharm", the_item(context).id, 1)
    whole = confirmed(desk.offer)
    reasons = tuple(each.model_copy(update={"reason": WORDS}) for each in whole.unread)
    right = whole.model_copy(update={"unread": reasons})
    wrong = (
        {"cells": ()},
        {"unread": ()},
        {"cells": (*whole.cells, *whole.cells)},
        {"text_sha256": "0" * 64},
        {"start": None},
    )
    for user, change in [*(("pharm", each) for each in (*wrong, {})), ("prep", {})]:
        given = right.model_copy(update=change)
        try:
            made = interpret(context, user, desk.item.id, 1, given)
        except EngineError as error:
            said += [str(error), repr(error), repr(error.__cause__)]
        else:
            said.append(trace(context, made.interpretation.id).model_dump_json())

    with sqlite_store.unit(context.tenant) as unit:
        journal = [str(row) for row in unit.connection.execute(select(tables.audit))]
        kept = unit.connection.execute(select(tables.interpretations.c.content)).all()
    assert [line for line in said if NOTICED.search(line)] == []
    assert [line for line in journal if NOTICED.search(line)] == []
    assert [line for line in overheard.lines if NOTICED.search(line)] == []
    assert (len(said), len(kept)) == (6 * 3 + 1, 1)


def test_http_says_nothing_about_the_patient(sqlite_store: Store, overheard: Overheard) -> None:
    context = a_context(sqlite_store)
    bell = Bell(context)
    broken = json.loads(bundle())
    broken["entry"][1]["resource"]["status"] = FAMILY
    bodies = (bundle(), json.dumps(broken).encode(), bundle()[:-40], b"\xff" + bundle())

    with served(make_app(context, bell)) as client:
        replies = [
            client.post(path, content=body, headers={"content-type": "application/fhir+json"})
            for body in bodies
            for path in ("/fhir", f"/fhir/{FAMILY}", f"/fhir?patient={NIR}")
        ]
        replies.append(client.get("/health/ready"))
    rung = list(bell._broker.queues["semainier"].queue)

    assert [each.text for each in replies if NOTICED.search(f"{each.text} {each.headers}")] == []
    assert [each for each in rung if NOTICED.search(str(each))] == []
    assert len(rung) > 2
    assert [line for line in overheard.lines if NOTICED.search(line)] == []


def test_a_step_that_breaks_over_a_message_says_its_type_alone(
    sqlite_store: Store, overheard: Overheard, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = a_context(sqlite_store)

    def breaks(*_: object) -> object:
        raise ValueError(f"{FAMILY} {NIR}")

    monkeypatch.setattr(loop, "read", breaks)
    message = receive(context, bundle(), "import").message
    bell = Bell(context)
    bell.start()
    bell.ring(message.id)
    bell.wait()
    bell.stop()

    with sqlite_store.unit(context.tenant) as unit:
        parked = inbox.message(unit, message.id)
    assert parked is not None
    assert parked.error == "defect: ValueError"
    assert [line for line in overheard.lines if NOTICED.search(line)] == []


def test_the_commands_that_operators_use_show_nothing_of_the_content(tmp_path: Path) -> None:
    shell = CliRunner()
    data = ["--data", str(tmp_path / "data")]
    path = tmp_path / "order.json"
    path.write_bytes(bundle())
    cut = tmp_path / "cut.hl7"
    cut.write_bytes(ORDER.encode()[:-60])
    operator = ["--full-name", "Max Exemple", "--role", "operator"]

    made = shell.invoke(app, ["account", "add", "max", *operator, *data])
    taken = shell.invoke(app, ["import", str(path), str(cut), "--json", *data])
    ids = [message["id"] for message in json.loads(taken.output)]
    told = [
        shell.invoke(app, [*words, *data])
        for words in (
            ["messages", "list"],
            ["messages", "list", "--json"],
            *(["trace", each] for each in ids),
            *(["trace", each, "--json"] for each in ids),
            *(["replay", each, "--user", "max"] for each in ids),
        )
    ]

    assert made.exit_code == 0
    assert [each.output for each in told if NOTICED.search(each.output)] == []
    assert all(each.output for each in told)
