"""Messages as senders would write them, small enough to read in a test."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stored import TENANT

from engine.pipeline.accounts import add_account
from engine.pipeline.context import Context
from engine.pipeline.receive import receive
from engine.settings import Pharmacy, Settings
from engine.store import queue
from engine.store.accounts import Account
from engine.store.queue import Item, Subject
from engine.store.unit import Store
from engine.workers.loop import drain
from schemas.decision import Role
from schemas.ids import UserName
from schemas.message import Message

IPP_AUTHORITY = "urn:oid:1.2.250.1.999.1"
BREAKFAST_DOSE = {
    "timing": {"repeat": {"when": ["MORN"], "boundsPeriod": {"start": "2026-03-02"}}},
    "doseAndRate": [
        {
            "doseQuantity": {
                "value": 1,
                "unit": "comprimé",
                "code": "15054000",
                "system": "http://standardterms.edqm.eu",
            }
        }
    ],
}
RANGE_DOSE = {
    "timing": {"repeat": {"when": ["MORN"]}},
    "doseAndRate": [
        {
            "doseRange": {
                "low": {"value": 1, "unit": "comprimé"},
                "high": {"value": 2, "unit": "comprimé"},
            }
        }
    ],
}


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The instant, a second later at each look, so that what follows is later."""
        self.now += timedelta(seconds=1)
        return self.now


def a_context(store: Store) -> Context:
    """An installation of one pharmacy with a pharmacist, another one, and a preparer."""
    context = Context(
        store, Settings(pharmacy=Pharmacy(finess=TENANT, name="Pharmacie Exemple")), Clock()
    )
    for name, role, rpps in (
        ("pharm", Role.PHARMACIST, "99700067210"),
        ("other", Role.OWNER, "10000023084"),
        ("prep", Role.PREPARER, None),
        ("nurse", Role.NURSE, None),
    ):
        account = Account(name=UserName(name), full_name=name.title(), role=role, rpps=rpps)
        add_account(context, account, by="test")
    return context


def a_bundle(
    *lines: dict[str, Any],
    group: str = "G1",
    bundle: str = "B1",
    ipp: str = "000123",
    **patient: object,
) -> bytes:
    """A FHIR Bundle of one patient and one MedicationRequest for each line."""
    entries = [{"resource": _patient(ipp, patient)}, *({"resource": line} for line in lines)]
    for line in lines:
        line["groupIdentifier"] = {"system": "urn:oid:1.2.250.1.999.2", "value": group}
    document = {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": "urn:oid:1.2.250.1.999.3", "value": bundle},
        "entry": entries,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _patient(ipp: str, changed: dict[str, object]) -> dict[str, object]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [
            {
                "type": {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PI"}
                    ]
                },
                "system": IPP_AUTHORITY,
                "value": ipp,
            }
        ],
        "name": [{"use": "official", "family": "EXEMPLE", "given": ["Odette"]}],
        "gender": "female",
        "birthDate": "1938-04-12",
        **changed,
    }


def a_request(name: str, dosage: dict[str, Any] | None = None, **changed: object) -> dict[str, Any]:
    """A MedicationRequest of one coded product; each `name` is another line and product."""
    number = sum(name.encode()) % 1000
    return {
        "resourceType": "MedicationRequest",
        "id": f"mr-{name}",
        "identifier": [{"system": "urn:oid:1.2.250.1.999.4", "value": name}],
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [
                {
                    "system": "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique",
                    "code": f"60{number:06d}",
                }
            ],
            "text": f"PRODUIT {name} 500 mg, comprimé",
        },
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-03-01T10:00:00+01:00",
        "requester": {
            "identifier": {"system": "https://rpps.esante.gouv.fr", "value": "99700067210"},
            "display": "Dr Exemple",
        },
        "dosageInstruction": [json.loads(json.dumps(dosage or BREAKFAST_DOSE))],
        **changed,
    }


def taken_in(context: Context, data: bytes, channel: str = "import") -> Message:
    """The message after it was received and worked on."""
    message = receive(context, data, channel).message
    drain(context)
    return current(context, message)


def current(context: Context, message: Message) -> Message:
    """The message as it stands now."""
    from engine.store import inbox

    with context.store.unit(context.tenant) as unit:
        found = inbox.message(unit, message.id)
    assert found is not None
    return found


def open_items(context: Context, subject: Subject = Subject.PRESCRIPTION) -> Sequence[Item]:
    """What waits in one list of the queue."""
    with context.store.unit(context.tenant) as unit:
        return queue.items(unit, subject)


def the_item(context: Context, subject: Subject = Subject.PRESCRIPTION) -> Item:
    """The only item that waits."""
    [item] = open_items(context, subject)
    return item


def written(folder: Path, name: str, data: bytes) -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path
