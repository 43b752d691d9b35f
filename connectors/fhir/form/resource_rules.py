"""Invariants of FHIR R4 of single resource types, and of their narrative.

Source: FHIR R4, the constraints of each resource: pat-1, org-1 to org-3, cmp-1, cmp-2, mad-1,
mdd-1, rqg-1, obs-3, obs-6, obs-7, inv-1 of Parameters; dom-3 to dom-5; txt-1 and txt-2.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from connectors.fhir.form.tree import Json, Object, is_object
from connectors.markup import local_name, namespace, parse
from schemas.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element

Breach: TypeAlias = tuple[str, str]
_LOCAL = re.compile(r"#[A-Za-z0-9\-.]{1,64}")
_XHTML = "http://www.w3.org/1999/xhtml"
_TAGS = re.compile(
    r"a|abbr|acronym|b|big|blockquote|br|caption|cite|code|col|colgroup|dd|dfn|div|dl|dt|"
    r"em|h1|h2|h3|h4|h5|h6|hr|i|img|li|ol|p|pre|q|samp|small|span|strong|sub|sup|table|"
    r"tbody|td|tfoot|th|thead|tr|tt|ul|var"
)
_ATTRIBUTES = re.compile(
    r"abbr|accesskey|align|alt|axis|bgcolor|border|cellhalign|cellpadding|cellspacing|"
    r"cellvalign|char|charoff|charset|cite|class|colspan|compact|coords|dir|frame|headers|"
    r"height|href|hreflang|hspace|id|lang|longdesc|name|nowrap|rel|rev|rowspan|rules|"
    r"scope|shape|span|src|start|style|summary|tabindex|title|type|valign|value|vspace|"
    r"width"
)
"""What txt-1 allows: formatting, no scripts, no forms, no events."""


def broken_rules(tree: Object, here: str, *, inside: bool) -> Iterator[Breach]:
    """Each place of this resource that breaks a rule of its type. Resources inside are not met."""
    if inside:
        yield from _as_contained(tree, here)
    text = tree.get("text")
    if is_object(text) and isinstance(text.get("div"), str):
        yield from _narrative(str(text["div"]), f"{here}.text.div")
    rule = _RULES.get(str(tree.get("resourceType")))
    if rule is not None:
        yield from rule(tree, here)


def unused_contained(tree: Object, here: str) -> Iterator[Breach]:
    """dom-3: what a resource contains must be referred to by it, or refer to it."""
    given = tree.get("contained")
    listed = given if isinstance(given, list) else []
    targets = _targets({k: v for k, v in tree.items() if k != "contained"})
    targets |= {t for one in listed for t in _targets(one)}
    for rank, one in enumerate(listed):
        if is_object(one) and f"#{one.get('id')}" not in targets and "#" not in _targets(one):
            yield f"{here}.contained[{rank}]", "dom-3: a contained resource must be referred to"


def _targets(tree: Json) -> set[str]:
    """Every local reference below."""
    found: set[str] = set()
    waiting: list[Json] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif is_object(value):
            target = value.get("reference")
            if isinstance(target, str) and target.startswith("#"):
                found.add(target)
            waiting.extend(value.values())
        elif isinstance(value, str):
            found.update(_LOCAL.findall(value))  # a canonical, or a link of a narrative
    return found


def _as_contained(tree: Object, here: str) -> Iterator[Breach]:
    meta = tree.get("meta")
    for name in ("versionId", "lastUpdated") if is_object(meta) else ():
        if is_object(meta) and name in meta:
            yield f"{here}.meta.{name}", "dom-4: a contained resource must have no version"
    if is_object(meta) and meta.get("security"):
        yield f"{here}.meta.security", "dom-5: a contained resource must have no security label"


def _narrative(div: str, here: str) -> Iterator[Breach]:
    try:
        root = parse(div.encode())
    except Refused:
        yield here, "txt-1: a narrative must be one XHTML div"
        return
    if namespace(root) != _XHTML or local_name(root) != "div":
        yield here, "txt-1: a narrative must be one XHTML div"
    elif any(_is_active(element) for element in root.iter("*")):
        yield here, "txt-1: a narrative must hold formatting alone"
    elif not "".join(str(part) for part in root.itertext()).strip() and not _pictures(root):
        yield here, "txt-2: a narrative must have content"


def _is_active(element: "_Element") -> bool:
    names = (str(name).rpartition("}")[2] for name in element.attrib)
    allowed = _TAGS.fullmatch(local_name(element)) is not None
    return not (allowed and all(_ATTRIBUTES.fullmatch(name) for name in names))


def _pictures(root: "_Element") -> bool:
    return any(local_name(element) == "img" for element in root.iter("*"))


def _each(tree: Object, name: str, here: str) -> Iterator[tuple[Object, str]]:
    given = tree.get(name)
    for rank, one in enumerate(given if isinstance(given, list) else [given]):
        place = f"{here}.{name}[{rank}]" if isinstance(given, list) else f"{here}.{name}"
        if is_object(one):
            yield one, place


def _patient(tree: Object, here: str) -> Iterator[Breach]:
    for contact, place in _each(tree, "contact", here):
        if not {"name", "telecom", "address", "organization"} & contact.keys():
            yield place, "pat-1: a contact must have a name, an address or an organisation"


def _organization(tree: Object, here: str) -> Iterator[Breach]:
    if not {"identifier", "name"} & tree.keys():
        yield here, "org-1: an organisation must have a name or an identifier"
    for name, rule in (("address", "org-2"), ("telecom", "org-3")):
        for one, place in _each(tree, name, here):
            if one.get("use") == "home":
                yield f"{place}.use", f"{rule}: an organisation must have no {name} at home"


def _composition(tree: Object, here: str) -> Iterator[Breach]:
    for section, place in _each(tree, "section", here):
        if not {"text", "entry", "section"} & section.keys():
            yield place, "cmp-1: a section must have a text, entries or sections"
        if "emptyReason" in section and section.get("entry"):
            yield f"{place}.emptyReason", "cmp-2: a section with entries is not empty"
        yield from _composition(section, place)


def _administration(tree: Object, here: str) -> Iterator[Breach]:
    for dosage, place in _each(tree, "dosage", here):
        if not {"dose", "rateRatio", "rateQuantity"} & dosage.keys():
            yield place, "mad-1: a dosage must have a dose or a rate"


def _dispense(tree: Object, here: str) -> Iterator[Breach]:
    first, last = tree.get("whenPrepared"), tree.get("whenHandedOver")
    if isinstance(first, str) and isinstance(last, str):
        stated = min(len(first), len(last), len("2026-03-02"))
        if last[:stated] < first[:stated]:
            yield f"{here}.whenHandedOver", "mdd-1: nothing is handed over before it is prepared"


def _group(tree: Object, here: str) -> Iterator[Breach]:
    for action, place in _each(tree, "action", here):
        if ("resource" in action) == ("action" in action):
            yield place, "rqg-1: an action must have a resource or actions, and not both"
        yield from _group(action, place)


def _observation(tree: Object, here: str) -> Iterator[Breach]:
    valued = any(name.startswith("value") for name in tree)
    for one, place in _each(tree, "referenceRange", here):
        if not {"low", "high", "text"} & one.keys():
            yield place, "obs-3: a reference range must have a low, a high or a text"
    if valued and "dataAbsentReason" in tree:
        yield f"{here}.dataAbsentReason", "obs-6: a value that is given is not absent"
    for part, place in _each(tree, "component", here):
        if valued and part.get("code") == tree.get("code"):
            yield place, "obs-7: a component of the code of the whole must leave the value to it"


def _parameters(tree: Object, here: str, name: str = "parameter") -> Iterator[Breach]:
    for one, place in _each(tree, name, here):
        said = [key for key in one if key.startswith("value") or key in ("resource", "part")]
        if len(said) != 1:
            yield place, "inv-1: a parameter must have one value, one resource or parts"
        yield from _parameters(one, place, "part")


_RULES: dict[str, Callable[[Object, str], Iterator[Breach]]] = {
    "Patient": _patient,
    "Organization": _organization,
    "Composition": _composition,
    "MedicationAdministration": _administration,
    "MedicationDispense": _dispense,
    "RequestGroup": _group,
    "Observation": _observation,
    "Parameters": _parameters,
}
