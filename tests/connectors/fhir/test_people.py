"""Patients, professionals, establishments and stays: what is used, and what is doubtful."""

from datetime import date

import pytest
from fhir_messages import a_bundle, a_patient, a_request, reading_of, said

from schemas.people import CareUnitRole, IdentifierKind, IdentityStatus
from schemas.prescription import Prescription

INS = "urn:oid:1.2.250.1.213.1.4.8"
TEST_INS = "urn:oid:1.2.250.1.213.1.4.10"
RELIABILITY = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability"
UF_ROLE = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition/fr-uf-role"


def with_patient(**changes: object) -> Prescription:
    [prescription] = reading_of(a_bundle(a_patient(**changes), a_request())).prescriptions
    return prescription


def reliable(code: str) -> list[dict[str, object]]:
    status = {"url": "identityStatus", "valueCoding": {"code": code}}
    return [{"url": RELIABILITY, "extension": [status]}]


@pytest.mark.parametrize(
    ("system", "code", "qualified"),
    [
        (INS, "VALI", True),
        (INS, "PROV", False),
        (INS, "IDVER", False),
        (TEST_INS, "VALI", False),
    ],
)
def test_an_ins_is_qualified_by_a_validated_identity_alone(system, code, qualified) -> None:
    ins = {"use": "official", "system": system, "value": "241127511200169"}

    patient = with_patient(identifier=[ins], extension=reliable(code)).patient

    assert patient.identity_status is IdentityStatus(code)
    assert (patient.qualified_ins is not None) is qualified


def test_two_national_identities_are_those_of_two_patients() -> None:
    two = [{"system": INS, "value": value} for value in ("241127511200169", "189117511200155")]

    assert said(with_patient(identifier=two).findings) == [
        ("patient-contradicted", "Bundle.entry[0].resource.identifier")
    ]


def test_an_old_national_identity_beside_the_one_in_use_is_none() -> None:
    old = {"use": "old", "system": INS, "value": "189117511200155"}

    found = with_patient(identifier=[{"system": INS, "value": "241127511200169"}, old])

    assert found.findings == ()


def test_a_record_that_another_one_replaced_blocks() -> None:
    link = {"type": "replaced-by", "other": {"reference": "Patient/q"}}

    assert said(with_patient(link=[link]).findings) == [
        ("status-not-active", "Bundle.entry[0].resource.link[0].type")
    ]


def test_a_record_that_replaced_another_one_is_no_doubt() -> None:
    link = {"type": "replaces", "other": {"reference": "Patient/q"}}

    assert with_patient(link=[link]).findings == ()


@pytest.mark.parametrize(
    ("died", "doubted"),
    [
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2026-03-01"}, True),
        ({"deceasedBoolean": False}, False),
        ({"active": False}, True),
    ],
)
def test_a_patient_who_died_or_whose_record_is_closed_blocks(died, doubted) -> None:
    found = [finding.code for finding in with_patient(**died).findings]

    assert found == (["status-not-active"] if doubted else [])


@pytest.mark.parametrize(
    ("stated", "read", "found"),
    [
        ("1941-12-07", date(1941, 12, 7), []),
        ("1941-12", None, ["element-unread"]),
        ("1941", None, ["element-unread"]),
        ("1941-12-00", None, ["value-invalid"]),
        ("07/12/1941", None, ["value-invalid"]),
    ],
)
def test_a_birth_date_is_a_whole_date_or_none(stated, read, found) -> None:
    prescription = with_patient(birthDate=stated)

    assert prescription.patient.birth_date == read
    assert [finding.code for finding in prescription.findings] == found


def test_the_official_name_is_that_of_birth_and_the_usual_one_is_used() -> None:
    names = [
        {"use": "usual", "family": "TÉMOIN", "given": ["Odette"]},
        {"use": "official", "family": "EXEMPLE", "given": ["Odette"]},
        {"use": "old", "family": "AUTRE"},
    ]

    patient = with_patient(name=names).patient

    assert (patient.birth_name, patient.used_name) == ("EXEMPLE", "TÉMOIN")
    assert patient.given_names == ("Odette",)


def test_two_birth_names_are_one_and_a_doubt() -> None:
    names = [{"use": "official", "family": family} for family in ("EXEMPLE", "AUTRE")]

    prescription = with_patient(name=names)

    assert prescription.patient.birth_name == "EXEMPLE"
    assert said(prescription.findings) == [
        ("element-unread", "Bundle.entry[0].resource.name[1].family")
    ]


def test_a_patient_of_many_orders_is_doubted_the_same_for_each_of_them() -> None:
    bundle = a_bundle(
        a_patient(deceasedBoolean=True), a_request(), a_request(id="l2"), a_request(id="l3")
    )

    found = [said(each.findings) for each in reading_of(bundle).prescriptions]

    assert found == [[("status-not-active", "Bundle.entry[0].resource.deceased[x]")]] * 3


def test_a_patient_of_very_many_doubts_is_repeated_in_part_and_says_so() -> None:
    foreign = {f"x{number}": 1 for number in range(50)}

    findings = with_patient(**foreign).findings

    assert len(findings) == 21
    assert findings[-1].message == "30 more doubts about this are not repeated here"


