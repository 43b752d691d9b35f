"""What a posology text seems to say, in French first and in English: for comparison only.

A proposal is never made into a schedule. What the grammar cannot place stays in `unread` when it
may matter: a number, a unit, a condition, an end, an exception, a choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import groupby

from engine.posology.items import Item, Kind
from engine.posology.lexicon import folded, words_of
from engine.posology.scanner import items_of
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Cycle, Dose, Frequency, Phase, Rhythm, Times, Weekday
from schemas.proposal import Proposal
from schemas.quantity import Quantity

_SCHEME = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)
_TIMING = (Kind.FREQUENCY, Kind.TOTAL, Kind.MOMENT, Kind.CLOCK, Kind.WEEKDAY, Kind.AS_NEEDED)
_JOINTS = frozenset({",", ":", "-", "et", "and", "(", ")", "prise", "to", "be", "taken", "le", "a"})
_ARTICLES = frozenset({"un", "une", "one"})
_CENTURY = 100
_MOST_READINGS = 4


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
    reasons: list[str] = field(default_factory=list)

    @property
    def says_more(self) -> bool:
        """Whether it states a length, an end, a cycle or a condition."""
        return bool(self.reasons or self.cycle or self.bounds != Bounds())


def propose(text: str) -> Proposal:
    """The phases that a text seems to state, what it leaves unread, and its other readings.

    Phases are at location `text`. One segment is concurrent; "puis", "then" number the phases.
    A phase whose amount may be that of a whole day carries a `DOSE_TOTAL` finding. Raises:
    nothing, whatever the text.
    """
    reader = _Reader()
    for item in items_of(text):
        reader.take(item)
    reader.finish()
    readings = [reader.phases(number) for number in range(_MOST_READINGS)]
    distinct = [phases for place, phases in enumerate(readings) if phases not in readings[:place]]
    return Proposal(
        text=text,
        phases=distinct[0],
        unread=tuple(reader.unread),
        several=tuple(distinct[1:]),
    )


class _Reader:
    """Places items one after the other; `unread` collects what has no place and may matter."""

    def __init__(self) -> None:
        self.segments = [Segment()]
        self.unread: list[str] = []
        self._run: list[Item] = []
        self._waiting: Item | None = None

    def take(self, item: Item) -> None:
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
        self._drop_waiting()
        self._close_run()

    def phases(self, reading: int) -> tuple[Phase, ...]:
        """The phases with the n-th reading of each amount (the last where there are fewer)."""
        numbered = len(self.segments) > 1
        found: list[Phase] = []
        for number, segment in enumerate(self.segments, start=1):
            sequence = number if numbered else None
            groups = [group for group in segment.groups if group.doses or group.timed]
            if not groups and segment.says_more:
                groups = segment.groups[:1]
            found += [_phase(group, segment, sequence, reading) for group in groups]
        return tuple(dict.fromkeys(_merged(found)))

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
            case Kind.AS_NEEDED:
                segment.reasons.append(item.said)
            case Kind.CYCLE:
                segment.cycle = item.cycle
            case Kind.LENGTH:
                self._place_length(segment, item)
            case Kind.UNTIL:
                self._place_end(segment, item)
            case Kind.CEILING | Kind.OPEN:
                self.unread.append(item.said)
            case Kind.STOP:
                if segment.bounds.duration is None:
                    self.unread.append(item.said)
            case Kind.NOISE | Kind.WORD:
                pass
            case _:
                self._place_timing(segment, item)

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
        if group.frequency is None or group.total:
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

    def _place_end(self, segment: Segment, item: Item) -> None:
        end = _day_of(item.said)
        if end is None:
            self.unread.append(item.said)
        else:
            segment.bounds = segment.bounds.model_copy(update={"end": end})


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
    stem = word.split("'")[0]
    return word in words_of("triggers") or stem in words_of("triggers")


def _day_of(text: str) -> date | None:
    """The day of `jusqu'au 12/03/2026`; `None` where the year is not stated."""
    digits = "".join(letter if letter.isdigit() else " " for letter in text).split()
    if len(digits) < len(("day", "month", "year")):
        return None
    day, month, year = (int(part) for part in digits[:3])
    try:
        return date(year + 2000 if year < _CENTURY else year, month, day)
    except ValueError:
        return None


def _phase(group: Group, segment: Segment, sequence: int | None, reading: int) -> Phase:
    doses = group.doses
    return Phase(
        location="text",
        sequence=sequence,
        bounds=segment.bounds,
        rhythm=Rhythm(
            frequency=group.frequency,
            weekdays=tuple(dict.fromkeys(group.weekdays)),
            cycle=segment.cycle,
        ),
        times=Times(
            moments=tuple(dict.fromkeys(group.moments)), clock=tuple(dict.fromkeys(group.clock))
        ),
        dose=doses[min(reading, len(doses) - 1)] if doses else None,
        as_needed=bool(segment.reasons),
        as_needed_for=tuple(segment.reasons),
        findings=_doubts(group),
    )


def _doubts(group: Group) -> tuple[Finding, ...]:
    if not (group.total and group.doses) or group.moments or group.clock:
        return ()
    rule = "the amount stands beside a day or a week: of one intake, or of all"
    return (Finding(code=FindingCode.DOSE_TOTAL, location="text", message=rule),)


def _merged(phases: Sequence[Phase]) -> list[Phase]:
    """The phases without those that say again what another says, but for the unit."""
    kept: list[Phase] = []
    for phase in phases:
        again = any(_unitless(phase) == _unitless(other) for other in kept)
        only_same_units = any(phase.dose == other.dose for other in kept)
        bare = phase.dose is None or phase.dose.low is None or phase.dose.low.unit is None
        if not again or not (bare or only_same_units):
            kept.append(phase)
    return kept


def _unitless(phase: Phase) -> Phase:
    dose = phase.dose
    if dose is None or dose.low is None or dose.high is None:
        return phase
    low, high = (Quantity(value=end.value) for end in (dose.low, dose.high))
    return phase.model_copy(update={"dose": Dose(low=low, high=high), "findings": ()})
