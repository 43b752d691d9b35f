"""The narrative of a document: the words that the prescriber signed, found from the structure.

A CDA section says everything twice: in `text`, which is what was signed, and in entries that
point into it. The words are kept beside the structure, so that a person can compare them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.markup import local_name, places
from connectors.trail import Trail

if TYPE_CHECKING:
    from lxml.etree import _Element

_BREAKS_BEFORE = frozenset({"br", "paragraph", "item", "tr", "caption", "list", "table"})
_CELLS = frozenset({"td", "th"})
BLANKS = frozenset({"", "-", "–", "—"})
"""What the official documents print in an empty cell."""


class Narrative:
    """The elements of a document that carry an ID, and their words; the place of each element."""

    __slots__ = ("_by_id", "_trail", "places")

    def __init__(self, root: "_Element", trail: Trail) -> None:
        self._trail = trail
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
        """The words of an element, marked as used; `None` for an empty cell or a dash."""
        for part in element.iter("*"):
            here = self.places[part]
            self._trail.used(here, gives)
            self._trail.used(f"{here}/@ID", gives)
            if part is not element:
                self._trail.used(f"{here}/following-text", gives)
        text = words(element)
        return None if text in BLANKS else text


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


def row_of(element: "_Element") -> "dict[str, _Element]":
    """The cells of the table row around an element, by the heading of their column.

    Headings are lower case. Empty when there is no row, or no heading for each of its cells.
    """
    row = _around(element, "tr")
    table = _around(element, "table")
    if row is None or table is None:
        return {}
    cells = [cell for cell in row if isinstance(cell.tag, str)]
    headings = [" ".join(words(head).split()).casefold() for head in table.iter("{*}th")]
    if len(headings) < len(cells) or any(cell.get("colspan") for cell in cells):
        return {}
    return dict(zip(headings, cells, strict=False))


def _around(element: "_Element", name: str) -> "_Element | None":
    return next(iter(element.iterancestors(f"{{*}}{name}")), None)
