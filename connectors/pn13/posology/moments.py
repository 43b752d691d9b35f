"""The moment of a day that a start event names: an activity with an operator, a part of the day,
an hour, or a local code of the sender. Source: ANS e-prescription IG, ConceptMap of the posology.
"""

from connectors.pn13 import values
from connectors.pn13.posology.local import EVENTS, NO_TIMES, coding_of, meaning_of
from connectors.pn13.tree import Cursor
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Times

_WITHOUT_OFFSET = frozenset({"4", "5", "6"})
"""Just before, during, just after."""


def structured_times(structured: Cursor, offset: Cursor | None) -> Times:
    """When within the day a structured event places the intake; empty with a doubt when it
    cannot be said. `offset` is the delay stated beside the event.
    """
    nature = structured.take("Evt_objet", "Evt_nature", gives="times")
    expect_data_type(structured)
    match nature.text if nature else None:
        case "2":
            moment = _moment_of(structured, offset)
        case "3":
            return explicit_hours(structured)
        case "4":
            moment = _named_period(structured)
        case other:
            rule = "Evt_nature of a moment must be 2 (activity), 3 (hours) or 4 (named period)"
            structured.doubt(FindingCode.EVENT_CONDITION, rule, other)
            moment = None
    return Times(moments=(moment,)) if moment else NO_TIMES


def expect_data_type(structured: Cursor) -> None:
    """`Evt_typedeDonnée` is 1 or 2 in every published message; what it says is not public."""
    structured.expect("Evt_objet", "Evt_typedeDonnée", among="1 2", gives="event")


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


def _named_period(structured: Cursor) -> MomentTime | None:
    stated = structured.take("Evt_objet", "Evt_période_nommée", gives="times.moments")
    code = stated.text if stated else ""
    known = structured.table("pn13/named_periods").target_of(code)
    if known is None:
        structured.doubt(
            FindingCode.TIMING_CODE_UNKNOWN, "Evt_période_nommée must be 1 to 5", code or None
        )
    return MomentTime(moment=Moment(known)) if known else None


def explicit_hours(structured: Cursor) -> Times:
    """The hour of `Evt_période_explicite`; a span between two hours is not an hour."""
    where = structured.child("Evt_objet", "Evt_période_explicite")
    if where is None:
        return NO_TIMES
    structured.expect("Evt_objet", "Evt_nature", among="3", gives="times.clock")
    expect_data_type(structured)
    low = where.take("Evt_horaireMin", gives="times.clock")
    high = where.take("Evt_horaireMax", gives="times.clock")
    hour = values.clock(low.text) if low else None
    if low is not None and hour is None:
        where.doubt(FindingCode.VALUE_INVALID, "Evt_horaireMin must be HH[MM[SS]]", low.text)
    if high is not None and (low is None or values.clock(high.text) != hour):
        where.doubt(
            FindingCode.TIMING_UNSUPPORTED, "a span between two hours is no hour", high.text
        )
    return Times(clock=(hour,)) if hour is not None else NO_TIMES


def local_times(event: Cursor) -> Times | None:
    """When within the day the site says that a local code is; `None` when it says nothing.

    Raises: `TableError` when the site's own table gives something else.
    """
    meant = meaning_of(event, coding_of(event, "times.moments"), EVENTS)
    return meant.times if meant is not None else None
