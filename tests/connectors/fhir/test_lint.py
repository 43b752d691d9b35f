"""Strict conformance: each breach of R4 is found at its place, by the name of its rule."""

import json

import pytest

from connectors.fhir.acknowledge import acknowledge
from connectors.fhir.form.shapes import shapes_of
from connectors.fhir.form.tree import load
from connectors.fhir.lint import lint
from schemas.connector import Answer
from schemas.finding import Finding, FindingCode

REQUEST = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "SPECIMEN"},
    "subject": {"reference": "Patient/p"},
}


def breaches(tree: object) -> list[tuple[str, str]]:
    return [(str(f.code), f.location) for f in lint(json.dumps(tree).encode())]


def with_repeat(**repeat: object) -> dict[str, object]:
    return {**REQUEST, "dosageInstruction": [{"timing": {"repeat": repeat}}]}


UCUM = "http://unitsofmeasure.org"
REPEAT = "MedicationRequest.dosageInstruction[0].timing.repeat"


def test_a_request_that_r4_allows_has_no_breach() -> None:
    assert breaches(REQUEST) == []


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"status": "actif"}, ("code-invalid", "MedicationRequest.status")),
        ({"priority": "high"}, ("code-invalid", "MedicationRequest.priority")),
        ({"informationSource": []}, ("element-foreign", "MedicationRequest.informationSource")),
        ({"doNotPerform": "no"}, ("value-invalid", "MedicationRequest.doNotPerform")),
        ({"note": {"text": "x"}}, ("value-invalid", "MedicationRequest.note")),
        (
            {"identifier": [{"use": "main", "value": "1"}]},
            ("code-invalid", "MedicationRequest.identifier[0].use"),
        ),
        (
            {"extension": [{"valueString": "x"}]},
            ("element-missing", "MedicationRequest.extension[0].url"),
        ),
        (
            {"extension": [{"url": "https://x.example"}]},
            ("structure-invalid", "MedicationRequest.extension[0]"),
        ),
        (
            {"dispenseRequest": {"quantity": {"value": 1, "code": "mg"}}},
            ("structure-invalid", "MedicationRequest.dispenseRequest.quantity.system"),
        ),
        (
            {"subject": {"reference": "#nobody"}},
            ("structure-invalid", "MedicationRequest.subject.reference"),
        ),
        (
            {"subject": {"reference": "https://x.example/fhir/Practitioner/p"}},
            ("structure-invalid", "MedicationRequest.subject"),
        ),
        (
            {"medicationReference": {"reference": "Medication/m"}},
            ("value-invalid", "MedicationRequest.medicationReference"),
        ),
    ],
)
def test_what_r4_does_not_allow_is_found(change, breach) -> None:
    assert breach in breaches({**REQUEST, **change})


@pytest.mark.parametrize("name", ["status", "intent", "subject"])
def test_what_r4_requires_is_missed(name) -> None:
    without = {key: value for key, value in REQUEST.items() if key != name}

    assert breaches(without) == [("element-missing", f"MedicationRequest.{name}")]


@pytest.mark.parametrize(
    ("repeat", "place"),
    [
        ({"duration": 1}, "duration"),  # tim-1
        ({"period": 1}, "period"),  # tim-2
        ({"period": -1, "periodUnit": "d"}, "period"),  # tim-5
        ({"periodMax": 2, "periodUnit": "d"}, "periodMax"),  # tim-6
        ({"countMax": 2}, "countMax"),  # tim-8
        ({"offset": 30, "when": ["CM"]}, "offset"),  # tim-9
        ({"timeOfDay": ["08:00:00"], "when": ["MORN"]}, "timeOfDay"),  # tim-10
    ],
)
def test_the_invariants_of_timing_are_checked(repeat, place) -> None:
    assert breaches(with_repeat(**repeat)) == [("timing-invalid", f"{REPEAT}.{place}")]


