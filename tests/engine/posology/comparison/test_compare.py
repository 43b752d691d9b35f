"""Text against structure: they agree, the text says more, or they differ."""

from datetime import date

import pytest
from builders import a_frequency, a_phase
from plans import lasting, paris

from engine.posology.comparison.compare import compare, compare_all
from engine.posology.text.propose import propose
from schemas.base import DateOrInstant
from schemas.posology import Bounds, Cycle, Dose, Limits, Phase, Posology, Rhythm, Weekday
from schemas.quantity import Duration, Quantity


def codes(text: str, *phases: Phase) -> list[str]:
    return sorted({finding.code.value for finding in compare(propose(text), phases)})


THRICE = a_phase(frequency=a_frequency(3))
MORNING = a_phase(moments=["MORN"])
TUESDAY = a_phase().model_copy(
    update={"rhythm": Rhythm(weekdays=(Weekday.TUESDAY,), frequency=a_frequency(1, "1", "wk"))}
)


WORKDAYS = TUESDAY.model_copy(
    update={"rhythm": Rhythm(weekdays=tuple(Weekday)[:5], frequency=a_frequency(5, "1", "wk"))}
)


def _workdays_at(moment: str) -> Phase:
    times = a_phase(moments=[moment]).times
    return WORKDAYS.model_copy(update={"times": times})


def _cyclic(on: int, off: int) -> Phase:
    return a_phase().model_copy(update={"rhythm": Rhythm(cycle=Cycle(days_on=on, days_off=off))})


def _bounded(end: DateOrInstant, *, last: bool = True) -> Phase:
    bounds = Bounds(start=date(2026, 3, 2), end=end, end_included=last)
    return a_phase(moments=["MORN"], bounds=bounds)


def _counted(number: int) -> Phase:
    return a_phase(moments=["MORN"], bounds=Bounds(count=number))


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("1 comprimé 3 fois par jour", [THRICE]),
        ("1 cp x 3/j", [THRICE]),
        ("3 comprimés par jour", [THRICE]),
        ("1 comprimé matin midi et soir", [a_phase(moments=["MORN", "NOON", "EVE"])]),
        ("1-0-2", [MORNING, a_phase(moments=["EVE"], dose="2 tablet")]),
        ("1 cp le soir (à 20h)", [a_phase(moments=["EVE"])]),
        ("1 cp à 8h", [a_phase(clock=["08:00"])]),
        ("1 cp toutes les 72 heures", [a_phase(frequency=a_frequency(1, "72", "h"))]),
        ("1 cp tous les 3 jours", [a_phase(frequency=a_frequency(1, "3"))]),
        ("1 cp 1 fois par semaine, le mardi", [TUESDAY]),
        ("1 cp le mardi matin", [TUESDAY.model_copy(update={"times": MORNING.times})]),
        ("1 cp le matin pendant 1 semaine", [a_phase(moments=["MORN"], bounds=lasting(7))]),
        (
            "1 cp le matin pendant 5 jours",
            [
                a_phase(
                    moments=["MORN"],
                    bounds=Bounds(start=paris("2026-03-02 10:00"), end=paris("2026-03-07 09:59")),
                )
            ],
        ),
        (
            "1 cp le matin jusqu'au 12/03/2026",
            [a_phase(moments=["MORN"], bounds=Bounds(end=date(2026, 3, 12)))],
        ),
        ("2 comprimés de 500 mg le matin", [a_phase(moments=["MORN"], dose="1000 mg")]),
        ("1 gélule le matin", [a_phase(moments=["MORN"], dose="1 Gélule ou capsule molle")]),
        ("2 applications/j", [a_phase(frequency=a_frequency(2), dose="1 application")]),
        ("1 injection par jour", [a_phase(frequency=a_frequency(1), dose="4000 UI")]),
        ("3 comprimés par jour en 3 prises", [THRICE]),
        ("20 mg par jour", [a_phase(frequency=a_frequency(1, "12", "h"), dose="10 mg")]),
        ("1 cp le soir au coucher", [a_phase(moments=["EVE"])]),
        ("1 cp le soir au coucher", [a_phase(moments=["HS"])]),
        ("1 cp au coucher", [a_phase(moments=["EVE.late"])]),
        ("1 cp du lundi au vendredi", [WORKDAYS]),
        ("1 cp le matin sauf samedi et dimanche", [_workdays_at("MORN")]),
        ("1 cp le matin, pas le week-end", [_workdays_at("MORN")]),
        ("1 cp pendant 5 jours puis arrêt 2 jours", [WORKDAYS]),
        ("1 cp 21 jours sur 28", [_cyclic(21, 7)]),
        ("1 cp le matin du 02/03/2026 au 08/03/2026", [_bounded(date(2026, 3, 8))]),
        ("1 cp le matin du 02/03/2026 au 08/03/2026", [_bounded(date(2026, 3, 9), last=False)]),
        ("1 cp le matin du 02/03/2026 au 08/03/2026", [_bounded(paris("2026-03-09 00:00"))]),
        ("1 cp le matin pendant 3 mois", [_bounded(date(2026, 6, 1))]),
        ("1 cp le matin pendant 12 mois", [a_phase(moments=["MORN"], bounds=lasting(1, "a"))]),
        ("1 cp tous les 3 mois", [a_phase(frequency=a_frequency(1, "3", "mo"))]),
        ("1 cp toutes les 2 semaines", [a_phase(frequency=a_frequency(1, "14"))]),
        ("1 cp tous les jours", [a_phase(frequency=a_frequency(1, "24", "h"))]),
        ("1 cp le matin pendant 3 jours", [_counted(3)]),
    ],
)
def test_a_text_that_says_what_the_structure_says_raises_nothing(
    text: str, phases: list[Phase]
) -> None:
    assert codes(text, *phases) == []


