"""A prescription beside those of the same patient that came in other messages and still stand.

Nothing is merged and nothing ends by itself: a product that stands twice, and a prescription that
replaces another one, are said on both of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from engine.review.case import ENDED, doubt
from engine.review.lines import REPLACING, product_keys
from engine.review.periods import days_of, follow, with_days
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.finding import Finding, FindingCode
from schemas.people import Identifier
from schemas.prescription import Line, LineAction, LineLink, Prescription, Product
from schemas.reference import ProductRecord

ELSEWHERE = frozenset(
    {
        FindingCode.LINE_ELSEWHERE,
        FindingCode.LINE_ELSEWHERE_ENDING,
        FindingCode.LINE_TOLD_ELSEWHERE,
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
            if not _follow(own, line) and not _is_exchanged(content, own, other, line):
                yield _together(own, other, rank, line)


def _together(own: AssessedLine, other: Standing, rank: int, line: AssessedLine) -> Finding:
    where = f"line {rank} of {other.item}"
    if rank in other.ending:
        code = FindingCode.LINE_ELSEWHERE_ENDING
        rule = f"product: the same as that of {where}; the version that ends it is not validated"
    elif LineAction.INFORM in (own.line.action, line.line.action):
        # A list of what a patient takes names what is ordered, as it should: nothing is prepared
        # of it, so a person looks and goes on.
        code = FindingCode.LINE_TOLD_ELSEWHERE
        rule = f"product: the same as that of {where}; one of them is only told of"
    else:
        code = FindingCode.LINE_ELSEWHERE
        rule = f"product: the same as that of {where}; both would be prepared"
    quoted = with_days(own.line.product.label, own.schedule, line.schedule)
    return doubt(code, own.line.product.location or own.line.location, rule, quoted)


def _is_exchanged(
    content: AssessedPrescription, own: AssessedLine, other: Standing, line: AssessedLine
) -> bool:
    """Whether one of the two replaces the other: that is said of the prescriptions as wholes."""
    one, two = content.as_read, other.content.as_read
    return is_replaced(one, two, line.line) or is_replaced(two, one, own.line)


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
            f"chain.replaces: replaced and still standing: {_ranks(given_up)} of {other.item}",
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
        if is_replaced(content.as_read, other.content.as_read, line.line)
        and not _ends_before(line, first)
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


def is_replaced(by: Prescription, prescription: Prescription, line: Line) -> bool:
    """Whether `by`, unless all of it ends, replaces this line, or all lines, of a prescription.

    A link names an order alone, without who gave the number.
    """
    going_on = [each for each in by.lines if each.action not in ENDED]
    group = prescription.chain.group
    header = (*prescription.identifiers, *((group,) if group else ()))
    gone = by.chain.replaces if going_on else ()
    if any(_are_one(each, named) for each in gone for named in header):
        return True
    links = {link.line for each in going_on for link in replacing(each)}
    return any(
        each.value in links or any(_are_one(other, each) for other in gone)
        for each in line.identifiers
    )


def replacing(line: Line) -> tuple[LineLink, ...]:
    """The orders that the sender says this one replaces; a modified order is replaced too."""
    return tuple(link for link in line.links if link.kind in REPLACING)


def _are_one(one: Identifier, other: Identifier) -> bool:
    """The same value of one authority, where both state theirs."""
    stated = one.authority is None or other.authority is None or one.authority == other.authority
    return stated and one.value == other.value


def replaces_what_is_here(
    prescription: Prescription, known: Iterable[Prescription]
) -> Iterator[Finding]:
    """What the sender replaces stands here, else it may stand somewhere under another name."""
    links = [link.line for line in prescription.lines for link in replacing(line)]
    named = [*(each.value for each in prescription.chain.replaces), *links]
    if not named or any(
        is_replaced(prescription, other, line) for other in known for line in other.lines
    ):
        return
    rule = "chain.replaces: nothing of this patient that stands here has this identifier"
    quoted = "; ".join(dict.fromkeys(named))
    yield doubt(FindingCode.REPLACED_UNKNOWN, prescription.location, rule, quoted)
