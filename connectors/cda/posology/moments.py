"""EIVL_TS, a time tied to an event of the day: the moment, how far from it, how long.

Source: HL7 v3 Data Types R1, EIVL.event and EIVL.offset; TimingEvent 2.16.840.1.113883.5.139.
"""

from typing import TYPE_CHECKING, NamedTuple

from connectors.cda.posology.dose import duration
from connectors.cda.scribe import Scribe, child, decimal
from connectors.markup import local_name
from mappings.catalogue import table
from schemas.base import is_whole
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.quantity import Duration, PeriodUnit

if TYPE_CHECKING:
    from lxml.etree import _Element

_TIMING_EVENT = "2.16.840.1.113883.5.139"
_MINUTES = {PeriodUnit.MINUTE: 1, PeriodUnit.HOUR: 60}
_LONGEST = 24 * 60
_OFFSET_PARTS = frozenset({"low", "width"})


class Event(NamedTuple):
    """A moment, and how long an intake lasts from then on."""

    moment: MomentTime
    lasts: Duration | None = None


def read_event(scribe: Scribe, stated: "_Element") -> Event | None:
    """The moment of an event; `None`, with a finding, for an event that is not in the table."""
    event = child(stated, "event")
    coding = scribe.coding(event, "phase.times.moments")
    if event is None or coding is None:
        scribe.doubt(FindingCode.TIMING_INVALID, scribe.at(stated), "EIVL_TS needs an event code")
        return None
    ours = coding.system in (None, _TIMING_EVENT)
    known = table("cda/events", scribe.site.name).target_of(coding.code) if ours else None
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
    if offset is None:
        return Event(MomentTime(moment=moment))
    width = duration(
        scribe, child(offset, "width"), "phase.intake_lasts", FindingCode.TIMING_INVALID
    )
    minutes = _offset(scribe, offset, moment)
    return Event(MomentTime(moment=moment, offset_minutes=minutes), width)


def _offset(scribe: Scribe, offset: "_Element", moment: Moment) -> int | None:
    """Minutes in the direction of the moment. An offset counts from the event: below zero, before.

    At a meal and before bedtime there is no one direction: `CM` and `HS` with an offset may be
    read from the beginning of the event or from the moment that the code names.
    """
    low = child(offset, "low")
    minutes = _minutes(scribe, low) if low is not None else None
    others = [part for part in offset.iterchildren("*") if local_name(part) not in _OFFSET_PARTS]
    if minutes is not None and not others:
        if minutes == 0:
            return None
        if minutes < 0 and moment.name.startswith("BEFORE"):
            return -minutes
        if minutes > 0 and (moment.name.startswith("AFTER_") or moment is Moment.WAKING):
            return minutes
    scribe.unsupported(
        offset, "an offset must be whole minutes of a day, before a before and after an after"
    )
    return None


def _minutes(scribe: Scribe, low: "_Element") -> int | None:
    """The minutes of an offset, with its sign; `None` when they are not whole."""
    value = scribe.take(low, "value", "phase.times.moments") or ""
    known = table("cda/periods").target_of(scribe.take(low, "unit", "phase.times.moments") or "")
    sign, digits = (-1, value[1:]) if value.startswith("-") else (1, value)
    each = _MINUTES.get(PeriodUnit(known)) if known is not None else None
    amount = decimal(digits)
    if each is None or amount is None or not is_whole(amount * each) or amount * each > _LONGEST:
        return None
    return sign * int(amount * each)
