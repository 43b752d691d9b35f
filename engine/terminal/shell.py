"""How a command meets the shell: bytes in, text or one JSON document out, an exit status."""

import sys
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from engine.outcomes import OUTCOMES
from schemas.errors import EngineError

if TYPE_CHECKING:
    from rich.console import Console

    from schemas.base import Value
    from schemas.finding import Finding


class Status(IntEnum):
    """The exit statuses, the same for every command."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    UNAVAILABLE = 3


WIDTH_WITHOUT_TERMINAL = 120
STDIN = "-"


class Commands(TyperGroup):
    """Commands whose stopped work becomes one line of text and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. An `EngineError` ends it with the exit status of its kind."""
        try:
            return super().invoke(ctx)
        except EngineError as error:
            typer.echo(f"semainier: {error}", err=True)
            raise typer.Exit(OUTCOMES[error.kind].exit_status) from error


def read_bytes(path: Path) -> bytes:
    """The bytes of the file, or those of standard input for `-`."""
    return sys.stdin.buffer.read() if str(path) == STDIN else path.read_bytes()


def print_json(value: "Value") -> None:
    """One JSON document on standard output."""
    typer.echo(value.model_dump_json(indent=2))


def console() -> "Console":
    """Where tables go: the terminal as wide as it is, else text of a fixed width."""
    from rich.console import Console

    terminal = Console(highlight=False)
    if terminal.is_terminal:
        return terminal
    return Console(highlight=False, width=max(terminal.width, WIDTH_WITHOUT_TERMINAL))


def status_of(findings: "Iterable[Finding]") -> Status:
    """Whether findings block."""
    return Status.REFUSED if any(finding.blocks for finding in findings) else Status.DONE


def finish(status: Status) -> None:
    """Ends the command with a status other than done."""
    if status is not Status.DONE:
        raise typer.Exit(status)


def existing_file(given: Path) -> Path:
    """The file as given, or `-`. Raises: `BadParameter` when there is no such file."""
    if str(given) != STDIN and not given.is_file():
        raise typer.BadParameter(f"there is no file {given}")
    return given


def readable_format(given: str | None) -> str | None:
    """The format as given. Raises: `BadParameter` for one that cannot be read."""
    if given is not None and given not in complete_format(""):
        raise typer.BadParameter(f"must be one of {', '.join(complete_format(''))}")
    return given


def convertible_format(given: str) -> str:
    """The format as given. Raises: `BadParameter` for one that nothing is converted to."""
    if given not in complete_target(""):
        raise typer.BadParameter(f"must be one of {', '.join(complete_target(''))}")
    return given


def existing_site(given: str) -> str:
    """The site as given. Raises: `BadParameter` for one that does not exist."""
    if given not in complete_site(""):
        raise typer.BadParameter(f"must be one of {', '.join(complete_site(''))}")
    return given


def complete_format(incomplete: str) -> list[str]:
    """The formats that can be read and begin so."""
    from connectors.registry import connectors

    return [
        name
        for name, each in connectors().items()
        if each.read is not None and name.startswith(incomplete)
    ]


def complete_target(incomplete: str) -> list[str]:
    """The formats that any file can be converted to and that begin so."""
    from connectors.registry import connectors

    return [
        name
        for name, each in connectors().items()
        if each.converters and name.startswith(incomplete)
    ]


def complete_site(incomplete: str) -> list[str]:
    """The sites that begin so."""
    from mappings.catalogue import site_names

    return [name for name in site_names() if name.startswith(incomplete)]
