"""Walks a PN13 document by name, and leaves on the trail what each value became.

Names are compared without namespace, accents and case: published messages spell the same
element `Int_temps_év_début` and `Int_temps_ev_début`. An empty element says nothing.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from connectors.markup import local_name, places
from connectors.trail import Trail
from mappings.catalogue import table
from mappings.table import Table
from schemas.finding import Finding, FindingCode
from schemas.site import Site

if TYPE_CHECKING:
    from lxml.etree import _Element


_QUOTED = 200
"""Characters of a value that a finding shows; the whole stands on the trail."""


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """The name without accents and case: `Elément_posologie` and `ELEMENT_POSOLOGIE` are one."""
    parts = unicodedata.normalize("NFD", name)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def is_of_the_standard(nomenclature: str) -> bool:
    """Whether a nomenclature is a list of PN13 itself: published messages name all of those
    `SIPh-…` or `SIPh_…` (`SIPh-CIO_UCD`, `SIPh_TypeEltPLA`).
    """
    return nomenclature.casefold().startswith("siph")


class Value(NamedTuple):
    """A text of the source and where it stands."""

    text: str
    place: str


class Notebook:
    """What is read with and noted down on the way: the site's tables and zone, the trail of
    one message, and the doubts met since somebody last collected them.
    """

    __slots__ = ("_doubts", "site", "trail", "zone")

    def __init__(self, site: Site) -> None:
        self.site = site
        self.zone = ZoneInfo(site.zone)
        self.trail = Trail()
        self._doubts: list[Finding] = []

    def doubt(self, code: FindingCode, place: str, message: str, quoted: str | None = None) -> None:
        """A doubt to be collected by whoever builds the value that it is about."""
        told = quoted[:_QUOTED] if quoted else None
        self._doubts.append(Finding(code=code, location=place, message=message, quoted=told))

    def keep(self, doubt: Finding) -> None:
        """A doubt that was collected and found no place of its own."""
        self._doubts.append(doubt)

    def mark(self) -> int:
        """Where the doubts stand now, for `collected`."""
        return len(self._doubts)

    def collected(self, mark: int = 0) -> tuple[Finding, ...]:
        """The doubts met since the mark, taken off the notebook."""
        doubts = tuple(self._doubts[mark:])
        del self._doubts[mark:]
        return doubts


class Cursor:
    """One element of the document: its text, attributes and children by name."""

    __slots__ = (
        "_attributes",
        "_children",
        "_left",
        "_listed",
        "_used",
        "name",
        "notebook",
        "place",
        "text",
        "within",
    )

    def __init__(self, element: "_Element", place: str, notebook: Notebook) -> None:
        self.name = local_name(element)
        self.place = place
        self.notebook = notebook
        self.text = (element.text or "").strip()
        self.within = ""
        self._children: list[Cursor] = []
        self._attributes = {
            folded(str(name).rpartition("}")[2]): (str(name).rpartition("}")[2], str(value))
            for name, value in element.attrib.items()
        }
        self._used = self._listed = self._left = False

    def table(self, name: str) -> Table:
        """The table of this name, with the rows of the site over it."""
        return table(name, self.notebook.site.name)

    def add(self, child: "Cursor") -> None:
        """Hangs a child, in document order; `within` is then the name of its parent."""
        child.within = self.name
        self._children.append(child)

    def children(self, name: str | None = None) -> Iterator["Cursor"]:
        """The children, or those of this name, in document order."""
        wanted = folded(name) if name else None
        return (c for c in self._children if wanted is None or folded(c.name) == wanted)

    def child(self, *path: str) -> "Cursor | None":
        """The first element at the end of this path of names."""
        here: Cursor | None = self
        for name in path:
            here = next(here.children(name), None) if here is not None else None
        return here

    def find(self, name: str) -> "Cursor | None":
        """The first element of this name at any depth below."""
        for child in self._children:
            found = child if folded(child.name) == folded(name) else child.find(name)
            if found is not None:
                return found
        return None

    def take(self, *path: str, gives: str) -> Value | None:
        """The text at the end of this path, marked as having become the field `gives`.

        `None` when it is absent or empty. Stated more than once, the first is taken and a
        doubt says so.
        """
        parent = self.child(*path[:-1])
        stated = [c for c in parent.children(path[-1]) if c.text] if parent is not None else []
        if not stated:
            return None
        if len(stated) > 1:
            stated[1].doubt(FindingCode.VALUE_INVALID, f"{stated[1].name} is stated twice")
        return stated[0].taken(gives)

    def taken(self, gives: str) -> Value | None:
        """The element's own text, marked as used; `None` when it is empty."""
        if not self.text:
            return None
        self._used = True
        self.notebook.trail.used(self.place, gives)
        return Value(self.text, self.place)

    def expect(self, *path: str, among: str, gives: str) -> None:
        """Takes the text at the end of this path when it is one of these words; any other
        stays unread, for whoever tells what was left.
        """
        at = self.child(*path)
        if at is not None and at.text in among.split():
            at.taken(gives)

    def attribute(self, name: str, gives: str) -> str | None:
        """The value of an attribute, marked as used; `None` when absent or empty."""
        stated, value = self._attributes.get(folded(name), ("", ""))
        if not value.strip():
            return None
        self._listed = self._listed or folded(name) == _LIST
        self.notebook.trail.used(f"{self.place}/@{stated}", gives)
        return value.strip()

    def doubt(self, code: FindingCode, message: str, quoted: str | None = None) -> None:
        """A doubt about this element; quotes its own text unless told otherwise."""
        self.notebook.doubt(code, self.place, message, quoted or self.words or None)

    def leave(self) -> None:
        """Nobody has to tell of this element any more, though nothing took its text."""
        self._left = True

    @property
    def words(self) -> str:
        """Its text; where there is none, the words that the sender gives the absent code."""
        return self.text or self._attributes.get(_WORDS, ("", ""))[1].strip()

    def unread(self) -> Iterator["Cursor"]:
        """Every element here and below that says something which nobody took or told of."""
        if self.words and not self._used and not self._left:
            yield self
        for child in self._children:
            yield from child.unread()

    def of_another_list(self) -> Iterator["Cursor"]:
        """Every element here and below whose text was taken as a code of the standard, while
        its nomenclature, which nobody looked at, is another one.
        """
        stated = self._attributes.get(_LIST, ("", ""))[1].strip()
        if stated and self._used and not self._listed and not is_of_the_standard(stated):
            yield self
        for child in self._children:
            yield from child.of_another_list()


