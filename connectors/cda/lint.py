"""Strict conformance of a document: the schema of CDA, then the rules of its guide.

The guides checked are eP-MED-DM, here, and eDISP-MED (`lint_dispensation`).

`SEMAINIER_CDA_XSD` names a folder with `CDA_extended.xsd` as the ANS publishes it; the schema
is not shipped. Source of the rules: ANS, E_traitementPrescrit_int.sch and _fr.sch.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.cda.lint_dispensation import invalid, of_dispensation
from connectors.cda.narrative import Narrative
from connectors.cda.posology.mode import steps_of
from connectors.cda.read import broken
from connectors.cda.scribe import child, children, templates_of
from connectors.cda.templates import (
    DISPENSATION,
    E_PRESCRIPTION,
    LINE,
    SECTION_MEDICINES,
    STRUCTURED,
    Mode,
)
from connectors.markup import parse, place
from connectors.trail import Trail
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from lxml.etree import XMLSchema, _Element

_DOCUMENT_TEMPLATES = {
    "2.16.840.1.113883.2.8.2.1": "HL7 France",
    "1.2.250.1.213.1.1.1.1": "CI-SIS",
    "1.3.6.1.4.1.19376.1.9.1.1.1": "IHE Pharm PRE",
    "1.3.6.1.4.1.19376.1.5.3.1.1.1": "IHE PCC",
}
_LINE_TEMPLATES = (
    "2.16.840.1.113883.10.20.1.24",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7",
    "1.3.6.1.4.1.19376.1.9.1.3.2",
    LINE,
)
_LINE_PARTS = ("id", "text", "statusCode", "repeatNumber", "consumable")
_SCHEMA = "CDA_extended.xsd"
_WITHOUT_STEPS = frozenset({Mode.NORMAL, Mode.DELAYED})


def lint(data: bytes) -> tuple[Finding, ...]:
    """Every rule that the document breaks, in the order of the rules."""
    try:
        root = parse(data)
    except Refused as refusal:
        return broken(data, str(refusal))
    declared = templates_of(root)
    if E_PRESCRIPTION in declared:
        rules = _by_templates(root)
    elif DISPENSATION in declared:
        rules = of_dispensation(root)
    else:
        return (*_by_schema(root), _not_ours(root))
    return (*_by_schema(root), *rules, *_by_references(root))


def _not_ours(root: "_Element") -> Finding:
    return Finding(
        code=FindingCode.MESSAGE_UNSUPPORTED,
        location=place(root),
        message=f"the guides checked are those of templates {E_PRESCRIPTION} and {DISPENSATION}",
    )


def _by_schema(root: "_Element") -> Iterator[Finding]:
    folder = os.environ.get("SEMAINIER_CDA_XSD")
    path = Path(folder) / _SCHEMA if folder else None
    if path is None or not path.is_file():
        return
    schema = _schema(path)
    if schema.validate(root):
        return
    log: Any = schema.error_log
    for error in log:
        found: Any = root.getroottree().xpath(error.path) if error.path else []
        element = found[0] if isinstance(found, list) and found else root
        yield invalid(element, f"line {error.line}: schema rule {error.type_name}", error.message)


def _schema(path: Path) -> "XMLSchema":
    from lxml import etree

    return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))


def _by_templates(root: "_Element") -> Iterator[Finding]:
    declared = templates_of(root)
    for template, guide in _DOCUMENT_TEMPLATES.items():
        if template not in declared:
            yield invalid(root, f"templateId of {guide} is missing", template)
    for section in root.iter("{*}section"):
        if SECTION_MEDICINES in templates_of(section):
            for entry in children(section, "entry", "substanceAdministration"):
                yield from _of_line(entry)


def _of_line(entry: "_Element") -> Iterator[Finding]:
    declared = templates_of(entry)
    for template in _LINE_TEMPLATES:
        if template not in declared:
            yield invalid(entry, "a templateId of a prescribed line is missing", template)
    modes = [mode for mode in Mode if mode in declared]
    if len(modes) != 1:
        yield invalid(entry, "a line must declare exactly one dosing mode")
    elif (modes[0] in _WITHOUT_STEPS) == bool(steps_of(entry)):
        yield invalid(entry, "the steps of a line must be those of its dosing mode")
    if (STRUCTURED in declared) is not _is_structured(entry):
        yield invalid(entry, "a structured posology must be declared, and only then", STRUCTURED)
    for part in _LINE_PARTS:
        if child(entry, part) is None:
            yield invalid(entry, f"{part} of a prescribed line is required")
    for stated in entry.iter("{*}doseQuantity", "{*}rateQuantity"):
        if not stated.get("nullFlavor") and None in (child(stated, "low"), child(stated, "high")):
            yield invalid(stated, "a quantity must have a low and a high")


def _is_structured(entry: "_Element") -> bool:
    """Whether the line or its steps say how often or how much."""
    stated = entry.iter("{*}period", "{*}event", "{*}doseQuantity")
    return next(iter(stated), None) is not None


def _by_references(root: "_Element") -> Iterator[Finding]:
    narrative = Narrative(root, Trail())
    for reference in root.iter("{*}reference"):
        value = reference.get("value")
        if value is None:
            continue
        if not value.startswith("#"):
            yield invalid(reference, "a reference to the narrative must begin with #", value)
        elif narrative.target(value) is None:
            yield invalid(reference, "a reference must name one element by its ID", value)
