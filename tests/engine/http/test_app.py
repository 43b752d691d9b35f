"""HTTP takes messages by the same door, and says no more than it knows."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
from messages import RANGE_DOSE, a_bundle, a_context, a_request
from web import served

from engine.http.app import make_app
from engine.http.messages import LARGEST
from engine.pipeline.context import Context
from engine.store import inbox
from engine.store.unit import Store
from engine.workers.bell import Bell

JSON = {"content-type": "application/fhir+json"}


@contextmanager
def _working(context: Context) -> Iterator[httpx.Client]:
    """A client, while workers read what comes."""
    bell = Bell(context)
    bell.start()
    try:
        with served(make_app(context, bell)) as client:
            yield client
    finally:
        bell.stop()


def _client(context: Context) -> AbstractContextManager[httpx.Client]:
    return served(make_app(context, Bell(context)))


def test_health_says_that_it_lives_and_what_waits(store: Store) -> None:
    with _client(a_context(store)) as client:
        assert client.get("/health/live").json() == {"status": "live"}
        assert client.get("/health/ready").json() == {"status": "ready", "waiting": 0}


def test_a_fhir_message_is_kept_and_named(store: Store) -> None:
    context = a_context(store)
    data = a_bundle(a_request("A"))

    with _client(context) as client:
        answer = client.post("/fhir", content=data, headers=JSON)
        again = client.post("/fhir", content=data, headers=JSON)

    with store.unit(context.tenant) as unit:
        kept = inbox.raw_of(unit, answer.headers["x-message-id"])
    assert (answer.status_code, again.status_code) == (202, 200)
    assert kept == data
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert again.headers["x-message-id"] == answer.headers["x-message-id"]
    assert again.content == answer.content


def test_a_sender_who_asks_is_told_every_doubt_at_its_place(store: Store) -> None:
    """A range of doses has no one quantity, and no start is stated; the places are FHIRPath."""
    context = a_context(store)
    data = a_bundle(a_request("A", RANGE_DOSE))
    asking = {**JSON, "prefer": "return=OperationOutcome"}

    with _working(context) as client:
        answer = client.post("/fhir", content=data, headers=asking)
        other = client.post("/fhir", content=a_bundle(a_request("B"), bundle="B2"), headers=JSON)

    issues = answer.json()["issue"]
    dosage = "Bundle.entry[1].resource.dosageInstruction[0]"
    assert (answer.status_code, other.status_code) == (200, 202)
    assert [(one["details"]["coding"][0]["code"], one["expression"]) for one in issues[1:]] == [
        ("start-from-writing", [dosage]),
        ("dose-range", [dosage]),
    ]
    assert len(other.json()["issue"]) == 1


def test_a_doubt_about_another_sender_is_told_to_nobody_but_the_pharmacist(store: Store) -> None:
    """The same product in two prescriptions blocks both on the desk, and no answer says so."""
    context = a_context(store)
    asking = {**JSON, "prefer": "return=OperationOutcome"}

    with _working(context) as client:
        client.post("/fhir", content=a_bundle(a_request("A")), headers=asking)
        twin = a_bundle(a_request("A"), group="G2", bundle="B2")
        told = client.post("/fhir", content=twin, headers=asking)

    assert len(told.json()["issue"]) == 1


def test_what_is_no_fhir_is_refused_and_kept(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    with _client(context) as client:
        answer = client.post("/fhir", content=b"hello", headers=JSON)

    with sqlite_store.unit(context.tenant) as unit:
        assert inbox.raw_of(unit, answer.headers["x-message-id"]) == b"hello"
    assert answer.status_code == 422


def test_xml_is_answered_in_xml_and_named_so(sqlite_store: Store) -> None:
    data = b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>'
    xml = {"content-type": "application/fhir+xml"}

    with _client(a_context(sqlite_store)) as client:
        answer = client.post("/fhir", content=data, headers=xml)

    assert answer.headers["content-type"].startswith("application/fhir+xml")
    assert answer.content.startswith(b"<")


def test_another_media_type_is_refused_with_those_that_are_taken(sqlite_store: Store) -> None:
    with _client(a_context(sqlite_store)) as client:
        answer = client.post("/fhir", content=b"{}", headers={"content-type": "text/plain"})

    assert answer.status_code == 415
    assert "application/fhir+json" in answer.headers["accept-post"]


def test_a_body_above_the_limit_is_refused_and_not_kept(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    with _client(context) as client:
        answer = client.post("/fhir", content=b" " * (LARGEST + 1), headers=JSON)

    with sqlite_store.unit(context.tenant) as unit:
        assert list(inbox.listed(unit)) == []
    assert answer.status_code == 413


def test_no_answer_quotes_the_patient(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    data = a_bundle(a_request("A", status="bogus"))

    with _client(context) as client:
        answer = client.post("/fhir", content=data, headers=JSON)

    assert "EXEMPLE" not in json.dumps(answer.json()) + str(answer.headers)
