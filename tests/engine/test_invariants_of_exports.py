"""What leaves is what was validated, and only while it still may leave."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from messages import IPP_AUTHORITY, Clock, a_bundle, a_context, a_request, taken_in, the_item

from engine.pipeline.access import grant, revoke, withdraw
from engine.pipeline.adherence import compute
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.deliver import deliver_to_folder
from engine.pipeline.export import Order, export
from engine.pipeline.snapshot import Wanted, snapshot
from engine.store import audit, outbox
from engine.store.queue import Item, Subject
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from schemas.decision import DecisionKind
from schemas.delivery import ReleasedSchedule
from schemas.errors import Defect, Forbidden, Refused
from schemas.events import AuditEvent
from schemas.export import ExportKind
from schemas.ids import DeliveryId

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)


def validate(context: Context, subject: Subject = Subject.PRESCRIPTION, *refused: str) -> Item:
    item = the_item(context, subject)
    found = shown(context, "pharm", item.id)
    lines = len(found.prescription.content.lines) if found.prescription else 0
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(lines, refused),
        answers=answers([finding for _, finding in found.findings], (), "all"),
    )
    decide_on(context, "pharm", item.id, request)
    return item


def granted(context: Context) -> None:
    grant(context, "pharm", "000123", "ehpad", signed_on=date(2026, 2, 1), document="binder 3")


def exported(
    context: Context, subject: str, kind: ExportKind = ExportKind.SCHEDULE, form: str = "fhir"
) -> DeliveryId:
    return export(context, "pharm", Order(Wanted(kind, subject, FIRST, 7), form, "ehpad"))


@pytest.mark.parametrize("end", [withdraw, revoke])
def test_a_delivery_that_waited_does_not_leave_after_the_access_ended(
    sqlite_store: Store, tmp_path: Path, end
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    item = validate(context)
    granted(context)
    delivery = exported(context, item.subject_id)
    end(context, "pharm", "000123", "ehpad")

    with pytest.raises(Forbidden, match="ended before the delivery"):
        deliver_to_folder(context, delivery, tmp_path / "out")

    assert not (tmp_path / "out").exists()
    with sqlite_store.unit(context.tenant) as unit:
        events = [entry.event for entry in audit.entries_about(unit, (delivery,))]
    assert events == [AuditEvent.EXPORT_WRITTEN, AuditEvent.EXPORT_REFUSED]


def test_a_delivery_that_waited_does_not_leave_after_a_newer_version_was_validated(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A"), bundle="B1"))
    first = validate(context)
    granted(context)
    delivery = exported(context, first.subject_id)
    taken_in(context, a_bundle(a_request("A"), a_request("B"), bundle="B2"))
    validate(context)

    with pytest.raises(Refused, match="newer version"):
        deliver_to_folder(context, delivery, tmp_path / "out")
    with pytest.raises(Refused, match="newer version"):
        exported(context, first.subject_id)
    with pytest.raises(Refused, match="newer version"):
        exported(context, first.subject_id, ExportKind.ANALYSIS)

    assert not (tmp_path / "out").exists()


def test_a_writer_is_given_no_line_that_was_refused(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A"), a_request("B")))
    item = validate(context, Subject.PRESCRIPTION, "2")
    pharmacy = context.settings.organization
    assert pharmacy is not None

    with sqlite_store.unit(context.tenant) as unit:
        wanted = Wanted(ExportKind.SCHEDULE, item.subject_id, FIRST, 7)
        taken = snapshot(unit, wanted, pharmacy, context.clock())

    assert isinstance(taken.content, ReleasedSchedule)
    assert "PRODUIT A" in taken.content.model_dump_json()
    assert "PRODUIT B" not in taken.content.model_dump_json()


def test_figures_exported_again_say_nothing_of_what_was_validated_later(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    validate(context)
    granted(context)
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)
    identifier, _ = compute(context, "pharm", "000123", FIRST, LAST)
    validate(context, Subject.ADHERENCE)
    before = _products_in(context, exported(context, identifier, ExportKind.ADHERENCE))
    evening = {"timing": {"repeat": {"when": ["EVE"]}}}
    dose = {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "comprimé"}}]}
    taken_in(context, a_bundle(a_request("Z", {**evening, **dose}), group="G2", bundle="B2"))
    validate(context)

    again = _products_in(context, exported(context, identifier, ExportKind.ADHERENCE))

    assert before == again == {"PRODUIT A"}


def _products_in(context: Context, delivery: DeliveryId) -> set[str]:
    with context.store.unit(context.tenant) as unit:
        found = outbox.delivery(unit, delivery)
    assert found is not None
    return set(re.findall(r"PRODUIT \w+", found[2].decode()))


def test_a_late_intake_makes_a_new_result_and_leaves_the_exported_one_as_it_was(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    validate(context)
    granted(context)
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)
    first, figures = compute(context, "pharm", "000123", FIRST, LAST)
    validate(context, Subject.ADHERENCE)
    path = deliver_to_folder(
        context, exported(context, first, ExportKind.ADHERENCE, "tabular"), tmp_path
    )
    sent = path.read_bytes()
    head = "patient_id;patient_authority;line_id;status;taken_at;author_role"
    row = f"000123;{IPP_AUTHORITY};A;taken;2026-03-02T08:05:00+01:00;nurse"
    taken_in(context, f"{head}\n{row}\n".encode())

    second, later = compute(context, "pharm", "000123", FIRST, LAST)

    [before], [after] = figures.lines, later.lines
    assert (second != first, before.counts["no-record"], after.counts["no-record"]) == (True, 7, 6)
    assert path.read_bytes() == sent
    with pytest.raises(Refused, match="no pharmacist validated"):
        exported(context, second, ExportKind.ADHERENCE)
    with sqlite_store.unit(context.tenant) as unit:
        from engine.store import adherence

        assert adherence.result(unit, first) == (figures.patient, figures)


def test_a_writer_that_fails_says_nothing_of_the_patient(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.pipeline import export as module

    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A")))
    item = validate(context)
    granted(context)
    writer = module._writer(Order(Wanted(ExportKind.SCHEDULE, "x"), "fhir", "ehpad"))

    def fails(*_: object) -> bytes:
        raise ValueError("EXEMPLE Odette")

    broken = type(writer)(writer.kind, writer.name, writer.media_type, writer.suffix, fails)
    monkeypatch.setattr(module, "_writer", lambda _: broken)

    with pytest.raises(Defect) as failed:
        exported(context, item.subject_id)

    assert "EXEMPLE" not in f"{failed.value!r} {failed.value.__cause__!r}"
