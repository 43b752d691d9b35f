"""`semainier queue offer` and `interpret`: a text read by a pharmacist, cell by cell."""

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from engine.language import Say
from engine.terminal.queue import Desk
from engine.terminal.shell import console, print_json, read_bytes
from schemas.errors import Refused

if TYPE_CHECKING:
    from engine.pipeline import interpret as road
    from schemas.base import DateOrInstant
    from schemas.offer import Answers


def show_offer(desk: Desk, item_id: str, rank: int) -> None:
    """The text of one line as cells, with the words of each and what nobody understood."""
    from engine.pipeline.context import open_context
    from engine.pipeline.interpret import offered

    found = offered(open_context(desk.data), desk.user, item_id, rank)
    if desk.as_json:
        _print_offer(found)
    else:
        _show(found, desk.say)


def _print_offer(found: "road.Desk") -> None:
    from schemas.canonical import digest
    from schemas.desk import QueueOffer

    print_json(
        QueueOffer(
            item=found.item.id,
            line=found.rank,
            product=found.line.line.product.label,
            content_sha256=found.item.content_sha256,
            offer_sha256=digest(found.offer),
            offer=found.offer,
            earlier=found.earlier,
        )
    )


def _show(found: "road.Desk", say: Say) -> None:
    from rich.text import Text

    from engine.terminal.interpret_tables import offer_tables

    out = console()
    product = found.line.line.product.label
    out.print(Text(f"{found.item.id}  {say('line')} {found.rank}: {product}", style="bold"))
    for part in offer_tables(found.offer, found.site, say):
        out.print(part)
    if found.earlier is not None:
        by, at = found.earlier.interpreted_by.name, found.earlier.interpreted_at
        text = say("This text was read before by {name} on {day}: each cell must be answered again")
        out.print(Text(text.format(name=by, day=f"{at:%Y-%m-%d}"), style="yellow"))


def interpret_line(
    desk: Desk, item_id: str, rank: int, *, answers: Path | None, start: str | None
) -> None:
    """Keep the reading: the answers of a file, or those that are asked for cell by cell."""
    from engine.pipeline.context import open_context
    from engine.pipeline.interpret import interpret, offered

    context = open_context(desk.data)
    found = offered(context, desk.user, item_id, rank)
    given = answers_in(read_bytes(answers)) if answers else _asked(found, start, desk)
    made = interpret(context, desk.user, item_id, rank, given)
    if desk.as_json:
        _print_made(made)
        return
    if answers:
        _show_answers(found, given, desk.say)
    _show_made(found, made, desk.say)


def answers_in(data: bytes) -> "Answers":
    """The answers of a JSON document. Raises: `Refused` naming the fields that do not fit."""
    from pydantic import ValidationError

    from schemas.offer import Answers

    try:
        return Answers.model_validate_json(data)
    except ValidationError as error:
        places = {_place_of(each["loc"], each["type"]) for each in error.errors()}
        raise Refused(
            f"answers: do not fit `semainier schema queue-answers` at {', '.join(sorted(places))}"
        ) from None


def _place_of(place: tuple[int | str, ...], kind: str) -> str:
    """Where a document does not fit, without a name that only the document has."""
    known = place[:-1] if kind == "extra_forbidden" else place
    return ".".join(map(str, known)) or "document"


def _asked(found: "road.Desk", start: str | None, desk: Desk) -> "Answers":
    from engine.terminal.interpret_ask import Clerk, agreed

    say = desk.say
    stated = start_of(start, ZoneInfo(found.site.zone), say)
    _show(found, say)
    given = Clerk(found.site, say).answers(found.offer, stated, found.earlier)
    _show_answers(found, given, say)
    if not agreed(say("Keep this reading"), say):
        raise typer.Abort
    return given


def _show_answers(found: "road.Desk", given: "Answers", say: Say) -> None:
    """For the record: every cell as it was answered."""
    from engine.terminal.interpret_tables import answers_table

    console().print(answers_table(found.offer, given, ZoneInfo(found.site.zone), say))


def start_of(text: str | None, zone: ZoneInfo, say: Say) -> "DateOrInstant | None":
    """The start as an option gives it. Raises: `BadParameter` for what is no day."""
    from engine.terminal.interpret_typed import start_typed

    try:
        return None if text is None else start_typed(text, zone, say)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _print_made(made: "road.Interpreted") -> None:
    from schemas.desk import QueueInterpretation

    print_json(
        QueueInterpretation(
            interpretation=made.interpretation,
            item=made.item.id,
            state=made.item.state.value,
            content_sha256=made.item.content_sha256,
            line=made.made.content.lines[made.interpretation.line - 1],
        )
    )


def _show_made(found: "road.Desk", made: "road.Interpreted", say: Say) -> None:
    """The schedule that follows, its doubts, and what is next."""
    from rich.text import Text

    from engine.terminal.needed import schedule_words
    from engine.terminal.tables import findings_table
    from schemas.schedule import DoseSchedule

    out = console()
    zone, reading = ZoneInfo(found.site.zone), made.interpretation
    line = made.made.content.lines[reading.line - 1]
    out.print(Text.assemble((f"{say('Text as sent')}: ", "bold"), found.offer.text))
    if isinstance(line.schedule, DoseSchedule):
        for words in schedule_words(line.schedule, say):
            out.print(Text.assemble((f"{say('Schedule')}: ", "bold"), words))
    rank = str(reading.line)
    out.print(findings_table(((rank, each) for each in line.findings), say))
    who = f"{reading.interpreted_by.name}, {reading.interpreted_at.astimezone(zone):%Y-%m-%d %H:%M}"
    out.print(Text(f"{say('Reading of a text')}: {reading.id} ({who})"))
    out.print(Text(f"{say('Content')}: {made.item.content_sha256}"))
    out.print(Text(say("Nothing is validated yet: the decision follows, on this content")))
