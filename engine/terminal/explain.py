"""`semainier explain`: one file, from its bytes to dated intakes, shown or as JSON."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.language import Language, Say, speaker
from engine.terminal.shell import (
    console,
    finish,
    print_json,
    read_bytes,
    status_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from engine.pipeline.products import Lookup
    from schemas.explanation import ExplainedPrescription, Explanation
    from schemas.finding import Finding


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for on the command line."""

    format: str | None
    site: str
    first: date | None
    days: int
    data: Path | None = None


def explain_file(path: Path, asked: Asked, *, as_json: bool, language: Language | None) -> None:
    """Shows what the file says. Ends with status 1 when a finding blocks."""
    from engine.pipeline.explain import explain

    with _products(asked.data) as products:
        explanation = explain(
            read_bytes(path),
            format_name=asked.format,
            site=asked.site,
            first=asked.first,
            days=asked.days,
            today=datetime.now(UTC).astimezone().date(),
            products=products,
        )
    if as_json:
        print_json(explanation)
    else:
        show(explanation, path.name, console(), speaker(language))
    finish(status_of(finding for _, finding in all_findings(explanation)))


def _products(data: Path | None) -> "AbstractContextManager[Lookup | None]":
    """The reference of the installation in this folder; none, and no database, without one."""
    if data is None:
        return nullcontext()
    from engine.pipeline.products import looking_up

    return looking_up(data)


def all_findings(explanation: "Explanation") -> "Iterator[tuple[str, Finding]]":
    """Every finding with the number of its line (`2`), or none for the message as a whole."""
    yield from (("", finding) for finding in explanation.findings)
    several = len(explanation.prescriptions) > 1
    for rank, prescription in enumerate(explanation.prescriptions, start=1):
        prefix = f"{rank}." if several else ""
        yield from ((prefix.rstrip("."), finding) for finding in prescription.findings)
        for number, line in enumerate(prescription.lines, start=1):
            yield from ((f"{prefix}{number}", finding) for finding in line.findings)
    for intake in explanation.intakes:
        yield from (("", finding) for finding in intake.findings)
    for dispense in explanation.dispenses:
        yield from (("", finding) for finding in dispense.findings)
    for notice in explanation.notices:
        yield from (("", finding) for finding in notice.findings)
    for movement in explanation.movements:
        yield from (("", finding) for finding in movement.findings)


def show(explanation: "Explanation", name: str, out: "Console", say: Say) -> None:
    """Prints the tables: sources first, doubts last, where a terminal shows them."""
    from rich.text import Text

    from engine.terminal import tables

    kind = f" {explanation.kind}" if explanation.kind else ""
    out.print(Text(f"{name}: {explanation.format}{kind}", style="bold"))
    if explanation.used:
        out.print(tables.used_table(explanation.used, say))
    if explanation.unused:
        out.print(tables.unused_table(explanation.unused, say))
    for rank, prescription in enumerate(explanation.prescriptions, start=1):
        _show_prescription(prescription, rank, explanation, out, say)
    if explanation.intakes:
        out.print(tables.intakes_table(explanation.intakes, say))
    if explanation.dispenses:
        out.print(tables.dispenses_table(explanation.dispenses, say))
    if explanation.notices:
        out.print(tables.notices_table(explanation.notices, say))
    if explanation.movements:
        out.print(tables.movements_table(explanation.movements, say))
    found = list(all_findings(explanation))
    if found:
        out.print(tables.findings_table(found, say))
    out.print(Text(_summary(explanation, say)))


def _show_prescription(
    explained: "ExplainedPrescription",
    rank: int,
    explanation: "Explanation",
    out: "Console",
    say: Say,
) -> None:
    from rich.text import Text

    from engine.terminal import tables, words
    from engine.terminal.organiser import week_tables

    header = explained.prescription
    number = next((each.value for each in header.identifiers), "")
    out.print(Text(f"{say('Prescription')} {rank} {number}".rstrip(), style="bold underline"))
    for label, value in (
        (say("Patient"), words.patient_words(header.patient, say)),
        (say("Prescriber"), words.practitioner_words(header.prescriber, say)),
        (say("Establishment"), words.organization_words(header.establishment, say)),
        (say("Written on"), str(header.authored_at or say("not stated"))),
    ):
        out.print(Text.assemble((f"{label}: ", "bold"), value))
    out.print(tables.lines_table(explained.lines, say))
    week = tables.week_table(explained.lines, explanation.first, explanation.days, say)
    if week is not None:
        out.print(week)
    else:
        out.print(
            Text(
                say("Nothing is planned from {first} for {days} days.").format(
                    first=explanation.first, days=explanation.days
                )
            )
        )
    for table in week_tables(explained.week, say):
        out.print(table)


def _summary(explanation: "Explanation", say: Say) -> str:
    lines = [line for each in explanation.prescriptions for line in each.lines]
    blocking = sum(finding.blocks for _, finding in all_findings(explanation))
    return say(
        "Site {site}, from {first}, days: {days}. Lines: {lines}, computable: {computable}. "
        "Intakes planned: {planned}, reported: {reported}. Dispenses: {dispenses}. "
        "Movements: {movements}. "
        "Findings: {findings}, blocking: {blocking}."
    ).format(
        site=explanation.site,
        days=explanation.days,
        first=explanation.first,
        lines=len(lines),
        computable=sum(line.schedule.computable for line in lines),
        planned=sum(len(line.planned) for line in lines),
        reported=len(explanation.intakes),
        dispenses=len(explanation.dispenses),
        movements=len(explanation.movements),
        findings=len(list(all_findings(explanation))),
        blocking=blocking,
    )
