"""One line of a received prescription as a MedicationRequest.

Source: FHIR R4 MedicationRequest; ANS e-prescription IG 1.1.0-ballot (note scopes, rendered
dosage, `option` for the lines of an alternative).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.fhir.form.conform import CONTROL
from connectors.fhir.form.tree import Json, Object
from connectors.fhir.form.wire import clean
from connectors.fhir.resources.notes import NOTE_LABEL, NOTE_SCOPE
from connectors.fhir.resources.request import RENDERED, STATUS_CHANGED
from connectors.fhir.writing.outgoing import Entries
from connectors.fhir.writing.people import (
    concept,
    identifiers,
    is_reference,
    write_identifier,
    write_quantity,
)
from connectors.fhir.writing.received.dosage import amount_told, write_phase
from connectors.fhir.writing.received.entries import absent, leads_to, own_id
from connectors.fhir.writing.received.people import author_of
from connectors.fhir.writing.received.product import medication_of
from connectors.fhir.writing.received.units import Units
from schemas.people import Identifier
from schemas.prescription import Line, LineAction, LineLink, LinkKind, Note

FRENCH_SCOPES = frozenset(
    {
        *("PRESCCOM", "LIPRESCTXT", "LIPRESCIND", "LIPRESCCOMM", "LIPRESCRENSCOMP"),
        *("MEDIND", "MEDCOM", "LIPRESCCONDAPPL", "LIPRESCLIBMED"),
    }
)
"""CodeSystem fr-note-scope-codes."""
INDICATIONS = ("LIPRESCIND", "MEDIND")
ELEMENTS = frozenset(
    {
        *("statusReason", "place", "device", "courseOfTherapyType", "reason"),
        *("quantity", "duration", "dispenseInterval", "expectedSupplyDuration", "validityPeriod"),
    }
)
"""Scopes of notes whose words have an element of their own in a MedicationRequest."""
_ON_DOSAGES = frozenset({"site", "method"})
STANDINGS = frozenset({"active", "on-hold", "cancelled", "stopped", "completed", "unknown"})
"""States that a sender may give a line in words of FHIR (PN13 GoNogo, by its table)."""
_STATUSES = {
    LineAction.START: "active",
    LineAction.CHANGE: "active",
    LineAction.RESUME: "active",
    LineAction.REPLACE: "active",
    LineAction.STOP: "stopped",
    LineAction.CANCEL: "cancelled",
    LineAction.HOLD: "on-hold",
    LineAction.INFORM: "unknown",
}
"""The state that each action leaves the order in. What only informs is of no known status: no
receiver may take it for an order in force.
"""
_IN_FORCE, _NOT_KNOWN = "active", "unknown"


@dataclass(frozen=True, slots=True)
class Shared:
    """What the lines of one prescription have in common, as members of each request.

    `doubted` are the places of the lines whose doubt nothing in the Bundle would tell.
    """

    members: Object
    supporting: tuple[Json, ...]
    zone: ZoneInfo
    units: Units
    doubted: frozenset[str] = frozenset()


def add_line(out: Entries, line: Line, key: str, shared: Shared) -> Object:
    """A reference to the MedicationRequest."""
    medicated = medication_of(out, line.product)
    aside = ELEMENTS | _ON_DOSAGES
    notes = [note for note in line.notes if note.scope not in aside and has_words(note)]
    said = frozenset(note.text for note in notes)
    dosages: list[Json] = []
    for phase in line.posology.phases:
        dosage = write_phase(phase, shared.zone, shared.units, said, medicated.basis)
        where = [n for n in line.notes if n.location.startswith(f"{phase.location}.")]
        dosages.append(clean(dosage | _on_dosage(line, where)) or absent())
    elements = {note.scope: note for note in line.notes if note.scope in ELEMENTS}
    resource: Object = own_id("MedicationRequest", line.identifiers) | {
        "meta": shared.members.get("meta"),
        "extension": list(_extensions(line)),
        "identifier": identifiers(line.identifiers),
        "status": _status(line, doubted=line.location in shared.doubted),
        "statusReason": _text(elements.get("statusReason")),
        "intent": "option" if is_alternative(line) else "order",
        "priority": None if line.urgent is None else "urgent" if line.urgent else "routine",
        **medicated.medication,
        **{name: value for name, value in shared.members.items() if name != "meta"},
        "supportingInformation": [*shared.supporting, *_devices(line)],
        "reasonCode": _reasons(line),
        "basedOn": [_named(link) for link in line.links if _is_basis(link)],
        "priorPrescription": next((_named(link) for link in line.links if _is_prior(link)), None),
        "courseOfTherapyType": _text(elements.get("courseOfTherapyType")),
        "note": [*_line_text(line), *(_note(note) for note in notes), *_unsaid(line)],
        "dosageInstruction": dosages or _route_alone(line),
        "dispenseRequest": _supply(line, elements),
        "substitution": _substitution(line, elements.get("reason")),
    }
    return out.add(key, resource)


def _status(line: Line, *, doubted: bool) -> str:
    """The state as its sender gives it; never in force where the request hides its doubt."""
    status = line.status if line.status in STANDINGS else None
    status = status or _STATUSES[line.action]
    return _NOT_KNOWN if doubted and status == _IN_FORCE else status


def has_words(note: Note) -> bool:
    """Whether anything is left of a note without what FHIR allows in no text."""
    return bool(CONTROL.sub(" ", note.text).strip())


def is_alternative(line: Line) -> bool:
    """Whether the line and another are never both meant."""
    return any(link.kind is LinkKind.ALTERNATIVE for link in line.links)


def _extensions(line: Line) -> Iterator[Json]:
    if line.posology.text is not None and line.posology.text.strip():
        yield {"url": RENDERED, "valueMarkdown": line.posology.text}
    if line.effective_at is not None:
        yield {"url": STATUS_CHANGED, "valueDateTime": line.effective_at.isoformat()}


def _text(note: Note | None) -> Object | None:
    return {"text": note.text} if note is not None else None


def _on_dosage(line: Line, notes: list[Note]) -> Object:
    route = concept(line.route) if line.route is not None else None
    words = {note.scope: note for note in notes if note.scope in _ON_DOSAGES}
    return {
        "site": _text(words.get("site")),
        "route": route,
        "method": _text(words.get("method")),
    }


def _route_alone(line: Line) -> list[Json]:
    """The route of a line that states no posology at all."""
    return [{"route": concept(line.route)}] if line.route is not None else []


def _devices(line: Line) -> Iterator[Json]:
    for note in line.notes:
        if note.scope == "device":
            yield {"type": "Device", "display": note.text}


def _reasons(line: Line) -> list[Json]:
    """The indication, but for what a note of that scope says already."""
    told = {note.text for note in line.notes if note.scope in INDICATIONS}
    parts = line.indication.split("; ") if line.indication else []
    if line.indication in told or told.issuperset(parts):
        return []
    return [{"text": part} for part in parts if part not in told]


_BASES = ("MedicationRequest", "ServiceRequest", "CarePlan", "ImmunizationRecommendation")
"""What R4 lets a request be based on."""


def _is_basis(link: LineLink) -> bool:
    return link.kind in (LinkKind.OTHER, LinkKind.MODIFIES) and bool(link.line)


def _is_prior(link: LineLink) -> bool:
    return link.kind is LinkKind.REPLACES and bool(link.line)


def _named(link: LineLink) -> Object:
    name = Identifier(value=link.line)
    kinds = ("MedicationRequest",) if _is_prior(link) else _BASES
    if is_reference(name) and any(leads_to(name, kind) for kind in kinds):
        return {"reference": link.line}
    return {"type": "MedicationRequest", "identifier": write_identifier(name)}


def _line_text(line: Line) -> Iterator[Json]:
    """The sentence of the whole line, unless one of its notes or its posology is that sentence."""
    said = {note.text for note in line.notes if note.scope not in ELEMENTS}
    whole = Note(text=line.text or "", scope="LIPRESCTXT")
    if has_words(whole) and line.text not in said:
        yield _note(whole)


def _note(note: Note) -> Object:
    scope: list[Json] = []
    if note.scope in FRENCH_SCOPES:
        scope = [{"url": NOTE_SCOPE, "valueCode": note.scope}]
    elif note.scope is not None and note.scope.strip():
        scope = [{"url": NOTE_LABEL, "valueString": note.scope}]
    author = author_of(note.author) if note.author is not None else None
    return {"extension": scope, "authorReference": author, "text": note.text}


def _supply(line: Line, said: dict[str, Note]) -> Object:
    """The supply, with the lengths that a reader keeps as words (`28 jours [d]`)."""
    amount, place = line.quantity_to_supply, said.get("place")
    lengths = {name: _told(said.get(name)) for name in _AMOUNTS}
    first = lengths["quantity"]
    if line.supplied is False and first is None and (amount is None or amount.value != 0):
        first = {"value": 0}
    valid = said.get("validityPeriod")
    start, _, end = valid.text.partition(_SPAN) if valid is not None else ("", "", "")
    return {
        "initialFill": {"quantity": first, "duration": lengths["duration"]},
        "dispenseInterval": lengths["dispenseInterval"],
        "validityPeriod": {"start": start, "end": end},
        "numberOfRepeatsAllowed": line.renewals if (line.renewals or 0) >= 0 else None,
        "quantity": write_quantity(amount) if amount is not None else None,
        "expectedSupplyDuration": lengths["expectedSupplyDuration"],
        "performer": {"display": place.text} if place is not None else None,
    }


_AMOUNTS = ("quantity", "duration", "dispenseInterval", "expectedSupplyDuration")
_SPAN = " – "


def _told(note: Note | None) -> Object | None:
    return amount_told(note.text) if note is not None else None


def _unsaid(line: Line) -> Iterator[Json]:
    """Amounts in words that cannot be read as an amount stay notes."""
    for note in line.notes:
        if note.scope in _AMOUNTS and has_words(note) and _told(note) is None:
            yield _note(note)


def _substitution(line: Line, reason: Note | None) -> Object:
    return {"allowedBoolean": line.substitution_allowed, "reason": _text(reason)}
