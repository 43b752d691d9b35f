"""What happens to people's messages when a machine, a disk or a neighbour fails."""

import asyncio
import logging
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from messages import a_bundle, a_context, a_request
from sqlalchemy import event
from web import served

from engine.http.app import make_app
from engine.listeners import mllp
from engine.listeners.mllp import END, START, MllpListener
from engine.pipeline.answer import Promise
from engine.pipeline.context import Context, open_context
from engine.pipeline.receive import receive
from engine.store import audit, inbox
from engine.store.unit import Store
from engine.workers.bell import Bell
from engine.workers.loop import drain
from schemas.errors import Unavailable
from schemas.message import MessageState

ROOT = Path(__file__).parents[2]
ORDER = (
    "MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||RDE^O11^RDE_O11|{name}|P|2.5\r"
    "PID|||{name}^^^LILAS^PI||EXEMPLE^ODETTE||19380412|F\r"
    "ORC|NW|{name}^EHPAD|||||||20260301100000+0100|||99700067210^EXEMPLE^A\r"
    "RXE||PRODUIT^PRODUIT 500 mg^L|1||comprime\r"
    "TQ1|1||QAM|||||20260302|\rRXR|PO\r"
)
JSON = {"content-type": "application/fhir+json"}
KILLS = 10
PATIENCE = 20


def block(name: str) -> bytes:
    return START + ORDER.format(name=name).encode() + END


