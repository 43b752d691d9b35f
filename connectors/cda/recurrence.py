"""PIVL_TS, the periodic part of a timing: how often, at what time, on which weekday.

`institutionSpecified="true"` means n times a day at the times of the place, `"false"` every n
hours (HL7 v3 Data Types R1). The official French examples leave the attribute out and print
"3 fois/j" beside a period of 8 hours: without it both readings stand, and a person decides,
unless the site has signed the dialect (`mappings/cda/dialect.csv`) and the words agree.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.cda.dose import duration
from connectors.cda.scribe import Scribe, child
from mappings.catalogue import table
from schemas.base import DateOrInstant, is_day
from schemas.finding import FindingCode
from schemas.posology import Bounds, Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit

if TYPE_CHECKING:
    from lxml.etree import _Element

_A_DAY = re.compile(r"(?<![\d,.])(\d{1,2}) ?(?:fois|prises?|x|×) ?(?:/|par) ?j(?:ours?)?\b")
_ACTS = re.compile(
    r"(?<![\d,.])(\d{1,2}) ?(?:application|administration|instillation|injection)s? ?(?:/|par) ?j"
)
"""Acts counted by day: words of a frequency, that a reader of sentences takes for an amount."""
_HOURS_A_DAY = 24
_DIALECT = "hours-without-institutionSpecified"
_BY_NARRATIVE = "times-a-day-if-narrative-agrees"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often. `start` is the instant of the first intake, when the phase makes it exact."""

    frequency: Frequency | None = None
    clock: tuple[time, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    intake_lasts: Duration | None = None
    start: DateOrInstant | None = None


def unsupported(scribe: Scribe, element: "_Element", message: str) -> None:
    """A timing that we do not compute, at this element."""
    scribe.doubt(FindingCode.TIMING_UNSUPPORTED, scribe.at(element), message)


def read_recurrence(
    scribe: Scribe, stated: "list[_Element]", bounds: Bounds, said: str | None
) -> Recurrence:
    """What the periodic statements say together: several must be clock times of one day."""
    read = [_one(scribe, element, bounds, said) for element in stated]
    if not read:
        return Recurrence()
    together = read[0]
    for element, other in zip(stated[1:], read[1:], strict=True):
        alike = other.frequency == together.frequency and other.weekdays == together.weekdays
        if alike and other.clock and together.clock:
            together = replace(together, clock=together.clock + other.clock)
        else:
            unsupported(scribe, element, "two rhythms in one statement")
    return together


def _one(scribe: Scribe, stated: "_Element", bounds: Bounds, said: str | None) -> Recurrence:
    period = duration(
        scribe, child(stated, "period"), "phase.rhythm", FindingCode.PERIOD_INCOMPLETE
    )
    if child(stated, "period") is None:
        scribe.doubt(FindingCode.PERIOD_INCOMPLETE, scribe.at(stated), "PIVL_TS needs a period")
    if period is None:
        return Recurrence()
    if scribe.take(stated, "alignment", "phase.rhythm") not in (None, "DW"):
        unsupported(scribe, stated, "an alignment with the calendar other than the weekday")
    frequency = _frequency(scribe, stated, period, said)
    _check_acts(scribe, stated, frequency, said)
    recurrence = Recurrence(frequency=frequency)
    return _with_phase(scribe, stated, period, bounds, recurrence)


def _frequency(scribe: Scribe, stated: "_Element", period: Duration, said: str | None) -> Frequency:
    literal = Frequency(times=1, period=period.value, unit=period.unit)
    by_place = scribe.take(stated, "institutionSpecified", "phase.rhythm")
    if period.unit is not PeriodUnit.HOUR or by_place == "false":
        return literal
    times_a_day = _times_a_day(period.value)
    if times_a_day is None:
        if by_place == "true":
            scribe.doubt(
                FindingCode.TIMING_UNSUPPORTED,
                scribe.at(stated),
                "a period left to the place must divide a day",
                str(period.value),
            )
        return literal
    a_day = Frequency(times=times_a_day, period=Decimal(1), unit=PeriodUnit.DAY)
    if by_place == "true" or _dialect_settles(scribe, times_a_day, said):
        return a_day
    scribe.doubt(
        FindingCode.FREQUENCY_AMBIGUOUS,
        scribe.at(stated),
        f"a period in hours without institutionSpecified: {times_a_day} a day, "
        f"or every {period.value} hours",
        f"{period.value} h",
    )
    return literal


def _check_acts(scribe: Scribe, stated: "_Element", frequency: Frequency, said: str | None) -> None:
    """`2 applications/j` beside a period of one day: the official example holds this one."""
    printed = {int(number) for number in _ACTS.findall((said or "").casefold())}
    by_day = frequency.unit is PeriodUnit.DAY and frequency.period == 1
    hours = frequency.period if frequency.unit is PeriodUnit.HOUR else None
    coded = frequency.times if by_day else _times_a_day(hours) if hours else None
    if printed and printed != {coded}:
        scribe.doubt(
            FindingCode.TIMING_CONTRADICTED,
            scribe.at(stated),
            "the number of times a day of the narrative must be that of the period",
            said,
        )


def _times_a_day(hours: Decimal) -> int | None:
    return None if _HOURS_A_DAY % hours else int(_HOURS_A_DAY / hours)


def _dialect_settles(scribe: Scribe, times_a_day: int, said: str | None) -> bool:
    rule = table("cda/dialect", scribe.site.name).target_of(_DIALECT)
    printed = {int(number) for number in _A_DAY.findall((said or "").casefold())}
    return rule == _BY_NARRATIVE and printed == {times_a_day}


def _with_phase(
    scribe: Scribe, stated: "_Element", period: Duration, bounds: Bounds, plain: Recurrence
) -> Recurrence:
    """The rhythm with its phase: a clock time, a weekday, or the instant it counts from."""
    phase = child(stated, "phase")
    if phase is None:
        return plain
    if child(phase, "high") is not None or phase.get("value"):
        unsupported(scribe, phase, "a phase other than a low and a width")
    width = child(phase, "width")
    lasts = duration(scribe, width, "phase.intake_lasts", FindingCode.TIMING_INVALID)
    low = scribe.timestamp(child(phase, "low"), "phase.rhythm", FindingCode.TIMING_INVALID)
    recurrence = replace(plain, intake_lasts=lasts)
    if low is None:
        return recurrence
    if period.unit is PeriodUnit.HOUR:
        return _anchored(scribe, phase, low, bounds, recurrence)
    if isinstance(low, datetime):
        low = low.astimezone(scribe.zone)
        recurrence = replace(recurrence, clock=(low.time(),))
    return _on_days(scribe, phase, period, low, bounds, recurrence)


def _anchored(
    scribe: Scribe,
    phase: "_Element",
    low: DateOrInstant,
    bounds: Bounds,
    recurrence: Recurrence,
) -> Recurrence:
    """Every n hours from an instant: it must fall on the first day of the period."""
    if is_day(low):
        return recurrence
    if _day(scribe, low) == _day(scribe, bounds.start):
        return replace(recurrence, start=low)
    unsupported(scribe, phase, "hours counted from another day than the start")
    return recurrence


def _on_days(
    scribe: Scribe,
    phase: "_Element",
    period: Duration,
    low: DateOrInstant,
    bounds: Bounds,
    recurrence: Recurrence,
) -> Recurrence:
    """Days counted from the phase: every day, a weekday, or every n days from the start."""
    day = _day(scribe, low)
    one_week = (period.value, period.unit) in (
        (Decimal(7), PeriodUnit.DAY),
        (Decimal(1), PeriodUnit.WEEK),
    )
    if one_week and day is not None:
        weekday = list(Weekday)[day.weekday()]
        weekly = Frequency(times=1, period=Decimal(1), unit=PeriodUnit.WEEK)
        return replace(recurrence, weekdays=(weekday,), frequency=weekly)
    every_day = period.unit is PeriodUnit.DAY and period.value == 1
    if not every_day and day != _day(scribe, bounds.start):
        unsupported(scribe, phase, "days counted from another day than the start")
    return recurrence


def _day(scribe: Scribe, stated: DateOrInstant | None) -> DateOrInstant | None:
    if isinstance(stated, datetime):
        return stated.astimezone(scribe.zone).date()
    return stated
