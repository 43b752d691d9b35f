"""A pharmacist's answers to an offer: refused unless every cell is answered, else a posology.

The posology is an ordinary one: `normalise` judges it like that of any sender.
"""

from engine.posology.doubts import Doubts
from engine.posology.offer.build import built
from schemas.base import DateOrInstant, is_day
from schemas.canonical import digest
from schemas.finding import Finding, FindingCode
from schemas.offer import (
    Answers,
    Candidate,
    Cell,
    CellAnswer,
    DoseAt,
    Offer,
    Row,
    Starts,
    Verdict,
)
from schemas.posology import Posology

_REMOVABLE = frozenset({"dose", "start", "end", "condition"})
"""Kinds of cells that may go by themselves; without its days, a whole row goes."""


def confirm(offer: Offer, answers: Answers) -> Posology | tuple[Finding, ...]:
    """The posology that the answers make, or what is wrong with them.

    Each finding is at the id of a cell or of a stretch (`A1.days`, `A.u1`), at `start`, at
    `candidate`, at `offer`, or at the place of an addition. Phases are at `interpretation/<row>`.
    Raises: nothing for what somebody may answer.
    """
    if answers.text_sha256 != offer.text_sha256:
        return _one("offer", FindingCode.OFFER_STALE, "the text is not the one that was answered")
    if answers.offer_sha256 != digest(offer):
        rule = "the cells are not those that were answered: tables or program changed"
        return _one("offer", FindingCode.OFFER_STALE, rule)
    chosen = next((one for one in offer.candidates if one.id == answers.candidate), None)
    if chosen is None:
        return _one("candidate", FindingCode.ANSWER_WRONG, "the offer has no reading of this name")
    found = [
        *_about_cells(chosen, answers),
        *_about_rows(chosen, answers),
        *_about_stretches(chosen, answers),
        *_about_additions(chosen, answers),
        *_about_start(chosen, answers),
    ]
    return tuple(found) or built(offer, chosen, answers)


def _one(place: str, code: FindingCode, rule: str) -> tuple[Finding, ...]:
    doubts = Doubts(place)
    doubts.say(code, rule)
    return tuple(doubts.findings)


def _missing(place: str, rule: str) -> tuple[Finding, ...]:
    return _one(place, FindingCode.ANSWER_MISSING, rule)


def _wrong(place: str, rule: str) -> tuple[Finding, ...]:
    return _one(place, FindingCode.ANSWER_WRONG, rule)


def _about_cells(chosen: Candidate, answers: Answers) -> list[Finding]:
    """Every cell has one answer that fits, and every answer has its cell."""
    known = {cell.id: cell for cell in chosen.cells}
    given = [answer.cell for answer in answers.cells]
    found: list[Finding] = []
    for identifier in known:
        if identifier not in given:
            found += _missing(identifier, "the cell has no answer")
    for answer in answers.cells:
        cell = known.get(answer.cell)
        if cell is None:
            found += _wrong(answer.cell, "the reading has no cell of this name")
        elif given.count(answer.cell) > 1:
            found += _wrong(answer.cell, "the cell has two answers")
        else:
            found += _about_cell(cell, answer)
    return list(dict.fromkeys(found))


def _about_cell(cell: Cell, answer: CellAnswer) -> tuple[Finding, ...]:
    correction = answer.correction
    match answer.verdict:
        case Verdict.CONFIRMED if cell.doubts:
            doubts = ", ".join(found.code.value for found in cell.doubts)
            return _wrong(cell.id, f"a cell in doubt cannot be confirmed, only stated: {doubts}")
        case Verdict.CONFIRMED if correction is not None:
            return _wrong(cell.id, "a confirmation changes nothing")
        case Verdict.CONFIRMED:
            return ()
        case Verdict.CORRECTED if correction is None or correction.kind != cell.holds.kind:
            return _wrong(cell.id, f"a correction of this cell must be of kind {cell.holds.kind}")
        case Verdict.REMOVED if correction is not None:
            return _wrong(cell.id, "a removal states nothing instead")
    if not (answer.reason or "").strip():
        return _wrong(cell.id, f"the cell is {answer.verdict.value}: the reason must be stated")
    return ()


def _about_rows(chosen: Candidate, answers: Answers) -> list[Finding]:
    """A row goes as a whole or keeps its days and at least one intake."""
    removed = {each.cell for each in answers.cells if each.verdict is Verdict.REMOVED}
    found: list[Finding] = []
    for row in chosen.rows:
        kept = [cell for cell in row.cells if cell.id not in removed]
        added = any(each.row == row.id for each in answers.doses)
        if f"{row.id}.days" in removed:
            if kept or added:
                found += _wrong(f"{row.id}.days", "without its days the whole row is removed")
        elif not added and not any(isinstance(cell.holds, DoseAt) for cell in kept):
            found += _wrong(row.id, "a row needs an intake, or is removed as a whole")
    if not answers.rows and {cell.id for cell in chosen.cells} <= removed:
        found += _missing("candidate", "nothing is left of the reading: no row is stated")
    return found


def _about_stretches(chosen: Candidate, answers: Answers) -> list[Finding]:
    known = [stretch.id for stretch in chosen.unread]
    given = {answer.stretch: answer for answer in answers.unread}
    found: list[Finding] = []
    for identifier in known:
        if identifier not in given:
            found += _missing(identifier, "the unread words have no answer")
    for answer in answers.unread:
        if answer.stretch not in known:
            found += _wrong(answer.stretch, "the reading has no stretch of this name")
        elif [each.stretch for each in answers.unread].count(answer.stretch) > 1:
            found += _wrong(answer.stretch, "the unread words have two answers")
        elif not answer.reason.strip():
            found += _wrong(answer.stretch, "the reason must be stated")
    return list(dict.fromkeys(found))


def _about_additions(chosen: Candidate, answers: Answers) -> list[Finding]:
    rows = {row.id for row in chosen.rows}
    found: list[Finding] = []
    for number, dose in enumerate(answers.doses, start=1):
        if dose.row not in rows:
            found += _wrong(f"doses[{number}]", "the reading has no row of this name")
        if not dose.reason.strip():
            found += _wrong(f"doses[{number}]", "the reason must be stated")
    for number, row in enumerate(answers.rows, start=1):
        if not row.reason.strip():
            found += _wrong(f"rows[{number}]", "the reason must be stated")
    return found


def _about_start(chosen: Candidate, answers: Answers) -> tuple[Finding, ...]:
    """The start is stated, and is that of the first row which states its own."""
    if answers.start is None:
        return _missing("start", "the start of the treatment is not stated")
    own = own_starts(chosen, answers)
    if len({is_day(start) for start in own}) > 1:
        return _wrong("start", "one row starts on a day and another at an hour")
    if own and answers.start != min(own):
        return _wrong("start", "the start is not that of the rows which state their own")
    return ()


def own_starts(chosen: Candidate, answers: Answers) -> list[DateOrInstant]:
    """The starts that rows state by themselves, as answered."""
    own = [start for row in chosen.rows if (start := _own_start(row, answers)) is not None]
    own += [row.start for row in answers.rows if row.start is not None]
    return [each.start for each in own]


def _own_start(row: Row, answers: Answers) -> Starts | None:
    given = {answer.cell: answer for answer in answers.cells}
    for cell in row.cells:
        answer = given.get(cell.id)
        if isinstance(cell.holds, Starts) and answer and answer.verdict is not Verdict.REMOVED:
            held = answer.correction or cell.holds
            return held if isinstance(held, Starts) else None
    return None
