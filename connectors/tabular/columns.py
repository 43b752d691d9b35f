"""The columns of the intake table: which there are, and which a file must have.

The head line names them in any order, separated by `;` or `,`. Times are ISO 8601; without an
offset they are local to the site. Other columns are kept, and reported as not used.
"""

import csv
import io

REQUIRED = ("patient_id", "line_id", "taken_at", "status")
INTAKE_COLUMNS = (
    "intake_id",
    "patient_id",
    "patient_authority",
    "line_id",
    "line_authority",
    "product_code",
    "product_code_system",
    "product",
    "status",
    "taken_at",
    "planned_at",
    "quantity",
    "unit",
    "author_role",
    "author_name",
    "author_rpps",
    "reason",
    "recorded_at",
    "corrects",
    "note",
)
"""What the reader takes and the writer gives; the writer adds columns of its own at the end."""

SEPARATORS = (";", ",")
_HEAD = 4096
"""Bytes in which the head line must end."""
_BOM = b"\xef\xbb\xbf"


def head_of(text: str, separator: str) -> tuple[str, ...]:
    """The column names of the first line."""
    return tuple(cell.strip() for cell in next(csv.reader(io.StringIO(text), delimiter=separator)))


def separator_of(first_line: str) -> str | None:
    """The separator with which the first line names every required column, else `None`."""
    for separator in SEPARATORS:
        try:
            names = head_of(first_line, separator)
        except (csv.Error, StopIteration):
            continue
        if set(REQUIRED) <= set(names):
            return separator
    return None


def is_intake_table(data: bytes) -> bool:
    """Whether the first line names the required columns, exactly."""
    head = data[:_HEAD].removeprefix(_BOM).replace(b"\r", b"\n").partition(b"\n")[0]
    return separator_of(head.decode("cp1252", errors="replace")) is not None
