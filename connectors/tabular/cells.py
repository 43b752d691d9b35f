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
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def bare(text: str) -> str:
    """The text that `safe` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A head line and the rows, separated by `;`, ended by CR LF, in UTF-8."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return written.getvalue().encode()
