"""The narrative of a document: the words that the prescriber signed, found from the structure.

A CDA section says everything twice: in `text`, which is what was signed, and in entries that
point into it. The words are kept beside the structure, so that a person can compare them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.markup import local_name, places
from connectors.trail import Trail
from schemas.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element

_BREAKS_BEFORE = frozenset({"br", "paragraph", "item", "tr", "caption", "list", "table"})
MOST_DRAWN = 16 * 1024 * 1024
"""Characters that the statements of one document may draw; each draws those of its own row."""
_CELLS = frozenset({"td", "th"})
BLANKS = frozenset({"", "-", "–", "—"})
"""What the official documents print in an empty cell."""


class Narrative:
    """The elements of a document that carry an ID, and their words; the place of each element."""

    __slots__ = ("_by_id", "_drawn", "_headings", "_said", "_trail", "places")

    def __init__(self, root: "_Element", trail: Trail) -> None:
        self._trail = trail
        self._drawn = 0
        self._said: dict[_Element, str] = {}
        self._headings: dict[_Element, list[str]] = {}
        self.places = dict(places(root))
        self._by_id: dict[str, list[_Element]] = {}
        for element in self.places:
            name = element.get("ID")
            if name:
                self._by_id.setdefault(name, []).append(element)

    def target(self, reference: str) -> "_Element | None":
        """The one element that a reference names, with or without `#`; else `None`."""
        found = self._by_id.get(reference.strip().removeprefix("#"), [])
        return found[0] if len(found) == 1 else None

    def said(self, element: "_Element", gives: str) -> str | None:
        """The words of an element, marked as used; `None` for an empty cell or a dash.

        Raises: `Refused` when many statements draw on the same words without end.
        """
        text = self._said.get(element)
        if text is None:
            for part in element.iter("*"):
                here = self.places[part]
                self._trail.used(here, gives)
                self._trail.used(f"{here}/@ID", gives)
                if part is not element:
                    self._trail.used(f"{here}/following-text", gives)
            text = self._said[element] = words(element)
        self._drawn += len(text)
        if self._drawn > MOST_DRAWN:
            raise Refused(f"statements must draw at most {MOST_DRAWN} characters of the narrative")
        return None if text in BLANKS else text

    def row_of(self, element: "_Element") -> "dict[str, _Element]":
        """The cells of the table row around an element, by the heading of their column.

        Headings are lower case. Empty when there is no row, or no heading for each of its cells.
        """
        row = _around(element, "tr")
        table = _around(element, "table")
        if row is None or table is None:
            return {}
        headings = self._headings_of(table)
        if len(headings) < len(row):
            return {}
        cells = [cell for cell in row if isinstance(cell.tag, str)]
        if any(cell.get("colspan") for cell in cells):
            return {}
        return dict(zip(headings, cells, strict=False))

    def _headings_of(self, table: "_Element") -> list[str]:
        if table not in self._headings:
            heads = table.iter("{*}th")
            self._headings[table] = [" ".join(words(head).split()).casefold() for head in heads]
        return self._headings[table]


def words(element: "_Element") -> str:
    """The text of an element as a reader sees it: one line for each line break or row."""
    lines = "".join(_pieces(element)).split("\n")
    kept = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in kept if line)


def _pieces(element: "_Element") -> Iterator[str]:
    yield _flat(element.text)
    for child in element:
        if isinstance(child.tag, str):
            name = local_name(child)
            if name in _BREAKS_BEFORE:
                yield "\n"
            yield from _pieces(child)
            if name in _CELLS:
                yield " "
            elif name in _BREAKS_BEFORE and name != "br":
                yield "\n"
        yield _flat(child.tail)


def _flat(text: str | None) -> str:
    """Line ends of the file are spaces: only elements break a line."""
    return "".join(" " if character.isspace() else character for character in text or "")


def _around(element: "_Element", name: str) -> "_Element | None":
    return next(iter(element.iterancestors(f"{{*}}{name}")), None)
