"""`semainier import`, `messages`, `replay`: the inbox from the terminal."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.language import Language, speaker
from engine.terminal.shell import Status, console, finish

MOST_ROWS = 200
"""Rows of a table; the whole inbox is given as JSON Lines."""

if TYPE_CHECKING:
    from engine.pipeline.context import Context
    from engine.workers.bell import Bell
    from schemas.finding import Finding
    from schemas.message import Message, MessageState


def import_files(
    files: Sequence[Path],
    data: Path,
    channel: str,
    *,
    as_json: bool,
    language: Language | None,
) -> None:
    """Take the files in through the inbox and show what became of each.

    Ends with status 1 when a message was refused, 3 when one was parked or still waits.
    """
    from engine.pipeline.context import open_context
    from engine.workers.bell import Bell

    context = open_context(data)
    bell = Bell(context)
    bell.start()
    try:
        received = _take_in(context, bell, files, channel)
    finally:
        bell.stop()
    messages = [_now(context, message) for message in received]
    if as_json:
        typer.echo(json.dumps([message.model_dump(mode="json") for message in messages], indent=2))
    else:
        show_messages(messages, language)
        show_objections(context, messages, language)
    finish(_status([message.state for message in messages]))


def _take_in(
    context: "Context", bell: "Bell", files: Sequence[Path], channel: str
) -> "list[Message]":
    from rich.console import Console
    from rich.progress import track

    from engine.pipeline.receive import receive

    received = []
    progress = Console(stderr=True)
    for file in track(files, "", console=progress, transient=True, disable=len(files) == 1):
        received.append(receive(context, file.read_bytes(), channel).message)
        bell.ring(received[-1].id)
    bell.wait()
    return received


def _now(context: "Context", message: "Message") -> "Message":
    from engine.store import inbox

    with context.store.unit(context.tenant) as unit:
        return inbox.message(unit, message.id) or message


def _status(states: "Sequence[MessageState]") -> Status:
    from schemas.message import MessageState

    if MessageState.PARKED in states or MessageState.RECEIVED in states:
        return Status.UNAVAILABLE
    return Status.REFUSED if MessageState.REFUSED in states else Status.DONE


def show_messages(messages: "Sequence[Message]", language: Language | None) -> None:
    """One row a message."""
    from rich.text import Text

    from engine.terminal.tables import table_of

    say = speaker(language)
    table = table_of(
        say("Messages"),
        say("Message"),
        say("Channel"),
        say("Format"),
        say("Control id"),
        say("Received"),
        say("State"),
        say("Acknowledged"),
    )
    for message in messages:
        table.add_row(
            message.id,
            message.channel,
            message.format or "",
            Text(message.control_id or ""),
            f"{message.received_at:%Y-%m-%d %H:%M:%S}",
            say(message.state.value) + (f" ({message.error})" if message.error else ""),
            say(message.acknowledgement.value),
        )
    console().print(table)


def show_objections(
    context: "Context",
    messages: "Sequence[Message]",
    language: Language | None,
    *,
    quoted: bool = True,
) -> None:
    """The findings about each message as a whole; without `quoted` not what the sender wrote."""
    from engine.store import prescriptions
    from engine.terminal.tables import findings_table

    found: list[tuple[str, Finding]] = []
    with context.store.unit(context.tenant) as unit:
        for rank, message in enumerate(messages, start=1):
            findings = prescriptions.findings_of(unit, message.id)
            if not quoted:
                findings = tuple(each.model_copy(update={"quoted": None}) for each in findings)
            found += [(str(rank), each) for each in findings]
    if found:
        console().print(findings_table(found, speaker(language)))


def list_messages(
    data: Path,
    channel: str | None,
    state: "MessageState | None",
    *,
    as_json: bool,
    language: Language | None,
) -> None:
    """The inbox, newest first: the newest rows as a table, or all of it as JSON Lines."""
    from engine.pipeline.context import open_context
    from engine.store import inbox

    context = open_context(data)
    with context.store.unit(context.tenant) as unit:
        if as_json:
            for message in inbox.listed(unit, channel=channel, state=state):
                typer.echo(message.model_dump_json())
            return
        newest = list(inbox.listed(unit, channel=channel, state=state, limit=MOST_ROWS))
    show_messages(newest, language)


def replay_message(
    message_id: str, data: Path, user: str, *, as_json: bool, language: Language | None
) -> None:
    """Do a parked or refused message again and show what became of it."""
    from engine.pipeline.context import open_context
    from engine.pipeline.replay import replay
    from engine.store import inbox
    from engine.workers.loop import drain

    context = open_context(data)
    replay(context, message_id, user)
    drain(context)
    with context.store.unit(context.tenant) as unit:
        message = inbox.message(unit, message_id)
    if message is None:
        return
    if as_json:
        typer.echo(message.model_dump_json(indent=2))
    else:
        show_messages([message], language)
        # Whoever replays keeps the road open, and need not be one of the patient's people.
        show_objections(context, [message], language, quoted=False)
    finish(_status([message.state]))
