"""`semainier channels`: check, list and try; and `semainier run` with what they state."""

import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from certificates import Authority
from typer.testing import CliRunner

from cli import app

SHELL = CliRunner()
HTTP = '[channels.http]\nsite = "reference"\n'
HOME = '[channels.lilas]\nsite = "reference"\nformat = "hl7v2"\n'
PATIENCE = 30


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def run(data: Path, *words: str, lang: str = "en") -> tuple[int, str]:
    done = SHELL.invoke(app, ["channels", *words, "--data", str(data), "--lang", lang])
    return done.exit_code, done.output


def state(data: Path, text: str) -> None:
    (data / "semainier.toml").write_text(text, encoding="utf-8")


def trial(data: Path) -> tuple[int, list[tuple[str, bool, str]]]:
    """Exit status, and part, whether it is good and what was seen, of the channel lilas."""
    status, output = run(data, "test", "lilas", "--json")
    return status, [(each["part"], each["good"], each["seen"]) for each in json.loads(output)]


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def a_pair(data: Path, authority: Authority, name: str, days: int = 90) -> None:
    """Certificate and key of this name in the folder of the installation."""
    made = authority.sign(f"{name}-{data.name}", days=days)
    (data / f"{name}.pem").write_bytes(made.certificate.read_bytes())
    (data / f"{name}.key").write_bytes(made.key.read_bytes())


def test_without_a_file_there_is_no_mistake_and_three_channels(data: Path) -> None:
    assert run(data, "check") == (0, "The settings have no mistake.\n")
    listed = json.loads(run(data, "list", "--json")[1])
    assert [each["name"] for each in listed] == ["http", "import", "mllp"]


def test_every_mistake_is_shown_in_the_language_of_the_person(data: Path) -> None:
    state(data, f'{HOME}colour = "red"\n[channels.lilas.listen]\nport = 70000\n')

    status, shown = run(data, "check", lang="fr")
    told = json.loads(run(data, "check", "--json")[1])["problems"]

    assert status == 1
    assert "ce réglage n'existe pas" in " ".join(shown.split())
    assert [(each["file"], each["line"], each["setting"]) for each in told] == [
        ("semainier.toml", 4, "channels.lilas.colour"),
        ("semainier.toml", 6, "channels.lilas.listen.port"),
    ]


def test_a_list_shows_addresses_and_what_is_encrypted(data: Path, authority: Authority) -> None:
    a_pair(data, authority, "pharmacy")
    tls = 'tls = { certificate = "pharmacy.pem", key = "pharmacy.key", clients = "ca.pem" }'
    listen = f'[channels.lilas.listen]\nhost = "0.0.0.0"\nport = 2576\npromise = "processed"\n{tls}'
    send = '[channels.lilas.send]\nhost = "127.0.0.1"\nport = 2580\n'
    state(data, f"{HOME}{listen}\n{send}")

    [row] = json.loads(run(data, "list", "--json")[1])

    assert row == {
        "name": "lilas",
        "site": "reference",
        "format": "hl7v2",
        "conformance": "tolerant",
        "acknowledgment": "enhanced",
        "promise": "processed",
        "listens": "0.0.0.0:2576",
        "sends": "127.0.0.1:2580",
        "tls": ["listen", "clients"],
    }
    assert "0.0.0.0:2576" in run(data, "list")[1]


