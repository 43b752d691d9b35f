"""The organiser as people read it: the grid, what lies beside it and why, and the totals."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from rich.table import Table
from rich.text import Text

from engine.language import Say
from engine.terminal.needed import as_needed_words
from engine.terminal.tables import table_of
from engine.terminal.words import WEEKDAYS, moment_words, quantity_words
from schemas.moment import Compartment, Moment
from schemas.organiser import (
    BesideDose,
    Cell,
    Content,
    LineTotal,
    Place,
    SpanLabel,
    Week,
)

_SIGNS = {
    Fraction(1, 4): "¼",
    Fraction(1, 2): "½",
    Fraction(3, 4): "¾",
    Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔",
}
_PLAIN = frozenset({Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME})
"""Moments that say no more than their compartment does."""


def count_words(count: Fraction) -> str:
    """`2`, `½`, `1½`: whole units, and the part of one as one sign."""
    whole, part = divmod(count, 1)
    if not part:
        return str(whole)
    return (str(whole) if whole else "") + _SIGNS.get(part, f" {part}")


def week_tables(week: Week, say: Say) -> Iterator[Table]:
    """What there is to show of a week: the grid, what lies beside, the totals."""
    if week.cells:
        yield organiser_table(week, say)
    for table in (beside_table(week, say), totals_table(week, say)):
        if table.row_count:
            yield table


def organiser_table(week: Week, say: Say) -> Table:
    """Days by compartments; a cell holds the number of each line, its units and their sum."""
    table = table_of(
        say("Organiser"), say("Day"), *(say(compartment.value) for compartment in Compartment)
    )
    table.columns[0].no_wrap = True
    cells = {(cell.day, cell.compartment): cell for cell in week.cells}
    shown = {week.first + timedelta(days=offset) for offset in range(week.days)}
    for day in sorted(shown | {cell.day for cell in week.cells}):
        row = (cells.get((day, compartment)) for compartment in Compartment)
        table.add_row(
            f"{say(WEEKDAYS[day.weekday()])} {day}", *(Text(_cell(cell, say)) for cell in row)
        )
    return table


def _cell(cell: Cell | None, say: Say) -> str:
    if cell is None:
        return ""
    lines = [_content(content, say) for content in cell.contents]
    if len(lines) > 1:
        lines.append(f"= {count_words(cell.units)}")
    return "\n".join(lines)


def _content(content: Content, say: Say) -> str:
    """`#1 ½ comprimé`; an amount that was divided by a strength stands behind its units."""
    quantity = content.quantity
    unit = quantity.unit_label if quantity is not None else None
    counted = quantity is not None and quantity.value == content.count
    what = f"{count_words(content.count)} {unit or ''}".strip()
    if quantity is not None and not counted and content.count.denominator != 3:
        what = f"{count_words(content.count)} ({quantity_words(quantity, say)})"
    return " ".join(filter(None, (f"#{content.line}", what, _when(content, say))))


def _when(dose: Content | BesideDose, say: Say) -> str:
    """What the moment asks for beyond its compartment: before a meal, so many minutes."""
    if dose.moment is None or (dose.moment in _PLAIN and dose.offset_minutes is None):
        return ""
    minutes = f"{dose.offset_minutes} min " if dose.offset_minutes is not None else ""
    return f"({minutes}{moment_words(dose.moment, say)})"


def beside_table(week: Week, say: Say) -> Table:
    """Each line that is not wholly in the compartments: why, and its doses of these days."""
    table = table_of(
        say("Beside the organiser"), "#", say("Product"), say("Why"), say("Doses of these days")
    )
    for total in week.lines:
        if total.place is not Place.INSIDE or total.reasons:
            doses = [*_planned(week, total.line, say), *_needed(week, total.line, say)]
            table.add_row(
                str(total.line),
                Text(total.product),
                Text("\n".join(say(reason.sentence) for reason in total.reasons)),
                Text("\n".join(doses)),
            )
    return table


def _planned(week: Week, line: int, say: Say) -> Iterator[str]:
    """Each time of the day with its dose, and on how many days."""
    doses = Counter(
        (f"{dose.due_at:%H:%M}", _moment(dose, say), quantity_words(dose.quantity, say))
        for dose in week.beside
        if dose.line == line
    )
    for (hour, moment, quantity), times in sorted(doses.items()):
        yield " ".join(filter(None, (hour, moment, quantity, f"× {times}")))


def _moment(dose: BesideDose, say: Say) -> str:
    return _when(dose, say) or (moment_words(dose.moment, say) if dose.moment else "")


def _needed(week: Week, line: int, say: Say) -> Iterator[str]:
    for dose in week.as_needed:
        if dose.line == line:
            yield as_needed_words(dose.stated, say)


def totals_table(week: Week, say: Say) -> Table:
    """What each line takes over these days, what is left of a divided unit, when it ends."""
    table = table_of(
        say("Units for these days"),
        "#",
        say("Product"),
        say("In compartments"),
        say("Whole units"),
        say("Left over"),
        say("Remarks"),
    )
    for total in week.lines:
        remarks = [*_span(total, say), *total.instructions]
        if total.units or remarks:
            table.add_row(
                str(total.line),
                Text(total.product),
                count_words(total.units),
                str(total.whole_units),
                count_words(total.left_over) if total.left_over else "",
                Text("\n".join(remarks)),
            )
    return table


def _span(total: LineTotal, say: Say) -> Iterator[str]:
    days = {
        SpanLabel.BEGINS: total.begins_on,
        SpanLabel.NOT_BEGUN: total.begins_on,
        SpanLabel.ENDS: total.ends_on,
        SpanLabel.OVER: total.ends_on,
    }
    for label in total.labels:
        yield f"{say(label.value)}: {days[label]}"
