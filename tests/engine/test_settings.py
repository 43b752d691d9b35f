"""Settings: what a channel may state, and every mistake told at once with its line."""

import time
from pathlib import Path

import pytest
from certificates import Authority
from hypothesis import given
from hypothesis import strategies as st

from engine.settings import FILE, load_settings, read_settings
from engine.settings_check import SettingFault, lines_of
from schemas.errors import Refused

HEAD = '[channels.a]\nsite = "reference"\nformat = "hl7v2"\n'
LISTENS = f"""{HEAD}[channels.a.listen]
port = 0
tls = {{ certificate = "c.pem", key = "k.key" }}
"""


def mistakes(folder: Path, text: str, *, files: bool = False) -> list[tuple[int, str, str]]:
    """Line, setting and the name of the fault."""
    (folder / FILE).write_text(text, encoding="utf-8")
    _, problems = read_settings(folder, files=files)
    return [(each.line, ".".join(each.place), each.fault.name) for each in problems]


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    text = """\
[pharmacy]
finess = "750000011"
colour = "red"

[channels.a]
site = "nowhere"
format = "hl7"
acknowledgment = "maybe"
[channels.a.listen]
host = "0.0.0.0"
port = 70000   # too high
idle_seconds = -1

[channels.b]
site = "reference"
format = "pn13"
listen = { port = 2577, promise = "soon" }

[channels.c]
format = "hl7v2"
[channels.c.listen]
port = 2577
tls = { certificate = "x.pem" }
[channels."c".send]
port = "25"
host = ""
plain = true
"""
    assert mistakes(tmp_path, text) == [
        (1, "pharmacy.name", "MISSING"),
        (2, "pharmacy.finess", "FINESS"),
        (3, "pharmacy.colour", "UNKNOWN"),
        (6, "channels.a.site", "SITE"),
        (7, "channels.a.format", "FORMAT"),
        (8, "channels.a.acknowledgment", "CHOICE"),
        (9, "channels.a.listen.plain", "PLAIN"),
        (11, "channels.a.listen.port", "RANGE"),
        (12, "channels.a.listen.idle_seconds", "RANGE"),
        (16, "channels.b.format", "MLLP_FORMAT"),
        (17, "channels.b.listen.promise", "CHOICE"),
        (19, "channels.c.site", "MISSING"),
        (22, "channels.c.listen.port", "ADDRESS_TWICE"),
        (23, "channels.c.listen.tls.key", "MISSING"),
        (25, "channels.c.send.port", "KIND"),
        (26, "channels.c.send.host", "EMPTY"),
    ]


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        ('[channels.a.listen]\nport = 1\nhost = "192.0.2.1"', "PLAIN"),
        ('[channels.a.listen]\nport = 1\nhost = "pharmacie.example"', "PLAIN"),
        ('[channels.a.listen]\nport = 1\nhost = "::"', "PLAIN"),
        ('[channels.a.send]\nport = 1\nhost = "192.0.2.1"', "PLAIN"),
        ('[channels.a.send]\nport = 1\nhost = "192.0.2.1"\nplain = true', None),
        ('[channels.a.listen]\nport = 1\nhost = "192.0.2.1"\nplain = true', None),
        ('[channels.a.listen]\nport = 1\nhost = "127.0.0.2"', None),
        ('[channels.a.listen]\nport = 1\nhost = "localhost"', None),
        ('[channels.a.listen]\nport = 1\nhost = "::1"', None),
        ('[channels.a.send]\nport = 1\nhost = "192.0.2.1"\ntls = {}', None),
        (
            '[channels.a.send]\nport = 1\nhost = "b"\ntls = {}\nplain = true',
            "PLAIN_AND_TLS",
        ),
        ('[channels.a.send]\nport = 1\nhost = "b"\ntls = { key = "k" }', "HALF_A_PAIR"),
        ("[channels.a.listen]\nport = true", "KIND"),
        ("[channels.a.listen]\nport = 1.5", "KIND"),
        ('[channels.a.listen]\nport = 1\nplain = "false"', "KIND"),
        ("[channels.a.listen]\nport = 1\nconnections = 0", "RANGE"),
        ("[channels.a.listen]\nport = 1\nlargest_bytes = 10", "RANGE"),
        ("[channels.a.listen]\nport = 1\nidle = 5", "UNKNOWN"),
        ("[channels.a.send]\nport = 0\nhost = '::1'", "RANGE"),
        ("listen = 5", "KIND"),
    ],
)
def test_a_way_in_or_out_is_stated_wholly(tmp_path: Path, way: str, fault: str | None) -> None:
    found = [name for _, _, name in mistakes(tmp_path, f"{HEAD}{way}\n")]

    assert found == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("[channels.a]\nsite = \n", 2, "NO_TOML"),
        ("[channels.a\n", 1, "NO_TOML"),
        ("[a]\nb = 1\n[a]\n", 3, "NO_TOML"),
        ("channels = 5", 1, "KIND"),
        ("channels = { a = 5 }", 1, "KIND"),
        ('[channels.a]\nsite = ["reference"]', 2, "KIND"),
        ('[channels.a]\nsite = "reference"\nformat = ["hl7v2"]', 3, "KIND"),
        ('[[channels]]\nsite = "reference"', 1, "KIND"),
    ],
)
def test_a_file_of_something_else_is_a_mistake_and_no_crash(
    tmp_path: Path, text: str, line: int, fault: str
) -> None:
    assert [(at, name) for at, _, name in mistakes(tmp_path, text)] == [(line, fault)]


