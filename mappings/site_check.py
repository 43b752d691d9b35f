"""What is wrong with a site, each with its file and line.

A site that has a problem plans wrong hours or none, so nothing is loaded of it before a person
has mended it. The tables that a site may state stand in `site_tables.csv`, one for each format.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import time
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from mappings.catalogue import HERE
from mappings.check import problems_of
from mappings.problem import BrokenTable, Fault, Problem
from mappings.table import Row, Table, read_table
from schemas.moment import Moment

SETTINGS = "site.toml"
MOMENTS, DISTRIBUTIONS, COMPARTMENTS = "moments", "distributions", "compartments"
OWN_TARGETS = {
    MOMENTS: "wall-time",
    DISTRIBUTIONS: "schemas.moment.Moment",
    COMPARTMENTS: "schemas.moment.Compartment",
}
"""The three tables that every site has, and their targets."""
SHIPPED = "shipped"
"""The target, in `site_tables`, of a table that ships: the site's has the same."""
_TOLD_OF_ROWS = frozenset({MOMENTS, DISTRIBUTIONS})
"""Tables whose targets have rules of their own here, which say more than that they are wrong."""
_OPEN = frozenset({"text", "wall-time", "mappings.timing", "rule"})
_MOMENTS = frozenset(moment.value for moment in Moment)
_AT_LINE = re.compile(r"at line (\d+)")


@cache
def site_tables() -> dict[str, Row]:
    """Every table that a site may state over a shipped one or alone, by its name."""
    files = sorted(HERE.rglob("site_tables.csv"))
    return {row.code: row for path in files for row in read_table(path)}


def target_of(name: str) -> str:
    """The target that the head of this table of a site must have."""
    target = OWN_TARGETS.get(name) or site_tables()[name].target
    return read_table(HERE / f"{name}.csv").target if target == SHIPPED else target


