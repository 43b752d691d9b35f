"""Each rule of the comparison in a line that only it finds: the pharmacist reads which it is."""

from datetime import date
from decimal import Decimal

import pytest
from builders import a_frequency, a_phase, a_quantity
from plans import lasting

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Bounds, Cycle, Frequency, Phase, Rhythm, Weekday
from schemas.quantity import PeriodUnit, Strength

CONTRADICTS, ADDS, UNREAD = "text-contradicts", "text-adds", "text-unread"
OF_500_MG = Strength(numerator=a_quantity("500 mg"))

MORNING = a_phase(moments=["MORN"])
EVENING = a_phase(moments=["EVE"])
SILENT = a_phase()
DAILY = a_phase(frequency=a_frequency(1))
THRICE = a_phase(frequency=a_frequency(3))
WEEKLY = a_phase(frequency=a_frequency(2, "1", "wk"))
RANGED = a_phase(frequency=a_frequency(2).model_copy(update={"times_high": 4}))


def _with(phase: Phase = MORNING, **values: object) -> Phase:
    return phase.model_copy(update=values)


def _on(*days: Weekday, phase: Phase = MORNING) -> Phase:
    return _with(phase, rhythm=Rhythm(weekdays=days))


def _from(start: date | None = None, end: date | None = None) -> Phase:
    return a_phase(moments=["MORN"], bounds=Bounds(start=start, end=end))


def found(text: str, phases: list[Phase], *strengths: Strength) -> list[tuple[str, str]]:
    findings = compare(propose(text), phases, None, strengths)
    return [(finding.code.value, finding.message) for finding in findings]


BOUNDS = [
    (
        "1 cp le matin pendant 5 à 7 jours",
        [_with(bounds=lasting(5))],
        ADDS,
        "the text gives a range for the length of the treatment",
    ),
    (
        "1 cp le matin pendant 7 jours",
        [_with(bounds=lasting(5))],
        CONTRADICTS,
        "the text gives another length of treatment than the structure",
    ),
    (
        "1 cp le matin pendant 4 jours",
        [_with(bounds=Bounds(count=3))],
        CONTRADICTS,
        "the text gives another length than the intakes of the structure make",
    ),
    (
        "1 cp pendant 4 jours",
        [_with(SILENT, bounds=Bounds(count=4))],
        UNREAD,
        "the text gives a length and the structure a number of intakes",
    ),
    (
        "1 cp le matin pendant 4 jours",
        [MORNING],
        ADDS,
        "the text gives a length of treatment and the structure gives none",
    ),
    (
        "1 cp le matin jusqu'au 12/03/2026",
        [_from(end=date(2026, 3, 20))],
        CONTRADICTS,
        "the text gives another end than the structure",
    ),
    (
        "1 cp le matin jusqu'au 12/03/2026",
        [MORNING],
        ADDS,
        "the text gives an end and the structure gives none",
    ),
    (
        "1 cp le matin à partir du 02/03/2026",
        [MORNING],
        ADDS,
        "the text gives a start and the structure gives none",
    ),
    (
        "1 cp le matin à partir du 02/03/2026",
        [_from(start=date(2026, 3, 3))],
        CONTRADICTS,
        "the text gives another start than the structure",
    ),
    (
        "1 cp le matin en continu",
        [_with(bounds=lasting(5))],
        CONTRADICTS,
        "the text gives no end and the structure one",
    ),
]

DOSES = [
    (
        "1 cp le matin",
        [_with(dose=None)],
        ADDS,
        "the text gives a dose and the structure gives none",
    ),
    (
        "2 cp le matin",
        [MORNING],
        CONTRADICTS,
        "the text gives another dose than the structure",
    ),
    (
        "1 cp (1 gélule) le matin",
        [MORNING],
        ADDS,
        "the text gives two amounts for one intake",
    ),
    (
        "1 cp (500 mg) le matin",
        [MORNING],
        UNREAD,
        "the text gives the amount in two units, and no strength is known",
    ),
    (
        "1 g (2 cp) le matin",
        [a_phase(moments=["MORN"], dose="1 g")],
        ADDS,
        "the text counts units and the structure does not, and no strength is known",
    ),
    (
        "1 cp le matin et 1 cp",
        [MORNING],
        UNREAD,
        "the text gives an amount without its time",
    ),
]

