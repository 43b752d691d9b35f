"""What a MedicationRequest says beside the dose, and that nobody may miss: words and doubts.

Source: FHIR R4 MedicationRequest.priority, substitution.reason, Dosage.site and Dosage.method.
"""

from collections.abc import Iterator

from connectors.fhir.concepts import words_of
from connectors.fhir.dosage_values import Element
from schemas.finding import FindingCode
from schemas.prescription import Note

_TREATMENT_INTENT = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition/fr-treatment-intent"
)


def notes_beside(element: Element) -> Iterator[Note]:
    """Body site and method of each dosage, and why it may not be substituted, as notes."""
    given = element.members.get("dosageInstruction")
    for dosage in element.children("dosageInstruction") if isinstance(given, list) else ():
        for name in ("site", "method"):
            yield from _note(dosage, name)
    substitution = element.child("substitution")
    if substitution is not None:
        yield from _note(substitution, "reason")


def _note(element: Element, name: str) -> Iterator[Note]:
    words = words_of(element.child(name), "notes")
    if words is not None:
        yield Note(text=words, scope=name, location=element.path(name))


def doubt_beside(element: Element, known: tuple[str, ...]) -> None:
    """An urgency, and each extension of the request that is none of `known`: they may matter."""
    priority = element.members.get("priority")
    if priority not in (None, "routine"):
        rule = "a priority other than routine does not enter the schedule"
        element.say(FindingCode.ELEMENT_UNREAD, "priority", rule, priority)
    for each in element.children("extension"):
        url = each.members.get("url")
        if url not in (*known, _TREATMENT_INTENT):
            rule = "the extension of the request is not read"
            each.say(FindingCode.ELEMENT_UNREAD, "url", rule, url)
