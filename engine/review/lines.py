"""A line among the others: twice the same, an alternative, stopped, or not to be supplied."""

from collections.abc import Iterator

from engine.review.case import ENDED, LineCase, doubt
from engine.review.product import PRODUCT_SYSTEMS
from schemas.base import DateOrInstant, is_day
from schemas.codes import ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, LinkKind, Product

_SEVEN_IN = {
    ProductCodeSystem.CIP13: ProductCodeSystem.CIP7,
    ProductCodeSystem.UCD13: ProductCodeSystem.UCD7,
}
_ACTIONS = {
    LineAction.STOP: "stops it",
    LineAction.CANCEL: "cancels it",
    LineAction.HOLD: "suspends it",
}


def product_is_not_twice(case: LineCase) -> Iterator[Finding]:
    """The same product on an earlier line that is in force at the same time.

    Two strengths are two products. Lines whose stated dates do not touch follow each other.
    """
    line = case.line
    if line.action in ENDED:
        return
    own = product_keys(line.product)
    for other in case.earlier:
        if other.action in ENDED or follow_each_other(line, other):
            continue
        if own & product_keys(other.product):
            yield doubt(
                FindingCode.LINE_DUPLICATE,
                case.place,
                f"product: the same as that of {other.location}; both would be prepared",
                line.product.label,
            )
            return


def follow_each_other(one: Line, other: Line) -> bool:
    """Whether one line has ended before the other begins, by dates that both of them state."""
    spans = [_span(line) for line in (one, other)]
    return any(
        before is not None and after is not None and _is_before(before[1], after[0])
        for before, after in (spans, reversed(spans))
    )


def _span(line: Line) -> tuple[DateOrInstant, DateOrInstant] | None:
    """From the first start to the last end; `None` when a phase states neither or the kinds mix."""
    bounds = [phase.bounds for phase in line.posology.phases]
    starts = [each.start for each in bounds if each.start is not None]
    ends = [each.end for each in bounds if each.end is not None]
    if not bounds or len(starts) < len(bounds) or len(ends) < len(bounds):
        return None
    if len({is_day(each) for each in (*starts, *ends)}) > 1:
        return None
    return min(starts), max(ends)


def _is_before(end: DateOrInstant, start: DateOrInstant) -> bool:
    """Days with days and instants with instants: a day is no instant without a zone."""
    return is_day(end) == is_day(start) and end < start


def product_keys(product: Product) -> frozenset[str]:
    """What two lines of one product share: a product code, or else the words as sent."""
    coded = {key for code in product.codes for key in _keys_of(code.system, code.value)}
    if coded or not (product.text or "").strip():
        return frozenset(coded)
    return frozenset({"text:" + " ".join((product.text or "").casefold().split())})


def _keys_of(system: ProductCodeSystem, value: str) -> Iterator[str]:
    if system in PRODUCT_SYSTEMS:
        yield f"{system.value}:{value}"
    if system in _SEVEN_IN:
        yield f"{_SEVEN_IN[system].value}:{value[5:12]}"


def identifier_is_not_twice(case: LineCase) -> Iterator[Finding]:
    """The identifier that other messages use for the line belongs to it alone."""
    own = case.line.identifier
    for other in case.earlier if own else ():
        if other.identifiers and other.identifiers[0] == case.line.identifiers[0]:
            yield doubt(
                FindingCode.IDENTIFIER_DUPLICATE,
                case.line.location,
                f"identifiers: the same as that of {other.location}",
                own,
            )
            return


def line_is_no_alternative(case: LineCase) -> Iterator[Finding]:
    """ "One or the other": never both, and a person says which."""
    for link in case.line.links:
        if link.kind is LinkKind.ALTERNATIVE:
            yield doubt(
                FindingCode.LINE_ALTERNATIVE,
                link.location or case.line.location,
                "links: the sender gives this line as an alternative to another",
                link.line,
            )
            return
    other = _names_it_an_alternative(case)
    if other is not None:
        yield doubt(
            FindingCode.LINE_ALTERNATIVE,
            case.line.location,
            f"links: {other.location} is given as an alternative to this line",
        )


def _names_it_an_alternative(case: LineCase) -> Line | None:
    own = {identifier.value for identifier in case.line.identifiers}
    for index, other in enumerate(case.prescription.lines):
        named = {link.line for link in other.links if link.kind is LinkKind.ALTERNATIVE}
        if index != case.index and own & named:
            return other
    return None


def line_is_in_force(case: LineCase) -> Iterator[Finding]:
    """A line that its sender stops, cancels or suspends is shown and never prepared."""
    said = _ACTIONS.get(case.line.action)
    if said is not None:
        yield doubt(
            FindingCode.LINE_STOPPED,
            case.line.location,
            f"action: the sender {said}",
            case.line.action.value,
        )


def line_is_to_supply(case: LineCase) -> Iterator[Finding]:
    """The sender asks the pharmacy for this line."""
    if case.line.supplied is False:
        rule = "supplied: the sender asks not to supply this line"
    elif case.line.action is LineAction.INFORM:
        rule = "action: the sender only informs of an order that somebody else fills"
    else:
        return
    yield doubt(FindingCode.NOT_SUPPLIED, case.line.location, rule)
