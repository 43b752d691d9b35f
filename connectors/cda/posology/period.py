"""The treatment period as the narrative prints it, compared with the one of the structure.

Source: ANS eP-MED-DM 2022.01 to 2024.01, column *Durée du traitement*: `du 01/12/2023 au
06/12/2023`. Both days are part of the treatment.
"""

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from connectors.cda.posology.timing import last_day
from connectors.cda.scribe import Scribe
from schemas.finding import FindingCode
from schemas.posology import Bounds

if TYPE_CHECKING:
    from lxml.etree import _Element

_DAY = r"([0-9]{2})/([0-9]{2})/([0-9]{4})"
_FROM_TO = re.compile(rf"du {_DAY} au {_DAY}", re.IGNORECASE)
_FROM = re.compile(rf"(?:à partir du|depuis le) {_DAY}", re.IGNORECASE)


class Period(NamedTuple):
    """The first and the last day printed; no last day is an open end."""

    first: date
    last: date | None


def printed_period(text: str | None) -> Period | None:
    """The days of the cell; `None` when it says anything else, or a day that does not exist."""
    plain = " ".join((text or "").split())
    both, first = _FROM_TO.fullmatch(plain), _FROM.fullmatch(plain)
    try:
        if both is not None:
            return Period(_day(both.groups()[:3]), _day(both.groups()[3:]))
        return Period(_day(first.groups()), None) if first is not None else None
    except ValueError:
        return None


def _day(parts: tuple[str | None, ...]) -> date:
    day, month, year = (int(part or 0) for part in parts)
    return date(year, month, day)


def check_period(scribe: Scribe, entry: "_Element", text: str | None, bounds: Bounds) -> None:
    """The days printed must be those of the structure."""
    printed = printed_period(text)
    if printed is None:
        return
    first, last = (
        None if stated is None else scribe.day(stated)
        for stated in (bounds.start, last_day(bounds))
    )
    open_end = bounds.end is None and bounds.duration is None
    if printed.first != first or printed.last != last or (last is None and not open_end):
        scribe.doubt(
            FindingCode.TIMING_CONTRADICTED,
            scribe.at(entry),
            "the treatment period of the narrative must be that of effectiveTime",
            text,
        )