@pytest.mark.parametrize(
    ("repeat", "place"),
    [
        ({"boundsDuration": {"value": 7, "unit": "jours"}}, "boundsDuration.code"),  # drt-1
        (
            {
                "boundsRange": {
                    "low": {"value": 7, "system": UCUM, "code": "d"},
                    "high": {"value": 5, "system": UCUM, "code": "d"},
                }
            },
            "boundsRange.low",
        ),  # rng-2
        ({"boundsPeriod": {"start": "2026-03-09", "end": "2026-03-02"}}, "boundsPeriod.start"),
        (
            {"extension": [{"url": "http://x.example", "valueRatio": {"numerator": {"value": 1}}}]},
            "extension[0].valueRatio",
        ),  # rat-1
    ],
)
def test_the_invariants_of_lengths_ranges_ratios_and_periods_are_checked(repeat, place) -> None:
    assert breaches(with_repeat(**repeat)) == [("structure-invalid", f"{REPEAT}.{place}")]


@pytest.mark.parametrize(
    "repeat",
    [
        {"boundsDuration": {"value": 7, "system": UCUM, "code": "d"}},
        {"boundsPeriod": {"start": "2026-03-02", "end": "2026-03-02"}},
        {"boundsPeriod": {"start": "2026-03-02", "end": "2026-03"}},
        {"boundsRange": {"low": {"value": 7, "system": UCUM, "code": "d"}}},
    ],
)
def test_bounds_that_keep_their_invariants_are_no_breach(repeat) -> None:
    assert breaches(with_repeat(**repeat)) == []


def test_a_moment_outside_the_required_list_is_found() -> None:
    assert breaches(with_repeat(when=["IMD"])) == [("code-invalid", f"{REPEAT}.when[0]")]


@pytest.mark.parametrize(
    ("bundle", "place"),
    [
        (
            {
                "type": "document",
                "identifier": {"system": "s:x", "value": "1"},
                "timestamp": "2026-03-02T08:00:00Z",
            },
            "Bundle.entry[0]",
        ),  # bdl-11
        ({"type": "message"}, "Bundle.entry[0]"),  # bdl-12
        ({"type": "transaction"}, "Bundle.entry[0].request"),  # bdl-3
    ],
)
def test_the_invariants_of_bundles_are_checked(bundle, place) -> None:
    tree = {"resourceType": "Bundle", **bundle, "entry": [{"resource": REQUEST}]}

    assert breaches(tree) == [("structure-invalid", place)]


def test_broken_bytes_are_one_breach() -> None:
    assert [f.code for f in lint(b"{")] == [FindingCode.MESSAGE_TRUNCATED]


def test_the_table_of_elements_agrees_with_the_published_snapshots(external_samples) -> None:
    """Cardinalities of R4 as the snapshots of French profiles repeat them in `base`."""
    compared, disagree = 0, []
    for path in external_samples.glob("french/fhir/*/StructureDefinition*.json"):
        snapshot = json.loads(path.read_bytes()).get("snapshot", {}).get("element", [])
        for element in snapshot:
            base = element.get("base", {"path": ""})
            owner, _, name = base["path"].rpartition(".")
            elements = shapes_of("".join(p[:1].upper() + p[1:] for p in owner.split(".")))
            if ":" in element["id"] or elements is None:
                continue
            stem = name.removesuffix("[x]")
            found = [s for s in elements.values() if stem in (s.name, s.choice)]
            compared += 1
            if not found or (found[0].many, found[0].required) != (
                base["max"] == "*",
                base["min"] >= 1,
            ):
                disagree.append(base["path"])

    assert disagree == []
    assert compared > 1000


@pytest.mark.parametrize("data", [b'{"resourceType": "Bundle"}', b"<Bundle/>"])
def test_an_answer_names_places_and_quotes_nothing(data, envelope) -> None:
    doubt = Finding(
        code=FindingCode.VALUE_INVALID,
        location="MedicationRequest.authoredOn",
        message="must be a whole date",
        quoted="Mme EXEMPLE",
    )

    written = acknowledge(data, Answer(accepted=False, findings=(doubt,)), envelope)

    outcome = load(written)
    assert written.startswith(data[:1])
    assert outcome["resourceType"] == "OperationOutcome"
    assert [issue["severity"] for issue in outcome["issue"]] == ["error", "error"]
    assert outcome["issue"][1]["expression"] == ["MedicationRequest.authoredOn"]
    assert b"EXEMPLE" not in written
    assert lint(written) == ()


def test_an_accepted_message_is_answered_without_promise(envelope) -> None:
    outcome = json.loads(acknowledge(b"{", Answer(accepted=True), envelope))

    assert outcome["issue"][0]["severity"] == "information"
    assert "pharmacist decides" in outcome["issue"][0]["diagnostics"]
