"""The header of an e-prescription: chain of versions, dates, flags, prescriber.

Source: ANS, CI-SIS eP-MED-DM 2024.01, header schematron.
"""

from typing import TYPE_CHECKING

from connectors.cda.people import read_organization, read_practitioner
from connectors.cda.scribe import Scribe, child, children
from connectors.cda.templates import E_PRESCRIPTION_NUMBER, PRESCRIPTION_LOINC
from mappings.authorities import identifier
from schemas.finding import FindingCode
from schemas.people import Identifier, IdentifierKind, Organization, Practitioner, Stay
from schemas.prescription import Chain, Note

if TYPE_CHECKING:
    from lxml.etree import _Element


def instance(
    scribe: Scribe,
    element: "_Element | None",
    gives: str,
    kind: IdentifierKind = IdentifierKind.OTHER,
) -> Identifier | None:
    """An II: its extension under its root, or its root alone."""
    root = scribe.take(element, "root", gives)
    extension = scribe.take(element, "extension", gives)
    if extension:
        return identifier(extension, root, scribe.site.name, kind)
    return Identifier(value=root, kind=kind) if root else None


def check_edition(
    scribe: Scribe, document: "_Element", guide: str, editions: tuple[str, ...]
) -> None:
    """An edition of the guide of this template that is not one of those known is a finding."""
    for template in children(document, "templateId"):
        edition = scribe.take(template, "extension", "kind")
        ours = scribe.take(template, "root", "kind") == guide
        if ours and edition not in editions:
            scribe.doubt(
                FindingCode.VERSION_UNKNOWN,
                f"{scribe.at(template)}/@extension",
                f"the edition must be one of {', '.join(editions)}",
                edition,
            )


def read_identifiers(scribe: Scribe, document: "_Element") -> tuple[Identifier, ...]:
    """The e-prescription number first, then the id of the document."""
    stated = [
        *(
            element
            for element in children(document, "documentationOf", "serviceEvent", "id")
            if element.get("root") == E_PRESCRIPTION_NUMBER
        ),
        *children(document, "id"),
    ]
    read = (instance(scribe, element, "prescription.identifiers") for element in stated)
    return tuple(found for found in read if found is not None)


def read_chain(scribe: Scribe, document: "_Element") -> Chain:
    """`setId` stays the same over versions; a higher `versionNumber` replaces a lower one."""
    replaced = (
        instance(scribe, parent, "prescription.chain")
        for related in children(document, "relatedDocument")
        if related.get("typeCode") == "RPLC"
        for parent in children(related, "parentDocument", "id")
    )
    return Chain(
        group=instance(scribe, child(document, "setId"), "prescription.chain"),
        version=scribe.take(child(document, "versionNumber"), "value", "prescription.chain"),
        replaces=tuple(found for found in replaced if found is not None),
    )


def read_prescriber(
    scribe: Scribe, document: "_Element"
) -> tuple[Practitioner | None, Organization | None]:
    """The author of the document and the establishment that the author stands for."""
    authors = [
        assigned
        for assigned in children(document, "author", "assignedAuthor")
        if child(assigned, "assignedPerson") is not None
    ]
    if not authors:
        return None, None
    author = authors[0]
    prescriber = read_practitioner(scribe, author, "prescription.prescriber")
    signer = child(document, "legalAuthenticator", "assignedEntity")
    for other in [*authors[1:], *([signer] if signer is not None else [])]:
        _check_same(scribe, prescriber, other)
    organization = read_organization(
        scribe, child(author, "representedOrganization"), "prescription.establishment"
    )
    return prescriber, organization


def read_authors(scribe: Scribe, document: "_Element") -> tuple[Note, ...]:
    """Who wrote a summary, by name and number: who ordered what it tells of is another matter."""
    notes = []
    for assigned in children(document, "author", "assignedAuthor"):
        author = read_practitioner(scribe, assigned, "prescription.notes")
        numbers = (one.value for one in author.identifiers[:1])
        parts = (author.given_name, author.family_name, *numbers)
        text = " ".join(part for part in parts if part)
        if text:
            notes.append(Note(text=text, scope="author", location=author.location))
    return tuple(notes)


