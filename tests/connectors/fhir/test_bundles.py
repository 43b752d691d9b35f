"""Each type of Bundle by what it means: which of its entries are orders."""

import json

import pytest
from builders import REFERENCE
from fhir_messages import (
    a_bundle,
    a_patient,
    a_request,
    a_transaction,
    line_of,
    lines_of,
    reading_of,
    said,
)

from connectors.fhir.peek import peek
from connectors.fhir.read import read
from schemas.finding import FindingCode
from schemas.prescription import LineAction

STOPPED = a_request(status="stopped", meta={"lastUpdated": "2026-03-09T08:00:00Z"})
STARTED = a_request(meta={"lastUpdated": "2026-03-02T08:00:00Z"})


def names(tree: object) -> list[str | None]:
    return [line.identifier for line in lines_of(tree)]


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "batch"])
def test_a_bundle_that_brings_orders_is_read(kind) -> None:
    assert names(a_bundle(a_patient(), a_request(), kind=kind)) == ["MedicationRequest/l1"]


def test_a_transaction_is_read_where_it_creates_or_updates() -> None:
    bundle = a_transaction(
        ("POST", "MedicationRequest", a_request()),
        ("PUT", "MedicationRequest/l2", a_request(id="l2")),
    )

    assert names(bundle) == ["MedicationRequest/l1", "MedicationRequest/l2"]
    assert reading_of(bundle).findings == ()


@pytest.mark.parametrize(
    ("method", "word"), [("DELETE", "deletion"), ("PATCH", "patch"), ("GET", "question")]
)
def test_a_method_that_brings_no_resource_is_no_order_and_says_so(method, word) -> None:
    bundle = a_transaction(
        ("PUT", "MedicationRequest/l1", a_request()), (method, "MedicationRequest/l0", None)
    )

    [prescription] = reading_of(bundle).prescriptions

    found = [f for f in reading_of(bundle).findings if f.location == "Bundle.entry[1]"]
    assert [f.code for f in found] == [FindingCode.ELEMENT_UNREAD]
    assert word in found[0].message
    assert [line.identifier for line in prescription.lines] == ["MedicationRequest/l1"]
    assert (found[0] in prescription.findings) is (method != "GET")


def test_a_deletion_of_anything_else_than_an_order_weighs_on_no_line() -> None:
    bundle = a_transaction(
        ("PUT", "MedicationRequest/l1", a_request()), ("DELETE", "Observation/o", None)
    )

    assert "Bundle.entry[1]" not in [
        f.location for f in reading_of(bundle).prescriptions[0].findings
    ]


def test_an_update_under_another_name_than_that_of_its_resource_blocks() -> None:
    line = line_of(a_transaction(("PUT", "MedicationRequest/other", a_request())))

    assert said(line.findings) == [("value-invalid", "Bundle.entry[0].request.url")]


@pytest.mark.parametrize(
    ("asked", "member"),
    [
        ({"method": "PUT", "url": "MedicationRequest?identifier=s|1"}, "url"),
        ({"method": "POST", "url": "MedicationRequest", "ifNoneExist": "identifier=s|1"}, None),
        ({"method": "PUT", "url": "MedicationRequest/l1", "ifMatch": 'W/"2"'}, "ifMatch"),
    ],
)
def test_a_condition_on_an_order_is_not_asked_and_that_is_told(asked, member) -> None:
    bundle = a_bundle(a_request(), kind="transaction")
    bundle["entry"][0]["request"] = asked

    place = f"Bundle.entry[0].request.{member or 'ifNoneExist'}"
    assert said(line_of(bundle).findings) == [("element-unread", place)]


def test_a_condition_on_the_patient_of_an_order_is_no_doubt() -> None:
    bundle = a_bundle(a_patient(), a_request(), kind="transaction")
    condition = {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=s|1"}
    bundle["entry"][0]["request"] = condition
    bundle["entry"][1]["request"] = {"method": "POST", "url": "MedicationRequest"}

    assert reading_of(bundle).findings == ()
    assert reading_of(bundle).prescriptions[0].findings == ()


def a_history(*resources: dict[str, object] | None) -> dict[str, object]:
    """Versions of `MedicationRequest/l1`; `None` is a deletion."""
    entries = []
    for one in resources:
        request = {"method": "PUT" if one else "DELETE", "url": "MedicationRequest/l1"}
        entry = {"request": request, "response": {"status": "200"}}
        entries.append({**entry, "resource": one} if one else entry)
    return {"resourceType": "Bundle", "type": "history", "entry": entries}


def test_a_history_that_ends_in_a_deletion_holds_no_order() -> None:
    reading = reading_of(a_history(None, STARTED))

    assert reading.prescriptions == ()
    assert [f.location for f in reading.findings][:2] == ["Bundle.entry[0]", "Bundle.entry[1]"]


def test_a_history_in_which_an_order_was_made_again_after_its_deletion_is_read() -> None:
    reading = reading_of(a_history(STOPPED, None, STARTED))

    [prescription] = reading.prescriptions
    assert prescription.lines[0].action is LineAction.STOP
    assert prescription.findings == reading_of(a_history(STOPPED)).prescriptions[0].findings


def test_a_history_that_begins_with_an_older_version_blocks() -> None:
    [prescription] = reading_of(a_history(STARTED, STOPPED)).prescriptions

    assert ("value-invalid", "Bundle.entry[1]") in said(prescription.findings)


def test_what_a_server_says_of_its_search_weighs_on_every_line() -> None:
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning", "code": "not-supported"}],
    }
    bundle = a_bundle(a_patient(), a_request(), outcome, kind="searchset")
    bundle["entry"][2]["search"] = {"mode": "outcome"}

    reading = reading_of(bundle)

    assert said(reading.findings) == [("element-unread", "Bundle.entry[2].resource")]
    assert reading.findings[0] in reading.prescriptions[0].findings


