"""How a posology that is stated, and not scheduled, stands in one FHIR R4 Dosage, part by part.

It is written as it is said: range, rhythm, times and bounds. What R4 has no element for is told
and never left out. Source: FHIR R4 Dosage and Timing, and the R5 extensions for R4.
"""

from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from connectors.fhir.dosage.quantities import GAP, MOST_PER_PERIOD, is_per_body
from connectors.fhir.dosage.timing_rules import AT_THE_MEAL, FRENCH_MOMENTS, FRENCH_WHEN
from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.people import concept, write_length, write_quantity, write_ratio
from schemas.base import DateOrInstant, is_whole
from schemas.moment import Moment
from schemas.posology import Bounds, Dose, Limits, Phase, Rhythm, Times
from schemas.quantity import Duration, PeriodUnit
from schemas.schedule import AsNeeded


class Unsayable(Exception):
    """R4 has no element for this part of a posology, or one that holds less."""


Stated: TypeAlias = AsNeeded | Phase
"""A posology statement, of an order or of what its schedule lists as needed."""

_LENGTHS = {
    PeriodUnit.SECOND: timedelta(seconds=1),
    PeriodUnit.MINUTE: timedelta(minutes=1),
    PeriodUnit.HOUR: timedelta(hours=1),
    PeriodUnit.DAY: timedelta(days=1),
    PeriodUnit.WEEK: timedelta(weeks=1),
}
"""Lengths that make an end of a start; a month and a year are those of the calendar."""


def dose_of(dose: Dose) -> Object:
    """The amount as `dose[x]`. Raises: `Unsayable` for a rate, and for an amount by weight whose
    unit does not say so.
    """
    ends = [end for end in (dose.low, dose.high) if end is not None]
    if dose.rate is not None or dose.per_body != any(map(is_per_body, ends)):
        raise Unsayable("a rate or an amount by weight that is kept in words")
    low = write_quantity(dose.low) if dose.low is not None else None
    high = write_quantity(dose.high) if dose.high is not None else None
    if low is not None and low == high:
        return {"doseQuantity": low}
    return {"doseRange": {"low": low, "high": high}}


def timing_of(stated: Stated, zone: ZoneInfo) -> Object:
    """The Timing; days of a length are those of `zone`.

    Raises: `Unsayable` for a cycle, days of the month, moments that one Timing cannot hold, and
    bounds that are no period.
    """
    rhythm, lasts = stated.rhythm, stated.intake_lasts
    repeat = _bounds(stated.bounds, zone) | _repeated(rhythm) | _when(stated.times)
    if lasts is not None and lasts.value < 0:
        raise Unsayable("an intake that lasts less than nothing")
    if lasts is not None:
        repeat |= {"duration": lasts.value, "durationUnit": lasts.unit.value}
    if rhythm.dates and repeat:
        raise Unsayable("a list of dates beside another rhythm")
    events: list[Json] = [at.isoformat() for at in rhythm.dates]
    code = concept(stated.timing_code) if stated.timing_code is not None else None
    return {"event": events, "repeat": repeat, "code": code}


def _repeated(rhythm: Rhythm) -> Object:
    if rhythm.cycle is not None or rhythm.month_days:
        raise Unsayable("a cycle or a day of the month")
    stated: Object = {}
    if rhythm.frequency is not None:
        often = rhythm.frequency
        if often.period_high is not None and often.period is None:
            raise Unsayable("a period that is open below")
        if any(times is not None and times < 1 for times in (often.times, often.times_high)):
            raise Unsayable("a frequency of less than one")
        stated = {
            "frequency": often.times,
            "frequencyMax": often.times_high,
            "period": often.period,
            "periodMax": often.period_high,
            "periodUnit": often.unit.value if often.unit is not None else None,
        }
    weekdays: list[Json] = [day.value for day in rhythm.weekdays]
    return {**stated, **({"dayOfWeek": weekdays} if weekdays else {})}