def test_a_file_that_is_not_utf_8_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'[pharmacy]\nname = "\xe9"\n')

    _, [problem] = read_settings(tmp_path)
    assert problem.fault is SettingFault.ENCODING


def test_paths_begin_in_the_folder_of_the_settings(tmp_path: Path) -> None:
    text = (
        f'{HEAD}[channels.a.listen]\nport = 0\ntls = {{ certificate = "c.pem", key = "/k.key" }}\n'
    )
    (tmp_path / FILE).write_text(text, encoding="utf-8")

    listen = load_settings(tmp_path).channels["a"].listen

    assert listen is not None
    assert listen.tls is not None
    assert (listen.tls.certificate, listen.tls.key) == (tmp_path / "c.pem", Path("/k.key"))


def test_certificates_are_opened_only_when_they_are_asked_for(tmp_path: Path) -> None:
    """A certificate that was lost must not keep a pharmacist from the queue."""
    text = (
        f'{HEAD}[channels.a.listen]\nport = 0\ntls = {{ certificate = "c.pem", key = "k.key" }}\n'
    )

    assert mistakes(tmp_path, text) == []
    assert mistakes(tmp_path, text, files=True) == [(6, "channels.a.listen.tls", "PEM")]
    made = Authority(tmp_path).sign("pharmacy")
    made.certificate.rename(tmp_path / "c.pem")
    made.key.rename(tmp_path / "k.key")
    assert mistakes(tmp_path, text, files=True) == []


def test_a_mistake_refuses_all_with_the_place_of_each(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[channels.a]\nsite = "nowhere"\nodd = 1\n', encoding="utf-8")

    with pytest.raises(Refused) as told:
        load_settings(tmp_path)
    assert str(told.value) == (
        "semainier.toml: line 2: channels.a.site: there is no such site, or it cannot be used: "
        "nowhere; line 3: channels.a.odd: there is no such setting"
    )


def test_an_unknown_setting_is_told_without_its_value(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('databse = "postgresql://u:secret@h/d"\n', encoding="utf-8")

    with pytest.raises(Refused) as told:
        load_settings(tmp_path)
    assert "secret" not in str(told.value)


@given(st.text(alphabet="[]a.b=\"'{} \n#1,", max_size=200))
def test_any_text_has_lines_and_none_takes_long(text: str) -> None:
    begun = time.process_time()
    lines = lines_of(text)

    assert all(1 <= line <= len(text.splitlines()) for line in lines.values())
    assert time.process_time() - begun < 1


def test_two_channels_may_each_take_a_free_port(tmp_path: Path) -> None:
    listen = "[channels.{name}.listen]\nport = 0\n"
    text = HEAD + listen.format(name="a")

    assert mistakes(tmp_path, text + text.replace("channels.a", "channels.b")) == []
