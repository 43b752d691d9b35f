"""dateTime and instant of FHIR R4, outside dosages."""

import re
from datetime import date, datetime

from connectors.fhir.form.values import Element
from schemas.base import DateOrInstant, Instant
from schemas.finding import FindingCode

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?")


def read_when(element: Element, name: str, gives: str) -> DateOrInstant | None:
    """The day, or the instant with its offset. A year or month alone, and a time without a
    zone, which R4 forbids, are doubts and no date.
    """
    text = element.text(name, gives)
    if text is None:
        return None
    read = _parsed(text)
    if read is None:
        rule = "must be a whole date, or a date and time with a zone"
        element.say(FindingCode.VALUE_INVALID, name, rule, text)
    elif isinstance(read, datetime) and read.tzinfo is None:
        element.say(FindingCode.ZONE_MISSING, name, "a time must have a zone", text)
        return None
    return read


def _parsed(text: str) -> date | datetime | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        return None


def read_instant(element: Element, name: str, gives: str) -> Instant | None:
    """The instant; a day alone is a doubt."""
    read = read_when(element, name, gives)
    if read is None or isinstance(read, datetime):
        return read
    rule = "must say the time, not the day alone"
    element.say(FindingCode.VALUE_INVALID, name, rule, read.isoformat())
    return None
