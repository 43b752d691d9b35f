"""`semainier queue offer` and `interpret`. Each is one call into `engine.terminal.interpret`."""

from pathlib import Path
from typing import Annotated

import typer

from engine.terminal.options import HERE, Data, Json, Lang, User
from engine.terminal.queue_commands import ItemId
from engine.terminal.shell import existing_file

Line = Annotated[int, typer.Argument(metavar="LINE", help="The number of the line in `show`.")]


def offer(
    item: ItemId,
    line: Line,
    user: User,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show what the text of a line seems to say, cell by cell, with the words of each."""
    from engine.terminal.interpret import show_offer
    from engine.terminal.queue import Desk

    show_offer(Desk(data, user, as_json, lang), item, line)


def interpret(
    item: ItemId,
    line: Line,
    user: User,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            metavar="FILE",
            help="The answers as `semainier schema queue-answers` has them; asked for without.",
            callback=lambda given: given and existing_file(given),
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="DAY", help="2026-03-02, or '2026-03-02 08:00'."),
    ] = None,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Read the text of a line: every cell is answered by itself, and nothing is validated."""
    from engine.terminal.interpret import interpret_line
    from engine.terminal.queue import Desk

    if answers is None and as_json:
        raise typer.BadParameter("--json needs --answers: nothing is asked beside a document")
    if answers is not None and start is not None:
        raise typer.BadParameter("--start stands in the answers of --answers")
    interpret_line(Desk(data, user, as_json, lang), item, line, answers=answers, start=start)
