"""`semainier queue`: the pharmacist's queue from the terminal, as a named user."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from engine.language import Language, Say, speaker
from engine.terminal.shell import console

if TYPE_CHECKING:
    from engine.pipeline.consult import Row, Shown
    from schemas.decision import ProposedLine
    from schemas.review import LineChange


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works on which installation, and how they want to read."""

    data: Path
    user: str
    as_json: bool
    language: Language | None

    @property
    def say(self) -> Say:
        """The speaker of their language."""
        return speaker(self.language)


def list_items(desk: Desk, subject: str, *, ended: bool) -> None:
    """One list of the queue, the longest waiting first."""
    from engine.pipeline.consult import waiting
    from engine.pipeline.context import open_context
    from engine.store.queue import Subject

    rows = waiting(open_context(desk.data), desk.user, Subject(subject), ended=ended)
    if desk.as_json:
        typer.echo(json.dumps([_row_document(row) for row in rows], indent=2, ensure_ascii=False))
        return
    _show_rows(rows, desk.say)


def _row_document(row: "Row") -> dict[str, Any]:
    from schemas.desk import QueueRow

    return QueueRow(
        item=row.item.id,
        subject=row.item.subject.value,
        subject_id=row.item.subject_id,
        state=row.item.state.value,
        blocking=row.item.blocking,
        lines=row.lines,
        opened_at=row.item.opened_at,
        content_sha256=row.item.content_sha256,
        format=row.message.format if row.message else None,
        patient=row.patient,
    ).model_dump(mode="json")


def _show_rows(rows: "Sequence[Row]", say: Say) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of
    from engine.terminal.words import patient_words

    table = table_of(
        say("Queue"),
        say("Item"),
        say("Patient"),
        say("Source"),
        say("Lines"),
        say("Blocking"),
        say("Waiting since"),
        say("State"),
    )
    for row in rows:
        blocking = f"■ {row.item.blocking}" if row.item.blocking else "0"
        table.add_row(
            row.item.id,
            Text(patient_words(row.patient, say)),
            row.message.format or "" if row.message else say(row.item.subject.value),
            str(row.lines),
            Text(blocking, style="bold red" if row.item.blocking else ""),
            f"{row.item.opened_at:%Y-%m-%d %H:%M}",
            say(row.item.state.value),
        )
    console().print(table)


def show_item(desk: Desk, item_id: str, *, source: bool) -> None:
    """One item in full; with `source` the bytes as received, after it."""
    from engine.pipeline.consult import shown
    from engine.pipeline.context import open_context

    found = shown(open_context(desk.data), desk.user, item_id)
    if desk.as_json:
        typer.echo(json.dumps(_item_document(found), indent=2, ensure_ascii=False))
        return
    show_shown(found, desk.say)
    if source and found.raw is not None:
        typer.echo(found.raw.decode("utf-8", "backslashreplace").replace("\r", "\n"))


def _item_document(found: "Shown") -> dict[str, Any]:
    from schemas.desk import NumberedFinding, QueueItem

    return QueueItem(
        item=found.item.id,
        state=found.item.state.value,
        content_sha256=found.item.content_sha256,
        source_sha256=found.item.source_sha256,
        content=found.prescription.content if found.prescription else found.adherence,
        findings=tuple(
            NumberedFinding(number=number, line=line, **dict(finding))
            for number, (line, finding) in enumerate(found.findings, start=1)
        ),
        changes=tuple(found.changes),
        decisions=tuple(found.decisions),
    ).model_dump(mode="json")


def show_shown(found: "Shown", say: Say) -> None:
    """The tables of one item: patient, lines, week, changes, findings, decisions."""
    from rich.text import Text

    from engine.terminal.adherence import show_result
    from engine.terminal.words import patient_words

    out = console()
    out.print(Text(f"{found.item.id}: {say(found.item.state.value)}", style="bold underline"))
    out.print(Text.assemble((f"{say('Patient')}: ", "bold"), patient_words(found.patient, say)))
    out.print(Text.assemble((f"{say('Content')}: ", "bold"), found.item.content_sha256))
    if found.adherence is not None:
        show_result(found.adherence, say)
    if found.prescription is not None:
        _show_prescription(found, say)
    show_changes(found.changes, found.site, say)
    show_findings(found, say)
    for decision in found.decisions:
        out.print(
            Text(
                f"{say(decision.kind.value)}: {decision.decided_by.name}, "
                f"{decision.decided_at:%Y-%m-%d %H:%M}"
            )
        )
        for each in decision.proposals:
            out.print(Text(f"  {proposal_words(each, say)}"))


def proposal_words(proposal: "ProposedLine", say: Say) -> str:
    """A proposed line in one sentence: for which line, of which kind, and what is proposed."""
    words = proposal.proposed.text or proposal.proposed.product.label
    return f"{say('line')} {proposal.line}: {say(proposal.kind.value)}: {words}"


def _show_prescription(found: "Shown", say: Say) -> None:
    from zoneinfo import ZoneInfo

    from engine.pipeline.explain import explained, first_day
    from engine.terminal import tables
    from engine.terminal.organiser import week_tables
    from mappings.catalogue import load_site

    if found.prescription is None or found.site is None:
        return
    content, out = found.prescription.content, console()
    site = load_site(found.site)
    first = first_day([content], ZoneInfo(site.zone)) or found.item.opened_at.date()
    told = explained(content, site, first, 7)
    out.print(tables.lines_table(told.lines, say))
    week = tables.week_table(told.lines, first, 7, say)
    if week is not None:
        out.print(week)
    for table in week_tables(told.week, say):
        out.print(table)


def show_findings(found: "Shown", say: Say) -> None:
    """The doubts of one item, each by the number that answers it."""
    from engine.terminal.tables import findings_table

    if not found.findings:
        return
    numbered = (
        (f"{number}" + (f" ({say('line')} {line})" if line else ""), finding)
        for number, (line, finding) in enumerate(found.findings, start=1)
    )
    console().print(findings_table(numbered, say))


def show_changes(changes: "Sequence[LineChange]", site: str | None, say: Say) -> None:
    """What differs between two versions: line by line, the schedule in words, then fields."""
    from zoneinfo import ZoneInfo

    from engine.terminal.changes import changes_table
    from mappings.catalogue import load_site

    if changes:
        zone = ZoneInfo(load_site(site).zone if site else "UTC")
        console().print(changes_table(changes, zone, say))
