"""Nothing leaves that a pharmacist did not validate, nor without consent and grant."""

import json
from datetime import date
from pathlib import Path

import pytest
from messages import a_bundle, a_context, a_request, taken_in, the_item

from engine.pipeline.access import grant, revoke, withdraw
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.deliver import deliver_to_folder
from engine.pipeline.export import Order, export
from engine.pipeline.snapshot import Wanted
from engine.settings import Settings
from engine.store import audit, outbox
from engine.store.unit import Store
from engine.terminal.answers import verdicts
from engine.validation.decide import Request
from schemas.decision import DecisionKind
from schemas.delivery import DeliveryState
from schemas.errors import Forbidden, Refused, Unavailable
from schemas.events import AuditEvent
from schemas.export import ExportKind


def a_validated_prescription(context: Context) -> str:
    taken_in(context, a_bundle(a_request("A"), a_request("B")))
    item = the_item(context)
    request = Request(
        kind=DecisionKind.VALIDATE, expected_sha256=item.content_sha256, lines=verdicts(2, ["2"])
    )
    decide_on(context, "pharm", item.id, request)
    return item.subject_id


def granted(context: Context) -> None:
    grant(context, "pharm", "000123", "ehpad", signed_on=date(2026, 2, 1), document="binder 3")


def an_order(subject: str, kind: ExportKind = ExportKind.SCHEDULE, format_name: str = "fhir"):
    return Order(Wanted(kind, subject, date(2026, 3, 2), 7), format_name, "ehpad")


def test_a_validated_schedule_leaves_for_a_receiver_with_consent(
    store: Store, tmp_path: Path
) -> None:
    context = a_context(store)
    subject = a_validated_prescription(context)
    granted(context)

    delivery = export(context, "pharm", an_order(subject))
    path = deliver_to_folder(context, delivery, tmp_path / "out")

    document = json.loads(path.read_text(encoding="utf-8"))
    requests = [
        entry["resource"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "MedicationRequest"
    ]
    with store.unit(context.tenant) as unit:
        found = outbox.delivery(unit, delivery)
        [entry] = audit.entries_about(unit, (delivery,))
    assert found is not None
    assert found[0].state is DeliveryState.DELIVERED
    assert found[2] == path.read_bytes()
    assert (entry.event, entry.actor) == (AuditEvent.EXPORT_WRITTEN, "pharm")
    assert {request["intent"] for request in requests} == {"filler-order"}
    assert "PRODUIT A" in path.read_text(encoding="utf-8")


PAIN = {
    "asNeededCodeableConcept": {"text": "douleur"},
    "timing": {
        "repeat": {
            "boundsDuration": {"value": 5, "code": "d", "system": "http://unitsofmeasure.org"},
            "frequency": 1,
            "period": 4,
            "periodMax": 6,
            "periodUnit": "h",
        }
    },
    "doseAndRate": [
        {
            "doseRange": {
                "low": {"value": 1, "unit": "comprimé"},
                "high": {"value": 2, "unit": "comprimé"},
            }
        }
    ],
}
"""1 to 2 tablets every 4 to 6 hours if pain, for 5 days."""


def test_a_dose_as_needed_leaves_as_it_came_or_not_at_all(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A", PAIN)))
    item = the_item(context)
    request = Request(
        kind=DecisionKind.VALIDATE, expected_sha256=item.content_sha256, lines=verdicts(1, [])
    )
    decide_on(context, "pharm", item.id, request)
    granted(context)

    delivery = export(context, "pharm", an_order(item.subject_id))
    path = deliver_to_folder(context, delivery, tmp_path / "out")

    [dosage] = [
        dosage
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]
        for dosage in entry["resource"].get("dosageInstruction", ())
    ]
    repeat = dosage["timing"]["repeat"]
    low, high = (dosage["doseAndRate"][0]["doseRange"][end]["value"] for end in ("low", "high"))
    assert (low, high) == (1, 2)
    assert (repeat["period"], repeat["periodMax"], repeat["periodUnit"]) == (4, 6, "h")
    assert repeat["boundsDuration"]["value"] == 5
    with pytest.raises(Refused, match="TQ1-3"):
        export(context, "pharm", an_order(item.subject_id, format_name="hl7v2"))


def test_a_refused_line_is_not_in_the_schedule_that_leaves(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)

    delivery = export(context, "pharm", an_order(subject, format_name="tabular"))
    text = deliver_to_folder(context, delivery, tmp_path).read_text(encoding="utf-8")

    assert "PRODUIT A" in text
    assert "PRODUIT B" not in text


def test_nothing_leaves_before_the_validation(store: Store) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A")))
    granted(context)

    with pytest.raises(Refused, match="no pharmacist validated"):
        export(context, "pharm", an_order(the_item(context).subject_id))


def test_nothing_leaves_without_consent_and_the_attempt_is_journalled(store: Store) -> None:
    context = a_context(store)
    subject = a_validated_prescription(context)

    with pytest.raises(Forbidden, match="no consent and grant"):
        export(context, "pharm", an_order(subject))

    with store.unit(context.tenant) as unit:
        events = [entry.event for entry in audit.entries_about(unit, (subject,))]
    assert events[-1] is AuditEvent.EXPORT_REFUSED


@pytest.mark.parametrize("end", [withdraw, revoke])
def test_nothing_leaves_after_consent_or_grant_ended(sqlite_store: Store, end) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)
    export(context, "pharm", an_order(subject))

    end(context, "pharm", "000123", "ehpad")

    with pytest.raises(Forbidden, match="no consent and grant"):
        export(context, "pharm", an_order(subject))


