"""A MedicationDispense is a fact about an order, and a MedicationStatement is none."""

from datetime import datetime
from decimal import Decimal

import pytest
from fhir_messages import a_bundle, a_patient, a_product, a_request, reading_of, said

from schemas.dispense import Dispense, DispenseStatus

AT = "MedicationDispense"


def a_dispense(**changes: object) -> dict[str, object]:
    whole = {
        "resourceType": "MedicationDispense",
        "id": "d1",
        "identifier": [{"system": "https://pharmacie.example/d", "value": "D1"}],
        "status": "completed",
        "medicationCodeableConcept": {"text": "SPECIMEN 5 mg"},
        "subject": {"identifier": {"system": "https://ehpad.example/ipp", "value": "1"}},
        "quantity": {"value": 28, "unit": "comprimé"},
        "whenHandedOver": "2026-03-02T10:00:00+01:00",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def dispense_of(tree: object) -> Dispense:
    [dispense] = reading_of(tree).dispenses
    return dispense


def test_a_dispense_alone_is_a_fact_without_doubt() -> None:
    read = dispense_of(a_dispense())

    assert read.findings == ()
    assert [one.value for one in read.identifiers] == ["D1", "MedicationDispense/d1"]
    assert read.product.text == "SPECIMEN 5 mg"
    assert read.quantity.value == Decimal(28)
    assert read.dispensed_at == datetime.fromisoformat("2026-03-02T10:00:00+01:00")
    assert reading_of(a_dispense()).findings == ()


@pytest.mark.parametrize(
    ("status", "means"),
    [
        ("preparation", DispenseStatus.PREPARED),
        ("in-progress", DispenseStatus.PREPARED),
        ("completed", DispenseStatus.DISPENSED),
        ("stopped", DispenseStatus.PARTIAL),
        ("declined", DispenseStatus.NOT_DISPENSED),
        ("cancelled", DispenseStatus.CANCELLED),
        ("on-hold", DispenseStatus.HELD),
        ("entered-in-error", DispenseStatus.ENTERED_IN_ERROR),
        ("unknown", DispenseStatus.UNKNOWN),
    ],
)
def test_every_status_of_a_dispense_has_its_own_meaning(status, means) -> None:
    assert dispense_of(a_dispense(status=status)).status is means


@pytest.mark.parametrize(
    ("fill", "means"),
    [("FFP", DispenseStatus.PARTIAL), ("RFP", DispenseStatus.PARTIAL), ("FFC", "dispensed")],
)
def test_a_part_of_a_fill_is_dispensed_in_part(fill, means) -> None:
    kind = {"coding": [{"code": fill, "display": "remplissage"}]}

    read = dispense_of(a_dispense(type=kind))

    assert read.status == means
    assert read.note == "remplissage"


def test_a_dispense_names_its_order_as_the_order_names_itself() -> None:
    order = a_request(identifier=[{"system": "https://ehpad.example/l", "value": "L1"}])
    given = a_dispense(authorizingPrescription=[{"reference": "MedicationRequest/l1"}])

    reading = reading_of(a_bundle(a_patient(), order, given))

    assert [one.value for one in reading.dispenses[0].line] == ["L1", "MedicationRequest/l1"]
    assert len(reading.prescriptions) == 1
    assert reading.findings == ()


def test_a_dispense_for_two_orders_says_that_nobody_knows_which_part_is_for_which() -> None:
    orders = [{"reference": f"MedicationRequest/{name}"} for name in "ab"]

    found = said(dispense_of(a_dispense(authorizingPrescription=orders)).findings)

    assert found == [("element-unread", f"{AT}.authorizingPrescription")]


@pytest.mark.parametrize(
    ("stated", "days", "found"),
    [
        ({"value": 28, "unit": "jours", "code": "d"}, Decimal(28), []),
        ({"value": 4, "unit": "wk", "code": "wk"}, None, [("element-unread", f"{AT}.daysSupply")]),
        ({"value": 28}, None, [("element-unread", f"{AT}.daysSupply")]),
    ],
)
def test_days_of_supply_are_days_or_none(stated, days, found) -> None:
    read = dispense_of(a_dispense(daysSupply=stated))

    assert read.days_of_supply == days
    assert said(read.findings) == found


def test_the_batch_of_the_product_is_that_of_the_dispense() -> None:
    batch = {"lotNumber": "A1", "expirationDate": "2027-06-30"}
    given = a_dispense(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}
    )

    read = dispense_of(a_bundle(a_product(batch=batch), given))

    assert [(lot.number, str(lot.expires_on)) for lot in read.lots] == [("A1", "2027-06-30")]
    assert read.findings == ()


def test_who_dispensed_and_where_are_the_performers() -> None:
    clinician = {"resourceType": "Practitioner", "id": "x", "name": [{"family": "ESSAI"}]}
    shop = {"resourceType": "Organization", "id": "o", "name": "Pharmacie des Tilleuls"}
    performers = [
        {"actor": {"reference": "Organization/o"}},
        {"actor": {"reference": "Practitioner/x"}},
    ]

    read = dispense_of(a_bundle(clinician, shop, a_dispense(performer=performers)))

    assert read.dispensed_by.family_name == "ESSAI"
    assert read.dispenser.name == "Pharmacie des Tilleuls"


def test_a_substitution_keeps_whether_it_was_done_and_why() -> None:
    stated = {
        "wasSubstituted": True,
        "type": {"coding": [{"code": "G", "display": "générique"}]},
        "reason": [{"text": "rupture"}],
    }

    read = dispense_of(a_dispense(substitution=stated)).substitution

    assert (read.done, read.kind.code, read.location) == (True, "G", f"{AT}.substitution")


def test_how_it_is_to_be_taken_is_kept_in_words() -> None:
    dosage = {"text": "1 comprimé le matin", "timing": {"repeat": {"when": ["MORN"]}}}

    read = dispense_of(a_dispense(dosageInstruction=[dosage]))

    assert read.text == "1 comprimé le matin"
    assert read.findings == ()


@pytest.mark.parametrize("status", ["active", "completed", "not-taken"])
def test_a_statement_is_neither_an_order_nor_an_intake(status) -> None:
    statement = {
        "resourceType": "MedicationStatement",
        "status": status,
        "medicationCodeableConcept": {"text": "SPECIMEN 5 mg"},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-03-02T08:00:00+01:00",
    }

    alone, beside = reading_of(statement), reading_of(a_bundle(a_patient(), a_request(), statement))

    assert alone.is_empty
    assert [f.code for f in alone.findings] == ["message-unsupported"]
    assert beside.intakes == ()
    assert said(beside.findings) == [("element-unread", "Bundle.entry[2].resource")]
