"""The `effectiveTime` elements of an entry: its bounds, its rhythm, its times of day.

Source: HL7 v3 Data Types R1, IVL_TS, PIVL_TS, EIVL_TS and SXPR_TS; IHE PCC *Medications*. The
first statement is the treatment period; those that follow say how often within it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.cda.dose import duration
from connectors.cda.recurrence import Recurrence, read_recurrence, unsupported
from connectors.cda.scribe import Scribe, child, children, type_of
from connectors.markup import local_name
from mappings.catalogue import table
from schemas.base import DateOrInstant, is_day
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Rhythm, Times
from schemas.quantity import Duration, PeriodUnit

if TYPE_CHECKING:
    from lxml.etree import _Element

_INTERVAL, _PERIODIC, _EVENT, _SET, _POINT = "IVL_TS", "PIVL_TS", "EIVL_TS", "SXPR_TS", "TS"
_LONGEST = 36_525
"""Days of a century: a longer treatment is not reckoned."""
_MINUTES = {PeriodUnit.MINUTE: 1, PeriodUnit.HOUR: 60}


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
    parts = _parts(list(children(entry, "effectiveTime")))
    _check_operators(scribe, parts)
    by_kind: dict[str, list[_Element]] = {}
    for part in parts:
        by_kind.setdefault(_kind(part), []).append(part)
    for kind, several in by_kind.items():
        if kind in (_INTERVAL, _POINT) and len(several) > 1:
            unsupported(scribe, several[1], "two periods of treatment in one statement")
        if kind not in (_INTERVAL, _PERIODIC, _EVENT, _POINT):
            unsupported(scribe, several[0], "this type of time expression is not read")
    bounds = _bounds(scribe, by_kind.get(_INTERVAL, [])[:1])
    recurrence = read_recurrence(scribe, by_kind.get(_PERIODIC, []), bounds, said)
    events = by_kind.get(_EVENT, [])
    moments = tuple(filter(None, (_moment(scribe, event) for event in events)))
    dates = tuple(filter(None, (_point(scribe, part) for part in by_kind.get(_POINT, [])[:1])))
    return Timing(
        bounds=bounds if recurrence.start is None else _from(bounds, recurrence),
        rhythm=Rhythm(frequency=recurrence.frequency, weekdays=recurrence.weekdays, dates=dates),
        times=Times(moments=moments, clock=recurrence.clock),
        intake_lasts=recurrence.intake_lasts,
        says_when=bool(by_kind.keys() & {_PERIODIC, _EVENT, _POINT}),
    )


def _from(bounds: Bounds, recurrence: Recurrence) -> Bounds:
    """The bounds with their first day made exact by the phase of the rhythm."""
    return bounds.model_copy(update={"start": recurrence.start})


def _parts(stated: "list[_Element]") -> "list[_Element]":
    """The statements without the sets that group them, in the order of the document."""
    flat: list[_Element] = []
    for element in stated:
        if _kind(element) == _SET:
            flat += _parts(list(children(element, "comp")))
        else:
            flat.append(element)
    return flat


def _kind(element: "_Element") -> str:
    """The declared type, else the type whose parts the element has."""
    declared = type_of(element)
    if declared is not None:
        return declared
    for name, kind in (("period", _PERIODIC), ("event", _EVENT), ("comp", _SET)):
        if child(element, name) is not None:
            return kind
    return _POINT if element.get("value") else _INTERVAL


def _check_operators(scribe: Scribe, parts: "list[_Element]") -> None:
    """Only an intersection of unlike statements, or a union of events, can be read."""
    events = [part for part in parts if _kind(part) == _EVENT]
    for part in parts:
        operator = scribe.take(part, "operator", "phase.rhythm") or "I"
        if operator not in ("A", "I"):
            unsupported(scribe, part, "a time may be intersected or included, not excluded")
        elif operator == "A" and part in events[1:]:
            unsupported(scribe, part, "two events at once name no moment")
        elif operator == "I" and _kind(part) == _INTERVAL and part is not parts[0]:
            unsupported(scribe, part, "a treatment period beside another statement")


def _bounds(scribe: Scribe, intervals: "list[_Element]") -> Bounds:
    if not intervals:
        return Bounds()
    interval = intervals[0]
    low, high, width = (child(interval, name) for name in ("low", "high", "width"))
    if child(interval, "center") is not None or interval.get("value"):
        unsupported(scribe, interval, "a period given otherwise than by its ends and length")
    if low is not None and scribe.take(low, "inclusive", "phase.bounds") == "false":
        unsupported(scribe, low, "a start that is not part of the period")
    ends = scribe.take(high, "inclusive", "phase.bounds") != "false"
    for end in (low, high):
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


def _moment(scribe: Scribe, stated: "_Element") -> MomentTime | None:
    """The moment of an event. Its offset counts from the event: negative is before it."""
    event = child(stated, "event")
    coding = scribe.coding(event, "phase.times.moments")
    if event is None or coding is None:
        scribe.doubt(FindingCode.TIMING_INVALID, scribe.at(stated), "EIVL_TS needs an event code")
        return None
    known = table("cda/events", scribe.site.name).target_of(coding.code)
    if known is None:
        scribe.doubt(
            FindingCode.TIMING_CODE_UNKNOWN,
            f"{scribe.at(event)}/@code",
            "event must be a moment of the events table",
            coding.code,
        )
        return None
    moment = Moment(known)
    offset = child(stated, "offset")
    return MomentTime(
        moment=moment,
        offset_minutes=_offset(scribe, offset, moment) if offset is not None else None,
    )


def _offset(scribe: Scribe, offset: "_Element", moment: Moment) -> int | None:
    """Minutes in the direction of the moment; an offset against it cannot be read."""
    low = child(offset, "low")
    value = (scribe.take(low, "value", "phase.times.moments") or "") if low is not None else ""
    unit = table("cda/periods").target_of((low.get("unit") or "") if low is not None else "")
    digits = value.lstrip("-")
    others = [part for part in offset if isinstance(part.tag, str) and local_name(part) != "low"]
    before = moment.name.startswith("BEFORE")
    if (
        not digits.isascii()
        or not digits.isdigit()
        or unit not in _MINUTES
        or others
        or value.startswith("-") != before
    ):
        unsupported(scribe, offset, "an offset must be whole minutes or hours, the event's way")
        return None
    scribe.take(low, "unit", "phase.times.moments")
    return int(digits[:6]) * _MINUTES[PeriodUnit(unit)]


def last_day(bounds: Bounds) -> DateOrInstant | None:
    """The last day of bounds that are whole days, both ends stated or reckoned by a length."""
    if bounds.end is not None:
        return bounds.end if is_day(bounds.end) and bounds.end_included else None
    length = bounds.duration
    if bounds.start is None or length is None or not is_day(bounds.start):
        return None
    days = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}.get(length.unit)
    if days is None or length.value % 1 or length.value > _LONGEST:
        return None
    return bounds.start + timedelta(days=int(length.value) * days - 1)