RHYTHMS = [
    (
        "1 cp 4 fois par jour",
        [THRICE],
        CONTRADICTS,
        "the text gives another number of intakes a day than the structure",
    ),
    (
        "1 cp 3 fois par semaine",
        [WEEKLY],
        CONTRADICTS,
        "the text gives another number of intakes a week than the structure",
    ),
    (
        "1 cp toutes les 8 heures",
        [THRICE],
        CONTRADICTS,
        "the text gives another frequency than the structure",
    ),
    (
        "1 cp 2 à 3 fois par jour",
        [a_phase(frequency=a_frequency(2))],
        CONTRADICTS,
        "the text gives a range of frequencies",
    ),
    (
        "1 cp 2 à 3 fois par jour",
        [RANGED],
        CONTRADICTS,
        "the text gives another range of frequencies than the structure",
    ),
    (
        "1 cp le lundi",
        [SILENT],
        ADDS,
        "the text names weekdays and the structure names none",
    ),
    (
        "1 cp le lundi matin",
        [_on(Weekday.TUESDAY)],
        CONTRADICTS,
        "the text names other weekdays than the structure",
    ),
    (
        "1 cp le matin 21 jours sur 28",
        [MORNING],
        ADDS,
        "the text gives a cycle of days and the structure does not",
    ),
    (
        "2 cp le matin 3 jours puis 1 cp le matin 4 jours",
        [MORNING],
        ADDS,
        "the text has another number of steps than the structure",
    ),
]

TIMES = [
    (
        "1 cp le soir",
        [DAILY],
        ADDS,
        "the text names moments of the day and the structure names none",
    ),
    (
        "1 cp le soir",
        [a_phase(moments=["AC"], frequency=a_frequency(1))],
        UNREAD,
        "the text names moments and the structure meals that it does not name",
    ),
    (
        "1 cp le soir",
        [MORNING],
        CONTRADICTS,
        "the text gives other times of the day than the structure",
    ),
    (
        "1 cp avant les repas",
        [a_phase(moments=["PC"])],
        CONTRADICTS,
        "the text gives the other side of the meal than the structure",
    ),
    (
        "1 cp si douleur",
        [SILENT],
        ADDS,
        "the text gives a condition and the structure gives none",
    ),
]

WORDS = [
    (
        "1 cp le matin sauf le dimanche",
        [MORNING],
        ADDS,
        "the text names days without, and the structure does not leave out the same",
    ),
    (
        "500 mg + 30 mg, 1 cp le matin",
        [MORNING],
        UNREAD,
        "the text names amounts of several substances, and the structure counts units",
    ),
    (
        "1 cp le matin à renouveler 2 fois",
        [MORNING],
        UNREAD,
        "the text names renewals, and each is a delivery of its own",
    ),
    (
        "1 cp le matin, à distance : 2 h avant le fer",
        [MORNING],
        UNREAD,
        "the text asks for a time between this medicine and another",
    ),
    (
        "1 cp le matin ou le soir",
        [a_phase(moments=["MORN", "EVE"])],
        ADDS,
        "the text gives a choice between two times or amounts",
    ),
    (
        "1 cp le matin selon INR",
        [MORNING],
        ADDS,
        "the text says something that may change the plan and that was not read",
    ),
    (
        "1 cp le matin, comme d'habitude",
        [MORNING],
        UNREAD,
        "words of the text could not be compared with the structure",
    ),
    (
        "1 cp le matin, jours comptés à partir du 02/03/2026",
        [MORNING],
        ADDS,
        "the text says from when days are counted and the structure does not",
    ),
    (
        "1 cp tous les 2 jours, jours comptés à partir du 02/03/2026",
        [_with(a_phase(frequency=a_frequency(1, "2")), bounds=Bounds(start=date(2026, 3, 3)))],
        CONTRADICTS,
        "the text counts days from another one than the structure",
    ),
]


@pytest.mark.parametrize(
    ("text", "phases", "code", "rule"), [*BOUNDS, *DOSES, *RHYTHMS, *TIMES, *WORDS]
)
def test_a_difference_is_told_by_its_own_rule_alone(
    text: str, phases: list[Phase], code: str, rule: str
) -> None:
    assert found(text, phases) == [(code, rule)]


@pytest.mark.parametrize(
    ("text", "phases", "code", "rule"),
    [
        (
            "1 cp (250 mg) le matin",
            [MORNING],
            CONTRADICTS,
            "the two amounts of the text differ by the strength of the product",
        ),
        (
            "1 cp de 250 mg le matin",
            [MORNING],
            CONTRADICTS,
            "the text names another strength than that of the product",
        ),
    ],
)
def test_a_difference_from_the_product_is_told_with_it(
    text: str, phases: list[Phase], code: str, rule: str
) -> None:
    assert (code, rule) in found(text, phases, OF_500_MG)


