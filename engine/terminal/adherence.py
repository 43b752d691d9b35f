"""`semainier adherence`: computes the figures of one patient and shows them with their counts."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from engine.language import Say
from engine.terminal.queue import Desk
from engine.terminal.shell import console, print_json
from schemas.errors import Refused

if TYPE_CHECKING:
    from schemas.adherence import AdherenceResult, Fraction, LineAdherence, Unmonitored


def compute_adherence(
    desk: Desk, patient: str, first: date, last: date, unmonitored: Sequence[str]
) -> None:
    """Compute, put the result before a pharmacist, and show it."""
    from engine.pipeline.adherence import compute
    from engine.pipeline.context import open_context

    periods = tuple(read_period(text) for text in unmonitored)
    identifier, result = compute(
        open_context(desk.data), desk.user, patient, first, last, unmonitored=periods
    )
    if desk.as_json:
        print_json(result)
        return
    show_result(result, desk.say)
    typer.echo(f"{desk.say('Result')}: {identifier}")


def read_period(text: str) -> "Unmonitored":
    """`2026-01-09..2026-01-10:hospital`. Raises: `Refused` naming the shape."""
    from schemas.adherence import PeriodReason, Unmonitored

    days, _, reason = text.partition(":")
    first, _, last = days.partition("..")
    try:
        return Unmonitored(
            first=date.fromisoformat(first),
            last=date.fromisoformat(last or first),
            reason=PeriodReason(reason or "other"),
        )
    except ValueError:
        reasons = ", ".join(PeriodReason)
        raise Refused(f"not-monitored: must be FIRST..LAST:REASON, reasons {reasons}") from None


def show_result(result: "AdherenceResult", say: Say) -> None:
    """The figures line by line, each with its numerator and denominator, and their definition."""
    from rich.text import Text

    from engine.terminal.tables import table_of

    table = table_of(
        f"{say('Adherence')} {result.first} – {result.last} ({result.zone})",
        say("Line"),
        say("Taking"),
        say("Taking, capped"),
        say("Correct days"),
        say("Days with enough"),
        say("On time"),
        say("Intervals"),
        say("Holidays"),
        say("Overuse"),
        say("Intakes"),
    )
    table.columns[-1].min_width = 18
    for line in result.lines:
        table.add_row(Text(line.line), *_cells(line, say))
    out = console()
    out.print(table)
    for text in _definition(result, say):
        out.print(Text(text, style="dim"))


def _cells(line: "LineAdherence", say: Say) -> Iterable[str]:
    fractions = (
        line.taking,
        line.taking_capped,
        line.correct_dosing,
        line.implementation,
        line.timing,
        line.timing_interval,
    )
    yield from (_fraction(each) for each in fractions)
    yield f"{line.holidays}" + (
        f"\n{say('longest')} {line.longest_holiday}" if line.holidays else ""
    )
    yield _fraction(line.overuse)
    yield "\n".join(f"{count} {say(kind)}" for kind, count in line.counts.items() if count)


def _fraction(fraction: "Fraction | None") -> str:
    """The counts first: a percentage alone says less than it seems to."""
    if fraction is None:
        return "–"
    percent = 100 * fraction.numerator / fraction.denominator
    return f"{fraction.numerator}/{fraction.denominator}\n{percent:.0f} %"


def _definition(result: "AdherenceResult", say: Say) -> Iterable[str]:
    defined = result.definition
    yield say(
        "Definition {version}: the day starts at {start}, on time within {window} min, "
        "intervals within {tolerance} %, holiday from {days} days without intake."
    ).format(
        version=defined.version,
        start=f"{defined.day_starts_at:%H:%M}",
        window=defined.window_minutes,
        tolerance=defined.interval_tolerance_percent,
        days=defined.holiday_days,
    )
    sources = ", ".join(f"{say(role)} {count}" for role, count in result.sources.items())
    yield f"{say('Sources')}: {sources or '–'}"
    excluded = ", ".join(
        f"{each.first} – {each.last} ({say(each.reason.value)})" for each in result.unmonitored
    )
    yield f"{say('Days left out')}: {excluded or '–'}"
    yield f"{say('Computed until')}: {result.computed_until:%Y-%m-%d %H:%M %Z}"
