"""A prescription beside those of the same patient that came in other messages and still stand.

Nothing is merged and nothing ends by itself: a product that stands twice, and a prescription that
replaces another one, are said on both of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.review.case import ENDED, doubt
from engine.review.lines import product_keys
from engine.review.periods import days_of, follow, with_days
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.finding import Finding, FindingCode
from schemas.people import Identifier
from schemas.prescription import Line, LinkKind, Prescription, Product
from schemas.reference import ProductRecord

ELSEWHERE = frozenset(
    {
        FindingCode.LINE_ELSEWHERE,
        FindingCode.LINE_ELSEWHERE_ENDING,
        FindingCode.PRESCRIPTION_REPLACES,
        FindingCode.PRESCRIPTION_REPLACED,
    }
)
"""What is found here alone, and found anew whenever another prescription of the patient changes."""

Records: TypeAlias = Callable[[Product], ProductRecord | None]
"""What a reference publishes of a product; `None` when it knows none, or several."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Another prescription of the patient: in force, or waiting for a decision.

    `item` is its place in the queue. `lines` are the ranks, from 1, of the lines that stand;
    those in `ending` are in force, and a version that waits ends them. `same_message`: lines
    that the message itself states were compared when it was read, only carried ones were not.
    """

    item: str
    content: AssessedPrescription
    lines: frozenset[int]
    ending: frozenset[int] = frozenset()
    same_message: bool = False

    @property
    def standing(self) -> Iterator[tuple[int, AssessedLine]]:
        """The lines that stand, with their ranks: what its sender ends or suspends does not."""
        ranked = enumerate(self.content.lines, start=1)
        return (
            (rank, line)
            for rank, line in ranked
            if rank in self.lines and line.line.action not in ENDED
        )


def with_elsewhere(
    content: AssessedPrescription, others: Sequence[Standing], records: Records
) -> AssessedPrescription:
    """The prescription with what the others give to doubt, in place of what they gave before."""
    lines = tuple(
        _renewed(line, tuple(_of_line(line, content, others, records))) for line in content.lines
    )
    header = tuple(each for each in content.findings if each.code not in ELSEWHERE)
    said = tuple(found for other in others for found in _of_header(content, other))
    return content.model_copy(update={"lines": lines, "findings": (*header, *said)})


def _renewed(line: AssessedLine, said: tuple[Finding, ...]) -> AssessedLine:
    kept = tuple(each for each in line.findings if each.code not in ELSEWHERE)
    return line.model_copy(update={"findings": (*kept, *said)})


def _of_line(
    own: AssessedLine,
    content: AssessedPrescription,
    others: Sequence[Standing],
    records: Records,
) -> Iterator[Finding]:
    """One finding for each line that holds the same product at the same time."""
    if own.line.action in ENDED:
        return
    keys = _keys(own, records)
    for other in others:
        for rank, line in other.standing:
            if _compared_before(own, line, other) or not keys & _keys(line, records):
                continue
            if _follow(own, line) or _is_replaced(content, other.content, line):
                continue
            if _is_replaced(other.content, content, own):
                continue
            yield _together(own, other, rank, line)


def _together(own: AssessedLine, other: Standing, rank: int, line: AssessedLine) -> Finding:
    where = f"line {rank} of {other.item}"
    if rank in other.ending:
        code = FindingCode.LINE_ELSEWHERE_ENDING
        rule = f"product: the same as that of {where}; the version that ends it is not validated"
    else:
        code = FindingCode.LINE_ELSEWHERE
        rule = f"product: the same as that of {where}; both would be prepared"
    quoted = with_days(own.line.product.label, own.schedule, line.schedule)
    return doubt(code, own.line.product.location or own.line.location, rule, quoted)


def _compared_before(own: AssessedLine, line: AssessedLine, other: Standing) -> bool:
    return other.same_message and not (_is_carried(own.line) or _is_carried(line.line))


def _is_carried(line: Line) -> bool:
    return any(found.code is FindingCode.LINE_CARRIED for found in line.findings)


def _keys(line: AssessedLine, records: Records) -> frozenset[str]:
    return product_keys(line.line.product, records(line.line.product))


def _follow(one: AssessedLine, other: AssessedLine) -> bool:
    return follow((one.understood, one.schedule), (other.understood, other.schedule))


def _of_header(content: AssessedPrescription, other: Standing) -> Iterator[Finding]:
    """What one of the two replaces of the other, as long as it stands."""
    given_up = replaced(content, other)
    if given_up:
        yield _exchange(
            FindingCode.PRESCRIPTION_REPLACES,
            content,
            f"chain.replaces: {_ranks(given_up)} of {other.item} stand until somebody ends them",
            [other.content.lines[rank - 1] for rank in sorted(given_up)],
        )
    whole = frozenset(range(1, len(content.lines) + 1))
    given_up = replaced(other.content, Standing("", content, whole))
    if given_up and any(other.standing):
        yield _exchange(
            FindingCode.PRESCRIPTION_REPLACED,
            content,
            f"chain.replaces: {other.item} says that it replaces {_ranks(given_up)} of this one",
            [content.lines[rank - 1] for rank in sorted(given_up)],
        )


def _exchange(
    code: FindingCode, content: AssessedPrescription, rule: str, lines: Sequence[AssessedLine]
) -> Finding:
    labels = "; ".join(line.line.product.label for line in lines)
    return doubt(code, content.prescription.location, rule, labels)


def _ranks(ranks: frozenset[int]) -> str:
    return f"line{'s' if len(ranks) > 1 else ''} {', '.join(map(str, sorted(ranks)))}"


def replaced(content: AssessedPrescription, other: Standing) -> frozenset[int]:
    """The ranks of the lines in force or waiting that `content` says it replaces.

    A line that ends before the new prescription begins is no longer in its way: a renewal names
    the prescription before, and takes nothing from it.
    """
    first = first_day(content)
    return frozenset(
        rank
        for rank, line in other.standing
        if _is_replaced(content, other.content, line) and not _ends_before(line, first)
    )


def first_day(content: AssessedPrescription) -> date | None:
    """The first day of what the prescription plans; `None` unless every line tells it."""
    lines = [line for line in content.lines if line.line.action not in ENDED]
    days = [days_of(line.schedule) for line in lines]
    known = [each[0] for each in days if each is not None]
    return min(known) if known and len(known) == len(days) else None


def _ends_before(line: AssessedLine, first: date | None) -> bool:
    days = days_of(line.schedule)
    return first is not None and days is not None and days[1] is not None and days[1] < first


def _is_replaced(
    content: AssessedPrescription, other: AssessedPrescription, line: AssessedLine
) -> bool:
    """Whether a prescription that is to be prepared replaces this line, or all lines, of another.

    A link names an order alone, without who gave the number.
    """
    if all(each.line.action in ENDED for each in content.lines):
        return False
    given_up = content.prescription.chain.replaces
    if any(_names(each, named) for each in given_up for named in _of_prescription(other)):
        return True
    own = line.line.identifiers
    links = {
        link.line
        for each in content.lines
        if each.line.action not in ENDED
        for link in each.line.links
        if link.kind is LinkKind.REPLACES
    }
    return any(each.value in links or any(_names(gone, each) for gone in given_up) for each in own)


def _of_prescription(other: AssessedPrescription) -> tuple[Identifier, ...]:
    header: Prescription = other.prescription
    return (*header.identifiers, *((header.chain.group,) if header.chain.group else ()))


def _names(one: Identifier, other: Identifier) -> bool:
    """Whether both are one: the same value of one authority, where both state theirs."""
    stated = one.authority is None or other.authority is None or one.authority == other.authority
    return stated and one.value == other.value


def replaces_nothing_known(
    content: AssessedPrescription, known: Sequence[AssessedPrescription]
) -> tuple[Finding, ...]:
    """A finding when the sender replaces what is neither here nor in `known`."""
    chain = content.prescription.chain.replaces
    links = [
        link for each in content.lines for link in each.line.links if link.kind is LinkKind.REPLACES
    ]
    if not chain and not links:
        return ()
    for other in (content, *known):
        if any(_is_replaced(content, other, line) for line in other.lines):
            return ()
    rule = "chain.replaces: nothing of this patient that stands here has this identifier"
    quoted = "; ".join(dict.fromkeys([*(each.value for each in chain), *(x.line for x in links)]))
    place = content.prescription.location
    return (doubt(FindingCode.REPLACED_UNKNOWN, place, rule, quoted),)
