"""What a posology text is cut into: doses, frequencies, moments, lengths, conditions, the rest."""

from datetime import time
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from schemas.moment import MomentTime
from schemas.posology import Cycle, Dose, Frequency, Weekday
from schemas.quantity import Duration, Strength


class Kind(Enum):
    """What an item says."""

    DOSE = auto()
    SAID_AGAIN = auto()
    OF_A_DAY = auto()
    NUMBER = auto()
    SCHEME = auto()
    FREQUENCY = auto()
    TOTAL = auto()
    SPLIT = auto()
    ONE_INTAKE = auto()
    MOMENT = auto()
    CLOCK = auto()
    WEEKDAY = auto()
    LENGTH = auto()
    SHORT_LENGTH = auto()
    NEXT = auto()
    DAY_NUMBERS = auto()
    FROM = auto()
    UNTIL = auto()
    BETWEEN = auto()
    ANCHOR = auto()
    LASTS = auto()
    CYCLE = auto()
    WEEK_IN_TWO = auto()
    SOME_DAYS = auto()
    REST = auto()
    AGAIN = auto()
    RENEWAL = auto()
    AS_NEEDED = auto()
    CEILING = auto()
    RATE = auto()
    NAMED = auto()
    COMPOUND = auto()
    DATE = auto()
    SEPARATION = auto()
    THEN = auto()
    STOP = auto()
    OPEN = auto()
    NOISE = auto()
    WORD = auto()


TIMING = (Kind.FREQUENCY, Kind.TOTAL, Kind.MOMENT, Kind.CLOCK, Kind.WEEKDAY, Kind.AS_NEEDED)
"""What says when, so that a bare number before it is an amount."""
ELSEWHERE = (
    *(Kind.CEILING, Kind.OPEN, Kind.SEPARATION, Kind.RENEWAL, Kind.ANCHOR, Kind.RATE, Kind.DATE),
    *(Kind.COMPOUND, Kind.SOME_DAYS, Kind.OF_A_DAY),
)
"""What is kept word for word: phases have no place for it, or one that words cannot fill."""


class Item(NamedTuple):
    """A stretch of the text, as sent, and its meaning (of a type that depends on the kind).

    `again` is the same amount in another unit, by the `strength` that the words name. `unit` is
    what the words count in, where bare numbers follow. `first_day` is the 2 of `J2 à J5`.
    """

    kind: Kind
    said: str = ""
    frequency: Frequency | None = None
    dose: Dose | None = None
    again: Dose | None = None
    strength: Strength | None = None
    unit: str | None = None
    doses: tuple[Decimal, ...] = ()
    moments: tuple[MomentTime, ...] = ()
    clock: time | None = None
    weekdays: tuple[Weekday, ...] = ()
    cycle: Cycle | None = None
    days: tuple[str, ...] = ()
    length: Duration | None = None
    length_high: Duration | None = None
    first_day: int | None = None
