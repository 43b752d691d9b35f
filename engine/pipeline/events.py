"""What an event about an order means beside what is known of that order.

A format that sends events tells the order by its numbers, of which either side has one. What is
told of an order that is known joins it: under all its numbers, never by an earlier event over a
later one, and never by placing it a second time with another content. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from engine.review.plain import differences, plain
from schemas.finding import Finding, FindingCode
from schemas.intake import Intake
from schemas.notice import Notice
from schemas.people import Identifier, IdentifierKind
from schemas.prescription import EventKind, Line, LineAction, Prescription

Numbers: TypeAlias = Mapping[str, frozenset[str]]
"""The other numbers that stand for the same order, by number."""
LinesByNumber: TypeAlias = Mapping[str, Sequence[Line]]

_ENDED = frozenset({LineAction.STOP, LineAction.CANCEL})


def joined_numbers(notices: Iterable[Notice]) -> Numbers:
    """Which numbers name one order: those that one notice names together."""
    found: dict[str, frozenset[str]] = {}
    for notice in notices:
        together = frozenset(each.value for each in notice.order)
        for number in tuple(together):
            together |= found.get(number, frozenset())
        found.update(dict.fromkeys(together, together))
    return found


def by_number(lines: Iterable[Line]) -> LinesByNumber:
    """The lines under each of their numbers, in their order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        for each in line.identifiers:
            found.setdefault(each.value, []).append(line)
    return found


def known_as(line: Line, known: LinesByNumber, numbers: Numbers) -> Line | None:
    """The line of the same order: by a number of its own, or by one that was joined to it.

    Of several, one that has not ended.
    """
    same = same_order(line, known)
    if not same:
        own = [each.value for each in line.identifiers]
        joined = (other for each in own for other in sorted(numbers.get(each, frozenset())))
        same = [each for name in dict.fromkeys(joined) for each in known.get(name, ())]
    return next((each for each in same if each.action not in _ENDED), same[0] if same else None)


def same_order(line: Line, known: LinesByNumber) -> list[Line]:
    """The known lines that are the order of this one, by a number of its own.

    Lines whose first numbers are of one kind and differ are two orders, whatever other number
    they share: that of their prescription may be on each. A placer's number is no filler's.
    """
    for number in line.identifiers:
        same = [
            each
            for each in known.get(number.value, ())
            if _has(each, number) and not _are_two(each.identifiers[0], line.identifiers[0])
        ]
        if same:
            return [each for each in same if each.identifier == same[0].identifier]
    return []


_SIDES = {IdentifierKind.PLACER, IdentifierKind.FILLER}


def _has(line: Line, number: Identifier) -> bool:
    """Whether the line has the number, given to it by the same side."""
    return any(
        each.value == number.value and {each.kind, number.kind} != _SIDES
        for each in line.identifiers
    )


def _are_two(one: Identifier, other: Identifier) -> bool:
    same_list = (one.kind, one.authority) == (other.kind, other.authority)
    return same_list and one.value != other.value


def speaks_again(line: Line) -> bool:
    """Whether the line tells of an order that the sender placed before."""
    return line.event is not None and line.event.kind is not EventKind.NEW


def under_all_numbers(intake: Intake, numbers: Numbers) -> Intake:
    """The intake with every number of the order that it names."""
    stated = [each.value for each in intake.line]
    joined = {other for each in stated for other in numbers.get(each, frozenset())}
    others = tuple(Identifier(value=each) for each in sorted(joined.difference(stated)))
    return intake.model_copy(update={"line": (*intake.line, *others)}) if others else intake


def told(incoming: Prescription, known: Sequence[Line], numbers: Numbers) -> Prescription:
    """The incoming prescription with each line as it may stand beside what is known.

    A line that only reports on a known order is not among them. Lines of formats that send
    states come out as they are.
    """
    return incoming.model_copy(update={"lines": tuple(_told(incoming.lines, known, numbers))})


