"""CDA documents on the one road: a summary plans nothing, and what is prepared leaves as eDISP."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from messages import a_context, open_items, taken_in, the_item

from engine.pipeline.access import grant
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.deliver import deliver_to_folder
from engine.pipeline.export import Order, export
from engine.pipeline.snapshot import Wanted, validated_lines
from engine.store import dispenses, patients, releases
from engine.store.unit import Store
from engine.terminal.answers import verdicts
from engine.validation.decide import Request
from schemas.decision import Answer, DecisionKind, Intervention, InterventionList
from schemas.errors import Refused
from schemas.export import ExportKind
from schemas.finding import Finding, FindingCode
from schemas.message import MessageState

SAMPLES = Path(__file__).parents[3] / "samples" / "cda"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.xml").read_bytes()


def told(context: Context, code: FindingCode) -> list[Finding]:
    """The findings of this code on the lines of all that waits."""
    items = [shown(context, "pharm", item.id) for item in open_items(context)]
    return [each for item in items for _, each in item.findings if each.code is code]


SEEN = Intervention(code_list=InterventionList.OFFICINE, problem="5", intervention="3")


def validated(
    context: Context,
    name: str = "nominal_once_a_day",
    lines: int = 1,
    refused: tuple[str, ...] = (),
) -> str:
    """The prescription of a sample, taken in and validated with every finding answered."""
    taken_in(context, sample(name))
    item = the_item(context)
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(lines, refused),
        answers=tuple(
            Answer(
                finding_code=each.code.value,
                location=each.location,
                intervention=SEEN if each.blocks else None,
                comment="vu",
            )
            for _, each in shown(context, "pharm", item.id).findings
        ),
    )
    decide_on(context, "pharm", item.id, request)
    grant(context, "pharm", "000001", "ehpad", signed_on=date(2026, 2, 1), document="binder 3")
    return item.subject_id


def prepared(context: Context, subject: str, first: date, folder: Path) -> bytes:
    """The written dispensation of seven days from the first one."""
    wanted = Wanted(ExportKind.SCHEDULE, subject, first, 7)
    delivery = export(context, "pharm", Order(wanted, "cda", "ehpad"))
    return deliver_to_folder(context, delivery, folder).read_bytes()


def test_a_summary_is_told_of_beside_the_order_of_the_same_product(store: Store) -> None:
    context = a_context(store)

    taken_in(context, sample("nominal_once_a_day"))
    taken_in(context, sample("summary_vsm"))

    findings = told(context, FindingCode.LINE_TOLD_ELSEWHERE)
    assert len(findings) == 2
    assert all(finding.message.endswith("one of them is only told of") for finding in findings)


def test_a_summary_waits_for_a_person_and_plans_nothing(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    taken_in(context, sample("summary_vsm"))

    found = shown(context, "pharm", the_item(context).id)
    assert found.prescription is not None
    lines = found.prescription.content.lines
    assert len(lines) == 2
    assert not any(line.may_plan for line in lines)


def test_no_line_of_a_summary_can_be_validated(sqlite_store: Store) -> None:
    with pytest.raises(Refused, match="it can only be refused"):
        validated(a_context(sqlite_store), "summary_vsm", lines=2, refused=("1",))


def test_a_summary_whose_lines_are_refused_plans_nothing_and_nothing_of_it_leaves(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)

    subject = validated(context, "summary_vsm", lines=2, refused=("1", "2"))

    with sqlite_store.unit(context.tenant) as unit:
        release = releases.released(unit, subject)
    assert release is None or validated_lines(release) == ()
    with pytest.raises(Refused):
        prepared(context, subject, date(2026, 3, 2), tmp_path)


def test_a_dispensation_is_kept_as_a_fact_and_opens_nothing(store: Store) -> None:
    context = a_context(store)

    message = taken_in(context, sample("nominal_dispensation"))

    assert message.state is MessageState.READ
    assert len(open_items(context)) == 0
    with store.unit(context.tenant) as unit:
        assert len(dispenses.of_message(unit, message.id)) == 2


def test_what_was_prepared_leaves_as_a_dispensation_and_comes_back_as_a_fact(
    store: Store, tmp_path: Path
) -> None:
    context = a_context(store)
    subject = validated(context)

    data = prepared(context, subject, date(2026, 1, 5), tmp_path / "out")
    message = taken_in(context, data)

    assert message.state is MessageState.READ
    with store.unit(context.tenant) as unit:
        [found] = dispenses.of_message(unit, message.id)
        [patient] = patients.patients_named(unit, "000001")
        [stored] = dispenses.dispenses_of(unit, patient, LATER)
    assert stored.id == found
    assert stored.dispense.quantity is not None
    assert str(stored.dispense.quantity.value) == "7"
    assert [each.value for each in stored.dispense.line] == ["0B5D2B3C-61C1-4B29-9C30-6B0D3A4E1F01"]


def test_the_same_preparation_sent_twice_is_one_fact(sqlite_store: Store, tmp_path: Path) -> None:
    context = a_context(sqlite_store)
    subject = validated(context)

    messages = [
        taken_in(context, prepared(context, subject, date(2026, 1, 5), tmp_path / name))
        for name in ("one", "two")
    ]

    with sqlite_store.unit(context.tenant) as unit:
        stored = [dispenses.of_message(unit, message.id) for message in messages]
    assert [len(each) for each in stored] == [1, 0]


def test_days_without_the_treatment_give_no_dispensation(
    sqlite_store: Store, tmp_path: Path
) -> None:
    context = a_context(sqlite_store)
    subject = validated(context)

    with pytest.raises(Refused, match="nothing of this schedule"):
        prepared(context, subject, date(2026, 1, 12), tmp_path)
