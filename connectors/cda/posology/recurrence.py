"""PIVL_TS, the periodic part of a timing: how often, and several rhythms united into one.

`institutionSpecified="true"` means n times a day at the times of the place, `"false"` every n
hours (HL7 v3 Data Types R1). The official French examples leave the attribute out and print
"3 fois/j" beside a period of 8 hours: without it both readings stand, and a person decides,
unless the site has signed the dialect (`mappings/cda/dialect.csv`) and the words agree.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.cda.posology.dose import duration
from connectors.cda.posology.phase import Recurrence, with_phase
from connectors.cda.scribe import Scribe, child
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.posology import Bounds, Frequency
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


def read_recurrence(
    scribe: Scribe, stated: "Sequence[_Element]", bounds: Bounds, said: str | None
) -> Recurrence:
    """What the periodic statements say together: hours of the day, days, or each with each."""
    read = [_one(scribe, element, bounds, said) for element in stated]
    if len(read) > 1:
        together = _united(read)
        if together is not None:
            return together
        scribe.unsupported(stated[1], "two rhythms in one statement")
    return read[0] if read else Recurrence()


def _united(several: Sequence[Recurrence]) -> Recurrence | None:
    """Rhythms that differ by their day and hour alone, when every day has every hour.

    Monday and Thursday, each at 8 and at 20 h, are one statement of two days and two hours.
    """
    first = several[0]
    frequency = first.frequency
    plain = {replace(one, clock=(), weekdays=(), month_days=()) for one in several}
    days = list(dict.fromkeys((one.weekdays, one.month_days) for one in several))
    clock = list(dict.fromkeys(one.clock for one in several))
    turns = {(one.weekdays, one.month_days, one.clock) for one in several}
    if len(plain) > 1 or first.start is not None or frequency is None:
        return None
    if not len(turns) == len(several) == len(days) * len(clock):
        return None
    if (len(days) > 1 and ((), ()) in days) or (len(clock) > 1 and () in clock):
        return None
    return replace(
        first,
        frequency=frequency.model_copy(update={"times": len(turns)}),
        weekdays=tuple(day for weekdays, _ in days for day in weekdays),
        month_days=tuple(day for _, month_days in days for day in month_days),
        clock=tuple(hour for hours in clock for hour in hours),
    )


def _one(scribe: Scribe, stated: "_Element", bounds: Bounds, said: str | None) -> Recurrence:
    period = duration(
        scribe, child(stated, "period"), "phase.rhythm", FindingCode.PERIOD_INCOMPLETE
    )
    if child(stated, "period") is None:
        scribe.doubt(FindingCode.PERIOD_INCOMPLETE, scribe.at(stated), "PIVL_TS needs a period")
    if period is None:
        return Recurrence()
    frequency = _frequency(scribe, stated, period, said)
    _check_acts(scribe, stated, frequency, said)
    return with_phase(scribe, stated, period, bounds, Recurrence(frequency=frequency))


def _frequency(scribe: Scribe, stated: "_Element", period: Duration, said: str | None) -> Frequency:
    literal = Frequency(times=1, period=period.value, unit=period.unit)
    by_place = scribe.flag(stated, "institutionSpecified", "phase.rhythm")
    if period.unit is not PeriodUnit.HOUR or by_place is False:
        return literal
    times_a_day = _times_a_day(period.value)
    if times_a_day is None:
        if by_place:
            scribe.doubt(
                FindingCode.TIMING_UNSUPPORTED,
                scribe.at(stated),
                "a period left to the place must divide a day",
                str(period.value),
            )
        return literal
    a_day = Frequency(times=times_a_day, period=Decimal(1), unit=PeriodUnit.DAY)
    if by_place or _dialect_settles(scribe, times_a_day, said):
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