@pytest.mark.parametrize(
    ("text", "phases", "code"),
    [
        ("1 comprimé par jour", [a_phase(frequency=a_frequency(5))], "text-contradicts"),
        ("1 cp 4 fois par jour", [THRICE], "text-contradicts"),
        ("2 cp 3 fois par jour", [THRICE], "text-contradicts"),
        ("1 gélule 3 fois par jour", [THRICE], "text-contradicts"),
        ("20 unités par jour", [a_phase(frequency=a_frequency(1))], "text-contradicts"),
        ("1 cp une fois par semaine", [a_phase(frequency=a_frequency(1))], "text-contradicts"),
        ("1 cp toutes les 8 heures", [THRICE], "text-contradicts"),
        (
            "1 cp 3 fois par jour",
            [a_phase(frequency=a_frequency(1, "8", "h"))],
            "text-contradicts",
        ),
        ("1 cp un jour sur deux", [a_phase(frequency=a_frequency(1))], "text-contradicts"),
        ("à 20:00", [MORNING], "text-contradicts"),
        ("1 cp le soir", [MORNING], "text-contradicts"),
        ("2-0-1", [MORNING, a_phase(moments=["EVE"], dose="2 tablet")], "text-contradicts"),
        ("1 cp le lundi", [TUESDAY], "text-contradicts"),
        (
            "1 cp le matin pendant 1 semaine",
            [a_phase(moments=["MORN"], bounds=lasting(2, "wk"))],
            "text-contradicts",
        ),
        (
            "1 cp le matin jusqu'au 12/03/2026",
            [a_phase(moments=["MORN"], bounds=Bounds(end=date(2026, 3, 20)))],
            "text-contradicts",
        ),
        ("1 cp le soir", [a_phase(frequency=a_frequency(1))], "text-adds"),
        ("1 cp le mardi", [MORNING], "text-adds"),
        ("1 cp le matin pendant 7 jours", [MORNING], "text-adds"),
        ("1 cp le matin si douleur", [MORNING], "text-adds"),
        ("1 cp le matin 21 jours sur 28", [MORNING], "text-adds"),
        ("1 cp le matin puis 2 cp le matin", [MORNING], "text-adds"),
        ("jusqu'à disparition des symptômes", [MORNING], "text-adds"),
        ("selon INR", [MORNING], "text-adds"),
        ("sans dépasser 4 par jour", [MORNING], "text-adds"),
        ("recommencer après 7 jours d'arrêt", [MORNING], "text-adds"),
        ("le premier jour du mois", [a_phase(frequency=a_frequency(1, "1", "mo"))], "text-adds"),
        ("every second day", [a_phase(frequency=a_frequency(1))], "text-contradicts"),
        ("à débuter 12 heures avant l'intervention", [MORNING], "text-adds"),
        ("après l'intervention", [MORNING], "text-adds"),
        ("avec le doigt ou un coton-tige", [MORNING], "text-unread"),
        ("2 cp le matin", [a_phase(moments=["MORN"], dose=None)], "text-adds"),
        (
            "6 cp par jour en 2 prises",
            [a_phase(frequency=a_frequency(3), dose="2 tablet")],
            "text-contradicts",
        ),
        (
            "5 cp par jour en 3 prises",
            [a_phase(frequency=a_frequency(3), dose="2 tablet")],
            "text-contradicts",
        ),
        (
            "2 injections par jour",
            [a_phase(frequency=a_frequency(1), dose="4000 UI")],
            "text-contradicts",
        ),
        ("1 à 2 fois par jour", [a_phase(frequency=a_frequency(1))], "text-contradicts"),
        (
            "1 cp toutes les 4 à 6 heures",
            [a_phase(frequency=a_frequency(1, "4", "h"))],
            "text-contradicts",
        ),
        ("1 cp le matin", [a_phase(moments=["C"])], "text-unread"),
        ("1 cp à 9h", [a_phase(clock=["08:00"])], "text-contradicts"),
        ("1 cp le matin sauf le dimanche", [_workdays_at("MORN")], "text-adds"),
        ("1 cp le matin sauf le dimanche", [MORNING], "text-adds"),
        ("1 cp le matin sauf si vomissements", [MORNING], "text-adds"),
        ("1 cp pendant 4 jours puis arrêt 3 jours", [WORKDAYS], "text-adds"),
        ("1 cp le matin pendant 5 à 7 jours", [_bounded(date(2026, 3, 8))], "text-adds"),
        ("1 cp le matin pendant 2 mois", [_bounded(date(2026, 6, 1))], "text-contradicts"),
        ("1 cp le matin pendant 3 jours", [_counted(5)], "text-contradicts"),
        ("1 cp le matin jusqu'au 08/03/2026", [MORNING], "text-adds"),
        (
            "1 cp du 02/03/2026 au 08/03/2026",
            [a_phase(moments=["MORN"], bounds=lasting(5))],
            "text-contradicts",
        ),
        ("1 cp le matin à partir du 02/03/2026", [MORNING], "text-adds"),
        ("1 cp le matin à partir du 05/03/2026", [_bounded(date(2026, 3, 8))], "text-contradicts"),
        ("1 cp le matin au long cours", [_bounded(date(2026, 3, 8))], "text-contradicts"),
        ("1 cp le matin, à renouveler 2 fois", [MORNING], "text-unread"),
        ("1 cp le matin espacé d'au moins 4 heures", [MORNING], "text-adds"),
        ("2 mg le matin", [MORNING], "text-contradicts"),
        ("500 mg (1 comprimé) le matin", [MORNING], "text-unread"),
        (
            "2 comprimés de 500 mg le matin",
            [a_phase(moments=["MORN"], dose="500 mg")],
            "text-contradicts",
        ),
    ],
)
def test_a_text_that_says_more_or_other_says_which(
    text: str, phases: list[Phase], code: str
) -> None:
    assert code in codes(text, *phases)


