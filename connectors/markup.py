"""XML of strangers, parsed safely, with a place for every value.

No DTD is loaded, no entity expanded beyond the five of XML, nothing fetched; depth, size, elements
and attributes are bounded. A DOCTYPE is tolerated as long as it declares no entity. Comments and
processing instructions are left out, so that a text that one of them cuts in two is read whole.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, cast

from schemas.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element


class _Declarations(Protocol):
    """What the stubs of lxml leave out of a document type."""

    def iterentities(self) -> Iterator[object]:
        """Every entity that it declares."""


LARGEST = 64 * 1024 * 1024
"""Bytes of one document; a prescription with a PDF inside is a few megabytes."""


MOST_ELEMENTS = 500_000
"""Elements of one document, some 300 MB when read; a prescription line has some sixty."""

MOST_ATTRIBUTES = 256
"""Attributes of one element; to list them costs their square."""


def parse(data: bytes) -> "_Element":
    """The root element of the document.

    Raises: `Refused` that names the rule and the line, and quotes nothing of the document.
    """
    from lxml import etree

    if len(data) > LARGEST:
        raise Refused(f"a document must have at most {LARGEST} bytes")
    if data.count(b"<") - data.count(b"</") > MOST_ELEMENTS:
        raise Refused(f"a document must have at most {MOST_ELEMENTS} elements")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Refused(f"line {line}, column {column}: not well-formed XML") from None
    except ValueError:
        raise Refused("not well-formed XML") from None
    if root.xpath(f"boolean(//*[count(@*) > {MOST_ATTRIBUTES}])"):
        raise Refused(f"an element must have at most {MOST_ATTRIBUTES} attributes")
    for node in root.iter(etree.Entity):
        raise Refused(f"line {node.sourceline}: entities of one's own are not read")
    _refuse_declared_entities(root)
    return root


def _refuse_declared_entities(root: "_Element") -> None:
    """A parser expands an entity inside an attribute even when told to resolve none."""
    declared = cast("_Declarations | None", root.getroottree().docinfo.internalDTD)
    if declared is not None and any(True for _ in declared.iterentities()):
        raise Refused("a document type that declares entities is not read")


def local_name(element: "_Element") -> str:
    """The name of the element without its namespace."""
    tag = str(element.tag)
    return tag.rpartition("}")[2]


def namespace(element: "_Element") -> str | None:
    """The namespace of the element, or `None`."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else None


def place(element: "_Element") -> str:
    """Where an element stands, as an XPath of local names: `/Messages/Patient[2]/Ipp`.

    A rank is written only where siblings share the name. For every element of a document,
    `places` gives the same in one pass.
    """
    steps: list[str] = []
    node: _Element | None = element
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def _step(element: "_Element") -> str:
    name = local_name(element)
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    if before == 0 and next(element.itersiblings(element.tag), None) is None:
        return name
    return f"{name}[{before + 1}]"


def places(root: "_Element") -> Iterator[tuple["_Element", str]]:
    """Every element of the document under `root` with its place, in document order.

    Costs one visit of each element, however many siblings it has.
    """
    waiting = [(root, place(root))]
    while waiting:
        element, here = waiting.pop()
        yield element, here
        if len(element) > 0:
            waiting.extend(reversed(list(_below(element, here))))


def _below(element: "_Element", here: str) -> Iterator[tuple["_Element", str]]:
    """The children with their places."""
    children = list(element.iterchildren("*"))
    tags = [child.tag for child in children]
    twins = Counter(tags) if len(set(tags)) < len(tags) else {}
    seen: Counter[object] = Counter()
    for child, tag in zip(children, tags, strict=True):
        if twins.get(tag, 1) == 1:
            yield child, f"{here}/{local_name(child)}"
        else:
            seen[tag] += 1
            yield child, f"{here}/{local_name(child)}[{seen[tag]}]"


def leaves(root: "_Element") -> Iterator[tuple[str, str]]:
    """Every attribute and every text of the document with its place, in document order.

    White space around a text is not part of it; empty texts are left out.
    """
    for element, here in places(root):
        for name, value in element.attrib.items():
            yield f"{here}/@{str(name).rpartition('}')[2]}", str(value)
        text = (element.text or "").strip()
        if text:
            yield here, text
        tail = (element.tail or "").strip()
        if tail:
            yield f"{here}/following-text", tail
