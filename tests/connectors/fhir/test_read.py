"""Requests become prescriptions and administrations intakes; nothing is guessed."""

import json
from decimal import Decimal

import pytest
from builders import REFERENCE
from fhir_messages import DOSAGE, a_bundle, a_patient, a_request, line_of, reading_of

from connectors.fhir.read import read
from schemas.finding import FindingCode
from schemas.intake import AuthorRole, IntakeStatus
from schemas.people import IdentifierKind, IdentityStatus
from schemas.prescription import Line, LineAction, LinkKind


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("active", LineAction.START),
        ("on-hold", LineAction.HOLD),
        ("stopped", LineAction.STOP),
        ("cancelled", LineAction.CANCEL),
    ],
)
def test_a_status_that_asks_for_something_is_an_action_without_doubt(status, action) -> None:
    line = line_of(a_request(status=status))

    assert line.action is action
    assert line.findings == ()


@pytest.mark.parametrize("status", ["draft", "completed", "unknown"])
def test_a_status_that_asks_for_nothing_informs_and_blocks(status) -> None:
    line = line_of(a_request(status=status))

    assert line.action is LineAction.INFORM
    assert codes(line.findings) == [FindingCode.STATUS_NOT_ACTIVE]
    assert line.findings[0].quoted == status


@pytest.mark.parametrize(
    "intent", ["order", "original-order", "reflex-order", "filler-order", "instance-order"]
)
def test_every_kind_of_order_is_an_order(intent) -> None:
    assert line_of(a_request(intent=intent)).action is LineAction.START


@pytest.mark.parametrize("intent", ["proposal", "plan", "option"])
def test_an_intent_that_is_no_order_informs_and_blocks(intent) -> None:
    line = line_of(a_request(intent=intent))

    assert line.action is LineAction.INFORM
    assert line.findings[0].location == "MedicationRequest.intent"


def test_a_request_entered_in_error_is_cancelled_and_says_so() -> None:
    line = line_of(a_request(status="entered-in-error"))

    assert line.action is LineAction.CANCEL
    assert codes(line.findings) == [FindingCode.STATUS_NOT_ACTIVE]


def test_a_proposal_to_stop_does_not_stop() -> None:
    assert line_of(a_request(status="stopped", intent="proposal")).action is LineAction.INFORM


def test_an_amount_keeps_the_precision_of_its_sender() -> None:
    data = json.dumps(a_request()).replace('"value": 1, ', '"value": 1.10, ')

    [prescription] = read(data.encode(), REFERENCE).prescriptions

    dose = prescription.lines[0].posology.phases[0].dose
    assert str(dose.exact.value) == "1.10"


def test_a_contained_resource_goes_before_an_entry_of_the_same_id() -> None:
    contained = {"resourceType": "Medication", "id": "m", "code": {"text": "contained"}}
    entry = {"resourceType": "Medication", "id": "m", "code": {"text": "entry"}}
    request = a_request(
        contained=[contained],
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m"},
    )

    [prescription] = reading_of(a_bundle(entry, request)).prescriptions

    assert prescription.lines[0].product.text == "contained"


def test_a_local_reference_of_the_french_examples_leads_to_an_entry() -> None:
    entry = {"resourceType": "Medication", "id": "m", "code": {"text": "entry"}}
    request = a_request(medicationCodeableConcept=None, medicationReference={"reference": "#m"})

    line = line_of(a_bundle(entry, request))

    assert line.product.text == "entry"
    assert line.findings == ()


@pytest.mark.parametrize(
    "reference",
    [
        "https://a.example/fhir/Patient/p",
        "https://a.example/fhir/Patient/p/_history/3",
        "Patient/p",
    ],
)
def test_a_reference_is_resolved_under_the_base_of_the_resource_that_refers(reference) -> None:
    bundle = a_bundle(
        a_patient(gender="female"),
        a_patient(gender="male"),
        a_request(subject={"reference": reference}),
    )
    bundle["entry"][0]["fullUrl"] = "https://a.example/fhir/Patient/p"
    bundle["entry"][1]["fullUrl"] = "https://b.example/fhir/Patient/p"
    bundle["entry"][2]["fullUrl"] = "https://a.example/fhir/MedicationRequest/l1"

    [prescription] = reading_of(bundle).prescriptions

    assert prescription.patient.location == "Bundle.entry[0].resource"


