"""`semainier expand`: FHIR dosages in, dated intakes out, one JSON line for one JSON line."""

import sys


def expand_lines(site: str) -> None:
    """Streams standard input to standard output; a row that is bad stops no other."""
    from engine.posology.expansion import expand_rows
    from mappings.catalogue import load_site

    for row in expand_rows(sys.stdin, load_site(site)):
        sys.stdout.write(row + "\n")
