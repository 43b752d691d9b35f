"""A reading in the words of FHIR R4: the same contents, with the codes, ends and scopes that R4
and the French guides have for them. Each step here is a named translation; nothing is dropped.

Source: ANS e-prescription IG 1.1.0-ballot, ConceptMaps from PN13; FHIR R4 Timing and Period.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.fhir.dosage.timing_rules import FRENCH_MOMENTS
from connectors.fhir.writing.people import PRODUCT_SYSTEMS
from connectors.fhir.writing.received.line import INDICATIONS
from connectors.fhir.writing.received.units import Units
from connectors.fhir.writing.stated import Unsayable, closed_bounds
from mappings.catalogue import has_table, table
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.dispense import Dispense, Substitution
from schemas.intake import Intake
from schemas.keys import ean13_key
from schemas.people import Identifier, IdentifierKind, Practitioner, Stay
from schemas.posology import Bounds, Dose, Frequency, Limits, Phase, Posology, Times
from schemas.prescription import Ingredient, Line, Measure, Note, Prescription, Product
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio, Strength

_DAY = Duration(value=Decimal(1), unit=PeriodUnit.DAY)
_24_HOURS = Duration(value=Decimal(24), unit=PeriodUnit.HOUR)
_OWN_ELEMENTS = {
    "Motif_attente": "statusReason",
    "Lieu_administration": "place",
    "Dispositif_associé": "device",
}
"""Notes of PN13 that the ConceptMap gives an element of their own."""
_SEVEN = re.compile(r"[0-9]{7}")
_THIRTEEN = {
    ProductCodeSystem.UCD7: (ProductCodeSystem.UCD13, "34008"),
    ProductCodeSystem.CIP7: (ProductCodeSystem.CIP13, "34009"),
}
"""The national prefix of each list. Source: arrêté of 30/12/2021: prefix, seven digits, key."""


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
                "measures": tuple(self._measure(each) for each in given.measures),
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
                "product": self._product(given.product) if given.product else None,
                "quantity": self._amount(given.quantity),
                "reason": self._listed(given.reason),
            }
        )

    def dispense(self, given: Dispense) -> Dispense:
        """The dispense with its codes as FHIR names them."""
        return given.model_copy(
            update={
                "product": self._product(given.product) if given.product else None,
                "ordered": self._product(given.ordered) if given.ordered else None,
                "quantity": self._amount(given.quantity),
                "substitution": self._substitution(given.substitution),
                "reason": self._listed(given.reason),
            }
        )

    def _substitution(self, given: Substitution | None) -> Substitution | None:
        if given is None:
            return None
        update = {"kind": self._listed(given.kind), "reason": self._listed(given.reason)}
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
            made for phase in line.posology.phases for made in self._phases(phase, renamed)
        )
        urgent = line.urgent if line.urgent is not None or not self.is_pn13 else False
        return line.model_copy(
            update={
                "product": self._product(line.product),
                "text": self._textual(line.text),
                "posology": Posology(phases=phases, text=line.posology.text),
                "route": self.units.named(line.route, "routes") if line.route else None,
                "quantity_to_supply": self._amount(line.quantity_to_supply),
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

    def _phases(self, phase: Phase, renamed: dict[str, str]) -> Iterator[Phase]:
        said = tuple(renamed.get(words, words) for words in phase.instructions)
        limits, rhythm = self._limits(phase.limits), phase.rhythm
        gap = limits.minimum_gap
        bare = rhythm.frequency is None and not rhythm.dates
        if self.is_pn13 and phase.as_needed and gap is not None and bare:
            often = Frequency(times_high=1, period=gap.value, unit=gap.unit)
            rhythm = rhythm.model_copy(update={"frequency": often})
        made = phase.model_copy(
            update={
                "instructions": said,
                "bounds": self._bounds(phase.bounds),
                "rhythm": rhythm,
                "timing_code": self._listed(phase.timing_code),
                "dose": self._dose(phase.dose) if phase.dose is not None else None,
                "limits": limits,
            }
        )
        for times in _sayable_times(made):
            yield made.model_copy(update={"times": times})

    def _bounds(self, bounds: Bounds) -> Bounds:
        try:
            return closed_bounds(bounds, self.zone)
        except Unsayable:
            return bounds

    def _dose(self, dose: Dose) -> Dose:
        update = {"low": self._amount(dose.low), "high": self._amount(dose.high)}
        return dose.model_copy(update=update)

    def _limits(self, limits: Limits) -> Limits:
        return limits.model_copy(
            update={
                "per_period": tuple(self._ratio(ratio) for ratio in limits.per_period),
                "per_intake": self._amount(limits.per_intake),
                "per_lifetime": self._amount(limits.per_lifetime),
            }
        )

    def _ratio(self, ratio: Ratio) -> Ratio:
        """The ConceptMap says one day where PN13 says 24 hours."""
        period = _DAY if self.is_pn13 and ratio.period == _24_HOURS else ratio.period
        return Ratio(amount=self.units.coded(ratio.amount), period=period)

    def _amount(self, quantity: Quantity | None) -> Quantity | None:
        return self.units.coded(quantity) if quantity is not None else None

    def _listed(self, coding: Coding | None) -> Coding | None:
        if coding is None:
            return None
        return coding.model_copy(update={"system": self.units.uri(coding.system)})

    def _measure(self, measure: Measure) -> Measure:
        """A measure by its LOINC code, where the ConceptMap has one."""
        row = None
        if self.is_pn13 and has_table("pn13/measures"):
            row = table("pn13/measures", self.site).get(measure.code.code)
        code = measure.code.model_copy(update={"system": self.units.uri(measure.code.system)})
        if row is not None:
            code = Coding(code=row.target, system="http://loinc.org", display=None)
        return measure.model_copy(update={"code": code, "value": self.units.coded(measure.value)})

    def _product(self, product: Product) -> Product:
        listed = tuple(self._ingredient(each) for each in product.ingredients)
        codes = tuple(self._code(code) for code in product.codes)
        again = len(listed) == 1 and listed[0] == Ingredient(codes=codes, text=product.text)
        return product.model_copy(
            update={
                "codes": codes,
                "form": self.units.named(product.form, "forms") if product.form else None,
                "strengths": tuple(self._strength(each) for each in product.strengths),
                "ingredients": () if again and self.format != "fhir" else listed,
            }
        )

    def _ingredient(self, ingredient: Ingredient) -> Ingredient:
        strength = ingredient.strength
        return ingredient.model_copy(
            update={
                "codes": tuple(self._code(code) for code in ingredient.codes),
                "strength": self._strength(strength) if strength is not None else None,
                "quantity": self._amount(ingredient.quantity),
            }
        )

    def _strength(self, strength: Strength) -> Strength:
        return strength.model_copy(
            update={
                "numerator": self.units.coded(strength.numerator),
                "denominator": self._amount(strength.denominator),
            }
        )

    def _code(self, code: ProductCode) -> ProductCode:
        """The code in the list that French FHIR names: thirteen digits for a code of seven."""
        system, value = code.system, code.value
        if self.format == "fhir":
            return code.model_copy(update={"authority": self.units.uri(code.authority)})
        if system in _THIRTEEN and _SEVEN.fullmatch(value):
            system, prefix = _THIRTEEN[system]
            value = f"{prefix}{value}"
            value = f"{value}{ean13_key(value)}"
        authority = PRODUCT_SYSTEMS.get(system) or self.units.uri(code.authority)
        return code.model_copy(update={"system": system, "value": value, "authority": authority})


def _without_derived(person: Practitioner | None) -> Practitioner | None:
    """Without the RPPS that the national number before it holds: it is the same number."""
    if person is None:
        return None
    national = {i.value[1:] for i in person.identifiers if i.kind is IdentifierKind.IDNPS}

    def is_told(each: Identifier) -> bool:
        return each.kind is IdentifierKind.RPPS and each.value in national

    kept = tuple(each for each in person.identifiers if not is_told(each))
    return person.model_copy(update={"identifiers": kept})


def _sayable_times(phase: Phase) -> Iterator[Times]:
    """The moments of a phase, in as many parts as one Timing each can hold.

    Only where every moment is an intake of every day of the rhythm: a frequency or a count is of
    them all together, and hours of the clock beside them may be the same intakes again.
    """
    times = phase.times
    together = phase.rhythm.frequency is not None or phase.bounds.count is not None
    parts: dict[tuple[object, ...], list[object]] = {}
    for moment in times.moments:
        french = moment.moment if moment.moment in FRENCH_MOMENTS else None
        parts.setdefault((moment.offset_minutes, french), []).append(moment)
    if together or times.clock or len(parts) < 2:
        yield times
        return
    for listed in parts.values():
        yield Times.model_validate({"moments": tuple(listed)})
