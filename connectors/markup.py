"""XML of strangers, parsed safely, with a place for every value.

No DTD is loaded, no entity expanded beyond the five of XML, nothing fetched; depth and size are
bounded. A DOCTYPE is tolerated.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 64 * 1024 * 1024
"""Bytes of one document; a prescription with a PDF inside is a few megabytes."""


def parse(data: bytes) -> "_Element":
    """The root element of the document.

    Raises: `Refused` that names the rule and the line, and quotes nothing of the document.
    """
    from lxml import etree

    if len(data) > LARGEST:
        raise Refused(f"a document must have at most {LARGEST} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Refused(f"line {line}, column {column}: not well-formed XML") from None
    except ValueError:
        raise Refused("not well-formed XML") from None
    for node in root.iter(etree.Entity):
        raise Refused(f"line {node.sourceline}: entities of one's own are not read")
    return root


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

    A rank is written only where siblings share the name.
    """
    steps: list[str] = []
    node: _Element | None = element
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def _step(element: "_Element") -> str:
    name = local_name(element)
    parent = element.getparent()
    if parent is None:
        return name
    twins = [child for child in parent if child.tag == element.tag]
    return name if len(twins) == 1 else f"{name}[{twins.index(element) + 1}]"


def leaves(root: "_Element") -> Iterator[tuple[str, str]]:
    """Every attribute and every text of the document with its place, in document order.

    White space around a text is not part of it; empty texts are left out.
    """
    for element in root.iter("*"):
        here: str | None = None
        for name, value in element.attrib.items():
            here = here or place(element)
            yield f"{here}/@{str(name).rpartition('}')[2]}", str(value)
        text = (element.text or "").strip()
        if text:
            yield here or place(element), text
        tail = (element.tail or "").strip()
        if tail:
            yield f"{place(element)}/following-text", tail
