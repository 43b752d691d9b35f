"""What the first kilobytes of a document say: its type, its id, its patient. Nothing is built."""

from typing import TYPE_CHECKING, cast

from connectors.markup import local_name
from mappings.catalogue import table
from schemas.connector import Peek

if TYPE_CHECKING:
    from lxml.etree import _Element

_STEP = 8 * 1024
_FURTHEST = 256 * 1024
"""Bytes looked at: the patient stands near the top of a header."""
_LANE = "ClinicalDocument/recordTarget/patientRole/id"


def peek(data: bytes) -> Peek:
    """Kind, control id and lane, as far as the head of the document is well formed."""
    from lxml import etree

    parser = etree.XMLPullParser(
        ("start",), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    found: dict[str, str] = {}
    try:
        for start in range(0, min(len(data), _FURTHEST), _STEP):
            parser.feed(data[start : start + _STEP])
            for _, element in parser.read_events():
                _note(cast("_Element", element), found)
            if "lane" in found:
                break
    except etree.XMLSyntaxError:
        pass
    return Peek(kind=found.get("kind"), control_id=found.get("control_id"), lane=found.get("lane"))


def _note(element: "_Element", found: dict[str, str]) -> None:
    steps = [*reversed(list(element.iterancestors())), element]
    path = "/".join(local_name(step) for step in steps)
    identifier = element.get("extension") or element.get("root")
    if path == "ClinicalDocument/templateId":
        guide = table("cda/documents").target_of(element.get("root") or "")
        if guide is not None and "kind" not in found:
            found["kind"] = f"{guide} {element.get('extension') or ''}".strip()
    elif path == "ClinicalDocument/code" and element.get("code"):
        found.setdefault("kind", str(element.get("code")))
    elif path == "ClinicalDocument/id" and identifier:
        found.setdefault("control_id", identifier)
    elif path == _LANE and identifier:
        found.setdefault("lane", identifier)
