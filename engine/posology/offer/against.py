"""What answers say otherwise than a text was read to say.

A pharmacist corrects how a text was read; another dose than the text states is no correction, and
needs an intervention. The program cannot tell the two apart, so it asks for the intervention.
"""

from collections.abc import Iterator

from engine.posology.comparison.compare import compare
from engine.posology.doubts import Doubts
from engine.posology.offer.build import PLACE, built
from engine.posology.text.propose import propose
from schemas.finding import Finding, FindingCode
from schemas.offer import Answers, Candidate, Cell, CellAnswer, DoseAt, Offer, Origin, Verdict
from schemas.posology import Posology

_SAID = (Origin.TEXT, Origin.SENDER)
_RULE = "the pharmacist's reading is not what these words were read to say"
_MORE = "the pharmacist's reading says more than the text, of which every word was read"


def against(offer: Offer, answers: Answers, read: Posology) -> tuple[Finding, ...]:
    """One finding for each cell that was sure and is changed, at `interpretation/<cell>`.

    A cell in doubt had to be stated and what silence means may be stated otherwise. Moving an
    intake that the site's table placed is no difference; another amount is. Additions are one
    where the text left no word unread and no cell in doubt. Where there is none of these, what
    was `read` is compared with the text like any structure: a total of 3 is not 1 a day, and one
    amount of a range is not the range.
    """
    [chosen] = [one for one in offer.candidates if one.id == answers.candidate]
    found = (*_changed(chosen, answers), *_added(chosen, answers))
    if found:
        return found
    whole, rest = _compared(offer, read), answers.model_copy(update={"doses": (), "rows": ()})
    without = built(offer, chosen, rest) if rest != answers and chosen.unread else read
    agreed = isinstance(without, Posology) and without.phases and not _compared(offer, without)
    return () if agreed else whole


def _compared(offer: Offer, read: Posology) -> tuple[Finding, ...]:
    """The text against a posology; what stands in unread words may be what was added to it."""
    found = compare(propose(offer.text), read.phases)
    return tuple(each for each in found if each.code is FindingCode.TEXT_CONTRADICTS)


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
