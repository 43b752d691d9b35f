"""The posology of one order: which timing holds, with which dose.

The encoded timing holds (TQ1 after RXE, else RXE-1); the requested one stands in where there is
none. Where both are stated and disagree, a finding says so. TQ1 holds over the field that it
replaced in version 2.5. Sources: HL7 v2.5.1 §4.5.4, §4.14.4.1, §4.13.3.
"""

from collections.abc import Sequence

from connectors.hl7v2 import dose as doses
from connectors.hl7v2.group import Group
from connectors.hl7v2.source import Source
from connectors.hl7v2.statement import Statement
from connectors.hl7v2.timing import sequences, timing_field, timing_segments
from schemas.finding import FindingCode
from schemas.posology import Dose, Phase, Posology


def posology_of(source: Source, group: Group, *, encoded: bool) -> Posology:
    """The phases of one order. A dose without any timing is one phase, without rhythm."""
    dose, place = _dose(source, group)
    statements = _timing(source, group, encoded=encoded)
    for tq2 in group.all("TQ2"):
        rule = "TQ2 ties this order to others, which is not computed"
        source.doubt(FindingCode.TIMING_UNSUPPORTED, tq2.place, rule)
    if not statements:
        alone = (Phase(location=place, dose=dose),) if dose is not None else ()
        return Posology(phases=alone)
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
    after, before = group.after_encoded("TQ1"), group.before_encoded("TQ1")
    old = _old_timing(source, group)
    chosen = timing_segments(source, after or before)
    if after and before:
        _check_same(source, timing_segments(source, before), chosen, "the requested timing")
    elif before and encoded:
        rule = "no TQ1 stands after RXE; the requested timing before it is taken"
        source.doubt(FindingCode.STRUCTURE_INVALID, before[0].place, rule)
    stated = [statement for statement in old if statement.says_when]
    if not chosen:
        return stated or old
    if stated:
        _check_same(source, stated, chosen, "the quantity/timing field")
    return chosen


def _old_timing(source: Source, group: Group) -> list[Statement]:
    """RXE-1 and ORC-7. What RXE-1 leaves open is what ORC-7 says, statement by statement."""
    rxe = group.one("RXE")
    encoded = timing_field(source, rxe, 1) if rxe is not None else []
    requested = timing_field(source, group.orc, 7) if group.orc is not None else []
    if not encoded or not any(one.says_when for one in encoded):
        return requested or encoded
    if len(encoded) == len(requested):
        for own, asked in zip(encoded, requested, strict=True):
            _complete(source, own, asked)
    elif requested:
        rule = "RXE-1 and ORC-7 have a different number of statements"
        source.doubt(FindingCode.TIMING_CONTRADICTED, encoded[0].location, rule)
    return encoded


def _complete(source: Source, own: Statement, asked: Statement) -> None:
    """The example of §4.14.4 has the start in RXE-1 and the interval in ORC-7: both hold."""
    if not (own.patterns or own.unread or own.clock):
        own.patterns, own.unread, own.clock = asked.patterns, asked.unread, asked.clock
        own.source.doubts.extend(asked.source.doubts)
    else:
        _check_same(source, [asked], [own], "ORC-7")
    own.start = own.start or asked.start
    own.end = own.end or asked.end
    own.duration = own.duration or asked.duration
    own.count = own.count or asked.count
    own.as_needed = own.as_needed or asked.as_needed
    own.condition = own.condition or asked.condition
    own.condition_at = own.condition_at or asked.condition_at
    own.quantity = own.quantity or asked.quantity
    own.quantity_at = own.quantity_at or asked.quantity_at
    own.text = own.text or asked.text


def _check_same(
    source: Source, others: Sequence[Statement], chosen: Sequence[Statement], what: str
) -> None:
    """Two statements of one timing: what both state must be the same."""
    same = len(others) == len(chosen) and all(
        _agree(other, own) for other, own in zip(others, chosen, strict=True)
    )
    if not same:
        rule = f"{what} disagrees with the timing that holds ({chosen[0].location})"
        source.doubt(FindingCode.TIMING_CONTRADICTED, others[0].location, rule)


def _agree(other: Statement, own: Statement) -> bool:
    theirs, ours = other.pattern(), own.pattern()
    pairs = (
        (other.unread and other.unread.code, own.unread and own.unread.code),
        (other.quantity and other.quantity.value, own.quantity and own.quantity.value),
        (theirs if other.patterns else None, ours if own.patterns else None),
        (tuple(other.clock), tuple(own.clock)),
        (other.start, own.start),
        (other.end, own.end),
        (other.duration, own.duration),
        (other.count, own.count),
    )
    if bool(other.unread) != bool(own.unread) and (other.patterns or own.patterns):
        return False
    return all(one == two for one, two in pairs if one and two)
