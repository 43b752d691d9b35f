"""An e-prescription of the CI-SIS (eP-MED-DM) as a prescription.

Other CDA documents (dispensation, summaries, letters) state no order to this pharmacy: they are
refused with a finding that names their type, and nothing is planned from them.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.cda.entry import read_line
from connectors.cda.header import (
    instance,
    read_chain,
    read_identifiers,
    read_notes,
    read_prescriber,
    read_stay,
)
from connectors.cda.narrative import Narrative, words
from connectors.cda.people import read_patient
from connectors.cda.scribe import Scribe, child, children, is_v3, templates_of
from connectors.cda.templates import (
    E_PRESCRIPTION,
    EDITIONS,
    PRESCRIPTION_LOINC,
    SECTION_COMMENT_LOINC,
    SECTION_MEDICINES,
    SECTIONS_WITHOUT_CARE,
)
from connectors.markup import leaves, local_name, parse
from connectors.trail import Trail
from schemas.connector import Reading
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, Note, Prescription
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
    """What the document prescribes. Without a prescription there is always a finding."""
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
    prescriptions = _prescriptions(scribe, root)
    control = instance(scribe, child(root, "id"), "control_id")
    return Reading(
        format="cda",
        kind=_kind(scribe, root),
        control_id=control.value if control else None,
        prescriptions=prescriptions,
        findings=tuple(scribe.findings),
        sources=trail.sources(),
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
    """`eP-MED-DM 2024.01`, else the LOINC code of the document."""
    for template in children(root, "templateId"):
        if template.get("root") == E_PRESCRIPTION:
            return f"eP-MED-DM {template.get('extension') or ''}".strip()
    return scribe.take(child(root, "code"), "code", "kind")


def _prescriptions(scribe: Scribe, root: "_Element") -> tuple[Prescription, ...]:
    if not is_v3(root) or local_name(root) != "ClinicalDocument":
        scribe.doubt(
            FindingCode.MESSAGE_UNSUPPORTED,
            scribe.at(root),
            "the root element must be ClinicalDocument of urn:hl7-org:v3",
        )
        return ()
    code = child(root, "code")
    loinc = scribe.take(code, "code", "kind")
    scribe.take(code, "codeSystem", "kind")
    if E_PRESCRIPTION not in templates_of(root) or loinc != PRESCRIPTION_LOINC:
        scribe.doubt(
            FindingCode.MESSAGE_UNSUPPORTED,
            f"{_ROOT}/code/@code",
            f"only an e-prescription is read: template {E_PRESCRIPTION}, "
            f"LOINC {PRESCRIPTION_LOINC}",
            loinc,
        )
        return ()
    _check_edition(scribe, root)
    return (_prescription(scribe, root),)


def _check_edition(scribe: Scribe, root: "_Element") -> None:
    for template in children(root, "templateId"):
        edition = scribe.take(template, "extension", "kind")
        ours = scribe.take(template, "root", "kind") == E_PRESCRIPTION
        if ours and edition not in EDITIONS:
            scribe.doubt(
                FindingCode.VERSION_UNKNOWN,
                f"{scribe.at(template)}/@extension",
                f"the edition must be one of {', '.join(EDITIONS)}",
                edition,
            )


def _prescription(document: Scribe, root: "_Element") -> Prescription:
    scribe = document.part()
    lines = tuple(
        read_line(scribe, statement)
        for section in _sections(root)
        if SECTION_MEDICINES in templates_of(section)
        for statement in _statements(scribe, section)
    )
    notes = [*read_notes(scribe, root), *_comments(scribe, root)]
    if not lines:
        scribe.doubt(
            FindingCode.MESSAGE_EMPTY,
            f"{_ROOT}/component",
            "an e-prescription must have a medicines section with at least one entry",
        )
    prescriber, establishment = read_prescriber(scribe, root)
    return Prescription(
        location=_ROOT,
        identifiers=read_identifiers(scribe, root),
        chain=read_chain(scribe, root),
        patient=read_patient(scribe, root),
        stay=read_stay(scribe, root),
        prescriber=prescriber,
        establishment=establishment,
        authored_at=scribe.timestamp(
            child(root, "effectiveTime"), "prescription.authored_at", FindingCode.VALUE_INVALID
        ),
        lines=_told_apart(lines),
        notes=tuple(notes),
        findings=tuple(scribe.findings),
    )


def _statements(scribe: Scribe, section: "_Element") -> "Iterator[_Element]":
    """The lines of a section; an entry of another kind is a finding."""
    for entry in children(section, "entry"):
        for statement in entry.iterchildren("*"):
            if local_name(statement) == "substanceAdministration":
                yield statement
            else:
                scribe.doubt(
                    _unread(statement),
                    scribe.at(statement),
                    "an entry of the medicines section must be a substanceAdministration",
                )


def _unread(element: "_Element") -> FindingCode:
    """What it means that an element was not read: one that holds a medicine must not be passed."""
    holds = next(element.iter("{*}substanceAdministration"), None) is not None
    return FindingCode.ELEMENT_FOREIGN if holds else FindingCode.ELEMENT_UNREAD


def _sections(root: "_Element") -> "list[_Element]":
    body = child(root, "component", "structuredBody")
    return [] if body is None else list(body.iter("{*}section"))


def _comments(scribe: Scribe, root: "_Element") -> list[Note]:
    """The words of the comment; any other section that may matter is a finding."""
    notes = []
    for section in _sections(root):
        loinc = scribe.take(child(section, "code"), "code", "kind")
        if SECTION_MEDICINES in templates_of(section) or loinc in SECTIONS_WITHOUT_CARE:
            continue
        text = child(section, "text")
        if loinc == SECTION_COMMENT_LOINC and text is not None and words(text):
            said = scribe.text(text, "prescription.notes") or ""
            notes.append(Note(text=said, scope=loinc, location=scribe.at(text)))
        else:
            scribe.doubt(
                _unread(section),
                scribe.at(section),
                "only the medicines and the comment of an e-prescription are read",
                loinc,
            )
    return notes


def _told_apart(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines, each one that shares its identifier with another marked with a finding."""
    count: dict[str, int] = {}
    for line in lines:
        if line.identifier is not None:
            count[line.identifier] = count.get(line.identifier, 0) + 1
    return tuple(
        line
        if line.identifier is None or count[line.identifier] == 1
        else line.model_copy(update={"findings": (*line.findings, _twice(line))})
        for line in lines
    )


def _twice(line: Line) -> Finding:
    return Finding(
        code=FindingCode.IDENTIFIER_DUPLICATE,
        location=f"{line.location}/id",
        message="the id of a line must not be that of another line",
        quoted=line.identifier,
    )
