"""What every part of this reader shares: the site, the trail, the narrative, and the doubts.

Also the few ways to walk a document, by local names: `pharm:ingredient` is `ingredient`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connectors.cda.narrative import Narrative, words
from connectors.cda.templates import HL7_V3
from connectors.dates import read_timestamp
from connectors.markup import local_name
from connectors.trail import Trail
from schemas.base import DateOrInstant
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode
from schemas.site import Site

if TYPE_CHECKING:
    from lxml.etree import _Element

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_FIRST_YEAR, _LAST_YEAR = 1880, 2199
"""Nobody alive was born before the first; a date after the second is a mistake."""
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")


def children(element: "_Element", *path: str) -> "Iterator[_Element]":
    """Every element reached by these local names, in the order of the document."""
    name, *rest = path
    for child in element:
        if isinstance(child.tag, str) and local_name(child) == name:
            if rest:
                yield from children(child, *rest)
            else:
                yield child


def child(element: "_Element", *path: str) -> "_Element | None":
    """The first element reached by these local names."""
    return next(children(element, *path), None)


def sections_of(document: "_Element") -> "list[_Element]":
    """Every section of the document, those inside another one too, in its order."""
    body = child(document, "component", "structuredBody")
    return [] if body is None else list(body.iter("{*}section"))


def templates_of(element: "_Element") -> frozenset[str]:
    """The template OIDs that an element declares."""
    return frozenset(template.get("root", "") for template in children(element, "templateId"))


def type_of(element: "_Element") -> str | None:
    """The `xsi:type` of an element without its prefix."""
    declared = element.get(_XSI_TYPE)
    return declared.rpartition(":")[2] if declared else None


def decimal(text: str) -> Decimal | None:
    """The number of a text that is a plain decimal, not negative; else `None`."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def is_v3(root: "_Element") -> bool:
    """Whether an element belongs to HL7 v3."""
    return str(root.tag).startswith(f"{{{HL7_V3}}}")


@dataclass(frozen=True, slots=True)
class Scribe:
    """Takes values from elements, notes what they became, and collects the doubts met."""

    site: Site
    trail: Trail
    narrative: Narrative
    findings: list[Finding] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that have no offset."""
        return ZoneInfo(self.site.zone)

    def day(self, stated: DateOrInstant) -> date:
        """The calendar day at the site."""
        return stated.astimezone(self.zone).date() if isinstance(stated, datetime) else stated

    def part(self) -> "Scribe":
        """The same for one part of the document, with its own doubts."""
        return replace(self, findings=[])

    def at(self, element: "_Element") -> str:
        """Where an element stands, as an XPath of local names."""
        return self.narrative.places[element]

    def doubt(
        self, code: FindingCode, location: str, message: str, quoted: str | None = None
    ) -> None:
        """Adds a finding."""
        self.findings.append(Finding(code=code, location=location, message=message, quoted=quoted))

    def unsupported(self, element: "_Element", message: str) -> None:
        """A timing that we do not compute, at this element."""
        self.doubt(FindingCode.TIMING_UNSUPPORTED, self.at(element), message)

    def take(self, element: "_Element | None", attribute: str, gives: str) -> str | None:
        """The value of an attribute, marked as used; `None` when absent or empty."""
        value = element.get(attribute) if element is not None else None
        if element is None or not value or not value.strip():
            return None
        self.trail.used(f"{self.at(element)}/@{attribute}", gives)
        return value.strip()

    def flag(self, element: "_Element | None", attribute: str, gives: str) -> bool | None:
        """A `true` or a `false`; anything else there is a finding, and says neither."""
        value = self.take(element, attribute, gives)
        if element is None or value in (None, "true", "false"):
            return None if value is None else value == "true"
        rule = f"{attribute} must be true or false"
        self.doubt(FindingCode.CODE_INVALID, f"{self.at(element)}/@{attribute}", rule, value)
        return None

    def text(self, element: "_Element | None", gives: str) -> str | None:
        """The words inside an element, marked as used."""
        return self.narrative.said(element, gives) if element is not None else None

    def timestamp(
        self, element: "_Element | None", gives: str, code: FindingCode
    ) -> DateOrInstant | None:
        """The day or instant in `@value`; what cannot be read is a finding of this code."""
        value = self.take(element, "value", gives)
        if element is None or value is None:
            return None
        try:
            read = read_timestamp(value, self.zone)
        except ValueError as broken:
            rule = str(broken)
        else:
            if _FIRST_YEAR <= read.year <= _LAST_YEAR:
                return read
            rule = f"must be of the years {_FIRST_YEAR} to {_LAST_YEAR}"
        here = f"{self.at(element)}/@value"
        self.doubt(code, here, f"{local_name(element)} {rule}", value)
        return None

    def amount(self, element: "_Element", attribute: str, gives: str) -> Decimal | None:
        """The decimal number of an attribute; anything else there is a finding."""
        value = self.take(element, attribute, gives)
        if value is None:
            return None
        read = decimal(value)
        if read is not None:
            return read
        self.doubt(
            FindingCode.VALUE_INVALID,
            f"{self.at(element)}/@{attribute}",
            f"{local_name(element)} must be a decimal number with a point, and not negative",
            value,
        )
        return None

    def coding(self, element: "_Element | None", gives: str) -> Coding | None:
        """The code of an element, with its list and its words as sent."""
        code = self.take(element, "code", gives)
        if element is None or code is None:
            return None
        system = self.take(element, "codeSystem", gives)
        self.take(element, "codeSystemName", gives)
        return Coding(code=code, system=system, display=self.take(element, "displayName", gives))

    def original(
        self,
        element: "_Element | None",
        gives: str,
        missing: FindingCode = FindingCode.ELEMENT_UNREAD,
    ) -> str | None:
        """The words that a `text` or `originalText` holds or points to; `None` when none.

        A reference that leads nowhere is a finding of the code `missing`.
        """
        if element is None:
            return None
        reference = child(element, "reference")
        if reference is None:
            return self.text(element, gives) if words(element) else None
        value = self.take(reference, "value", gives)
        if value is None:
            return None
        target = self.narrative.target(value)
        if target is not None:
            return self.narrative.said(target, gives)
        self.doubt(
            missing,
            f"{self.at(reference)}/@value",
            "reference must name one element of the narrative by its ID",
            value,
        )
        return None
