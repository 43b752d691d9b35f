"""Which words of a text each cell of an offer came from, and which words none accounts for.

A proposal keeps meanings and not their places, so a cell is given every stretch of the text that
says the same as it does. What is then left over is asked, so that no word passes in silence.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import time
from decimal import Decimal

from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import folded
from engine.posology.text.scanner import items_of
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Dose, Phase

_SCHEME = frozenset({Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME})
_LENGTHS = (Kind.LENGTH, Kind.SHORT_LENGTH, Kind.NEXT)
_ENDS = (Kind.UNTIL, Kind.BETWEEN, Kind.STOP)
_JOINTS = frozenset(
    (
        *("et", "puis", "and", "then", "le", "la", "les", "l", "un", "une", "des", "de", "du", "d"),
        *("au", "aux", "a", "the", "to", "be", "taken", "take", "prendre", "prenez", "prise"),
        *("prises", "soit", "par"),
    )
)
"""Words that bind others and say nothing by themselves."""


class Said:
    """The stretches of one text, asked for by what they mean."""

    def __init__(self, text: str) -> None:
        self.items = items_of(text)

    def _that(self, says: Callable[[Item], bool]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.said for item in self.items if says(item)))

    @property
    def aside(self) -> tuple[str, ...]:
        """Words that the reader knows to change nothing."""
        return self._that(lambda item: item.kind is Kind.NOISE)

    def dose(self, dose: Dose) -> tuple[str, ...]:
        """The words of an amount."""
        exact = dose.exact

        def says(item: Item) -> bool:
            in_scheme = exact is not None and exact.value in item.doses
            return dose in (item.dose, item.again) or in_scheme

        def is_bare(item: Item) -> bool:
            return item.kind is Kind.NUMBER and _values(item.dose) == _values(dose)

        return self._that(says) or self._that(is_bare)

    def moment(self, place: MomentTime) -> tuple[str, ...]:
        """The words of a moment; a scheme as `1-0-1` says four of them by their order."""

        def says(item: Item) -> bool:
            in_scheme = item.kind is Kind.SCHEME and place.moment in _SCHEME
            return place in item.moments or in_scheme

        return self._that(says)

    def clock(self, place: time | None) -> tuple[str, ...]:
        """The words of a time of the clock."""
        return self._that(lambda item: item.clock is not None and item.clock == place)

    def days(self, phase: Phase) -> tuple[str, ...]:
        """The words of a rhythm."""
        rhythm = phase.rhythm
        off = None if rhythm.cycle is None else rhythm.cycle.days_off

        def says(item: Item) -> bool:
            named = bool(item.weekdays) and set(item.weekdays) <= set(rhythm.weekdays)
            often = item.frequency is not None and item.frequency == rhythm.frequency
            turns = item.cycle is not None and item.cycle == rhythm.cycle
            rests = item.kind is Kind.REST and item.length is not None and item.length.value == off
            weeks = item.kind is Kind.WEEK_IN_TWO and rhythm.cycle is not None
            return named or often or turns or rests or weeks or item.kind is Kind.ONE_INTAKE

        return self._that(says)

    def start(self) -> tuple[str, ...]:
        """The words of a first day."""
        return self._that(lambda item: item.kind in (Kind.FROM, Kind.BETWEEN))

    def end(self, bounds: Bounds) -> tuple[str, ...]:
        """The words of an end or a length, or those that say that there is none."""

        def says(item: Item) -> bool:
            if item.kind in _LENGTHS:
                return (item.length, item.length_high) == (bounds.duration, bounds.duration_high)
            if bounds.end is None and bounds.duration is None:
                return item.kind is Kind.OPEN
            return item.kind in _ENDS

        return self._that(says)


def _values(dose: Dose | None) -> tuple[Decimal, Decimal] | None:
    """Both ends: `patch, 1 à 7h` gives a bare number the unit of the words before it."""
    if dose is None or dose.low is None or dose.high is None:
        return None
    return dose.low.value, dose.high.value


def as_written(unit: str, words: Iterable[str]) -> str:
    """A unit with the accents and capitals of the words: the reader knows it folded."""
    for said in words:
        before, found, _ = folded(said).partition(unit)
        if found:
            return said[len(before) : len(before) + len(unit)]
    return unit


def left_over(said: Said, told: Iterable[str], unread: Iterable[str]) -> tuple[str, ...]:
    """The stretches that nobody told: in no cell, in no unread stretch, and no mere joint."""
    cells, stretches = {folded(words) for words in told}, [f" {folded(words)} " for words in unread]

    def is_told(item: Item) -> bool:
        plain = folded(item.said)
        if item.kind in (Kind.NOISE, Kind.THEN) or _is_joint(item, plain):
            return True
        return plain in cells or any(f" {plain} " in stretch for stretch in stretches)

    return tuple(_joined(said.items, is_told))


def _is_joint(item: Item, plain: str) -> bool:
    parts = [part for part in plain.replace("'", " ").split() if part.isalnum()]
    return item.kind is Kind.WORD and all(part in _JOINTS for part in parts)


def _joined(items: Iterable[Item], told: Callable[[Item], bool]) -> Iterator[str]:
    """Neighbouring stretches that nobody told, as one."""
    run: list[str] = []
    for item in items:
        if not told(item):
            run.append(item.said)
        elif run:
            yield " ".join(run)
            run = []
    if run:
        yield " ".join(run)
