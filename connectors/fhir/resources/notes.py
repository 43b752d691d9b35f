"""The notes of a MedicationRequest: what each is about, and which of them speak of the posology.

Source: FHIR R4 Annotation; ANS e-prescription IG 1.1.0-ballot, CodeSystem fr-note-scope-codes.
"""

from connectors.fhir.dosage.words import all_words_of
from connectors.fhir.form.values import Element
from connectors.fhir.resources.concepts import extension
from schemas.finding import FindingCode
from schemas.posology import Posology
from schemas.prescription import Note

NOTE_LABEL = "urn:semainier:note-label"
"""What a sender of another format calls a note: an extension of ours, in what we convert."""
NOTE_SCOPE = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription"
    "/StructureDefinition/fr-medicationrequest-note-scope"
)
_LINE_TEXT = "LIPRESCTXT"
INDICATION = ("LIPRESCIND", "MEDIND")
PRODUCT_TEXT = "LIPRESCLIBMED"
CONDITION = "LIPRESCCONDAPPL"
_NO_REMARKS = (_LINE_TEXT, *INDICATION, PRODUCT_TEXT, "statusReason")
_TEXTUAL = "prescription textuelle"
"""How the examples of the guide begin a note that writes the whole line in words."""
_MOST = 200
"""Notes of one line that are compared with each of its dosages: a message of very many of both
must not become their product.
"""


def read_notes(element: Element) -> tuple[Note, ...]:
    """Every note with its scope, then the reason of the status."""
    notes: list[Note] = []
    for note in element.children("note"):
        text = note.text("text", "notes")
        scoped = extension(note, NOTE_SCOPE)
        named = extension(note, NOTE_LABEL) if scoped is None else None
        scope = scoped.text("valueCode", "notes.scope") if scoped else None
        scope = named.text("valueString", "notes.scope") if named else scope
        if text is not None:
            notes.append(Note(text=text, scope=scope, location=note.at))
    reason = element.child("statusReason")
    words = all_words_of(reason, "notes") if reason is not None else ()
    if reason is not None and words:
        notes.append(Note(text="; ".join(words), scope="statusReason", location=reason.at))
    return tuple(notes)


def line_text(notes: tuple[Note, ...], posology: Posology) -> str | None:
    """The line in words: the note of that scope, else one that begins so if none is rendered."""
    scoped = [note.text for note in notes if note.scope == _LINE_TEXT]
    begun = [note.text for note in notes if _is_textual(note) and posology.text is None]
    return next(iter((*scoped, *begun)), None)


def _is_textual(note: Note) -> bool:
    return note.scope is None and note.text.lstrip("* ").casefold().startswith(_TEXTUAL)


def remarks_of(element: Element, notes: tuple[Note, ...], posology: Posology) -> list[str]:
    """The notes that may speak of how the product is taken, and that no other text repeats."""
    rendered = _plain(posology.text or "")
    remarks = [
        note.text
        for note in notes
        if note.scope not in _NO_REMARKS
        and not _is_textual(note)
        and not (rendered and rendered in _plain(note.text))
    ]
    if len(remarks) > _MOST:
        rule = f"must have at most {_MOST} notes: the others are not compared with the posology"
        element.say(FindingCode.VALUE_INVALID, "note", rule)
    return remarks[:_MOST]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
