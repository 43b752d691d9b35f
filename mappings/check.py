"""What is wrong with the tables: asked by `make check`, and answered in sentences.

A table whose head names an enum of `schemas` has only values of that enum as targets, one in
each row; a distribution and a reason list several, with spaces between them. A table with the
target `wall-time` has times as `HH:MM`; one with `mappings.timing` has words of that language.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import time
from enum import Enum
from pathlib import Path

from mappings.catalogue import HERE
from mappings.table import Row, Table, TableError, read_table
from mappings.timing import timing_of

_PATTERN = re.compile(r"part|weekdays/(?:<n>|1)wk")
"""Targets of codes that are no timing alone: see `connectors.hl7v2.posology.pattern`."""
_LISTS = frozenset({"distributions", "reasons"})
"""Tables, by the last part of their name, whose targets are lists."""


def check_tables(root: Path = HERE) -> list[str]:
    """Every problem of every table under `root`, each naming its file and line; empty when none.

    Codes stated twice, unreadable files, heads that name another file, targets that are not of
    what the head names, rows without a source, and files without a row.
    """
    return [problem for path in sorted(root.rglob("*.csv")) for problem in _problems(path, root)]


def _problems(path: Path, root: Path) -> Iterator[str]:
    try:
        table = read_table(path)
        accepts = _accepts(table)
    except TableError as error:
        yield str(error)
        return
    except (ImportError, AttributeError, TypeError):
        yield f"{path}:1: the target of the head is no enum of schemas"
        return
    stated = path.relative_to(root).with_suffix("").as_posix()
    if table.name not in {stated, stated.removeprefix("sites/")}:
        yield f"{path}:1: the head names another table than {stated}"
    if not len(table):
        yield f"{path}:1: the table has no row"
    for row in table:
        yield from (f"{path}:{row.line}: {fault}" for fault in _faults(row, table, accepts))


def _faults(row: Row, table: Table, accepts: Callable[[str], bool]) -> Iterator[str]:
    if not row.source.strip():
        yield "the row has no source"
    if row.code != row.code.strip() or not row.code:
        yield "the code is empty or has spaces around it"
    if not all(accepts(target) for target in _targets(row, table)):
        yield f"the target is not of {table.target}"


def _targets(row: Row, table: Table) -> Iterable[str]:
    listed = table.name.rpartition("/")[2] in _LISTS
    return (row.target.split() or [""]) if listed else [row.target]


def _accepts(table: Table) -> Callable[[str], bool]:
    """Whether a text is a target of this table. Raises: when the head names no enum."""
    if table.target == "wall-time":
        return _is_time
    if table.target == "mappings.timing":
        return _is_timing
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
    print("\n".join(problems) or "tables: no problem")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
