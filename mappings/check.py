"""What is wrong with the tables: asked by `make check`, and answered in sentences.

A table whose head names an enum of `schemas` has only values of that enum as targets, one in
each row; a distribution and a reason list several, with spaces between them. A table with the
target `wall-time` has times as `HH:MM`; one with `mappings.timing` has words of that language.
"""

import codecs
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import time
from enum import Enum
from pathlib import Path

from mappings.catalogue import HERE
from mappings.problem import BrokenTable, Fault, Problem
from mappings.table import Row, Table, read_table
from mappings.timing import timing_of

_PATTERN = re.compile(r"part|weekdays/(?:<n>|1)wk")
"""Targets of codes that are no timing alone: see `connectors.hl7v2.posology.pattern`."""
_LISTS = frozenset({"distributions", "reasons"})
"""Tables, by the last part of their name, whose targets are lists."""


def check_tables(root: Path = HERE) -> list[Problem]:
    """Every problem of every table under `root`, each naming its file and line; empty when none.

    Codes stated twice, unreadable files, heads that name another file, targets that are not of
    what the head names, rows without a source, and files without a row.
    """
    return [found for path in sorted(root.rglob("*.csv")) for found in problems_of(path, root)]


def problems_of(path: Path, root: Path) -> Iterator[Problem]:
    """What is wrong with one table, whose name is its path under `root`."""
    try:
        table = read_table(path)
        accepts = _accepts(table)
    except BrokenTable as error:
        yield error.problem
        return
    except (ImportError, AttributeError, TypeError):
        yield Problem(path, 1, Fault.NO_ENUM)
        return
    stated = path.relative_to(root).with_suffix("").as_posix()
    if table.name not in {stated, stated.removeprefix("sites/")}:
        yield Problem(path, 1, Fault.NAME, table.name)
    if not len(table):
        yield Problem(path, 1, Fault.NO_ROW)
    for row in table:
        yield from (Problem(path, row.line, *fault) for fault in _faults(row, table, accepts))


def _faults(row: Row, table: Table, accepts: Callable[[str], bool]) -> Iterator[tuple[Fault, str]]:
    if not row.source.strip():
        yield Fault.NO_SOURCE, ""
    if row.code != row.code.strip() or not row.code:
        yield Fault.CODE, row.code
    for target in _targets(row, table):
        if not accepts(target):
            yield Fault.TARGET, target


def _targets(row: Row, table: Table) -> Iterable[str]:
    listed = table.name.rpartition("/")[2] in _LISTS
    return (row.target.split() or [""]) if listed else [row.target]


def _accepts(table: Table) -> Callable[[str], bool]:
    """Whether a text is a target of this table. Raises: when the head names no enum."""
    if table.target == "wall-time":
        return _is_time
    if table.target == "mappings.timing":
        return _is_timing
    if table.target == "python-codec":
        return _is_codec
    if not table.target.startswith("schemas."):
        return bool
    module, _, name = table.target.rpartition(".")
    values = {str(member.value) for member in _enum(module, name)}
    return lambda target: target in values


def _enum(module: str, name: str) -> type[Enum]:
    found = getattr(importlib.import_module(module), name)
    if not (isinstance(found, type) and issubclass(found, Enum)):
        raise TypeError(f"{module}.{name} is no enum")
    return found


def _is_codec(target: str) -> bool:
    try:
        codecs.lookup(target)
    except LookupError:
        return False
    return True


def _is_timing(target: str) -> bool:
    """Words of a timing, or those of a table whose codes are patterns: with a number, with days."""
    if _PATTERN.fullmatch(target):
        return True
    try:
        timing_of(target.replace("<n>", "1"))
    except ValueError:
        return False
    return True


def _is_time(target: str) -> bool:
    try:
        time.fromisoformat(target)
    except ValueError:
        return False
    return True


def main(root: Path = HERE) -> int:
    """Prints every problem; 1 when there is one. `python -m mappings.check` calls it."""
    problems = check_tables(root)
    print("\n".join(map(str, problems)) or "tables: no problem")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
