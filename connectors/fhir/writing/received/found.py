"""Whether a value stands in what was written, for what our own reader does not read back."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from connectors.fhir.form.tree import Json, Object, is_object

_SPACE = re.compile(r"\s+")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\S+")


def stands_in(value: object, resources: list[Object], within: str) -> bool:
    """Whether a leaf of these resources, whose path begins as one of the words of `within`, says
    the value: the same words, the same number, the same moment.
    """
    starts = tuple(within.split())
    return any(
        path.startswith(starts) and _says(leaf, value)
        for resource in resources
        for path, leaf in _leaves(resource, str(resource.get("resourceType")))
    )


def _leaves(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    if is_object(value):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, path)
    else:
        yield path, value


def _says(leaf: Json, value: object) -> bool:
    if isinstance(value, bool) or isinstance(leaf, bool):
        return leaf is value
    if isinstance(value, Decimal | int):
        return isinstance(leaf, Decimal | int) and Decimal(leaf) == Decimal(value)
    if isinstance(value, datetime):
        return _instant(leaf) == value
    words = value.isoformat() if isinstance(value, date) else value
    words = words.value if isinstance(words, Enum) else words
    plain = _SPACE.sub(" ", str(words)).strip()
    return isinstance(leaf, str) and bool(plain) and plain in _SPACE.sub(" ", leaf)


def _instant(leaf: Json) -> datetime | None:
    if not isinstance(leaf, str) or not _INSTANT.fullmatch(leaf):
        return None
    try:
        return datetime.fromisoformat(leaf)
    except ValueError:
        return None
