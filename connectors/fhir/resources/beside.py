"""What a MedicationRequest says beside the dose, and that nobody may miss: words and doubts.

Source: FHIR R4 MedicationRequest.priority, courseOfTherapyType, dispenseRequest and
substitution.reason; Dosage.site, route and method.
"""

from collections.abc import Iterator

from connectors.fhir.dosage.words import all_words_of, amount_words, spoken
from connectors.fhir.form.values import Element
from connectors.fhir.resources.concepts import read_coding, read_quantity
from schemas.finding import FindingCode
from schemas.prescription import Note

_CODED = ("route", "allowedCodeableConcept")
"""What the line holds as a code, with one name."""
_LENGTHS = ("dispenseInterval", "expectedSupplyDuration")
"""Lengths of the supply, and of no treatment: a note shows them, and no end is taken from them."""


def notes_beside(element: Element) -> Iterator[Note]:
    """Body site, method and uncoded route of each dosage, the course, the supply, and why it may
    not be substituted, as notes.
    """
    given = element.members.get("dosageInstruction")
    for dosage in element.children("dosageInstruction") if isinstance(given, list) else ():
        for name in ("site", "method", "route"):
            yield from _note(dosage, name)
    yield from _note(element, "courseOfTherapyType")
    supply = element.child("dispenseRequest")
    if supply is not None:
        yield from _of_supply(supply)
    substitution = element.child("substitution")
    if substitution is not None:
        yield from _note(substitution, "reason")
        yield from _note(substitution, "allowedCodeableConcept")


def _note(element: Element, name: str) -> Iterator[Note]:
    """Every word of a concept. One code with one name has its own field in the line."""
    concept = element.child(name)
    if concept is None:
        return
    coded = name in _CODED and read_coding(concept, "notes") is not None
    words = spoken(concept, "notes") if coded else all_words_of(concept, "notes")
    if len(words) > coded:
        yield Note(text="; ".join(words), scope=name, location=element.path(name))


def _of_supply(supply: Element) -> Iterator[Note]:
    first = supply.child("initialFill")
    amounts = [(supply, name) for name in _LENGTHS]
    amounts += [(first, "quantity"), (first, "duration")] if first else []
    for holder, name in amounts:
        stated = read_quantity(holder.child(name), "notes")
        if stated is not None:
            text = amount_words(stated)
            yield Note(text=text, scope=name, location=holder.path(name))
    valid = supply.child("validityPeriod")
    ends = [valid.text(name, "notes") or "" for name in ("start", "end")] if valid else []
    if valid is not None and any(ends):
        yield Note(text=" – ".join(ends), scope="validityPeriod", location=valid.at)


def doubt_beside(element: Element) -> None:
    """An urgency, and a problem that the sender found with the request: they may matter."""
    priority = element.members.get("priority")
    if priority == "routine":
        element.use("priority", "action")
    elif priority is not None:
        rule = "a priority other than routine does not enter the schedule"
        element.say(FindingCode.ELEMENT_UNREAD, "priority", rule, priority)
    if element.has("detectedIssue"):
        rule = "a problem that the sender found with the request is not read"
        element.say(FindingCode.ELEMENT_UNREAD, "detectedIssue", rule)
