"""The commands about the inbox: `messages list`, and those at the top level."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.terminal.options import HERE, Data, Json, Lang, User

messages = typer.Typer(help="The inbox.", no_args_is_help=True)


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", exists=True, dir_okay=False, readable=True, help="Of any format."
        ),
    ],
    channel: Annotated[str, typer.Option("--channel", help="The channel they come in by.")] = (
        "import"
    ),
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Take files in through the inbox; print their message ids and states."""
    from engine.terminal.inbox import import_files

    import_files(files, data, channel, as_json=as_json, language=lang)


@messages.command("list")
def list_messages(
    channel: Annotated[str | None, typer.Option("--channel", help="Of this channel only.")] = None,
    state: Annotated[
        Literal["received", "read", "refused", "parked"] | None,
        typer.Option("--state", help="In this state only."),
    ] = None,
    data: Data = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
    lang: Lang = None,
) -> None:
    """Show the inbox, newest first."""
    from engine.terminal.inbox import list_messages
    from schemas.message import MessageState

    found = MessageState(state) if state else None
    list_messages(data, channel, found, as_json=as_json, language=lang)


def replay(
    message: Annotated[str, typer.Argument(metavar="ID", help="The id of a message.")],
    user: User,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Do a parked or refused message again, from the bytes that were kept."""
    from engine.terminal.inbox import replay_message

    replay_message(message, data, user, as_json=as_json, language=lang)


def trace(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Any id.")],
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show the whole chain from any id back to the bytes, and what left because of them."""
    from engine.terminal.trace import show_trace

    show_trace(identifier, data, as_json=as_json, language=lang)