def test_a_reference_that_two_entries_answer_leads_nowhere() -> None:
    bundle = a_bundle(a_patient(), a_patient(), a_request())

    [prescription] = reading_of(bundle).prescriptions

    [doubt] = prescription.findings
    assert doubt.code is FindingCode.REFERENCE_UNRESOLVED
    assert doubt.location == "Bundle.entry[2].resource.subject.reference"
    assert doubt.quoted == "Patient/p"


def test_a_patient_named_by_an_identifier_alone_is_enough() -> None:
    ipp = {
        "system": "https://ehpad.example/ipp",
        "value": "77",
        "type": {"coding": [{"code": "PI"}]},
    }

    [prescription] = reading_of(a_request(subject={"identifier": ipp})).prescriptions

    assert prescription.patient.identifiers[0].kind is IdentifierKind.IPP
    assert prescription.findings == ()


def test_an_old_identifier_names_nobody_any_more() -> None:
    old = {"use": "old", "system": "urn:oid:1.2.250.1.213.1.4.8", "value": "241127511200169"}

    [prescription] = reading_of(a_bundle(a_patient(identifier=[old]), a_request())).prescriptions

    assert prescription.patient.identifiers[0].kind is IdentifierKind.OTHER


def test_the_reliability_of_an_identity_is_the_senders_word() -> None:
    url = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability"
    status = {"url": "identityStatus", "valueCoding": {"code": "VALI"}}
    patient = a_patient(extension=[{"url": url, "extension": [status]}])

    [prescription] = reading_of(a_bundle(patient, a_request())).prescriptions

    assert prescription.patient.identity_status is IdentityStatus.VALIDATED


def test_a_deceased_patient_and_a_record_out_of_use_block_the_prescription() -> None:
    patient = a_patient(active=False, deceasedBoolean=True)

    [prescription] = reading_of(a_bundle(patient, a_request())).prescriptions

    assert codes(prescription.findings) == [FindingCode.STATUS_NOT_ACTIVE] * 2


def test_lines_of_one_group_are_one_prescription_and_others_stand_alone() -> None:
    group = {"system": "https://ehpad.example/o", "value": "7"}
    bundle = a_bundle(
        a_patient(),
        a_request(id="a", groupIdentifier=group),
        a_request(id="b"),
        a_request(id="c", groupIdentifier=group),
    )

    prescriptions = reading_of(bundle).prescriptions

    named = [[line.identifier for line in each.lines] for each in prescriptions]
    assert named == [["MedicationRequest/a", "MedicationRequest/c"], ["MedicationRequest/b"]]
    assert prescriptions[0].chain.group.value == "7"


def test_one_group_of_two_patients_is_two_prescriptions_that_both_block() -> None:
    group = {"value": "7"}
    bundle = a_bundle(
        a_patient(),
        a_patient(id="q"),
        a_request(id="a", groupIdentifier=group),
        a_request(id="b", groupIdentifier=group, subject={"reference": "Patient/q"}),
    )

    found = [each.findings[0].code for each in reading_of(bundle).prescriptions]

    assert found == [FindingCode.PATIENT_CONTRADICTED] * 2


