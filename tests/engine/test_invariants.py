"""What always holds, whatever people and senders do in whatever order.

The machine works on the real road. What it checks it reads from the database file itself, by
SQL of its own, and it computes every digest anew: nothing of the engine vouches for the engine.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from messages import (
    BREAKFAST_DOSE,
    IPP_AUTHORITY,
    RANGE_DOSE,
    Clock,
    a_bundle,
    a_context,
    a_request,
)
from offers import confirmed

from engine.pipeline.access import grant, revoke, withdraw
from engine.pipeline.adherence import compute
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.deliver import deliver_to_folder
from engine.pipeline.export import Order, export
from engine.pipeline.interpret import interpret, offered
from engine.pipeline.receive import receive
from engine.pipeline.snapshot import Wanted
from engine.store import audit
from engine.store.opening import open_store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from engine.workers.loop import drain
from schemas.adherence import AdherenceResult
from schemas.assessment import AssessedPrescription
from schemas.decision import DecisionKind
from schemas.errors import EngineError, Forbidden, Refused
from schemas.export import ExportKind
from schemas.ids import DeliveryId, Sha256

LINES = ("ALPHA", "BRAVO", "CHARLIE")
USERS = ("pharm", "other", "prep", "nurse", "nobody")
PHARMACISTS = frozenset({"pharm", "other"})
RECEIVERS = ("ehpad", "pda")
REASONS = {
    DecisionKind.HOLD: "STOCK",
    DecisionKind.CLARIFY: "DOSE-UNPARSED",
    DecisionKind.REJECT: "PRESC-DUPLICATE",
}
WRITERS = {
    ExportKind.SCHEDULE: ("fhir", "hl7v2", "tabular"),
    ExportKind.ANALYSIS: ("fhir", "hl7v2", "pn13"),
    ExportKind.INTAKES: ("fhir", "tabular"),
    ExportKind.ADHERENCE: ("fhir", "tabular"),
}
SIGNED = date(2026, 2, 1)
HEAD = "intake_id;patient_id;patient_authority;line_id;status;taken_at;author_role"

names = st.sampled_from(LINES)
users = st.sampled_from(USERS)
mostly_pharmacists = st.sampled_from((*PHARMACISTS, *PHARMACISTS, *USERS))
receivers = st.sampled_from(RECEIVERS)
recent = st.sampled_from((0, 0, 1, 2, 3))
mostly = st.sampled_from((True, True, True, False))


def sha256(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


class Road(RuleBasedStateMachine):
    """One pharmacy, one patient, two prescriptions, five people, two receivers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="semainier-road-"))
        self.bundles = 0
        self.sent: list[tuple[str, bytes]] = []
        self.first_bytes: dict[str, bytes] = {}
        self.deliveries: list[DeliveryId] = []
        self.rows = 0

    @initialize(along=st.sampled_from((0, 1, 2, 2, 2)))
    def opened(self, along: int) -> None:
        """An installation that is this far along the road when chance takes over."""
        store = open_store(f"sqlite:///{self.folder}/semainier.db")
        self.context: Context = a_context(store)
        self.sql = sqlite3.connect(self.folder / "semainier.db", isolation_level=None)
        self.sql.row_factory = sqlite3.Row
        self.a_version_comes(lines=["ALPHA", "BRAVO"], group="G1", doubtful=False, action="active")
        if along:
            self._validated(refused={2})
            self.access_is_granted(user="pharm", receiver="ehpad")
        if along > 1:
            self.an_intake_is_reported(group="G1", name="ALPHA", day=2)
            self.an_intake_is_reported(group="G1", name="BRAVO", day=3)
            self.time_passes(days=9)
            self.adherence_is_computed(user="prep")
            self._validated(refused=set())

    def _validated(self, refused: set[int]) -> None:
        self.somebody_decides(
            user="pharm",
            kind=DecisionKind.VALIDATE,
            right_digest=True,
            right_answers=True,
            refused=refused,
            which=0,
        )

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.sql.close()
            self.context.store.close()
        shutil.rmtree(self.folder)

    # What happens

    @rule(
        lines=st.lists(names, min_size=1, max_size=3, unique=True),
        group=st.sampled_from(("G1", "G2")),
        doubtful=st.sampled_from((False, False, True)),
        action=st.sampled_from(("active", "active", "active", "stopped", "on-hold")),
    )
    def a_version_comes(self, lines: list[str], group: str, doubtful: bool, action: str) -> None:
        self.bundles += 1
        dosage = RANGE_DOSE if doubtful else BREAKFAST_DOSE
        requests = [a_request(f"{group}{name}", dosage, status=action) for name in lines]
        self._send(a_bundle(*requests, group=group, bundle=f"B{self.bundles}"))

    @rule(lines=st.lists(names, min_size=1, max_size=2, unique=True))
    def a_version_comes_and_is_validated(self, lines: list[str]) -> None:
        self.a_version_comes(lines=lines, group="G1", doubtful=False, action="active")
        self._validated(refused=set())

    @rule(which=st.integers(0, 1000))
    def a_sender_repeats_itself(self, which: int) -> None:
        identifier, data = self.sent[which % len(self.sent)]
        assert receive(self.context, data, "import").message.id == identifier

    @rule(group=st.sampled_from(("G1", "G2")), name=names, day=st.integers(2, 8))
    def an_intake_is_reported(self, group: str, name: str, day: int) -> None:
        self.rows += 1
        row = (
            f"I{self.rows};000123;{IPP_AUTHORITY};{group}{name};taken;2026-03-0{day}T08:05:00+01:00"
        )
        self._send(f"{HEAD}\n{row};nurse\n".encode())

    @rule(
        name=names,
        group=st.sampled_from(("G1", "G2")),
        text=st.sampled_from(("1 comprimé le matin", "2 comprimés le soir", "selon protocole")),
    )
    def a_text_comes(self, name: str, group: str, text: str) -> None:
        self.bundles += 1
        line = a_request(f"{group}{name}", {"text": text})
        self._send(a_bundle(line, group=group, bundle=f"B{self.bundles}"))

    @rule(user=mostly_pharmacists, which=recent, line=st.integers(1, 3), whole=mostly)
    def somebody_reads_a_text(self, user: str, which: int, line: int, whole: bool) -> None:
        items = self._all("SELECT * FROM queue_items ORDER BY opened_at DESC LIMIT 4")
        item, before = items[which % len(items)], self._count("interpretations")
        try:
            answers = confirmed(offered(self.context, "pharm", item["id"], line).offer)
            given = answers if whole else answers.model_copy(update={"cells": answers.cells[1:]})
            interpret(self.context, user, item["id"], line, given)
        except Forbidden:
            assert user not in PHARMACISTS
        except EngineError:
            assert self._count("interpretations") == before
        else:
            assert user in PHARMACISTS
            assert whole
            [after] = self._all("SELECT * FROM queue_items WHERE id = ?", item["id"])
            assert after["content_sha256"] != item["content_sha256"]
            assert after["state"] == item["state"]
            assert not self._all(
                "SELECT id FROM decisions WHERE subject_id = ?", after["subject_id"]
            )

    def _send(self, data: bytes) -> None:
        self.sent.append((receive(self.context, data, "import").message.id, data))
        drain(self.context)

    @rule(days=st.integers(1, 10))
    def time_passes(self, days: int) -> None:
        clock = self.context.clock
        assert isinstance(clock, Clock)
        clock.now += timedelta(days=days)

    @rule(
        user=mostly_pharmacists,
        kind=st.sampled_from((*DecisionKind, DecisionKind.VALIDATE, DecisionKind.VALIDATE)),
        right_digest=mostly,
        right_answers=mostly,
        refused=st.sets(st.integers(1, 3), max_size=1),
        which=recent,
    )
    def somebody_decides(
        self,
        user: str,
        kind: DecisionKind,
        right_digest: bool,
        right_answers: bool,
        refused: set[int],
        which: int,
    ) -> None:
        items = self._all("SELECT * FROM queue_items ORDER BY opened_at DESC LIMIT 4")
        item = items[which % len(items)]
        content = self._content(item)
        wrong = items[-1]["content_sha256"] if which % 2 else "0" * 64
        request = Request(
            kind=kind,
            expected_sha256=Sha256(item["content_sha256"] if right_digest else wrong),
            lines=self._verdicts(content, refused) if kind is DecisionKind.VALIDATE else (),
            answers=self._answers(content) if right_answers else (),
            reason=REASONS.get(kind),
        )
        before = self._count("decisions")
        try:
            decide_on(self.context, user, item["id"], request)
        except Forbidden:
            assert user not in PHARMACISTS
        except EngineError:
            assert user in PHARMACISTS
        if self._count("decisions") > before:
            assert user in PHARMACISTS
            assert request.expected_sha256 == item["content_sha256"]
            assert item["state"] in ("to-validate", "held", "clarification")

    def _content(self, item: sqlite3.Row) -> AssessedPrescription | AdherenceResult:
        if item["kind"] == "adherence":
            [row] = self._all("SELECT * FROM adherence_results WHERE id = ?", item["subject_id"])
            return AdherenceResult.model_validate_json(row["content"])
        [row] = self._all("SELECT * FROM prescriptions WHERE id = ?", item["subject_id"])
        return AssessedPrescription.model_validate_json(row["content"])

    def _verdicts(self, content: AssessedPrescription | AdherenceResult, refused: set[int]) -> Any:
        if isinstance(content, AdherenceResult):
            return ()
        lines = content.lines
        ranks = {n for n, line in enumerate(lines, start=1) if not line.schedule.computable}
        return verdicts(len(lines), [str(n) for n in ranks | refused if n <= len(lines)])

    def _answers(self, content: AssessedPrescription | AdherenceResult) -> Any:
        found = (
            list(content.every_finding)
            if isinstance(content, AdherenceResult)
            else [*content.findings, *(f for line in content.lines for f in line.findings)]
        )
        coded = [f"{n}=2/1" for n, finding in enumerate(found, start=1) if finding.blocks]
        return answers(found, coded, "all")

    @rule(user=mostly_pharmacists, receiver=receivers)
    def access_is_granted(self, user: str, receiver: str) -> None:
        try:
            grant(
                self.context,
                user,
                "000123",
                receiver,
                signed_on=date(2026, 2, 1),
                document="binder",
            )
        except Forbidden:
            assert user not in PHARMACISTS
        else:
            assert user in PHARMACISTS

    @rule(user=mostly_pharmacists, receiver=receivers, end=st.sampled_from((withdraw, revoke)))
    def access_ends(self, user: str, receiver: str, end: Any) -> None:
        try:
            end(self.context, user, "000123", receiver)
        except EngineError:
            return
        assert user in PHARMACISTS

    @rule(user=users)
    def adherence_is_computed(self, user: str) -> None:
        released = self._count("releases WHERE subject_kind = 'prescription'")
        try:
            compute(self.context, user, "000123", date(2026, 3, 2), date(2026, 3, 8))
        except Forbidden:
            assert user not in {*PHARMACISTS, "prep"}
        except Refused:
            assert not released
        else:
            assert user in {*PHARMACISTS, "prep"}
            assert released

    @rule(
        user=mostly_pharmacists,
        kind=st.sampled_from(ExportKind),
        receiver=receivers,
        deliver=st.booleans(),
        which=recent,
        writer=st.integers(0, 2),
    )
    def something_is_exported(
        self, user: str, kind: ExportKind, receiver: str, deliver: bool, which: int, writer: int
    ) -> None:
        table = "adherence_results" if kind in (ExportKind.INTAKES, ExportKind.ADHERENCE) else ""
        subjects = self._all(f"SELECT id FROM {table or 'prescriptions'} ORDER BY id DESC LIMIT 4")
        if not subjects:
            return
        wanted = Wanted(kind, subjects[which % len(subjects)]["id"], date(2026, 3, 2), 7)
        try:
            made = export(
                self.context,
                user,
                Order(wanted, WRITERS[kind][writer % len(WRITERS[kind])], receiver),
            )
        except EngineError:
            return
        assert user in PHARMACISTS
        self.deliveries.append(made)
        if deliver:
            self._deliver(made)

    @rule(which=st.integers(0, 1000))
    def a_delivery_leaves_late(self, which: int) -> None:
        if self.deliveries:
            self._deliver(self.deliveries[which % len(self.deliveries)])

    def _deliver(self, delivery: DeliveryId) -> None:
        try:
            path = deliver_to_folder(self.context, delivery, self.folder / "out")
        except EngineError:
            return
        [row] = self._all("SELECT payload FROM deliveries WHERE id = ?", delivery)
        assert path.read_bytes() == row["payload"]

    # What always holds

    def _all(self, query: str, *bound: object) -> list[sqlite3.Row]:
        return self.sql.execute(query, bound).fetchall()

    def _count(self, what: str) -> int:
        found: int = self.sql.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
        return found

    @invariant()
    def nothing_received_is_lost_or_changed(self) -> None:
        kept = {row["id"]: row["raw"] for row in self._all("SELECT id, raw FROM messages")}
        assert kept == dict(self.sent)

    @invariant()
    def a_release_has_a_pharmacists_validation_of_exactly_its_content(self) -> None:
        rows = self._all(
            "SELECT r.*, d.kind AS decided, d.decided_by, d.decided_at, d.subject_id AS about,"
            " d.content_sha256 AS seen, d.source_sha256 AS source, a.role,"
            " p.content AS prescription, m.raw, h.content AS result"
            " FROM releases r LEFT JOIN decisions d ON d.id = r.decision_id"
            " LEFT JOIN accounts a ON a.name = d.decided_by AND a.tenant = r.tenant AND a.active"
            " LEFT JOIN prescriptions p ON p.id = r.subject_id"
            " LEFT JOIN messages m ON m.id = p.message_id"
            " LEFT JOIN adherence_results h ON h.id = r.subject_id"
        )
        for row in rows:
            content = row["prescription"] or row["result"]
            assert (row["decided"], row["about"]) == ("validate", row["subject_id"])
            assert row["role"] in ("pharmacist", "owner")
            assert sha256(_canonical(content)) == row["content_sha256"] == row["seen"]
            assert row["source_sha256"] == row["source"]
            assert row["raw"] is None or sha256(row["raw"]) == row["source_sha256"]
            assert row["decided_at"] <= row["released_at"]

    @invariant()
    def a_delivery_has_decision_consent_grant_and_journal(self) -> None:
        rows = self._all(
            "SELECT v.*, d.kind AS decided, q.subject_id, s.superseded_at, g.granted_at,"
            " g.revoked_at, g.receiver AS granted, c.withdrawn_at, c.recorded_at,"
            " j.actor FROM deliveries v JOIN decisions d ON d.id = v.decision_id"
            " JOIN queue_items q ON q.id = d.item_id"
            " LEFT JOIN superseded_releases s ON s.release_id = v.release_id"
            " LEFT JOIN grants g ON g.id = v.grant_id LEFT JOIN consents c ON c.id = g.consent_id"
            " LEFT JOIN audit j ON j.subject = v.id AND j.event = 'export.written'"
        )
        assert len(rows) == self._count("deliveries")
        for row in rows:
            assert row["granted"] == row["receiver"]
            assert row["actor"] == row["initiated_by"]
            assert row["initiated_by"] in PHARMACISTS
            for moment in filter(None, (row["created_at"], row["delivered_at"])):
                assert _instant(row["granted_at"]) <= _instant(moment)
                for end in ("withdrawn_at", "superseded_at"):
                    assert row[end] is None or _instant(moment) < _instant(row[end])
            end = row["revoked_at"]
            assert end is None or _instant(row["created_at"]) < _instant(end)
            assert row["kind"] == "analysis" or (row["release_id"] and row["decided"] == "validate")
            assert self.first_bytes.setdefault(row["id"], row["payload"]) == row["payload"]
            assert sha256(row["payload"]) == row["sha256"]

    @invariant()
    def nothing_planned_or_counted_that_leaves_names_a_line_nobody_validated(self) -> None:
        for row in self._all("SELECT * FROM deliveries WHERE kind <> 'analysis'"):
            allowed = self._validated_products(row)
            text = row["payload"].decode()
            named = {n for g in ("G1", "G2") for n in (f"{g}{x}" for x in LINES) if _in(n, text)}
            assert named <= allowed

    def _validated_products(self, delivery: sqlite3.Row) -> set[str]:
        """The lines that releases of this patient validated, or that of this release alone."""
        alone = "AND r.id = :release" if delivery["kind"] == "schedule" else ""
        rows = self.sql.execute(
            "SELECT p.content AS prescription, d.content AS decision FROM releases r"
            " JOIN prescriptions p ON p.id = r.subject_id JOIN decisions d ON d.id = r.decision_id"
            f" WHERE r.patient_id = :patient AND r.released_at <= :at {alone}",
            {
                "patient": delivery["patient_id"],
                "at": delivery["created_at"],
                "release": delivery["release_id"],
            },
        )
        found = set()
        for row in rows:
            verdict = {d["line"]: d["verdict"] for d in json.loads(row["decision"])["lines"]}
            for rank, line in enumerate(json.loads(row["prescription"])["lines"], start=1):
                if verdict[str(rank)] == "validated":
                    found.add(line["line"]["product"]["text"].split()[1])
        return found

    @invariant()
    def a_reading_is_a_pharmacists_and_leaves_the_line_as_its_sender_wrote_it(self) -> None:
        rows = self._all(
            "SELECT i.*, a.role, p.content AS read, n.content AS made, j.actor"
            " FROM interpretations i JOIN prescriptions p ON p.id = i.prescription_id"
            " JOIN prescriptions n ON n.id = i.made_id"
            " LEFT JOIN accounts a ON a.name = i.interpreted_by AND a.tenant = i.tenant"
            " LEFT JOIN audit j ON j.subject = i.id AND j.event = 'interpretation.made'"
        )
        assert len(rows) == self._count("interpretations")
        for row in rows:
            rank = row["line_no"] - 1
            read, made = (json.loads(row[name])["lines"] for name in ("read", "made"))
            assert row["role"] in ("pharmacist", "owner")
            assert row["actor"] == row["interpreted_by"]
            assert sha256(_canonical(row["content"])) == row["sha256"]
            assert made[rank]["interpretation"] == json.loads(row["content"])
            assert [line["line"] for line in made] == [line["line"] for line in read]
        known = {row["id"] for row in rows}
        for row in self._all("SELECT content FROM prescriptions"):
            for line in json.loads(row["content"])["lines"]:
                assert line["interpretation"] is None or line["interpretation"]["id"] in known
                codes = {finding["code"] for finding in line["findings"]}
                assert ("posology-interpreted" in codes) == (line["interpretation"] is not None)

    @invariant()
    def the_journal_is_whole(self) -> None:
        with self.context.store.unit(self.context.tenant) as unit:
            assert list(audit.broken_links(unit)) == []


def _canonical(content: str) -> str:
    """The stored JSON, made canonical by this test alone."""
    return json.dumps(
        json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def _in(name: str, text: str) -> bool:
    return f"PRODUIT {name}" in text


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


TestRoad = Road.TestCase
TestRoad.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
