"""A pharmacist reads a text cell by cell: a new version, a stale old one, and nothing decided."""

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import a_quantity
from messages import BREAKFAST_DOSE, a_bundle, a_context, a_request, open_items, taken_in, the_item
from offers import changed, confirmed

from engine.pipeline.accounts import add_account
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.earlier import EARLIER
from engine.pipeline.interpret import Interpreted, Unread, interpret, offered
from engine.pipeline.trace import trace
from engine.store import audit, interpretations, prescriptions, queue, releases
from engine.store.accounts import Account
from engine.store.queue import Item
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request, Stale
from engine.validation.states import ItemState
from schemas.assessment import AssessedLine
from schemas.decision import DecisionKind, Role
from schemas.errors import EngineError, Forbidden, Refused
from schemas.events import AuditEvent
from schemas.finding import FindingCode
from schemas.ids import UserName
from schemas.moment import Moment
from schemas.offer import Answers, DoseAt, Origin, Verdict
from schemas.schedule import DoseSchedule, Slot

TEXT = "1 comprimé matin et soir pendant 7 jours"


def words(text: str) -> dict[str, object]:
    """A Dosage of words alone."""
    return {"text": text}


def with_texts(store: Store, *texts: str) -> Context:
    """An installation with one prescription, a line for each text."""
    context = a_context(store)
    lines = [a_request(name, words(text)) for name, text in zip("ABC", texts, strict=False)]
    taken_in(context, a_bundle(*lines, bundle="B1"))
    return context


def as_shown(context: Context, rank: int = 1, start: date = date(2026, 3, 2)) -> Answers:
    """Every cell of a line confirmed."""
    return confirmed(offered(context, "pharm", the_item(context).id, rank).offer, start=start)


def read(context: Context, rank: int = 1) -> Interpreted:
    return interpret(context, "pharm", the_item(context).id, rank, as_shown(context, rank))


def line(context: Context, rank: int = 1) -> AssessedLine:
    """A line as it lies on the desk."""
    found = shown(context, "pharm", the_item(context).id).prescription
    assert found is not None
    return found.content.lines[rank - 1]


def codes(assessed: AssessedLine) -> set[FindingCode]:
    return {finding.code for finding in assessed.findings}


def validation(context: Context, item: Item, *coded: str) -> Request:
    found = shown(context, "pharm", item.id)
    assert found.prescription is not None
    return Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(len(found.prescription.content.lines), ()),
        answers=answers([finding for _, finding in found.findings], coded, "all"),
    )


def test_the_reading_makes_a_schedule_and_the_text_stays_as_sent(store: Store) -> None:
    context = with_texts(store, TEXT)
    before = line(context)

    made = read(context)

    after = line(context)
    assert after.line == before.line
    assert before.schedule.computable is False
    assert isinstance(after.schedule, DoseSchedule)
    [step] = after.schedule.steps
    assert [slot.moment for slot in step.slots] == [Moment.MORNING, Moment.EVENING]
    assert step.quantity == a_quantity("1 comprimé")
    assert (step.start.date(), step.end and step.end.date()) == (
        date(2026, 3, 2),
        date(2026, 3, 9),
    )
    assert after.interpretation == made.interpretation
    assert the_item(context).id == made.item.id


def test_a_finding_to_acknowledge_says_whose_reading_it_is_and_the_text_blocks_no_more(
    sqlite_store: Store,
) -> None:
    context = with_texts(sqlite_store, TEXT)

    read(context)

    found = {finding.code: finding for finding in line(context).findings}
    assert FindingCode.POSOLOGY_TEXT_ONLY not in found
    assert not found[FindingCode.POSOLOGY_INTERPRETED].blocks
    # The clock of the tests stands at 09:00 UTC on the first of March, and Paris is an hour ahead.
    quoted = found[FindingCode.POSOLOGY_INTERPRETED].quoted or ""
    assert quoted.startswith("Pharm, 2026-03-01T10:00:")
    assert the_item(context).blocking == 0


def test_nothing_is_validated_by_it_and_a_decision_on_the_version_before_is_stale(
    store: Store,
) -> None:
    context = with_texts(store, TEXT)
    before = the_item(context)

    made = read(context)

    after = the_item(context)
    assert (after.id, after.state) == (before.id, ItemState.TO_VALIDATE)
    assert after.content_sha256 == made.made.content_sha256 != before.content_sha256
    assert after.source_sha256 == before.source_sha256
    request = validation(context, after).model_copy(
        update={"expected_sha256": before.content_sha256}
    )
    with pytest.raises(Stale) as stale:
        decide_on(context, "pharm", before.id, request)
    assert any("posology" in field.field for field in stale.value.changes[0].fields)
    with store.unit(context.tenant) as unit:
        assert releases.release_id_of(unit, queue.Subject.PRESCRIPTION, after.subject_id) is None


