"""The tables that people read: lines, the week, findings, and where each value came from.

Text of strangers is never read as markup: every cell is a `Text`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from rich import box
from rich.table import Table
from rich.text import Text

from engine.language import Say
from engine.terminal.needed import as_needed_words, schedule_words
from engine.terminal.words import (
    WEEKDAYS,
    moment_words,
    patient_words,
    place_words,
    practitioner_words,
    quantity_words,
)
from schemas.dispense import Dispense, Lot
from schemas.explanation import ExplainedLine, SourcePlace
from schemas.finding import Finding, Severity
from schemas.intake import Intake
from schemas.movement import Movement, MovementAction
from schemas.notice import Notice
from schemas.prescription import Product
from schemas.schedule import DoseSchedule, PlannedIntake

SEVERITIES = {
    Severity.BLOCKING: ("■", "blocking", "bold red"),
    Severity.ACKNOWLEDGE: ("▲", "to acknowledge", "yellow"),
    Severity.INFO: ("·", "for information", "cyan"),
}
"""Symbol, words and colour: none of them says it alone."""


SHORT_PATH = 12
"""Characters of a path that are worth repeating: `PID[1]-3` is."""


def table_of(title: str, *headings: str) -> Table:
    """An empty table of the house; cells that are too long go on below, nothing is cut."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=False
    )
    for heading in headings:
        table.add_column(heading, overflow="fold", vertical="top")
    return table


def lines_table(lines: Sequence[ExplainedLine], say: Say) -> Table:
    """Each line: the product, the sender's words, what became of it and where it lies."""
    table = table_of(
        say("What was read"),
        "#",
        say("Product"),
        say("Text as sent"),
        say("Action"),
        say("Schedule"),
        say("Organiser"),
    )
    for number, line in enumerate(lines, start=1):
        table.add_row(
            str(number),
            product_text(line.product),
            Text(_sent(line)),
            Text(say(line.line.action.value)),
            _schedule_text(line, say),
            Text(place_words(line.placement, say)),
        )
    return table


def _sent(line: ExplainedLine) -> str:
    """The sender's words for the line, else those of its phases."""
    phases = dict.fromkeys(phase.text for phase in line.line.posology.phases if phase.text)
    return line.text or "\n".join(phases)


def product_text(product: Product) -> Text:
    """The product in words, and every code as given."""
    codes = "\n".join(f"{code.system.value} {code.value}" for code in product.codes)
    return Text.assemble(product.label, ("\n" + codes if codes else "", "dim"))


def _schedule_text(line: ExplainedLine, say: Say) -> Text:
    schedule = line.schedule
    if isinstance(schedule, DoseSchedule):
        words = list(schedule_words(schedule, say))
        return Text("\n".join(words) or say("plans nothing"))
    reasons = "\n".join(
        f"{say(reason.code.sentence)} ({reason.code})" for reason in schedule.reasons
    )
    beside = [as_needed_words(each, say) for each in schedule.as_needed]
    return Text.assemble(
        (say("not computable"), "bold red"), "\n" + reasons, *("\n" + each for each in beside)
    )


def week_table(lines: Sequence[ExplainedLine], first: date, days: int, say: Say) -> Table | None:
    """Days by moments; a cell holds the number of each line and its dose. `None` if all empty."""
    cells: dict[tuple[date, str], list[str]] = {}
    columns: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        for intake in line.planned:
            column = _column(intake, say)
            hour = f"{intake.due_at:%H:%M}"
            columns[column] = min(hour, columns.get(column, hour))
            dose = f"#{number} {quantity_words(intake.quantity, say)}"
            cells.setdefault((intake.due_at.date(), column), []).append(dose)
    if not cells:
        return None
    ordered = sorted(columns, key=lambda column: (columns[column], column))
    table = table_of(say("Week"), say("Day"), *ordered)
    table.columns[0].no_wrap = True
    shown = {first + timedelta(days=offset) for offset in range(days)}
    for day in sorted(shown | {day for day, _ in cells}):
        doses = ("\n".join(cells.get((day, column), ())) for column in ordered)
        table.add_row(f"{say(WEEKDAYS[day.weekday()])} {day}", *map(Text, doses))
    return table


def _column(intake: PlannedIntake, say: Say) -> str:
    """The moment with its hour, or the time of the clock alone."""
    hour = f"{intake.due_at:%H:%M}"
    return f"{moment_words(intake.moment, say)} {hour}" if intake.moment else hour


