"""A sender's own codes: what the site says of them, and nothing else.

A site states them in `sites/<site>/pn13/frequencies.csv` (`Fréquence`) and `.../events.csv`
(`Evénement_début` before version 3.3), one row a code, written `list|code` when the message
names the list. The target is words of `mappings.timing`; an event has moments or times only.
"""

from connectors.pn13.tree import Cursor
from mappings.catalogue import has_table
from mappings.table import TableError
from mappings.timing import Timing, timing_of
from schemas.codes import Coding
from schemas.posology import Rhythm, Times

NO_TIMES = Times()
FREQUENCIES, EVENTS = "pn13/frequencies", "pn13/events"


def coding_of(at: Cursor, gives: str) -> Coding:
    """The code as sent, with its list and the words that the sender gives it."""
    at.taken(gives)
    return Coding(
        code=at.text,
        system=at.attribute("Phast-nomenclature", "timing_code.system"),
        display=at.attribute("Phast-signification", "phase.text"),
    )


def meaning_of(at: Cursor, coding: Coding, table_name: str) -> Timing | None:
    """What the table of the site says of a code; `None` when it has no row for it.

    Raises: `TableError` for a word that is none of those this module describes.
    """
    if not has_table(table_name, at.notebook.site.name):
        return None
    key = f"{coding.system}|{coding.code}" if coding.system else coding.code
    target = at.table(table_name).target_of(key)
    return None if target is None else _read(target, table_name)


def _read(target: str, table_name: str) -> Timing:
    said = timing_of(target)
    if not said.is_plain or (table_name == EVENTS and said.rhythm != Rhythm()):
        raise TableError(f"{table_name}: {target!r} says more than such a table can")
    return said