AGREE: list[tuple[str, list[Phase]]] = [
    # A length is that of the fixed intakes; those as needed beside them may have another.
    (
        "1 cp le matin pendant 5 jours",
        [_with(bounds=lasting(5)), _with(as_needed=True, sequence=None, bounds=lasting(9))],
    ),
    ("1 cp le matin pendant 7 jours", [_with(bounds=lasting(1, "wk"))]),
    ("1 cp le matin pendant 12 mois", [_with(bounds=lasting(1, "a"))]),
    ("1 cp 3 fois par jour pendant 4 jours", [_with(THRICE, bounds=Bounds(count=12))]),
    (
        "1 cp toutes les 8 heures pendant 4 jours",
        [_with(a_phase(frequency=a_frequency(1, "8", "h")), bounds=Bounds(count=12))],
    ),
    (
        "1 cp tous les 2 jours pendant 8 jours",
        [_with(a_phase(frequency=a_frequency(1, "2")), bounds=Bounds(count=4))],
    ),
    # Weeks of seven days, whichever way they are said.
    ("1 cp une fois par semaine", [a_phase(frequency=a_frequency(1, "7"))]),
    ("1 cp 2 fois par semaine", [a_phase(frequency=a_frequency(2, "7"))]),
    ("1 cp toutes les 2 semaines", [a_phase(frequency=a_frequency(1, "2", "wk"))]),
    ("1 cp tous les 14 jours", [a_phase(frequency=a_frequency(1, "2", "wk"))]),
    ("1 cp tous les mois", [a_phase(frequency=a_frequency(1, "1", "mo"))]),
    ("1 cp tous les 12 mois", [a_phase(frequency=a_frequency(1, "1", "a"))]),
    ("1 cp toutes les 48 heures", [a_phase(frequency=a_frequency(1, "2"))]),
    ("1 cp lundi et jeudi", [_on(Weekday.MONDAY, Weekday.THURSDAY, phase=SILENT)]),
    (
        "1 cp 2 fois par semaine",
        [_on(Weekday.MONDAY, Weekday.THURSDAY, phase=SILENT)],
    ),
    ("1 cp par jour", [_on(*Weekday, phase=SILENT)]),
    ("1 cp le matin sauf le week-end", [_on(*tuple(Weekday)[:5])]),
    ("1 tablet in the morning except weekend", [_on(*tuple(Weekday)[:5])]),
    ("1 cp 21 jours sur 28", [_with(SILENT, rhythm=Rhythm(cycle=Cycle(days_on=21, days_off=7)))]),
    # A frequency that is not wholly stated contradicts nothing.
    ("1 cp 2 fois par jour", [a_phase(frequency=Frequency(times=3))]),
    ("1 cp 2 fois par jour", [a_phase(frequency=Frequency(times=3, period=Decimal(1)))]),
    ("1 cp 2 fois par jour", [a_phase(frequency=Frequency(times=3, unit=PeriodUnit.DAY))]),
    # Parts of the day by the clock: from 4, 11, 14, 17 and 21 h; before 4 h it is night.
    ("1 cp la nuit", [a_phase(clock=["03:59"])]),
    ("1 cp le matin", [a_phase(clock=["04:00"])]),
    ("1 cp le matin", [a_phase(clock=["10:59"])]),
    ("1 cp le midi", [a_phase(clock=["11:00"])]),
    ("1 cp le midi", [a_phase(clock=["13:59"])]),
    ("1 cp l'après-midi", [a_phase(clock=["14:00"])]),
    ("1 cp l'après-midi", [a_phase(clock=["16:59"])]),
    ("1 cp le soir", [a_phase(clock=["17:00"])]),
    ("1 cp le soir", [a_phase(clock=["20:59"])]),
    ("1 cp la nuit", [a_phase(clock=["21:00"])]),
    # Two steps against two steps, and a step that describes each of several alike.
    (
        "2 cp le matin 3 jours puis 1 cp le matin 4 jours",
        [
            _with(
                a_phase(moments=["MORN"], dose="2 tablet", bounds=lasting(3)),
                sequence=1,
            ),
            _with(bounds=lasting(4), sequence=2),
        ],
    ),
    ("1 cp le matin", [_with(sequence=1), _with(sequence=2, bounds=lasting(4))]),
]


