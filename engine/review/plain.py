"""Two nested values compared: which paths differ, whatever the order of lists."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from schemas.base import plain_decimal
from schemas.review import FieldChange

Plain: TypeAlias = "Mapping[str, Plain] | Sequence[Plain] | str | Decimal | None"

_NOT_CONTENT = frozenset({"location", "findings"})


def plain(value: Any) -> Plain:
    """The value as texts, amounts, lists and mappings; without places, doubts and what is empty."""
    match value:
        case dict():
            items = {key: plain(said) for key, said in value.items() if key not in _NOT_CONTENT}
            return {key: said for key, said in items.items() if said not in (None, (), {}, "")}
        case list() | tuple():
            return tuple(plain(said) for said in value)
        case bool():
            return "true" if value else "false"
        case None | Decimal():
            return value
        case Enum():
            return str(value.value)
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def differences(old: Plain, new: Plain, path: str = "") -> tuple[FieldChange, ...]:
    """Every path at which the two differ, with what each says there."""
    return tuple(_differences(old, new, path))


def _differences(old: Plain, new: Plain, path: str) -> Iterator[FieldChange]:
    if old == new:
        return
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
        before, after = old or {}, new or {}
        for key in dict.fromkeys((*before, *after)):
            yield from _differences(
                before.get(key), after.get(key), f"{path}.{key}" if path else key
            )
    elif isinstance(old, tuple | None) and isinstance(new, tuple | None):
        yield from _of_lists(old or (), new or (), path)
    else:
        yield FieldChange(field=path, old=_text(old), new=_text(new))


def _of_lists(old: tuple[Plain, ...], new: tuple[Plain, ...], path: str) -> Iterator[FieldChange]:
    """What is equal in both is taken away first; the rest is compared in order."""
    gone = list(enumerate(old, start=1))
    come = []
    for place in enumerate(new, start=1):
        equal = next((other for other in gone if other[1] == place[1]), None)
        if equal is None:
            come.append(place)
        else:
            gone.remove(equal)
    for rank in range(max(len(gone), len(come))):
        before = gone[rank] if rank < len(gone) else None
        after = come[rank] if rank < len(come) else None
        number = (after or before or (0, None))[0]
        yield from _differences(
            before[1] if before else None, after[1] if after else None, f"{path}[{number}]"
        )


def _text(value: Plain) -> str | None:
    match value:
        case None:
            return None
        case Decimal():
            return plain_decimal(value)
        case _:
            return str(value)
