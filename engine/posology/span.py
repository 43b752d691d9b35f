"""When a phase starts and ends: stated bounds, the start that the context gives, chained steps."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.posology.clock import first_instant, later, next_midnight, wall_of
from engine.posology.doubts import Doubts
from engine.posology.shape import Kind, Shape
from schemas.base import DateOrInstant, is_day, is_whole
from schemas.finding import FindingCode
from schemas.posology import Bounds
from schemas.quantity import Duration, PeriodUnit

LAST_MINUTE = timedelta(minutes=1)
"""French senders write an excluded end as one minute less, `hh:mm:59` (ANS e-prescription guide,
prescription-Modelisation): so near, two instants are one."""


_NO_END = 9000
"""An end after this year (9999-12-31 is common) is out of every window: the treatment is open."""


@dataclass(frozen=True, slots=True)
class Start:
    """When something begins. `has_clock`: the source gave a time, not a day alone."""

    at: datetime
    has_clock: bool

    @classmethod
    def of(cls, stated: DateOrInstant, zone: ZoneInfo) -> "Start":
        """A stated day begins at its midnight in the zone."""
        return cls(first_instant(stated, zone), has_clock=not is_day(stated))


@dataclass(frozen=True, slots=True)
class Span:
    """From `start`, included, to `end` (`None`: open), which is included or not.

    `stated`: the end is a date of the source, and no length; `end_is_day`: it has no hour.
    """

    start: Start
    end: datetime | None = None
    end_included: bool = False
    stated: bool = False
    end_is_day: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no instant is within: the day before the start ends where the start begins."""
        if self.end is None:
            return False
        return self.end < self.start.at or (self.end == self.start.at and not self.end_included)

    def follows(self, other: "Span") -> bool:
        """Whether this begins when the other ends, to the minute."""
        if other.end is None:
            return False
        return abs(self.start.at - other.end) <= LAST_MINUTE


def span_of(bounds: Bounds, start: Start, zone: ZoneInfo, doubts: Doubts) -> Span | None:
    """The span of bounds that begin at `start`, or `None` when a doubt stops it.

    An end before a start that the bounds do not state is a treatment that is over, and no doubt.
    """
    lengths = _end_of_length(bounds, start, zone, doubts)
    stated = _stated_end(bounds, zone)
    if doubts.stopped:
        return None
    span = Span(
        start,
        *stated,
        stated=bounds.end is not None,
        end_is_day=bounds.end is not None and is_day(bounds.end),
    )
    if lengths is not None:
        if span.end is not None and abs(span.end - lengths) > LAST_MINUTE:
            doubts.say(FindingCode.BOUNDS_INVALID, "the end and the length give two different ends")
            return None
        span = Span(start, lengths)
    if bounds.start is not None and span.is_empty:
        doubts.say(FindingCode.END_BEFORE_START, "the end is before the start")
        return None
    return span


def _stated_end(bounds: Bounds, zone: ZoneInfo) -> tuple[datetime | None, bool]:
    end = bounds.end
    if end is None or end.year > _NO_END:
        return None, False
    if isinstance(end, datetime):
        return end.astimezone(zone), bounds.end_included
    return (next_midnight(end, zone) if bounds.end_included else first_instant(end, zone)), False


def _end_of_length(bounds: Bounds, start: Start, zone: ZoneInfo, doubts: Doubts) -> datetime | None:
    length = bounds.duration
    if bounds.duration_high is not None and bounds.duration_high != length:
        doubts.say(FindingCode.BOUNDS_RANGE, "the length of the treatment is a range")
        return None
    if length is None:
        return None
    rule = _fault_of(length)
    if rule is not None:
        doubts.say(FindingCode.BOUNDS_INVALID, rule, length.value)
        return None
    end = later(start.at, length, zone)
    if end is None:
        rule = "the treatment ends on a day that its last month does not have"
        doubts.say(FindingCode.MONTH_DAY_MISSING, rule)
    return end


def _fault_of(length: Duration) -> str | None:
    if length.value <= 0:
        return "the length of the treatment must be above zero"
    if not is_whole(length.value):
        return "the length of the treatment must be a whole number"
    if length.unit in (PeriodUnit.SECOND, PeriodUnit.MINUTE):
        return "a length in minutes or seconds is not one of a treatment"
    return None


def end_by_count(shape: Shape, count: int, start: Start, zone: ZoneInfo) -> datetime | None:
    """When `count` periods of one intake each are over; `None` where periods are not equal."""
    units = {
        Kind.HOURS: PeriodUnit.HOUR,
        Kind.DAYS: PeriodUnit.DAY,
        Kind.WEEKS: PeriodUnit.WEEK,
        Kind.MONTHS: PeriodUnit.MONTH,
    }
    if shape.kind not in units:
        return None
    length = Duration.model_validate({"value": shape.every * count, "unit": units[shape.kind]})
    return later(start.at, length, zone)


def has_hour(instant: datetime | None, zone: ZoneInfo) -> bool:
    """Whether the patient's clock shows anything but midnight."""
    return instant is not None and wall_of(instant, zone).time() != time()