def findings_table(findings: Iterable[tuple[str, Finding]], say: Say) -> Table:
    """Findings with the number of their line: severity, sentence, rule, place, value as sent."""
    table = table_of(
        say("Findings"), say("Severity"), "#", say("Finding"), say("Place"), say("Value")
    )
    for number, finding in findings:
        table.add_row(
            severity_text(finding.severity, say),
            number,
            Text.assemble(
                say(finding.code.sentence),
                (f"\n{finding.code}: {finding.message}", "dim"),
            ),
            Text(finding.location),
            Text(finding.quoted or ""),
        )
    return table


def severity_text(severity: Severity, say: Say) -> Text:
    """A severity by symbol, by words and by colour."""
    symbol, words, style = SEVERITIES[severity]
    return Text(f"{symbol} {say(words)}", style=style)


def used_table(places: Iterable[SourcePlace], say: Say) -> Table:
    """Which place of the source gave which field."""
    table = table_of(say("Where it was read"), say("Place"), say("Value"), say("Field"))
    for shown, place in _shortened(places):
        table.add_row(Text(shown), Text(place.value), Text(place.gives or ""))
    return table


def unused_table(places: Iterable[SourcePlace], say: Say) -> Table:
    """The values of the source that nothing used."""
    table = table_of(say("Not used"), say("Place"), say("Value"))
    for shown, place in _shortened(places):
        table.add_row(Text(shown), Text(place.value))
    return table


def _shortened(places: Iterable[SourcePlace]) -> Iterator[tuple[str, SourcePlace]]:
    """Each place with its path; `…` stands for the long path of the element of the row above."""
    above = ""
    for place in places:
        step = "/" if "/" in place.location else "."
        element, _, name = place.location.rpartition(step)
        repeated = element == above and len(element) > SHORT_PATH
        yield (f"  …{step}{name}" if repeated else place.location), place
        above = element


def intakes_table(intakes: Iterable[Intake], say: Say) -> Table:
    """What was reported as taken, by whom and when."""
    table = table_of(
        say("Intakes reported"),
        say("Product"),
        say("Status"),
        say("Taken at"),
        say("Dose"),
        say("Author"),
        say("Reason"),
    )
    for intake in intakes:
        table.add_row(
            product_text(intake.product) if intake.product else "",
            say(intake.status.value),
            intake.taken_at.isoformat() if intake.taken_at else "",
            Text(quantity_words(intake.quantity, say)),
            Text(intake.author.name or say(intake.author.role.value)),
            Text(intake.reason.display or intake.reason.code if intake.reason else ""),
        )
    return table


def dispenses_table(dispenses: Iterable[Dispense], say: Say) -> Table:
    """What was given out for which order; nothing of it counts as taken."""
    table = table_of(
        say("Dispenses reported"),
        say("Product"),
        say("Act"),
        say("Status"),
        say("Given out at"),
        say("Quantity"),
        say("Order"),
        say("Lot"),
        say("By"),
    )
    for dispense in dispenses:
        when = dispense.dispensed_at or dispense.prepared_at or dispense.planned_at
        table.add_row(
            product_text(dispense.product) if dispense.product else "",
            say(dispense.kind.value),
            say(dispense.status.value),
            when.isoformat() if when else "",
            Text(quantity_words(dispense.quantity, say)),
            Text("\n".join(each.value for each in dispense.line)),
            Text("\n".join(_lot_words(lot) for lot in dispense.lots)),
            Text(practitioner_words(dispense.dispensed_by, say) if dispense.dispensed_by else ""),
        )
    return table


def _lot_words(lot: Lot) -> str:
    expiry = lot.expires_on.isoformat() if lot.expires_on else ""
    return " ".join(word for word in (lot.number, expiry) if word)


def notices_table(notices: Iterable[Notice], say: Say) -> Table:
    """What is told about orders, without ordering anything."""
    table = table_of(
        say("Told about orders"),
        say("What is told"),
        say("Code"),
        say("Order"),
        say("Product"),
        say("When"),
        say("Words"),
    )
    for notice in notices:
        words = (notice.reason.display or notice.reason.code if notice.reason else "", notice.text)
        status = f" {notice.status.code}" if notice.status else ""
        table.add_row(
            say(notice.kind.value),
            Text(f"{notice.code or ''}{status}"),
            Text("\n".join(each.value for each in notice.order)),
            product_text(notice.product) if notice.product else "",
            notice.told_at.isoformat() if notice.told_at else "",
            Text("\n".join(word for word in words if word)),
        )
    return table


def movements_table(movements: Iterable[Movement], say: Say) -> Table:
    """Where patients went."""
    table = table_of(say("Movements"), say("Movement"), say("Patient"), say("When"))
    for movement in movements:
        done = movement.action is not MovementAction.INSERT
        table.add_row(
            say(movement.kind.value) + (f" ({say(movement.action.value)})" if done else ""),
            Text(patient_words(movement.patient, say)),
            movement.occurred_at.isoformat() if movement.occurred_at else "",
        )
    return table
