"""Each invariant of R4 that no model checks: kept and broken, by its name and its place."""

import json

import pytest
from fhir_messages import a_bundle, a_patient, a_request

from connectors.fhir.form.primitives import wrong_form
from connectors.fhir.lint import lint

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def rules(tree: object) -> list[tuple[str, str]]:
    """Each breach that has a name, with its place."""
    found = ((f.message.partition(":")[0], f.location) for f in lint(json.dumps(tree).encode()))
    return [(name, place) for name, place in found if "-" in name and " " not in name]


def a_narrative(div: str) -> dict[str, object]:
    return a_patient(text={"status": "generated", "div": div})


A_COMPOSITION = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "Ordonnance"},
    "date": "2026-03-02",
    "author": [{"display": "Dr Modèle"}],
    "title": "Ordonnance",
}
A_GROUP = {"resourceType": "RequestGroup", "status": "active", "intent": "order"}
AN_ADMINISTRATION = {
    "resourceType": "MedicationAdministration",
    "status": "completed",
    "medicationCodeableConcept": {"text": "x"},
    "subject": {"display": "x"},
    "effectiveDateTime": "2026-03-02",
}
A_DISPENSE = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "medicationCodeableConcept": {"text": "x"},
}
AN_OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "poids"},
}


@pytest.mark.parametrize(
    ("tree", "name", "place"),
    [
        (a_patient(contact=[{"gender": "male"}]), "pat-1", "Patient.contact[0]"),
        ({"resourceType": "Organization", "active": True}, "org-1", "Organization"),
        (
            {"resourceType": "Organization", "name": "x", "address": [{"use": "home"}]},
            "org-2",
            "Organization.address[0].use",
        ),
        (
            {
                "resourceType": "Organization",
                "name": "x",
                "telecom": [{"use": "home", "system": "phone"}],
            },
            "org-3",
            "Organization.telecom[0].use",
        ),
        (a_patient(telecom=[{"value": "1"}]), "cpt-2", "Patient.telecom[0].system"),
        ({**A_COMPOSITION, "section": [{"title": "x"}]}, "cmp-1", "Composition.section[0]"),
        (
            {
                **A_COMPOSITION,
                "section": [{"entry": [{"display": "x"}], "emptyReason": {"text": "x"}}],
            },
            "cmp-2",
            "Composition.section[0].emptyReason",
        ),
        (
            {**AN_ADMINISTRATION, "dosage": {"text": "x"}},
            "mad-1",
            "MedicationAdministration.dosage",
        ),
        (
            {**A_DISPENSE, "whenPrepared": "2026-03-03", "whenHandedOver": "2026-03-02"},
            "mdd-1",
            "MedicationDispense.whenHandedOver",
        ),
        ({**A_GROUP, "action": [{"title": "x"}]}, "rqg-1", "RequestGroup.action[0]"),
        (
            {**A_GROUP, "action": [{"resource": {"display": "x"}, "action": [{"title": "x"}]}]},
            "rqg-1",
            "RequestGroup.action[0].action[0]",
        ),
        (
            {**AN_OBSERVATION, "referenceRange": [{"type": {"text": "x"}}]},
            "obs-3",
            "Observation.referenceRange[0]",
        ),
        (
            {**AN_OBSERVATION, "valueString": "x", "dataAbsentReason": {"text": "x"}},
            "obs-6",
            "Observation.dataAbsentReason",
        ),
        (
            {**AN_OBSERVATION, "valueString": "x", "component": [{"code": {"text": "poids"}}]},
            "obs-7",
            "Observation.component[0]",
        ),
        (
            {"resourceType": "Parameters", "parameter": [{"name": "x"}]},
            "inv-1",
            "Parameters.parameter[0]",
        ),
        (a_request(reasonCode=[{}]), "ele-1", "MedicationRequest.reasonCode[0]"),
        (
            a_request(dispenseRequest={"quantity": {"value": 1, "comparator": "<"}}),
            "sqty-1",
            "MedicationRequest.dispenseRequest.quantity.comparator",
        ),
        (
            a_request(contained=[{"resourceType": "Patient", "id": "z"}]),
            "dom-3",
            "MedicationRequest.contained[0]",
        ),
        (
            a_request(
                contained=[{"resourceType": "Patient", "id": "z", "meta": {"versionId": "1"}}],
                subject={"reference": "#z"},
            ),
            "dom-4",
            "MedicationRequest.contained[0].meta.versionId",
        ),
        (
            a_request(
                contained=[
                    {"resourceType": "Patient", "id": "z", "meta": {"security": [{"code": "R"}]}}
                ],
                subject={"reference": "#z"},
            ),
            "dom-5",
            "MedicationRequest.contained[0].meta.security",
        ),
        (a_narrative("<div>x</div>"), "txt-1", "Patient.text.div"),
        (a_narrative("words"), "txt-1", "Patient.text.div"),
        (a_narrative(f"<div {XHTML}><script>x</script></div>"), "txt-1", "Patient.text.div"),
        (a_narrative(f'<div {XHTML} onclick="x">x</div>'), "txt-1", "Patient.text.div"),
        (a_narrative(f"<div {XHTML}> </div>"), "txt-2", "Patient.text.div"),
        (a_bundle(a_patient(), total=1), "bdl-1", "Bundle.total"),
        (
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": a_patient(), "search": {"mode": "match"}}],
            },
            "bdl-2",
            "Bundle.entry[0].search",
        ),
        (
            {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:x:y"}]},
            "bdl-5",
            "Bundle.entry[0]",
        ),
    ],
)
def test_a_rule_that_is_broken_is_named_at_its_place(tree, name, place) -> None:
    assert (name, place) in rules(tree)


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"fullUrl": "Patient/p", "resource": a_patient()}, "Bundle.entry[0].fullUrl"),
        (
            {"fullUrl": "https://a.example/Patient/q", "resource": a_patient()},
            "Bundle.entry[0].fullUrl",
        ),
        ({"search": {"mode": "outcome"}, "resource": a_patient()}, "Bundle.entry[0].search.mode"),
    ],
)
def test_an_entry_has_an_address_and_a_mode_that_fit_its_resource(entry, place) -> None:
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [entry]}

    assert place in [finding.location for finding in lint(json.dumps(bundle).encode())]


