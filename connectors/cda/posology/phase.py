"""The phase of a PIVL_TS: from when a rhythm counts, and what it names: an hour, a day, days.

A rhythm goes on without beginning or end, and its phase is one of its turns. Aligned with the
calendar it names a weekday or a day of the month; not aligned it counts on from that turn.
Source: HL7 v3 Data Types R1, PIVL.phase and PIVL.alignment.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.cda.posology.dose import duration
from connectors.cda.scribe import Scribe, child
from mappings.catalogue import table
from schemas.base import DateOrInstant, is_day, is_whole
from schemas.finding import FindingCode
from schemas.posology import Bounds, Cycle, Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit

if TYPE_CHECKING:
    from lxml.etree import _Element

_WEEK = 7
_BY_WEEKDAY, _BY_MONTH_DAY = "weekday", "month-day"
_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: _WEEK}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often. `start` is the instant of the first intake, when the phase makes it exact."""

    frequency: Frequency | None = None
    clock: tuple[time, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    cycle: Cycle | None = None
    intake_lasts: Duration | None = None
    start: DateOrInstant | None = None


def with_phase(
    scribe: Scribe, stated: "_Element", period: Duration, bounds: Bounds, plain: Recurrence
) -> Recurrence:
    """The rhythm with what its phase and its alignment name."""
    aligned = _alignment(scribe, stated, period)
    phase = child(stated, "phase")
    low = _low(scribe, phase)
    if phase is not None:
        width = child(phase, "width")
        lasts = duration(scribe, width, "phase.intake_lasts", FindingCode.TIMING_INVALID)
        plain = replace(plain, intake_lasts=lasts)
    if phase is None or low is None:
        if aligned is not None:
            scribe.unsupported(stated, "an alignment needs a phase that begins on a day")
        return plain
    if period.unit is PeriodUnit.HOUR:
        return _by_hours(scribe, phase, low, bounds, plain)
    if isinstance(low, datetime):
        plain = replace(plain, clock=(low.astimezone(scribe.zone).time(),))
    return _on_days(scribe, phase, scribe.day(low), bounds, _Turns(period, aligned, plain))


def _low(scribe: Scribe, phase: "_Element | None") -> DateOrInstant | None:
    """The beginning of the turn that the phase is."""
    if phase is None:
        return None
    if any(child(phase, name) is not None for name in ("high", "center")) or phase.get("value"):
        scribe.unsupported(phase, "a phase other than a low and a width")
    return scribe.timestamp(child(phase, "low"), "phase.rhythm", FindingCode.TIMING_INVALID)


def _alignment(scribe: Scribe, stated: "_Element", period: Duration) -> str | None:
    """What the rhythm is aligned with; a cycle of the calendar that its period is not, is told."""
    code = scribe.take(stated, "alignment", "phase.rhythm")
    if code is None:
        return None
    aligned = table("cda/alignments", scribe.site.name).target_of(code)
    days = _in_days(period)
    if aligned == _BY_WEEKDAY and days is not None and days % _WEEK == 0:
        return aligned
    if aligned == _BY_MONTH_DAY and period.unit is PeriodUnit.MONTH:
        return aligned
    rule = "an alignment must be with the weekday of weeks or with the day of months"
    scribe.unsupported(stated, rule)
    return None


def _in_days(length: Duration) -> Decimal | None:
    days = _DAYS.get(length.unit)
    return None if days is None else length.value * days


@dataclass(frozen=True, slots=True)
class _Turns:
    """The rhythm whose phase is a day: its period, its alignment, what is known of it so far."""

    period: Duration
    aligned: str | None
    plain: Recurrence


def _on_days(
    scribe: Scribe, phase: "_Element", day: date, bounds: Bounds, turns: _Turns
) -> Recurrence:
    """A weekday of each week, a day of each month, each day, or days counted from the start."""
    period, aligned, plain = turns.period, turns.aligned, turns.plain
    days = _in_days(period)
    weeks = None if days is None else days / _WEEK
    monthly = aligned == _BY_MONTH_DAY
    any_day = days == 1 or weeks == 1 or (monthly and period.value == 1)
    if not any_day and not _is_first(scribe, day, bounds):
        scribe.unsupported(phase, "days counted from another day than the start")
    elif weeks is not None and is_whole(weeks):
        weekly = Frequency(times=1, period=weeks, unit=PeriodUnit.WEEK)
        weekday = list(Weekday)[day.weekday()]
        return replace(plain, weekdays=(weekday,), frequency=weekly)
    return replace(plain, month_days=(day.day,)) if monthly else plain


def _by_hours(
    scribe: Scribe, phase: "_Element", low: DateOrInstant, bounds: Bounds, plain: Recurrence
) -> Recurrence:
    """Every n hours from an instant of the first day; n a day at the place's times has no hour."""
    frequency = plain.frequency
    if is_day(low):
        if not _is_first(scribe, low, bounds):
            scribe.unsupported(phase, "hours counted from another day than the start")
        return plain
    if frequency is None or frequency.unit is not PeriodUnit.HOUR or frequency.period is None:
        scribe.unsupported(phase, "times left to the place stand beside an hour")
        return plain
    if not _is_first(scribe, low, bounds) or _is_before(low, bounds.start):
        scribe.unsupported(phase, "hours counted from another day than the start")
        return plain
    before = low - timedelta(hours=float(frequency.period))
    if is_day(bounds.start or low) and scribe.day(before) == scribe.day(low):
        scribe.doubt(
            FindingCode.ANCHOR_UNCERTAIN,
            scribe.at(phase),
            "the rhythm has a turn on the first day before the one that its phase names",
        )
    return replace(plain, start=low)


def _is_before(instant: DateOrInstant, start: DateOrInstant | None) -> bool:
    return isinstance(start, datetime) and isinstance(instant, datetime) and instant < start


def read_window(
    scribe: Scribe, stated: "_Element", bounds: Bounds, inside: Recurrence
) -> Recurrence:
    """The rhythm within the days of a window: a span of the week, or a cycle of days on and off.

    The window is a periodic interval that lasts days, intersected with the rhythm: 21 of 28 days.
    """
    length = duration(
        scribe, child(stated, "period"), "phase.rhythm", FindingCode.PERIOD_INCOMPLETE
    )
    phase = child(stated, "phase")
    low = _low(scribe, phase)
    width = duration(
        scribe,
        child(phase, "width") if phase is not None else None,
        "phase.rhythm",
        FindingCode.TIMING_INVALID,
    )
    for attribute in ("alignment", "institutionSpecified"):
        if stated.get(attribute) in ("DW", "false"):
            scribe.take(stated, attribute, "phase.rhythm")
    turn, on = (_in_days(each) if each is not None else None for each in (length, width))
    if phase is None or low is None or not is_day(low) or turn is None or on is None:
        scribe.unsupported(stated, "a window of days needs a first day and a length in days")
    elif (
        not (is_whole(turn) and is_whole(on)) or on >= turn or inside.weekdays or inside.month_days
    ):
        scribe.unsupported(stated, "a window must be whole days, fewer than its period, of any day")
    elif turn == _WEEK:
        first = low.weekday()
        span = tuple(list(Weekday)[(first + day) % _WEEK] for day in range(int(on)))
        return replace(inside, weekdays=span)
    elif not _is_first(scribe, low, bounds):
        scribe.unsupported(phase, "a cycle counted from another day than the start")
    else:
        return replace(inside, cycle=Cycle(days_on=int(on), days_off=int(turn - on)))
    return inside


def _is_first(scribe: Scribe, day: DateOrInstant, bounds: Bounds) -> bool:
    """Whether a day is the one on which the treatment starts."""
    return bounds.start is not None and scribe.day(day) == scribe.day(bounds.start)
