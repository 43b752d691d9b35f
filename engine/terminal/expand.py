"""`semainier expand`: FHIR dosages in, dated intakes out, one JSON line for one JSON line."""

import sys
from collections.abc import Iterable, Iterator

NO_TEXT = "these bytes are not UTF-8"
"""Stands for a line that is no text, so that it is answered like any line that is no JSON."""


def expand_lines(site: str) -> None:
    """Streams standard input to standard output; a row that is bad stops no other."""
    from engine.pipeline.expansion import expand_rows
    from mappings.catalogue import load_site

    for row in expand_rows(_texts(sys.stdin.buffer), load_site(site)):
        # A lone surrogate cannot be written as UTF-8; its backslash form is its JSON escape.
        sys.stdout.buffer.write(row.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield NO_TEXT
