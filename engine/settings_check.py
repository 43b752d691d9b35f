"""What is wrong with `semainier.toml`: every mistake with its line, in sentences that are said.

The sentences are keys of the catalogue; what is the person's own stands beside them, quoted.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from connectors import registry

Place = tuple[str, ...]
"""A setting by its tables and its key."""


class SettingFault(StrEnum):
    """A rule that a setting breaks. The value is the sentence for it."""

    NO_TOML = "the file is no TOML"
    ENCODING = "the file is not UTF-8"
    UNKNOWN = "there is no such setting"
    MISSING = "the setting is missing"
    KIND = "the value is of the wrong kind"
    RANGE = "the value is out of its range"
    CHOICE = "the value is none of those that there are"
    EMPTY = "the value is empty"
    FINESS = "must be nine characters with their Luhn key"
    SITE = "there is no such site, or it cannot be used"
    FORMAT = "there is no such format"
    MLLP_FORMAT = "MLLP carries HL7 v2: the channel must have the format hl7v2"
    PLAIN = "an address that others reach needs tls, or plain = true where a tunnel encrypts"
    PLAIN_AND_TLS = "either tls or plain = true, not both"
    HALF_A_PAIR = "certificate and key are stated together"
    PEM = "the files of tls cannot be used"
    ADDRESS_TWICE = "another channel listens at this address"

    def error(self, quoted: object = "") -> PydanticCustomError:
        """The fault as a validator raises it."""
        return PydanticCustomError(self.name, "{rule}", {"rule": self.value, "quoted": str(quoted)})


class SettingProblem(NamedTuple):
    """One rule broken at one line. `quoted` is the value, or what it may be."""

    line: int
    place: Place
    fault: SettingFault
    quoted: str = ""

    def __str__(self) -> str:
        quoted = f": {self.quoted}" if self.quoted else ""
        where = f"{'.'.join(self.place)}: " if self.place else ""
        return f"line {self.line}: {where}{self.fault.value}{quoted}"


_OF_PYDANTIC = {
    "extra_forbidden": SettingFault.UNKNOWN,
    "missing": SettingFault.MISSING,
    "literal_error": SettingFault.CHOICE,
    "string_too_short": SettingFault.EMPTY,
    "greater_than": SettingFault.RANGE,
    "greater_than_equal": SettingFault.RANGE,
    "less_than_equal": SettingFault.RANGE,
    "finite_number": SettingFault.RANGE,
}
"""The sentences for what pydantic finds by itself; all else is a value of the wrong kind."""

_SIGNS = {"expected": "", "ge": "≥ ", "gt": "> ", "le": "≤ "}
"""What pydantic says of a range or a choice, and how it is shown."""


def problems_in(error: ValidationError, text: str) -> Iterator[SettingProblem]:
    """Each error of the settings in this text, at its line."""
    lines = lines_of(text)
    for each in error.errors():
        place = tuple(str(part) for part in each["loc"])
        yield SettingProblem(line_at(place, lines), place, *_said(each))


def _said(error: ErrorDetails) -> tuple[SettingFault, str]:
    context = error.get("ctx", {})
    if error["type"] in SettingFault.__members__:
        return SettingFault[error["type"]], str(context.get("quoted", ""))
    fault = _OF_PYDANTIC.get(error["type"], SettingFault.KIND)
    if fault in (SettingFault.UNKNOWN, SettingFault.MISSING):
        return fault, ""
    given = error["input"]
    shown = repr(given) if isinstance(given, str | int | float) else type(given).__name__
    allowed = [f"{_SIGNS[name]}{value}" for name, value in context.items() if name in _SIGNS]
    return fault, "; ".join([shown, *allowed])


def toml_problem(error: tomllib.TOMLDecodeError) -> SettingProblem:
    """Where the text stops being TOML."""
    at = re.search(r"\(at (?:line (\d+)|end)", str(error))
    line = int(at[1]) if at and at[1] else 1
    return SettingProblem(line, (), SettingFault.NO_TOML, str(error).partition(" (at ")[0])


def joint_problems(stated: dict[str, Any], text: str) -> Iterator[SettingProblem]:
    """What is wrong between settings, each of which may be wrong in itself too.

    MLLP in a channel that takes another format, and a channel that listens where another does.
    """
    lines = lines_of(text)
    taken: set[str] = set()
    for name, channel in _tables(stated.get("channels")):
        ways = dict(_tables(channel))
        other = channel.get("format", "")
        known = isinstance(other, str) and other in ("", *registry.connectors())
        if known and other != "hl7v2" and ways.keys() & {"listen", "send"}:
            place: Place = ("channels", name, "format")
            line = line_at(place, lines)
            yield SettingProblem(line, place, SettingFault.MLLP_FORMAT, other)
        listen = ways.get("listen", {})
        address = f"{listen.get('host', '127.0.0.1')}:{listen.get('port')}"
        if address in taken and listen.get("port"):
            place = ("channels", name, "listen", "port")
            line = line_at(place, lines)
            yield SettingProblem(line, place, SettingFault.ADDRESS_TWICE, address)
        taken.add(address)


def _tables(stated: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables in this one, by their names; none where it is no table."""
    for name, inner in stated.items() if isinstance(stated, dict) else ():
        if isinstance(inner, dict):
            yield name, inner


def line_at(place: Place, lines: dict[Place, int]) -> int:
    """The line of the setting, else that of the nearest table around it."""
    around = (place[:length] for length in range(len(place), 0, -1))
    return next((lines[each] for each in around if each in lines), 1)


def lines_of(text: str) -> dict[Place, int]:
    """The line of each table and of each key that begins a line; inline tables are their key's."""
    found: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*(\[[^\]]*\])\s*(?:#.*)?$", line)
        key = re.match(r"\s*([^\s#=\[][^=]*?)\s*=", line)
        if head:
            table = _path(head[1])
            prefixes: Sequence[Place] = [table[: end + 1] for end in range(len(table))]
            for each in prefixes:
                found.setdefault(each, number)
        elif key:
            path = _path(f"{key[1]} = 0")
            for end in range(len(path)):
                found.setdefault((*table, *path[: end + 1]), number)
    return found


def _path(toml: str) -> Place:
    """The names of one head or one key, as TOML reads them; none for what is neither."""
    try:
        inner: Any = tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return ()
    names = []
    while isinstance(inner, dict) and inner:
        [(name, inner)] = inner.items()
        names.append(name)
    return tuple(names)


def in_order(*found: Iterable[SettingProblem]) -> list[SettingProblem]:
    """All of them, as a person reads the file."""
    return sorted(chain(*found), key=lambda problem: (problem.line, problem.place))