def test_a_bundle_inside_a_bundle_is_refused_in_its_place() -> None:
    reading = reading_of(a_bundle(a_patient(), a_request(), a_bundle(a_request(id="l2"))))

    assert [line.identifier for p in reading.prescriptions for line in p.lines] == [
        "MedicationRequest/l1"
    ]
    assert said(reading.findings) == [("message-unsupported", "Bundle.entry[2].resource")]
    assert reading.findings[0] in reading.prescriptions[0].findings


def test_a_resource_that_does_not_say_its_type_is_missed() -> None:
    nameless = {"id": "x", "status": "active"}

    assert said(reading_of(a_bundle(a_patient(), a_request(), nameless)).findings) == [
        ("element-missing", "Bundle.entry[2].resource.resourceType")
    ]


def test_a_message_that_is_the_content_of_parameters_is_read_in_its_place() -> None:
    bundle = {**a_bundle(a_patient(), a_request()), "identifier": {"value": "77"}}
    parameters = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "async", "valueBoolean": False},
            {"name": "content", "resource": bundle},
        ],
    }

    reading = reading_of(parameters)

    [prescription] = reading.prescriptions
    assert prescription.location == "Parameters.parameter[1].resource.entry[1].resource"
    assert (reading.kind, reading.control_id) == ("Bundle/collection", "77")
    assert peek(json.dumps(parameters).encode()).control_id == "77"
    assert "Parameters.parameter[0].valueBoolean" in [s.location for s in reading.unused]


def test_parameters_of_two_resources_are_refused() -> None:
    held = [{"name": "a", "resource": a_request()}, {"name": "b", "resource": a_request()}]

    reading = reading_of({"resourceType": "Parameters", "parameter": held})

    assert said(reading.findings) == [("message-unsupported", "Parameters")]


def test_resources_one_a_line_are_refused_by_their_name() -> None:
    data = b"\n".join(json.dumps(a_request(id=name)).encode() for name in "ab")

    [finding] = read(data, REFERENCE).findings

    assert finding.code is FindingCode.MESSAGE_UNSUPPORTED
    assert finding.location == "line 2, column 1"
    assert "NDJSON" in finding.message


def test_the_kind_of_a_message_is_one_of_the_standard_however_long_its_type_is() -> None:
    assert peek(json.dumps(a_bundle(kind="x" * 300)).encode()).kind == "Bundle"


# Documents and messages: only what they are about.


def a_composition(*sections: object, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "Composition",
        "id": "c",
        "status": "final",
        "type": {"text": "Ordonnance"},
        "date": "2026-03-02",
        "author": [{"display": "Dr Modèle"}],
        "title": "Ordonnance",
        "section": list(sections),
        **changes,
    }


def a_section(*names: str) -> dict[str, object]:
    return {"title": "Ordonnance", "entry": [{"reference": name} for name in names]}


def a_header(*focus: str, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "MessageHeader",
        "id": "h",
        "eventUri": "https://ehpad.example/prescription",
        "source": {"endpoint": "https://ehpad.example/fhir"},
        "focus": [{"reference": name} for name in focus],
        **changes,
    }


A_GROUP = {
    "resourceType": "RequestGroup",
    "id": "g",
    "status": "active",
    "intent": "order",
    "action": [{"resource": {"reference": "MedicationRequest/l1"}}],
}
A_LIST = {
    "resourceType": "List",
    "id": "g",
    "status": "current",
    "mode": "working",
    "entry": [{"item": {"reference": "MedicationRequest/l1"}}],
}
A_TASK = {
    "resourceType": "Task",
    "id": "g",
    "status": "requested",
    "intent": "order",
    "focus": {"reference": "MedicationRequest/l1"},
}
HEADS = [("document", lambda *names: a_composition(a_section(*names))), ("message", a_header)]


