"""One repeat pattern code as rhythm and moments, through the table `hl7v2/repeat_patterns`.

A target is words of `mappings.timing`. Three more are of this table alone: `<n>` is a number of
the code, `weekdays/2wk` are the days that the code lists, and `part` is no code of its own.

A code without a row has no meaning: table 0335 is user-defined, and a site states its own codes
and hours in its own table. A code of another system than HL70335 has the row `SYSTEM|CODE`.
"""

import re
from dataclasses import replace
from decimal import Decimal

from mappings.table import Table
from mappings.timing import Timing, timing_of
from schemas.codes import Coding
from schemas.posology import Frequency, Weekday
from schemas.quantity import PeriodUnit

_WEEKDAYS = re.compile(r"Q(?P<every>\d*)J(?P<days>[1-7]+)")
_FEWEST_ID = 5
"""`xID` starts at 5: two to four times a day have words of their own. Table 0335."""
_STANDARD = "HL7"
"""How the name of the standard's own table begins in CWE.3 (HL70335, and HL7xxx in examples)."""
_FUTURE = "U "
"""`U <spec>`: an interval of the UNIX cron, for future use. Table 0335."""
_PART = "part"
_LISTED = "weekdays/"


def is_standard(coding: Coding) -> bool:
    """Whether a code is of the standard's own table: it says so, or names no system."""
    return coding.system is None or coding.system.upper().startswith(_STANDARD)


def words_stated(coding: Coding, table: Table) -> str | None:
    """The words of the row of this code: where the sender has the same, they say nothing more."""
    row = table.get(coding.code if is_standard(coding) else _key(coding))
    return row.text if row else None


def _key(coding: Coding) -> str:
    return f"{coding.system}|{coding.code}"


def pattern_of_coding(coding: Coding, table: Table) -> Timing | None:
    """What a code says in its own system: `QJ1` is a Monday in HL70335, a Sunday in another."""
    if is_standard(coding):
        return pattern_of(coding.code, table)
    own = table.target_of(_key(coding))
    return _read(own, coding.code.strip().upper()) if own is not None else None


def pattern_of(code: str, table: Table) -> Timing | None:
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


def _read(target: str, code: str) -> Timing:
    listed = target.startswith(_LISTED)
    return _on_weekdays(target, code) if listed else timing_of(target)


def _on_weekdays(target: str, code: str) -> Timing:
    """The days that the code lists; a frequency only where weeks are left out."""
    listed, every = _WEEKDAYS.fullmatch(code), re.fullmatch(r"weekdays/(\d+)wk", target)
    if listed is None or every is None:
        raise ValueError(f"{target!r} is a target of codes that list days of the week")
    days = tuple(
        day for number, day in enumerate(Weekday, start=1) if str(number) in listed["days"]
    )
    if every[1] == "1":
        return Timing(weekdays=days)
    weeks = Frequency(times=len(days), period=Decimal(every[1]), unit=PeriodUnit.WEEK)
    return Timing(weekdays=days, frequency=weeks)
