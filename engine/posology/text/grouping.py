"""Puts the items of a text where they belong: doses with their timing, lengths with all of it."""

from dataclasses import dataclass, field
from datetime import date, time
from itertools import groupby

from engine.posology.text.items import Item, Kind
from engine.posology.text.lexicon import folded, words_of
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Cycle, Dose, Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity

_SCHEME = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)
_TIMING = (Kind.FREQUENCY, Kind.TOTAL, Kind.MOMENT, Kind.CLOCK, Kind.WEEKDAY, Kind.AS_NEEDED)
_JOINTS = frozenset({",", ":", "-", "et", "and", "(", ")", "prise", "to", "be", "taken", "le", "a"})
_ARTICLES = frozenset({"un", "une", "one"})
_CENTURY = 100


@dataclass(slots=True)
class Group:
    """One dose with its timing. Several `doses` are readings of one amount."""

    doses: list[Dose] = field(default_factory=list)
    frequency: Frequency | None = None
    total: bool = False
    moments: list[MomentTime] = field(default_factory=list)
    clock: list[time] = field(default_factory=list)
    weekdays: list[Weekday] = field(default_factory=list)
    timing_first: bool = False

    @property
    def timed(self) -> bool:
        """Whether any timing was read."""
        return bool(self.frequency or self.moments or self.clock or self.weekdays)


@dataclass(slots=True)
class Segment:
    """What is said between two "then": groups, and what holds for all of them."""

    groups: list[Group] = field(default_factory=lambda: [Group()])
    bounds: Bounds = field(default_factory=Bounds)
    cycle: Cycle | None = None
    lasts: Duration | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def says_more(self) -> bool:
        """Whether it states bounds, a cycle, a condition or the length of an intake."""
        return bool(self.reasons or self.cycle or self.lasts or self.bounds != Bounds())


