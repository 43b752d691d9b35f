"""Reads one mapping table: CSV with a head line that names it, its target and its version.

```
# table: hl7v2/units  target: text  version: 1
code;text;target;source;read_by
TAB;tablet;comprimé;HL7 v2.5.1 ...;
```
`read_by` names the two people who read the row against its source; it is empty until they did.
A line that begins with `#` below the columns is a comment.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mappings.problem import BrokenTable, Fault, Problem, TableError

__all__ = ["COLUMNS", "Row", "Table", "TableError", "read_table"]
COLUMNS = ("code", "text", "target", "source", "read_by")
_HEAD = re.compile(r"# table: (?P<name>\S+)  target: (?P<target>\S+)  version: (?P<version>\d+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: the sender's `code`, what it means in words, and what it is for us."""

    code: str
    text: str
    target: str
    source: str
    read_by: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table by their code. A code that is not in it has no meaning: no default."""

    name: str
    target: str
    version: int
    rows: Mapping[str, Row]

    def get(self, code: str) -> Row | None:
        """The row of this code, exactly as written; `None` when nobody stated its meaning."""
        return self.rows.get(code)

    def target_of(self, code: str) -> str | None:
        """What the code is for us, or `None`."""
        row = self.rows.get(code)
        return row.target if row else None

    def overlaid(self, other: "Table") -> "Table":
        """This table with the rows of a site's own table over it."""
        return Table(self.name, self.target, self.version, {**self.rows, **other.rows})

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)


def read_table(path: Path) -> Table:
    """The table in this file.

    Raises: `TableError` for a missing head line, wrong columns or a code stated twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        before = path.read_bytes()[: error.start]
        raise BrokenTable(Problem(path, before.count(b"\n") + 1, Fault.ENCODING)) from None
    lines = io.StringIO(text, newline="")
    head = _HEAD.fullmatch(lines.readline().rstrip("\r\n"))
    if head is None:
        raise BrokenTable(Problem(path, 1, Fault.HEAD))
    reader = csv.reader(lines, delimiter=";")
    if tuple(next(reader, ())) != COLUMNS:
        raise BrokenTable(Problem(path, 2, Fault.COLUMNS))
    rows: dict[str, Row] = {}
    for cells in reader:
        line = reader.line_num + 1
        if not cells or cells[0].startswith("#"):
            continue
        if len(cells) != len(COLUMNS):
            raise BrokenTable(Problem(path, line, Fault.CELLS))
        code, words, target, source, read_by = cells
        if code in rows:
            raise BrokenTable(Problem(path, line, Fault.TWICE, code))
        rows[code] = Row(code, words, target, source, read_by, line=line)
    return Table(head["name"], head["target"], int(head["version"]), rows)