def test_lines_written_on_different_days_leave_the_date_of_writing_open() -> None:
    group = {"value": "7"}
    bundle = a_bundle(
        a_patient(),
        a_request(id="a", groupIdentifier=group, authoredOn="2026-03-02"),
        a_request(id="b", groupIdentifier=group, authoredOn="2026-03-05"),
    )

    [prescription] = reading_of(bundle).prescriptions

    assert prescription.authored_at is None
    assert codes(prescription.findings) == [FindingCode.ELEMENT_UNREAD]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-03", FindingCode.VALUE_INVALID),
        ("2026-02-30", FindingCode.VALUE_INVALID),
        ("hier", FindingCode.VALUE_INVALID),
        ("2026-03-02T08:00:00", FindingCode.ZONE_MISSING),
    ],
)
def test_a_date_that_is_not_whole_is_no_date_and_says_so(written, code) -> None:
    [prescription] = reading_of(a_request(authoredOn=written)).prescriptions

    assert prescription.authored_at is None
    assert codes(prescription.lines[0].findings) == [code]


def test_the_prescription_that_this_one_replaces_is_a_link_and_a_link_of_the_chain() -> None:
    prior = {"reference": "MedicationRequest/l0"}

    [prescription] = reading_of(a_request(priorPrescription=prior)).prescriptions

    assert prescription.chain.replaces[0].value == "MedicationRequest/l0"
    assert prescription.lines[0].links[0].kind is LinkKind.REPLACES


def test_a_first_fill_of_zero_asks_the_pharmacy_to_supply_nothing() -> None:
    supply = {"initialFill": {"quantity": {"value": 0}}, "numberOfRepeatsAllowed": 3}

    line = line_of(a_request(dispenseRequest=supply))

    assert line.supplied is False
    assert line.renewals == 3


def test_a_mixture_keeps_its_parts_and_which_one_carries_the_others() -> None:
    vehicle = {
        "url": "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition/fr-is-vehicle",
        "valueBoolean": True,
    }
    part = {"resourceType": "Medication", "id": "a", "code": {"text": "vitamine"}}
    water = {"resourceType": "Medication", "id": "b", "code": {"text": "eau"}}
    mixture = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [
            {"itemReference": {"reference": "Medication/a"}},
            {"itemReference": {"reference": "Medication/b"}, "extension": [vehicle]},
        ],
    }
    request = a_request(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}
    )

    line = line_of(a_bundle(part, water, mixture, request))

    assert [(i.text, i.carrier) for i in line.product.ingredients] == [
        ("vitamine", False),
        ("eau", True),
    ]


def with_strength(strength: dict[str, object]) -> Line:
    """The line of a product that holds so much of one substance."""
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [{"itemCodeableConcept": {"text": "x"}, "strength": strength}],
    }
    request = a_request(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}
    )
    return line_of(a_bundle(medication, request))


def test_a_strength_whose_unit_is_not_its_code_is_a_doubt() -> None:
    mixed = {"value": 500, "unit": "µg", "code": "mg", "system": "http://unitsofmeasure.org"}
    line = with_strength({"numerator": mixed, "denominator": {"value": 1, "unit": "comprimé"}})

    assert FindingCode.UNIT_CONTRADICTED in codes(line.findings)


def test_a_strength_that_does_not_say_in_what_counts_no_tablets() -> None:
    line = with_strength({"numerator": {"value": 15, "unit": "mg", "code": "mg"}})

    assert line.product.strengths == ()
    assert FindingCode.ELEMENT_UNREAD in codes(line.findings)


def test_a_strength_for_zero_of_something_is_left_out_and_said() -> None:
    strength = {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 0}}
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [{"itemCodeableConcept": {"text": "x"}, "strength": strength}],
    }
    request = a_request(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}
    )

    line = line_of(a_bundle(medication, request))

    assert line.product.strengths == ()
    assert FindingCode.VALUE_INVALID in codes(line.findings)


def test_every_value_of_the_message_is_on_the_trail_and_what_nothing_used_is_listed() -> None:
    reading = reading_of(a_request(priority="urgent"))

    places = {source.location: source.gives for source in reading.sources}

    assert places["MedicationRequest.status"] == "action"
    assert places["MedicationRequest.priority"] is None
    assert [s.location for s in reading.unused] == ["MedicationRequest.priority"]


