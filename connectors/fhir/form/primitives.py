"""How a text of each primitive type is written. Source: FHIR R4 §2.24.0.1, the regex of each type.

Strict conformance asks for it; a reader of a type (a date, an amount) says itself what it cannot
use, so that nothing else is left out of a message.
"""

import re

_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_YEAR = r"(?!0000)\d{4}"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12]\d|3[01])"
_FORMS = {
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "code": r"[^\s]+([ ][^\s]+)*",
    "uri": r"\S+",
    "url": r"\S+",
    "canonical": r"\S+",
    "oid": r"urn:oid:[0-2](\.(0|[1-9]\d*))+",
    "uuid": r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "date": rf"{_YEAR}(-{_MONTH}(-{_DAY})?)?",
    "dateTime": rf"{_YEAR}(-{_MONTH}(-{_DAY}(T{_CLOCK}{_ZONE})?)?)?",
    "instant": rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
    "time": _CLOCK,
    "base64Binary": r"\s*([0-9A-Za-z+/=]{4}\s*)+",
}
_COMPILED = {kind: re.compile(form) for kind, form in _FORMS.items()}
_LARGEST = 2**31 - 1
_LONGEST = 1024 * 1024
"""Characters of one string: FHIR R4, string: "SHALL NOT exceed 1MB in size"."""


def wrong_form(value: object, kind: str) -> str | None:
    """The rule that a value of this type breaks in how it is written, or `None`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return None if kind == "decimal" or abs(value) <= _LARGEST else "must have 32 bits"
    if not isinstance(value, str):
        return None
    form = _COMPILED.get(kind)
    if kind != "base64Binary" and len(value) > _LONGEST:
        return "must not exceed 1 MB"
    return f"must be written as a {kind}" if form and not form.fullmatch(value) else None
