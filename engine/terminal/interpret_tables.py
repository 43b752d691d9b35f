"""The tables of an offer: days by places, then every cell with its words and its doubts."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from engine.language import Say
from engine.terminal.interpret_words import content_words, place_words, when_words
from engine.terminal.tables import table_of
from engine.terminal.words import quantity_words
from schemas.finding import Finding
from schemas.offer import Answers, Candidate, DoseAt, Offer, Row, Verdict
from schemas.site import Site


def offer_tables(offer: Offer, site: Site, say: Say) -> Iterator[RenderableType]:
    """Every reading of the text; the text itself stands above."""
    yield Text.assemble((f"{say('Text as sent')}: ", "bold"), offer.text)
    if len(offer.candidates) > 1:
        yield Text(say("The text can be read in several ways: one must be chosen"), style="yellow")
    for candidate in offer.candidates:
        if candidate.rows:
            yield _grid(candidate, site, say)
        yield _cells(candidate, ZoneInfo(site.zone), say)
        if candidate.unread:
            yield _unread(candidate, say)
    if offer.aside:
        words = ", ".join(offer.aside)
        yield Text.assemble((f"{say('Changes no dose')}: ", "dim"), words)


def _grid(candidate: Candidate, site: Site, say: Say) -> Table:
    """Phases by places of the day, as an organiser is laid out, with the hours of the site."""
    title = f"{say('Reading')} {candidate.id}"
    columns = list(dict.fromkeys(_column(dose, site, say) for dose in _doses(candidate)))
    table = table_of(title, "#", say("Days"), *columns, say("Start"), say("End"), say("Condition"))
    first = candidate.rows[0].sequence
    for row in candidate.rows:
        cells = {} if row.sequence != first else {"start": [say("to be stated")]}
        cells |= _by_column(row, site, say)
        names = ("days", *columns, "start", "end", "condition")
        table.add_row(_row_name(row), *(Text("\n".join(cells.get(name, ()))) for name in names))
    return table


def _by_column(row: Row, site: Site, say: Say) -> dict[str, list[str]]:
    cells: dict[str, list[str]] = {}
    for cell in row.cells:
        if isinstance(cell.holds, DoseAt):
            where = _column(cell.holds, site, say)
            words = f"{quantity_words(cell.holds.quantity, say)} [{cell.id}]"
        else:
            where = str(cell.holds.kind)
            words = content_words(cell.holds, ZoneInfo(site.zone), say)
        cells.setdefault(where, []).append(("■ " if cell.doubts else "") + words)
    return cells


def _column(dose: DoseAt, site: Site, say: Say) -> str:
    """The place, and the hour that the site gives its moment."""
    moment = dose.place.moment if dose.place else None
    hour = f" {site.moments[moment]:%H:%M}" if moment in site.moments else ""
    return place_words(dose, say) + hour


def _doses(candidate: Candidate) -> Iterator[DoseAt]:
    return (cell.holds for cell in candidate.cells if isinstance(cell.holds, DoseAt))


def _row_name(row: Row) -> str:
    return row.id if row.sequence is None else f"{row.id} ({row.sequence})"


def _cells(candidate: Candidate, zone: ZoneInfo, say: Say) -> Table:
    title = f"{say('Reading')} {candidate.id}: {say('cells to answer')}"
    table = table_of(
        title, say("Cell"), say("What it states"), say("Words"), say("Comes from"), say("Doubt")
    )
    for cell in candidate.cells:
        table.add_row(
            cell.id,
            Text(content_words(cell.holds, zone, say)),
            Text("\n".join(f"« {words} »" for words in cell.words)),
            Text(say(cell.origin.value)),
            doubts_text(cell.doubts, say),
        )
    return table


def doubts_text(doubts: tuple[Finding, ...], say: Say) -> Text:
    """Why a cell cannot be confirmed."""
    said = "\n".join(f"■ {say(doubt.code.sentence)} ({doubt.code})" for doubt in doubts)
    return Text(said, style="bold red")


def _unread(candidate: Candidate, say: Say) -> Table:
    title = f"{say('Reading')} {candidate.id}: {say('words that no cell accounts for')}"
    table = table_of(title, say("Cell"), say("Words"))
    for stretch in candidate.unread:
        table.add_row(stretch.id, Text(f"« {stretch.words} »"))
    return table


def answers_table(offer: Offer, answers: Answers, zone: ZoneInfo, say: Say) -> Table:
    """The answers for the record: every cell as it was answered, one row each."""
    table = table_of(
        say("Answers"), say("Cell"), say("Offered"), say("Answer"), say("Holds"), say("Reason")
    )
    start = when_words(answers.start, zone) if answers.start else ""
    table.add_row(say("Start"), "", "", Text(start), "")
    known = {cell.id: cell for one in offer.candidates for cell in one.cells}
    words = {stretch.id: stretch.words for one in offer.candidates for stretch in one.unread}
    for answer in answers.cells:
        offered = known[answer.cell].holds if answer.cell in known else None
        held = None if answer.verdict is Verdict.REMOVED else answer.correction or offered
        table.add_row(
            answer.cell,
            Text(content_words(offered, zone, say) if offered else "?"),
            Text(say(answer.verdict.value)),
            Text(content_words(held, zone, say) if held else ""),
            Text(answer.reason or ""),
        )
    for stretch in answers.unread:
        offered_words = f"« {words.get(stretch.stretch, '?')} »"
        table.add_row(stretch.stretch, Text(offered_words), "", "", Text(stretch.reason))
    for added in answers.doses:
        stated = content_words(added.dose, zone, say)
        table.add_row(added.row, "", Text(say("added")), Text(stated), Text(added.reason))
    for row in answers.rows:
        parts = [row.days, *row.doses, row.start, row.end, row.condition]
        stated = "\n".join(content_words(part, zone, say) for part in parts if part)
        table.add_row("+", "", Text(say("added")), Text(stated), Text(row.reason))
    return table