def by_version(incoming: Prescription, before: Prescription) -> Prescription:
    """The incoming prescription, with a doubt when its sender numbers it below what is known.

    Versions that are no whole numbers say nothing of what came first.
    """
    stated, known = incoming.chain.version or "", before.chain.version or ""
    if not (stated.isdecimal() and known.isdecimal() and int(stated) < int(known)):
        return incoming
    finding = Finding(
        code=FindingCode.EVENT_OVERTAKEN,
        location=incoming.location,
        message=f"chain.version: {stated} comes after {known}",
        quoted=stated,
    )
    return incoming.model_copy(update={"findings": (*incoming.findings, finding)})


def _told(lines: Iterable[Line], known: Sequence[Line], numbers: Numbers) -> Iterator[Line]:
    orders = by_number(known)
    for line in lines:
        # What replaces an order is another one, though it may keep the number of its placer.
        own = line.event is None or line.action is LineAction.REPLACE
        before = None if own else known_as(line, orders, numbers)
        if before is None or line.event is None:
            yield line
        elif line.event.kind is not EventKind.REPORT:
            yield _beside(_under_all_numbers(line, before), before)


def _under_all_numbers(line: Line, before: Line) -> Line:
    """The line with the numbers that the order had before, first those, then its own."""
    kept: dict[tuple[str, str | None], Identifier] = {}
    for each in (*before.identifiers, *line.identifiers):
        kept.setdefault((each.value, each.authority), each)
    return line.model_copy(update={"identifiers": tuple(kept.values())})


def _beside(line: Line, before: Line) -> Line:
    """The line, or what is known with the doubt that the line raises."""
    if _is_older(line, before):
        rule = "the event happened before the last one that is known of this order"
        return _kept(before, line, FindingCode.EVENT_OVERTAKEN, rule)
    placed_again = line.event is not None and line.event.kind is EventKind.NEW
    if placed_again and _content(line) != _content(before):
        rule = "the order is placed again, with another content: a number given twice, or an error"
        return _kept(before, line, FindingCode.ORDER_KNOWN, rule)
    return line


def _is_older(line: Line, before: Line) -> bool:
    """Both by the clock of the sender; a day alone says nothing of what came first."""
    one = line.event.at if line.event else None
    other = before.event.at if before.event else None
    return isinstance(one, datetime) and isinstance(other, datetime) and one < other


def _kept(before: Line, line: Line, code: FindingCode, rule: str) -> Line:
    """What is known, with the product of the late message where an end came without one."""
    bare = not (before.product.text or before.product.codes) and not before.posology.phases
    said = "; ".join((f"{line.action.value}: {_label(line)}", *_otherwise(line, before)))
    finding = Finding(code=code, location=line.location, message=rule, quoted=said)
    lent = {"product": line.product, "posology": line.posology, "text": line.text} if bare else {}
    return before.model_copy(
        update={
            **lent,
            "identifiers": line.identifiers,
            "findings": (*before.findings, finding),
        }
    )


def _otherwise(line: Line, before: Line) -> list[str]:
    """What the line says of the posology that is not known of the order: field, known -> said.

    A bare end says nothing of it, and a line that lends its own posology is shown with it.
    """
    if not (line.posology.phases and before.posology.phases):
        return []
    said, known = (plain(each.posology.model_dump()) for each in (line, before))
    found = differences(known, said)
    return [f"{each.field}: {each.old or '-'} -> {each.new or '-'}" for each in found]


def _label(line: Line) -> str:
    words = [line.product.label, *(phase.text for phase in line.posology.phases if phase.text)]
    return ", ".join(dict.fromkeys(words))


def _content(line: Line) -> object:
    """All that the sender says of the line, wherever it stood in its message."""
    return _placeless(
        line.model_dump(exclude={"identifiers", "event", "findings", "effective_at", "links"})
    )


def _placeless(dumped: object) -> object:
    if isinstance(dumped, dict):
        return {
            name: _placeless(value)
            for name, value in dumped.items()
            if name not in {"location", "findings"}
        }
    if isinstance(dumped, tuple | list):
        return [_placeless(value) for value in dumped]
    return dumped
