"""Only complete answers make a posology; whatever else is refused at the cell that it is about."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE, a_quantity
from hypothesis import given
from hypothesis import strategies as st
from offers import START, changed, confirmed

from engine.posology.normalise import normalise
from engine.posology.offer.confirm import confirm
from engine.posology.offer.offer import offer
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.offer import (
    AddedDose,
    AddedRow,
    Answers,
    CellAnswer,
    Condition,
    Days,
    DoseAt,
    Ends,
    Offer,
    Starts,
    Verdict,
)
from schemas.posology import Bounds, Limits, Posology, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Ratio
from schemas.schedule import DoseSchedule, EveryDays, Slot

MISSING, WRONG, STALE = (
    FindingCode.ANSWER_MISSING,
    FindingCode.ANSWER_WRONG,
    FindingCode.OFFER_STALE,
)
TWICE_A_WEEK = "1 comprimé matin et soir pendant 7 jours"
EVENING = Slot(moment=Moment.EVENING)


def an_offer(text: str = TWICE_A_WEEK) -> Offer:
    return offer(text, REFERENCE)


def refused(found: Offer, answers: Answers) -> list[tuple[str, FindingCode]]:
    outcome = confirm(found, answers)
    assert not isinstance(outcome, Posology)
    return [(finding.location, finding.code) for finding in outcome]


def read(found: Offer, answers: Answers) -> Posology:
    outcome = confirm(found, answers)
    assert isinstance(outcome, Posology), outcome
    return outcome


def test_confirmed_as_shown_it_is_the_posology_of_the_text_from_the_stated_start() -> None:
    posology = read(an_offer(), confirmed(an_offer()))

    [phase] = posology.phases
    assert phase.location == "interpretation/A1"
    assert phase.bounds.start == START
    assert phase.bounds.duration == Duration(value=Decimal(7), unit=PeriodUnit.DAY)
    assert [one.moment for one in phase.times.moments] == [Moment.MORNING, Moment.EVENING]
    assert phase.dose is not None
    assert phase.dose.exact == a_quantity("1 comprimé")
    schedule = normalise(posology, REFERENCE).schedule
    assert isinstance(schedule, DoseSchedule)
    assert schedule.steps[0].rule == EveryDays(every=1, anchor=START)


@pytest.mark.parametrize("cell", ["A1.days", "A1.1", "A1.2", "A1.end"])
def test_a_cell_without_an_answer_is_named(cell: str) -> None:
    whole = confirmed(an_offer())
    answers = whole.model_copy(
        update={"cells": tuple(each for each in whole.cells if each.cell != cell)}
    )

    assert (cell, MISSING) in refused(an_offer(), answers)


def test_an_unread_stretch_without_an_answer_is_named() -> None:
    found = an_offer("1 cp le matin sauf le mardi")
    answers = confirmed(found).model_copy(update={"unread": ()})

    assert refused(found, answers) == [("A.u1", MISSING)]


def test_a_start_that_nobody_states_is_asked() -> None:
    assert refused(an_offer(), confirmed(an_offer(), start=None)) == [("start", MISSING)]


def test_answers_to_another_text_or_to_other_cells_are_refused_as_a_whole() -> None:
    other = an_offer("1 comprimé matin et soir pendant 8 jours")
    elsewhere = offer(TWICE_A_WEEK, REFERENCE.model_copy(update={"name": "other"}))

    assert refused(an_offer(), confirmed(other)) == [("offer", STALE)]
    assert refused(an_offer(), confirmed(elsewhere)) == [("offer", STALE)]


def test_names_that_the_offer_does_not_have_are_refused() -> None:
    whole = confirmed(an_offer())
    stranger = CellAnswer(cell="A9.1", verdict=Verdict.CONFIRMED)

    assert refused(an_offer(), whole.model_copy(update={"candidate": "Z"})) == [
        ("candidate", WRONG)
    ]
    assert ("A9.1", WRONG) in refused(
        an_offer(), whole.model_copy(update={"cells": (*whole.cells, stranger)})
    )
    assert ("A1.1", WRONG) in refused(
        an_offer(), whole.model_copy(update={"cells": (*whole.cells, whole.cells[1])})
    )


def test_a_cell_in_doubt_is_not_confirmed_but_stated() -> None:
    found = an_offer("1 à 2 cp le matin")
    stated = DoseAt(place=Slot(moment=Moment.MORNING), quantity=a_quantity("1 cp"))

    assert refused(found, confirmed(found)) == [("A1.1", WRONG)]
    [phase] = read(found, changed(confirmed(found), "A1.1", Verdict.CORRECTED, stated)).phases
    assert phase.dose is not None
    assert phase.dose.exact == a_quantity("1 cp")


def test_a_correction_says_why_and_is_of_the_kind_of_its_cell() -> None:
    whole = confirmed(an_offer())
    stated = DoseAt(place=EVENING, quantity=a_quantity("2 comprimé"))
    silent = CellAnswer(cell="A1.2", verdict=Verdict.CORRECTED, correction=stated)
    cells = (*(each for each in whole.cells if each.cell != "A1.2"), silent)

    assert refused(an_offer(), whole.model_copy(update={"cells": cells})) == [("A1.2", WRONG)]
    assert refused(an_offer(), changed(whole, "A1.2", Verdict.CORRECTED, Days())) == [
        ("A1.2", WRONG)
    ]
    assert refused(an_offer(), changed(whole, "A1.2", Verdict.CORRECTED)) == [("A1.2", WRONG)]


def test_another_amount_in_the_evening_is_a_phase_beside_the_first() -> None:
    stated = DoseAt(place=EVENING, quantity=a_quantity("2 comprimé"))

    posology = read(an_offer(), changed(confirmed(an_offer()), "A1.2", Verdict.CORRECTED, stated))

    assert [
        ([one.moment.value for one in phase.times.moments], str(phase.dose and phase.dose.exact))
        for phase in posology.phases
    ] == [
        (["MORN"], str(a_quantity("1 comprimé"))),
        (["EVE"], str(a_quantity("2 comprimé"))),
    ]
    assert normalise(posology, REFERENCE).schedule.computable


def test_a_removed_intake_is_gone_and_a_row_without_intakes_is_refused() -> None:
    one_gone = changed(confirmed(an_offer()), "A1.2", Verdict.REMOVED)
    both_gone = changed(one_gone, "A1.1", Verdict.REMOVED)

    [phase] = read(an_offer(), one_gone).phases
    assert [one.moment for one in phase.times.moments] == [Moment.MORNING]
    assert ("A1", WRONG) in refused(an_offer(), both_gone)


def test_a_row_is_removed_as_a_whole_or_not_at_all() -> None:
    found = an_offer("2 cp le matin pendant 3 jours puis 1 cp le matin pendant 3 jours")
    answers = confirmed(found)
    for cell in ("A2.days", "A2.1", "A2.end"):
        answers = changed(answers, cell, Verdict.REMOVED)

    [phase] = read(found, answers).phases
    assert phase.location == "interpretation/A1"
    partly = changed(confirmed(found), "A2.days", Verdict.REMOVED)
    assert ("A2.days", WRONG) in refused(found, partly)


def test_an_intake_added_to_one_row_fills_no_other() -> None:
    found = an_offer("2 cp le matin pendant 3 jours puis 1 cp le soir pendant 3 jours")
    noon = DoseAt(place=Slot(moment=Moment.NOON), quantity=a_quantity("1 cp"))
    emptied = changed(confirmed(found), "A1.1", Verdict.REMOVED)

    for row, wrong in (("A1", []), ("A2", [("A1", WRONG)])):
        added = AddedDose(row=row, dose=noon, reason="par téléphone")
        answers = emptied.model_copy(update={"doses": (added,)})
        outcome = confirm(found, answers)
        said = [] if isinstance(outcome, Posology) else refused(found, answers)
        assert said == wrong


def test_when_every_row_is_removed_nothing_is_left_to_read() -> None:
    answers = confirmed(an_offer())
    for cell in ("A1.days", "A1.1", "A1.2", "A1.end"):
        answers = changed(answers, cell, Verdict.REMOVED)

    assert ("candidate", MISSING) in refused(an_offer(), answers)


def test_an_intake_and_a_row_may_be_added_with_their_reason() -> None:
    noon = DoseAt(place=Slot(moment=Moment.NOON), quantity=a_quantity("1 comprimé"))
    added = AddedDose(row="A1", dose=noon, reason="dit « et à midi » au téléphone")
    monday = AddedRow(
        days=Days(rhythm=Rhythm(weekdays=(Weekday.MONDAY,))),
        doses=(DoseAt(place=Slot(wall_time=time(10)), quantity=a_quantity("1 gélule")),),
        end=Ends(end=date(2026, 3, 30)),
        reason="ordonnance jointe",
    )
    whole = confirmed(an_offer())

    with_dose = read(an_offer(), whole.model_copy(update={"doses": (added,)}))
    with_row = read(an_offer(), whole.model_copy(update={"rows": (monday,)}))

    assert {one.moment for one in with_dose.phases[0].times.moments} == {
        Moment.MORNING,
        Moment.NOON,
        Moment.EVENING,
    }
    assert with_row.phases[1].rhythm.weekdays == (Weekday.MONDAY,)
    assert with_row.phases[1].location == "interpretation/rows[1]"
    assert with_row.phases[1].bounds.start == START
    silent = added.model_copy(update={"reason": " "})
    assert refused(an_offer(), whole.model_copy(update={"doses": (silent,)})) == [
        ("doses[1]", WRONG)
    ]


def test_a_text_of_which_nothing_was_read_can_be_stated_as_a_whole() -> None:
    found = an_offer("selon protocole du service")
    row = AddedRow(
        doses=(DoseAt(place=EVENING, quantity=a_quantity("1 comprimé")),),
        reason="protocole remis par le service",
    )

    posology = read(found, confirmed(found).model_copy(update={"rows": (row,)}))

    assert refused(found, confirmed(found)) == [("candidate", MISSING)]
    assert normalise(posology, REFERENCE).schedule.computable


@pytest.mark.parametrize(
    ("dose", "cell"),
    [
        (DoseAt(place=EVENING, quantity=None), "A1.2"),
        (DoseAt(place=EVENING, quantity=a_quantity("1")), "A1.2"),
        (DoseAt(place=EVENING, quantity=a_quantity("0 comprimé")), "A1.2"),
        (DoseAt(place=None, quantity=a_quantity("1 comprimé")), "A1.2"),
    ],
    ids=["no amount", "no unit", "nothing", "no place"],
)
def test_an_intake_states_its_amount_its_unit_and_its_place(dose: DoseAt, cell: str) -> None:
    answers = changed(confirmed(an_offer()), cell, Verdict.CORRECTED, dose)

    assert refused(an_offer(), answers) == [(cell, WRONG)]


def test_a_condition_keeps_the_row_out_of_the_plan_and_its_removal_needs_a_place() -> None:
    found = an_offer("1 comprimé si douleur")

    normalised = normalise(read(found, confirmed(found)), REFERENCE)

    assert isinstance(normalised.schedule, DoseSchedule)
    assert normalised.schedule.steps == ()
    assert [one.reasons for one in normalised.schedule.as_needed] == [("si douleur",)]
    without = changed(confirmed(found), "A1.condition", Verdict.REMOVED)
    assert refused(found, without) == [("A1.1", WRONG)]


def test_a_condition_may_be_corrected_word_by_word() -> None:
    found = an_offer("1 comprimé si douleur")
    stated = Condition(reasons=("si douleur thoracique",))

    posology = read(found, changed(confirmed(found), "A1.condition", Verdict.CORRECTED, stated))

    assert posology.phases[0].as_needed_for == ("si douleur thoracique",)


def test_the_stated_start_is_that_of_the_text_when_the_text_has_one() -> None:
    found = an_offer("1 cp le matin du 05/03/2026 au 11/03/2026")

    assert refused(found, confirmed(found)) == [("start", WRONG)]
    [phase] = read(found, confirmed(found, start=date(2026, 3, 5))).phases
    assert (phase.bounds.start, phase.bounds.end) == (date(2026, 3, 5), date(2026, 3, 11))


def test_a_start_at_an_hour_is_the_same_in_every_offset() -> None:
    stated = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    found = offer("1 cp le matin", REFERENCE, bounds=Bounds(start=stated))
    there = stated.astimezone(ZoneInfo("Europe/Paris"))

    [phase] = read(found, confirmed(found, start=there)).phases
    assert phase.bounds.start == stated
    assert refused(found, confirmed(found, start=date(2026, 3, 2))) == [("start", WRONG)]


def test_a_row_on_a_day_and_a_row_at_an_hour_have_no_common_start() -> None:
    found = offer("2 cp le matin et 1 cp le soir", REFERENCE, bounds=Bounds(start=START))
    instant = Starts(start=datetime(2026, 3, 2, 8, 0, tzinfo=UTC))

    mixed = changed(confirmed(found), "A2.start", Verdict.CORRECTED, instant)

    assert read(found, confirmed(found)).phases[1].bounds.start == START
    assert refused(found, mixed) == [("start", WRONG)]


def test_hours_are_counted_from_the_instant_that_was_stated() -> None:
    found = an_offer("1 comprimé toutes les 8 heures")
    first = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

    by_day = normalise(read(found, confirmed(found)), REFERENCE)
    by_hour = normalise(read(found, confirmed(found, start=first)), REFERENCE)

    assert not by_day.schedule.computable
    assert by_hour.schedule.computable


def test_the_limits_of_the_sender_hold_for_every_row() -> None:
    day = Duration(value=Decimal(1), unit=PeriodUnit.DAY)
    limits = Limits(per_period=(Ratio(amount=a_quantity("1 comprimé"), period=day),))
    found = offer(TWICE_A_WEEK, REFERENCE, limits=limits)

    normalised = normalise(read(found, confirmed(found)), REFERENCE)

    assert FindingCode.MAXIMUM_EXCEEDED in {finding.code for finding in normalised.findings}


@given(st.sets(st.integers(0, 6)), st.booleans(), st.sampled_from("ABZ"))
def test_no_offer_without_complete_answers_ever_makes_a_posology(
    kept: set[int], with_start: bool, candidate: str
) -> None:
    found = an_offer("1 comprimé (500 mg) matin et soir sauf le mardi pendant 7 jours")
    whole = confirmed(found)
    parts = [*whole.cells, *whole.unread]
    chosen = [part for number, part in enumerate(parts) if number in kept]
    answers = whole.model_copy(
        update={
            "cells": tuple(part for part in chosen if isinstance(part, CellAnswer)),
            "unread": tuple(part for part in chosen if not isinstance(part, CellAnswer)),
            "start": whole.start if with_start else None,
            "candidate": candidate,
        }
    )

    outcome = confirm(found, answers)

    complete = answers == whole
    assert len(parts) == 6
    assert isinstance(outcome, Posology) == complete
    if not complete:
        assert outcome
