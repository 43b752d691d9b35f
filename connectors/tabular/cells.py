"""Cells of a CSV file: the same bytes each time, and nothing that a spreadsheet would run.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a return gets an apostrophe before it,
unless it is a plain number (OWASP, *CSV Injection*). `bare` takes the apostrophe off again.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def safe(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return f"'{text}" if _is_dangerous(text) and not _NUMBER.fullmatch(text) else text


def bare(text: str) -> str:
    """The text that `safe` was given."""
    return text[1:] if text.startswith("'") and _is_dangerous(text) else text


def _is_dangerous(text: str) -> bool:
    """Apostrophes in front count for nothing, so that `bare` takes off one and only one."""
    return text.lstrip("'").startswith(_DANGEROUS)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A head line and the rows, separated by `;`, ended by CR LF, in UTF-8."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return written.getvalue().encode()
