"""People, establishments, products and amounts of ours, as FHIR resources and data types."""

import re

from connectors.fhir.form.conform import CONTROL
from connectors.fhir.form.tree import Json, Object
from connectors.fhir.resources.people import BIRTH_PLACE, INSEE, RELIABILITY
from connectors.fhir.writing.outgoing import URI_SYSTEM, Entries
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.decision import Decider
from schemas.people import Identifier, IdentifierKind, Organization, Patient, Practitioner
from schemas.prescription import Ingredient, Line, Product
from schemas.quantity import Duration, Quantity, Ratio, Strength

UCUM = "http://unitsofmeasure.org"
PROFESSIONS = "https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
_COMMUNES = "https://mos.esante.gouv.fr/NOS/TRE_R13-Commune/FHIR/TRE-R13-Commune"
_COUNTRIES = "https://mos.esante.gouv.fr/NOS/TRE_R20-Pays/FHIR/TRE-R20-Pays"
"""Codes that begin with 99 are countries. Source: ANS ConceptMap of the patient from PN13."""
_FRENCH_TYPES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
_HL7_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_STATUSES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445"
BIRTH_GIVEN = (
    "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name"
)
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}|urn:uuid:.+")
_Kind = IdentifierKind
_ISSUED: dict[IdentifierKind, tuple[str, str, str]] = {
    _Kind.INS_NIR: ("urn:oid:1.2.250.1.213.1.4.8", _FRENCH_TYPES, "INS-NIR"),
    _Kind.INS_NIA: ("urn:oid:1.2.250.1.213.1.4.9", _FRENCH_TYPES, "INS-NIA"),
    _Kind.INS_TEST: ("urn:oid:1.2.250.1.213.1.4.10", _FRENCH_TYPES, "INS-NIR-TEST"),
    _Kind.INS_DEMO: ("urn:oid:1.2.250.1.213.1.4.11", _FRENCH_TYPES, "INS-NIR-DEMO"),
    _Kind.RPPS: ("https://rpps.esante.gouv.fr", _FRENCH_TYPES, "RPPS"),
    _Kind.IDNPS: ("urn:oid:1.2.250.1.71.4.2.1", _FRENCH_TYPES, "IDNPS"),
    _Kind.IDNST: ("urn:oid:1.2.250.1.71.4.2.2", _FRENCH_TYPES, "IDNST"),
    _Kind.FINESS: ("https://finess.esante.gouv.fr", "", ""),
    _Kind.IPP: ("", _HL7_TYPES, "PI"),
    _Kind.VISIT: ("", _HL7_TYPES, "VN"),
}
"""The system and the type of each kind. Source: FR Core 2.2.0 identifier slices."""
PRODUCT_SYSTEMS = {
    ProductCodeSystem.UCD13: "http://data.esante.gouv.fr/ansm/medicament/UCD",
    ProductCodeSystem.CIP13: "http://data.esante.gouv.fr/ansm/medicament/Presentation",
    ProductCodeSystem.CIS: "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique",
    ProductCodeSystem.SMS: "http://data.esante.gouv.fr/ansm/medicament/codeSMS",
    ProductCodeSystem.ATC: "http://www.whocc.no/atc",
}


def uri(authority: str | None) -> str | None:
    """The authority as a URI: an OID with its prefix; `None` when it is no URI at all."""
    if authority is None or re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", authority, re.IGNORECASE):
        return authority
    return f"urn:oid:{authority}" if re.fullmatch(r"[0-2](\.\d+)+", authority) else None


def is_reference(identifier: Identifier) -> bool:
    """Whether it is only how FHIR resources refer to each other, and no identifier of business."""
    plain = identifier.authority is None and identifier.kind is IdentifierKind.OTHER
    return plain and _REFERENCE.fullmatch(identifier.value) is not None