@pytest.mark.parametrize("user", ["prep", "nurse", "nobody"])
def test_only_a_pharmacist_sends(sqlite_store: Store, user: str) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)

    with pytest.raises(Forbidden, match="export:send"):
        export(context, user, an_order(subject))


def test_an_export_needs_a_named_pharmacy(sqlite_store: Store) -> None:
    context = Context(sqlite_store, Settings())

    with pytest.raises(Refused, match="pharmacy"):
        export(context, "pharm", an_order("rx_any"))


def test_a_format_that_cannot_carry_it_is_refused_by_name(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)

    with pytest.raises(Refused, match="pn13 writes analysis"):
        export(context, "pharm", an_order(subject, ExportKind.SCHEDULE, "pn13"))


@pytest.mark.parametrize("format_name", ["fhir", "hl7v2", "pn13"])
def test_the_analysis_leaves_in_every_format_that_has_one(
    sqlite_store: Store, tmp_path: Path, format_name: str
) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)

    delivery = export(context, "pharm", an_order(subject, ExportKind.ANALYSIS, format_name))

    assert deliver_to_folder(context, delivery, tmp_path).stat().st_size > 0


@pytest.mark.parametrize(
    ("format_name", "passed", "refused"),
    [
        ("fhir", '"VALIDATION"', '"INTERVENTION"'),
        ("hl7v2", "ORC|OK|", "ORC|UA|"),
        ("pn13", "<Validation_pharm>1<", "<Validation_pharm>2<"),
    ],
)
def test_a_refused_line_is_told_as_refused_in_every_format(
    sqlite_store: Store, tmp_path: Path, format_name: str, passed: str, refused: str
) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)

    delivery = export(context, "pharm", an_order(subject, ExportKind.ANALYSIS, format_name))

    text = deliver_to_folder(context, delivery, tmp_path).read_text(encoding="utf-8")
    assert (text.count(passed), text.count(refused)) == (1, 1)


def test_a_rejection_is_told_though_nothing_is_released(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    request = Request(
        kind=DecisionKind.REJECT,
        expected_sha256=item.content_sha256,
        reason="PRESC-DUPLICATE",
    )
    decide_on(context, "pharm", item.id, request)
    granted(context)

    delivery = export(context, "pharm", an_order(item.subject_id, ExportKind.ANALYSIS))

    text = deliver_to_folder(context, delivery, tmp_path).read_text(encoding="utf-8")
    assert "INTERVENTION" in text


def test_a_folder_that_cannot_be_written_leaves_nothing_and_may_be_tried_again(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    subject = a_validated_prescription(context)
    granted(context)
    delivery = export(context, "pharm", an_order(subject))
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    with pytest.raises(Unavailable, match="folder"):
        deliver_to_folder(context, delivery, blocked / "out")
    path = deliver_to_folder(context, delivery, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == [path]
    with pytest.raises(Refused, match="delivered before"):
        deliver_to_folder(context, delivery, tmp_path / "out")


def test_a_consent_of_the_future_or_without_a_place_is_refused(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))

    with pytest.raises(Refused, match="future"):
        grant(context, "pharm", "000123", "x", signed_on=date(2027, 1, 1), document="binder")
    with pytest.raises(Refused, match="document"):
        grant(context, "pharm", "000123", "x", signed_on=date(2026, 1, 1), document=" ")
    with pytest.raises(Refused, match="0 stored patients"):
        grant(context, "pharm", "unknown", "x", signed_on=date(2026, 1, 1), document="binder")
