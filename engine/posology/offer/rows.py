"""One phase of a proposal as a row of cells: days, intakes, start, end, condition.

Whether a phase has one reading is judged by the functions that `normalise` uses; what they doubt
stands at its cell, and such a cell cannot be confirmed.
"""

from collections.abc import Sequence
from decimal import Decimal

from engine.posology.doses import quantity_of
from engine.posology.doubts import Doubts
from engine.posology.offer.words import Said, as_written
from engine.posology.shape import Kind, Shape, shape_of
from engine.posology.slots import C_FREQ, C_MEALS
from schemas.base import DateOrInstant
from schemas.finding import Finding, FindingCode
from schemas.moment import MomentTime
from schemas.offer import Cell, Condition, Days, DoseAt, Ends, Origin, Row, Starts
from schemas.posology import Bounds, Frequency, Phase, Rhythm
from schemas.quantity import PeriodUnit, Quantity
from schemas.schedule import Slot
from schemas.site import Site

_OF_THE_PLACE = frozenset(
    {
        FindingCode.MOMENT_UNKNOWN,
        FindingCode.SLOT_TWICE,
        FindingCode.SLOTS_MIXED,
        FindingCode.DISTRIBUTION_MISSING,
        FindingCode.TIMING_MISSING,
    }
)
"""Doubts that an intake with another place settles; every other one is about the days."""
_UNITS = {
    Kind.HOURS: PeriodUnit.HOUR,
    Kind.DAYS: PeriodUnit.DAY,
    Kind.WEEKS: PeriodUnit.WEEK,
    Kind.WEEKDAYS: PeriodUnit.WEEK,
    Kind.MONTHS: PeriodUnit.MONTH,
}
_MOST_A_DAY = 24


class Stated:
    """What the sender states in structure beside a text: it holds for every row."""

    def __init__(self, bounds: Bounds, start: DateOrInstant | None) -> None:
        self.bounds = bounds
        self.start = bounds.start if bounds.start is not None else start


def row_of(identifier: str, phase: Phase, said: Said, site: Site, stated: Stated) -> Row:
    """The row of one phase as the text reader proposes it."""
    doubts = Doubts(identifier)
    shape = None if phase.as_needed else shape_of(phase, site, doubts)
    blocking = [found for found in doubts.findings if found.blocks]
    cells = [
        _days(identifier, phase, shape, said, blocking),
        *_doses(identifier, phase, shape, said, blocking),
        *_start(identifier, phase, said, stated),
        _end(identifier, phase, said, stated),
        *_condition(identifier, phase),
    ]
    return Row(id=identifier, sequence=phase.sequence, cells=tuple(cells))


def _days(
    row: str, phase: Phase, shape: Shape | None, said: Said, blocking: Sequence[Finding]
) -> Cell:
    words = said.days(phase)
    doubts = [found for found in blocking if found.code not in _OF_THE_PLACE]
    if shape is not None and shape.kind is Kind.WEEKS:
        own = Doubts(row)
        own.say(FindingCode.WEEKDAY_UNCONFIRMED, "once in so many weeks, and no weekday is named")
        doubts += own.findings
    return Cell(
        id=f"{row}.days",
        holds=Days(rhythm=phase.rhythm if shape is None else rhythm_of(shape)),
        words=words,
        origin=Origin.TEXT if words else Origin.SILENCE,
        doubts=tuple(doubts),
    )


def rhythm_of(shape: Shape) -> Rhythm:
    """The days of a shape alone: how often in a day is told by its intakes."""
    unit = _UNITS.get(shape.kind)
    alone = shape.kind in (Kind.DAYS, Kind.WEEKDAYS) and shape.every == 1
    frequency = None
    if unit is not None and not alone:
        times = 1 if shape.kind is Kind.HOURS else None
        frequency = Frequency(times=times, period=Decimal(shape.every), unit=unit)
    return Rhythm(
        frequency=frequency,
        weekdays=shape.weekdays,
        month_days=shape.month_days,
        cycle=shape.cycle,
        dates=shape.dates,
    )


def _doses(
    row: str, phase: Phase, shape: Shape | None, said: Said, blocking: Sequence[Finding]
) -> list[Cell]:
    """One cell an intake of a day, in the order of the day."""
    own = Doubts(row)
    quantity = quantity_of(phase, own)
    amount = said.dose(phase.dose) if phase.dose else ()
    shown = _shown(quantity or (phase.dose.exact if phase.dose else None), amount)
    whole = [
        *(found for found in (*own.findings, *phase.findings) if found.blocks),
        *(found for found in blocking if found.code in _OF_THE_PLACE),
    ]
    return [
        Cell(
            id=f"{row}.{number}",
            holds=DoseAt(place=place, quantity=shown),
            words=tuple(dict.fromkeys((*amount, *words))),
            origin=origin,
            doubts=tuple(dict.fromkeys(whole)),
        )
        for number, (place, words, origin) in enumerate(_places(phase, shape, said), start=1)
    ]


