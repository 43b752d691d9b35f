"""What answers say otherwise than a text was read to say, where the reading was sure.

A pharmacist corrects how a text was read; another dose than the text states is no correction, and
needs an intervention. The program cannot tell the two apart, so it asks for the intervention.
"""

from collections.abc import Iterator

from engine.posology.doubts import Doubts
from engine.posology.offer.build import PLACE
from schemas.finding import Finding, FindingCode
from schemas.offer import Answers, Candidate, Cell, CellAnswer, DoseAt, Offer, Origin, Verdict

_SAID = (Origin.TEXT, Origin.SENDER)
_RULE = "the pharmacist's reading is not what these words were read to say"
_MORE = "the pharmacist's reading says more than the text, of which every word was read"


def against(offer: Offer, answers: Answers) -> tuple[Finding, ...]:
    """One finding for each cell that was sure and is changed, at `interpretation/<cell>`.

    A cell in doubt had to be stated and what silence means may be stated otherwise: neither is
    here. Moving an intake that the site's table placed is no difference; another amount is.
    Additions are one where the text left no word unread and no cell in doubt.
    """
    [chosen] = [one for one in offer.candidates if one.id == answers.candidate]
    return (*_changed(chosen, answers), *_added(chosen, answers))


def _changed(chosen: Candidate, answers: Answers) -> Iterator[Finding]:
    given = {answer.cell: answer for answer in answers.cells}
    for cell in chosen.cells:
        if not cell.doubts and _differs(cell, given[cell.id]):
            yield _finding(cell.id, _RULE, "; ".join(cell.words) or None)


def _differs(cell: Cell, answer: CellAnswer) -> bool:
    if answer.verdict is Verdict.CONFIRMED or answer.correction == cell.holds:
        return False
    held, correction = cell.holds, answer.correction
    if cell.origin is Origin.SITE and isinstance(held, DoseAt):
        return not (isinstance(correction, DoseAt) and correction.quantity == held.quantity)
    return cell.origin in _SAID


def _added(chosen: Candidate, answers: Answers) -> Iterator[Finding]:
    if chosen.unread or any(cell.doubts for cell in chosen.cells):
        return
    for number, added in enumerate(answers.doses, start=1):
        yield _finding(f"doses[{number}]", _MORE, added.reason)
    for number, row in enumerate(answers.rows, start=1):
        yield _finding(f"rows[{number}]", _MORE, row.reason)


def _finding(place: str, rule: str, quoted: str | None) -> Finding:
    doubts = Doubts(f"{PLACE}/{place}")
    doubts.say(FindingCode.TEXT_CONTRADICTS, rule, quoted)
    return doubts.findings[0]