def test_a_maximum_in_the_text_is_expected_where_the_structure_has_one() -> None:
    limits = Limits(per_intake=Quantity.model_validate({"value": "2", "unit": "cp"}))
    limited = MORNING.model_copy(update={"limits": limits})

    assert codes("1 cp le matin, 2 cp max par prise", limited) == []


def test_where_all_is_as_needed_a_difference_is_only_to_acknowledge() -> None:
    needed = a_phase(frequency=a_frequency(1, "6", "h")).model_copy(update={"as_needed": True})

    assert codes("1 cp 3 fois par jour, délai minimum 4h", needed) == ["text-unread"]


def test_the_text_of_one_phase_may_describe_them_all() -> None:
    words = "1 cp le matin et 2 cp le soir"
    morning = a_phase(moments=["MORN"], text=words)
    evening = a_phase(moments=["EVE"], dose="2 tablet", text=words)

    assert compare_all(Posology(phases=(morning, evening))) == ()


def test_an_instruction_is_compared_like_a_text() -> None:
    phase = MORNING.model_copy(update={"instructions": ("arrêter après 7 jours",)})

    found = compare_all(Posology(phases=(phase,)))

    assert [(one.code.value, one.location) for one in found] == [
        ("text-adds", "phase[1].instructions")
    ]
    assert found[0].quoted == "arrêter après 7 jours"
    assert "arrêter" not in found[0].message