def write_identifier(identifier: Identifier) -> Object:
    """The identifier; an authority that is no URI stands as the name of its assigner."""
    system, types, code = _ISSUED.get(identifier.kind, ("", "", ""))
    stated = uri(identifier.authority)
    local = identifier.authority if stated is None else None
    return {
        "use": _USES.get(identifier.kind),
        "type": {"coding": [{"system": types, "code": code}]} if code else None,
        "system": stated or system,
        "value": identifier.value,
        "assigner": {"display": local} if local else None,
    }


_NATIONAL = (_Kind.INS_NIR, _Kind.INS_NIA)
_USES = {_Kind.INS_NIR: "official", _Kind.INS_NIA: "official", _Kind.IPP: "usual"}


def identifiers(given: tuple[Identifier, ...]) -> list[Json]:
    """Every identifier of business."""
    return [write_identifier(each) for each in given if not is_reference(each)]


def order_reference(line: Line) -> Object:
    """What the sender calls the line: its identifier, and its own FHIR reference when it has one.

    A line that its sender did not name is shown by its product.
    """
    own = next((i for i in line.identifiers if not is_reference(i)), None)
    names = [i.value for i in line.identifiers if is_reference(i)]
    relative = next((name for name in names if not name.startswith("urn:")), None)
    urn = next((name for name in names if name.startswith("urn:")), None)
    if own is None and urn is not None:
        own = Identifier(value=urn, authority=URI_SYSTEM)
    return {
        "reference": relative,
        "type": "MedicationRequest",
        "identifier": write_identifier(own) if own else None,
        "display": line.product.label,
    }


def add_patient(out: Entries, patient: Patient) -> Object:
    """The patient as known, with the sender's word on the identity."""
    return out.add("patient", patient_resource(patient))


def patient_resource(patient: Patient) -> Object:
    """The Patient, in the form of FR Core."""
    extensions: list[Json] = []
    if patient.identity_status:
        coding: Object = {"system": _STATUSES, "code": patient.identity_status.value}
        status: Object = {"url": "identityStatus", "valueCoding": coding}
        extensions.append({"extension": [status], "url": RELIABILITY})
    if patient.birth_place and _code(patient.birth_place):
        abroad = patient.birth_place.startswith("99")
        system = _COUNTRIES if abroad else _COMMUNES
        commune: Object = {"system": system, "code": _code(patient.birth_place)}
        code: Object = {"url": INSEE, "valueCoding": commune}
        extensions.append({"url": BIRTH_PLACE, "valueAddress": {"extension": [code]}})
    return {
        "resourceType": "Patient",
        "extension": extensions,
        "identifier": identifiers(patient.identifiers),
        "name": _patient_names(patient),
        "gender": patient.sex.value if patient.sex else None,
        "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
    }


def _patient_names(patient: Patient) -> list[Json]:
    """The name of birth, with one given name and the whole list beside it where the national
    identity asks for that (fr-core-patient-ins), and the name in use.
    """
    names: list[Json] = []
    given: list[Json] = list(patient.given_names)
    if patient.birth_name or given:
        every: Object | None = None
        if len(given) > 1 and patient.identifier(*_NATIONAL) is not None:
            every = {"url": BIRTH_GIVEN, "valueString": " ".join(patient.given_names)}
            given = given[:1]
        extensions: list[Json] = [every] if every else []
        official: Object = {"use": "official", "family": patient.birth_name, "given": given}
        names.append({"extension": extensions, **official})
    if patient.used_name:
        names.append({"use": "usual", "family": patient.used_name})
    return names


def add_practitioner(out: Entries, person: Practitioner, key: str) -> Object:
    """A professional as known."""
    return out.add(key, practitioner_resource(person))


def practitioner_resource(person: Practitioner) -> Object:
    """The Practitioner; the name of the civil registration stands apart when it is known."""
    given: list[Json] = [person.given_name] if person.given_name else []
    registered = person.birth_name is not None or person.first_names is not None
    names: list[Json] = [
        {
            "use": "usual" if registered else None,
            "family": person.family_name,
            "given": given,
            "prefix": [person.prefix] if person.prefix else [],
            "suffix": [person.suffix] if person.suffix else [],
        }
    ]
    if registered:
        first: list[Json] = [person.first_names] if person.first_names else []
        names.append({"use": "official", "family": person.birth_name, "given": first})
    return {
        "resourceType": "Practitioner",
        "identifier": identifiers(person.identifiers),
        "name": names,
        "qualification": [{"code": concept(person.profession)}] if person.profession else [],
    }