class Grouping:
    """Places items one after the other; `unread` collects what has no place and may matter."""

    def __init__(self) -> None:
        self.segments = [Segment()]
        self.unread: list[str] = []
        self._run: list[Item] = []
        self._waiting: Item | None = None

    def take(self, item: Item) -> None:
        """Place the next item of the text."""
        if item.kind is Kind.WORD:
            self._run.append(item)
            return
        if item.kind is Kind.NUMBER and not self._is_dose_of_moment():
            self._drop_waiting()
            self._close_run()
            self._waiting = item
            return
        if self._waiting is not None:
            self._settle_waiting(item)
        self._close_run()
        self._place(item)

    def finish(self) -> None:
        """Settle what the end of the text leaves open."""
        self._drop_waiting()
        self._close_run()

    def _is_dose_of_moment(self) -> bool:
        """`matin : 1`: a bare number right after a moment that has no amount yet."""
        group = self.segments[-1].groups[-1]
        only_joints = all(folded(item.said) in _JOINTS for item in self._run)
        return bool(group.moments) and not group.doses and only_joints and self._waiting is None

    def _settle_waiting(self, following: Item) -> None:
        """A bare number is an amount when only joints stand between it and a timing."""
        waiting, self._waiting = self._waiting, None
        joined = all(folded(item.said) in _JOINTS for item in self._run)
        if waiting is not None and following.kind in _TIMING and joined:
            self._run = []
            self._place(waiting)
        elif waiting is not None:
            self._run.insert(0, waiting)

    def _drop_waiting(self) -> None:
        if self._waiting is not None:
            self._run.insert(0, self._waiting)
            self._waiting = None

    def _close_run(self) -> None:
        run, self._run = self._run, []
        if any(map(_matters, run)):
            self.unread.append(" ".join(item.said for item in run))

    def _place(self, item: Item) -> None:
        segment = self.segments[-1]
        match item.kind:
            case Kind.THEN:
                self.segments.append(Segment())
            case Kind.DOSE | Kind.NUMBER:
                self._place_dose(segment, item)
            case Kind.SCHEME:
                self._place_scheme(segment, item)
            case Kind.LENGTH:
                self._place_length(segment, item)
            case Kind.UNTIL | Kind.FROM | Kind.BETWEEN:
                self._place_dates(segment, item)
            case Kind.CEILING | Kind.OPEN | Kind.SEPARATION | Kind.RENEWAL:
                self.unread.append(item.said)
            case Kind.REST | Kind.AGAIN:
                self._place_rest(segment, item)
            case Kind.AS_NEEDED | Kind.CYCLE | Kind.LASTS | Kind.STOP:
                self._place_in_all(segment, item)
            case _ if item.kind is not Kind.NOISE:
                self._place_timing(segment, item)

    def _place_in_all(self, segment: Segment, item: Item) -> None:
        """What holds for every group of the segment."""
        match item.kind:
            case Kind.AS_NEEDED:
                segment.reasons.append(item.said)
            case Kind.CYCLE:
                segment.cycle = item.cycle
            case Kind.LASTS:
                segment.lasts = item.length
            case _ if segment.bounds.duration is None:
                self.unread.append(item.said)

    def _place_rest(self, segment: Segment, item: Item) -> None:
        """`5 jours, puis arrêt 2 jours`: the length before it is the days with of a cycle."""
        on, off = _days_of(segment.bounds.duration), _days_of(item.length)
        cycle = segment.cycle
        turn = None if cycle is None else cycle.days_on + cycle.days_off
        if item.kind is Kind.REST and cycle is None and on and off:
            segment.cycle = Cycle(days_on=on, days_off=off)
            segment.bounds = segment.bounds.model_copy(update={"duration": None})
        elif item.kind is Kind.REST or turn is None or off not in (None, turn):
            self.unread.append(item.said)

    def _place_dose(self, segment: Segment, item: Item) -> None:
        group = segment.groups[-1]
        if item.dose is None:
            return
        if group.doses and group.timed:
            group = Group()
            segment.groups.append(group)
        group.timing_first = group.timing_first or (group.timed and not group.doses)
        group.doses.append(item.dose)

    def _place_timing(self, segment: Segment, item: Item) -> None:
        group = segment.groups[-1]
        placed_by_day = item.kind in (Kind.MOMENT, Kind.CLOCK)
        if group.timing_first and group.doses and placed_by_day:
            group = Group()
            segment.groups.append(group)
        if item.moment is not None:
            if group.moments and _refines(item.moment.moment, group.moments[-1].moment):
                group.moments.pop()
            group.moments.append(item.moment)
        if item.clock is not None:
            group.clock.append(item.clock)
        group.weekdays += item.weekdays
        if item.dose is not None:
            group.doses.append(item.dose)
        if item.frequency is not None:
            self._place_frequency(group, item)

    def _place_frequency(self, group: Group, item: Item) -> None:
        if item.kind is Kind.SPLIT:
            group.frequency, group.total = item.frequency, True
        elif group.frequency is None or group.total:
            group.frequency, group.total = item.frequency, item.kind is Kind.TOTAL
        elif item.kind is not Kind.TOTAL and item.frequency != group.frequency:
            self.unread.append(item.said)

    def _place_scheme(self, segment: Segment, item: Item) -> None:
        amounts = list(zip(_SCHEME, item.doses, strict=False))
        unit = next((dose.low.unit for dose in segment.groups[-1].doses if dose.low), None)
        if segment.groups[-1].doses:
            segment.groups[-1].doses.clear()
        for amount, placed in groupby(sorted(amounts, key=lambda one: one[1]), lambda one: one[1]):
            moments = [MomentTime(moment=moment) for moment, _ in placed]
            if amount:
                quantity = Quantity(value=amount, unit=unit)
                dose = Dose(low=quantity, high=quantity)
                segment.groups.append(Group(doses=[dose], moments=moments))
        segment.groups.append(Group())

    def _place_length(self, segment: Segment, item: Item) -> None:
        if segment.bounds.duration not in (None, item.length):
            self.unread.append(item.said)
            return
        bounds = {"duration": item.length, "duration_high": item.length_high}
        segment.bounds = segment.bounds.model_copy(update=bounds)

    def _place_dates(self, segment: Segment, item: Item) -> None:
        names = {Kind.UNTIL: ("end",), Kind.FROM: ("start",)}.get(item.kind, ("start", "end"))
        found = [_day_of(said) for said in item.days or (item.said,)]
        if None in found:
            self.unread.append(item.said)
            return
        dates = dict(zip(names, found, strict=True))
        segment.bounds = segment.bounds.model_copy(update=dates)


def _refines(moment: Moment, general: Moment) -> bool:
    """`le matin 30 minutes avant le petit-déjeuner` is one moment, said twice."""
    parts = {Moment.MORNING: "M", Moment.NOON: "D", Moment.EVENING: "V"}
    part = parts.get(general)
    return part is not None and moment.value in (f"C{part}", f"AC{part}", f"PC{part}")


def _matters(item: Item) -> bool:
    word = folded(item.said)
    if any(letter.isdigit() for letter in word):
        return True
    if item.kind is Kind.NUMBER:
        return word not in _ARTICLES
    return any(part in words_of("triggers") for part in (word, *word.split("'")))


def _days_of(length: Duration | None) -> int | None:
    if length is None or length.unit is not PeriodUnit.DAY or length.value % 1:
        return None
    return int(length.value)


def _day_of(text: str) -> date | None:
    """The day of `jusqu'au 12/03/2026`, `du 5 mars 2026`; `None` where no year is stated."""
    months = words_of("months")
    digits = "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()
    parts = [months.get(part, part.removesuffix("er")) for part in digits]
    numbers = [int(part) for part in parts if part.isdecimal()]
    if len(numbers) < len(("day", "month", "year")):
        return None
    day, month, year = numbers[:3]
    try:
        return date(year + 2000 if year < _CENTURY else year, month, day)
    except ValueError:
        return None
