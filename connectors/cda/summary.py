"""What a summary tells of the treatments of a patient: VSM, DLU-EHPAD, IPS-FR, letters.

None of them is an order to this pharmacy: each treatment is a line that informs, whatever its mood
(INT: to be taken; EVN: taken, or going on), and nothing is planned from it. What was last taken
(DLU-EHPAD-FLUDT) is a fact when its product and its hour are stated.
Source: ANS, CI-SIS FR-Traitement (1.2.250.1.213.1.1.3.42), sections 10160-0 and 10183-2.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from connectors.cda.e_prescription import told_apart
from connectors.cda.entry import read_line
from connectors.cda.header import instance, read_authors, read_chain, read_identifiers, read_stay
from connectors.cda.narrative import words
from connectors.cda.people import read_patient
from connectors.cda.posology.dose import read_dose
from connectors.cda.product import is_named, read_product
from connectors.cda.scribe import Scribe, child, children, sections_of, templates_of
from connectors.cda.templates import (
    LAST_INTAKE,
    SECTIONS_OF_TREATMENTS,
    TREATMENT,
    TREATMENT_TERMS,
)
from connectors.cda.unread import tell_unread
from connectors.dates import read_timestamp
from mappings.catalogue import table
from schemas.errors import Refused
from schemas.finding import FindingCode
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.people import Patient
from schemas.prescription import Line, Note, Prescription

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOT = "/ClinicalDocument"
_GOING_ON = "EVN"
_MOST_INTAKES = 500
"""Of one patient, at one transfer; each repeats who the patient is."""


class Summary(NamedTuple):
    """What a summary states: its treatments as lines that inform, and what was last taken."""

    prescription: Prescription
    intakes: tuple[Intake, ...] = ()


@dataclass(slots=True)
class _Told:
    """What was told so far."""

    lines: list[Line] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def tells_treatments(document: "_Element") -> bool:
    """Whether a section of the document is one of treatments, or holds one."""
    return any(_is_of_treatments(section) for section in sections_of(document))


def _is_of_treatments(section: "_Element") -> bool:
    own = bool(templates_of(section) & frozenset(SECTIONS_OF_TREATMENTS))
    return own or next(_treatments(section), None) is not None


def _treatments(section: "_Element") -> "Iterator[_Element]":
    for statement in children(section, "entry", "substanceAdministration"):
        if TREATMENT in templates_of(statement):
            yield statement


def read_summary(document: Scribe, root: "_Element") -> Summary:
    """The treatments of the document, with every doubt about it."""
    scribe = document.part()
    patient = read_patient(scribe, root)
    told = _Told(notes=[*read_authors(scribe, root)])
    for section in sections_of(root):
        tell_unread(document, section, (TREATMENT,))
        if _is_of_treatments(section):
            _section(document, scribe, section, told, patient)
    _check_absence(scribe, told)
    return Summary(
        Prescription(
            location=_ROOT,
            identifiers=read_identifiers(scribe, root),
            chain=read_chain(scribe, root),
            patient=patient,
            stay=read_stay(scribe, root),
            authored_at=scribe.timestamp(
                child(root, "effectiveTime"), "prescription.authored_at", FindingCode.VALUE_INVALID
            ),
            lines=told_apart(tuple(told.lines)),
            notes=tuple(told.notes),
            findings=tuple(scribe.findings),
        ),
        tuple(told.intakes),
    )


def _section(
    document: Scribe, scribe: Scribe, section: "_Element", told: _Told, patient: Patient | None
) -> None:
    """What one section of treatments states."""
    loinc = scribe.take(child(section, "code"), "code", "line.notes")
    title = scribe.text(child(section, "title"), "line.notes")
    stated = list(_treatments(section))
    if not stated:
        told.notes += _words_alone(scribe, section, loinc)
    printed: dict[Note, None] = {}
    place = scribe.at(section)
    last = LAST_INTAKE in templates_of(section.getroottree().getroot())
    for statement in stated:
        absent = _absence(scribe, statement)
        if absent is not None:
            told.notes.append(absent)
        elif last and _says_hour(scribe, statement):
            told.intakes += _last_intake(document, statement, patient)
            if len(told.intakes) > _MOST_INTAKES:
                raise Refused(f"a summary must state at most {_MOST_INTAKES} last intakes")
            printed.update(dict.fromkeys(_section_words(scribe, section, loinc)))
        else:
            line = read_line(scribe, statement, ordered=False)
            heading = Note(text=title, scope=loinc, location=place) if title else None
            told.lines.append(_with_terms(scribe, line, statement, heading))
    told.notes += printed


def _with_terms(scribe: Scribe, line: Line, statement: "_Element", heading: Note | None) -> Line:
    """The line with the title of its section, and whether it is for long or for now."""
    declared = templates_of(statement)
    terms = [text for template, text in TREATMENT_TERMS.items() if template in declared]
    notes = [heading] if heading is not None else []
    notes += [Note(text=text, scope="term", location=line.location) for text in terms]
    row = _row_words(scribe, statement)
    if row is not None:
        notes.append(Note(text=row, scope="narrative", location=line.location))
    return line.model_copy(
        update={"notes": (*line.notes, *notes), "status": statement.get("moodCode")}
    )


def _row_words(scribe: Scribe, statement: "_Element") -> str | None:
    """The row of the table that prints the treatment: its columns are those of no guide."""
    reference = child(statement, "text", "reference")
    target = (
        scribe.narrative.target(reference.get("value") or "") if reference is not None else None
    )
    row = next(iter(target.iterancestors("{*}tr")), None) if target is not None else None
    return scribe.text(row, "line.notes") if row is not None else None


def _absence(scribe: Scribe, statement: "_Element") -> Note | None:
    """The statement that no treatment is known, or that nothing is known of treatments."""
    stated = child(statement, "code")
    code = stated.get("code") if stated is not None else None
    if stated is None or table("cda/absences", scribe.site.name).target_of(code or "") is None:
        return None
    if is_named(read_product(scribe, statement)):
        return None
    coding = scribe.coding(stated, "prescription.notes")
    said = scribe.original(child(stated, "originalText"), "prescription.notes")
    for name in ("nullFlavor", "negationInd"):
        scribe.take(statement, name, "prescription.notes")
    text = said or (coding.display if coding else None) or code or ""
    return Note(text=text, scope=code, location=scribe.at(statement))


def _check_absence(scribe: Scribe, told: _Told) -> None:
    """A document that knows of no treatment must not state one."""
    absences = table("cda/absences", scribe.site.name)
    absent = [note for note in told.notes if note.scope and absences.target_of(note.scope)]
    if absent and told.lines:
        rule = "the document says that no treatment is known, and states treatments"
        scribe.doubt(FindingCode.STRUCTURE_INVALID, absent[0].location, rule, absent[0].scope)


def _words_alone(scribe: Scribe, section: "_Element", loinc: str | None) -> list[Note]:
    """The words of a section of treatments without any: a person must read them."""
    notes = _section_words(scribe, section, loinc)
    if notes:
        rule = "the treatments of this section are in the narrative alone"
        scribe.doubt(FindingCode.POSOLOGY_TEXT_ONLY, scribe.at(section), rule)
    return notes


def _section_words(scribe: Scribe, section: "_Element", loinc: str | None) -> list[Note]:
    text = child(section, "text")
    if text is None or not words(text):
        return []
    said = scribe.text(text, "prescription.notes")
    return [Note(text=said, scope=loinc, location=scribe.at(text))] if said else []


def _says_hour(scribe: Scribe, statement: "_Element") -> bool:
    """Whether a treatment that was taken states when, to the hour."""
    return statement.get("moodCode") == _GOING_ON and _taken_at(scribe, statement) is not None


def _taken_at(scribe: Scribe, statement: "_Element") -> datetime | None:
    """The instant at which an intake began; a day alone, or what cannot be read, is none."""
    low = child(statement, "effectiveTime", "low")
    try:
        read = read_timestamp(low.get("value") or "", scribe.zone) if low is not None else None
    except ValueError:
        return None
    return read if isinstance(read, datetime) else None


def _last_intake(
    document: Scribe, statement: "_Element", patient: Patient | None
) -> tuple[Intake, ...]:
    """What was last taken, as a fact; without a product, or negated, a finding."""
    scribe = document.part()
    interval = child(statement, "effectiveTime")
    for end in () if interval is None else interval.iterchildren("*"):
        scribe.take(end, "value", "intake.taken_at")
    product = read_product(scribe, statement)
    if not is_named(product):
        rule = "a last intake must name what was taken: no fact is made of it"
        document.doubt(FindingCode.PRODUCT_MISSING, scribe.at(statement), rule)
        return ()
    if statement.get("negationInd") not in (None, "false") or statement.get("nullFlavor"):
        rule = "a last intake must not be negated: no fact is made of it"
        document.doubt(FindingCode.STATUS_NOT_ACTIVE, scribe.at(statement), rule)
        return ()
    dose = read_dose(scribe, statement)
    named = (instance(scribe, one, "intake.identifiers") for one in children(statement, "id"))
    return (
        Intake(
            location=scribe.at(statement),
            identifiers=tuple(found for found in named if found is not None),
            status=IntakeStatus.TAKEN,
            taken_at=_taken_at(scribe, statement),
            author=Author(role=AuthorRole.UNKNOWN),
            patient=patient,
            product=product,
            quantity=dose.exact if dose else None,
            note=scribe.original(child(statement, "text"), "intake.note"),
            findings=tuple(scribe.findings),
        ),
    )