def _check_same(scribe: Scribe, prescriber: Practitioner, other: "_Element") -> None:
    """Who signs must be who prescribes: the official examples name two numbers."""
    stated = child(other, "id")
    found = scribe.take(stated, "extension", "prescription.prescriber")
    known = {one.value for one in prescriber.identifiers}
    if stated is not None and found is not None and known and found not in known:
        scribe.doubt(
            FindingCode.PRESCRIBER_CONTRADICTED,
            f"{scribe.at(stated)}/@extension",
            "the signer must carry the number of the author",
            found,
        )


def read_stay(scribe: Scribe, document: "_Element") -> Stay | None:
    """The encounter during which the prescription was written, when it is identified."""
    encounter = child(document, "componentOf", "encompassingEncounter")
    if encounter is None:
        return None
    visit = instance(scribe, child(encounter, "id"), "prescription.stay", IdentifierKind.VISIT)
    facility = read_organization(
        scribe, child(encounter, "location", "healthCareFacility"), "prescription.stay"
    )
    return Stay(visit=visit, establishment=facility) if visit or facility else None


def read_notes(scribe: Scribe, document: "_Element") -> tuple[Note, ...]:
    """Flags of the prescription, its validity, and who is wished to execute it and when."""
    notes = []
    for event in children(document, "documentationOf", "serviceEvent"):
        code = child(event, "code")
        coding = scribe.coding(code, "prescription.notes")
        if event.get("classCode") == "INFO" and coding is not None:
            text = coding.display or coding.code
            notes.append(Note(text=text, scope=coding.code, location=scribe.at(event)))
        elif coding is not None and coding.code == PRESCRIPTION_LOINC:
            notes += _validity(scribe, child(event, "effectiveTime"))
    for participant in children(document, "participant"):
        if participant.get("typeCode") == "PRF":
            notes += _wished(scribe, participant)
        elif participant.get("typeCode") == "CON":
            notes += _replaced(scribe, participant)
    return tuple(notes)


def _validity(scribe: Scribe, period: "_Element | None") -> list[Note]:
    if period is None:
        return []
    ends = [
        scribe.take(child(period, name), "value", "prescription.notes") or "…"
        for name in ("low", "high")
    ]
    return [Note(text=" / ".join(ends), scope="validity", location=scribe.at(period))]


def _replaced(scribe: Scribe, participant: "_Element") -> list[Note]:
    """The doctor that the author stands in for."""
    text = _person(scribe, participant)
    return [Note(text=text, scope="CON", location=scribe.at(participant))] if text else []


def _person(scribe: Scribe, participant: "_Element") -> str | None:
    """A professional by name and number; `None` when neither is stated."""
    person = child(participant, "associatedEntity", "associatedPerson", "name")
    parts = [
        scribe.text(child(person, part), "prescription.notes") if person is not None else None
        for part in ("given", "family")
    ]
    number = scribe.take(
        child(participant, "associatedEntity", "id"), "extension", "prescription.notes"
    )
    return " ".join(part for part in (*parts, number) if part) or None


def _wished(scribe: Scribe, participant: "_Element") -> list[Note]:
    day = scribe.take(child(participant, "time", "high"), "value", "prescription.notes")
    name = scribe.text(
        child(participant, "associatedEntity", "scopingOrganization", "name"),
        "prescription.notes",
    )
    said = {
        "wished-date": day,
        "wished-pharmacy": name,
        "wished-pharmacist": _person(scribe, participant),
    }
    return [
        Note(text=text, scope=scope, location=scribe.at(participant))
        for scope, text in said.items()
        if text
    ]
