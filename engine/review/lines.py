"""A line by itself: an alternative, stopped, not to be supplied, named like another."""

from collections.abc import Iterator
from datetime import date, datetime

from engine.review.case import ENDED, LineCase, doubt
from engine.review.product import PRODUCT_SYSTEMS
from schemas.base import DateOrInstant
from schemas.codes import ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, LineAction, LinkKind, Product
from schemas.reference import ProductRecord

_SEVEN_IN = {
    ProductCodeSystem.CIP13: ProductCodeSystem.CIP7,
    ProductCodeSystem.UCD13: ProductCodeSystem.UCD7,
}
_TAKING_AWAY = frozenset({*ENDED, LineAction.CHANGE})
"""What takes away a dose that stands: the order's end, its suspension, another dose."""
_ACTIONS = {
    LineAction.STOP: "stops it",
    LineAction.CANCEL: "cancels it",
    LineAction.HOLD: "suspends it",
}


def product_keys(product: Product, record: ProductRecord | None = None) -> frozenset[str]:
    """What two lines of one product share: a product code, or else the words as sent.

    `record` is what a reference publishes of the product: two codes of one CIS are one product.
    """
    coded = {key for code in product.codes for key in _keys_of(code.system, code.value)}
    if record is not None:
        coded |= set(_keys_of(ProductCodeSystem.CIS, record.cis))
    if coded or not (product.text or "").strip():
        return frozenset(coded)
    return frozenset({"text:" + folded(product.text or "")})


def folded(words: str) -> str:
    """Words without case, one space between two."""
    return " ".join(words.casefold().split())


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


_GOES_ON = frozenset({LineAction.START, LineAction.CHANGE, LineAction.RESUME})


def order_has_not_ended_beside(case: LineCase) -> Iterator[Finding]:
    """An order that goes on in one line and ends in another: nobody knows which came last.

    Unless the end happened before. A replacement may keep the number of what it replaces, and a
    release follows its suspension.
    """
    if case.line.action not in _GOES_ON or not case.line.identifiers:
        return
    before = case.earlier if case.line.action is LineAction.RESUME else ()
    others = (*case.prescription.lines, *(line for line, _ in case.beside))
    for other in (each for each in others if each.action in ENDED):
        same = other.identifiers[:1] == case.line.identifiers[:1]
        released = other.action is LineAction.HOLD and other in before
        if same and not released and not _is_older(other, case.line):
            yield doubt(
                FindingCode.STATUS_NOT_ACTIVE,
                case.line.location,
                f"action: {other.location} ends or suspends this same order",
                other.action.value,
            )
            return


def _is_older(one: Line, other: Line) -> bool:
    """By the clock of the sender; a day alone says nothing of what came first."""
    at = one.event.at if one.event else None
    later = other.event.at if other.event else None
    return isinstance(at, datetime) and isinstance(later, datetime) and at < later


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


def line_it_replaces_has_ended(case: LineCase) -> Iterator[Finding]:
    """A line and the one that it replaces or modifies never both stand, whichever says so."""
    for index, other in enumerate(case.prescription.lines):
        both = index != case.index and not {case.line.action, other.action} & ENDED
        if both and (_replaces(case.line, other) or _replaces(other, case.line)):
            rule = f"links: this line and {other.location} replace one another, and both stand"
            yield doubt(FindingCode.LINE_ALTERNATIVE, case.line.location, rule, other.identifier)
            return


REPLACING = frozenset({LinkKind.REPLACES, LinkKind.MODIFIES})
"""Links of an order that takes the place of another."""


def _replaces(line: Line, other: Line) -> bool:
    named = {link.line for link in line.links if link.kind in REPLACING}
    return any(identifier.value in named for identifier in other.identifiers)


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


def event_takes_effect_when_told(case: LineCase) -> Iterator[Finding]:
    """A stop or a change that holds from a later day leaves the order as it is until then.

    A version plans what it says from its validation on. Of an order that ends, the doses until
    that day would be lost, and a pharmacist validates the end on the day; of one that changes, the
    organiser that was prepared before holds until then. Source: HL7 v2.5.1 §4.5.1.15 (ORC-15).
    """
    line = case.line
    told = (line.event.at if line.event else None) or case.prescription.authored_at
    if line.action not in _TAKING_AWAY or line.effective_at is None or told is None:
        return
    if _day(line.effective_at) > _day(told):
        ends = line.action in ENDED
        code = FindingCode.EFFECT_LATER if ends else FindingCode.CHANGE_LATER
        rule = "effective_at: a later day than that on which the order was stopped or changed"
        yield doubt(code, line.location, rule, line.effective_at.isoformat())


def _day(stated: DateOrInstant) -> date:
    return stated.date() if isinstance(stated, datetime) else stated


def line_is_to_supply(case: LineCase) -> Iterator[Finding]:
    """The sender asks the pharmacy for this line."""
    if case.line.supplied is False:
        rule = "supplied: the sender asks not to supply this line"
    elif case.line.action is LineAction.INFORM:
        rule = "action: the sender only informs of an order that somebody else fills"
    else:
        return
    yield doubt(FindingCode.NOT_SUPPLIED, case.line.location, rule)
