"""The prescription of an e-prescription of the CI-SIS (eP-MED-DM): header, lines, comments.

Source: ANS, CI-SIS eP-MED-DM 2022.01 to 2024.01.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors.cda.entry import read_line
from connectors.cda.header import (
    read_chain,
    read_identifiers,
    read_notes,
    read_prescriber,
    read_stay,
)
from connectors.cda.narrative import words
from connectors.cda.people import read_patient
from connectors.cda.scribe import Scribe, child, children, sections_of, templates_of
from connectors.cda.templates import (
    SECTION_COMMENT_LOINC,
    SECTION_MEDICINES,
    SECTIONS_WITHOUT_CARE,
)
from connectors.markup import local_name
from schemas.finding import Finding, FindingCode
from schemas.prescription import Line, Note, Prescription

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOT = "/ClinicalDocument"


def read_prescription(document: Scribe, root: "_Element") -> Prescription:
    """What the document orders, with every doubt of its header; those of a line stand with it."""
    scribe = document.part()
    lines = tuple(
        read_line(scribe, statement)
        for section in sections_of(root)
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
        lines=told_apart(lines),
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
                    unread(statement),
                    scribe.at(statement),
                    "an entry of the medicines section must be a substanceAdministration",
                )


def unread(element: "_Element") -> FindingCode:
    """What it means that an element was not read: one that holds a medicine must not be passed."""
    holds = next(element.iter("{*}substanceAdministration"), None) is not None
    return FindingCode.ELEMENT_FOREIGN if holds else FindingCode.ELEMENT_UNREAD


def _comments(scribe: Scribe, root: "_Element") -> list[Note]:
    """The words of the comment; any other section that may matter is a finding."""
    notes = []
    for section in sections_of(root):
        loinc = scribe.take(child(section, "code"), "code", "kind")
        if SECTION_MEDICINES in templates_of(section) or loinc in SECTIONS_WITHOUT_CARE:
            continue
        text = child(section, "text")
        if loinc == SECTION_COMMENT_LOINC and text is not None and words(text):
            said = scribe.text(text, "prescription.notes") or ""
            notes.append(Note(text=said, scope=loinc, location=scribe.at(text)))
        else:
            scribe.doubt(
                unread(section),
                scribe.at(section),
                "only the medicines and the comment of an e-prescription are read",
                loinc,
            )
    return notes


def told_apart(lines: tuple[Line, ...]) -> tuple[Line, ...]:
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
