"""Reads one mapping table: CSV with a head line that names it, its target and its version.

```
# table: hl7v2/units  target: text  version: 1
code;text;target;source;read_by
TAB;tablet;comprimé;HL7 v2.5.1 ...;
```
`read_by` names the two people who read the row against its source; it is empty until they did.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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


class TableError(ValueError):
    """A table that cannot be used; the text names the file and the line."""


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
    with path.open(encoding="utf-8", newline="") as lines:
        head = _HEAD.fullmatch(lines.readline().rstrip("\r\n"))
        if head is None:
            raise TableError(f"{path}:1: head line `# table: …  target: …  version: …` expected")
        reader = csv.reader(lines, delimiter=";")
        if tuple(next(reader, ())) != COLUMNS:
            raise TableError(f"{path}:2: columns must be {';'.join(COLUMNS)}")
        rows: dict[str, Row] = {}
        for number, cells in enumerate(reader, start=3):
            if len(cells) != len(COLUMNS):
                raise TableError(f"{path}:{number}: {len(COLUMNS)} columns expected")
            code, text, target, source, read_by = cells
            row = Row(code, text, target, source, read_by, line=number)
            if row.code in rows:
                raise TableError(f"{path}:{number}: code {row.code!r} is stated twice")
            rows[row.code] = row
    return Table(head["name"], head["target"], int(head["version"]), rows)
