"""Who a received prescription speaks of, and where they are: patient, requester, stay, measures.

Source: FHIR R4; FR Core 2.2.0; ANS e-prescription IG 1.1.0-ballot, ConceptMaps from PN13, where
somebody known by one number alone is a reference by identifier and no resource.
"""

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.form.wire import clean
from connectors.fhir.resources.stay import UF_ROLE
from connectors.fhir.writing.outgoing import Entries
from connectors.fhir.writing.people import (
    concept,
    identifiers,
    is_reference,
    patient_resource,
    practitioner_resource,
    uri,
    write_identifier,
    write_quantity,
)
from connectors.fhir.writing.received.entries import absent, add, by_name, own_id
from schemas.base import is_day
from schemas.people import (
    CareUnit,
    CareUnitRole,
    Organization,
    Patient,
    Practitioner,
    Stay,
)
from schemas.prescription import Measure, Prescription

_PLACES = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_LOINC = "http://loinc.org"
_VITAL_SIGNS = frozenset(("29463-7", "8302-2", "33558-8"))
"""Weight, height, and creatinine clearance, as the published bundles class them."""
_ROLES = {
    CareUnitRole.HOUSING: "UFHEB",
    CareUnitRole.MEDICAL: "UFMED",
    CareUnitRole.NURSING: "UFSOIN",
}


def subject_of(out: Entries, patient: Patient | None) -> Object:
    """The patient: a resource, or one identifier where the message has no more."""
    if patient is None:
        return absent()
    bare = Patient(identifiers=patient.identifiers, location=patient.location)
    named = by_name(patient.identifiers, "Patient")
    if named is not None and patient == bare:
        return named
    return add(out, own_id("Patient", patient.identifiers) | patient_resource(patient))


def requester_of(
    out: Entries, person: Practitioner | None, employer: Organization | None
) -> Object | None:
    """Who wrote it: by identifier alone, as a resource, or in a role of an establishment."""
    who = practitioner_of(out, person) if person is not None else None
    if employer is None:
        return who
    place = organization_of(out, employer)
    if who is None:
        return place
    role: Object = {"resourceType": "PractitionerRole", "practitioner": who, "organization": place}
    return add(out, role)


def practitioner_of(out: Entries, person: Practitioner) -> Object:
    """A professional: one identifier where the message has no more, else a resource."""
    bare = Practitioner(identifiers=person.identifiers, location=person.location)
    named = by_name(person.identifiers, "Practitioner")
    if named is not None and person == bare:
        return named
    return add(out, own_id("Practitioner", person.identifiers) | practitioner_resource(person))


def organization_of(out: Entries, place: Organization) -> Object:
    """An establishment: one identifier where the message has no more, else a resource."""
    named = by_name(place.identifiers, "Organization")
    if named is not None and (place.name is None or any(map(is_reference, place.identifiers))):
        return named | ({"display": place.name} if place.name else {})
    own = [each for each in place.identifiers if not is_reference(each) and each.value.strip()]
    if not (place.name or "").strip() and not own:
        return absent()
    start = own_id("Organization", place.identifiers)
    return add(out, start | {"identifier": identifiers(place.identifiers), "name": place.name})


def encounter_of(out: Entries, stay: Stay | None, subject: Object) -> Object | None:
    """The stay: its number alone as an identifier, else an Encounter with its places."""
    if stay is None:
        return None
    alone = stay.visit is not None and not (stay.establishment or stay.room or stay.bed)
    if alone and stay.visit is not None:
        return by_name((stay.visit,))
    if stay.visit is None and not (stay.establishment or stay.room or stay.bed):
        return None
    return add(out, encounter_resource(out, stay, subject, "unknown"))


def encounter_resource(out: Entries, stay: Stay, subject: Object, status: str) -> Object:
    """The Encounter. Its class is not stated by any sender in words of FHIR: said as unknown."""
    provider = organization_of(out, stay.establishment) if stay.establishment else None
    place = _location_of(out, stay)
    visit = (stay.visit,) if stay.visit is not None else ()
    return {
        "resourceType": "Encounter",
        "identifier": identifiers(visit),
        "status": status,
        "class": absent(),
        "subject": subject,
        "location": [{"location": place}] if place else [],
        "serviceProvider": provider,
    }


def _location_of(out: Entries, stay: Stay) -> Object | None:
    """The bed in its room in its unit, each a Location, from the widest to the narrowest."""
    place: Object | None = None
    for kind, name in (("wa", stay.unit), ("ro", stay.room), ("bd", stay.bed)):
        if name is not None:
            form: Object = {"coding": [{"system": _PLACES, "code": kind}]}
            location: Object = {"resourceType": "Location", "name": name, "physicalType": form}
            place = add(out, location | ({"partOf": place} if place else {}))
    return place


def beside(out: Entries, prescription: Prescription, subject: Object) -> list[Json]:
    """What a prescription was written with: the units and the measures of the patient."""
    stay = prescription.stay
    units: list[Json] = [_unit(each) for each in (stay.units if stay else ())]
    if stay is not None and stay.unit is not None and not _has_housing(stay):
        extension: Object = {"url": UF_ROLE, "valueCode": "UFHEB"}
        identifier: Object = {"value": stay.unit}
        units.append({"extension": [extension], "type": "Organization", "identifier": identifier})
    measured = [add(out, _observation(each, subject)) for each in prescription.measures]
    return [*units, *measured]


def _has_housing(stay: Stay) -> bool:
    return any(each.role is CareUnitRole.HOUSING for each in stay.units)


def _unit(unit: CareUnit) -> Object:
    system = uri(unit.code.system)
    local = unit.code.system if system is None else None
    return {
        "extension": [{"url": UF_ROLE, "valueCode": _ROLES[unit.role]}],
        "type": "Organization",
        "identifier": {
            "system": system,
            "value": unit.code.code,
            "assigner": {"display": local} if local else None,
        },
        "display": unit.code.display,
    }


def _observation(measure: Measure, subject: Object) -> Object:
    at, noted = measure.measured_at, measure.recorded_at
    vital = measure.code.system == _LOINC and measure.code.code in _VITAL_SIGNS
    category: Object = {"coding": [{"system": _CATEGORIES, "code": "vital-signs"}]}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [category] if vital else [],
        "code": clean(concept(measure.code)) or absent(),
        "subject": subject,
        "effectiveDateTime": at.isoformat() if at else None,
        "issued": noted.isoformat() if noted and not is_day(noted) else None,
        "valueQuantity": write_quantity(measure.value),
    }


def author_of(person: Practitioner) -> Object:
    """The author of a note, as one reference: the number, and the names as words."""
    names = (person.prefix, person.given_name, person.family_name, person.suffix)
    words = " ".join(name for name in names if name)
    number = next((each for each in person.identifiers if not is_reference(each)), None)
    return {
        "type": "Practitioner",
        "identifier": write_identifier(number) if number else None,
        "display": words or None,
    }