def test_a_priority_that_is_routine_says_nothing_more() -> None:
    reading = reading_of(a_request(priority="routine"))

    assert reading.unused == ()
    assert reading.prescriptions[0].lines[0].findings == ()


def test_a_problem_that_the_sender_found_with_a_request_is_told() -> None:
    line = line_of(a_request(detectedIssue=[{"display": "interaction"}]))

    assert [(f.code, f.location) for f in line.findings] == [
        (FindingCode.ELEMENT_UNREAD, "MedicationRequest.detectedIssue")
    ]


def test_a_note_of_a_scope_that_names_the_product_is_its_name_and_no_posology() -> None:
    base = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition"
    scope = {"url": f"{base}/fr-medicationrequest-note-scope", "valueCode": "LIPRESCLIBMED"}
    note = {"text": "SPECIMEN 5 mg, comprimé", "extension": [scope]}

    named = line_of(a_request(note=[note]))
    nameless = line_of(a_request(note=[note], medicationCodeableConcept={"coding": []}))

    assert named.product.text == "SPECIMEN 5 mg"
    assert nameless.product.text == "SPECIMEN 5 mg, comprimé"
    assert [phase.instructions for phase in named.posology.phases] == [()]


def test_a_history_is_read_in_its_newest_version_only() -> None:
    newest, older = a_request(status="stopped"), a_request()
    bundle = a_bundle(newest, older, kind="history")
    for entry in bundle["entry"]:
        entry["request"] = {"method": "PUT", "url": "MedicationRequest/l1"}
        entry["response"] = {"status": "200"}

    reading = reading_of(bundle)

    [prescription] = reading.prescriptions
    assert prescription.lines[0].action is LineAction.STOP
    assert [(f.code, f.location) for f in reading.findings] == [
        (FindingCode.ELEMENT_UNREAD, "Bundle.entry[1]")
    ]


def test_a_deletion_is_not_read_and_says_so() -> None:
    bundle = a_bundle(a_request(), kind="transaction")
    bundle["entry"][0]["request"] = {"method": "PUT", "url": "MedicationRequest/l1"}
    bundle["entry"].append({"request": {"method": "DELETE", "url": "MedicationRequest/l0"}})

    assert codes(reading_of(bundle).findings) == [FindingCode.ELEMENT_UNREAD]


def test_an_order_that_a_search_only_includes_is_not_prescribed_again() -> None:
    bundle = a_bundle(a_request(), a_request(id="l2"), kind="searchset")
    bundle["entry"][0]["search"] = {"mode": "include"}

    reading = reading_of(bundle)

    assert [p.lines[0].identifier for p in reading.prescriptions] == ["MedicationRequest/l2"]
    assert reading.findings[0].location == "Bundle.entry[0].resource"


@pytest.mark.parametrize("kind", ["transaction-response", "batch-response"])
def test_the_answer_of_a_server_is_no_prescription(kind) -> None:
    assert codes(reading_of(a_bundle(a_request(), kind=kind)).findings)[-1] is (
        FindingCode.MESSAGE_UNSUPPORTED
    )


def test_a_document_that_is_not_final_blocks_its_prescriptions() -> None:
    composition = {
        "resourceType": "Composition",
        "status": "preliminary",
        "type": {"text": "Ordonnance"},
        "date": "2026-03-02",
        "author": [{"display": "Dr Modèle"}],
        "title": "Ordonnance",
    }

    [prescription] = reading_of(a_bundle(composition, a_request(), kind="document")).prescriptions

    assert FindingCode.STATUS_NOT_ACTIVE in codes(prescription.findings)


def an_administration(**changes: object) -> dict[str, object]:
    return {
        "resourceType": "MedicationAdministration",
        "id": "a1",
        "status": "completed",
        "medicationCodeableConcept": {"text": "SPECIMEN 5 mg"},
        "subject": {"identifier": {"system": "https://ehpad.example/ipp", "value": "1"}},
        "effectiveDateTime": "2026-03-02T08:05:00+01:00",
        **changes,
    }


def intake_of(tree: object):
    [intake] = reading_of(tree).intakes
    return intake