@pytest.mark.parametrize(("text", "phases"), AGREE)
def test_two_ways_to_say_one_thing_agree(text: str, phases: list[Phase]) -> None:
    assert found(text, phases) == []


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("1 cp tous les 14 jours", a_phase(frequency=a_frequency(1, "1", "wk"))),
        ("1 cp 2 fois par semaine", a_phase(frequency=a_frequency(1, "2", "wk"))),
        ("1 cp toutes les 2 semaines", a_phase(frequency=a_frequency(2, "1", "wk"))),
        ("1 cp par semaine", a_phase(frequency=a_frequency(1, "2", "wk"))),
        ("1 cp tous les 12 mois", a_phase(frequency=a_frequency(1, "1", "mo"))),
        ("1 cp tous les mois", a_phase(frequency=a_frequency(1, "1", "a"))),
        ("1 cp toutes les 30 minutes", a_phase(frequency=a_frequency(1, "30", "h"))),
        ("24 cp par jour", a_phase(frequency=a_frequency(1, "0.5", "h"))),
        ("1 cp toutes les 1,5 heures", a_phase(frequency=a_frequency(1, "1", "h"))),
        ("1 cp tous les jours", a_phase(frequency=a_frequency(1, "1.5"))),
        ("1 cp toutes les 2 heures", a_phase(frequency=a_frequency(1, "2.5", "h"))),
        ("1 cp par jour", _on(*tuple(Weekday)[:6], phase=SILENT)),
        ("1 cp 3 fois par semaine", _on(Weekday.MONDAY, Weekday.THURSDAY, phase=SILENT)),
        ("1 cp le soir", a_phase(clock=["16:59"])),
        ("1 cp le matin", a_phase(clock=["03:59"])),
    ],
)
def test_another_rhythm_never_agrees(text: str, phase: Phase) -> None:
    assert CONTRADICTS in {code for code, _ in found(text, [phase])}


def test_a_step_among_several_that_the_text_leaves_out_is_said() -> None:
    first = _with(bounds=lasting(3), sequence=1)
    second = _with(a_phase(moments=["MORN"], dose="2 tablet", bounds=lasting(4)), sequence=2)

    rule = "the text has another number of steps than the structure"
    assert found("1 cp le matin pendant 3 jours", [first, second]) == [(ADDS, rule)]


def test_a_text_unlike_every_step_tells_what_differs_from_the_nearest() -> None:
    first = _with(bounds=lasting(3), sequence=1)
    second = _with(bounds=lasting(4), sequence=2)

    rule = "the text gives another dose than the structure"
    assert found("2 cp le matin", [first, second]) == [(CONTRADICTS, rule)]


def test_a_length_is_not_taken_from_what_is_needed_beside_a_fixed_intake() -> None:
    fixed = _with(bounds=lasting(5))
    spare = _with(as_needed=True, bounds=lasting(9))

    rule = "the text gives another length of treatment than the structure"
    assert found("1 cp le matin pendant 9 jours", [fixed, spare]) == [(CONTRADICTS, rule)]
    assert found("1 cp le matin si douleur pendant 9 jours", [spare]) == []


@pytest.mark.parametrize(
    ("bounds", "length"),
    [
        (Bounds(start=date(2026, 3, 2), end=date(2026, 3, 8)), "7 jours"),
        (Bounds(start=date(2026, 3, 2), end=date(2026, 3, 9), end_included=False), "7 jours"),
        (Bounds(start=date(2026, 3, 2), end=date(2026, 6, 1)), "3 mois"),
        (Bounds(start=date(2026, 3, 2), end=date(2027, 3, 1)), "1 an"),
        (Bounds(start=date(2025, 12, 1), end=date(2026, 1, 31)), "2 mois"),
    ],
)
def test_a_start_and_an_end_make_a_length(bounds: Bounds, length: str) -> None:
    assert found(f"1 cp le matin pendant {length}", [_with(bounds=bounds)]) == []
    assert found("1 cp le matin pendant 40 jours", [_with(bounds=bounds)]) != []
    assert found("1 cp le matin pendant 7 mois", [_with(bounds=bounds)]) != []


def test_findings_stand_at_the_first_phase_or_where_the_caller_says_and_quote_the_text() -> None:
    said = propose("2 cp le matin")

    (here,) = compare(said, [MORNING])
    (there,) = compare(said, [MORNING], "line[2].text")

    assert (here.location, here.quoted) == ("phase[1]", "2 cp le matin")
    assert (there.location, there.quoted) == ("line[2].text", "2 cp le matin")
