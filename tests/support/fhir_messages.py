"""FHIR messages that R4 allows, to change in the one place that a test is about."""

import json
from collections.abc import Iterable
from typing import Any

from builders import REFERENCE

from connectors.fhir.read import read
from schemas.connector import Reading
from schemas.finding import Finding
from schemas.prescription import Line

DOSAGE = {
    "timing": {"repeat": {"when": ["MORN"]}},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
}


def a_request(**changes: Any) -> dict[str, Any]:
    """An order in force; a change to `None` leaves the element out."""
    whole = {
        "resourceType": "MedicationRequest",
        "id": "l1",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "SPECIMEN 5 mg"},
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-03-02T08:00:00+01:00",
        "requester": {"display": "Dr Modèle"},
        "dosageInstruction": [DOSAGE],
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def a_patient(**changes: Any) -> dict[str, Any]:
    """The patient of `a_request`."""
    return {
        "resourceType": "Patient",
        "id": "p",
        "identifier": [{"system": "https://ehpad.example/ipp", "value": "1"}],
        **changes,
    }


def a_product(**changes: Any) -> dict[str, Any]:
    """A Medication named `Medication/m`."""
    return {"resourceType": "Medication", "id": "m", "code": {"text": "SPECIMEN"}, **changes}


def of_product(**reference: Any) -> dict[str, Any]:
    """An order whose product is referred to."""
    return a_request(medicationCodeableConcept=None, medicationReference=reference)


def a_bundle(*resources: dict[str, Any], kind: str = "collection", **more: Any) -> dict[str, Any]:
    """A Bundle of these resources, without addresses."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries, **more}


def a_transaction(*requests: tuple[str, str, dict[str, Any] | None]) -> dict[str, Any]:
    """A transaction of methods, addresses and resources."""
    entries = [
        {"request": {"method": method, "url": url}, **({"resource": one} if one else {})}
        for method, url, one in requests
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def reading_of(tree: object) -> Reading:
    """What is read of a message at the reference site."""
    return read(json.dumps(tree).encode(), REFERENCE)


def line_of(tree: object) -> Line:
    """The one line of a message."""
    [prescription] = reading_of(tree).prescriptions
    [line] = prescription.lines
    return line


def lines_of(tree: object) -> list[Line]:
    """Every line of a message, in its order."""
    return [line for each in reading_of(tree).prescriptions for line in each.lines]


def said(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Codes and places."""
    return [(finding.code.value, finding.location) for finding in findings]