@pytest.mark.parametrize(
    ("status", "read_as"),
    [
        ("completed", IntakeStatus.TAKEN),
        ("stopped", IntakeStatus.PARTIAL),
        ("on-hold", IntakeStatus.HELD),
        ("in-progress", IntakeStatus.IN_PROGRESS),
        ("not-done", IntakeStatus.NOT_GIVEN),
        ("entered-in-error", IntakeStatus.ENTERED_IN_ERROR),
        ("unknown", IntakeStatus.UNKNOWN),
    ],
)
def test_every_status_of_an_administration_has_its_own_meaning(status, read_as) -> None:
    assert intake_of(an_administration(status=status)).status is read_as


def test_a_refusal_that_is_coded_is_a_refusal() -> None:
    reason = {"coding": [{"system": "http://snomed.info/sct", "code": "182895007"}]}

    intake = intake_of(an_administration(status="not-done", statusReason=[reason]))

    assert intake.status is IntakeStatus.REFUSED
    assert intake.findings == ()


def test_a_reason_that_nobody_stated_a_meaning_for_is_not_taken_for_a_refusal() -> None:
    reason = {"text": "La résidente ne voulait pas"}

    intake = intake_of(an_administration(status="not-done", statusReason=[reason]))

    assert intake.status is IntakeStatus.NOT_GIVEN
    assert codes(intake.findings) == [FindingCode.ELEMENT_UNREAD]
    assert intake.findings[0].quoted == "La résidente ne voulait pas"


def test_a_dose_that_was_not_given_contradicts_itself() -> None:
    dosage = {"dose": {"value": 1, "unit": "comprimé"}}

    intake = intake_of(an_administration(status="not-done", dosage=dosage))

    assert codes(intake.findings) == [FindingCode.INTAKE_INCONSISTENT]


def test_a_day_alone_is_no_time_of_an_intake() -> None:
    intake = intake_of(an_administration(effectiveDateTime="2026-03-02"))

    assert intake.taken_at is None
    assert codes(intake.findings) == [FindingCode.VALUE_INVALID]


def test_a_period_starts_when_the_intake_was_taken() -> None:
    tree = an_administration(
        effectivePeriod={"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T08:10:00Z"}
    )
    del tree["effectiveDateTime"]

    assert intake_of(tree).taken_at.isoformat() == "2026-03-02T08:00:00+00:00"


@pytest.mark.parametrize(
    ("actor", "role"),
    [
        ({"reference": "Patient/p"}, AuthorRole.PATIENT),
        ({"reference": "RelatedPerson/r"}, AuthorRole.CARER),
        ({"type": "Device", "display": "pilulier"}, AuthorRole.DEVICE),
        ({"reference": "Practitioner/x"}, AuthorRole.UNKNOWN),
    ],
)
def test_who_reports_is_known_by_what_the_reference_says(actor, role) -> None:
    assert intake_of(an_administration(performer=[{"actor": actor}])).author.role is role


def test_the_line_of_an_intake_is_named_as_the_order_names_itself() -> None:
    order = a_request(identifier=[{"system": "https://ehpad.example/l", "value": "L1"}])
    request = {"reference": "MedicationRequest/l1"}

    reading = reading_of(a_bundle(a_patient(), order, an_administration(request=request)))

    names = [identifier.value for identifier in reading.intakes[0].line]
    assert names == ["L1", "MedicationRequest/l1"]
    assert names == [i.value for i in reading.prescriptions[0].lines[0].identifiers]


def test_a_condition_of_a_group_of_requests_blocks_its_line() -> None:
    group = {
        "resourceType": "RequestGroup",
        "status": "active",
        "intent": "order",
        "action": [
            {
                "condition": [{"kind": "applicability"}],
                "resource": {"reference": "MedicationRequest/l1"},
            }
        ],
    }

    assert codes(line_of(a_bundle(a_patient(), a_request(), group)).findings) == [
        FindingCode.EVENT_CONDITION
    ]