def _shown(quantity: Quantity | None, words: Sequence[str]) -> Quantity | None:
    if quantity is None or quantity.unit is None:
        return quantity
    return quantity.model_copy(update={"unit": as_written(quantity.unit, words)})


_Place = tuple[Slot | None, tuple[str, ...], Origin]


def _places(phase: Phase, shape: Shape | None, said: Said) -> list[_Place]:
    if shape is None or shape.kind is Kind.HOURS:
        return _as_said(phase, said)
    if C_FREQ in shape.conventions:
        return [(slot, said.days(phase), Origin.SITE) for slot in shape.slots]
    if C_MEALS in shape.conventions:
        words = [word for one in phase.times.moments for word in said.moment(one)]
        return [(slot, tuple(words), Origin.SITE) for slot in shape.slots]
    return [(slot, _words_of(slot, said), Origin.TEXT) for slot in shape.slots]


def _as_said(phase: Phase, said: Said) -> list[_Place]:
    """The places that the text names; else as many without a place as it has intakes a day."""
    moments = phase.times.moments
    named = [Slot(moment=one.moment, offset_minutes=one.offset_minutes) for one in moments]
    named += [Slot(wall_time=clock) for clock in phase.times.clock]
    if named:
        return [(slot, _words_of(slot, said), Origin.TEXT) for slot in named]
    frequency = phase.rhythm.frequency
    times = 1
    if frequency is not None and frequency.unit is PeriodUnit.DAY and frequency.period == 1:
        times = min(max(frequency.times or 1, 1), _MOST_A_DAY)
    return [(None, (), Origin.TEXT)] * times


def _words_of(slot: Slot, said: Said) -> tuple[str, ...]:
    if slot.moment is None:
        return said.clock(slot.wall_time)
    return said.moment(MomentTime(moment=slot.moment, offset_minutes=slot.offset_minutes))


def _start(row: str, phase: Phase, said: Said, stated: Stated) -> list[Cell]:
    """The start, where text or structure states one; in doubt where both do, differently."""
    own = phase.bounds.start
    start = own if own is not None else stated.start
    if start is None or (own is None and (phase.sequence or 1) > 1):
        return []
    doubts = Doubts(row)
    if own is not None and stated.start is not None and str(own)[:10] != str(stated.start)[:10]:
        doubts.say(FindingCode.BOUNDS_INVALID, "text and structure give two starts")
    return [
        Cell(
            id=f"{row}.start",
            holds=Starts(start=start),
            words=said.start() if own is not None else (),
            origin=Origin.TEXT if own is not None else Origin.SENDER,
            doubts=tuple(doubts.findings),
        )
    ]


def _end(row: str, phase: Phase, said: Said, stated: Stated) -> Cell:
    """The end or the length; where neither is said, the treatment goes on."""
    doubts = Doubts(row)
    own, beside = _ends(phase.bounds), _ends(stated.bounds)
    if any(one.duration_high not in (None, one.duration) for one in (phase.bounds, stated.bounds)):
        doubts.say(FindingCode.BOUNDS_RANGE, "the length of the treatment is a range")
    if own is not None and beside is not None and own != beside:
        doubts.say(FindingCode.BOUNDS_INVALID, "text and structure end differently")
    if stated.bounds.count is not None:
        doubts.say(FindingCode.COUNT_AMBIGUOUS, "the sender states a number of intakes")
    words = said.end(phase.bounds)
    silent = Origin.TEXT if words else Origin.SILENCE
    return Cell(
        id=f"{row}.end",
        holds=own or beside or Ends(),
        words=words,
        origin=Origin.TEXT if own else Origin.SENDER if beside else silent,
        doubts=tuple(doubts.findings),
    )


def _ends(bounds: Bounds) -> Ends | None:
    if bounds.end is None and bounds.duration is None:
        return None
    return Ends(end=bounds.end, end_included=bounds.end_included, duration=bounds.duration)


def _condition(row: str, phase: Phase) -> list[Cell]:
    if not phase.as_needed:
        return []
    holds = Condition(reasons=phase.as_needed_for)
    return [Cell(id=f"{row}.condition", holds=holds, words=phase.as_needed_for)]
