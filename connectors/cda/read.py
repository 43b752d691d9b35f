"""A document of the CI-SIS: an e-prescription, a dispensation, or a summary of treatments.

An e-prescription (eP-MED-DM) orders. A dispensation (eDISP-MED) reports what a pharmacy gave out.
Any other document with treatments (VSM, DLU-EHPAD, IPS-FR, letters) tells of them, and orders none.
"""

import re
from typing import TYPE_CHECKING

from connectors.cda.dispensation import read_dispenses
from connectors.cda.e_prescription import read_prescription
from connectors.cda.header import check_edition, instance
from connectors.cda.narrative import Narrative
from connectors.cda.scribe import Scribe, child, children, is_v3, templates_of
from connectors.cda.summary import read_summary, tells_treatments
from connectors.cda.templates import (
    DISPENSATION,
    DISPENSATION_EDITIONS,
    DISPENSATION_LOINC,
    E_PRESCRIPTION,
    EDITIONS,
    PRESCRIPTION_LOINC,
)
from connectors.markup import leaves, local_name, parse
from connectors.trail import Trail
from mappings.catalogue import table
from schemas.connector import Reading
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode
from schemas.site import Site

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOT = "/ClinicalDocument"
_LONGEST = 4096
"""Characters of one value kept on the trail: a PDF inside is named by its length."""

_STRUCTURE = re.compile(
    r"/@(classCode|moodCode|typeCode|determinerCode|contextControlCode|inversionInd"
    r"|schemaLocation|type|codeSystemName)$|/templateId(\[\d+\])?/@root$"
)
"""Attributes that say what an element is, and nothing of a person or a product."""


def read(data: bytes, site: Site) -> Reading:
    """What the document says. Without a prescription or a fact there is always a finding."""
    try:
        root = parse(data)
    except Refused as refusal:
        return Reading(format="cda", findings=broken(data, str(refusal)))
    trail = Trail()
    for location, value in leaves(root):
        kept = value if len(value) <= _LONGEST else f"({len(value)} characters)"
        trail.met(location, kept)
        if _STRUCTURE.search(location):
            trail.used(location, "structure")
    scribe = Scribe(site, trail, Narrative(root, trail))
    try:
        said = _said(scribe, root)
    except Refused as refusal:
        return Reading(format="cda", findings=broken(data, str(refusal)))
    control = instance(scribe, child(root, "id"), "control_id")
    return said.model_copy(
        update={
            "kind": _kind(scribe, root),
            "control_id": control.value if control else None,
            "findings": tuple(scribe.findings),
            "sources": trail.sources(),
        }
    )


def broken(data: bytes, rule: str) -> tuple[Finding, ...]:
    """Why the bytes cannot be parsed: cut, in another encoding, or simply not well formed."""
    text = data.decode("utf-8", errors="replace")
    if b"\x00" not in data and b"ClinicalDocument>" not in data[-4096:]:
        code, message = FindingCode.MESSAGE_TRUNCATED, "the end of ClinicalDocument is missing"
    else:
        code, message = FindingCode.MESSAGE_BROKEN, rule
    findings = [Finding(code=code, location=_ROOT, message=message)]
    if "\ufffd" in text and b"\x00" not in data:
        findings.append(
            Finding(
                code=FindingCode.ENCODING_DECLARED_WRONG,
                location=_ROOT,
                message="the document must be UTF-8, or say its encoding",
            )
        )
    return tuple(findings)


def _kind(scribe: Scribe, root: "_Element") -> str | None:
    """`eP-MED-DM 2024.01`: the guide and its edition, else the LOINC code of the document."""
    guides = table("cda/documents", scribe.site.name)
    for template in children(root, "templateId"):
        guide = guides.target_of(template.get("root") or "")
        if guide is not None:
            edition = scribe.take(template, "extension", "kind")
            return f"{guide} {edition or ''}".strip()
    return scribe.take(child(root, "code"), "code", "kind")


def _said(scribe: Scribe, root: "_Element") -> Reading:
    """What the document states, by its template and its LOINC code."""
    nothing = Reading(format="cda")
    if not is_v3(root) or local_name(root) != "ClinicalDocument":
        scribe.doubt(
            FindingCode.MESSAGE_UNSUPPORTED,
            scribe.at(root),
            "the root element must be ClinicalDocument of urn:hl7-org:v3",
        )
        return nothing
    code, declared = child(root, "code"), templates_of(root)
    loinc = scribe.take(code, "code", "kind")
    scribe.take(code, "codeSystem", "kind")
    if E_PRESCRIPTION in declared and loinc == PRESCRIPTION_LOINC:
        check_edition(scribe, root, E_PRESCRIPTION, EDITIONS)
        return nothing.model_copy(update={"prescriptions": (read_prescription(scribe, root),)})
    if DISPENSATION in declared and loinc == DISPENSATION_LOINC:
        check_edition(scribe, root, DISPENSATION, DISPENSATION_EDITIONS)
        return nothing.model_copy(update={"dispenses": read_dispenses(scribe, root)})
    strict = {E_PRESCRIPTION, DISPENSATION, PRESCRIPTION_LOINC, DISPENSATION_LOINC}
    if not strict & {*declared, loinc} and tells_treatments(root):
        summary = read_summary(scribe, root)
        return nothing.model_copy(
            update={"prescriptions": (summary.prescription,), "intakes": summary.intakes}
        )
    scribe.doubt(
        FindingCode.MESSAGE_UNSUPPORTED,
        f"{_ROOT}/code/@code",
        f"must be an e-prescription ({E_PRESCRIPTION}, LOINC {PRESCRIPTION_LOINC}), a dispensation "
        f"({DISPENSATION}, LOINC {DISPENSATION_LOINC}), or a summary with a section of treatments",
        loinc,
    )
    return nothing
