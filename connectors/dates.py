"""Compact timestamps, as HL7 v2, CDA and PN13 write them: `YYYY[MM[DD[HH[MM[SS]]]]][±ZZZZ]`.

A day alone stays a day. A time without an offset is local to the site; the hour that a clock
change skips or repeats is refused, because it names no instant or two.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from schemas.base import DateOrInstant

_COMPACT = re.compile(
    r"(?P<day>\d{8})(?:(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>\d{2})?(?:\.\d{1,6})?)?"
    r"(?P<offset>[+-]\d{4}|Z)?",
    re.ASCII,
)


def read_timestamp(text: str, zone: ZoneInfo) -> DateOrInstant:
    """The day or the instant that a compact timestamp states.

    Fractions of a second are dropped. Raises: `ValueError` that names the rule broken, for
    a shape that is no timestamp, a year or month alone, or a local time that a clock change
    skips or repeats.
    """
    shape = _COMPACT.fullmatch(text.strip())
    if shape is None:
        raise ValueError("must be YYYYMMDD[HH[MM[SS]]] with an optional offset")
    day = date(int(shape["day"][:4]), int(shape["day"][4:6]), int(shape["day"][6:]))
    if shape["hour"] is None:
        return day
    wall = datetime(
        day.year,
        day.month,
        day.day,
        int(shape["hour"]),
        int(shape["minute"] or 0),
        int(shape["second"] or 0),
        tzinfo=_offset(shape["offset"]),
    )
    return wall if wall.tzinfo is not None else localised(wall, zone)


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5])))


def localised(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time in a zone.

    Raises: `ValueError` for a wall time that a clock change skips or repeats.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValueError("must not fall in the hour that a clock change skips or repeats")
    return first
