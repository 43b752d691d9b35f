"""The `effectiveTime` elements of an entry: its bounds, its rhythm, its times of day.

Source: HL7 v3 Data Types R1, IVL_TS, PIVL_TS, EIVL_TS and SXPR_TS; IHE PCC *Medications*. The
first statement is the treatment period; those that follow say how often within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.cda.posology.dose import duration
from connectors.cda.posology.expression import Kind, parts_of
from connectors.cda.posology.moments import read_event
from connectors.cda.posology.phase import Recurrence, read_window
from connectors.cda.posology.recurrence import read_recurrence
from connectors.cda.scribe import Scribe, child, children
from schemas.base import DateOrInstant, is_day, is_whole
from schemas.finding import FindingCode
from schemas.posology import Bounds, Rhythm, Times
from schemas.quantity import Duration, PeriodUnit

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST = 36_525
"""Days of a century: a longer treatment is not reckoned."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the statements of one entry say together."""

    bounds: Bounds = field(default_factory=Bounds)
    rhythm: Rhythm = field(default_factory=Rhythm)
    times: Times = field(default_factory=Times)
    intake_lasts: Duration | None = None
    says_when: bool = False


def read_timing(scribe: Scribe, entry: "_Element", said: str | None) -> Timing:
    """The timing of an entry. `said` are the words of its frequency, which may settle a doubt."""
    parts = parts_of(scribe, children(entry, "effectiveTime"))
    bounds = _bounds(scribe, parts.get(Kind.INTERVAL, []))
    recurrence = read_recurrence(scribe, parts.get(Kind.PERIODIC, []), bounds, said)
    read = (read_event(scribe, stated) for stated in parts.get(Kind.EVENT, []))
    events = [event for event in read if event is not None]
    recurrence = _within(scribe, parts.get(Kind.WINDOW, []), bounds, recurrence, bool(events))
    stated = (_point(scribe, part) for part in parts.get(Kind.POINT, []))
    dates = tuple(point for point in stated if point is not None)
    lasting = {event.lasts for event in events if event.lasts} | {recurrence.intake_lasts}
    lasting.discard(None)
    if len(lasting) > 1:
        scribe.unsupported(entry, "intakes of one statement last different times")
    return Timing(
        bounds=bounds if recurrence.start is None else _from(bounds, recurrence.start),
        rhythm=Rhythm(
            frequency=recurrence.frequency,
            weekdays=recurrence.weekdays,
            month_days=recurrence.month_days,
            cycle=recurrence.cycle,
            dates=dates,
        ),
        times=Times(moments=tuple(event.moment for event in events), clock=recurrence.clock),
        intake_lasts=next(iter(lasting), None),
        says_when=bool(parts.keys() - {Kind.INTERVAL}),
    )


def _within(
    scribe: Scribe,
    windows: "Sequence[_Element]",
    bounds: Bounds,
    rhythm: Recurrence,
    has_events: bool,
) -> Recurrence:
    """The rhythm on the days of the window. A window alone says on which days, and not when."""
    if not windows:
        return rhythm
    if rhythm == Recurrence() and not has_events:
        rule = "a phase of a day or more: days with intakes, or one intake that lasts so long"
        scribe.unsupported(windows[0], rule)
    return read_window(scribe, windows[0], bounds, rhythm)


def _from(bounds: Bounds, start: DateOrInstant) -> Bounds:
    """The bounds from the instant of the first intake; a length in days ends on the same day."""
    last = last_day(bounds)
    if bounds.duration is None or last is None:
        return bounds.model_copy(update={"start": start})
    return bounds.model_copy(update={"start": start, "end": last, "duration": None})


def _bounds(scribe: Scribe, intervals: "Sequence[_Element]") -> Bounds:
    if not intervals:
        return Bounds()
    interval = intervals[0]
    low, high, width = (child(interval, name) for name in ("low", "high", "width"))
    if child(interval, "center") is not None or interval.get("value"):
        scribe.unsupported(interval, "a period given otherwise than by its ends and length")
    if low is not None and scribe.flag(low, "inclusive", "phase.bounds") is False:
        scribe.unsupported(low, "a start that is not part of the period")
    ends = scribe.flag(high, "inclusive", "phase.bounds") is not False
    for end in (low, high):
        if end is not None and not end.get("value"):
            scribe.take(end, "nullFlavor", "phase.bounds")
    return Bounds(
        start=scribe.timestamp(low, "phase.bounds.start", FindingCode.BOUNDS_INVALID),
        end=scribe.timestamp(high, "phase.bounds.end", FindingCode.BOUNDS_INVALID),
        end_included=ends,
        duration=_width(scribe, width),
    )


def _width(scribe: Scribe, width: "_Element | None") -> Duration | None:
    if width is None or (width.get("nullFlavor") and not width.get("value")):
        return None
    return duration(scribe, width, "phase.bounds.duration", FindingCode.BOUNDS_INVALID)


def _point(scribe: Scribe, point: "_Element") -> DateOrInstant | None:
    return scribe.timestamp(point, "phase.rhythm.dates", FindingCode.TIMING_INVALID)


def last_day(bounds: Bounds) -> DateOrInstant | None:
    """The last day of bounds that are whole days, both ends stated or reckoned by a length."""
    if bounds.end is not None:
        return bounds.end if is_day(bounds.end) and bounds.end_included else None
    length = bounds.duration
    if bounds.start is None or length is None or not is_day(bounds.start):
        return None
    days = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}.get(length.unit)
    if days is None or not is_whole(length.value) or length.value > _LONGEST:
        return None
    return bounds.start + timedelta(days=int(length.value) * days - 1)
