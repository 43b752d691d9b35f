"""Adherence comes from validated schedules and stored reports, and leaves only validated."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from messages import IPP_AUTHORITY, Clock, a_bundle, a_context, a_request, taken_in, the_item

from engine.pipeline.access import grant
from engine.pipeline.adherence import compute
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.deliver import deliver_to_folder
from engine.pipeline.export import Order, export
from engine.pipeline.snapshot import Wanted
from engine.store import prescriptions
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from schemas.adherence import Fraction
from schemas.canonical import canonical_json
from schemas.decision import DecisionKind
from schemas.errors import Refused
from schemas.export import ExportKind
from schemas.finding import FindingCode

HEAD = "patient_id;patient_authority;line_id;status;taken_at;author_role"
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)


def a_week(context: Context, *rows: str) -> None:
    """A validated daily line, and these reports: `2 08:05 taken`."""
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    request = Request(
        kind=DecisionKind.VALIDATE, expected_sha256=item.content_sha256, lines=verdicts(1, ())
    )
    decide_on(context, "pharm", item.id, request)
    report(context, *rows)
    assert isinstance(context.clock, Clock)
    context.clock.now = datetime(2026, 3, 20, tzinfo=UTC)


def report(context: Context, *rows: str) -> None:
    lines = [HEAD]
    for row in rows:
        day, hour, status = row.split()
        lines.append(f"000123;{IPP_AUTHORITY};A;{status};2026-03-0{day}T{hour}:00+01:00;nurse")
    taken_in(context, "\n".join(lines).encode())


def test_a_week_of_reports_counts_as_a_person_counts_it(store: Store) -> None:
    context = a_context(store)
    # Seven intakes at 08:00 are planned: five are taken, one of them 95 minutes late, one is
    # refused, and nobody says anything about the last one.
    a_week(
        context,
        "2 08:05 taken",
        "3 08:00 taken",
        "4 09:35 taken",
        "5 08:10 taken",
        "6 07:50 taken",
        "7 08:00 refused",
    )

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    [line] = result.lines
    assert line.taking == Fraction(numerator=5, denominator=7)
    assert line.timing == Fraction(numerator=4, denominator=7)
    assert line.correct_dosing == Fraction(numerator=5, denominator=7)
    assert {kind: count for kind, count in line.counts.items() if count} == {
        "on-time": 4,
        "late": 1,
        "refused": 1,
        "no-record": 1,
    }
    assert result.sources == {"nurse": 6}


def test_the_same_inputs_give_the_same_bytes(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    a_week(context, "2 08:05 taken", "3 08:00 refused")
    clock = context.clock
    assert isinstance(clock, Clock)
    before = clock.now

    _, first = compute(context, "pharm", "000123", FIRST, LAST)
    clock.now = before
    _, second = compute(context, "pharm", "000123", FIRST, LAST)

    assert canonical_json(first) == canonical_json(second)


def test_a_report_given_twice_counts_once(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    a_week(context, "2 08:05 taken")
    report(context, "2 08:05 taken", "3 08:05 taken")

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    assert result.lines[0].taking == Fraction(numerator=2, denominator=7)


def test_nothing_is_counted_for_a_prescription_that_nobody_validated(store: Store) -> None:
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A")))
    report(context, "2 08:05 taken")

    with pytest.raises(Refused, match="no line of this patient was validated"):
        compute(context, "pharm", "000123", FIRST, LAST)


def test_figures_leave_only_after_their_own_validation(sqlite_store: Store, tmp_path: Path) -> None:
    context = a_context(sqlite_store)
    a_week(context, "2 08:05 taken", "3 08:00 refused")
    identifier, result = compute(context, "pharm", "000123", FIRST, LAST)
    grant(context, "pharm", "000123", "ehpad", signed_on=date(2026, 2, 1), document="binder 3")
    order = Order(Wanted(ExportKind.ADHERENCE, identifier), "tabular", "ehpad")

    with pytest.raises(Refused, match="no pharmacist validated"):
        export(context, "pharm", order)
    item = the_item(context, Subject.ADHERENCE)
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        answers=answers(result.every_finding, (), "all"),
    )
    decide_on(context, "pharm", item.id, request)

    path = deliver_to_folder(context, export(context, "pharm", order), tmp_path)
    assert "7" in path.read_text(encoding="utf-8")


def test_a_later_version_counts_from_its_release(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    a_week(context)
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
    evening = {
        "timing": {"repeat": {"when": ["EVE"], "boundsPeriod": {"start": "2026-03-02"}}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "comprimé"}}],
    }
    taken_in(context, a_bundle(a_request("A", evening), bundle="B2"))
    item = the_item(context)
    from engine.pipeline.consult import shown

    found = [finding for _, finding in shown(context, "pharm", item.id).findings]
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(1, ()),
        answers=answers(found, (), "all"),
    )
    decide_on(context, "pharm", item.id, request)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    # 08:00 on 2, 3, 4 and 5 March; 19:00 on 5, 6, 7 and 8 March.
    hours = [match.due_at.strftime("%d %H") for match in result.lines[0].matches]
    assert hours == ["02 08", "03 08", "04 08", "05 08", "05 19", "06 19", "07 19", "08 19"]


def test_a_report_about_another_person_under_the_same_number_counts_for_nobody(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    a_week(context)
    administration = {
        "resourceType": "MedicationAdministration",
        "id": "adm-1",
        "status": "completed",
        "medicationCodeableConcept": {"text": "PRODUIT A"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T08:00:00+01:00",
        "request": {"identifier": {"system": "urn:oid:1.2.250.1.999.4", "value": "A"}},
    }
    message = taken_in(context, a_bundle(administration, bundle="B9", birthDate="1951-01-01"))

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    with sqlite_store.unit(context.tenant) as unit:
        codes = [found.code for found in prescriptions.findings_of(unit, message.id)]
    assert FindingCode.PATIENT_CONTRADICTED in codes
    assert result.lines[0].taking == Fraction(numerator=0, denominator=7)


def test_a_report_that_contradicts_itself_counts_nowhere_and_is_named(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    a_week(context)
    refused_and_given = (
        b"MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260302100000+0100||RAS^O17^RAS_O17|R1|P|2.5\r"
        b"PID|||000123^^^X&1.2.250.1.999.1&ISO^PI||EXEMPLE^ODETTE||19380412|F\r"
        b"ORC|RE|A^X\r"
        b"RXA|0|1|20260302080000+0100|20260302080000+0100|A^PRODUIT A^L|1|CPR|||N1^INFIRMIER"
        b"||||||||REFUS^refus^L||CP|A|20260302080100+0100\rRXR|PO\r"
    )
    taken_in(context, refused_and_given, channel="mllp")

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    assert FindingCode.INTAKE_INCONSISTENT in [found.code for found in result.findings]
    assert result.lines[0].taking == Fraction(numerator=0, denominator=7)


def test_a_week_of_silence_says_that_its_figures_rest_on_nothing(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    a_week(context)

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    assert [found.code for found in result.lines[0].findings] == [FindingCode.RECORDS_MISSING]
    assert result.lines[0].counts["no-record"] == 7


def test_one_report_is_enough_to_speak_of_the_week(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    a_week(context, "2 08:05 taken")

    _, result = compute(context, "pharm", "000123", FIRST, LAST)

    assert result.lines[0].findings == ()
