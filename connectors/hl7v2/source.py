"""One message being read: every value taken leaves its mark on the trail, every doubt a finding.

The data types of chapter 2A that several segments share (CE/CWE, EI, CX, XCN, CQ, TS, NM) are
read here, so that a place and a trail mark are written in one way.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.dates import read_timestamp
from connectors.hl7v2.er7.segment import Message, Segment
from connectors.trail import Trail
from mappings.authorities import product_code
from mappings.catalogue import table
from mappings.table import Table
from schemas.base import DateOrInstant
from schemas.codes import Coding, ProductCode
from schemas.finding import Finding, FindingCode
from schemas.quantity import Quantity
from schemas.site import Site

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_OFFSET = re.compile(r"(?:[+-]\d{4}|Z)\Z")
_SYSTEM = 3
"""Component of CE and CWE that names the coding system; three further on is the alternate's."""


class Source:
    """Takes values out of the segments of one message. `doubts` collects the findings met.

    A `fork` shares everything but the doubts: a line or a phase keeps those that are its own.
    `foreign` says that the message was sent in another zone than that of the site.
    """

    __slots__ = ("doubts", "foreign", "message", "site", "trail", "zone")

    def __init__(self, message: Message, site: Site, trail: Trail) -> None:
        self.message = message
        self.site = site
        self.zone = ZoneInfo(site.zone)
        self.trail = trail
        self.foreign = False
        self.doubts: list[Finding] = []

    def fork(self) -> "Source":
        """The same source with doubts of its own."""
        other = Source(self.message, self.site, self.trail)
        other.foreign = self.foreign
        return other

    def table(self, name: str) -> Table:
        """A table of this format, with the rows of the site over it."""
        return table(f"hl7v2/{name}", self.site.name)

    def walk(self) -> None:
        """Puts every leaf of the message on the trail."""
        met = self.trail.met
        for segment in self.message.segments:
            for place, value in segment.leaves():
                met(place, value)

    def doubt(
        self, code: FindingCode, location: str, message: str, quoted: str | None = None
    ) -> None:
        """One finding about a place."""
        self.doubts.append(Finding(code=code, location=location, message=message, quoted=quoted))

    def text(
        self,
        segment: Segment,
        field: int,
        gives: str,
        component: int = 1,
        repetition: int = 1,
        part: int = 1,
    ) -> str | None:
        """One leaf as text; taking it marks it as used for the field `gives`."""
        value = segment.value(field, component, repetition, part)
        if value is not None:
            self.trail.used(segment.where(field, component, repetition, part), gives)
        return value

    def parts(
        self,
        segment: Segment,
        field: int,
        gives: str,
        places: Sequence[tuple[int, int]],
        repetition: int = 1,
        *,
        needed: int = 1,
    ) -> tuple[str | None, ...]:
        """Several leaves of one field, as (component, subcomponent).

        They are used together when one of the first `needed` is there: a unit without its
        number, or a coding system without its code, is left unread, and nothing is given.
        """
        found = [segment.value(field, component, repetition, part) for component, part in places]
        if not any(found[:needed]):
            return (None,) * len(found)
        for (component, part), value in zip(places, found, strict=True):
            if value is not None:
                self.trail.used(segment.where(field, component, repetition, part), gives)
        return tuple(found)

    def number(
        self,
        segment: Segment,
        field: int,
        gives: str,
        component: int = 1,
        repetition: int = 1,
        part: int = 1,
    ) -> Decimal | None:
        """One leaf as an exact number (NM: digits and a point, no comma).

        `None` and `value-invalid` for a text that is none; `None` alone when it is absent.
        """
        said = self.text(segment, field, gives, component, repetition, part)
        if said is None:
            return None
        if not _NUMBER.fullmatch(said):
            self.doubt(
                FindingCode.VALUE_INVALID,
                segment.where(field, component, repetition, part),
                f"{segment.name}-{field} must be a number of digits and a decimal point",
                said,
            )
            return None
        return Decimal(said)

    def whole(
        self, segment: Segment, field: int, gives: str, component: int = 1, repetition: int = 1
    ) -> int | None:
        """One leaf as a whole number of at least one."""
        number = self.number(segment, field, gives, component, repetition)
        if number is None:
            return None
        if number != int(number) or number < 1:
            self.doubt(
                FindingCode.VALUE_INVALID,
                segment.where(field, component, repetition),
                f"{segment.name}-{field} must be a whole number of at least one",
                str(number),
            )
            return None
        return int(number)

    def timestamp(
        self, segment: Segment, field: int, gives: str, component: int = 1, repetition: int = 1
    ) -> DateOrInstant | None:
        """One TS: a day, or an instant on the clock of the site when it has no offset."""
        said = self.text(segment, field, gives, component, repetition)
        if said is None:
            return None
        place = segment.where(field, component, repetition)
        try:
            read = read_timestamp(said, self.zone)
        except ValueError:
            rule = f"{segment.name}-{field} must be a date YYYYMMDD, or one instant of the calendar"
            self.doubt(FindingCode.VALUE_INVALID, place, rule, said)
            return None
        if isinstance(read, datetime) and not _OFFSET.search(said):
            self.local(place, said)
        return read

    def local(self, place: str, said: str) -> None:
        """A time without an offset: of the site, unless the message comes from another zone."""
        if self.foreign:
            rule = "a time without an offset, in a message whose MSH-7 has another offset"
            self.doubt(FindingCode.ZONE_MISSING, place, rule, said)

    def instant(self, segment: Segment, field: int, gives: str) -> datetime | None:
        """One TS that states a time of day; a day alone is a finding, since it is no instant."""
        read = self.timestamp(segment, field, gives)
        if read is None or isinstance(read, datetime):
            return read
        self.doubt(
            FindingCode.VALUE_INVALID,
            segment.where(field),
            f"{segment.name}-{field} must state a time of day",
            segment.value(field),
        )
        return None

    def coded(
        self, segment: Segment, field: int, gives: str, repetition: int = 1, part: int = 0
    ) -> Coding | None:
        """One CE or CWE: identifier, text, system. Without an identifier the code is empty.

        `part` is 1 when the three stand as subcomponents of the first component.
        """
        places = [(1, rank) if part else (rank, 1) for rank in (1, 2, _SYSTEM)]
        code, display, system = self.parts(segment, field, gives, places, repetition, needed=2)
        if code is None and display is None:
            return None
        return Coding(code=code or "", system=system, display=display)

    def words(self, segment: Segment, field: int, gives: str, repetition: int = 1) -> str | None:
        """The words of a CE or CWE: its text, with the original text where that is another.

        The identifier where there is neither.
        """
        original, text, code = (
            segment.value(field, component, repetition) for component in (9, 2, 1)
        )
        for component, said in ((9, original), (2, text), (1, None if original or text else code)):
            if said is not None:
                self.trail.used(segment.where(field, component, repetition), gives)
        if text and original and text != original:
            return f"{text} ({original})"
        return original or text or code

    def products(
        self, segment: Segment, field: int, gives: str, repetition: int = 1
    ) -> tuple[ProductCode, ...]:
        """Every code of a CE or CWE that names a product: the identifier, then the alternate."""
        found = []
        for first in (1, 4):
            places = [(first + rank, 1) for rank in range(3)]
            code, display, system = self.parts(segment, field, gives, places, repetition)
            if code is not None:
                found.append(product_code(code, system, self.site.name, display))
        return tuple(found)

    def amount(self, segment: Segment, value: int, unit: int, gives: str) -> Quantity | None:
        """A number in one field with its unit (CE) in another."""
        number = self.number(segment, value, gives)
        if not segment.raw(value):
            return None
        places = [(1, 1), (2, 1), (_SYSTEM, 1)]
        code, text, system = self.parts(segment, unit, gives, places, needed=3)
        if number is None:
            return None
        return Quantity(value=number, unit=text or code, code=code, system=system)

    def composite(
        self,
        segment: Segment,
        field: int,
        gives: str,
        component: int = 0,
        repetition: int = 1,
    ) -> Quantity | None:
        """One CQ: number and unit, as components, or as subcomponents of `component`."""
        if component:
            places = ((component, 1), (component, 2), (component, 3), (component, 4))
        else:
            places = ((1, 1), *unit_places(segment, field, repetition))
        at, part = places[0]
        number = self.number(segment, field, gives, at, repetition, part)
        if segment.value(field, at, repetition, part) is None:
            return None
        code, text, system = self.parts(segment, field, gives, places[1:], repetition, needed=3)
        if number is None:
            return None
        return Quantity(value=number, unit=text or code, code=code, system=system)


def unit_places(
    segment: Segment, field: int, repetition: int = 1
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Where a CQ has code, text and system of its unit: in the parts of its second component.

    A sender that parts them with the wrong mark (`7^d^day^UCUM`) has them as components.
    """
    if segment.value(field, 3, repetition) is not None:
        return (2, 1), (3, 1), (4, 1)
    return (2, 1), (2, 2), (2, 3)
