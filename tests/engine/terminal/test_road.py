"""The road as people walk it in the terminal: one command after the other, in its own process."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from messages import RANGE_DOSE, a_bundle, a_request

SETTINGS = '[pharmacy]\nfiness = "750512345"\nname = "Pharmacie Exemple"\n'
SETTINGS += '[channels.import]\nsite = "reference"\n'


class Shell:
    """Runs `semainier` in a process of its own, on one installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir()
        (self.data / "semainier.toml").write_text(SETTINGS, encoding="utf-8")

    def __call__(self, *words: str, status: int = 0) -> str:
        """What the command prints; its exit status must be `status`."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            env={"SEMAINIER_DATA": str(self.data), "SEMAINIER_LANG": "en", "PATH": "/usr/bin"},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def file(self, name: str, data: bytes) -> str:
        """A file with these bytes, and its path."""
        path = self.folder / name
        path.write_bytes(data)
        return str(path)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made(
        "account",
        "add",
        "camille",
        "--full-name",
        "Camille Exemple",
        "--role",
        "pharmacist",
        "--rpps",
        "99700067210",
    )
    made("account", "add", "noe", "--full-name", "Noé Exemple", "--role", "preparer")
    return made


def _items(shell: Shell, *words: str) -> list[dict[str, str]]:
    return json.loads(shell("queue", "list", "--user", "camille", "--json", *words))


def test_the_whole_road_by_commands(shell: Shell) -> None:
    path = shell.file("order.json", a_bundle(a_request("A"), a_request("B")))

    [message] = json.loads(shell("import", path, "--json"))
    [item] = _items(shell)
    shown = shell("queue", "show", item["item"], "--user", "camille")
    refused = shell("queue", "validate", item["item"], "--user", "noe", status=1)
    shell("queue", "validate", item["item"], "--user", "camille", "--seen", item["content_sha256"])
    shell(
        "export",
        "schedule",
        item["item"],
        "--user",
        "camille",
        "--format",
        "fhir",
        "--receiver",
        "ehpad",
        "--to",
        str(shell.folder / "out"),
        status=1,
    )
    shell(
        "access",
        "grant",
        "000123",
        "--user",
        "camille",
        "--receiver",
        "ehpad",
        "--signed-on",
        "2026-01-05",
        "--document",
        "binder 3",
    )
    shell(
        "export",
        "schedule",
        item["item"],
        "--user",
        "camille",
        "--format",
        "fhir",
        "--receiver",
        "ehpad",
        "--from",
        "2026-03-02",
        "--to",
        str(shell.folder / "out"),
    )
    traced = json.loads(shell("trace", message["id"], "--json"))

    assert message["state"] == "read"
    assert "PRODUIT A" in shown
    assert "preparer" in refused
    assert len(list((shell.folder / "out").iterdir())) == 1
    [prescription] = traced["prescriptions"]
    assert prescription["state"] == "validated"
    assert [delivery["state"] for delivery in prescription["deliveries"]] == ["delivered"]
    assert [entry["event"] for entry in traced["journal"]] == [
        "message.received",
        "prescription.stored",
        "prescription.shown",
        "prescription.shown",
        "decision.refused",
        "prescription.shown",
        "decision.made",
        "schedule.released",
        "export.refused",
        "export.written",
    ]


def test_what_blocks_is_listed_until_it_is_answered(shell: Shell) -> None:
    shell("import", shell.file("order.json", a_bundle(a_request("A", RANGE_DOSE), a_request("B"))))
    [item] = _items(shell)

    unanswered = shell(
        "queue", "validate", item["item"], "--user", "camille", "--refuse", "1", status=1
    )
    document = json.loads(shell("queue", "show", item["item"], "--user", "camille", "--json"))
    blocking = [
        str(finding["number"])
        for finding in document["findings"]
        if finding["severity"] == "blocking"
    ]
    coded = [word for number in blocking for word in ("--answer", f"{number}=2/1 by phone")]
    shell(
        "queue",
        "validate",
        item["item"],
        "--user",
        "camille",
        "--acknowledge",
        "all",
        "--refuse",
        "1 dose to be stated",
        *coded,
    )

    assert "dose-range" in unanswered
    assert _items(shell) == []
    assert [item["state"] for item in _items(shell, "--all")] == ["validated"]


def test_an_item_that_was_overtaken_is_refused_with_the_difference(shell: Shell) -> None:
    shell("import", shell.file("one.json", a_bundle(a_request("A"), bundle="B1")))
    [item] = _items(shell)
    shell("import", shell.file("two.json", a_bundle(a_request("A"), a_request("B"), bundle="B2")))

    refused = shell("queue", "validate", item["item"], "--user", "camille", status=1)

    assert "Changes" in refused
    assert "PRODUIT B" in refused


@pytest.mark.parametrize("command", ["hold", "clarify", "reject"])
def test_a_wrong_reason_is_refused_with_the_reasons_that_there_are(
    shell: Shell, command: str
) -> None:
    shell("import", shell.file("order.json", a_bundle(a_request("A"))))
    [item] = _items(shell)

    wrong = shell("queue", command, item["item"], "--user", "camille", "--reason", "NONE", status=1)

    assert "OTHER" in wrong


def test_a_refused_file_ends_with_status_1_and_says_why(shell: Shell) -> None:
    told = shell("import", shell.file("x.txt", b"hello"), status=1)
    listed = shell("messages", "list", "--json")

    assert "format-unknown" in told
    assert json.loads(listed)["state"] == "refused"


def test_wrong_settings_are_reported_together(shell: Shell) -> None:
    (shell.data / "semainier.toml").write_text(
        '[pharmacy]\nfiness = "1"\nname = "X"\n[channels.a]\nsite = "nowhere"\nformat = "odd"\n',
        encoding="utf-8",
    )

    told = shell("messages", "list", status=1)

    assert "pharmacy.finess" in told
    assert "channels.a.site" in told
    assert "channels.a.format" in told


def test_an_unknown_command_is_wrong_use(shell: Shell) -> None:
    shell("nothing", status=2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_run_takes_messages_until_it_is_told_to_end(tmp_path: Path) -> None:
    http, mllp = _free_port(), _free_port()
    engine = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "cli",
            "run",
            "--data",
            str(tmp_path / "data"),
            "--http-port",
            str(http),
            "--mllp-port",
            str(mllp),
            "--ack",
            "processed",
        ],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert engine.stdout is not None
        assert f"mllp 127.0.0.1:{mllp}" in engine.stdout.readline()
        answer = httpx.post(
            f"http://127.0.0.1:{http}/fhir",
            content=a_bundle(a_request("A")),
            headers={"content-type": "application/fhir+json"},
            trust_env=False,
        )
        with socket.create_connection(("127.0.0.1", mllp), timeout=20) as wire:
            wire.sendall(
                b"\x0bMSH|^~\\&|A|B|C|D|20260301||ADT^A01|C1|P|2.5\r"
                b"PID|||1^^^B^PI||EXEMPLE^ODETTE\r\x1c\r"
            )
            reply = wire.recv(4096)
        until = time.monotonic() + 20
        while httpx.get(f"http://127.0.0.1:{http}/health/ready", trust_env=False).json()["waiting"]:
            assert time.monotonic() < until
            time.sleep(0.05)
        engine.send_signal(signal.SIGTERM)
        status = engine.wait(timeout=20)
    finally:
        engine.kill()
        engine.communicate()

    assert answer.status_code == 202
    assert b"MSA|AA|C1" in reply
    assert status == 0
