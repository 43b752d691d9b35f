"""`semainier reference`: load, list, use and show what is published of products."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.language import Language, Say, speaker
from engine.terminal.shell import console, print_json
from schemas.errors import Refused

if TYPE_CHECKING:
    from rich.table import Table

    from engine.pipeline.reference import Loaded, Order, Progress
    from schemas.reference import FileReport, ReferenceRelease, RowDoubt

ACTOR = "terminal"
MOST_ROWS = 5
"""Doubts of one file that a load shows; `reference doubts` shows all."""


def load_release(data: Path, order: "Order", *, as_json: bool, language: Language | None) -> None:
    """Load a release and show what became of its files."""
    from engine.pipeline.context import open_context
    from engine.pipeline.reference import load

    say = speaker(language)
    with _progress(say) as progress:
        loaded = load(open_context(data), order, ACTOR, progress)
    if as_json:
        print_json(loaded.release)
    else:
        _show_loaded(loaded, say)


@contextmanager
def _progress(say: Say) -> "Iterator[Progress]":
    """A bar for each step, on the error stream and only in a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    names = {
        "read": say("Reading the files"),
        "assemble": say("Putting products together"),
        "store": say("Storing products"),
    }
    out = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bars:
        tasks = {
            step: bars.add_task(name, total=None, visible=False) for step, name in names.items()
        }
        yield lambda step, done, total: bars.update(
            tasks[step], completed=done, total=total, visible=True
        )


def _show_loaded(loaded: "Loaded", say: Say) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of

    release, out = loaded.release, console()
    if loaded.repeated:
        out.print(Text(say("These files were loaded before; nothing was stored.")))
    out.print(_files_table(release, say))
    outcomes = table_of(say("Products"), say("What"), say("How many"))
    outcomes.add_row(say("Products"), str(release.report.products))
    outcomes.add_row(say("Codes that lead to them"), str(release.report.codes))
    for outcome, count in release.report.strengths.items():
        outcomes.add_row(f"{say('Strengths')}: {say(outcome.value)}", str(count))
    for parts, count in release.report.divisibility.items():
        outcomes.add_row(f"{say('Divisibility')}: {say(parts)}", str(count))
    out.print(outcomes)
    shown = _doubts_of(release, MOST_ROWS)
    if shown:
        out.print(_doubts_table(shown, say))
    more = len(_doubts_of(release)) - len(shown)
    if more:
        text = say("{count} more rows: semainier reference doubts {day}")
        out.print(text.format(count=more, day=release.published))
    out.print(Text(_standing(release, say)))


def _standing(release: "ReferenceRelease", say: Say) -> str:
    text = (
        say("The release of {day} is in force.")
        if release.in_force
        else say("The release of {day} is kept; another one is in force.")
    )
    return text.format(day=release.published)


def _files_table(release: "ReferenceRelease", say: Say) -> "Table":
    from rich.text import Text

    from engine.terminal.tables import table_of

    table = table_of(
        say("Files"),
        say("File"),
        say("Encoding"),
        say("Rows"),
        say("Kept"),
        say("Kept apart"),
        say("What is wrong"),
    )
    for file in release.report.files:
        counts = [str(count) for count in (file.rows, file.kept, file.apart)]
        table.add_row(Text(file.name), file.encoding, *counts, _faults_words(file, say))
    return table


def _faults_words(file: "FileReport", say: Say) -> str:
    """`wrong number of columns: 2`, one fault a line."""
    from collections import Counter

    faults = Counter(doubt.fault for doubt in file.doubts)
    return "\n".join(f"{say(fault.value)}: {count}" for fault, count in faults.items())


def _doubts_of(
    release: "ReferenceRelease", most: int | None = None
) -> "list[tuple[str, RowDoubt]]":
    """Each doubt with the name of its file, all of them or the first so many of a file."""
    return [(file.name, doubt) for file in release.report.files for doubt in file.doubts[:most]]


def _doubts_table(doubts: "list[tuple[str, RowDoubt]]", say: Say) -> "Table":
    from rich.text import Text

    from engine.terminal.tables import table_of

    table = table_of(
        say("Rows in doubt"), say("File"), say("Line"), say("What is wrong"), say("The row")
    )
    for name, doubt in doubts:
        row = Text(doubt.text.replace("\t", " ⇥ "))
        table.add_row(Text(name), str(doubt.line), say(doubt.fault.value), row)
    return table


def list_releases(data: Path, *, as_json: bool, language: Language | None) -> None:
    """Every release that is kept."""
    from engine.pipeline.context import open_context
    from engine.pipeline.reference import releases
    from engine.terminal.tables import table_of

    kept = releases(open_context(data))
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in kept], indent=2))
        return
    say = speaker(language)
    table = table_of(
        say("Releases"),
        say("Published"),
        say("Loaded"),
        say("Products"),
        say("Codes"),
        say("Kept apart"),
        say("In force"),
        say("Digest"),
    )
    for each in kept:
        table.add_row(
            str(each.published),
            f"{each.loaded_at:%Y-%m-%d %H:%M}",
            str(each.report.products),
            str(each.report.codes),
            str(sum(file.apart for file in each.report.files)),
            say("yes") if each.in_force else "",
            each.sha256[:12],
        )
    console().print(table)


def use_release(data: Path, day: date, *, language: Language | None) -> None:
    """Put the release of this day in force."""
    from engine.pipeline.context import open_context
    from engine.pipeline.reference import use

    typer.echo(_standing(use(open_context(data), day, ACTOR), speaker(language)))


def show_doubts(data: Path, day: date, *, as_json: bool, language: Language | None) -> None:
    """Every row of the release of this day that is in doubt."""
    from engine.pipeline.context import open_context
    from engine.pipeline.reference import of_day

    release = of_day(open_context(data), day)
    if as_json:
        print_json(release)
        return
    doubts = _doubts_of(release)
    console().print(_doubts_table(doubts, speaker(language)))


def show_product(data: Path, code: str, *, as_json: bool, language: Language | None) -> None:
    """All that is published of the products of this code. Raises: `Refused` when there is none."""
    from engine.pipeline.context import open_context
    from engine.pipeline.reference import published
    from engine.terminal.reference_product import show

    known = published(open_context(data), "".join(code.split()))
    if not known:
        raise Refused("code: the release in force knows no product of this code")
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in known], indent=2))
        return
    for each in known:
        show(each, console(), speaker(language))