# Establishments and stays.


def an_organization(name: str, **changes: object) -> dict[str, object]:
    return {"resourceType": "Organization", "id": name.lower(), "name": name, **changes}


FINESS = [{"system": "https://finess.esante.gouv.fr", "value": "750512345"}]


def test_a_department_belongs_to_the_establishment_that_has_the_finess() -> None:
    unit = an_organization("Unité", partOf={"reference": "Organization/pôle"})
    pole = an_organization("Pôle", partOf={"reference": "Organization/ehpad"})
    home = an_organization("EHPAD", identifier=FINESS)
    for one, name in ((unit, "unite"), (pole, "pole")):
        one["id"] = name
    unit["partOf"] = {"reference": "Organization/pole"}
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"display": "Dr Modèle"},
        "organization": {"reference": "Organization/unite"},
    }
    request = a_request(requester={"reference": "PractitionerRole/r"})

    [prescription] = reading_of(
        a_bundle(a_patient(), role, unit, pole, home, request)
    ).prescriptions

    assert prescription.establishment.name == "EHPAD"
    assert prescription.establishment.identifiers[0].kind is IdentifierKind.FINESS
    assert prescription.prescriber.family_name == "Dr Modèle"


def test_departments_that_belong_to_each_other_are_followed_to_no_end() -> None:
    circle = an_organization("Unite", partOf={"reference": "Organization/unite"})
    request = a_request(requester={"reference": "Organization/unite"})

    [prescription] = reading_of(a_bundle(a_patient(), circle, request)).prescriptions

    assert prescription.establishment.name == "Unite"


def an_encounter(**changes: object) -> dict[str, object]:
    return {
        "resourceType": "Encounter",
        "id": "e",
        "status": "in-progress",
        "class": {"code": "IMP"},
        **changes,
    }


def a_place(name: str, level: str, within: str | None = None) -> dict[str, object]:
    place = {
        "resourceType": "Location",
        "id": name,
        "name": name,
        "physicalType": {"coding": [{"code": level}]},
    }
    return {**place, "partOf": {"reference": f"Location/{within}"}} if within else place


def test_a_bed_stands_in_a_room_of_a_ward() -> None:
    past = {"location": {"reference": "Location/ch03"}, "status": "completed"}
    now = {"location": {"reference": "Location/lit2"}, "status": "active"}
    bundle = a_bundle(
        a_patient(),
        an_encounter(location=[past, now]),
        a_place("lit2", "bd", "ch04"),
        a_place("ch04", "ro", "nord"),
        a_place("nord", "wa"),
        a_place("ch03", "ro"),
        a_request(encounter={"reference": "Encounter/e"}),
    )

    stay = reading_of(bundle).prescriptions[0].stay

    assert (stay.bed, stay.room, stay.unit) == ("lit2", "ch04", "nord")


def test_a_place_that_the_stay_alone_names_has_the_level_that_the_stay_gives() -> None:
    room = {
        "location": {"display": "Chambre 12"},
        "physicalType": {"coding": [{"code": "ro"}]},
    }
    bundle = a_bundle(
        a_patient(),
        an_encounter(location=[room]),
        a_request(encounter={"reference": "Encounter/e"}),
    )

    assert reading_of(bundle).prescriptions[0].stay.room == "Chambre 12"


def test_a_stay_of_another_patient_or_one_that_never_was_is_said() -> None:
    encounter = an_encounter(status="cancelled", subject={"reference": "Patient/q"})
    bundle = a_bundle(
        a_patient(),
        a_patient(id="q"),
        encounter,
        a_request(encounter={"reference": "Encounter/e"}),
    )

    assert said(reading_of(bundle).prescriptions[0].findings) == [
        ("element-unread", "Bundle.entry[2].resource.status"),
        ("patient-contradicted", "Bundle.entry[2].resource.subject"),
    ]


def test_the_units_of_an_order_keep_what_they_are_to_the_patient() -> None:
    stated = [("UFHEB", "603"), ("UFMED", "506"), ("UFSOIN", "507")]
    units = [
        {
            "extension": [{"url": UF_ROLE, "valueCode": role}],
            "identifier": {"system": "https://ehpad.example/uf", "value": code},
        }
        for role, code in stated
    ]

    [prescription] = reading_of(
        a_bundle(a_patient(), a_request(supportingInformation=units))
    ).prescriptions

    stay = prescription.stay
    assert stay.unit == "603"
    assert [(unit.role, unit.code.code) for unit in stay.units] == [
        (CareUnitRole.HOUSING, "603"),
        (CareUnitRole.MEDICAL, "506"),
        (CareUnitRole.NURSING, "507"),
    ]


def test_a_unit_of_a_role_that_nobody_knows_is_said() -> None:
    unit = {"extension": [{"url": UF_ROLE, "valueCode": "UFX"}], "identifier": {"value": "1"}}

    [prescription] = reading_of(
        a_bundle(a_patient(), a_request(supportingInformation=[unit]))
    ).prescriptions

    assert [f.code for f in prescription.lines[0].findings] == ["code-invalid"]