_LIST, _WORDS = "phast-nomenclature", "phast-signification"
_LABELS = frozenset({"phast-libelle", "phast-type"})
"""Attributes that say again what the element is: its name in words, its type."""


def _note_stray_text(element: "_Element", place: str, notebook: Notebook) -> None:
    """PN13 has no text between elements: one that stands there belongs to nothing."""
    stray = (element.tail or "").strip()
    if stray:
        where = f"{place}/following-text"
        notebook.trail.met(where, stray)
        notebook.doubt(
            FindingCode.VALUE_INVALID, where, "a text stands between two elements", stray
        )


def tree(root: "_Element", notebook: Notebook) -> Cursor:
    """The document as cursors, with everything it says noted as met."""
    made: dict[_Element, Cursor] = {}
    for element, place in places(root):
        cursor = Cursor(element, place, notebook)
        made[element] = cursor
        for name, value in element.attrib.items():
            where = f"{place}/@{str(name).rpartition('}')[2]}"
            notebook.trail.met(where, str(value))
            if folded(str(name)) in _LABELS:
                notebook.trail.used(where, "label")
        if cursor.text:
            notebook.trail.met(place, cursor.text)
        _note_stray_text(element, place, notebook)
        parent = element.getparent()
        if parent is not None and parent in made:
            made[parent].add(cursor)
    return made[root]
