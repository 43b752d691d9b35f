"""`semainier convert`: one file in another format, and what of it that format does not carry."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.language import Language, Say, speaker
from engine.terminal.shell import WIDTH_WITHOUT_TERMINAL, Status, finish, read_bytes, status_of
from schemas.conversion import ConversionReport, LossArea, LossReason

if TYPE_CHECKING:
    from rich.console import Console

LONGEST = 160
"""Characters of one value in the table: the longest sentence of a line is shorter."""
WHY = {
    LossReason.NOT_READ: "no field of ours takes it",
    LossReason.NO_PLACE: "the target format has no element for it",
    LossReason.STATE_ONLY: "the target says the state of an order, not what is asked",
    LossReason.SAID_LESS: "the target cannot say it: left out whole, and told in words",
    LossReason.ENVELOPE: "it speaks of the message, not of what is prescribed",
    LossReason.NOT_MAPPED: "no table says where it goes: please report it",
}
ABOUT = {
    LossArea.DOSE: "dose",
    LossArea.TIME: "time",
    LossArea.PRODUCT: "product",
    LossArea.IDENTITY: "identity",
    LossArea.ORDER: "order",
    LossArea.PEOPLE: "people and places",
    LossArea.WORDS: "words",
    LossArea.OTHER: "other",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for on the command line; `out` is standard output when absent."""

    target: str
    form: str
    format: str | None
    site: str
    out: Path | None = None


def convert_file(path: Path, wanted: Wanted, *, as_json: bool, language: Language | None) -> None:
    """Writes the result, and its report where the result is not.

    Ends with status 1 when something of a dose, a time, a product or an identity was lost, or
    when a finding blocks.
    """
    from engine.pipeline.convert import convert

    conversion = convert(
        read_bytes(path),
        format_name=wanted.format,
        target=wanted.target,
        form=wanted.form,
        site=wanted.site,
    )
    _write(conversion.content, wanted.out)
    report = conversion.report
    to_stderr = wanted.out is None
    if as_json:
        typer.echo(report.model_dump_json(indent=2), err=to_stderr)
    else:
        show(report, path.name, _console(to_stderr=to_stderr), speaker(language))
    finish(Status.REFUSED if report.grave else status_of(report.findings))


def _write(content: bytes, out: Path | None) -> None:
    if out is not None:
        out.write_bytes(content)
        return
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _console(*, to_stderr: bool) -> "Console":
    """The report never mixes with the result: it goes to standard error when that is printed."""
    from rich.console import Console

    terminal = Console(highlight=False, stderr=to_stderr)
    if terminal.is_terminal:
        return terminal
    width = max(terminal.width, WIDTH_WITHOUT_TERMINAL)
    return Console(highlight=False, stderr=to_stderr, width=width)


def _short(value: str) -> str:
    """The value; of a narrative its beginning, the JSON report has it whole."""
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def show(report: ConversionReport, name: str, out: "Console", say: Say) -> None:
    """Prints the losses, the grave ones first, then the doubts and the counts."""
    from rich.text import Text

    from engine.terminal.tables import findings_table, table_of

    if report.losses:
        title = say("Not carried")
        table = table_of(title, say("About"), say("Place"), say("Field"), say("Value"), say("Why"))
        for loss in sorted(report.losses, key=lambda each: not each.is_grave):
            table.add_row(
                Text(say(ABOUT[loss.area]), style="bold red" if loss.is_grave else ""),
                Text(loss.location),
                Text(loss.field or ""),
                Text(_short(loss.value)),
                Text(say(WHY[loss.reason])),
            )
        out.print(table)
    if report.findings:
        out.print(findings_table((("", finding) for finding in report.findings), say))
    summary = say(
        "{file}: {format} to {target}, resources: {entries}. Values: {values}, carried: {carried}, "
        "structure: {structure}, lost: {lost}, of which grave: {grave}. "
        "Findings: {findings}, blocking: {blocking}."
    )
    out.print(
        Text(
            summary.format(
                file=name,
                format=report.format,
                target=report.target,
                entries=report.entries,
                values=report.values,
                carried=len(report.carried),
                structure=report.structure,
                lost=len(report.losses),
                grave=len(report.grave),
                findings=len(report.findings),
                blocking=sum(finding.blocks for finding in report.findings),
            )
        )
    )