def test_a_text_that_nothing_was_understood_of_is_said_once() -> None:
    phase = a_phase(moments=["MORN"], text="Hartstimulans")

    assert [one.code.value for one in compare_all(Posology(phases=(phase,)))] == ["text-unread"]


def test_the_steps_of_a_text_are_compared_one_by_one() -> None:
    first = a_phase(moments=["MORN"], dose="2 tablet", bounds=lasting(2), sequence=1)
    second = a_phase(moments=["MORN"], bounds=lasting(3), sequence=2)

    assert codes("2 cp le matin 2 jours puis 1 cp le matin", first, second) == []
    assert codes("2 cp le matin puis 1 cp le soir", first, second) == ["text-contradicts"]
    assert (
        codes("2 cp le matin pendant 2 jours puis 1 cp le matin pendant 3 jours", first, second)
        == []
    )
    assert codes(
        "1 cp le matin pendant 2 jours puis 2 cp le matin pendant 3 jours", first, second
    ) == ["text-contradicts"]


def test_the_words_of_the_line_are_compared_with_all_phases_and_not_twice() -> None:
    phase = a_phase(moments=["MORN"], text="1 cp le soir")

    found = compare_all(Posology(phases=(phase,)), ["1 cp le soir", "1 cp le matin"])

    assert [(one.code.value, one.quoted) for one in found] == [("text-contradicts", "1 cp le soir")]


def test_a_time_between_two_medicines_is_shown_and_moves_nothing() -> None:
    assert codes("2h après sucralfate", MORNING) == ["text-unread"]
    assert codes("2 heures avant le fer", MORNING) == ["text-unread"]
    assert codes("30 minutes avant le petit-déjeuner", MORNING) == []


@pytest.mark.parametrize(
    "text", ["1 cp le matin au long cours", "1 cp le matin. Bei Fieber Arzt aufsuchen"]
)
def test_a_text_that_only_says_what_holds_anyway_raises_nothing(text: str) -> None:
    assert codes(text, MORNING) == []


def test_a_ceiling_in_other_words_is_expected_where_the_structure_has_one() -> None:
    gap = Duration.model_validate({"value": "4", "unit": "h"})
    limited = THRICE.model_copy(update={"limits": Limits(minimum_gap=gap)})

    assert codes("1 cp, 3 prises par jour, espacées d'au moins 4 heures", limited) == []
    assert codes("1 cp, 3 prises par jour, espacées d'au moins 6 heures", limited) == ["text-adds"]
    assert codes("1 cp 3 fois par jour, sauf le dimanche", limited) == ["text-adds"]


