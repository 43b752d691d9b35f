"""Joins what a message says with what still stands of the prescription before it.

A message that changes one order says nothing of the others: they are carried over, each with
a finding, so that a pharmacist sees that they come from before. A message that says it is
complete carries nothing over.
"""

from engine.pipeline.events import by_number, same_order
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, Prescription

ENDED = frozenset({LineAction.STOP, LineAction.CANCEL})
_BARE = ENDED | {LineAction.HOLD, LineAction.RESUME}
"""Actions whose message often names the order alone, without product or posology."""


def merged(previous: Prescription, incoming: Prescription) -> Prescription:
    """The incoming prescription, with the lines of the previous one that it does not mention."""
    orders = by_number(previous.lines)
    before = [same_order(line, orders) for line in incoming.lines]
    lines = [_completed(line, same) for line, same in zip(incoming.lines, before, strict=True)]
    if incoming.chain.complete is not True:
        mentioned = {id(each) for same in before for each in same}
        lines += [
            _carried(line)
            for line in previous.lines
            if line.action not in ENDED and id(line) not in mentioned
        ]
    return incoming.model_copy(update={"lines": tuple(lines)})


def _completed(line: Line, same: list[Line]) -> Line:
    """A stop, hold or release that names its order alone gets the order's product and posology."""
    before = next(iter(same), None)
    bare = not (line.product.text or line.product.codes) and not line.posology.phases
    if before is None or not bare or line.action not in _BARE:
        return line
    return line.model_copy(
        update={
            "product": before.product,
            "posology": before.posology,
            "text": line.text or before.text,
            "route": line.route or before.route,
        }
    )


def _carried(line: Line) -> Line:
    """A line that no newer message mentions, with the finding that says so."""
    told = [found for found in line.findings if found.code is not FindingCode.LINE_CARRIED]
    found = Finding(
        code=FindingCode.LINE_CARRIED,
        location=line.location,
        message="the new message does not mention this line of the prescription",
    )
    return line.model_copy(update={"findings": (*told, found)})


def without(before: Prescription, ranks: frozenset[int], by: Prescription) -> Prescription:
    """The prescription with these lines ended; the others are carried over.

    The sender named them as replaced, which is to treat them as cancelled (HL7 table 0119, RO).
    """
    lines = tuple(
        _ended(line, by) if rank in ranks else _carried(line)
        for rank, line in enumerate(before.lines, start=1)
    )
    return before.model_copy(update={"lines": lines})


def _ended(line: Line, by: Prescription) -> Line:
    said = Finding(
        code=FindingCode.LINE_STOPPED,
        location=line.location,
        message=f"action: {by.location} of a newer message replaces this line",
        quoted=", ".join(each.value for each in by.identifiers) or None,
    )
    update = {"action": LineAction.STOP, "effective_at": None, "findings": (said,)}
    return line.model_copy(update=update)
