"""The road of the README, walked as it is written there."""

import json
import re
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from cli import app
from engine.terminal.schema import schema_of
from engine.terminal.shell import Status

ROOT = Path(__file__).parents[3]
SECTION = "## The whole road by hand"
shell = CliRunner()


def block(language: str) -> str:
    """The first block of this language in the section."""
    section = (ROOT / "README.md").read_text("utf-8").partition(SECTION)[2]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def pharmacy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with the settings that the README gives."""
    (tmp_path / "semainier.toml").write_text(block("toml"), encoding="utf-8")
    monkeypatch.setenv("SEMAINIER_DATA", str(tmp_path))
    monkeypatch.chdir(ROOT)
    for line in block("sh").splitlines():
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            monkeypatch.setenv(name, value)
    return tmp_path


def walk(pharmacy: Path, line: str) -> Result:
    """One line of the README, with the id of the item and a folder of the test."""
    listed = shell.invoke(app, ["queue", "list", "--json"])
    items = json.loads(listed.stdout) if listed.exit_code == Status.DONE else []
    known = pharmacy / "item"
    if items:
        known.write_text(items[0]["item"], encoding="utf-8")
    item = known.read_text(encoding="utf-8") if known.exists() else "ITEM"
    told = {"ITEM": item, "exports": str(pharmacy / "exports")}
    return shell.invoke(app, [told.get(word, word) for word in shlex.split(line)[1:]])


def steps() -> list[str]:
    return [line for line in block("sh").splitlines() if line.startswith("semainier ")]


def test_every_step_of_the_readme_ends_well(pharmacy: Path) -> None:
    ended = {line: walk(pharmacy, line) for line in steps()}

    assert {line: each.output for line, each in ended.items() if each.exit_code} == {}
    (exported,) = (pharmacy / "exports").iterdir()
    assert json.loads(exported.read_bytes())["resourceType"] == "Bundle"


@pytest.mark.parametrize("left_out", ["queue validate", "access grant"])
def test_nothing_leaves_when_a_step_is_left_out(pharmacy: Path, left_out: str) -> None:
    ended = {line: walk(pharmacy, line) for line in steps() if left_out not in line}

    export = next(each for line, each in ended.items() if " export " in line)
    assert export.exit_code == Status.REFUSED
    assert not (pharmacy / "exports").exists()


def test_a_finding_that_nobody_acknowledged_stops_the_validation(pharmacy: Path) -> None:
    for line in steps():
        if "queue validate" in line:
            break
        walk(pharmacy, line)

    refused = walk(pharmacy, "semainier queue validate ITEM")

    assert refused.exit_code == Status.REFUSED
    assert "identity-unqualified" in refused.output


def test_a_preparer_may_not_validate(pharmacy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in steps():
        if "queue validate" in line:
            break
        walk(pharmacy, line)
    added = walk(
        pharmacy, 'semainier account add plenoir --full-name "Paul Lenoir" --role preparer'
    )
    monkeypatch.setenv("SEMAINIER_USER", "plenoir")

    refused = walk(pharmacy, "semainier queue validate ITEM --acknowledge all")

    assert added.exit_code == Status.DONE
    assert refused.exit_code == Status.REFUSED


@pytest.mark.parametrize(
    ("line", "document"),
    [
        ("semainier queue list --json", "queue"),
        ("semainier queue show ITEM --json", "queue-item"),
        ("semainier queue validate ITEM --acknowledge all --json", "queue-decision"),
        ("semainier trace ITEM --json", "trace"),
        ("semainier import samples/fhir/nominal_moments.json --json", "messages"),
        ("semainier messages list --json", "message"),
    ],
)
def test_what_a_step_prints_as_json_has_the_published_shape(
    pharmacy: Path, line: str, document: str
) -> None:
    for step in steps():
        if "queue validate" in step:
            break
        walk(pharmacy, step)

    printed = walk(pharmacy, line)

    assert printed.exit_code == Status.DONE
    assert Draft202012Validator(schema_of(document)).is_valid(json.loads(printed.stdout))