def test_the_usual_decision_on_the_new_version_releases_it(store: Store) -> None:
    context = with_texts(store, TEXT)
    read(context)
    item = the_item(context)

    decided = decide_on(context, "other", item.id, validation(context, item))

    assert decided.state is ItemState.VALIDATED
    with store.unit(context.tenant) as unit:
        release = releases.released(unit, item.subject_id)
    assert release is not None
    assert release.content.lines[0].interpretation is not None


def test_without_complete_answers_nothing_is_stored(sqlite_store: Store) -> None:
    context = with_texts(sqlite_store, TEXT)
    before = the_item(context)
    whole = as_shown(context)

    with pytest.raises(Unread, match=r"A1\.2"):
        interpret(
            context,
            "pharm",
            before.id,
            1,
            whole.model_copy(update={"cells": (*whole.cells[:2], *whole.cells[3:])}),
        )

    assert the_item(context) == before
    with sqlite_store.unit(context.tenant) as unit:
        stored = prescriptions.prescription(unit, before.subject_id)
        assert stored is not None
        assert interpretations.newest_of_group(unit, stored.group_key) == {}


def test_a_reading_that_makes_no_schedule_is_refused_with_its_reasons(sqlite_store: Store) -> None:
    context = with_texts(sqlite_store, "1 comprimé toutes les 8 heures")

    with pytest.raises(Unread, match=r"start-missing"):
        read(context)


def test_answers_to_another_line_are_not_answers_to_this_one(sqlite_store: Store) -> None:
    context = with_texts(sqlite_store, TEXT, "2 comprimés le soir")
    item = the_item(context)

    with pytest.raises(Unread, match=r"offer-stale"):
        interpret(context, "pharm", item.id, 1, as_shown(context, 2))


@pytest.mark.parametrize("user", ["prep", "nurse", "nobody"])
def test_nobody_else_reads_and_the_attempt_is_journalled(store: Store, user: str) -> None:
    context = with_texts(store, TEXT)
    item, given = the_item(context), as_shown(context)

    with pytest.raises(Forbidden):
        interpret(context, user, item.id, 1, given)

    with store.unit(context.tenant) as unit:
        [entry] = audit.entries_about(unit, (item.id,))
    assert (entry.event, entry.actor) == (AuditEvent.INTERPRETATION_REFUSED, user)
    assert the_item(context) == item


def test_only_lines_of_text_alone_on_an_open_item_are_offered(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, a_bundle(a_request("A", BREAKFAST_DOSE), a_request("B", words(TEXT))))
    item = the_item(context)
    given = as_shown(context, 2)

    for rank, rule in ((1, "not text alone"), (3, "lines 1 to 2"), (0, "lines 1 to 2")):
        with pytest.raises(Refused, match=rule):
            interpret(context, "pharm", item.id, rank, given)
    with pytest.raises(Refused, match="none of this id"):
        offered(context, "pharm", "itm-nobody", 1)
    interpret(context, "pharm", item.id, 2, given)
    current = the_item(context)
    decide_on(context, "pharm", current.id, validation(context, current))
    with pytest.raises(Refused, match="validated"):
        interpret(context, "pharm", item.id, 2, given)


def test_two_lines_are_read_one_after_the_other_and_a_reading_may_be_made_again(
    sqlite_store: Store,
) -> None:
    context = with_texts(sqlite_store, TEXT, "2 comprimés le soir")
    first = read(context, 1)

    second = read(context, 2)
    again = read(context, 1)

    lines = again.made.content.lines
    assert [one.interpretation for one in lines] == [again.interpretation, second.interpretation]
    assert again.interpretation.id != first.interpretation.id
    assert again.made.version == 4
    assert again.item.blocking == 0


def test_a_sure_dose_that_is_changed_blocks_until_an_intervention_answers_it(
    sqlite_store: Store,
) -> None:
    context = with_texts(sqlite_store, TEXT)
    evening = DoseAt(place=Slot(moment=Moment.EVENING), quantity=a_quantity("2 comprimé"))
    given = changed(as_shown(context), "A1.2", Verdict.CORRECTED, evening)

    made = interpret(context, "pharm", the_item(context).id, 1, given)

    [finding] = [each for each in line(context).findings if each.blocks]
    assert finding.code is FindingCode.TEXT_CONTRADICTS
    assert finding.location.endswith("/interpretation/A1.2")
    assert finding.quoted == "1 comprimé; soir"
    assert made.item.blocking == 1


def test_words_that_the_answers_settle_block_no_more(sqlite_store: Store) -> None:
    context = with_texts(sqlite_store, "1 comprimé le matin sauf avis contraire")

    read(context)

    assert not {FindingCode.TEXT_ADDS, FindingCode.TEXT_UNREAD} & codes(line(context))
    assert not any(finding.blocks for finding in line(context).findings)


