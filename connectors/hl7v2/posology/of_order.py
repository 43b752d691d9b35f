"""The posology of one order: which timing holds, with which dose.

The encoded timing holds (TQ1 after RXE, else RXE-1); the requested one stands in where there is
none. Where both are stated and disagree, a finding says so. TQ1 holds over the field that it
replaced in version 2.5. Sources: HL7 v2.5.1 §4.5.4, §4.14.4.1, §4.13.3.
"""

from collections.abc import Sequence

from connectors.hl7v2.orders.grammar import Part
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.posology import dose as doses
from connectors.hl7v2.posology.quantity_timing import timing_field
from connectors.hl7v2.posology.statement import Statement
from connectors.hl7v2.posology.timing import sequences, start_together, timing_segments
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.posology import Dose, Phase, Posology
from schemas.quantity import Quantity


def posology_of(source: Source, group: Group, *, encoded: bool) -> Posology:
    """The phases of one order. A dose without any timing is one phase, without rhythm."""
    dose, place = _dose(source, group)
    statements = _timing(source, group, encoded=encoded)
    if not statements:
        alone = (Phase(location=place, dose=dose),) if dose is not None else ()
        return Posology(phases=alone)
    start_together(statements)
    numbers = sequences(statements)
    given = [doses.with_quantity(dose, statement) for statement in statements]
    return Posology(
        phases=tuple(
            statement.phase(number, amount)
            for statement, number, amount in zip(statements, numbers, given, strict=True)
        )
    )


def _dose(source: Source, group: Group) -> tuple[Dose | None, str]:
    """The dose of the encoded order, else of the request; both in one unit must agree."""
    rxe, rxo = group.one("RXE"), group.one("RXO")
    requested = doses.dose_of(source, rxo, doses.REQUESTED) if rxo else None
    if rxe is None:
        return requested, rxo.place if rxo else group.first.place
    given = doses.dose_of(source, rxe, doses.ENCODED)
    doses.check_requested(source, requested, given, rxe.where(3))
    return given, rxe.place


def _timing(source: Source, group: Group, *, encoded: bool) -> list[Statement]:
    after = group.of("TQ1", Part.TIMING_ENCODED)
    ranks = {tq1.rank for tq1 in after}
    before = tuple(tq1 for tq1 in group.all("TQ1") if tq1.rank not in ranks)
    old = _old_timing(source, group)
    chosen = timing_segments(source, after or before)
    if not chosen:
        timed = any(one.says_when for one in old)
        return [one for one in old if one.says_anything] if timed else old
    requested = timing_segments(source, before) if after else []
    for other in (*requested, *old):
        source.doubts.extend(other.source.doubts)
    if requested:
        _check_same(source, requested, chosen, "the requested timing")
    elif before and encoded:
        rule = "no TQ1 stands after RXE; the requested timing before it is taken"
        source.doubt(FindingCode.STRUCTURE_INVALID, before[0].place, rule)
    stated = [statement for statement in old if statement.says_anything]
    if stated:
        _check_same(source, stated, chosen, "the quantity/timing field")
    return chosen


def _old_timing(source: Source, group: Group) -> list[Statement]:
    """RXE-1 and ORC-7. What RXE-1 leaves open is what ORC-7 says, statement by statement."""
    rxe = group.one("RXE")
    encoded = timing_field(source, rxe, 1) if rxe is not None else []
    requested = timing_field(source, group.orc, 7) if group.orc is not None else []
    if not encoded or not any(one.says_anything for one in encoded):
        return requested or encoded
    if len(encoded) == len(requested):
        for own, asked in zip(encoded, requested, strict=True):
            _complete(source, own, asked)
    elif requested:
        rule = "RXE-1 and ORC-7 have a different number of statements"
        source.doubt(FindingCode.TIMING_CONTRADICTED, encoded[0].location, rule)
    return encoded


def _complete(source: Source, own: Statement, asked: Statement) -> None:
    """The example of §4.14.4 has the start in RXE-1 and the interval in ORC-7: both hold.

    What both state must be the same; the doubts of the one are doubts of the other.
    """
    own.source.doubts.extend(asked.source.doubts)
    if _differ(asked, own):
        rule = f"ORC-7 disagrees with the timing that holds ({own.location})"
        source.doubt(FindingCode.TIMING_CONTRADICTED, asked.location, rule)
    if not (own.patterns or own.unread or own.clock):
        own.patterns, own.unread, own.clock = asked.patterns, asked.unread, asked.clock
    own.start = own.start or asked.start
    own.end = own.end or asked.end
    own.duration = own.duration or asked.duration
    own.count = own.count or asked.count
    own.as_needed = own.as_needed or asked.as_needed
    own.condition_at = own.condition_at if own.condition else asked.condition_at
    own.condition = own.condition or asked.condition
    own.quantity_at = own.quantity_at if own.quantity else asked.quantity_at
    own.quantity = own.quantity or asked.quantity
    own.conjunction_at = own.conjunction_at if own.conjunction else asked.conjunction_at
    own.conjunction = own.conjunction or asked.conjunction
    own.text, own.words = own.text or asked.text, _words(own, asked)


def _words(own: Statement, other: Statement) -> list[str]:
    """The words of both: those of the request are compared with the timing that holds."""
    said = [*own.words, *other.words, *([other.text] if other.text else [])]
    return [word for word in dict.fromkeys(said) if word != own.text]


def _check_same(
    source: Source, others: Sequence[Statement], chosen: Sequence[Statement], what: str
) -> None:
    """Two statements of one timing: what the other one states, this one must state too."""
    for other in others:
        chosen[0].words = _words(chosen[0], other)
    same = len(others) == len(chosen) and not any(
        _differ(other, own) or _says_more(other, own)
        for other, own in zip(others, chosen, strict=True)
    )
    if not same:
        rule = f"{what} disagrees with the timing that holds ({chosen[0].location})"
        source.doubt(FindingCode.TIMING_CONTRADICTED, others[0].location, rule)


def _pairs(other: Statement, own: Statement) -> tuple[tuple[object, object], ...]:
    """What both can state, without their words."""
    theirs, ours = other.pattern(), own.pattern()
    return (
        (other.unread and other.unread.code, own.unread and own.unread.code),
        (_several(other.quantity), _several(own.quantity)),
        (theirs if other.patterns else None, ours if own.patterns else None),
        (tuple(other.clock), tuple(own.clock)),
        (other.start, own.start),
        (other.end, own.end),
        (other.duration, own.duration),
        (other.count, own.count),
        (other.as_needed, own.as_needed),
        (other.condition, own.condition),
        (other.lasts, own.lasts),
        (_follows(other), _follows(own)),
    )


def _several(quantity: Quantity | None) -> tuple[object, ...] | None:
    """A quantity that says something: 1 without a unit is one administration, the default."""
    if quantity is None or (quantity.value == 1 and quantity.unit_label is None):
        return None
    return quantity.value, quantity.unit_label


def _follows(statement: Statement) -> str | None:
    """The conjunction, without the `A` with which some senders fill the field."""
    return None if statement.conjunction == "A" else statement.conjunction


def _differ(other: Statement, own: Statement) -> bool:
    """Whether they state one thing differently, or one of them states a code that is unknown."""
    if bool(other.unread) != bool(own.unread) and (other.patterns or own.patterns):
        return True
    return any(one != two for one, two in _pairs(other, own) if one and two)


def _says_more(other: Statement, own: Statement) -> bool:
    """Whether the other one states what this one leaves open: an end, a condition, as needed."""
    return any(one and not two for one, two in _pairs(other, own))
