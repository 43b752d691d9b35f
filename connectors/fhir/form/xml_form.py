"""FHIR XML, to and from the tree that FHIR JSON has. Source: FHIR R4 §2.1.5 (XML), §2.1.6 (JSON).

What repeats and what is a number is not written in XML: it comes from the table of elements.
A type that the table does not hold becomes lists where siblings repeat, and texts.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.fhir.form.shapes import PRIMITIVES, WHOLE_NUMBERS, Shape, Shapes, shapes_of
from connectors.fhir.form.tree import DEEPEST, LONGEST_NUMBER, Json, Object, Unreadable, as_text
from connectors.markup import local_name, namespace, parse, place
from schemas.errors import Refused
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
_PREFIXES: Any = {None: FHIR}
"""The default namespace; the stubs of lxml know no prefix that is `None`."""


def read_xml(data: bytes) -> Object:
    """The tree of the document. Raises: `Unreadable`."""
    try:
        root = parse(data)
    except Refused as refused:
        where, _, rule = str(refused).rpartition(": ")
        raise Unreadable(FindingCode.MESSAGE_BROKEN, where or "message", rule) from None
    if namespace(root) != FHIR:
        raise Unreadable(
            FindingCode.MESSAGE_BROKEN, place(root), f"the root must be in the namespace {FHIR}"
        )
    return _resource(root, 1)


def _resource(element: "_Element", depth: int) -> Object:
    name = _name(element)
    return {"resourceType": name, **_children(element, shapes_of(name), depth)}


def _children(element: "_Element", shapes: Shapes | None, depth: int) -> Object:
    if depth > DEEPEST:
        raise Unreadable(
            FindingCode.MESSAGE_BROKEN, "message", f"nesting must have at most {DEEPEST} levels"
        )
    made: Object = {
        str(name): str(value)
        for name, value in element.attrib.items()
        if not str(name).startswith("{")
    }
    loose = [element.text, *(child.tail for child in element)]
    if said := " ".join(" ".join(str(text) for text in loose if text).split()):
        made["#text"] = said
    for child in element.iterchildren("*"):
        name = _name(child)
        shape = shapes.get(name) if shapes else None
        value, extra = _value(child, shape, depth + 1)
        _put(made, name, value, shape)
        if extra is not None:
            _put_extra(made, name, extra, shape)
    return made


def _name(element: "_Element") -> str:
    """The name within FHIR; what another vocabulary names alike is not that element."""
    known = namespace(element) in (FHIR, XHTML)
    return local_name(element) if known else f"{{{namespace(element)}}}{local_name(element)}"


def _put(made: Object, name: str, value: Json, shape: Shape | None) -> None:
    present = made.get(name)
    if isinstance(present, list):
        present.append(value)
    elif name in made:
        made[name] = [present, value]
    else:
        made[name] = [value] if shape is not None and shape.many else value


def _put_extra(made: Object, name: str, extra: Object, shape: Shape | None) -> None:
    """The id and extensions of a primitive: `_name`, with `null` for those that have none."""
    values = made[name]
    if not isinstance(values, list):
        made[f"_{name}"] = extra
        if values is None:
            del made[name]
        return
    present = made.get(f"_{name}")
    extras: list[Json] = present if isinstance(present, list) else [present] if present else []
    extras.extend([None] * (len(values) - len(extras) - 1))
    extras.append(extra)
    made[f"_{name}"] = extras


def _value(element: "_Element", shape: Shape | None, depth: int) -> tuple[Json, Object | None]:
    if namespace(element) == XHTML:
        return _xhtml(element), None
    if shape is not None and shape.type == "Resource":
        return _inner(element, depth), None
    kind = shape.type if shape else None
    stated = element.get("value")
    if kind in PRIMITIVES or (shape is None and stated is not None):
        extra = {
            key: value
            for key, value in _children(element, shapes_of("Element"), depth).items()
            if key != "value"
        }
        return (None if stated is None else _typed(stated, kind)), extra or None
    return _children(element, shapes_of(kind) if kind else None, depth), None


def _inner(element: "_Element", depth: int) -> Object:
    """The one resource that an element holds."""
    held = list(element.iterchildren("*"))
    if len(held) > 1:
        rule = "must hold one resource"
        raise Unreadable(FindingCode.MESSAGE_BROKEN, place(element), rule)
    return _resource(held[0], depth) if held else {}


def _typed(text: str, kind: str | None) -> Json:
    """The value in the type of its element; a text that is not of that type stays a text."""
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind in WHOLE_NUMBERS and text.lstrip("-").isdecimal() and len(text) <= LONGEST_NUMBER:
        return int(text)
    if kind == "decimal":
        return _decimal(text)
    return text


def _decimal(text: str) -> Json:
    if len(text) > LONGEST_NUMBER or not set(text) <= set("+-.0123456789eE"):
        return text
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    if abs(number.adjusted()) > LONGEST_NUMBER:
        return text
    return int(text) if text.lstrip("-").isdigit() else number


def _xhtml(element: "_Element") -> str:
    from lxml import etree

    return etree.tostring(element, encoding="unicode", with_tail=False)


def write_xml(tree: Object) -> bytes:
    """The tree as an XML document, elements in the order of the standard."""
    from lxml import etree

    root = etree.Element(f"{{{FHIR}}}{tree['resourceType']}", nsmap=_PREFIXES)
    _fill(root, tree, str(tree["resourceType"]))
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _fill(element: "_Element", tree: Object, type_name: str) -> None:
    for shape in (shapes_of(type_name) or {}).values():
        value, extra = tree.get(shape.name), tree.get(f"_{shape.name}")
        if value is None and extra is None:
            continue
        if _is_attribute(shape, type_name):
            element.set(shape.name, as_text(value))
            continue
        values = value if isinstance(value, list) else [value]
        extras = extra if isinstance(extra, list) else [extra]
        for rank in range(max(len(values), len(extras))):
            one = values[rank] if rank < len(values) else None
            more = extras[rank] if rank < len(extras) else None
            _append(element, shape, one, more)


def _is_attribute(shape: Shape, type_name: str) -> bool:
    """`id` of an element and `url` of an extension; the id of a resource is an element."""
    return (shape.name, shape.type) == ("id", "string") or (
        shape.name == "url" and type_name == "Extension"
    )


def _append(parent: "_Element", shape: Shape, value: Json, extra: Json) -> None:
    from lxml import etree

    if shape.type == "xhtml":
        parent.append(parse(as_text(value).encode()))
        return
    child = etree.SubElement(parent, f"{{{FHIR}}}{shape.name}")
    if shape.type == "Resource" and isinstance(value, dict):
        name = str(value["resourceType"])
        _fill(etree.SubElement(child, f"{{{FHIR}}}{name}"), value, name)
    elif shape.type in PRIMITIVES:
        if value is not None:
            child.set("value", as_text(value))
        if isinstance(extra, dict):
            _fill(child, extra, "Element")
    elif isinstance(value, dict):
        _fill(child, value, shape.type)