def test_a_quantity_to_supply_with_a_comparator_is_no_exact_amount() -> None:
    supply = {"quantity": {"value": 30, "comparator": "<"}}

    line = line_of(a_request(dispenseRequest=supply))

    assert line.quantity_to_supply is None
    assert codes(line.findings) == [FindingCode.VALUE_INVALID]


def test_the_number_of_a_message_is_that_of_its_bundle_and_never_the_id_of_a_resource() -> None:
    bundle = {**a_bundle(a_request()), "id": "b", "identifier": {"value": "7"}}

    assert reading_of(bundle).control_id == "7"
    assert reading_of(a_request()).control_id is None


def test_quantities_are_decimals() -> None:
    line = line_of(a_request(dispenseRequest={"quantity": {"value": 30}}))

    assert line.quantity_to_supply.value == Decimal(30)


def test_a_role_gives_the_prescriber_their_profession_and_the_establishment() -> None:
    doctor = {
        "resourceType": "Practitioner",
        "id": "d",
        "identifier": [{"system": "https://rpps.esante.gouv.fr", "value": "10003879623"}],
        "name": [{"family": "MODÈLE", "given": ["Paul"]}],
    }
    home = {
        "resourceType": "Organization",
        "id": "o",
        "identifier": [{"system": "https://finess.esante.gouv.fr", "value": "750512345"}],
        "name": "EHPAD Les Tilleuls",
    }
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "Practitioner/d"},
        "organization": {"reference": "Organization/o"},
        "code": [{"coding": [{"code": "10"}]}],
    }
    request = a_request(requester={"reference": "PractitionerRole/r"})

    [prescription] = reading_of(a_bundle(a_patient(), doctor, home, role, request)).prescriptions

    assert prescription.prescriber.family_name == "MODÈLE"
    assert prescription.prescriber.identifiers[0].kind is IdentifierKind.RPPS
    assert prescription.prescriber.profession.code == "10"
    assert prescription.establishment.name == "EHPAD Les Tilleuls"
    assert prescription.establishment.identifiers[0].kind is IdentifierKind.FINESS


def test_a_role_of_somebody_elsewhere_keeps_what_its_references_say() -> None:
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "8x"}},
        "organization": {"display": "Cabinet"},
    }
    request = a_request(requester={"reference": "PractitionerRole/r"})

    [prescription] = reading_of(a_bundle(a_patient(), role, request)).prescriptions

    assert prescription.prescriber.identifiers[0].kind is IdentifierKind.IDNPS
    assert prescription.establishment.name == "Cabinet"


def test_a_stay_is_read_from_its_encounter_with_the_unit_that_houses_the_patient() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "identifier": [{"value": "765", "type": {"coding": [{"code": "VN"}]}}],
        "serviceProvider": {"display": "EHPAD Les Tilleuls"},
    }
    base = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition"
    unit = {
        "extension": [{"url": f"{base}/fr-uf-role", "valueCode": "UFHEB"}],
        "identifier": {"value": "603"},
    }
    request = a_request(encounter={"reference": "Encounter/e"}, supportingInformation=[unit])

    [prescription] = reading_of(a_bundle(a_patient(), encounter, request)).prescriptions

    assert prescription.stay.visit.kind is IdentifierKind.VISIT
    assert prescription.stay.unit == "603"
    assert prescription.establishment.name == "EHPAD Les Tilleuls"


def test_a_product_known_by_an_identifier_alone_is_a_product_code() -> None:
    ucd = {
        "system": "http://data.esante.gouv.fr/ansm/medicament/UCD",
        "value": "3400890020275",
    }
    reference = {"identifier": ucd, "display": "METFORMINE"}

    line = line_of(a_request(medicationCodeableConcept=None, medicationReference=reference))

    assert [(code.system, code.value) for code in line.product.codes] == [
        ("ucd13", "3400890020275")
    ]
    assert line.product.text == "METFORMINE"
    assert line.findings == ()


