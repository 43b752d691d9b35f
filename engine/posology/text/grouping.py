"""Puts the items of a text where they belong: doses with their timing, lengths with all of it."""

from engine.posology.text.groups import Group, Segment
from engine.posology.text.items import ELSEWHERE, TIMING, Item, Kind
from engine.posology.text.leftover import matters
from engine.posology.text.lexicon import folded
from engine.posology.text.placed import (
    bounds_of,
    counted_in,
    days_in,
    in_days,
    may_count,
    place_scheme,
    times_of,
)
from engine.posology.text.strengths import shape_of
from schemas.posology import Cycle
from schemas.quantity import Strength

_JOINTS = frozenset(
    (
        *(",", ":", "-", "(", ")", "et", "and", "en", "und", "prise", "to", "be", "taken"),
        *("le", "a", "au", "vers", "at", "in", "on", "the"),
    )
)
_WEEK = 7


class Grouping:
    """Places items one after the other; `unread` collects what has no place and may matter."""

    def __init__(self) -> None:
        self.segments = [Segment()]
        self.unread: list[str] = []
        self.strengths: list[Strength] = []
        self._run: list[Item] = []
        self._shape: str | None = None
        self._waiting: Item | None = None
        self._week_in_two: Item | None = None

    def take(self, item: Item) -> None:
        """Place the next item of the text."""
        if item.kind is Kind.SHORT_LENGTH and not self._only_joints():
            item = item._replace(kind=Kind.WORD)
        self._shape = item.unit or shape_of(item) or self._shape
        if item.strength is not None:
            self.strengths.append(item.strength)
        if item.kind is Kind.WORD:
            self._run.append(item)
            return
        if item.kind is Kind.NUMBER and not self._is_dose_of_moment():
            self._drop_waiting()
            self._close_run()
            self._waiting = item
            return
        if self._waiting is not None:
            item = self._settle_waiting(item)
        self._close_run()
        self._place(item)

    def finish(self) -> None:
        """Settle what the end of the text leaves open."""
        self._drop_waiting()
        self._close_run()
        self._close_segment()

    def _only_joints(self) -> bool:
        return all(folded(item.said) in _JOINTS for item in self._run)

    def _is_dose_of_moment(self) -> bool:
        """`matin : 1`: a bare number right after a moment that has no amount yet."""
        group = self.segments[-1].groups[-1]
        free = bool(group.moments) and not group.doses and self._waiting is None
        return free and self._only_joints()

    def _settle_waiting(self, following: Item) -> Item:
        """A bare number is an amount when only joints stand between it and a timing.

        After an amount it counts the intakes: `1 cp 3/j` is one tablet, three times.
        """
        waiting, self._waiting = self._waiting, None
        joined, group = self._only_joints(), self.segments[-1].groups[-1]
        if waiting is None:
            return following
        counts = following.kind is Kind.TOTAL and bool(group.doses) and not group.timed
        if counts and not self._run and (times := times_of(waiting, following)) is not None:
            return times
        if following.kind in TIMING and joined:
            self._run = []
            self._place(waiting)
        else:
            self._run.insert(0, waiting)
        return following

    def _drop_waiting(self) -> None:
        if self._waiting is not None:
            self._run.insert(0, self._waiting)
            self._waiting = None

    def _close_run(self) -> None:
        run, self._run = self._run, []
        if any(map(matters, run)):
            self.unread.append(" ".join(item.said for item in run))

    def _place(self, item: Item) -> None:
        segment = self.segments[-1]
        match item.kind:
            case Kind.THEN:
                self._close_segment()
                self.segments.append(Segment(opened_by=item.said))
            case Kind.DOSE | Kind.NUMBER:
                self._place_dose(segment, item)
            case Kind.SAID_AGAIN:
                self._place_again(segment, item)
            case Kind.SCHEME if any(item.doses) and may_count(segment.groups[-1].doses):
                place_scheme(segment, item)
            case Kind.LENGTH | Kind.SHORT_LENGTH | Kind.NEXT:
                self._place_length(segment, item)
            case Kind.UNTIL | Kind.FROM | Kind.BETWEEN:
                self._place_dates(segment, item)
            case Kind.DAY_NUMBERS:
                self._place_numbered(segment, item)
            case Kind.REST | Kind.AGAIN:
                self._place_rest(segment, item)
            case Kind.AS_NEEDED | Kind.CYCLE | Kind.LASTS | Kind.STOP | Kind.WEEK_IN_TWO:
                self._place_in_all(segment, item)
            case kind if kind in (*ELSEWHERE, Kind.SCHEME):
                self.unread.append(item.said)
            case kind if kind not in (Kind.NOISE, Kind.NAMED):
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
            case Kind.WEEK_IN_TWO:
                self._week_in_two = item
            case _ if segment.bounds.duration is None:
                self.unread.append(item.said)

    def _close_segment(self) -> None:
        """`une semaine sur deux` beside a day's timing is a cycle; without, it has two senses."""
        segment, item = self.segments[-1], self._week_in_two
        self._week_in_two = None
        if segment.opened_by is not None and segment.is_empty:
            self.unread.append(segment.opened_by)
        if item is None:
            return
        timed = [group for group in segment.groups if group.timed]
        weekly = any(group.weekdays for group in timed)
        if timed and not weekly and segment.cycle is None and all(g.by_the_day for g in timed):
            segment.cycle = Cycle(days_on=_WEEK, days_off=_WEEK)
        else:
            self.unread.append(item.said)

    def _place_rest(self, segment: Segment, item: Item) -> None:
        """`5 jours, puis arrêt 2 jours`: the length before it is the days with of a cycle."""
        on, off = days_in(segment.bounds.duration), days_in(item.length)
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
        if item.length is not None:
            segment.lasts = item.length
        is_new = group.say_again(counted_in(self._shape, item.dose))
        if item.again is not None:
            is_new = group.say_again(item.again) and is_new
        if not is_new:
            self.unread.append(item.said)

    def _place_again(self, segment: Segment, item: Item) -> None:
        """The amount just said, in another unit; an amount like any other where there is none."""
        group = segment.groups[-1]
        if not group.doses:
            self._place_dose(segment, item)
        elif item.dose is not None and not group.say_again(item.dose):
            self.unread.append(item.said)

    def _place_timing(self, segment: Segment, item: Item) -> None:
        group = segment.groups[-1]
        if group.timing_first and group.doses and group.has_such(item):
            group = Group()
            segment.groups.append(group)
        for moment in item.moments:
            group.refine(moment)
        if item.clock is not None:
            group.clock.append(item.clock)
        group.weekdays += item.weekdays
        group.one_intake = group.one_intake or item.kind is Kind.ONE_INTAKE
        if item.dose is not None:
            group.doses.append(item.dose)
        if item.frequency is not None:
            self._place_frequency(group, item)

    def _place_frequency(self, group: Group, item: Item) -> None:
        if item.kind is Kind.SPLIT or group.is_daily_total(item):
            group.frequency, group.total = item.frequency, True
        elif group.frequency is None or group.total:
            group.frequency, group.total = item.frequency, item.kind is Kind.TOTAL
        elif item.kind is not Kind.TOTAL and item.frequency != group.frequency:
            self.unread.append(item.said)

    def _place_length(self, segment: Segment, item: Item) -> None:
        follows = item.kind is not Kind.NEXT or segment.opened_by is not None
        again = in_days(item.length) == in_days(segment.bounds.duration) is not None
        if again and follows and item.length_high is None:
            return
        if segment.bounds.duration not in (None, item.length) or not follows:
            self.unread.append(item.said)
            return
        bounds = {"duration": item.length, "duration_high": item.length_high}
        segment.bounds = segment.bounds.model_copy(update=bounds)

    def _place_numbered(self, segment: Segment, item: Item) -> None:
        """`J1 : 2 cp, J2 à J5 : 1 cp`: steps whose days follow each other, from the first."""
        if segment.day_first and not segment.is_bare:
            self._close_segment()
            segment = Segment(opened_by=item.said)
            self.segments.append(segment)
        before = (self.segments[-2].last_day or -1) if len(self.segments) > 1 else 0
        if segment.bounds.duration is None and item.first_day == before + 1:
            segment.day_first = segment.is_bare
            segment.numbered = item
            self._place_length(segment, item)
            return
        if segment.numbered is not None:  # `J1 J8 J15` are days of intakes, and no length
            self.unread.append(segment.numbered.said)
            segment.bounds = segment.bounds.model_copy(update={"duration": None})
            segment.numbered = None
        self.unread.append(item.said)

    def _place_dates(self, segment: Segment, item: Item) -> None:
        bounds = bounds_of(item)
        if bounds is None or any(getattr(segment.bounds, name) for name in bounds):
            self.unread.append(item.said)
            return
        segment.bounds = segment.bounds.model_copy(update=bounds)