class Engine:
    """`semainier run` in a process of its own."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "cli", "run", "--data", str(data)]
        self.process = subprocess.Popen(
            [*command, "--http-port", "0", "--mllp-port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.port = int(line.rpartition(":")[2])

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        try:
            return self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.process.communicate()


def acknowledged(wire: socket.socket, until: Callable[[set[str]], bool]) -> set[str]:
    """The control ids that were positively acknowledged until then, or until the wire is dead."""
    received = b""
    while True:
        names = {
            part.partition(b"\r")[0].decode()
            for part in received.split(b"MSA|AA|")[1:]
            if b"\r" in part
        }
        if until(names):
            return names
        try:
            piece = wire.recv(65536)
        except OSError:
            return names
        if not piece:
            return names
        received += piece


def test_what_was_acknowledged_before_a_kill_is_there_exactly_once(tmp_path: Path) -> None:
    chance = random.Random(20260302)
    data = tmp_path / "data"
    waiting = [f"M{number:03}" for number in range(60)]
    told: list[str] = []
    for _ in range(KILLS):
        engine = Engine(data)
        with engine.connected() as wire:
            wire.sendall(b"".join(block(name) for name in waiting))
            enough = chance.randint(0, 7)
            names = acknowledged(wire, lambda names, enough=enough: len(names) >= enough)
            time.sleep(chance.random() / 50)
            engine.end(signal.SIGKILL)
            names |= acknowledged(wire, lambda _: False)
        told += sorted(names)
        waiting = [name for name in waiting if name not in names]
    engine = Engine(data)
    with engine.connected() as wire:
        wire.sendall(b"".join(block(name) for name in waiting))
        told += sorted(acknowledged(wire, lambda names: len(names) == len(waiting)))
    status = engine.end(signal.SIGTERM)

    context = open_context(data)
    later = replace(context, clock=lambda: datetime.now(UTC) + timedelta(minutes=10))
    drain(later)  # what a dead worker had leased is free again by then
    with sqlite3.connect(data / "semainier.db") as sql:
        rows = sql.execute("SELECT control_id, state, raw FROM messages").fetchall()
        orders = sql.execute("SELECT count(DISTINCT message_id), count(*) FROM prescriptions")
        counted = orders.fetchone()
    with context.store.unit(context.tenant) as unit:
        assert list(audit.broken_links(unit)) == []
    context.store.close()
    assert status == 0
    assert sorted(told) == [f"M{number:03}" for number in range(60)]
    assert {(name, raw.rstrip(b"\r")) for name, _, raw in rows} == {
        (name, block(name).rstrip(b"\r")) for name in told
    }
    assert (len(rows), {state for _, state, _ in rows}, counted) == (60, {"read"}, (60, 60))


def test_sigterm_answers_the_block_in_hand_and_does_not_wait_for_silent_senders(
    tmp_path: Path,
) -> None:
    engine = Engine(tmp_path / "data")
    with engine.connected() as silent, engine.connected() as busy:
        busy.sendall(block("M1"))
        acknowledged(busy, bool)
        busy.sendall(block("M2"))
        engine.process.send_signal(signal.SIGTERM)
        names = acknowledged(busy, bool)
        started = time.monotonic()
        status = engine.end(signal.SIGTERM)
        rest = silent.recv(1)

    kept = sqlite3.connect(tmp_path / "data" / "semainier.db")
    [(count,)] = kept.execute("SELECT count(*) FROM messages").fetchall()
    kept.close()
    assert (status, rest, names, count) == (0, b"", {"M2"}, 2)
    assert time.monotonic() - started < 10


@contextmanager
def pragma(store: Store, statement: str) -> Iterator[None]:
    """Every connection of the store obeys this, while inside."""

    def obey(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {statement}")

    event.listen(store.database, "connect", obey)
    store.database.dispose()
    try:
        yield
    finally:
        event.remove(store.database, "connect", obey)
        store.database.dispose()


@contextmanager
def a_full_disk(store: Store) -> Iterator[None]:
    """The database may not grow by one page."""
    with store.database.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with pragma(store, f"max_page_count = {pages}"):
        yield


@contextmanager
def a_lock(store: Store) -> Iterator[None]:
    """Another process writes for longer than we wait."""
    other = sqlite3.connect(str(store.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pragma(store, "busy_timeout = 50"):
            yield
    finally:
        other.execute("ROLLBACK")
        other.close()


ACCIDENTS = pytest.mark.parametrize("accident", [a_full_disk, a_lock])
BIG = "N" * 300_000


def rows(context: Context) -> list[MessageState]:
    with context.store.unit(context.tenant) as unit:
        assert list(audit.broken_links(unit)) == []
        return [message.state for message in inbox.listed(unit)]


def told_over_mllp(context: Context, *blocks: bytes) -> list[bytes]:
    """The answers to these blocks, sent one after the other on one connection."""

    async def scene() -> list[bytes]:
        listener = MllpListener(context, Bell(context), "mllp", 0, Promise.ACCEPT)
        port = await listener.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers = []
        for each in blocks:
            writer.write(each)
            answers.append(await asyncio.wait_for(reader.readuntil(END), PATIENCE))
        writer.close()
        await listener.stop()
        return answers

    return asyncio.run(scene())


@ACCIDENTS
def test_a_message_that_cannot_be_kept_is_not_acknowledged_but_asked_for_again(
    sqlite_store: Store, accident: Callable[[Store], object]
) -> None:
    context = a_context(sqlite_store)
    order = ORDER.format(name="M1").replace("ODETTE", BIG).encode()

    with accident(sqlite_store):
        [no] = told_over_mllp(context, START + order + END)
    kept = rows(context)
    [yes] = told_over_mllp(context, START + order + END)

    assert b"MSA|AR|M1" in no
    assert BIG[:20].encode() not in no
    assert kept == []
    assert b"MSA|AA|M1" in yes
    assert rows(context) == [MessageState.RECEIVED]


@ACCIDENTS
def test_over_http_such_a_message_gets_503_and_when_to_come_again(
    sqlite_store: Store, accident: Callable[[Store], object]
) -> None:
    context = a_context(sqlite_store)
    data = a_bundle(a_request("A", note=[{"text": BIG}]))

    with served(make_app(context, Bell(context))) as client:
        with accident(sqlite_store):
            no = client.post("/fhir", content=data, headers=JSON)
        kept = rows(context)
        yes = client.post("/fhir", content=data, headers=JSON)

    assert (no.status_code, no.headers["retry-after"]) == (503, "5")
    assert no.json()["issue"][0]["code"] == "transient"
    assert kept == []
    assert yes.status_code == 202


def test_a_channel_in_enhanced_mode_answers_ce(sqlite_store: Store) -> None:
    plain = a_context(sqlite_store)
    channel = plain.settings.channels["mllp"].model_copy(update={"acknowledgment": "enhanced"})
    settings = plain.settings.model_copy(update={"channels": {"mllp": channel}})
    context = replace(plain, settings=settings)
    order = ORDER.format(name="M1").replace("|P|2.5\r", "|P|2.5|||AL|NE\r").encode()

    with a_lock(sqlite_store):
        [told] = told_over_mllp(context, START + order + END)

    assert b"MSA|CE|M1" in told


def test_readiness_says_that_the_database_is_locked(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    with served(make_app(context, Bell(context))) as client:
        with a_lock(sqlite_store):
            locked = client.get("/health/ready")
        free = client.get("/health/ready")

    assert (locked.status_code, locked.json()) == (503, {"status": "transient"})
    assert free.status_code == 200


@ACCIDENTS
def test_trouble_of_the_database_is_unavailable_and_nothing_half_is_stored(
    sqlite_store: Store, accident: Callable[[Store], object]
) -> None:
    context = a_context(sqlite_store)

    with accident(sqlite_store), pytest.raises(Unavailable, match="database"):
        receive(context, a_bundle(a_request("A", note=[{"text": BIG}])), "import")

    assert rows(context) == []


def test_an_exception_that_nobody_foresaw_is_answered_and_the_listener_lives(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    context = a_context(sqlite_store)
    real, failures = mllp.receive, [ZeroDivisionError("EXEMPLE^ODETTE")]

    def fails_once(*given: object) -> object:
        if failures:
            raise failures.pop()
        return real(*given)

    monkeypatch.setattr(mllp, "receive", fails_once)

    with caplog.at_level(logging.DEBUG):
        no, yes = told_over_mllp(context, block("M1"), block("M1"))

    assert b"MSA|AR|M1" in no
    assert b"MSA|AA|M1" in yes
    [trouble] = [record for record in caplog.records if record.msg == "mllp.trouble"]
    assert (trouble.kind, trouble.rule) == ("defect", "ZeroDivisionError")
    assert "ODETTE" not in caplog.text


def test_a_sender_that_leaves_in_the_middle_of_its_body_leaves_nothing(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)

    with served(make_app(context, Bell(context))) as client:
        port = client.base_url.port
        with socket.create_connection(("127.0.0.1", port)) as wire:
            head = "POST /fhir HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            wire.sendall(f"{head}content-length: 1000\r\n\r\n{{".encode())
        alive = client.get("/health/live")

    assert alive.status_code == 200
    assert rows(context) == []


def test_a_sender_told_to_come_again_learns_what_became_of_the_message_meanwhile(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.pipeline import answer as module
    from engine.pipeline.answer import answer

    context = a_context(sqlite_store)
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    data = block("M1")

    early = answer(context, receive(context, data, "mllp"), data, Promise.PROCESSED)
    drain(context)
    later = answer(context, receive(context, data, "mllp"), data, Promise.PROCESSED)
    again = answer(context, receive(context, data, "mllp"), data, Promise.PROCESSED)

    assert b"MSA|AR|M1" in early
    assert b"MSA|AA|M1" in later
    assert again == later
