"""The OperationOutcome a sender gets: places as FHIRPath, codes of R4, nothing of a patient."""

import json

import pytest
from builders import REFERENCE
from fhir_messages import a_bundle, a_patient, a_request, reading_of

from connectors.fhir.acknowledge import ISSUES, acknowledge
from connectors.fhir.form.paths import expression_of
from connectors.fhir.form.shapes import shapes_of
from connectors.fhir.form.tree import load
from connectors.fhir.lint import lint
from connectors.fhir.read import read
from schemas.connector import Answer
from schemas.finding import Finding, FindingCode


def a_finding(code: FindingCode, location: str = "MedicationRequest.status") -> Finding:
    return Finding(code=code, location=location, message="a rule")


def issues_of(findings, envelope, *, accepted: bool = False, data: bytes = b"{"):
    answer = Answer(accepted=accepted, findings=tuple(findings))
    return load(acknowledge(data, answer, envelope))["issue"]


@pytest.mark.parametrize(
    ("location", "expression"),
    [
        (
            "Bundle.entry[3].resource.dosageInstruction[0].timing.repeat.period",
            "Bundle.entry[3].resource.dosageInstruction[0].timing.repeat.period",
        ),
        ("MedicationRequest.medicationCodeableConcept.text", "MedicationRequest.medication.text"),
        ("MedicationRequest._status.extension[0].url", "MedicationRequest.status.extension[0].url"),
        ("Bundle.entry[0].resource.deceased[x]", "Bundle.entry[0].resource.deceased"),
        ("Patient.extension[0].valueCoding.code", "Patient.extension[0].value.code"),
        (
            "Parameters.parameter[1].resource.entry[0].fullUrl",
            "Parameters.parameter[1].resource.entry[0].fullUrl",
        ),
        ("MedicationRequest.effectiveDosePeriod", "MedicationRequest.effectiveDosePeriod"),
        ("MedicationRequest.Mme EXEMPLE", "MedicationRequest"),
        ("MedicationRequest.note[0].EXEMPLE", "MedicationRequest.note[0]"),
        ("MedicationRequest.note[0].{urn:x}text", "MedicationRequest.note[0]"),
        ("line 2, column 1", None),
        ("byte 18", None),
        ("message", None),
        ("/Bundle/entry[2]", None),
        ("Odette", None),
    ],
)
def test_a_place_is_a_fhirpath_as_far_as_it_has_one(location, expression) -> None:
    assert expression_of(location) == expression


def test_every_code_of_an_issue_is_one_of_the_required_list() -> None:
    allowed = shapes_of("OperationOutcomeIssue")["code"].codes

    assert set(ISSUES.values()) <= allowed
    assert "business-rule" in allowed


@pytest.mark.parametrize(
    ("code", "refused", "accepted"),
    [
        (FindingCode.MESSAGE_BROKEN, "fatal", "warning"),
        (FindingCode.CODE_INVALID, "error", "warning"),
        (FindingCode.ELEMENT_UNREAD, "warning", "warning"),
        (FindingCode.AS_NEEDED, "information", "information"),
    ],
)
def test_only_what_made_us_refuse_is_an_error(code, refused, accepted, envelope) -> None:
    first = issues_of([a_finding(code)], envelope)[1]
    second = issues_of([a_finding(code)], envelope, accepted=True)[1]

    assert (first["severity"], second["severity"]) == (refused, accepted)


def test_an_issue_has_the_code_of_the_finding_its_place_and_its_rule(envelope) -> None:
    [_, issue] = issues_of([a_finding(FindingCode.CODE_INVALID)], envelope)

    assert issue["code"] == "code-invalid"
    assert issue["details"]["coding"][0]["code"] == "code-invalid"
    assert issue["expression"] == ["MedicationRequest.status"]
    assert issue["diagnostics"] == "MedicationRequest.status: a rule"


def test_a_place_that_is_no_fhirpath_stands_in_words_alone(envelope) -> None:
    [_, issue] = issues_of([a_finding(FindingCode.MESSAGE_BROKEN, "line 3, column 9")], envelope)

    assert "expression" not in issue
    assert issue["diagnostics"] == "line 3, column 9: a rule"


@pytest.mark.parametrize("name", ["Odette EXEMPLE", "EXEMPLE", "1941-12-07"])
def test_a_name_that_a_sender_gives_to_an_element_is_not_repeated(name, envelope) -> None:
    for tree in (a_request(**{name: "x"}), {name: 1, "resourceType": "Bundle", "type": "message"}):
        data = json.dumps(tree).encode()
        found = [*lint(data), *reading_of(tree).findings]
        found += [f for p in reading_of(tree).prescriptions for f in p.lines[0].findings]

        written = acknowledge(data, Answer(accepted=False, findings=tuple(found)), envelope)

        assert name.encode() not in written


@pytest.mark.parametrize(
    "data",
    [b"{", b"<Bundle", json.dumps(a_bundle(a_patient(gender="f"), a_request(status="x"))).encode()],
)
def test_every_outcome_is_one_that_r4_allows(data, envelope) -> None:
    found = (*lint(data), *read(data, REFERENCE).findings)

    for accepted in (True, False):
        written = acknowledge(data, Answer(accepted=accepted, findings=found), envelope)

        assert lint(written) == ()
        assert written[:1] == data[:1]
