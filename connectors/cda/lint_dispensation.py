"""The rules of the eDISP-MED guide that its schematrons state.

Source: ANS, Entete_eDISP-MED_2024.01.sch, S_dispense.sch, S_dispensationMedicaments.sch,
E_traitementDispense_fr.sch, E_dispensationMedicament.sch, E_referenceItemPrescription_fr.sch.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.cda.scribe import child, children, sections_of, templates_of
from connectors.cda.templates import (
    DISPENSATION_LOINC,
    DISPENSED,
    ORDERED_LINE,
    SECTION_DISPENSED,
    SECTION_DISPENSED_LOINC,
    SUBSTITUTED,
    TREATMENT,
)
from connectors.markup import place
from schemas.finding import Finding, FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_LOINC = "2.16.840.1.113883.6.1"
_DOCUMENT_TEMPLATES = {
    "1.3.6.1.4.1.19376.1.9.1.1.3": "IHE Pharm DIS",
    "1.3.6.1.4.1.19376.1.5.3.1.1.1": "IHE PCC",
}
_SECTION_TEMPLATE = "1.3.6.1.4.1.19376.1.9.1.2.3"
_SUPPLY_TEMPLATES = (
    "2.16.840.1.113883.10.20.1.34",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.3",
    "1.3.6.1.4.1.19376.1.9.1.3.4",
)
_SUPPLY_PARTS = ("id", "text", "quantity", "product")
_AT_MOST_ONE = {
    ORDERED_LINE: "line of the prescription",
    TREATMENT: "posology",
    SUBSTITUTED: "substitution",
    "1.2.250.1.213.1.1.3.33": "instruction to the patient",
    "1.2.250.1.213.1.1.3.207": "note of the pharmacist",
}
_ITEM_TEMPLATE, _ITEM = "1.3.6.1.4.1.19376.1.9.1.3.11", "PREItem"


def invalid(element: "_Element", message: str, quoted: str | None = None) -> Finding:
    """What breaks the standard, at an element."""
    return Finding(
        code=FindingCode.STRUCTURE_INVALID,
        location=place(element),
        message=message,
        quoted=quoted,
    )


def of_dispensation(root: "_Element") -> Iterator[Finding]:
    """Every rule of the guide that the document breaks, in the order of the document."""
    declared = templates_of(root)
    for template, guide in _DOCUMENT_TEMPLATES.items():
        if template not in declared:
            yield invalid(root, f"templateId of {guide} is missing", template)
    yield from _coded(root, child(root, "code"), DISPENSATION_LOINC)
    events = children(root, "documentationOf", "serviceEvent", "code")
    if DISPENSATION_LOINC not in {code.get("code") for code in events}:
        yield invalid(root, "the act documented must be a dispensation", DISPENSATION_LOINC)
    sections = [each for each in sections_of(root) if SECTION_DISPENSED in templates_of(each)]
    if not sections:
        yield invalid(root, "the section of dispensed medicines is missing", SECTION_DISPENSED)
    for section in sections:
        yield from _of_section(section)


def _coded(holder: "_Element", code: "_Element | None", loinc: str) -> Iterator[Finding]:
    stated = None if code is None else (code.get("code"), code.get("codeSystem"))
    if stated != (loinc, _LOINC):
        yield invalid(holder, f"code must be {loinc} of LOINC", stated[0] if stated else None)


def _of_section(section: "_Element") -> Iterator[Finding]:
    if _SECTION_TEMPLATE not in templates_of(section):
        yield invalid(section, "templateId of IHE Pharm DIS is missing", _SECTION_TEMPLATE)
    yield from _coded(section, child(section, "code"), SECTION_DISPENSED_LOINC)
    for part in ("id", "text"):
        if child(section, part) is None:
            yield invalid(section, f"{part} of the section is required")
    supplies = list(children(section, "entry", "supply"))
    if not supplies:
        yield invalid(section, "the section must have at least one supply")
    for supply in supplies:
        yield from _of_supply(supply)


def _of_supply(supply: "_Element") -> Iterator[Finding]:
    declared = templates_of(supply)
    for template in (*_SUPPLY_TEMPLATES, DISPENSED):
        if template not in declared:
            yield invalid(supply, "a templateId of a dispensed product is missing", template)
    for part in _SUPPLY_PARTS:
        if len(list(children(supply, part))) != 1:
            yield invalid(supply, f"a dispensed product must have one {part}")
    text = child(supply, "text")
    if text is not None and child(text, "reference") is None:
        yield invalid(text, "text of a dispensed product must refer to the narrative")
    targets = [
        target
        for relation in children(supply, "entryRelationship")
        for target in relation.iterchildren("*")
    ]
    for template, name in _AT_MOST_ONE.items():
        found = [target for target in targets if template in templates_of(target)]
        if len(found) > 1:
            yield invalid(found[1], f"a dispensed product must have at most one {name}")
    for target in targets:
        if ORDERED_LINE in templates_of(target):
            yield from _of_line(target)


def _of_line(line: "_Element") -> Iterator[Finding]:
    """The reference to a line of the prescription: it names the line, and no product."""
    if _ITEM_TEMPLATE not in templates_of(line):
        yield invalid(line, "a templateId of a prescription item is missing", _ITEM_TEMPLATE)
    if len(list(children(line, "id"))) != 1:
        yield invalid(line, "a prescription item must have one id")
    code = child(line, "code")
    if code is None or code.get("code") != _ITEM:
        yield invalid(line, f"code of a prescription item must be {_ITEM}")
    material = child(line, "consumable", "manufacturedProduct", "manufacturedMaterial")
    if material is None or material.get("nullFlavor") != "NA":
        yield invalid(line, "the product of a prescription item must be nullFlavor NA")
