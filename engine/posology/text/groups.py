"""What a text says, put together: doses with their timing, and what holds for all of them."""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal

from engine.posology.text.items import Item
from engine.posology.text.lexicon import words_of
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Cycle, Dose, Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit

_DAY = Frequency(times=1, period=Decimal(1), unit=PeriodUnit.DAY)


@dataclass(slots=True)
class Group:
    """One dose with its timing. Several `doses` are one amount in several units.

    `total` is whether the amount stands beside a unit of time: of one intake, or of all.
    """

    doses: list[Dose] = field(default_factory=list)
    frequency: Frequency | None = None
    total: bool = False
    one_intake: bool = False
    moments: list[MomentTime] = field(default_factory=list)
    clock: list[time] = field(default_factory=list)
    weekdays: list[Weekday] = field(default_factory=list)
    timing_first: bool = False

    @property
    def timed(self) -> bool:
        """Whether any timing was read."""
        return bool(self.frequency or self.moments or self.clock or self.weekdays)

    @property
    def may_be_total(self) -> bool:
        """Whether the amount may be that of several intakes together."""
        listed = len(set(self.moments)) + len(set(self.clock))
        return self.total and not self.one_intake and bool(self.doses) and listed != 1

    @property
    def by_the_day(self) -> bool:
        """Whether the timing is within a day, so that it says nothing of which days."""
        daily = self.frequency is not None and self.frequency.unit is PeriodUnit.DAY
        return bool(self.moments or self.clock) or (daily and self.frequency == _DAY)

    def say_again(self, dose: Dose) -> bool:
        """Add the amount in another unit; `False` when it is another amount in the same one."""
        for known in self.doses:
            if known == dose:
                return True
            if _unit(known) == _unit(dose):
                return _ends(known) == _ends(dose)
        self.doses.append(dose)
        return True

    def has_such(self, item: Item) -> bool:
        """Whether a time like that of the item was read: `lundi : 2, jeudi : 1` are two doses."""
        times = bool(self.moments or self.clock) and bool(item.moments or item.clock)
        return times or bool(self.weekdays and item.weekdays)

    def refine(self, stated: MomentTime) -> None:
        """Add a moment: `le matin 30 minutes avant le petit-déjeuner` is one, said twice."""
        if self.moments and _refines(stated.moment, self.moments[-1].moment):
            self.moments.pop()
        self.moments.append(stated)

    def is_daily_total(self, item: Item) -> bool:
        """Whether the amount is that of a day, which the item divides: `3 cp par jour, /8h`."""
        frequency = item.frequency
        if not (self.total and self.frequency == _DAY and frequency is not None):
            return False
        several = frequency.unit is PeriodUnit.DAY and frequency.period == 1
        return (several and (frequency.times or 1) > 1) or frequency.unit is PeriodUnit.HOUR


@dataclass(slots=True)
class Segment:
    """What is said between two "then": groups, and what holds for all of them.

    `opened_by` is the "then" before it. `numbered` is `J2 à J5`, and `day_first` whether
    that stands before the amounts.
    """

    opened_by: str | None = None
    groups: list[Group] = field(default_factory=lambda: [Group()])
    bounds: Bounds = field(default_factory=Bounds)
    cycle: Cycle | None = None
    lasts: Duration | None = None
    reasons: list[str] = field(default_factory=list)
    numbered: Item | None = None
    day_first: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not self.says_more and self.is_bare

    @property
    def last_day(self) -> int:
        """The 5 of `J2 à J5`; 0 where no days are numbered."""
        if self.numbered is None or self.numbered.length is None:
            return 0
        return (self.numbered.first_day or 0) + int(self.numbered.length.value) - 1

    @property
    def is_bare(self) -> bool:
        """Whether it states no amount and no timing."""
        return not any(group.doses or group.timed for group in self.groups)

    @property
    def says_more(self) -> bool:
        """Whether it states bounds, a cycle, a condition or the length of an intake."""
        return bool(self.reasons or self.cycle or self.lasts or self.bounds != Bounds())


def _unit(dose: Dose) -> str | None:
    unit = dose.low.unit if dose.low is not None else None
    return None if unit is None else words_of("dose_units").get(unit, unit)


def _ends(dose: Dose) -> tuple[Decimal | None, Decimal | None]:
    return (dose.low.value if dose.low else None, dose.high.value if dose.high else None)


def _refines(moment: Moment, general: Moment) -> bool:
    parts = {Moment.MORNING: "M", Moment.NOON: "D", Moment.EVENING: "V"}
    part = parts.get(general)
    return part is not None and moment.value in (f"C{part}", f"AC{part}", f"PC{part}")
