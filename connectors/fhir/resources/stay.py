"""The stay of a patient: its number, the establishment, the unit, the room and the bed.

Source: FHIR R4 Encounter, Location (physicalType: bd, ro, wa); ANS e-prescription IG
1.1.0-ballot, fr-uf-role (units that house the patient, or answer for them).
"""

from collections.abc import Iterator

from connectors.fhir.form.values import Doubts, Element
from connectors.fhir.resources.closing import close
from connectors.fhir.resources.concepts import codings, extension, read_identifier, read_identifiers
from connectors.fhir.resources.package import Package
from connectors.fhir.resources.people import reference_identifiers
from connectors.fhir.resources.professionals import organization_of
from connectors.fhir.resources.resource import Resource
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.people import CareUnit, CareUnitRole, Stay
from schemas.site import Site

UF_ROLE = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition/fr-uf-role"
_ROLES = {
    "UFHEB": CareUnitRole.HOUSING,
    "UFMED": CareUnitRole.MEDICAL,
    "UFSOIN": CareUnitRole.NURSING,
}
_PARTS = {"bd": "bed", "ro": "room", "wa": "unit"}
"""Levels of a place. Source: CodeSystem location-physical-type, example binding of R4."""
_NOT_HERE = ("planned", "reserved", "completed")
_HIGHEST = 8
"""Places around a place that are looked at: a bed is in a room, a ward, a wing, a building."""


def read_stay(within: Resource, package: Package, site: Site, doubts: Doubts) -> Stay | None:
    """The stay that `encounter` names; what is doubtful of it goes to `doubts`."""
    reference = within.element.child("encounter")
    found = package.resolve(reference, within, "stay") if reference else None
    units = tuple(_units(within, package, site))
    if found is None or found.kind != "Encounter":
        stated = reference_identifiers(reference, site, "stay.visit")
        visit = stated[0] if stated else None
        return _with_units(Stay(visit=visit), units) if stated or units else None
    encounter = found
    stay = package.once(encounter, lambda: _stay(encounter, package, site), "stay")
    encounter.tell(doubts)
    _compare_patients(within, encounter, package, doubts)
    return _with_units(stay, units)


def _with_units(stay: Stay, units: tuple[CareUnit, ...]) -> Stay:
    """The unit that houses the patient by the order, else the ward of their bed."""
    housing = [unit.code.code for unit in units if unit.role is CareUnitRole.HOUSING]
    return stay.model_copy(update={"unit": housing[0] if housing else stay.unit, "units": units})


def _stay(encounter: Resource, package: Package, site: Site) -> Stay:
    element = encounter.element
    status = element.text("status", "stay")
    if status in ("cancelled", "entered-in-error"):
        rule = "the stay did not take place"
        element.say(FindingCode.ELEMENT_UNREAD, "status", rule, status)
    numbers = read_identifiers(element, site, "stay.visit")
    provider = element.child("serviceProvider")
    place = organization_of(provider, encounter, package, site, element.doubts)
    parts = _whereabouts(encounter, package, site)
    close(element, "Encounter")
    return Stay(
        visit=numbers[0] if numbers else None,
        establishment=place,
        unit=parts.get("unit"),
        room=parts.get("room"),
        bed=parts.get("bed"),
    )


def _compare_patients(
    within: Resource, encounter: Resource, package: Package, doubts: Doubts
) -> None:
    """The patient of the stay against that of the order, where both are in the message."""
    references = (within.element.child("subject"), encounter.element.child("subject"))
    own, other = (
        package.resolve(reference, holder, "patient") if reference else None
        for reference, holder in zip(references, (within, encounter), strict=True)
    )
    if own is not None and other is not None and own.element.at != other.element.at:
        rule = "the stay is that of another patient"
        doubts.say(FindingCode.PATIENT_CONTRADICTED, encounter.element.path("subject"), rule)


def _whereabouts(encounter: Resource, package: Package, site: Site) -> dict[str, str]:
    """Bed, room and ward of the places where the patient is now, by the names they go by."""
    parts: dict[str, str] = {}
    for stated in encounter.element.children("location"):
        if stated.text("status", "stay") in _NOT_HERE:
            continue
        holder, reference = encounter, stated.child("location")
        for _ in range(_HIGHEST):
            found = package.resolve(reference, holder, "stay") if reference else None
            if found is None or found.kind != "Location":
                break
            _note_part(found.element, site, parts)
            holder, reference = found, found.element.child("partOf")
        if found is None and reference is not None and holder is encounter:
            _note_named(stated, reference, parts)
    return parts


def _note_part(place: Element, site: Site, parts: dict[str, str]) -> None:
    part = _part(place)
    name = place.text("name", f"stay.{part}") if part else None
    if part and name is None:
        own = read_identifiers(place, site, f"stay.{part}")
        name = own[0].value if own else None
    if part and name:
        parts.setdefault(part, name)


def _note_named(stated: Element, reference: Element, parts: dict[str, str]) -> None:
    """A place that the reference alone names, with the level that the stay gives it."""
    part = _part(stated)
    name = reference.text("display", f"stay.{part}") if part else None
    if part and name:
        parts.setdefault(part, name)


def _part(holder: Element) -> str | None:
    levels = codings(holder.child("physicalType"), "stay")
    return next((_PARTS[code.code] for code in levels if code.code in _PARTS), None)


def _units(within: Resource, package: Package, site: Site) -> Iterator[CareUnit]:
    """The units that the order names with what they are to the patient."""
    for reference in within.element.children("supportingInformation"):
        role = extension(reference, UF_ROLE)
        stated = role.text("valueCode", "stay.units") if role else None
        if role is None or stated is None:
            continue
        if stated not in _ROLES:
            role.say(FindingCode.CODE_INVALID, "valueCode", "is not a role of a unit", stated)
            continue
        unit = read_identifier(reference.child("identifier"), site, "stay.units")
        found = package.resolve(reference, within, "stay.units") if unit is None else None
        own = read_identifiers(found.element, site, "stay.units") if found else ()
        unit = unit or next(iter(own), None)
        if unit is not None:
            words = reference.text("display", "stay.units")
            code = Coding(code=unit.value, system=unit.authority, display=words)
            yield CareUnit(role=_ROLES[stated], code=code)