def _when(times: Times) -> Object:
    """Clock times, or moments of one offset, or one of the French additions (tim-9, tim-10)."""
    clock: list[Json] = [at.isoformat("seconds") for at in times.clock]
    if not times.moments:
        return {"timeOfDay": clock} if clock else {}
    moments = [one.moment for one in times.moments]
    offsets = {one.offset_minutes for one in times.moments}
    french = [moment for moment in moments if moment in FRENCH_MOMENTS]
    offset = times.moments[0].offset_minutes
    if clock or len(offsets) > 1 or Moment.IMMEDIATELY in moments:
        raise Unsayable("this set of moments")
    if (french and len(moments) > 1) or (offset is not None and AT_THE_MEAL & set(moments)):
        raise Unsayable("this set of moments")
    if french:
        said: Object = {"url": FRENCH_WHEN, "valueCode": french[0].value}
        return {"extension": [said], "offset": offset}
    listed: list[Json] = [moment.value for moment in moments]
    return {"when": listed, "offset": offset}


def _bounds(bounds: Bounds, zone: ZoneInfo) -> Object:
    """A period, a length or a range of lengths: R4 takes one of them, and includes its end."""
    counts: Object = {}
    if bounds.count is not None or bounds.count_high is not None:
        if bounds.count is None or any(
            n is not None and n < 1 for n in (bounds.count, bounds.count_high)
        ):
            raise Unsayable("a count that is open below")
        counts = {"count": bounds.count, "countMax": bounds.count_high}
    length, high = bounds.duration, bounds.duration_high
    if bounds.start is None and bounds.end is None:
        if high is not None:
            low = write_length(length) if length is not None else None
            return {"boundsRange": {"low": low, "high": write_length(high)}, **counts}
        return {**({"boundsDuration": write_length(length)} if length else {}), **counts}
    closed = closed_bounds(bounds, zone)
    start = closed.start.isoformat() if closed.start is not None else None
    end = closed.end.isoformat() if closed.end is not None else None
    return {"boundsPeriod": {"start": start, "end": end}, **counts}


def closed_bounds(bounds: Bounds, zone: ZoneInfo) -> Bounds:
    """The same bounds as a period that includes its end, where they have a start or an end.

    Raises: `Unsayable` for a length that does not make one end of the start.
    """
    length, high = bounds.duration, bounds.duration_high
    if bounds.start is None and bounds.end is None:
        return bounds
    if high is not None or (length is not None and (bounds.end is not None or not bounds.start)):
        raise Unsayable("a length beside an end, or a range of lengths beside a start,")
    last = _included(bounds)
    if length is not None and bounds.start is not None:
        last = _last(bounds.start, length, zone)
    return bounds.model_copy(update={"end": last, "end_included": True, "duration": None})


def _included(bounds: Bounds) -> DateOrInstant | None:
    if bounds.end is None or bounds.end_included:
        return bounds.end
    return _before(bounds.end)


def _before(end: DateOrInstant) -> DateOrInstant:
    """The last day, or the last second, before an end that is not included."""
    return end - (timedelta(seconds=1) if isinstance(end, datetime) else timedelta(days=1))


def _last(start: DateOrInstant, length: Duration, zone: ZoneInfo) -> DateOrInstant:
    """The last day of so many from a day, the last second of a length from an instant."""
    unit = _LENGTHS.get(length.unit)
    in_days = length.unit in (PeriodUnit.DAY, PeriodUnit.WEEK)
    if unit is None or not is_whole(length.value) or not (in_days or isinstance(start, datetime)):
        raise Unsayable("a length in months, in years or in parts beside a start")
    if isinstance(start, datetime):
        start = start.astimezone(zone if in_days else UTC)
    return _before(start + unit * int(length.value))


def limits_of(limits: Limits) -> Object:
    """The ceilings that R4 has elements for."""
    per_intake, per_lifetime = limits.per_intake, limits.per_lifetime
    return {
        "maxDosePerPeriod": write_ratio(limits.per_period[0]) if limits.per_period else None,
        "maxDosePerAdministration": write_quantity(per_intake) if per_intake else None,
        "maxDosePerLifetime": write_quantity(per_lifetime) if per_lifetime else None,
    }


def ceilings_of(limits: Limits) -> list[Json]:
    """What R4 has no element for: a second maximum, and the least time between two intakes."""
    more: list[Json] = [
        {"url": MOST_PER_PERIOD, "valueRatio": write_ratio(ratio)}
        for ratio in limits.per_period[1:]
    ]
    if limits.minimum_gap is not None:
        more.append({"url": GAP, "valueDuration": write_length(limits.minimum_gap)})
    return more
