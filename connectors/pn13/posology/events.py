"""When within a day, and on which condition: the start event of a posology element.

`Type_événement_début` is 1 (date and time), 2 (activity or moment), 3 (condition), 4 (limit),
or `SB` (as needed) in messages of pharmacy software. A second event of the same kind may stand
beside the first. Before version 3.3 an event is a code or a text in `Evénement_début`, from then
on it is structured. Source: ANS e-prescription IG, ConceptMap of the posology.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from typing import NamedTuple

from connectors.dates import read_timestamp
from connectors.pn13 import values
from connectors.pn13.posology.local import EVENTS, NO_TIMES
from connectors.pn13.posology.moments import (
    expect_data_type,
    explicit_hours,
    local_times,
    structured_times,
)
from connectors.pn13.tree import Cursor
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.posology import Times

ABSOLUTE, ACTIVITY, CONDITION, LIMIT, AS_NEEDED = "1", "2", "3", "4", "SB"
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Event:
    """What one start event says. `limit` is the kind of ceiling that the quantity is."""

    kind: str | None = None
    times: Times = NO_TIMES
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

    def structured_in(self, posology: Cursor) -> Cursor | None:
        """The structured event, when it says anything."""
        at = posology.child(self.structured)
        return at if at is not None and next(at.unread(), None) is not None else None

    def offset_in(self, posology: Cursor) -> Cursor | None:
        """The delay beside the event."""
        return posology.child(self.offset) if self.offset else None


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
            _repeats_the_start(posology, names, start)
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
    structured = _event_of(names.structured_in(posology))
    times = explicit_hours(structured) if structured is not None else NO_TIMES
    offset = names.offset_in(posology)
    if times == NO_TIMES and offset is not None:
        times = _since_midnight(offset)
    _repeats_the_start(posology, names, start)
    return Event(kind=ABSOLUTE, times=times, words=_words(structured))


def _event_of(at: Cursor | None) -> Cursor | None:
    return at.child("Evénement_structuré") if at is not None else None


def _since_midnight(offset: Cursor) -> Times:
    length = values.duration(offset, "times.clock")
    if length is None:
        return NO_TIMES
    minutes = values.minutes_of(length)
    if minutes is None or minutes >= _MINUTES_A_DAY:
        offset.doubt(FindingCode.VALUE_INVALID, "must be whole minutes within one day")
        return NO_TIMES
    return Times(clock=(time(minutes // 60, minutes % 60),))


def _repeats_the_start(posology: Cursor, names: _Names, start: DateOrInstant | None) -> None:
    """An absolute event that is `Dh_début` again adds nothing; any other stays unread."""
    stated = posology.child(names.event)
    if stated is None or not stated.text:
        return
    with suppress(ValueError):
        if start is not None and read_timestamp(stated.text, posology.notebook.zone) == start:
            stated.taken("bounds.start")


def _activity(posology: Cursor, names: _Names) -> Event:
    """A moment of the day, structured, or a local code that the site's table knows, or both
    where they say the same.
    """
    structured = _event_of(names.structured_in(posology))
    event = posology.child(names.event)
    local = local_times(event) if event is not None and event.text else None
    if event is not None and event.text and local is None:
        rule = f"{event.name} has no row in the site's table {EVENTS}"
        event.doubt(FindingCode.TIMING_CODE_UNKNOWN, rule)
    if structured is None:
        if event is None or not event.text:
            posology.doubt(FindingCode.TIMING_CODE_UNKNOWN, f"{names.kind} 2 names no moment")
        return Event(kind=ACTIVITY, times=local or NO_TIMES)
    words = _words(structured)
    times = structured_times(structured, names.offset_in(posology))
    if local is not None and local != times:
        posology.doubt(
            FindingCode.TIMING_CONTRADICTED,
            f"{names.event} and {names.structured} name different moments",
        )
    return Event(kind=ACTIVITY, times=times, words=words)


def _condition(posology: Cursor, names: _Names) -> Event:
    """As needed, for what the message says; a condition is never planned."""
    reasons = []
    free = posology.child(names.event)
    stated = free.taken("as_needed_for") if free is not None else None
    if free is not None and stated is not None:
        said = free.attribute("Phast-signification", "as_needed_for")
        free.attribute("Phast-nomenclature", "as_needed_for")
        reasons.append(f"{said} ({stated.text})" if said else stated.text)
    structured = _event_of(names.structured_in(posology))
    words = _words(structured)
    if structured is not None:
        reasons.extend(_clinical(structured, words))
    return Event(kind=CONDITION, as_needed=True, reasons=tuple(reasons), words=words)


def _clinical(structured: Cursor, words: tuple[str, ...]) -> tuple[str, ...]:
    """The clinical reason, with the value that the sender compares with; code 0 alone is "as
    needed" and no more. The labels of the codes 1 to 15 are not public.
    """
    structured.expect("Evt_objet", "Evt_nature", among="1", gives="as_needed")
    expect_data_type(structured)
    told = {}
    for name in _COMPARED:
        at = structured.find(name)
        stated = at.taken("as_needed_for") if at is not None else None
        if stated is not None:
            told[name] = stated.text
    code = told.get(_COMPARED[0])
    if len(told) > 1 or (told and code is None):
        return (", ".join((*words, *(f"{name} {text}" for name, text in told.items()))),)
    if code == "0":
        return ()
    return words or ((f"{_COMPARED[0]} {code}",) if code else ())


_COMPARED = ("Evt_clinique_code", "Evt_opérateur", "Evt_valeur")


def _limit(posology: Cursor, names: _Names) -> Event:
    """A ceiling: which one is coded in the structured event, or before version 3.3 beside it."""
    structured = names.structured_in(posology)
    at = structured.find("Evénement_param_poso_cond") if structured is not None else None
    stated = at.taken("limits") if at is not None else None
    older = posology.child(names.event)
    if older is not None and (stated is None or stated.text == older.text):
        stated = older.taken("limits") or stated
    words = _words(_event_of(structured))
    return Event(kind=LIMIT, limit=stated.text if stated else "", words=words)


def _words(structured: Cursor | None) -> tuple[str, ...]:
    said = structured.take("Evt_libellé", gives="phase.text") if structured is not None else None
    return (said.text,) if said is not None else ()