def a_group(*actions: dict[str, object], **changes: object) -> dict[str, object]:
    return {
        "resourceType": "RequestGroup",
        "status": "active",
        "intent": "order",
        "action": list(actions),
        **changes,
    }


def test_lines_taken_together_accompany_each_other_without_doubt() -> None:
    group = a_group(
        {
            "id": "1",
            "resource": {"reference": "MedicationRequest/l1"},
            "relatedAction": [{"actionId": "2", "relationship": "concurrent"}],
        },
        {"id": "2", "resource": {"reference": "MedicationRequest/l2"}},
    )

    first = reading_of(a_bundle(a_patient(), a_request(), a_request(id="l2"), group)).prescriptions[
        0
    ]

    [link] = first.lines[0].links
    assert (link.kind, link.line) == (LinkKind.ACCOMPANIES, "MedicationRequest/l2")
    assert first.lines[0].findings == ()


def test_an_order_between_two_lines_is_not_read_and_says_so() -> None:
    group = a_group(
        {
            "id": "1",
            "resource": {"reference": "MedicationRequest/l1"},
            "relatedAction": [{"actionId": "9", "relationship": "after"}],
        },
    )

    line = line_of(a_bundle(a_patient(), a_request(), group))

    assert codes(line.findings) == [FindingCode.ELEMENT_UNREAD, FindingCode.REFERENCE_UNRESOLVED]


def test_a_group_that_is_revoked_blocks_its_lines() -> None:
    group = a_group({"resource": {"reference": "MedicationRequest/l1"}}, status="revoked")

    line = line_of(a_bundle(a_patient(), a_request(), group))

    assert codes(line.findings) == [FindingCode.STATUS_NOT_ACTIVE]


def test_a_time_that_the_group_sets_for_a_line_is_not_computed() -> None:
    action = {
        "resource": {"reference": "MedicationRequest/l1"},
        "timingDateTime": "2026-03-04",
    }

    line = line_of(a_bundle(a_patient(), a_request(), a_group(action)))

    assert codes(line.findings) == [FindingCode.TIMING_UNSUPPORTED]


def test_two_routes_in_one_line_are_said() -> None:
    routes = [{"coding": [{"code": code}]} for code in ("20053000", "20066000")]

    line = line_of(a_request(dosageInstruction=[{**DOSAGE, "route": r} for r in routes]))

    assert line.route.code == "20053000"
    assert codes(line.findings) == [FindingCode.ELEMENT_UNREAD]


def test_statements_and_dispensations_beside_orders_are_said_to_be_unread() -> None:
    statement = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"text": "x"},
        "subject": {"reference": "Patient/p"},
    }

    reading = reading_of(a_bundle(a_patient(), a_request(), statement))

    assert [(f.code, f.location) for f in reading.findings] == [
        (FindingCode.ELEMENT_UNREAD, "Bundle.entry[2].resource")
    ]


def test_the_answer_to_a_message_is_no_message_of_orders() -> None:
    header = {
        "resourceType": "MessageHeader",
        "eventUri": "https://ehpad.example/evenement",
        "source": {"endpoint": "https://ehpad.example/fhir"},
        "response": {"identifier": "1", "code": "ok"},
    }

    reading = reading_of(a_bundle(header, a_request(), kind="message"))

    assert reading.is_empty
    assert reading.findings[0].code is FindingCode.MESSAGE_UNSUPPORTED


def test_a_substitution_that_is_coded_as_none_is_not_allowed() -> None:
    none = {"allowedCodeableConcept": {"coding": [{"code": "N"}]}}

    assert line_of(a_request(substitution=none)).substitution_allowed is False


def test_the_reason_and_the_notes_on_it_are_the_indication() -> None:
    base = "https://interop.esante.gouv.fr/ig/fhir/eprescription/StructureDefinition"
    scope = {"url": f"{base}/fr-medicationrequest-note-scope", "valueCode": "LIPRESCIND"}
    note = {"text": "douleur", "extension": [scope]}

    line = line_of(a_request(reasonCode=[{"text": "arthrose"}], note=[note]))

    assert line.indication == "arthrose; douleur"