def test_a_port_that_is_taken_may_be_free_later(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        state(data, f"{HOME}[channels.lilas.listen]\nport = {taken.getsockname()[1]}\n")
        assert trial(data) == (
            3,
            [
                ("listen.port", False, "the port cannot be taken"),
                ("listen.tls", True, "without TLS"),
            ],
        )
    status, seen = trial(data)
    assert (status, seen[0]) == (0, ("listen.port", True, "the port is free"))


@pytest.mark.parametrize(
    ("days", "good", "seen"),
    [
        (90, True, "the certificate ends"),
        (20, True, "the certificate ends soon"),
        (-1, False, "the certificate has ended"),
    ],
)
def test_a_certificate_must_be_in_force(
    data: Path, authority: Authority, days: int, good: bool, seen: str
) -> None:
    a_pair(data, authority, "pharmacy", days)
    tls = 'tls = { certificate = "pharmacy.pem", key = "pharmacy.key" }'
    state(data, f"{HOME}[channels.lilas.listen]\nport = 0\n{tls}\n")

    status, found = trial(data)

    assert status == (0 if good else 1)
    assert found[1] == ("listen.tls.certificate", good, seen)


def test_a_certificate_that_cannot_be_read_is_told(data: Path) -> None:
    tls = 'tls = { certificate = "absent.pem", key = "absent.key" }'
    state(data, f"{HOME}[channels.lilas.listen]\nport = 0\n{tls}\n")

    status, found = trial(data)

    assert status == 1
    assert found[1] == ("listen.tls", False, "the certificate cannot be used")


def test_a_channel_without_a_port_and_a_receiver_has_nothing_to_try(data: Path) -> None:
    assert run(data, "test", "import")[0] == 0
    assert "nothing to try" in run(data, "test", "import")[1]
    assert run(data, "test", "nobody")[0] == 1


def test_a_receiver_that_is_not_there_may_be_there_later(data: Path) -> None:
    send = f'[channels.lilas.send]\nhost = "127.0.0.1"\nport = {a_free_port()}\n'
    state(data, HOME + send)

    assert trial(data) == (3, [("send.connection", False, "the receiver cannot be reached")])


@contextmanager
def an_engine(data: Path) -> Iterator[str]:
    """`semainier run` on this installation; the line that says where it listens."""
    words = ["run", "--data", str(data), "--http-port", "0", "--mllp-port", "0"]
    engine = subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert engine.stdout is not None
        yield engine.stdout.readline()
        engine.send_signal(signal.SIGTERM)
        assert engine.wait(timeout=PATIENCE) == 0
    finally:
        engine.kill()
        engine.communicate()


def ask(wire: socket.socket) -> bytes:
    message = b"MSH|^~\\&|A|B|C|D|20260301||ADT^A01|C1|P|2.5\rPID|||1^^^B^PI||EXEMPLE^ODETTE\r"
    wire.sendall(b"\x0b" + message + b"\x1c\r")
    return wire.recv(4096)


def test_run_listens_for_each_channel_at_its_own_address_and_the_trial_meets_it(
    data: Path, authority: Authority, tmp_path: Path
) -> None:
    a_pair(data, authority, "pharmacy")
    a_pair(data, authority, "lilas")
    (data / "ca.pem").write_bytes(authority.file.read_bytes())
    port = a_free_port()
    ours = 'tls = { certificate = "pharmacy.pem", key = "pharmacy.key", clients = "ca.pem" }'
    mllp = '[channels.mllp]\nsite = "reference"\nformat = "hl7v2"\n'
    state(data, f"{HTTP}{mllp}{HOME}[channels.lilas.listen]\nport = {port}\n{ours}\n")
    client = tmp_path / "client"
    client.mkdir()
    shown = 'certificate = "../lilas.pem", key = "../lilas.key"'
    theirs = f'tls = {{ authorities = "../ca.pem", {shown} }}'
    send = f'[channels.lilas.send]\nhost = "127.0.0.1"\nport = {port}\n{theirs}\n'
    state(client, HOME + send)
    trusted = ssl.create_default_context(cafile=str(authority.file))
    trusted.load_cert_chain(data / "lilas.pem", data / "lilas.key")

    with an_engine(data) as told:
        plain = int(told.partition("mllp 127.0.0.1:")[2].split()[0])
        with socket.create_connection(("127.0.0.1", plain), PATIENCE) as wire:
            over_plain = ask(wire)
        with (
            socket.create_connection(("127.0.0.1", port), PATIENCE) as bare,
            trusted.wrap_socket(bare, server_hostname="127.0.0.1") as wire,
        ):
            over_tls = ask(wire)
        allowed = trial(client)
        state(client, HOME + send.replace(f", {shown}", ""))
        refused = trial(client)

    assert f"lilas 127.0.0.1:{port}" in told
    assert b"MSA|AA|C1" in over_plain
    assert b"MSA|AA|C1" in over_tls
    assert allowed == (
        0,
        [
            ("send.tls.certificate", True, "the certificate ends"),
            ("send.connection", True, "the receiver takes connections"),
            ("send.tls", True, "with TLS"),
            ("send.receiver.certificate", True, "the certificate ends"),
        ],
    )
    assert refused == (3, [("send.connection", False, "the receiver cannot be reached")])


def test_run_says_which_channel_has_no_port(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state(data, f"{HTTP}{HOME}[channels.lilas.listen]\nport = {port}\n")
        done = SHELL.invoke(app, ["run", "--data", str(data), "--http-port", "0"])

    assert done.exit_code == 3
    assert "channels.lilas.listen: Address already in use" in done.output


def test_run_opens_no_port_with_a_certificate_of_no_use(data: Path) -> None:
    tls = 'tls = { certificate = "absent.pem", key = "absent.key" }'
    state(data, f"{HTTP}{HOME}[channels.lilas.listen]\nport = 0\n{tls}\n")

    done = SHELL.invoke(app, ["run", "--data", str(data), "--http-port", "0"])

    assert done.exit_code == 1
    assert "certificate and key" in done.output