def check_site(folder: Path) -> list[Problem]:
    """Every problem of the site in this folder; empty when it can be used.

    Settings that are missing, unknown or no zone, moment or time; moments without an hour; a
    table that no reader asks a site for; a target that means nothing; a row without a source.
    """
    hours = _hours(folder)
    found = [*_settings(folder, hours), *_own_tables(folder, hours)]
    for path in sorted(folder.rglob("*.csv")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in OWN_TARGETS:
            continue
        if name in site_tables():
            found += _table(path, folder, name)
        else:
            found.append(Problem(path, 1, Fault.NOT_A_TABLE, name))
    return found


def _hours(folder: Path) -> frozenset[str]:
    """The moments that have an hour."""
    path = folder / f"{MOMENTS}.csv"
    try:
        return frozenset(row.code for row in read_table(path))
    except (BrokenTable, OSError):
        return frozenset()


def _settings(folder: Path, hours: frozenset[str]) -> Iterator[Problem]:
    path = folder / SETTINGS
    if not path.is_file():
        yield Problem(path, 1, Fault.NOT_FOUND)
        return
    try:
        text = path.read_text(encoding="utf-8")
        stated = tomllib.loads(text)
    except UnicodeDecodeError:
        yield Problem(path, 1, Fault.ENCODING)
        return
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        yield Problem(path, int(at[1]) if at else 1, Fault.SETTINGS)
        return
    rules: dict[str, Callable[[object], Iterator[tuple[Fault, str]]]] = {
        "zone": _zone,
        "meals": lambda said: _listed(said, hours),
        "day_starts_at": _time,
    }
    for key, value in stated.items():
        line = _line_of(key, text)
        rule = rules.get(key)
        if rule is None:
            yield Problem(path, line, Fault.SETTING_UNKNOWN, key)
        else:
            yield from (Problem(path, line, *fault) for fault in rule(value))
    for key in ("zone", "meals"):
        if key not in stated:
            yield Problem(path, 1, Fault.SETTING_MISSING, key)


def _line_of(key: str, text: str) -> int:
    before = re.search(rf"^[ \t]*\[*\"?{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, before.start()) + 1 if before else 1


def _zone(said: object) -> Iterator[tuple[Fault, str]]:
    if said not in available_timezones():
        yield Fault.ZONE, str(said)


def _time(said: object) -> Iterator[tuple[Fault, str]]:
    if not (isinstance(said, str) and _is_time(said)):
        yield Fault.TIME, str(said)


def _is_time(text: str) -> bool:
    try:
        return time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False


def _listed(said: object, hours: frozenset[str]) -> Iterator[tuple[Fault, str]]:
    """Moments with spaces between them, each with an hour."""
    listed = said.split() if isinstance(said, str) else []
    if not listed:
        yield Fault.MOMENT, str(said)
    for moment in listed:
        if moment not in _MOMENTS:
            yield Fault.MOMENT, moment
        elif moment not in hours:
            yield Fault.NO_HOUR, moment


def _own_tables(folder: Path, hours: frozenset[str]) -> Iterator[Problem]:
    """The three tables without which no posology is planned."""
    rules: dict[str, Callable[[Row], Iterator[tuple[Fault, str]]]] = {
        MOMENTS: _moment,
        DISTRIBUTIONS: lambda row: _distribution(row, hours),
        COMPARTMENTS: lambda row: _listed(row.code, hours),
    }
    for name, rule in rules.items():
        path = folder / f"{name}.csv"
        if not path.is_file():
            yield Problem(path, 1, Fault.NOT_FOUND)
            continue
        wrong = list(_problems(path, folder, name))
        yield from wrong
        if not any(problem.line == 1 for problem in wrong):
            for row in _rows(path):
                yield from (Problem(path, row.line, *fault) for fault in rule(row))


def _rows(path: Path) -> Iterator[Row]:
    try:
        yield from read_table(path)
    except BrokenTable:
        return


def _moment(row: Row) -> Iterator[tuple[Fault, str]]:
    if row.code not in _MOMENTS:
        yield Fault.MOMENT, row.code
    if not _is_time(row.target):
        yield Fault.TIME, row.target


def _distribution(row: Row, hours: frozenset[str]) -> Iterator[tuple[Fault, str]]:
    """`n` times a day are `n` different moments, each with an hour."""
    if not row.code.isdecimal() or row.code.startswith("0"):
        yield Fault.NUMBER, row.code
    elif len(set(row.target.split())) != int(row.code) or len(row.target.split()) != int(row.code):
        yield Fault.COUNT, row.target
    yield from _listed(row.target, hours)


def _table(path: Path, folder: Path, name: str) -> Iterator[Problem]:
    """A table over a shipped one, or one that only sites have; it may have no row yet."""
    wrong = [each for each in _problems(path, folder, name) if each.fault is not Fault.NO_ROW]
    yield from wrong
    shipped = HERE / f"{name}.csv"
    if not wrong and shipped.is_file():
        yield from _unknown_targets(path, read_table(shipped))


def _problems(path: Path, folder: Path, name: str) -> Iterator[Problem]:
    """What the check of any table finds, and a head that has another target than it must."""
    for problem in problems_of(path, folder):
        named = problem.fault is Fault.NAME and problem.quoted == f"{folder.name}/{name}"
        if not named and not (name in _TOLD_OF_ROWS and problem.fault is Fault.TARGET):
            yield problem
    try:
        stated = read_table(path).target
    except BrokenTable:
        return
    if stated != target_of(name):
        yield Problem(path, 1, Fault.OTHER_TARGET, stated)


def _unknown_targets(path: Path, shipped: Table) -> Iterator[Problem]:
    """Targets that no row of the shipped table has, where the targets are a closed set of words."""
    if shipped.target in _OPEN or shipped.target.startswith("schemas."):
        return
    known = {row.target for row in shipped}
    for row in read_table(path):
        if row.target not in known:
            yield Problem(path, row.line, Fault.TARGET, row.target)