def test_an_end_that_the_structure_has_may_be_said_again() -> None:
    assert codes("1 cp le matin puis stop", _bounded(date(2026, 3, 8))) == []
    assert codes("1 cp le matin puis stop", MORNING) == ["text-adds"]


def test_a_length_of_one_intake_is_not_that_of_the_treatment() -> None:
    infused = MORNING.model_copy(update={"intake_lasts": lasting(20, "min").duration})

    assert codes("1 cp le matin pendant 20 minutes", infused) == []
    assert codes("1 cp le matin pendant 20 minutes", MORNING) == ["text-unread"]


def test_a_range_of_frequencies_is_expected_where_the_structure_has_one() -> None:
    stated = a_frequency(1).model_copy(update={"times_high": 2})

    assert codes("1 cp 1 à 2 fois par jour", a_phase(frequency=stated)) == []


def test_an_open_dose_of_the_text_is_not_an_exact_one_of_the_structure() -> None:
    one = Quantity.model_validate({"value": "1", "unit": "tablet"})
    open_ended = MORNING.model_copy(update={"dose": Dose(low=one)})

    assert codes("1 cp le matin", open_ended) == ["text-contradicts"]


def test_words_alone_have_nothing_that_a_text_could_add_to() -> None:
    alone = Phase(location="phase[1]", text="1 cp le matin si besoin")
    dated = alone.model_copy(update={"text": "1 cp pendant 7 jours", "bounds": lasting(10)})

    assert compare_all(Posology(phases=(alone,))) == ()
    assert [one.code.value for one in compare_all(Posology(phases=(dated,)))] == [
        "text-contradicts"
    ]


def test_no_phase_leaves_nothing_to_compare() -> None:
    assert compare(propose("1 cp le matin"), ()) == ()


def test_a_first_and_a_last_day_are_compared_with_a_length_and_the_start_of_the_line() -> None:
    text = "1 cp le matin du 02/03/2026 au 08/03/2026"
    week = Posology(phases=(a_phase(moments=["MORN"], bounds=lasting(7), text=text),))

    started = {
        start: [one.code.value for one in compare_all(week, start=start)]
        for start in (None, date(2026, 3, 2), date(2026, 3, 3))
    }

    assert started == {
        None: ["text-adds"],
        date(2026, 3, 2): [],
        date(2026, 3, 3): ["text-contradicts"],
    }


@pytest.mark.parametrize(
    ("text", "phases", "code"),
    [
        ("1 cp hebdo", [a_phase(frequency=a_frequency(1))], "text-contradicts"),
        ("1 cp biquotidien", [a_phase(frequency=a_frequency(1))], "text-adds"),
        ("1 cp le matin par quinzaine", [MORNING], "text-adds"),
        ("1 tablet in the morning, weekdays only", [MORNING], "text-adds"),
        ("1 tablet twice", [MORNING], "text-adds"),
        ("Ne pas prendre", [MORNING], "text-adds"),
        ("Ne pas donner le mercredi", [MORNING], "text-adds"),
        ("Do not take.", [MORNING], "text-adds"),
        ("Traitement terminé", [MORNING], "text-adds"),
        ("1 cp le matin à partir de demain", [MORNING], "text-adds"),
        ("1 cp le matin et 1 cp", [MORNING], "text-unread"),
        ("1 comprimé le matin (XII)", [MORNING], None),
        ("1 cp le matin, 3 cycles", [_counted(4)], "text-adds"),
        ("1 cp le matin, 3 cycles", [_counted(3)], None),
        ("1 cp le matin en une fois", [_counted(1)], None),
        ("5 AUC le matin", [a_phase(moments=["MORN"], dose="5 AUC")], None),
        ("Do not take with any other medicines", [MORNING], None),
        ("A prendre au cours d'un repas", [_bounded(date(2026, 3, 8))], None),
    ],
)
def test_rarer_words_weigh_by_what_they_may_change(
    text: str, phases: list[Phase], code: str | None
) -> None:
    found = codes(text, *phases)

    assert (code in found) if code else found == []