def add_pharmacist(out: Entries, decider: Decider) -> Object:
    """The pharmacist who decided, by RPPS when the account has one."""
    rpps = Identifier(value=decider.rpps, kind=IdentifierKind.RPPS) if decider.rpps else None
    coding: Object = {"system": PROFESSIONS, "code": "21", "display": "Pharmacien"}
    return out.add(
        "pharmacist",
        {
            "resourceType": "Practitioner",
            "identifier": [write_identifier(rpps)] if rpps else [],
            "name": [{"text": decider.name}],
            "qualification": [{"code": {"coding": [coding]}}],
        },
    )


def add_pharmacy(out: Entries, pharmacy: Organization) -> Object:
    """The pharmacy."""
    return out.add(
        "pharmacy",
        {
            "resourceType": "Organization",
            "identifier": identifiers(pharmacy.identifiers),
            "name": pharmacy.name or next((i.value for i in pharmacy.identifiers), None),
        },
    )


def add_product(out: Entries, product: Product, key: str) -> Object:
    """The product with every code and word as its sender gave them."""
    listed: list[Json] = [_ingredient(each) for each in product.ingredients if _is_named(each)]
    return out.add(
        key,
        {
            "resourceType": "Medication",
            "code": product_concept(product),
            "form": concept(product.form) if product.form else None,
            "ingredient": listed,
        },
    )


def product_concept(product: Product) -> Object:
    """The codes and words of a product."""
    return {"coding": [product_coding(code) for code in product.codes], "text": product.label}


def product_coding(code: ProductCode) -> Object:
    """A code of a product in its list."""
    system = uri(code.authority) or PRODUCT_SYSTEMS.get(code.system)
    return {"system": system, "code": _code(code.value), "display": code.display}


def _code(text: str) -> str:
    """A code as FHIR allows it: no space around it, single ones inside, no control character."""
    return " ".join(CONTROL.sub(" ", text).split())


def _is_named(ingredient: Ingredient) -> bool:
    return bool(ingredient.codes or ingredient.text)


def _ingredient(ingredient: Ingredient) -> Object:
    codes: list[Json] = [product_coding(code) for code in ingredient.codes]
    return {
        "itemCodeableConcept": {"coding": codes, "text": ingredient.text},
        "strength": _strength(ingredient.strength) if ingredient.strength else None,
    }


def _strength(strength: Strength) -> Object:
    lower = strength.denominator
    return {
        "numerator": write_quantity(strength.numerator),
        "denominator": write_quantity(lower) if lower else None,
    }


def concept(coding: Coding) -> Object:
    """A coding as a concept; one whose system is stated and no URI stands as text."""
    system = uri(coding.system)
    if system is None and coding.system is not None:
        return {"text": coding.display or coding.code}
    code = _code(coding.code)
    listed: Object = {"system": system, "code": code, "display": coding.display}
    return {"coding": [listed], "text": None if code else coding.display}


def write_quantity(quantity: Quantity) -> Object:
    """The amount with its precision. A code without a system (qty-3) stands as the unit."""
    system = uri(quantity.system)
    return {
        "value": quantity.value,
        "unit": quantity.unit_label,
        "system": system if quantity.code else None,
        "code": _code(quantity.code) if quantity.code and system else None,
    }


def write_ratio(ratio: Ratio) -> Object:
    """At most so much in so long."""
    return {"numerator": write_quantity(ratio.amount), "denominator": write_length(ratio.period)}


def write_length(length: Duration) -> Object:
    """A length of time, by its UCUM code (drt-1)."""
    unit = length.unit.value
    return {"value": length.value, "unit": unit, "system": UCUM, "code": unit}
