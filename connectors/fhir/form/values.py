"""Typed reading of JSON elements: each value used is marked, each wrong shape is a finding.

JSON is decoded with `parse_float=Decimal`; a binary float is refused like any wrong type.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from connectors.trail import Trail
from schemas.base import DateOrInstant
from schemas.finding import Finding, FindingCode

_DIGITS = 18  # FHIR R4 datatypes: implementations keep at least 18 digits of a decimal
_QUOTED = 200
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?P<zone>Z|[+-]\d{2}:\d{2})?"
)


@dataclass(slots=True)
class Doubts:
    """The findings of one Dosage, and the trail of what was used."""

    trail: Trail
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: FindingCode, location: str, rule: str, quoted: object = None) -> None:
        """One finding at this FHIRPath."""
        text = None if quoted is None else str(quoted)[:_QUOTED]
        self.findings.append(Finding(code=code, location=location, message=rule, quoted=text))

    def invalid(self, location: str, rule: str, quoted: object = None) -> None:
        """The value is not what its type must be."""
        self.say(FindingCode.VALUE_INVALID, location, rule, quoted)


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON object of the source at its FHIRPath. Every reading of a wrong type says so."""

    at: str
    members: Mapping[str, object]
    doubts: Doubts

    def path(self, name: str) -> str:
        """The FHIRPath of a member."""
        return f"{self.at}.{name}"

    def has(self, name: str) -> bool:
        """Whether the member is there, whatever it is."""
        return self.members.get(name) is not None

    def say(self, code: FindingCode, name: str, rule: str, quoted: object = None) -> None:
        """A finding on a member."""
        self.doubts.say(code, self.path(name), rule, quoted)

    def child(self, name: str) -> "Element | None":
        """The object that this member is."""
        return self._object(self.members.get(name), self.path(name))

    def children(self, name: str) -> "tuple[Element, ...]":
        """The objects that this list holds."""
        found = (self._object(item, at) for item, at in self._items(name))
        return tuple(element for element in found if element is not None)

    def text(self, name: str, gives: str) -> str | None:
        """The text of this member; an empty text is an invalid one."""
        return self._text(self.members.get(name), self.path(name), gives)

    def texts(self, name: str, gives: str) -> tuple[tuple[str, str], ...]:
        """Each text of this list, with its FHIRPath."""
        found = ((self._text(item, at, gives), at) for item, at in self._items(name))
        return tuple((text, at) for text, at in found if text is not None)

    def truth(self, name: str, gives: str) -> bool | None:
        """The boolean of this member."""
        given = self.members.get(name)
        if given is None:
            return None
        self.use(name, gives)
        if not isinstance(given, bool):
            self.doubts.invalid(self.path(name), "must be true or false", given)
            return None
        return given

    def decimal(self, name: str, gives: str) -> Decimal | None:
        """The decimal of this member, with the precision of the sender."""
        given = self.members.get(name)
        if given is None:
            return None
        self.use(name, gives)
        if isinstance(given, bool) or not isinstance(given, int | Decimal):
            self.doubts.invalid(self.path(name), "must be a JSON number", given)
            return None
        number = Decimal(given)
        if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
            self.doubts.invalid(self.path(name), "has more than 18 digits", given)
            return None
        return number

    def integer(self, name: str, gives: str, *, least: int) -> int | None:
        """The whole number of this member, at least `least` (1 for a positiveInt)."""
        given = self.members.get(name)
        if given is None:
            return None
        self.use(name, gives)
        whole = isinstance(given, int) and not isinstance(given, bool)
        if not whole or not least <= int(str(given)) < 2**31:
            self.doubts.invalid(self.path(name), f"must be a whole number, at least {least}", given)
            return None
        return int(str(given))

    def date_time(self, name: str, gives: str) -> DateOrInstant | None:
        """The day, or the instant with its offset, that a FHIR dateTime states."""
        text = self.text(name, gives)
        return None if text is None else read_date_time(text, self.path(name), self.doubts)

    def use(self, name: str, gives: str) -> None:
        """Mark the member as used."""
        self.doubts.trail.used(self.path(name), gives)

    def _items(self, name: str) -> Iterator[tuple[object, str]]:
        given = self.members.get(name)
        if given is None:
            return
        if not isinstance(given, Sequence) or isinstance(given, str):
            self.doubts.invalid(self.path(name), "must be a list", given)
            return
        yield from ((item, f"{self.path(name)}[{place}]") for place, item in enumerate(given))

    def _object(self, given: object, at: str) -> "Element | None":
        if given is None:
            return None
        if not isinstance(given, Mapping):
            self.doubts.invalid(at, "must be an object", given)
            return None
        return Element(at, given, self.doubts)

    def _text(self, given: object, at: str, gives: str) -> str | None:
        if given is None:
            return None
        self.doubts.trail.used(at, gives)
        if not isinstance(given, str) or not given.strip():
            self.doubts.invalid(at, "must be a text that is not empty", given)
            return None
        return given


def read_date_time(text: str, at: str, doubts: Doubts) -> DateOrInstant | None:
    """The day or instant of a FHIR dateTime; a year or month alone and a missing zone are doubts.

    Source: FHIR R4 datatypes, dateTime: "If hours and minutes are specified, a time zone SHALL
    be populated".
    """
    stated = _day_or_instant(text)
    if stated is None:
        partial = re.fullmatch(r"\d{4}(-\d{2})?", text) is not None
        rule = "is a year or a month alone" if partial else "must be YYYY-MM-DD[Thh:mm:ss+zz:zz]"
        doubts.say(FindingCode.BOUNDS_INVALID, at, f"dateTime {rule}", text)
    elif isinstance(stated, datetime) and stated.tzinfo is None:
        doubts.say(FindingCode.ZONE_MISSING, at, "dateTime with a time must have a zone", text)
        return None
    return stated


def _day_or_instant(text: str) -> DateOrInstant | None:
    """The value of this shape, with or without a zone; `None` for anything else."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        return None