def test_the_rendered_dosage_is_the_text_of_the_posology() -> None:
    url = (
        "http://hl7.org/fhir/5.0/StructureDefinition"
        "/extension-MedicationRequest.renderedDosageInstruction"
    )
    rendered = {"url": url, "valueMarkdown": "1 comprimé le matin"}

    line = line_of(a_request(extension=[rendered]))

    assert line.posology.text == "1 comprimé le matin"


def test_an_unknown_extension_that_modifies_blocks_wherever_it_stands() -> None:
    modifier = [{"url": "https://x.example/cycle", "valueString": "21/7"}]
    supply = {"modifierExtension": modifier}

    line = line_of(a_request(dispenseRequest=supply))

    assert codes(line.findings) == [FindingCode.MODIFIER_UNKNOWN]
    assert line.findings[0].location == "MedicationRequest.dispenseRequest.modifierExtension[0]"


def test_a_narrative_that_r4_would_refuse_blocks_nothing() -> None:
    assert line_of(a_request(text={"status": "generated"})).findings == ()


def test_a_page_of_a_search_says_that_there_are_more() -> None:
    bundle = a_bundle(a_patient(), a_request(), kind="searchset")
    bundle["link"] = [{"relation": "next", "url": "https://ehpad.example/fhir?page=2"}]

    assert [(f.code, f.location) for f in reading_of(bundle).findings] == [
        (FindingCode.ELEMENT_UNREAD, "Bundle.link[0]")
    ]


def test_an_author_whom_the_message_does_not_bring_is_said_to_be_unread() -> None:
    actor = {"reference": "Practitioner/x"}

    intake = intake_of(an_administration(performer=[{"actor": actor}]))

    assert codes(intake.findings) == [FindingCode.ELEMENT_UNREAD]
    assert intake.findings[0].location.endswith("performer[0].actor.reference")


def test_a_note_is_an_instruction_of_every_dosage_unless_another_text_repeats_it() -> None:
    base = "http://hl7.org/fhir/5.0/StructureDefinition"
    rendered = {
        "url": f"{base}/extension-MedicationRequest.renderedDosageInstruction",
        "valueMarkdown": "1 comprimé le soir",
    }
    notes = [
        {"text": "Prescription textuelle: EXEMPLE 10 mg : 1 comprimé le soir"},
        {"text": "EXEMPLE 10 mg : 1  comprimé le soir"},
        {"text": "Sauf le dimanche"},
    ]

    line = line_of(a_request(extension=[rendered], note=notes))

    assert line.text is None
    assert [phase.instructions for phase in line.posology.phases] == [("Sauf le dimanche",)]


def test_a_note_that_writes_the_line_is_its_text_where_nothing_is_rendered() -> None:
    words = "**Prescription textuelle:** 1 comprimé le soir"

    assert line_of(a_request(note=[{"text": words}])).text == words


def test_where_and_how_a_dose_is_taken_is_told_in_notes() -> None:
    dosage = {"site": {"text": "narine gauche"}, "method": {"text": "écraser"}}

    line = line_of(
        a_request(dosageInstruction=[dosage], substitution={"reason": {"text": "marge étroite"}})
    )

    assert [(note.scope, note.text) for note in line.notes] == [
        ("site", "narine gauche"),
        ("method", "écraser"),
        ("reason", "marge étroite"),
    ]


def test_an_urgency_and_an_unknown_extension_of_the_request_are_told() -> None:
    unknown = {"url": "https://example.org/ext", "valueString": "le lundi"}

    line = line_of(a_request(priority="stat", extension=[unknown]))

    assert [
        (finding.location.rpartition("MedicationRequest.")[2], finding.quoted)
        for finding in line.findings
        if finding.code is FindingCode.ELEMENT_UNREAD
    ] == [("priority", "stat"), ("extension[0].url", "https://example.org/ext")]
