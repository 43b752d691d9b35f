"""Each rule for an offer and its answers, by its own place and sentence, as a person reads it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from builders import REFERENCE, a_quantity, a_site
from offers import START, changed, confirmed

from engine.posology.offer.against import against
from engine.posology.offer.confirm import confirm
from engine.posology.offer.offer import offer, offer_of
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment
from schemas.offer import (
    AddedDose,
    AddedRow,
    Answers,
    Cell,
    CellAnswer,
    Condition,
    Content,
    Days,
    DoseAt,
    Ends,
    Offer,
    Origin,
    Starts,
    StretchAnswer,
    Verdict,
)
from schemas.posology import Bounds, Frequency, Limits, Phase, Posology, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Ratio
from schemas.schedule import Slot

TEXT = "1 comprimé matin et soir pendant 7 jours"
UNREAD = "1 comprimé le matin sauf le mardi"
EVENING = DoseAt(place=Slot(moment=Moment.EVENING), quantity=a_quantity("1 comprimé"))
NOON = DoseAt(place=Slot(moment=Moment.NOON), quantity=a_quantity("1 comprimé"))
ROW = AddedRow(doses=(NOON,), reason="par téléphone")
MONDAYS = Days(rhythm=Rhythm(weekdays=(Weekday.MONDAY,)))
DAY = Duration(value=Decimal(1), unit=PeriodUnit.DAY)
LIMITS = Limits(per_period=(Ratio(amount=a_quantity("4 comprimé"), period=DAY),))


def told(findings: Sequence[Finding]) -> list[tuple[str, str, str | None]]:
    return [(finding.location, finding.message, finding.quoted) for finding in findings]


def refused(found: Offer, answers: Answers) -> list[tuple[str, str, str | None]]:
    outcome = confirm(found, answers)
    assert not isinstance(outcome, Posology)
    return told(outcome)


def read(found: Offer, answers: Answers) -> Posology:
    outcome = confirm(found, answers)
    assert isinstance(outcome, Posology), outcome
    return outcome


def cells(found: Offer) -> dict[str, Cell]:
    return {cell.id: cell for cell in found.candidates[0].cells}


def _with(text: str = TEXT, **values: object) -> tuple[Offer, Answers]:
    found = offer(text, REFERENCE)
    return found, confirmed(found).model_copy(update=values)


def _changed(cell: str, verdict: Verdict, to: Content | None = None) -> tuple[Offer, Answers]:
    found = offer(TEXT, REFERENCE)
    return found, changed(confirmed(found), cell, verdict, to)


def _answered(*answers: CellAnswer) -> tuple[Offer, Answers]:
    """Every cell of the text confirmed, but those that have another answer."""
    found = offer(TEXT, REFERENCE)
    names = {answer.cell for answer in answers}
    kept = [each for each in confirmed(found).cells if each.cell not in names]
    return found, confirmed(found).model_copy(update={"cells": (*kept, *answers)})


CONFIRMED, CORRECTED, REMOVED = Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.REMOVED
TWICE = CellAnswer(cell="A1.1", verdict=CONFIRMED)
SURE = StretchAnswer(stretch="A.u1", reason="sans effet")

REFUSED = [
    (
        _with(text_sha256="0" * 64),
        "offer",
        "the text is not the one that was answered",
    ),
    (
        _with(offer_sha256="0" * 64),
        "offer",
        "the cells are not those that were answered: tables or program changed",
    ),
    (_with(candidate="Z"), "candidate", "the offer has no reading of this name"),
    (_with(start=None), "start", "the start of the treatment is not stated"),
    (_answered(TWICE, TWICE), "A1.1", "the cell has two answers"),
    (_answered(TWICE, TWICE, TWICE), "A1.1", "the cell has two answers"),
    (
        _answered(CellAnswer(cell="A9.1", verdict=CONFIRMED)),
        "A9.1",
        "the reading has no cell of this name",
    ),
    (
        _answered(CellAnswer(cell="A1.1", verdict=CONFIRMED, correction=NOON)),
        "A1.1",
        "a confirmation changes nothing",
    ),
    (
        _answered(CellAnswer(cell="A1.1", verdict=CORRECTED, correction=NOON)),
        "A1.1",
        "the cell is corrected: the reason must be stated",
    ),
    (
        _answered(CellAnswer(cell="A1.1", verdict=CORRECTED, correction=NOON, reason=" ")),
        "A1.1",
        "the cell is corrected: the reason must be stated",
    ),
    (
        _answered(CellAnswer(cell="A1.1", verdict=REMOVED)),
        "A1.1",
        "the cell is removed: the reason must be stated",
    ),
    (
        _changed("A1.1", CORRECTED, MONDAYS),
        "A1.1",
        "a correction of this cell must be of kind dose",
    ),
    (_changed("A1.1", CORRECTED), "A1.1", "a correction of this cell must be of kind dose"),
    (_changed("A1.1", REMOVED, NOON), "A1.1", "a removal states nothing instead"),
    (
        _changed("A1.days", REMOVED),
        "A1.days",
        "without its days the whole row is removed",
    ),
    (
        _changed("A1.1", CORRECTED, DoseAt(place=NOON.place)),
        "A1.1",
        "the intake needs an amount with its unit",
    ),
    (
        _changed("A1.1", CORRECTED, DoseAt(place=NOON.place, quantity=a_quantity("1"))),
        "A1.1",
        "the intake needs an amount with its unit",
    ),
    (
        _changed("A1.1", CORRECTED, DoseAt(place=NOON.place, quantity=a_quantity("0 comprimé"))),
        "A1.1",
        "the amount must be above zero",
    ),
    (
        _changed("A1.1", CORRECTED, DoseAt(quantity=NOON.quantity)),
        "A1.1",
        "the intake needs a moment or a time of the clock",
    ),
    (_with(UNREAD, unread=()), "A.u1", "the unread words have no answer"),
    (_with(UNREAD, unread=(SURE, SURE)), "A.u1", "the unread words have two answers"),
    (
        _with(UNREAD, unread=(StretchAnswer(stretch="A.u1", reason=" "),)),
        "A.u1",
        "the reason must be stated",
    ),
    (
        _with(UNREAD, unread=(SURE, StretchAnswer(stretch="A.u2", reason="rien"))),
        "A.u2",
        "the reading has no stretch of this name",
    ),
    (
        _with(doses=(AddedDose(row="A9", dose=NOON, reason="par téléphone"),)),
        "doses[1]",
        "the reading has no row of this name",
    ),
    (
        _with(doses=(AddedDose(row="A1", dose=NOON, reason=" "),)),
        "doses[1]",
        "the reason must be stated",
    ),
    (
        _with(rows=(ROW, ROW.model_copy(update={"reason": ""}))),
        "rows[2]",
        "the reason must be stated",
    ),
    (
        _with(rows=(ROW.model_copy(update={"doses": (DoseAt(quantity=NOON.quantity),)}),)),
        "rows[1]",
        "the intake needs a moment or a time of the clock",
    ),
    (
        _with(doses=(AddedDose(row="A1", dose=DoseAt(place=NOON.place), reason="au téléphone"),)),
        "doses[1]",
        "the intake needs an amount with its unit",
    ),
    (
        _with(rows=(ROW.model_copy(update={"start": Starts(start=date(2026, 3, 1))}),)),
        "start",
        "the start is not that of the rows which state their own",
    ),
]


@pytest.mark.parametrize(("answered", "place", "rule"), REFUSED)
def test_an_answer_that_does_not_fit_is_refused_by_its_own_rule_alone(
    answered: tuple[Offer, Answers], place: str, rule: str
) -> None:
    assert refused(*answered) == [(place, rule, None)]


@pytest.mark.parametrize("cell", ["A1.days", "A1.1", "A1.2", "A1.end"])
def test_a_cell_left_out_is_named_with_what_it_lacks(cell: str) -> None:
    found, whole = _with()
    kept = tuple(each for each in whole.cells if each.cell != cell)

    assert refused(found, whole.model_copy(update={"cells": kept})) == [
        (cell, "the cell has no answer", None)
    ]


def test_a_cell_in_doubt_says_which_doubts_forbid_to_confirm_it() -> None:
    found, whole = _with("1 à 2 comprimés le matin")

    rule = "a cell in doubt cannot be confirmed, only stated: dose-range"
    assert refused(found, whole) == [("A1.1", rule, None)]


def test_two_rows_that_start_on_a_day_and_at_an_hour_are_refused() -> None:
    one = ROW.model_copy(update={"start": Starts(start=START)})
    other = ROW.model_copy(update={"start": Starts(start=datetime(2026, 3, 2, 8, tzinfo=UTC))})

    rule = "one row starts on a day and another at an hour"
    assert refused(*_with(rows=(one, other))) == [("start", rule, None)]


def test_when_nothing_is_left_or_a_row_has_no_intake_it_is_said() -> None:
    found, whole = _with()
    gone = whole
    for cell in ("A1.1", "A1.2"):
        gone = changed(gone, cell, REMOVED)
    nothing = gone
    for cell in ("A1.days", "A1.end"):
        nothing = changed(nothing, cell, REMOVED)

    assert refused(found, gone) == [("A1", "a row needs an intake, or is removed as a whole", None)]
    assert refused(found, nothing) == [
        ("candidate", "nothing is left of the reading: no row is stated", None)
    ]
    assert read(found, nothing.model_copy(update={"rows": (ROW,)})).phases[0].location == (
        "interpretation/rows[1]"
    )


def test_what_is_added_to_a_text_of_which_all_was_read_is_told_with_its_reason() -> None:
    found, whole = _with(
        doses=(AddedDose(row="A1", dose=NOON, reason="dit à midi"),),
        rows=(ROW.model_copy(update={"sequence": 2}),),
    )

    rule = "the pharmacist's reading says more than the text, of which every word was read"
    assert told(against(found, whole, read(found, whole))) == [
        ("interpretation/doses[1]", rule, "dit à midi"),
        ("interpretation/rows[1]", rule, "par téléphone"),
    ]


def test_what_is_changed_against_sure_words_is_told_with_these_words() -> None:
    found, _ = _with()
    answers = changed(confirmed(found), "A1.2", REMOVED)

    rule = "the pharmacist's reading is not what these words were read to say"
    assert told(against(found, answers, read(found, answers))) == [
        ("interpretation/A1.2", rule, "1 comprimé; soir")
    ]


def test_words_limits_and_harmless_words_of_the_text_stand_at_every_phase() -> None:
    text = "2 comprimés le matin et 1 comprimé le soir, ne pas croquer"
    found = offer(text, REFERENCE, limits=LIMITS)

    posology = read(found, confirmed(found))

    assert posology.text == text
    assert [phase.limits for phase in posology.phases] == [LIMITS, LIMITS]
    assert [phase.instructions for phase in posology.phases] == [("ne pas croquer",)] * 2
    assert [phase.text for phase in posology.phases] == [None, None]


def test_a_condition_keeps_the_whole_text_beside_it() -> None:
    found = offer("1 comprimé si douleur", REFERENCE)

    (phase,) = read(found, confirmed(found)).phases

    assert (phase.as_needed, phase.as_needed_for) == (True, ("si douleur",))
    assert phase.text == "1 comprimé si douleur"


def test_hours_are_one_intake_in_so_many() -> None:
    found = offer("1 comprimé toutes les 8 heures", REFERENCE)
    every = Frequency(times=1, period=Decimal(8), unit=PeriodUnit.HOUR)

    (phase,) = read(found, confirmed(found)).phases

    assert cells(found)["A1.days"].holds == Days(rhythm=Rhythm(frequency=every))
    assert phase.rhythm == Rhythm(frequency=every)


def test_an_added_row_has_all_that_it_states() -> None:
    row = AddedRow(
        sequence=3,
        days=MONDAYS,
        doses=(DoseAt(quantity=a_quantity("1 comprimé")),),
        start=Starts(start=START),
        end=Ends(end=date(2026, 3, 30), end_included=False),
        condition=Condition(reasons=("si douleur",)),
        reason="par téléphone",
    )

    *_, phase = read(*_with(rows=(row,))).phases

    assert (phase.location, phase.sequence) == ("interpretation/rows[1]", 3)
    assert phase.rhythm.weekdays == (Weekday.MONDAY,)
    assert phase.bounds == Bounds(start=START, end=date(2026, 3, 30), end_included=False)
    assert phase.as_needed_for == ("si douleur",)


def test_only_the_rows_of_the_first_step_start_with_the_treatment() -> None:
    found = offer("2 cp le matin 3 jours puis 1 cp le matin 4 jours", REFERENCE)

    first, second = read(found, confirmed(found)).phases

    assert (first.sequence, first.bounds.start) == (1, START)
    assert (second.sequence, second.bounds.start) == (2, None)


def test_a_moment_keeps_its_minutes() -> None:
    found = offer("1 comprimé 30 minutes avant le petit-déjeuner", REFERENCE)

    (phase,) = read(found, confirmed(found)).phases

    (stated,) = phase.times.moments
    assert (stated.moment, stated.offset_minutes) == (Moment.BEFORE_BREAKFAST, 30)


def test_where_each_cell_comes_from() -> None:
    bounds = Bounds(start=START, duration=DAY)
    beside = cells(offer("1 comprimé le matin", REFERENCE, bounds=bounds))
    own = cells(offer("1 comprimé le lundi matin du 02/03/2026 au 09/03/2026", REFERENCE))
    open_ended = cells(offer("1 comprimé le matin en continu", REFERENCE))

    assert [beside[name].origin for name in ("A1.days", "A1.1", "A1.start", "A1.end")] == [
        Origin.SILENCE,
        Origin.TEXT,
        Origin.SENDER,
        Origin.SENDER,
    ]
    assert [own[name].origin for name in ("A1.days", "A1.1", "A1.start", "A1.end")] == [
        Origin.TEXT,
        Origin.TEXT,
        Origin.TEXT,
        Origin.TEXT,
    ]
    assert own["A1.start"].words == ("du 02/03/2026 au 09/03/2026",)
    assert own["A1.end"].words == ("du 02/03/2026 au 09/03/2026",)
    assert (open_ended["A1.end"].origin, open_ended["A1.end"].words) == (
        Origin.TEXT,
        ("en continu",),
    )


def test_meals_of_the_site_are_told_from_the_text_and_keep_its_words() -> None:
    found = cells(offer("1 comprimé avant les repas", REFERENCE))

    assert {found[f"A1.{number}"].origin for number in (1, 2, 3)} == {Origin.SITE}
    assert found["A1.1"].words == ("1 comprimé", "avant les repas")


@pytest.mark.parametrize(
    ("text", "bounds", "cell", "code", "rule"),
    [
        (
            "1 cp le matin pendant 5 à 7 jours",
            Bounds(),
            "A1.end",
            FindingCode.BOUNDS_RANGE,
            "the length of the treatment is a range",
        ),
        (
            "1 cp le matin",
            Bounds(duration=DAY, duration_high=Duration(value=Decimal(3), unit=PeriodUnit.DAY)),
            "A1.end",
            FindingCode.BOUNDS_RANGE,
            "the length of the treatment is a range",
        ),
        (
            "1 cp le matin pendant 5 jours",
            Bounds(duration=DAY),
            "A1.end",
            FindingCode.BOUNDS_INVALID,
            "text and structure end differently",
        ),
        (
            "1 cp le matin",
            Bounds(count=3),
            "A1.end",
            FindingCode.COUNT_AMBIGUOUS,
            "the sender states a number of intakes",
        ),
        (
            "1 cp le matin à partir du 03/03/2026",
            Bounds(start=START),
            "A1.start",
            FindingCode.BOUNDS_INVALID,
            "text and structure give two starts",
        ),
        (
            "1 cp une fois par semaine",
            Bounds(),
            "A1.days",
            FindingCode.WEEKDAY_UNCONFIRMED,
            "once in so many weeks, and no weekday is named",
        ),
    ],
)
def test_a_doubt_stands_at_its_row_with_its_own_rule(
    text: str, bounds: Bounds, cell: str, code: FindingCode, rule: str
) -> None:
    found = cells(offer(text, REFERENCE, bounds=bounds))[cell]

    assert [(doubt.code, doubt.location, doubt.message) for doubt in found.doubts] == [
        (code, "A1", rule)
    ]


def test_a_line_of_text_alone_is_offered_with_the_bounds_limits_and_start_beside_it() -> None:
    bounds = Bounds(duration=DAY)
    phase = Phase(location="d[1]", text="1 comprimé le matin", bounds=bounds, limits=LIMITS)

    found = offer_of(Posology(phases=(phase,)), (), REFERENCE, START)

    assert (found.text, found.limits, found.site) == (phase.text, LIMITS, "reference")
    assert cells(found)["A1.end"].holds == Ends(duration=DAY)
    assert cells(found)["A1.start"].holds == Starts(start=START)
    assert cells(found)["A1.start"].origin is Origin.SENDER


def test_different_limits_of_phases_stand_among_the_words_and_the_start_in_its_cell() -> None:
    first = Phase(location="d[1]", text="1 cp le matin", sequence=1)
    second = Phase(location="d[2]", limits=LIMITS, instructions=("à midi 1 cp",))

    found = offer_of(Posology(phases=(first, second)), ("ne pas croquer",), REFERENCE, START)

    assert found.text == "ne pas croquer\n1 cp le matin\nà midi 1 cp"
    assert found.limits == Limits()
    assert cells(found)["A1.start"].holds == Starts(start=START)
    asked = [stretch.words for stretch in found.candidates[0].unread]
    assert asked[0] == "1 cp le matin [sequence 1]"
    amount, period = "{'value': '4', 'unit': 'comprimé'}", "{'value': '1', 'unit': 'd'}"
    assert asked[1] == f"d[2] [per_period [{{'amount': {amount}, 'period': {period}}}]]"
    assert [stretch.id for stretch in found.candidates[0].unread] == [
        f"A.u{number}" for number in range(1, len(asked) + 1)
    ]


def test_a_time_without_a_place_is_as_often_as_a_day_has_intakes() -> None:
    nowhere = a_site(distributions={})

    for text, intakes in (
        ("1 comprimé", ["A1.1"]),
        ("1 comprimé 2 fois par jour", ["A1.1", "A1.2"]),
        ("1 comprimé 2 fois par semaine", ["A1.1"]),
        ("1 comprimé 30 fois par jour", [f"A1.{number}" for number in range(1, 25)]),
    ):
        held = cells(offer(text, nowhere))
        doses = [name for name, cell in held.items() if isinstance(cell.holds, DoseAt)]
        assert doses == intakes
        assert {held[name].words for name in doses} == {("1 comprimé",)}


def test_an_amount_without_its_unit_is_shown_as_far_as_it_was_read() -> None:
    held = cells(offer("1-0-1", REFERENCE))

    shown = [held[name].holds for name in ("A1.1", "A1.2")]
    assert [dose.quantity for dose in shown if isinstance(dose, DoseAt)] == [a_quantity("1")] * 2


def test_a_text_beside_no_phase_at_all_is_offered_alone() -> None:
    found = offer_of(Posology(text="1 comprimé le matin"), (), REFERENCE)

    assert (found.text, found.limits) == ("1 comprimé le matin", Limits())
    assert cells(found)["A1.end"].holds == Ends()
    assert "A1.start" not in cells(found)
