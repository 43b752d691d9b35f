"""What a difference between words and structure says: its rule, and the words as sent."""

from datetime import date
from decimal import Decimal

import pytest
from builders import a_frequency, a_phase, a_quantity
from plans import lasting, paris

from engine.posology.comparison.compare import compare, compare_all
from engine.posology.text.propose import propose
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Cycle, Dose, Phase, Posology, Rhythm, Times, Weekday
from schemas.prescription import Product
from schemas.quantity import Duration, PeriodUnit, Strength

MONDAY = date(2026, 3, 2)
MORNING = a_phase(moments=["MORN"])
BARE = a_phase(moments=["MORN"], dose=None)
THRICE = a_phase(frequency=a_frequency(3))
ONCE = a_phase(frequency=a_frequency(1))
WEEK = a_phase(moments=["MORN"], bounds=lasting(7))
COUNTED = a_phase(moments=["MORN"], bounds=Bounds(count=7))
DATED = a_phase(moments=["MORN"], bounds=Bounds(start=MONDAY, end=date(2026, 3, 8)))
TUESDAY = a_phase().model_copy(update={"rhythm": Rhythm(weekdays=(Weekday.TUESDAY,))})
EVERY_OTHER = a_phase(moments=["MORN"], frequency=a_frequency(1, "2"), bounds=Bounds(start=MONDAY))


def before(minutes: int | None) -> Phase:
    moment = MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=minutes)
    return MORNING.model_copy(update={"times": Times(moments=(moment,))})


DIFFERENCES: list[tuple[str, list[Phase], str, str]] = [
    ("1 cp le matin", [BARE], "text-adds", "the text gives a dose and the structure gives none"),
    (
        "2 cp le matin",
        [MORNING],
        "text-contradicts",
        "the text gives another dose than the structure",
    ),
    (
        "1 cp le matin",
        [a_phase(moments=["EVE"])],
        "text-contradicts",
        "the text gives other times of the day than the structure",
    ),
    (
        "1 cp matin",
        [THRICE.model_copy(update={"times": Times(moments=(MomentTime(moment=Moment.MEAL),))})],
        "text-unread",
        "the text names moments and the structure meals that it does not name",
    ),
    (
        "1 cp le soir",
        [ONCE],
        "text-adds",
        "the text names moments of the day and the structure names none",
    ),
    (
        "1 cp après le petit-déjeuner",
        [before(None)],
        "text-contradicts",
        "the text gives the other side of the meal than the structure",
    ),
    (
        "1 cp 60 min avant le petit-déjeuner",
        [before(30)],
        "text-contradicts",
        "the text gives other minutes before or after than the structure",
    ),
    (
        "1 cp le matin pendant 3 jours puis 2 cp le matin pendant 3 jours"
        " puis 3 cp le matin pendant 3 jours",
        [
            a_phase(moments=["MORN"], bounds=lasting(3), sequence=1),
            a_phase(moments=["MORN"], bounds=lasting(6), sequence=2, dose="2 tablet"),
        ],
        "text-adds",
        "the text has another number of steps than the structure",
    ),
    (
        "1 cp le matin si douleur",
        [MORNING],
        "text-adds",
        "the text gives a condition and the structure gives none",
    ),
    (
        "1 cp le matin pendant 5 à 7 jours",
        [WEEK],
        "text-adds",
        "the text gives a range for the length of the treatment",
    ),
    (
        "1 cp le matin pendant 5 jours",
        [WEEK],
        "text-contradicts",
        "the text gives another length of treatment than the structure",
    ),
    (
        "1 cp le matin pendant 5 jours",
        [COUNTED],
        "text-contradicts",
        "the text gives another length than the intakes of the structure make",
    ),
    (
        "1 cp le matin pendant 5 jours",
        [MORNING],
        "text-adds",
        "the text gives a length of treatment and the structure gives none",
    ),
    (
        "1 cp le matin jusqu'au 15/03/2026",
        [DATED],
        "text-contradicts",
        "the text gives another end than the structure",
    ),
    (
        "1 cp le matin jusqu'au 15/03/2026",
        [MORNING],
        "text-adds",
        "the text gives an end and the structure gives none",
    ),
    (
        "1 cp le matin à partir du 05/03/2026",
        [MORNING],
        "text-adds",
        "the text gives a start and the structure gives none",
    ),
    (
        "1 cp le matin à partir du 05/03/2026",
        [DATED],
        "text-contradicts",
        "the text gives another start than the structure",
    ),
    (
        "1 cp 2 fois par semaine",
        [THRICE],
        "text-contradicts",
        "the text gives another frequency than the structure",
    ),
    (
        "1 cp 2 à 3 fois par jour",
        [THRICE],
        "text-contradicts",
        "the text gives a range of frequencies",
    ),
    (
        "1 cp le lundi",
        [ONCE],
        "text-adds",
        "the text names weekdays and the structure names none",
    ),
    (
        "1 cp le lundi",
        [TUESDAY],
        "text-contradicts",
        "the text names other weekdays than the structure",
    ),
    (
        "1 cp par jour 21 jours sur 28",
        [ONCE],
        "text-adds",
        "the text gives a cycle of days and the structure does not",
    ),
]


