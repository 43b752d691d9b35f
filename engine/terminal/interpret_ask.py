"""Asks for the answer to each cell, one after the other, by the keyboard alone.

No key confirms several cells, and Enter alone confirms none: what is not answered is asked again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

import typer

from engine.language import Say
from engine.posology.offer.confirm import own_starts
from engine.terminal.interpret_typed import days_typed, dose_typed, end_typed, start_typed
from engine.terminal.interpret_words import content_words
from schemas.base import DateOrInstant, is_day
from schemas.canonical import digest
from schemas.offer import (
    AddedDose,
    AddedRow,
    Answers,
    Candidate,
    Cell,
    CellAnswer,
    Condition,
    Content,
    Days,
    DoseAt,
    Ends,
    Interpretation,
    Offer,
    Starts,
    StretchAnswer,
    Verdict,
)
from schemas.site import Site

CONFIRM, MODIFY, STRIKE = "c", "m", "s"
_VERDICTS = {
    CONFIRM: Verdict.CONFIRMED,
    MODIFY: Verdict.CORRECTED,
    STRIKE: Verdict.REMOVED,
}
_YES, _NO = frozenset({"y", "yes", "o", "oui"}), frozenset({"n", "no", "non"})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Clerk:
    """Asks in one language, on the clock and with the moments of one site."""

    site: Site
    say: Say

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the site."""
        return ZoneInfo(self.site.zone)

    def answers(
        self, offer: Offer, start: DateOrInstant | None, earlier: Interpretation | None
    ) -> Answers:
        """The answers to one reading, once every cell and every stretch has one."""
        chosen = self._candidate(offer)
        before = {each.cell: each for each in earlier.answers.cells} if earlier else {}
        given = Answers(
            text_sha256=offer.text_sha256,
            offer_sha256=digest(offer),
            candidate=chosen.id,
            start=start,
            cells=tuple(self._cell(cell, before.get(cell.id)) for cell in chosen.cells),
            unread=tuple(
                StretchAnswer(stretch=each.id, reason=self._reason(f"{each.id} « {each.words} »"))
                for each in chosen.unread
            ),
            doses=tuple(self._added_doses(chosen)),
            rows=tuple(self._added_rows(chosen)),
        )
        return given if start is not None else self._started(chosen, given)

    def _started(self, chosen: Candidate, given: Answers) -> Answers:
        """The start that a row was answered to state, else one that is asked for."""
        own = own_starts(chosen, given)
        stated = min(own) if len({is_day(each) for each in own}) == 1 else self._start()
        return given.model_copy(update={"start": stated})

    def _candidate(self, offer: Offer) -> Candidate:
        known = {one.id: one for one in offer.candidates}
        if len(known) == 1:
            return offer.candidates[0]
        return known[self._one_of(self.say("Which reading"), known)]

    def _one_of(self, question: str, keys: Iterable[str]) -> str:
        listed = {key.casefold(): key for key in keys}
        while True:
            given = str(typer.prompt(f"{question} ({'/'.join(listed.values())})")).strip()
            if given.casefold() in listed:
                return listed[given.casefold()]

    def _typed(self, question: str, read: Callable[[str], _T]) -> _T:
        """What was typed, once it can be read; the rule is said until then."""
        while True:
            try:
                return read(str(typer.prompt(question)))
            except ValueError as error:
                typer.echo(f"  {error}")

    def _reason(self, about: str) -> str:
        def not_blank(text: str) -> str:
            if not text.strip():
                raise ValueError(self.say("the reason must be stated"))
            return text.strip()

        return self._typed(f"{about}: {self.say('Reason')}", not_blank)

    def _start(self) -> DateOrInstant:
        question = self.say("Start of the treatment (2026-03-02, or 2026-03-02 08:00)")
        return self._typed(question, lambda text: start_typed(text, self.zone, self.say))

    def _cell(self, cell: Cell, before: CellAnswer | None) -> CellAnswer:
        typer.echo(f"{cell.id}  {content_words(cell.holds, self.zone, self.say)}  {_said(cell)}")
        for doubt in cell.doubts:
            typer.echo(f"  ■ {self.say(doubt.code.sentence)}")
        if before is not None:
            typer.echo(f"  {self.say('answered before')}: {self.say(before.verdict.value)}")
        keys = [MODIFY, STRIKE] if cell.doubts else [CONFIRM, MODIFY, STRIKE]
        verdict = _VERDICTS[self._one_of(self.say("c confirm, m modify, s strike"), keys)]
        if verdict is Verdict.CONFIRMED:
            return CellAnswer(cell=cell.id, verdict=verdict)
        correction = self._content(cell.holds) if verdict is Verdict.CORRECTED else None
        reason = self._reason(cell.id)
        return CellAnswer(cell=cell.id, verdict=verdict, correction=correction, reason=reason)

    def _content(self, shown: Content) -> Content:
        match shown:
            case Days():
                return self._days()
            case DoseAt():
                return self._dose()
            case Starts():
                return Starts(start=self._start())
            case Ends():
                return self._end()
            case Condition():
                return Condition(reasons=(str(typer.prompt(self.say("Condition"))),))

    def _days(self) -> Days:
        question = self.say("Days (every day, mon wed, 2 days, 21/7)")
        return self._typed(question, lambda text: days_typed(text, self.say))

    def _end(self) -> Ends:
        question = self.say("End (7 days, 2026-03-08, or - for none)")
        return self._typed(question, lambda text: end_typed(text, self.say))

    def _dose(self) -> DoseAt:
        while True:
            place = str(typer.prompt(self.say("Moment or hour (morning, 08:00, or - for none)")))
            quantity = str(typer.prompt(self.say("Amount with its unit (1/2 tablet)")))
            try:
                return dose_typed(place, quantity, self.site, self.say)
            except ValueError as error:
                typer.echo(f"  {error}")

    def _added_doses(self, chosen: Candidate) -> Iterator[AddedDose]:
        rows = [row.id for row in chosen.rows]
        while rows:
            question = self.say("Add an intake to a row (Enter: none)")
            row = str(typer.prompt(f"{question} {'/'.join(rows)}", default="", show_default=False))
            if not row.strip():
                return
            if row.strip().upper() in rows:
                name = row.strip().upper()
                yield AddedDose(row=name, dose=self._dose(), reason=self._reason(name))

    def _added_rows(self, chosen: Candidate) -> Iterator[AddedRow]:
        question, needed = self.say("Add a row that the text was not read to say"), not chosen.rows
        while needed or agreed(question, self.say):
            doses = [self._dose()]
            while agreed(self.say("Another intake of such a day"), self.say):
                doses.append(self._dose())
            yield AddedRow(
                days=self._days(), doses=tuple(doses), end=self._end(), reason=self._reason("+")
            )
            needed = False


def agreed(question: str, say: Say) -> bool:
    """Yes or no, in the language of who is asked; Enter alone is neither."""
    while True:
        given = str(typer.prompt(f"{question} {say('(y/n)')}")).strip().casefold()
        if given in _YES or given in _NO:
            return given in _YES


def _said(cell: Cell) -> str:
    return ", ".join(f"« {words} »" for words in cell.words)
