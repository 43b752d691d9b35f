"""A reading in the words of FHIR R4: the same contents, with the codes, ends and scopes that R4
and the French guides have for them. Each step here is a named translation; nothing is dropped.

Source: ANS e-prescription IG 1.1.0-ballot, ConceptMaps from PN13; FHIR R4 Timing and Period.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.fhir.writing.received.fit_codes import Codes
from connectors.fhir.writing.received.fit_posology import Timings
from connectors.fhir.writing.received.line import INDICATIONS
from connectors.fhir.writing.received.units import Units
from mappings.catalogue import table
from schemas.dispense import Dispense, Substitution
from schemas.intake import Intake
from schemas.people import Identifier, IdentifierKind, Practitioner, Stay
from schemas.posology import Posology
from schemas.prescription import Line, Note, Prescription

_OWN_ELEMENTS = {
    "Motif_attente": "statusReason",
    "Lieu_administration": "place",
    "Dispositif_associé": "device",
}
"""Notes of PN13 that the ConceptMap gives an element of their own."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The translation of one message of `format`, read for `site` in `zone`."""

    format: str
    site: str
    zone: ZoneInfo

    @property
    def units(self) -> Units:
        """The units, routes and forms of this format."""
        return Units(self.format, self.site)

    @property
    def codes(self) -> Codes:
        """What is counted and coded."""
        return Codes(self.units)

    @property
    def timings(self) -> Timings:
        """When and how much."""
        return Timings(self.codes, self.zone, self.format)

    @property
    def is_pn13(self) -> bool:
        """Whether the rules of the ConceptMaps from PN13 hold."""
        return self.format == "pn13"

    def prescription(self, given: Prescription) -> Prescription:
        """The prescription as R4 says it; what came as FHIR stays as it is."""
        is_fhir = self.format == "fhir"
        lines = tuple(self._line(line, given.notes) for line in given.lines)
        return given.model_copy(
            update={
                "lines": lines,
                "stay": self._stay(given.stay),
                "notes": given.notes if not lines else (),
                "prescriber": given.prescriber if is_fhir else _without_derived(given.prescriber),
                "measures": tuple(self.codes.measure(each) for each in given.measures),
            }
        )

    def _stay(self, stay: Stay | None) -> Stay | None:
        """The ConceptMap gives the number of a stay no type: its element says what it is."""
        if stay is None or stay.visit is None or not self.is_pn13:
            return stay
        plain = stay.visit.model_copy(update={"kind": IdentifierKind.OTHER})
        return stay.model_copy(update={"visit": plain})

    def intake(self, given: Intake) -> Intake:
        """The intake with its codes as FHIR names them."""
        return given.model_copy(
            update={
                "product": self.codes.product(given.product) if given.product else None,
                "quantity": self.codes.amount(given.quantity),
                "reason": self.codes.listed(given.reason),
            }
        )

    def dispense(self, given: Dispense) -> Dispense:
        """The dispense with its codes as FHIR names them."""
        return given.model_copy(
            update={
                "product": self.codes.product(given.product) if given.product else None,
                "ordered": self.codes.product(given.ordered) if given.ordered else None,
                "quantity": self.codes.amount(given.quantity),
                "substitution": self._substitution(given.substitution),
                "reason": self.codes.listed(given.reason),
            }
        )

    def _substitution(self, given: Substitution | None) -> Substitution | None:
        if given is None:
            return None
        update = {"kind": self.codes.listed(given.kind), "reason": self.codes.listed(given.reason)}
        return given.model_copy(update=update)

    def _line(self, line: Line, shared: tuple[Note, ...]) -> Line:
        notes = tuple(self._notes(line, shared))
        renamed = {
            old.text: new.text
            for old in (*shared, *line.notes)
            for new in notes
            if new.location == old.location and new.text.endswith(old.text)
        }
        phases = tuple(
            made for phase in line.posology.phases for made in self.timings.phases(phase, renamed)
        )
        urgent = line.urgent if line.urgent is not None or not self.is_pn13 else False
        return line.model_copy(
            update={
                "product": self.codes.product(line.product),
                "text": self._textual(line.text),
                "posology": Posology(phases=phases, text=line.posology.text),
                "route": self.units.named(line.route, "routes") if line.route else None,
                "quantity_to_supply": self.codes.amount(line.quantity_to_supply),
                "indication": None if self._has_indication(line) else line.indication,
                "urgent": urgent,
                "notes": notes,
            }
        )

    def _has_indication(self, line: Line) -> bool:
        return self.is_pn13 and line.indication is not None

    def _textual(self, text: str | None) -> str | None:
        prefix = self._prefix("Libellé_élément_prescr")
        return f"{prefix}{text}" if text is not None and prefix else text

    def _prefix(self, name: str) -> str:
        row = table("pn13/note_scopes").get(name) if self.is_pn13 else None
        return f"{row.text} " if row is not None and row.text else ""

    def _notes(self, line: Line, shared: tuple[Note, ...]) -> Iterator[Note]:
        for note in shared:
            yield self._note(note, f"Prescription/{note.scope}", "PRESCCOM")
        if self.is_pn13 and line.indication is not None:
            stated = Note(text=line.indication, scope="Indication", location=line.location)
            yield self._note(stated, "Indication", INDICATIONS[0])
        for note in line.notes:
            if note.scope == "Urgent" and line.urgent is not None:
                continue
            part = "Composant_prescrit" in note.location
            yield self._note(note, f"Composant_prescrit/{note.scope}" if part else note.scope)

    def _note(self, note: Note, name: str | None, otherwise: str | None = None) -> Note:
        """The note with the scope of the guide and the words that the ConceptMap puts before it."""
        if self.is_pn13 and note.scope in _OWN_ELEMENTS:
            return note.model_copy(update={"scope": _OWN_ELEMENTS[note.scope]})
        target = table("pn13/note_scopes").target_of(name) if self.is_pn13 and name else None
        if target is None:
            scope = otherwise if otherwise and note.scope is None else note.scope
            return note.model_copy(update={"scope": scope})
        return note.model_copy(
            update={"scope": target, "text": f"{self._prefix(name or '')}{note.text}"}
        )


def _without_derived(person: Practitioner | None) -> Practitioner | None:
    """Without the RPPS that the national number before it holds: it is the same number."""
    if person is None:
        return None
    national = {i.value[1:] for i in person.identifiers if i.kind is IdentifierKind.IDNPS}

    def is_told(each: Identifier) -> bool:
        return each.kind is IdentifierKind.RPPS and each.value in national

    kept = tuple(each for each in person.identifiers if not is_told(each))
    return person.model_copy(update={"identifiers": kept})
