"""How often: the structured frequency, the site's meaning of a local one, and the default.

A site states its local codes in `sites/<site>/pn13/frequencies.csv`, one row a code, written
`list|code` when the message names the list. The target is a few words: `3/d` (three in each
day), `1/2d`, `1/12h`, weekdays (`mon thu`), moments (`CM CV`), times of the clock (`08:00`).
"""

import re
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import TypeVar

from connectors.pn13 import values
from connectors.pn13.tree import Cursor, Value
from mappings.catalogue import has_table
from mappings.table import TableError
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Rhythm, Weekday
from schemas.quantity import PeriodUnit

LOCAL_TABLE = "pn13/frequencies"
_RATE = re.compile(r"([0-9]{1,3})/([0-9]{1,3})?(s|min|h|d|wk|mo|a)")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
_FILTERS = "Frq_filtreVal_"
_Number = TypeVar("_Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Pace:
    """The rhythm, and the times of day that a local frequency may carry.

    `stated` is false when the message has no frequency at all, readable or not.
    """

    rhythm: Rhythm
    moments: tuple[MomentTime, ...] = ()
    clock: tuple[time, ...] = ()
    code: Coding | None = None
    words: tuple[str, ...] = ()
    stated: bool = True


DAILY = Rhythm(frequency=Frequency(times=1, period=Decimal(1), unit=PeriodUnit.DAY))
"""The default of the ConceptMap for a posology with no frequency and no moment."""


def read_pace(posology: Cursor) -> Pace:
    """The frequency as stated; the structured one wins, a local one needs the site's table."""
    structured = posology.child("Fréquence_structurée")
    local = posology.child("Fréquence")
    if structured is not None and next(structured.unread(), None) is not None:
        pace = _structured(structured)
        if local is not None and local.text:
            _compare(local, pace)
        return pace
    return _local(local) if local is not None and local.text else Pace(Rhythm(), stated=False)


def _structured(at: Cursor) -> Pace:
    """`Frq_multiplicité` times in each `Frq_durée` of `Frq_échelle`; both are 1 when absent,
    unless a filter says which days, in which case nothing stands in for them.
    """
    said = at.take("Frq_libellé", gives="phase.text")
    filters = [child for child in _below(at) if child.name.startswith(_FILTERS) and child.text]
    unit = _scale(at)
    period = at.take("Frq_durée", gives="rhythm.frequency.period")
    times = at.take("Frq_multiplicité", gives="rhythm.frequency.times")
    frequency = None
    if period or times or not filters:
        default = None if filters else 1
        frequency = Frequency(
            times=_above_zero(at, times, values.whole(at, times)) if times else default,
            period=_above_zero(at, period, values.number(at, period))
            if period
            else _decimal(default),
            unit=unit,
        )
    return Pace(
        rhythm=Rhythm(
            frequency=frequency,
            weekdays=tuple(_weekdays(filters)),
            month_days=tuple(_month_days(filters)),
        ),
        words=(said.text,) if said else (),
    )


def _above_zero(at: Cursor, stated: Value, number: _Number | None) -> _Number | None:
    if number is None or number > 0:
        return number
    rule = "a frequency needs a number above zero"
    at.notebook.doubt(FindingCode.VALUE_INVALID, stated.place, rule, stated.text)
    return None


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _below(at: Cursor) -> list[Cursor]:
    return [here for child in at.children() for here in (child, *_below(child))]


def _scale(at: Cursor) -> PeriodUnit | None:
    stated = at.take("Frq_échelle", gives="rhythm.frequency.unit")
    if stated is None:
        at.doubt(FindingCode.PERIOD_INCOMPLETE, "Fréquence_structurée has no Frq_échelle")
        return None
    known = at.table("pn13/scales").target_of(stated.text)
    if known is None:
        at.notebook.doubt(
            FindingCode.CODE_INVALID, stated.place, "Frq_échelle must be 1 to 7", stated.text
        )
    return PeriodUnit(known) if known else None


def _weekdays(filters: list[Cursor]) -> list[Weekday]:
    found = []
    for at in filters:
        if at.name != f"{_FILTERS}1_J":
            continue
        at.taken("rhythm.weekdays")
        known = at.table("pn13/weekdays").target_of(at.text)
        if known is None:
            at.doubt(FindingCode.CODE_INVALID, "Frq_filtreVal_1_J must be 1 (Monday) to 7")
        elif Weekday(known) not in found:
            found.append(Weekday(known))
    return sorted(found, key=lambda day: day.number)


def _month_days(filters: list[Cursor]) -> list[int]:
    found = []
    for at in filters:
        if at.name != f"{_FILTERS}2":
            continue
        at.taken("rhythm.month_days")
        if re.fullmatch(r"[1-9]|[12][0-9]|3[01]", at.text):
            found.append(int(at.text))
        else:
            at.doubt(FindingCode.CODE_INVALID, "Frq_filtreVal_2 must be a day of the month")
    return sorted(set(found))


def _local(at: Cursor) -> Pace:
    """What the site says of the sender's own code; unknown, the code stays and blocks."""
    coding = _coding(at)
    words = (coding.display,) if coding.display else ()
    target = _target(at, coding)
    if target is None:
        at.doubt(
            FindingCode.FREQUENCY_UNKNOWN,
            f"Fréquence has no row in the site's table {LOCAL_TABLE}",
        )
        return Pace(Rhythm(), code=coding, words=words)
    return _meaning(target, words)


def _coding(at: Cursor) -> Coding:
    return Coding(
        code=at.text if at.taken("rhythm.frequency") else "",
        system=at.attribute("Phast-nomenclature", "timing_code.system"),
        display=at.attribute("Phast-signification", "phase.text"),
    )


def _target(at: Cursor, coding: Coding) -> str | None:
    if not has_table(LOCAL_TABLE, at.notebook.site.name):
        return None
    key = f"{coding.system}|{coding.code}" if coding.system else coding.code
    return at.table(LOCAL_TABLE).target_of(key)


def _meaning(target: str, words: tuple[str, ...]) -> Pace:
    """The pace that a row of the site's table states.

    Raises: `TableError` for a word that is none of those this module describes.
    """
    frequency, weekdays, moments, clock = None, [], [], []
    days = {day.value for day in Weekday}
    for word in target.split():
        if rate := _RATE.fullmatch(word):
            period = Decimal(rate[2] or 1)
            frequency = Frequency(times=int(rate[1]), period=period, unit=PeriodUnit(rate[3]))
        elif word in days:
            weekdays.append(Weekday(word))
        elif _CLOCK.fullmatch(word):
            clock.append(time.fromisoformat(word))
        elif word in MOMENTS:
            moments.append(MomentTime(moment=Moment(word)))
        else:
            raise TableError(f"{LOCAL_TABLE}: {word!r} is no rate, weekday, moment or time")
    return Pace(
        rhythm=Rhythm(frequency=frequency, weekdays=tuple(weekdays)),
        moments=tuple(moments),
        clock=tuple(clock),
        words=words,
    )


MOMENTS = frozenset(moment.value for moment in Moment)


def _compare(local: Cursor, structured: Pace) -> None:
    """A local code beside a structured frequency must say the same, when the site knows it."""
    coding = _coding(local)
    target = _target(local, coding)
    if target is None:
        local.doubt(
            FindingCode.ELEMENT_UNREAD, "Fréquence was not compared with Fréquence_structurée"
        )
    elif _meaning(target, ()).rhythm != structured.rhythm:
        local.doubt(
            FindingCode.FREQUENCY_CONTRADICTED,
            "Fréquence and Fréquence_structurée say different things",
        )