@pytest.mark.parametrize(
    ("text", "phases", "code", "rule"),
    DIFFERENCES,
    ids=[f"{row[0]}: {row[3]}" for row in DIFFERENCES],
)
def test_a_difference_says_its_rule_and_quotes_the_words(
    text: str, phases: list[Phase], code: str, rule: str
) -> None:
    found = [(one.code.value, one.message, one.quoted) for one in compare(propose(text), phases)]

    assert (code, rule, text) in found


def test_a_difference_stands_where_the_text_stands() -> None:
    (first,) = compare(propose("2 cp le matin"), [MORNING])
    (named,) = compare(propose("2 cp le matin"), [MORNING], "line[3].text")

    assert (first.location, named.location) == ("phase[1]", "line[3].text")


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        (
            "1 cp (20 mg) le matin",
            "text-contradicts",
            "the two amounts of the text differ by the strength of the product",
        ),
        ("1 cp (10 mg) le matin", None, None),
    ],
)
def test_an_amount_said_twice_is_one_by_the_strength_of_the_product(
    text: str, code: str | None, rule: str | None
) -> None:
    product = Product(text="EXEMPLE", strengths=(Strength(numerator=a_quantity("10 mg")),))

    found = compare_all(Posology(phases=(MORNING,), text=text), (), product)

    assert [(one.code.value, one.message) for one in found] == ([(code, rule)] if code else [])


def test_how_long_one_intake_lasts_is_said_where_the_structure_is_silent_or_differs() -> None:
    lasts = {"intake_lasts": Duration(value=Decimal(30), unit=PeriodUnit.MINUTE)}
    text = "1 cp le matin pendant 30 minutes"

    silent = compare(propose(text), [MORNING])
    equal = compare(propose(text), [MORNING.model_copy(update=lasts)])

    assert [one.message for one in silent] == ["the text says how long one intake lasts"]
    assert equal == ()


def test_a_dose_range_of_the_text_is_that_of_the_structure_or_differs() -> None:
    ranged = MORNING.model_copy(
        update={"dose": Dose(low=a_quantity("1 tablet"), high=a_quantity("2 tablet"))}
    )

    assert compare(propose("1 à 2 cp le matin"), [ranged]) == ()
    assert [one.code.value for one in compare(propose("1 à 2 cp le matin"), [MORNING])] == [
        "text-contradicts"
    ]


def test_a_range_of_frequencies_contradicts_no_silence() -> None:
    words = a_phase(dose=None, text="1 à 3 fois par jour")

    assert compare_all(Posology(phases=(words,))) == ()
    assert compare_all(Posology(phases=(THRICE.model_copy(update={"text": words.text}),))) != ()


def test_a_cycle_of_both_is_one_cycle_or_two() -> None:
    cyclic = ONCE.model_copy(update={"rhythm": Rhythm(cycle=Cycle(days_on=21, days_off=7))})

    assert compare(propose("1 cp par jour 21 jours sur 28"), [cyclic]) == ()
    assert [
        one.code.value for one in compare(propose("1 cp par jour 14 jours sur 28"), [cyclic])
    ] == ["text-adds"]


@pytest.mark.parametrize(
    ("period", "unit", "day", "rule"),
    [
        ("2", "wk", "02/03/2026", None),
        ("2", "wk", "16/02/2026", None),
        ("2", "wk", "09/03/2026", "the text counts days from another one than the structure"),
        (
            "0",
            "wk",
            "02/03/2026",
            "the text says from when days are counted and the structure does not",
        ),
    ],
)
def test_weeks_are_counted_from_a_day_of_the_count(
    period: str, unit: str, day: str, rule: str | None
) -> None:
    # The treatment starts on Wednesday 4 March 2026: its week begins on Monday 2 March.
    phase = a_phase(
        moments=["MORN"],
        frequency=a_frequency(1, period, unit),
        bounds=Bounds(start=date(2026, 3, 4)),
    ).model_copy()
    text = f"Semaines comptées à partir du {day}"

    found = [one.message for one in compare(propose(text), [phase])]

    assert found == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("02/03/2026", None),
        ("27/02/2026", None),
        ("03/03/2026", "the text counts days from another one than the structure"),
    ],
)
def test_days_are_counted_from_a_day_of_the_count(day: str, rule: str | None) -> None:
    phase = a_phase(moments=["MORN"], frequency=a_frequency(1, "3"), bounds=Bounds(start=MONDAY))

    found = [one.message for one in compare(propose(f"Jours comptés à partir du {day}"), [phase])]

    assert found == ([rule] if rule else [])


def test_no_phase_has_nothing_to_compare() -> None:
    assert compare(propose("1 cp le matin"), []) == ()


def test_amounts_beside_a_start_at_an_instant_are_of_its_day() -> None:
    phase = a_phase(moments=["MORN"], bounds=Bounds(start=paris("2026-03-05 17:30")))

    assert compare(propose("1 cp le matin à partir du 05/03/2026"), [phase]) == ()
