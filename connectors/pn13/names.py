"""The elements of PN13 that are public, each in its place, and what becomes of it here.

The table `pn13/elements` lists them as `parent/name`. Its targets: `use` (a field of the
prescription), `text` (kept word for word), `report` (never read: a finding says so), `unused`
(changes nothing of a dose: listed among the values that nothing used). The schema itself
(PN13-IS xsd) is only given to the members of Phast, so an element that is not in the table may
still be of the standard: it is told as well.
"""

from enum import StrEnum
from functools import cache

from connectors.pn13.tree import Cursor, folded
from mappings.catalogue import table
from mappings.table import Row


class Treatment(StrEnum):
    """What becomes of an element."""

    USE = "use"
    TEXT = "text"
    REPORT = "report"
    UNUSED = "unused"


@cache
def elements() -> dict[str, Row]:
    """The row of each element by its folded `parent/name`."""
    return {folded(row.code): row for row in table("pn13/elements")}


def _row_of(at: Cursor) -> Row | None:
    return elements().get(folded(f"{at.within}/{at.name}"))


def treatment_of(at: Cursor) -> Treatment | None:
    """What becomes of this element; `None` when no public source has it in this place."""
    row = _row_of(at)
    return Treatment(row.target) if row else None


def words_of(at: Cursor) -> str:
    """What this element is, in French; empty when no public source has it in this place."""
    row = _row_of(at)
    return row.text if row else ""


@cache
def known_names() -> frozenset[str]:
    """Every public name, folded, wherever it stands."""
    return frozenset(name.rpartition("/")[2] for name in elements())
