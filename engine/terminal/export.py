"""`semainier export`: what was validated, in a format, to a folder, by a named professional."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.terminal.queue import Desk

if TYPE_CHECKING:
    from engine.pipeline.context import Context
    from schemas.export import ExportKind


@dataclass(frozen=True, slots=True)
class Sending:
    """What is to be written, for whom and to where, as typed."""

    kind: "ExportKind"
    subject: str
    format: str
    receiver: str
    folder: Path
    writer: str | None = None
    first: date | None = None
    days: int = 28


def send(desk: Desk, sending: Sending) -> Path:
    """Write the export, deliver it to the folder and say where it is."""
    from engine.pipeline.context import open_context

    context = open_context(desk.data)
    path = deliver(context, desk.user, sending)
    if desk.as_json:
        typer.echo(f'{{"delivery": "{path.stem.partition("-")[2]}", "file": "{path.name}"}}')
    else:
        typer.echo(str(path))
    return path


def deliver(context: "Context", user: str, sending: Sending) -> Path:
    """The file of the delivery."""
    from engine.pipeline.deliver import deliver_to_folder
    from engine.pipeline.export import Order, export
    from engine.pipeline.snapshot import Wanted

    wanted = Wanted(
        kind=sending.kind,
        subject=_subject(context, sending.subject),
        first=sending.first,
        days=sending.days,
    )
    order = Order(wanted, sending.format, sending.receiver, sending.writer)
    return deliver_to_folder(context, export(context, user, order), sending.folder)


def _subject(context: "Context", named: str) -> str:
    """The prescription version or adherence result, also when its queue item was named."""
    from engine.store import queue

    with context.store.unit(context.tenant) as unit:
        item = queue.item(unit, named)
    return item.subject_id if item else named
