"""HL7 v2 and CDA in FHIR, element by element, by hand from the samples.

Source of the pairs: HL7/v2-to-fhir, maps of RXE, RXO, TQ1, RXR, RXA and ORC, where they do not
contradict the text of HL7 v2: RXE-3 alone is an exact dose and no minimum, TQ1-4 is a time of day
and no event, TQ1-12 is the order of the steps.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import REFERENCE

from connectors import registry
from schemas.conversion import Conversion

SAMPLES = Path(__file__).parents[4] / "samples"
Json = dict[str, Any]


def converted(sample: str) -> Conversion:
    connector = registry.connector(sample.partition("/")[0])
    reading = connector.read((SAMPLES / sample).read_bytes(), REFERENCE)
    return registry.connector("fhir").converter("json").convert(reading, REFERENCE, "s")


def resources(sample: str, kind: str) -> list[Json]:
    """The resources of one type that a sample becomes."""
    bundle = json.loads(converted(sample).content, parse_float=Decimal)
    listed = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in listed if resource["resourceType"] == kind]


def only(sample: str, kind: str) -> Json:
    [resource] = resources(sample, kind)
    return resource


def dosage_of(sample: str) -> Json:
    [dosage] = only(sample, "MedicationRequest")["dosageInstruction"]
    return dosage


def test_the_encoded_order_of_hl7_v2_is_an_exact_dose_at_times_of_day_in_a_period() -> None:
    dosage = dosage_of("hl7v2/nominal_tq1.hl7")

    assert dosage["timing"]["repeat"] == {
        "boundsPeriod": {"start": "2026-01-05", "end": "2026-01-18"},
        "frequency": 3,
        "period": 1,
        "periodUnit": "d",
        "timeOfDay": ["08:00:00", "12:00:00", "19:00:00"],
    }
    [dose] = dosage["doseAndRate"]
    assert (dose["doseQuantity"]["value"], dose["doseQuantity"]["unit"]) == (1, "comprimé")
    assert "doseRange" not in dose


def test_the_route_of_hl7_v2_keeps_its_table() -> None:
    assert dosage_of("hl7v2/nominal_tq1.hl7")["route"] == {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/v2-0162",
                "code": "PO",
                "display": "orale",
            }
        ]
    }


def test_the_numbers_the_group_and_the_supply_of_an_hl7_v2_order_are_carried() -> None:
    request = only("hl7v2/nominal_tq1.hl7", "MedicationRequest")

    assert request["identifier"] == [
        {"value": "L1", "assigner": {"display": "DPI"}},
        {"value": "L1-RX"},
    ]
    assert request["groupIdentifier"] == {"value": "ORD-77", "assigner": {"display": "DPI"}}
    assert request["authoredOn"] == "2026-01-05T08:55:00+01:00"
    assert request["dispenseRequest"]["quantity"]["value"] == 42
    assert request["dispenseRequest"]["numberOfRepeatsAllowed"] == 0


def test_prn_of_hl7_v2_is_as_needed_for_its_condition_and_never_a_schedule() -> None:
    dosage = dosage_of("hl7v2/as_needed.hl7")

    assert dosage["asNeededCodeableConcept"] == {"text": "si douleur"}
    assert dosage["timing"]["repeat"]["boundsPeriod"] == {
        "start": "2026-01-05",
        "end": "2026-01-09",
    }


def test_parallel_timings_of_hl7_v2_share_one_sequence() -> None:
    request = only("hl7v2/nominal_parallel.hl7", "MedicationRequest")

    sequences = [dosage.get("sequence") for dosage in request["dosageInstruction"]]
    days = [d["timing"]["repeat"]["dayOfWeek"] for d in request["dosageInstruction"]]
    assert sequences[0] == sequences[1]
    assert days == [["mon", "wed", "fri"], ["tue", "sat"]]


def test_of_a_length_and_an_end_of_hl7_v2_the_earliest_ends_the_order() -> None:
    first, *_, last = resources("hl7v2/fact_09_earliest_stop.hl7", "MedicationRequest")

    ends = [r["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"] for r in (first, last)]
    assert ends == [{"start": "2026-01-05", "end": "2026-01-07"}] * 2


@pytest.mark.parametrize(
    ("sample", "status"),
    [("hl7v2/nominal_tq1.hl7", "active"), ("hl7v2/discontinue.hl7", "stopped")],
)
def test_the_order_control_of_hl7_v2_is_the_state_of_the_request(sample: str, status: str) -> None:
    assert only(sample, "MedicationRequest")["status"] == status


def test_the_day_a_discontinuation_takes_effect_is_kept() -> None:
    request = only("hl7v2/discontinue.hl7", "MedicationRequest")

    changed = {e["url"].rpartition(".")[2]: e for e in request["extension"]}
    assert changed["statusChanged"]["valueDateTime"] == "2026-01-10"
    assert "Fin de traitement" in [note["text"] for note in request["note"]]


def test_the_completion_status_of_an_administration_is_its_status() -> None:
    given, refused, doubtful = resources("hl7v2/intakes.hl7", "MedicationAdministration")

    assert [given["status"], refused["status"], doubtful["status"]] == [
        "completed",
        "not-done",
        "completed",
    ]
    assert given["effectiveDateTime"] == "2026-01-05T08:05:00+01:00"
    assert given["dosage"]["dose"]["value"] == 1
    assert [c["code"] for r in refused["statusReason"] for c in r["coding"]] == ["refused", "01"]


def test_a_merge_leaves_the_record_that_disappears_inactive_and_replaced() -> None:
    gone, kept = resources("hl7v2/movement_merge.hl7", "Patient")

    assert gone["active"] is False
    assert [i["value"] for i in gone["identifier"]] == ["000999"]
    assert [link["type"] for link in kept["link"]] == ["replaces"]


def test_an_admission_is_a_stay_in_progress_in_its_bed() -> None:
    encounter = only("hl7v2/movement_admission.hl7", "Encounter")
    places = resources("hl7v2/movement_admission.hl7", "Location")

    assert encounter["status"] == "in-progress"
    assert encounter["period"] == {"start": "2026-01-05T08:00:00+01:00"}
    assert [p["physicalType"]["coding"][0]["code"] for p in places] == ["wa", "ro", "bd"]


def test_a_cda_prescription_keeps_its_moments_its_product_and_its_strength() -> None:
    first, second = resources("cda/nominal_meals.xml", "MedicationRequest")
    metformin, _ = resources("cda/nominal_meals.xml", "Medication")

    assert first["dosageInstruction"][0]["timing"]["repeat"]["when"] == ["ACM"]
    assert second["dosageInstruction"][0]["timing"]["repeat"]["when"] == ["CM", "CV"]
    systems = {c["system"].rpartition("/")[2]: c["code"] for c in metformin["code"]["coding"]}
    assert systems == {"SpecialitePharmaceutique": "62210345", "Presentation": "3400949497294"}
    [ingredient] = metformin["ingredient"]
    assert ingredient["strength"]["numerator"]["value"] == 500


def test_the_numbers_and_the_version_of_a_cda_document_stand_on_its_group() -> None:
    group = only("cda/nominal_meals.xml", "RequestGroup")

    assert "01S2EXEMPLE0000002" in [each["value"] for each in group["identifier"]]
    assert group["meta"]["versionId"] == "2"


def test_a_document_without_a_line_keeps_its_date_and_its_numbers() -> None:
    group = only("cda/last_intake.xml", "RequestGroup")

    assert group["status"] == "unknown"
    assert group["authoredOn"] == "2026-03-02T10:15:00+01:00"


def test_a_cda_cycle_is_told_in_words_and_gives_no_daily_rhythm() -> None:
    dosage = dosage_of("cda/nominal_cycle.xml")

    assert "frequency" not in dosage["timing"]["repeat"]
    assert "when" not in dosage["timing"]["repeat"]
    words = [each["text"] for each in dosage["additionalInstruction"]]
    assert "Cycle : 21 jours avec, 7 jours sans" in words


@pytest.mark.parametrize(
    ("sample", "statuses"),
    [
        # "si douleur" beside fixed times, in TQ1-10 of the second order.
        ("hl7v2/fact_10_as_needed_and_conditions.hl7", ["active", "unknown"]),
        # The second order asks for twice a day, and is encoded as once a day.
        ("hl7v2/fact_04_encoded_timing_holds.hl7", ["active", "unknown"]),
        # A modifierExtension of the request, of its dosage, and rules of the sender's own.
        ("fhir/refused_modifier_extension.json", ["unknown", "unknown", "unknown"]),
    ],
)
def test_a_request_that_hides_what_blocks_its_line_is_of_no_known_status(
    sample: str, statuses: list[str]
) -> None:
    assert [each["status"] for each in resources(sample, "MedicationRequest")] == statuses


def test_the_order_that_is_not_told_as_in_force_is_a_loss() -> None:
    losses = converted("hl7v2/fact_10_as_needed_and_conditions.hl7").report.losses

    assert ("action", "start") in {(loss.field, loss.value) for loss in losses}