def a_second_version(context: Context, text: str | None, bundle: str = "B2") -> AssessedLine:
    """The line after its sender sent it again."""
    dosage = words(text) if text else BREAKFAST_DOSE
    taken_in(context, a_bundle(a_request("A", dosage), bundle=bundle))
    return line(context)


def test_the_same_text_in_a_new_version_offers_the_reading_again_and_applies_nothing(
    store: Store,
) -> None:
    context = with_texts(store, TEXT)
    made = read(context)

    again = a_second_version(context, TEXT)

    assert again.interpretation is None
    assert again.schedule.computable is False
    assert codes(again) & {*EARLIER, FindingCode.POSOLOGY_TEXT_ONLY} == {
        FindingCode.INTERPRETATION_EARLIER,
        FindingCode.POSOLOGY_TEXT_ONLY,
    }
    desk = offered(context, "pharm", the_item(context).id, 1)
    assert desk.earlier == made.interpretation
    interpret(context, "pharm", desk.item.id, 1, made.interpretation.answers)
    assert not codes(line(context)) & EARLIER


@pytest.mark.parametrize("text", ["1 comprimé matin et soir pendant 8 jours", None])
def test_another_text_drops_the_reading_with_a_finding(sqlite_store: Store, text: str) -> None:
    context = with_texts(sqlite_store, TEXT)
    read(context)

    again = a_second_version(context, text)

    assert again.interpretation is None
    assert codes(again) & EARLIER == {FindingCode.INTERPRETATION_DROPPED}
    if text:
        assert offered(context, "pharm", the_item(context).id, 1).earlier is None


def test_a_line_that_the_new_message_does_not_mention_waits_for_its_reading_again(
    sqlite_store: Store,
) -> None:
    context = with_texts(sqlite_store, TEXT)
    read(context)

    taken_in(context, a_bundle(a_request("Z"), bundle="B2"))

    carried = line(context, 2)
    assert carried.interpretation is None
    assert FindingCode.INTERPRETATION_EARLIER in codes(carried)


def test_another_reading_than_the_validated_one_is_a_change_of_the_line(
    sqlite_store: Store,
) -> None:
    context = with_texts(sqlite_store, TEXT)
    read(context)
    item = the_item(context)
    decide_on(context, "pharm", item.id, validation(context, item))
    a_second_version(context, TEXT)
    desk = offered(context, "pharm", the_item(context).id, 1)
    noon = DoseAt(place=Slot(moment=Moment.NOON), quantity=a_quantity("1 comprimé"))

    same = interpret(context, "pharm", desk.item.id, 1, confirmed(desk.offer))
    other = interpret(
        context,
        "pharm",
        desk.item.id,
        1,
        changed(confirmed(desk.offer), "A1.2", Verdict.CORRECTED, noon),
    )

    assert FindingCode.LINE_CHANGED not in codes(same.made.content.lines[0])
    assert FindingCode.LINE_CHANGED in codes(other.made.content.lines[0])


