"""The documents say what the code does."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import typer.main
from typer.core import TyperGroup

from cli import app

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "benchmarks/README.md",
    )
] + sorted((ROOT / "docs").glob("*.md"))


def _writer() -> ModuleType:
    spec = spec_from_file_location("docs_writer", ROOT / "docs" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands() -> set[str]:
    """Every command, as typed: `queue list`."""
    return set(_names(typer.main.get_command(app), ""))


def _names(command: object, prefix: str) -> list[str]:
    if not isinstance(command, TyperGroup):
        return [prefix.strip()]
    return [
        name for sub, each in command.commands.items() for name in _names(each, f"{prefix} {sub}")
    ]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_pages_that_come_from_the_code_are_up_to_date() -> None:
    for path, text in _writer().pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make docs`"


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_has_a_help_text(name: str) -> None:
    command = typer.main.get_command(app)
    for part in name.split():
        assert isinstance(command, TyperGroup)
        command = command.commands[part]

    assert command.help
    assert all(getattr(each, "help", None) for each in command.params), f"{name}: an option is mute"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_only_commands_that_exist(page: Path) -> None:
    named = re.findall(
        r"(?:^|`|\$ |/)semainier ([a-z]+(?: [a-z]+)?)", page.read_text("utf-8"), re.MULTILINE
    )

    known = commands() | {name.split()[0] for name in commands()}
    assert [name for name in named if name not in known and name.split()[0] not in known] == []


def _exists(name: str) -> bool:
    """`queue list` is a command; `explain file` is the command `explain` and its argument."""
    return name in commands() or name.split(maxsplit=1)[0] in commands()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_only_make_targets_that_exist(page: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))

    assert named <= targets()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8"))

    local = [link for link in links if not link.startswith(("http:", "https:", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_readme_names_the_two_commands_and_every_page_of_docs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert "make demo" in readme
    assert "make test" in readme
    pages = [path.name for path in (ROOT / "docs").glob("*.md")]
    assert [name for name in pages if f"docs/{name}" not in readme] == []


def test_the_files_that_the_readme_names_are_there() -> None:
    named = re.findall(
        r"\b(?:samples|docs|benchmarks)/[\w./-]+\.\w+", (ROOT / "README.md").read_text()
    )

    assert [name for name in named if not (ROOT / name).is_file()] == []