@pytest.mark.parametrize(("kind", "head"), HEADS, ids=["document", "message"])
@pytest.mark.parametrize(
    ("named", "between"),
    [
        ("MedicationRequest/l1", None),
        ("RequestGroup/g", A_GROUP),
        ("List/g", A_LIST),
        ("Task/g", A_TASK),
    ],
)
def test_an_order_beside_those_that_the_message_is_about_is_shown_and_never_prepared(
    kind, head, named, between
) -> None:
    replaced = a_request(id="l0")
    order = a_request(priorPrescription={"reference": "MedicationRequest/l0"})
    others = [between] if between else []

    lines = lines_of(a_bundle(head(named), a_patient(), order, replaced, *others, kind=kind))

    assert [(line.identifier, line.action) for line in lines] == [
        ("MedicationRequest/l1", LineAction.START),
        ("MedicationRequest/l0", LineAction.INFORM),
    ]
    assert said(lines[0].findings) == []
    assert said(lines[1].findings) == [("status-not-active", "Bundle.entry[3].resource")]


@pytest.mark.parametrize(("kind", "head"), HEADS, ids=["document", "message"])
def test_where_nothing_is_named_all_are_read_and_that_is_told(kind, head) -> None:
    bundle = a_bundle(head(), a_patient(), a_request(), kind=kind)

    assert [line.action for line in lines_of(bundle)] == [LineAction.START]
    assert ("element-unread", "Bundle.entry[0].resource") in said(reading_of(bundle).findings)


@pytest.mark.parametrize(("kind", "head"), HEADS, ids=["document", "message"])
def test_an_order_that_only_a_statement_of_the_document_refers_to_is_none(kind, head) -> None:
    statement = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "active",
        "medicationCodeableConcept": {"text": "SPECIMEN 5 mg"},
        "subject": {"reference": "Patient/p"},
        "basedOn": [{"reference": "MedicationRequest/l1"}],
    }

    [line] = lines_of(
        a_bundle(head("MedicationStatement/s"), a_patient(), statement, a_request(), kind=kind)
    )

    assert line.action is LineAction.INFORM
    assert said(line.findings) == [("status-not-active", "Bundle.entry[3].resource")]


def test_an_order_of_a_section_within_a_section_is_one_of_the_document() -> None:
    inner = {"title": "Médicaments", "section": [a_section("MedicationRequest/l1")]}

    bundle = a_bundle(a_composition(inner), a_patient(), a_request(), kind="document")

    assert said(reading_of(bundle).findings) == []


@pytest.mark.parametrize("status", ["preliminary", "entered-in-error"])
def test_a_document_that_is_not_final_blocks_every_prescription(status) -> None:
    composition = a_composition(a_section("MedicationRequest/l1"), status=status)

    [prescription] = reading_of(
        a_bundle(composition, a_patient(), a_request(), kind="document")
    ).prescriptions

    assert ("status-not-active", "Bundle.entry[0].resource.status") in said(prescription.findings)


def test_a_document_about_another_patient_than_its_orders_blocks() -> None:
    composition = a_composition(
        a_section("MedicationRequest/l1"), subject={"reference": "Patient/q"}
    )
    bundle = a_bundle(composition, a_patient(), a_patient(id="q"), a_request(), kind="document")

    place = "Bundle.entry[0].resource.subject"
    assert said(reading_of(bundle).prescriptions[0].findings) == [("patient-contradicted", place)]


def test_a_document_that_replaces_another_one_says_so() -> None:
    related = {"code": "replaces", "targetIdentifier": {"value": "1"}}
    composition = a_composition(a_section("MedicationRequest/l1"), relatesTo=[related])

    [prescription] = reading_of(
        a_bundle(composition, a_patient(), a_request(), kind="document")
    ).prescriptions

    place = "Bundle.entry[0].resource.relatesTo[0].code"
    assert ("element-unread", place) in said(prescription.findings)


@pytest.mark.parametrize(("kind", "rule"), [("document", "bdl-11"), ("message", "bdl-12")])
def test_a_document_or_message_without_its_head_says_so_on_every_line(kind, rule) -> None:
    [prescription] = reading_of(a_bundle(a_patient(), a_request(), kind=kind)).prescriptions

    [finding] = prescription.findings
    assert finding.code is FindingCode.STRUCTURE_INVALID
    assert finding.message.startswith(rule)


def test_an_answer_to_a_message_is_none_wherever_its_header_stands() -> None:
    header = a_header(response={"identifier": "1", "code": "ok"})

    reading = reading_of(a_bundle(a_patient(), header, a_request(), kind="message"))

    assert reading.is_empty
    assert said(reading.findings)[0] == ("message-unsupported", "Bundle.entry[1].resource.response")