def test_of_two_pharmacists_who_read_at_once_one_is_refused(store: Store) -> None:
    context = with_texts(store, TEXT)
    item, given = the_item(context), as_shown(context)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def work(user: str) -> None:
        barrier.wait()
        try:
            interpret(context, user, item.id, 1, given)
        except EngineError as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("read")

    threads = [threading.Thread(target=work, args=(user,)) for user in ("pharm", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = [one for one in outcomes if one == "read"]
    with store.unit(context.tenant) as unit:
        stored = prescriptions.prescription(unit, the_item(context).subject_id)
    assert stored is not None
    assert len(outcomes) == 2
    assert stored.version == 1 + len(made)
    assert len(made) >= 1


def test_the_trace_shows_who_read_which_text_and_no_word_of_it(store: Store) -> None:
    context = with_texts(store, TEXT)
    made = read(context)

    for identifier in (made.interpretation.id, made.made.id, made.item.id):
        found = trace(context, identifier)
        first, second = sorted(found.prescriptions, key=lambda each: each.version)
        assert first.interpretation is None
        assert second.interpretation is not None
        assert second.interpretation.id == made.interpretation.id
        assert second.interpretation.read == first.id
        assert (second.interpretation.line, second.interpretation.by) == (1, "Pharm")
        assert second.item == made.item.id
        events = [entry.event for entry in found.journal]
        assert AuditEvent.INTERPRETATION_MADE in events
        assert "comprimé" not in found.model_dump_json()


def test_another_pharmacy_finds_neither_item_nor_reading(store: Store) -> None:
    context = with_texts(store, TEXT)
    made = read(context)
    pharmacy = context.settings.pharmacy
    assert pharmacy is not None
    named = pharmacy.model_copy(update={"finess": "750000010"})
    elsewhere = replace(context, settings=context.settings.model_copy(update={"pharmacy": named}))
    theirs = Account(
        name=UserName("theirs"), full_name="Theirs", role=Role.PHARMACIST, rpps="99700067210"
    )
    add_account(elsewhere, theirs, by="test")

    with pytest.raises(Refused, match="none of this id"):
        interpret(elsewhere, "theirs", made.item.id, 1, made.interpretation.answers)
    with store.unit(elsewhere.tenant) as unit:
        assert interpretations.that_made(unit, made.made.id) is None
    assert len(open_items(context)) == 1


CDA = Path(__file__).parents[3] / "samples" / "cda" / "refused_text_only.xml"


def test_a_narrative_is_read_with_the_dates_that_its_sender_states_beside_it(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    taken_in(context, CDA.read_bytes())
    desk = offered(context, "pharm", the_item(context).id, 1)
    cells = {cell.id: cell for cell in desk.offer.candidates[0].cells}

    made = interpret(
        context, "pharm", desk.item.id, 1, confirmed(desk.offer, start=date(2026, 1, 5))
    )

    assert desk.offer.text == "1 comprimé matin, midi et soir"
    assert cells["A1.start"].origin is cells["A1.end"].origin is Origin.SENDER
    [assessed] = made.made.content.lines
    assert isinstance(assessed.schedule, DoseSchedule)
    [step] = assessed.schedule.steps
    assert (step.start.isoformat()[:10], step.end and step.end.isoformat()[:10]) == (
        "2026-01-05",
        "2026-01-12",
    )
    assert FindingCode.POSOLOGY_TEXT_ONLY not in codes(assessed)


def test_how_to_take_it_goes_with_the_schedule(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    said = {"text": "1 comprimé le matin, ne pas croquer"}
    dosage = {**said, "additionalInstruction": [{"text": "avec un grand verre d'eau"}]}
    taken_in(context, a_bundle(a_request("A", dosage), bundle="B1"))

    made = read(context)

    schedule = made.made.content.lines[0].schedule
    assert isinstance(schedule, DoseSchedule)
    assert schedule.steps[0].instructions[0] == "avec un grand verre d'eau"
    assert "ne pas croquer" in schedule.steps[0].instructions


def test_what_is_taken_as_needed_keeps_the_words_of_its_sender(sqlite_store: Store) -> None:
    context = with_texts(sqlite_store, "1 comprimé si douleur")

    made = read(context)

    schedule = made.made.content.lines[0].schedule
    assert isinstance(schedule, DoseSchedule)
    assert schedule.steps == ()
    assert [each.text for each in schedule.as_needed] == ["1 comprimé si douleur"]


ORDER = (
    "MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||RDE^O11^RDE_O11|C1|P|2.5\r"
    "PID|||000123^^^LILAS^PI||EXEMPLE^ODETTE||19380412|F\r"
    "ORC|NW|P1^EHPAD|||||||20260301100000+0100|||99700067210^EXEMPLE^A\r"
    "RXE||60000065^PRODUIT A^CIS|||||^1 comprimé matin et soir\rRXR|PO\r"
)


def test_the_sentence_of_an_order_without_any_posology_is_read_too(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    taken_in(context, ORDER.encode())

    before = line(context)
    made = read(context)

    assert before.line.posology.phases == ()
    assert FindingCode.POSOLOGY_TEXT_ONLY in codes(before)
    assert isinstance(made.made.content.lines[0].schedule, DoseSchedule)


def test_what_the_reader_could_not_carry_of_the_line_still_blocks_after_the_reading(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    given = CDA.read_bytes()
    criterion = b'<precondition><criterion><text><reference value="#nowhere"/></text></criterion>'
    place = given.index(b"<entryRelationship", given.index(b"<consumable"))
    taken_in(context, given[:place] + criterion + b"</precondition>" + given[place:])
    desk = offered(context, "pharm", the_item(context).id, 1)

    made = interpret(
        context, "pharm", desk.item.id, 1, confirmed(desk.offer, start=date(2026, 1, 5))
    )

    [assessed] = made.made.content.lines
    assert assessed.schedule.computable
    assert not assessed.may_plan
    assert FindingCode.REFERENCE_UNRESOLVED in codes(assessed)


def test_a_line_with_words_beside_structure_is_not_offered(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)
    both = a_request("A", words(TEXT))
    both["dosageInstruction"].append(BREAKFAST_DOSE)
    taken_in(context, a_bundle(both, bundle="B1"))

    with pytest.raises(Refused, match="not text alone"):
        offered(context, "pharm", the_item(context).id, 1)