@pytest.mark.parametrize(
    ("start", "end", "broken"),
    [
        ("2026-03-02T20:00:00Z", "2026-03-02T10:00:00Z", True),
        ("2026-03-02T23:30:00+00:00", "2026-03-03T00:00:00+01:00", True),
        ("2026-03-02T00:30:00+01:00", "2026-03-01T23:45:00+00:00", False),
        ("2026-03-02T20:00:00Z", "2026-03-02", False),
        ("2026-03", "2026-03-01", False),
    ],
)
def test_a_period_is_compared_by_what_both_ends_state(start, end, broken) -> None:
    period = {"start": start, "end": end}

    found = rules(a_request(dispenseRequest={"validityPeriod": period}))

    assert bool(found) is broken


@pytest.mark.parametrize(
    "tree",
    [
        {
            **a_patient(),
            "extension": [
                {
                    "url": "http://x",
                    "_valueBoolean": {"extension": [{"url": "http://y", "valueCode": "x"}]},
                }
            ],
        },
        {
            "resourceType": "CodeSystem",
            "status": "active",
            "content": "complete",
            "filter": [{"code": "x", "operator": ["="], "value": "y"}],
        },
        a_patient(contact=[{"name": {"text": "x"}}], telecom=[{"system": "phone", "value": "1"}]),
        {"resourceType": "Organization", "name": "x", "address": [{"use": "work"}]},
        {**A_COMPOSITION, "section": [{"title": "x", "entry": [{"display": "x"}]}]},
        {**AN_ADMINISTRATION, "dosage": {"dose": {"value": 1}}},
        {**A_DISPENSE, "whenPrepared": "2026-03", "whenHandedOver": "2026-03-02"},
        {**A_GROUP, "action": [{"action": [{"resource": {"display": "x"}}]}]},
        {**AN_OBSERVATION, "valueString": "x", "component": [{"code": {"text": "taille"}}]},
        {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "x"}]},
        a_request(contained=[{"resourceType": "Patient", "id": "z"}], subject={"reference": "#z"}),
        a_narrative(f"<div {XHTML}><p>un <b>deux</b></p></div>"),
        a_narrative(f'<div {XHTML}><img src="x.png" alt="x"/></div>'),
        a_bundle(a_patient(), total=1, kind="searchset"),
    ],
)
def test_what_keeps_the_rules_breaks_none(tree) -> None:
    assert rules(tree) == []


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("id", ["a", "A-1.b", "x" * 64], ["a_b", "x" * 65, "é", "a b"]),
        ("code", ["a", "a b"], [" a", "a ", "a  b", "a\tb"]),
        ("uri", ["urn:oid:1.2", "http://x", "x"], ["a b", "a\nb"]),
        ("oid", ["urn:oid:1.2.250", "urn:oid:2.16.840.1"], ["1.2.250", "urn:oid:3.1", "urn:oid:1"]),
        (
            "uuid",
            ["urn:uuid:0b6a4c1e-6f0e-4b5f-9f6c-2f6d2f0d9f11"],
            ["0b6a4c1e-6f0e-4b5f-9f6c-2f6d2f0d9f11", "urn:uuid:1"],
        ),
        (
            "date",
            ["2026", "2026-03", "2026-03-02"],
            ["0000", "2026-13", "2026-03-32", "02/03/2026"],
        ),
        (
            "dateTime",
            ["2026", "2026-03-02", "2026-03-02T08:00:00Z", "2026-03-02T08:00:00.5+14:00"],
            ["2026-03-02T08:00:00", "2026-03-02T08:00Z", "2026-03-02T24:00:00Z", "2026-03-02T08"],
        ),
        (
            "instant",
            ["2026-03-02T08:00:00+01:00"],
            ["2026-03-02T08:00:00+15:00", "2026-03-02", "2026-03-02T08:00:00"],
        ),
        (
            "time",
            ["08:00:00", "23:59:60", "08:00:00.25"],
            ["8:00", "08:00", "24:00:00", "08:00:00Z"],
        ),
        ("base64Binary", ["QUJD", "QUJD REVG"], ["QUJ", "é==="]),
        ("string", ["x"], ["x" * (1024 * 1024 + 1)]),
    ],
)
def test_a_text_is_written_as_its_type_asks(kind, right, wrong) -> None:
    assert [wrong_form(text, kind) for text in right] == [None] * len(right)
    assert all(wrong_form(text, kind) for text in wrong)


def test_a_whole_number_has_32_bits_and_a_decimal_any() -> None:
    assert wrong_form(2**31, "unsignedInt") is not None
    assert wrong_form(2**31 - 1, "unsignedInt") is None
    assert wrong_form(2**31, "decimal") is None


def test_a_date_that_no_calendar_has_is_found_by_the_model() -> None:
    found = lint(json.dumps(a_request(authoredOn="2026-02-30")).encode())

    assert [finding.location for finding in found] == ["MedicationRequest.authoredOn"]


def test_xml_of_a_type_that_we_do_not_hold_is_judged_by_nothing_that_xml_does_not_say() -> None:
    data = b"""<Condition xmlns="http://hl7.org/fhir"><category><coding><code value="x"/></coding>
        </category><subject><display value="x"/></subject></Condition>"""

    assert lint(data) == ()
