"""What a reference leads to, in every form that R4 gives it, and when it leads nowhere."""

import pytest
from fhir_messages import (
    a_bundle,
    a_patient,
    a_product,
    a_request,
    line_of,
    of_product,
    reading_of,
    said,
)

UUID = "urn:uuid:0b6a4c1e-6f0e-4b5f-9f6c-2f6d2f0d9f11"
SERVER = "https://a.example/fhir"


def with_urls(bundle: dict, *urls: str | None) -> dict:
    for entry, url in zip(bundle["entry"], urls, strict=True):
        if url:
            entry["fullUrl"] = url
    return bundle


def patient_of(tree: object) -> str | None:
    [prescription] = reading_of(tree).prescriptions
    return prescription.patient.location if prescription.patient else None


def doubts_of(tree: object) -> list[tuple[str, str]]:
    [prescription] = reading_of(tree).prescriptions
    return said(prescription.findings)


UNRESOLVED = [("reference-unresolved", "Bundle.entry[1].resource.subject.reference")]


@pytest.mark.parametrize(
    ("target", "patient_url", "request_url"),
    [
        (UUID, UUID, None),
        ("Patient/p", None, None),
        ("Patient/p", UUID, None),
        ("Patient/p", f"{SERVER}/Patient/p", f"{SERVER}/MedicationRequest/l1"),
        ("Patient/p", f"{SERVER}/Patient/p", UUID),
        (f"{SERVER}/Patient/p", f"{SERVER}/Patient/p", None),
        (f"{SERVER}/Patient/p/_history/3", f"{SERVER}/Patient/p", None),
        (f"{SERVER}/Patient/p", None, None),
        ("#p", None, None),
    ],
)
def test_a_reference_that_leads_to_one_entry_is_followed(target, patient_url, request_url) -> None:
    bundle = a_bundle(a_patient(), a_request(subject={"reference": target}))

    assert patient_of(with_urls(bundle, patient_url, request_url)) == "Bundle.entry[0].resource"


@pytest.mark.parametrize(
    ("target", "patient_url", "request_url"),
    [
        (UUID, None, None),
        ("https://b.example/fhir/Patient/p", f"{SERVER}/Patient/p", None),
        (
            "Patient/p",
            "https://b.example/fhir/Patient/p",
            f"{SERVER}/MedicationRequest/l1",
        ),
        ("Patient/q", None, None),
        ("#q", None, None),
        ("", None, None),
    ],
)
def test_a_reference_that_leads_to_no_entry_blocks(target, patient_url, request_url) -> None:
    bundle = a_bundle(a_patient(), a_request(subject={"reference": target}))

    found = reading_of(with_urls(bundle, patient_url, request_url)).prescriptions[0]

    assert found.patient is None or found.patient.location.endswith("subject")
    assert any(f.blocks for f in (*found.findings, *found.lines[0].findings))


def test_a_reference_to_another_version_than_the_one_here_leads_nowhere() -> None:
    here = a_patient(meta={"versionId": "2"})
    request = a_request(subject={"reference": "Patient/p/_history/1"})

    assert doubts_of(a_bundle(here, request)) == UNRESOLVED


def test_two_entries_of_one_address_are_told_apart_by_the_version_asked_for() -> None:
    versions = [a_patient(meta={"versionId": number}) for number in "12"]
    bundle = a_bundle(*versions, a_request(subject={"reference": f"{UUID}/_history/2"}))

    assert patient_of(with_urls(bundle, UUID, UUID, None)) == "Bundle.entry[1].resource"


def test_two_entries_of_one_address_are_none() -> None:
    bundle = a_bundle(a_patient(), a_patient(), a_request(subject={"reference": UUID}))

    [prescription] = reading_of(with_urls(bundle, UUID, UUID, None)).prescriptions

    assert [f.code for f in prescription.findings] == ["reference-unresolved"]


def test_a_reference_of_another_type_than_it_says_leads_nowhere() -> None:
    bundle = a_bundle(a_patient(), a_request(subject={"reference": UUID, "type": "Group"}))

    assert doubts_of(with_urls(bundle, UUID, None)) == UNRESOLVED


def test_an_order_for_something_else_than_a_patient_has_no_patient() -> None:
    group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}

    bundle = a_bundle(group, a_request(subject={"reference": "Group/g"}))

    assert doubts_of(bundle) == [("patient-missing", "Bundle.entry[1].resource.subject.reference")]


IPP = {"system": "https://ehpad.example/ipp", "value": "1"}


def test_an_identifier_alone_leads_to_the_entry_that_has_it() -> None:
    bundle = a_bundle(a_patient(), a_request(subject={"identifier": IPP}))

    assert patient_of(bundle) == "Bundle.entry[0].resource"


def test_an_identifier_that_two_entries_have_stays_an_identifier() -> None:
    bundle = a_bundle(a_patient(), a_patient(id="q"), a_request(subject={"identifier": IPP}))

    assert patient_of(bundle) == "Bundle.entry[2].resource.subject"


def test_an_identifier_that_an_entry_had_once_leads_nowhere() -> None:
    past = a_patient(identifier=[{**IPP, "use": "old"}])

    assert patient_of(a_bundle(past, a_request(subject={"identifier": IPP}))) == (
        "Bundle.entry[1].resource.subject"
    )


def test_an_identifier_leads_to_the_type_that_the_reference_says() -> None:
    clinic = {"resourceType": "Organization", "id": "o", "identifier": [IPP]}
    subject = {"identifier": IPP, "type": "Patient"}

    bundle = a_bundle(clinic, a_patient(), a_request(subject=subject))

    assert patient_of(bundle) == "Bundle.entry[1].resource"


def test_a_conditional_reference_leads_to_the_entry_of_that_identifier() -> None:
    asked = "Patient?identifier=https://ehpad.example/ipp|1"

    assert patient_of(a_bundle(a_patient(), a_request(subject={"reference": asked}))) == (
        "Bundle.entry[0].resource"
    )


def test_a_reference_that_leads_to_one_patient_and_names_another_blocks() -> None:
    subject = {"reference": "Patient/p", "identifier": {**IPP, "value": "2"}}

    assert doubts_of(a_bundle(a_patient(), a_request(subject=subject))) == [
        ("patient-contradicted", "Bundle.entry[1].resource.subject.identifier")
    ]


def test_a_contained_product_finds_its_parts_where_it_stands() -> None:
    part = a_product(id="a", code={"text": "vitamine"})
    mixture = a_product(id="m", ingredient=[{"itemReference": {"reference": "#a"}}])
    stray = a_product(id="a", code={"text": "autre"})

    line = line_of(
        a_bundle(stray, a_patient(), {**of_product(reference="#m"), "contained": [mixture, part]})
    )

    assert [each.text for each in line.product.ingredients] == ["vitamine"]
    assert line.findings == ()


def test_a_product_that_is_made_of_itself_is_read_once() -> None:
    circle = a_product(ingredient=[{"itemReference": {"reference": "Medication/m"}}])

    line = line_of(a_bundle(circle, a_patient(), of_product(reference="Medication/m")))

    assert [each.text for each in line.product.ingredients] == ["SPECIMEN"]


def test_a_display_alone_names_the_prescriber() -> None:
    [prescription] = reading_of(a_bundle(a_patient(), a_request())).prescriptions

    assert prescription.prescriber.family_name == "Dr Modèle"
    assert prescription.findings == ()
