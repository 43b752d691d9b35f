"""A sender's own codes: what the site says of them, and nothing else.

A site states them in `sites/<site>/pn13/frequencies.csv` (`Fréquence`) and `.../events.csv`
(`Evénement_début` before version 3.3), one row a code, written `list|code` when the message
names the list. The target is a few words: `3/d` (three in each day), `1/2d`, `1/12h`, weekdays
(`mon thu`), moments (`CM CV`), times of the clock (`08:00`); an event has moments or times only.
"""

import re
from datetime import time
from decimal import Decimal
from typing import NamedTuple

from connectors.pn13.tree import Cursor
from mappings.catalogue import has_table
from mappings.table import TableError
from schemas.codes import Coding
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Rhythm, Times, Weekday
from schemas.quantity import PeriodUnit

NO_TIMES = Times()
FREQUENCIES, EVENTS = "pn13/frequencies", "pn13/events"
_RATE = re.compile(r"([0-9]{1,3})/([0-9]{1,3})?(s|min|h|d|wk|mo|a)")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
_MOMENTS = frozenset(moment.value for moment in Moment)
_DAYS = frozenset(day.value for day in Weekday)


class Meaning(NamedTuple):
    """What a code of the sender stands for."""

    rhythm: Rhythm
    times: Times


def coding_of(at: Cursor, gives: str) -> Coding:
    """The code as sent, with its list and the words that the sender gives it."""
    at.taken(gives)
    return Coding(
        code=at.text,
        system=at.attribute("Phast-nomenclature", "timing_code.system"),
        display=at.attribute("Phast-signification", "phase.text"),
    )


def meaning_of(at: Cursor, coding: Coding, table_name: str) -> Meaning | None:
    """What the table of the site says of a code; `None` when it has no row for it.

    Raises: `TableError` for a word that is none of those this module describes.
    """
    if not has_table(table_name, at.notebook.site.name):
        return None
    key = f"{coding.system}|{coding.code}" if coding.system else coding.code
    target = at.table(table_name).target_of(key)
    return None if target is None else _read(target, table_name)


def _read(target: str, table_name: str) -> Meaning:
    frequency, weekdays, moments, clock = None, [], [], []
    for word in target.split():
        rate = _RATE.fullmatch(word) if table_name == FREQUENCIES else None
        if rate is not None:
            period = Decimal(rate[2] or 1)
            frequency = Frequency(times=int(rate[1]), period=period, unit=PeriodUnit(rate[3]))
        elif word in _DAYS and table_name == FREQUENCIES:
            weekdays.append(Weekday(word))
        elif _CLOCK.fullmatch(word):
            clock.append(time.fromisoformat(word))
        elif word in _MOMENTS:
            moments.append(MomentTime(moment=Moment(word)))
        else:
            raise TableError(f"{table_name}: {word!r} is no word of such a table")
    return Meaning(
        Rhythm(frequency=frequency, weekdays=tuple(weekdays)),
        Times(moments=tuple(moments), clock=tuple(clock)),
    )
