"""When within a day, and on which condition: the start event of a posology element.

`Type_événement_début` is 1 (date and time), 2 (activity or moment), 3 (condition), 4 (limit),
or `SB` (as needed) in messages of pharmacy software. A second event of the same kind may stand
beside the first. Source: ANS e-prescription IG, ConceptMap of the posology.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from typing import NamedTuple

from connectors.dates import read_timestamp
from connectors.pn13 import values
from connectors.pn13.frequency import MOMENTS
from connectors.pn13.tree import Cursor
from mappings.catalogue import has_table
from mappings.table import TableError
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime

LOCAL_TABLE = "pn13/events"
ABSOLUTE, ACTIVITY, CONDITION, LIMIT, AS_NEEDED = "1", "2", "3", "4", "SB"


@dataclass(frozen=True, slots=True)
class Event:
    """What one start event says. `limit` is the kind of ceiling that the quantity is."""

    kind: str | None = None
    moments: tuple[MomentTime, ...] = ()
    clock: tuple[time, ...] = ()
    as_needed: bool = False
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    limit: str | None = None


class _Names(NamedTuple):
    """The elements of one event; no public source gives the second one a delay."""

    kind: str
    event: str
    structured: str
    offset: str | None


FIRST = _Names(
    "Type_événement_début", "Evénement_début", "Evt_structuré_début", "Int_temps_év_début"
)
SECOND = _Names("Type_événement2_début", "Evénement2_début", "Evt_structuré2_début", None)


def read_event(posology: Cursor, names: _Names, start: DateOrInstant | None) -> Event:
    """One start event. `start` is `Dh_début` of the line, which an absolute event may repeat."""
    kind = posology.take(names.kind, gives="phase.times")
    if kind is None:
        return Event()
    match kind.text:
        case "1":
            return _absolute(posology, names, start)
        case "2":
            return _activity(posology, names)
        case "3":
            return _condition(posology, names)
        case "4":
            return _limit(posology, names)
        case "SB":
            return Event(kind=AS_NEEDED, as_needed=True)
        case _:
            posology.notebook.doubt(
                FindingCode.CODE_INVALID,
                kind.place,
                f"{names.kind} must be 1, 2, 3 or 4",
                kind.text,
            )
            return Event(kind=kind.text)


def _absolute(posology: Cursor, names: _Names, start: DateOrInstant | None) -> Event:
    """A date and time: the bounds of the line, said again, or an hour counted from midnight."""
    structured = posology.child(names.structured, "Evénement_structuré")
    hours = _explicit_hours(structured) if structured is not None else ()
    offset = posology.child(names.offset) if names.offset else None
    if not hours and offset is not None:
        hours = _since_midnight(offset)
    _repeats_the_start(posology, names, start)
    return Event(kind=ABSOLUTE, clock=hours, words=_words(structured))


def _since_midnight(offset: Cursor) -> tuple[time, ...]:
    length = values.duration(offset, "times.clock")
    if length is None:
        return ()
    minutes = values.minutes_of(length)
    if minutes is None or minutes >= 24 * 60:
        offset.doubt(FindingCode.VALUE_INVALID, "must be whole minutes within one day")
        return ()
    return (time(minutes // 60, minutes % 60),)


def _repeats_the_start(posology: Cursor, names: _Names, start: DateOrInstant | None) -> None:
    """An absolute event that is `Dh_début` again adds nothing; any other stays unread."""
    stated = posology.child(names.event)
    if stated is None or not stated.text:
        return
    with suppress(ValueError):
        if start is not None and read_timestamp(stated.text, posology.notebook.zone) == start:
            stated.taken("bounds.start")


def _activity(posology: Cursor, names: _Names) -> Event:
    """A moment of the day: an activity with an operator, a named period, an explicit hour."""
    structured = posology.child(names.structured, "Evénement_structuré")
    if structured is None:
        return Event(kind=ACTIVITY, moments=_local_moments(posology, names))
    words = _words(structured)
    nature = structured.take("Evt_objet", "Evt_nature", gives="times")
    structured.take("Evt_objet", "Evt_typedeDonnée", gives="times")
    if nature is not None and nature.text == "3":
        return Event(kind=ACTIVITY, clock=_explicit_hours(structured), words=words)
    if nature is not None and nature.text == "4":
        moment = _named_period(structured)
    elif nature is not None and nature.text == "2":
        offset = posology.child(names.offset) if names.offset else None
        moment = _moment_of(structured, offset)
    else:
        structured.doubt(
            FindingCode.EVENT_CONDITION,
            "Evt_nature of a moment must be 2 (activity), 3 (hours) or 4 (named period)",
            nature.text if nature else None,
        )
        moment = None
    return Event(kind=ACTIVITY, moments=(moment,) if moment else (), words=words)


def _moment_of(structured: Cursor, offset: Cursor | None) -> MomentTime | None:
    """The moment of an activity and an operator, with the minutes stated beside them."""
    activity = structured.take("Evt_objet", "Evt_activité", "Evt_activité_code", gives="times")
    operator = structured.take("Evt_opérateur", gives="times")
    key = f"{activity.text if activity else ''}/{operator.text if operator else ''}"
    known = structured.table("pn13/activities").target_of(key)
    if known is None:
        structured.doubt(
            FindingCode.TIMING_CODE_UNKNOWN,
            "Evt_activité_code and Evt_opérateur are no row of the table pn13/activities",
            key,
        )
        return None
    moment, _, fixed = known.partition("@")
    length = values.duration(offset, "times.moments.offset_minutes") if offset else None
    minutes = values.minutes_of(length) if length else None
    if operator is not None and operator.text in _WITHOUT_OFFSET and minutes:
        structured.doubt(
            FindingCode.TIMING_CONTRADICTED, "a delay contradicts the operator", operator.text
        )
    if length is not None and minutes is None and offset is not None:
        offset.doubt(FindingCode.VALUE_INVALID, "must be whole minutes")
    return MomentTime(moment=Moment(moment), offset_minutes=int(fixed) if fixed else minutes)


_WITHOUT_OFFSET = frozenset({"4", "5", "6"})
"""Just before, during, just after."""


def _named_period(structured: Cursor) -> MomentTime | None:
    stated = structured.take("Evt_objet", "Evt_période_nommée", gives="times.moments")
    code = stated.text if stated else ""
    known = structured.table("pn13/named_periods").target_of(code)
    if known is None:
        structured.doubt(
            FindingCode.TIMING_CODE_UNKNOWN, "Evt_période_nommée must be 1 to 5", code or None
        )
    return MomentTime(moment=Moment(known)) if known else None


def _explicit_hours(structured: Cursor) -> tuple[time, ...]:
    """The hour of `Evt_période_explicite`; a span between two hours is not an hour."""
    where = structured.child("Evt_objet", "Evt_période_explicite")
    if where is None:
        return ()
    structured.take("Evt_objet", "Evt_nature", gives="times.clock")
    structured.take("Evt_objet", "Evt_typedeDonnée", gives="times.clock")
    low = where.take("Evt_horaireMin", gives="times.clock")
    high = where.take("Evt_horaireMax", gives="times.clock")
    hour = values.clock(low.text) if low else None
    if low is not None and hour is None:
        where.doubt(FindingCode.VALUE_INVALID, "Evt_horaireMin must be HH[MM[SS]]", low.text)
    if low is not None and high is not None and values.clock(high.text) != hour:
        where.doubt(
            FindingCode.TIMING_UNSUPPORTED, "a span between two hours is no hour", high.text
        )
    return (hour,) if hour is not None else ()


def _local_moments(posology: Cursor, names: _Names) -> tuple[MomentTime, ...]:
    """The moments that the site gives a local code of the sender (before version 3.3).

    Raises: `TableError` when the site's own table gives something else.
    """
    event = posology.child(names.event)
    stated = event.taken("times.moments") if event is not None else None
    if event is None or stated is None:
        posology.doubt(FindingCode.TIMING_CODE_UNKNOWN, f"{names.kind} 2 names no moment")
        return ()
    known = None
    if has_table(LOCAL_TABLE, posology.notebook.site.name):
        known = posology.table(LOCAL_TABLE).target_of(stated.text)
    if known is None:
        event.doubt(
            FindingCode.TIMING_CODE_UNKNOWN,
            f"{event.name} has no row in the site's table {LOCAL_TABLE}",
        )
        return ()
    words = known.split()
    if not MOMENTS.issuperset(words):
        raise TableError(f"{LOCAL_TABLE}: {known!r} is no list of moments")
    return tuple(MomentTime(moment=Moment(word)) for word in words)


def _condition(posology: Cursor, names: _Names) -> Event:
    """As needed, for what the message says; a condition is never planned."""
    reasons = []
    free = posology.take(names.event, gives="as_needed_for")
    if free is not None:
        reasons.append(free.text)
    structured = posology.child(names.structured, "Evénement_structuré")
    words = _words(structured)
    if structured is not None:
        reasons.extend(_clinical(structured, words))
    return Event(kind=CONDITION, as_needed=True, reasons=tuple(reasons), words=words)


def _clinical(structured: Cursor, words: tuple[str, ...]) -> tuple[str, ...]:
    """The clinical reason; code 0 is "as needed" and no more."""
    structured.take("Evt_objet", "Evt_nature", gives="as_needed")
    structured.take("Evt_objet", "Evt_typedeDonnée", gives="as_needed")
    code = structured.take("Evt_objet", "Evt_clinique", "Evt_clinique_code", gives="as_needed_for")
    if code is not None and code.text == "0":
        return ()
    if words:
        return words
    return (f"Evt_clinique_code {code.text}",) if code is not None else ()


def _limit(posology: Cursor, names: _Names) -> Event:
    """A ceiling: which one is coded in the structured event, or before version 3.3 beside it."""
    where = posology.child(names.structured)
    at = where.find("Evénement_param_poso_cond") if where is not None else None
    stated = at.taken("limits") if at is not None else None
    stated = stated or posology.take(names.event, gives="limits")
    return Event(kind=LIMIT, limit=stated.text if stated else "")


def _words(structured: Cursor | None) -> tuple[str, ...]:
    said = structured.take("Evt_libellé", gives="phase.text") if structured is not None else None
    return (said.text,) if said is not None else ()
