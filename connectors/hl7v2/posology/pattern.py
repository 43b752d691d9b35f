"""One repeat pattern code as rhythm and moments, through the table `hl7v2/repeat_patterns`.

A target is words: `2/1d` (frequency), `moment:HS`, `09:00`, `weekdays/2wk`, `mon`,
`monthday:15`, `as-needed`, `once`, `continuous`, `unsupported`, and `part` for what is no code of
its own. `<n>` stands for a number of the code.

A code without a row has no meaning: table 0335 is user-defined, and a site states its own codes
and hours in its own table. A code of another system than HL70335 has the row `SYSTEM|CODE`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal

from mappings.table import Table
from schemas.codes import Coding
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Weekday
from schemas.quantity import PeriodUnit

_WEEKDAYS = re.compile(r"Q(?P<every>\d*)J(?P<days>[1-7]+)")
_FREQUENCY = re.compile(r"(?P<times>\d+)/(?P<period>\d+)(?P<unit>s|min|h|d|wk|mo|a)")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_FEWEST_ID = 5
"""`xID` starts at 5: two to four times a day have words of their own. Table 0335."""
_STANDARD = "HL7"
"""How the name of the standard's own table begins in CWE.3 (HL70335, and HL7xxx in examples)."""
_FUTURE = "U "
"""`U <spec>`: an interval of the UNIX cron, for future use. Table 0335."""
_PART = "part"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one or several codes say together."""

    frequency: Frequency | None = None
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    moments: tuple[MomentTime, ...] = ()
    clock: tuple[time, ...] = ()
    as_needed: bool = False
    once: bool = False
    continuous: bool = False
    unsupported: bool = False
    contradicted: bool = False


def is_standard(coding: Coding) -> bool:
    """Whether a code is of the standard's own table: it says so, or names no system."""
    return coding.system is None or coding.system.upper().startswith(_STANDARD)


def words_stated(coding: Coding, table: Table) -> str | None:
    """The words of the row of this code: where the sender has the same, they say nothing more."""
    row = table.get(coding.code if is_standard(coding) else _key(coding))
    return row.text if row else None


def _key(coding: Coding) -> str:
    return f"{coding.system}|{coding.code}"


def pattern_of_coding(coding: Coding, table: Table) -> Pattern | None:
    """What a code says in its own system: `QJ1` is a Monday in HL70335, a Sunday in another."""
    if is_standard(coding):
        return pattern_of(coding.code, table)
    own = table.target_of(_key(coding))
    return _read(own, coding.code.strip().upper()) if own is not None else None


def pattern_of(code: str, table: Table) -> Pattern | None:
    """What this code says; `None` when the table has no row for it.

    `PRN` before a code (`PRNQ6H`) makes it as needed. Upper and lower case are the same.
    """
    said = code.strip().upper()
    if said.startswith("PRN") and said != "PRN":
        rest = pattern_of(said.removeprefix("PRN"), table)
        return replace(rest, as_needed=True) if rest else None
    exact = table.target_of(code) or table.target_of(said)
    if said.startswith(_FUTURE):
        exact = exact or table.target_of("U <spec>")
    if exact == _PART:
        return None
    if exact is not None:
        return _read(exact.replace("<n>", "1"), said)
    numbers = re.findall(r"\d+", said)
    days = _WEEKDAYS.fullmatch(said)
    if days is not None:
        shape = f"Q{'<n>' if days['every'] else ''}J<day>"
        number = days["every"] or "1"
    elif len(numbers) == 1:
        shape, number = said.replace(numbers[0], "<n>"), numbers[0]
    else:
        return None
    target = table.target_of(shape)
    few = shape == "<n>ID" and int(number) < _FEWEST_ID
    if target is None or int(number) < 1 or few:
        return None
    return _read(target.replace("<n>", str(int(number))), said)


def _read(target: str, code: str) -> Pattern | None:
    found: Pattern | None = Pattern()
    for word in target.split():
        one = _word(word, code)
        found = together((found, one)) if found and one else None
    return found


def _word(word: str, code: str) -> Pattern | None:
    flags = {
        "as-needed": Pattern(as_needed=True),
        "once": Pattern(once=True),
        "continuous": Pattern(continuous=True),
        "unsupported": Pattern(unsupported=True),
    }
    if word in flags:
        return flags[word]
    if word.startswith("moment:"):
        moment = Moment(word.removeprefix("moment:"))
        return Pattern(moments=(MomentTime(moment=moment),))
    if word.startswith("monthday:"):
        return Pattern(month_days=(int(word.removeprefix("monthday:")),))
    if word in {day.value for day in Weekday}:
        return Pattern(weekdays=(Weekday(word),))
    if _CLOCK.fullmatch(word):
        return Pattern(clock=(time.fromisoformat(word),))
    if word.startswith("weekdays/"):
        return _on_weekdays(word, code)
    shape = _FREQUENCY.fullmatch(word)
    if shape is None:
        return None
    return Pattern(
        frequency=Frequency(
            times=int(shape["times"]),
            period=Decimal(shape["period"]),
            unit=PeriodUnit(shape["unit"]),
        )
    )


def _on_weekdays(word: str, code: str) -> Pattern | None:
    """The listed days; a frequency only where weeks are left out."""
    listed = _WEEKDAYS.fullmatch(code)
    every = re.fullmatch(r"weekdays/(\d+)wk", word)
    if listed is None or every is None:
        return None
    days = tuple(
        day for number, day in enumerate(Weekday, start=1) if str(number) in listed["days"]
    )
    if every[1] == "1":
        return Pattern(weekdays=days)
    weeks = Frequency(times=len(days), period=Decimal(every[1]), unit=PeriodUnit.WEEK)
    return Pattern(weekdays=days, frequency=weeks)


def together(patterns: Iterable[Pattern]) -> Pattern:
    """What several repetitions say: they add up (`QD~HS` is every day at bedtime).

    Two different frequencies do not add up to one: the result is `contradicted`.
    """
    listed = list(patterns)
    frequencies = {one.frequency for one in listed if one.frequency is not None}
    days = {day for one in listed for day in one.weekdays}
    return Pattern(
        frequency=next(iter(frequencies)) if len(frequencies) == 1 else None,
        weekdays=tuple(day for day in Weekday if day in days),
        month_days=tuple(sorted({day for one in listed for day in one.month_days})),
        moments=tuple(dict.fromkeys(moment for one in listed for moment in one.moments)),
        clock=tuple(dict.fromkeys(at for one in listed for at in one.clock)),
        as_needed=any(one.as_needed for one in listed),
        once=any(one.once for one in listed),
        continuous=any(one.continuous for one in listed),
        unsupported=any(one.unsupported for one in listed),
        contradicted=len(frequencies) > 1,
    )
