"""The edges of the comparison: the last minute, the last day, the one number that still agrees."""

from datetime import date
from decimal import Decimal

import pytest
from builders import a_frequency, a_phase, a_quantity
from plans import lasting, paris

from engine.posology.comparison.compare import compare, compare_all
from engine.posology.comparison.product import strengths_of, without_name
from engine.posology.text.propose import propose
from schemas.base import DateOrInstant
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.posology import (
    Bounds,
    Cycle,
    Dose,
    Frequency,
    Limits,
    Phase,
    Posology,
    Rhythm,
    Weekday,
)
from schemas.prescription import Product
from schemas.quantity import Duration, PeriodUnit, Ratio, Strength

CONTRADICTS, ADDS, UNREAD = "text-contradicts", "text-adds", "text-unread"
MORNING = a_phase(moments=["MORN"])
MONDAY, TUESDAY, THURSDAY = Weekday.MONDAY, Weekday.TUESDAY, Weekday.THURSDAY


def _with(phase: Phase = MORNING, **values: object) -> Phase:
    return phase.model_copy(update=values)


def _coded(display: str) -> ProductCode:
    return ProductCode(system=ProductCodeSystem.CIP13, value="3400900000001", display=display)


def found(text: str, *phases: Phase) -> list[tuple[str, str]]:
    return [(each.code.value, each.message) for each in compare(propose(text), phases)]


def codes(text: str, *phases: Phase) -> list[str]:
    return sorted({code for code, _ in found(text, *phases)})


def _ending(end: DateOrInstant, *, included: bool = True) -> Phase:
    bounds = Bounds(start=date(2026, 3, 2), end=end, end_included=included)
    return _with(bounds=bounds)


@pytest.mark.parametrize(
    ("phase", "last"),
    [
        (_ending(date(2026, 3, 8)), ["08/03/2026"]),
        (_ending(date(2026, 3, 9), included=False), ["08/03/2026", "09/03/2026"]),
        (_ending(paris("2026-03-09 00:00")), ["08/03/2026", "09/03/2026"]),
        (_ending(paris("2026-03-09 00:01")), ["09/03/2026"]),
        (_ending(paris("2026-03-09 23:59"), included=False), ["09/03/2026"]),
    ],
)
def test_the_last_day_is_that_of_the_end_or_the_one_that_it_closes(
    phase: Phase, last: list[str]
) -> None:
    days = [f"{day:02}/03/2026" for day in (7, 8, 9, 10)]

    assert [day for day in days if not found(f"1 cp le matin jusqu'au {day}", phase)] == last


def _between(start: DateOrInstant, end: DateOrInstant, *, included: bool = True) -> Phase:
    return _with(bounds=Bounds(start=start, end=end, end_included=included))


MARCH_2 = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("phase", "lengths"),
    [
        # 2 March to 1 June is three months to the day; a day more or less is still called so.
        (_between(MARCH_2, date(2026, 6, 1)), {"3 mois", "92 jours"}),
        (_between(MARCH_2, date(2026, 6, 2)), {"3 mois", "93 jours"}),
        (_between(MARCH_2, date(2026, 6, 3)), {"94 jours"}),
        (_between(MARCH_2, date(2026, 6, 3), included=False), {"3 mois", "93 jours"}),
        (_between(MARCH_2, date(2026, 6, 4), included=False), {"94 jours"}),
        (_between(MARCH_2, date(2026, 5, 31)), {"3 mois", "91 jours"}),
        (_between(MARCH_2, date(2026, 5, 30)), {"90 jours"}),
        # By the clock: whole days within an hour, else the days below and above.
        (_between(paris("2026-03-02 10:00"), paris("2026-06-02 09:59")), {"3 mois", "92 jours"}),
        (_between(paris("2026-03-02 00:00"), paris("2026-06-03 23:58")), {"3 mois", "94 jours"}),
        (_between(paris("2026-03-02 00:00"), paris("2026-06-03 23:59")), {"94 jours"}),
    ],
)
def test_a_start_and_an_end_are_so_many_days_and_months(phase: Phase, lengths: set[str]) -> None:
    said = [f"{days} jours" for days in range(88, 97)] + [f"{number} mois" for number in (2, 3, 4)]

    assert {one for one in said if not found(f"1 cp le matin pendant {one}", phase)} == lengths


def test_hours_between_two_days_are_both_lengths() -> None:
    phase = _between(paris("2026-03-02 07:00"), paris("2026-03-04 18:00"))

    lengths = [days for days in range(1, 6) if not found(f"1 cp le matin {days} jours", phase)]
    assert lengths == [2, 3]


@pytest.mark.parametrize(
    ("text", "dates", "expected"),
    [
        ("du 02/03/2026 au 04/03/2026", (2, 4), []),
        ("du 02/03/2026 au 04/03/2026", (3, 3), []),
        ("du 02/03/2026 au 04/03/2026", (1, 4), [CONTRADICTS]),
        ("du 02/03/2026 au 04/03/2026", (2, 5), [CONTRADICTS]),
    ],
)
def test_dated_intakes_lie_between_the_first_and_the_last_day(
    text: str, dates: tuple[int, int], expected: list[str]
) -> None:
    days = tuple(date(2026, 3, day) for day in dates)
    phase = _with(rhythm=Rhythm(dates=days))

    assert codes(f"1 cp le matin {text}", phase) == expected


@pytest.mark.parametrize(("days", "expected"), [(7, []), (6, [CONTRADICTS]), (8, [CONTRADICTS])])
def test_a_first_and_a_last_day_are_a_length(days: int, expected: list[str]) -> None:
    text = "1 cp le matin du 02/03/2026 au 08/03/2026"
    phase = _with(bounds=lasting(days).model_copy(update={"start": MARCH_2}))

    assert codes(text, phase) == expected


def _frequency(times: int | None, period: str, unit: str) -> Frequency:
    return Frequency(times=times, period=Decimal(period), unit=PeriodUnit(unit))


@pytest.mark.parametrize(
    ("text", "phase", "expected"),
    [
        ("6 cp par jour, toutes les 4 heures", a_phase(frequency=a_frequency(1, "4", "h")), []),
        (
            "5 cp par jour, toutes les 4 heures",
            a_phase(frequency=a_frequency(1, "4", "h")),
            [CONTRADICTS],
        ),
        ("3 cp par jour", a_phase(moments=["MORN", "NOON", "EVE"]), []),
        (
            "3 cp par jour en 3 prises",
            a_phase(frequency=a_frequency(3), dose="3 tablet"),
            [CONTRADICTS],
        ),
        ("3 cp par semaine", a_phase(frequency=a_frequency(3)), [CONTRADICTS]),
        ("2 cp par mois", a_phase(frequency=a_frequency(2)), [CONTRADICTS]),
    ],
)
def test_the_amount_of_a_day_is_what_the_intakes_of_one_make(
    text: str, phase: Phase, expected: list[str]
) -> None:
    assert codes(text, phase) == expected


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        ("1 cp le lundi", (MONDAY, TUESDAY), CONTRADICTS),
        ("1 cp lundi et mardi", (MONDAY,), CONTRADICTS),
        ("1 cp lundi et mardi", (MONDAY, TUESDAY), None),
    ],
)
def test_the_weekdays_of_one_phase_are_all_those_of_the_text(
    text: str, days: tuple[Weekday, ...], expected: str | None
) -> None:
    outcome = codes(text, _with(a_phase(), rhythm=Rhythm(weekdays=days)))

    assert outcome == [] if expected is None else expected in outcome


def test_of_several_phases_a_text_may_name_the_days_of_one() -> None:
    monday = _with(a_phase(), rhythm=Rhythm(weekdays=(MONDAY,)))
    thursday = _with(a_phase(dose="2 tablet"), rhythm=Rhythm(weekdays=(THURSDAY,)))

    assert codes("1 cp le lundi, 2 cp le jeudi", monday, thursday) == []
    assert codes("2 cp le lundi, 1 cp le jeudi", monday, thursday) == [CONTRADICTS]
    assert CONTRADICTS in codes("1 cp le mardi", monday, thursday)


def _week(times: int, *days: Weekday) -> Phase:
    return _with(a_phase(), rhythm=Rhythm(weekdays=days, frequency=_frequency(times, "1", "wk")))


@pytest.mark.parametrize(
    ("text", "phase", "agrees"),
    [
        ("1 cp 2 fois par semaine", _week(2, MONDAY, THURSDAY), True),
        ("1 cp 3 fois par semaine", _week(3, MONDAY, THURSDAY), True),
        ("1 cp 2 fois par semaine", _week(3, MONDAY, THURSDAY), False),
        (
            "1 cp toutes les 2 semaines",
            _with(
                a_phase(),
                rhythm=Rhythm(weekdays=(MONDAY,), frequency=_frequency(1, "2", "wk")),
            ),
            True,
        ),
        (
            "1 cp toutes les 3 semaines",
            _with(
                a_phase(),
                rhythm=Rhythm(weekdays=(MONDAY,), frequency=_frequency(1, "2", "wk")),
            ),
            False,
        ),
        (
            "1 cp 2 fois par jour",
            _with(
                a_phase(),
                rhythm=Rhythm(weekdays=tuple(Weekday), frequency=_frequency(2, "1", "d")),
            ),
            True,
        ),
        (
            "1 cp 4 fois par semaine",
            _with(
                a_phase(),
                rhythm=Rhythm(weekdays=(MONDAY, THURSDAY), frequency=_frequency(2, "1", "d")),
            ),
            True,
        ),
        (
            "1 cp 2 fois par semaine",
            _with(
                a_phase(),
                rhythm=Rhythm(weekdays=(MONDAY, THURSDAY), frequency=_frequency(2, "1", "d")),
            ),
            False,
        ),
    ],
)
def test_the_intakes_of_a_week_are_its_days_by_the_intakes_of_each(
    text: str, phase: Phase, agrees: bool
) -> None:
    assert (codes(text, phase) == []) is agrees


@pytest.mark.parametrize(
    ("phase", "agrees"),
    [
        (a_phase(moments=["MORN"], frequency=a_frequency(5, "1", "wk")), True),
        (a_phase(moments=["MORN"], frequency=a_frequency(4, "1", "wk")), False),
        (a_phase(moments=["MORN"], frequency=a_frequency(5, "2", "wk")), False),
        (_with(rhythm=Rhythm(weekdays=tuple(Weekday)[:5])), True),
        (_with(rhythm=Rhythm(weekdays=tuple(Weekday)[:4])), False),
        (_with(rhythm=Rhythm(cycle=Cycle(days_on=5, days_off=2))), True),
        (_with(rhythm=Rhythm(cycle=Cycle(days_on=5, days_off=3))), False),
        (MORNING, False),
    ],
)
def test_so_many_days_of_seven_are_those_of_the_structure(phase: Phase, agrees: bool) -> None:
    assert (ADDS not in codes("1 cp le matin 5 jours sur 7", phase)) is agrees


def test_the_moments_of_each_weekday_are_the_intakes_of_a_week() -> None:
    text = "1 cp lundi et jeudi matin et soir"

    four, two = (a_phase(frequency=a_frequency(times, "1", "wk")) for times in (4, 2))
    assert CONTRADICTS not in codes(text, four)
    assert CONTRADICTS in codes(text, two)


@pytest.mark.parametrize(
    ("text", "phase", "expected"),
    [
        ("1 cp 30 min avant le dîner", a_phase(moments=["ACV"]), []),
        ("1 cp avant le dîner", a_phase(moments=["PCV"]), [CONTRADICTS]),
        ("1 cp après le dîner", a_phase(moments=["ACV"]), [CONTRADICTS]),
        ("1 cp après le petit-déjeuner", a_phase(moments=["ACM"]), [CONTRADICTS]),
        ("1 cp avant le petit-déjeuner", a_phase(moments=["PCM"]), [CONTRADICTS]),
        ("1 cp avant le déjeuner", a_phase(moments=["PCD"]), [CONTRADICTS]),
        ("1 cp après le déjeuner", a_phase(moments=["ACD"]), [CONTRADICTS]),
        ("1 cp avant les repas", a_phase(moments=["AC"]), []),
        ("1 cp après les repas", a_phase(moments=["AC"]), [CONTRADICTS]),
    ],
)
def test_a_side_of_a_meal(text: str, phase: Phase, expected: list[str]) -> None:
    assert codes(text, phase) == expected


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("1 cp le soir", "NIGHT", [CONTRADICTS]),
        ("1 cp la nuit", "EVE", [CONTRADICTS]),
        ("1 cp le soir", "EVE.late", []),
        ("1 cp la nuit", "EVE.late", []),
        ("1 cp le soir au coucher", "NIGHT", []),
        ("1 cp le soir au coucher", "EVE", []),
        ("1 cp le soir au coucher", "MORN", [CONTRADICTS]),
        ("1 cp matin et soir", "EVE.late", [CONTRADICTS]),
    ],
)
def test_only_bedtime_is_evening_and_night(text: str, moment: str, expected: list[str]) -> None:
    assert codes(text, a_phase(moments=[moment])) == expected


def test_minutes_before_a_meal_are_those_of_the_structure() -> None:
    times = propose("1 cp 30 min avant le dîner").phases[0].times
    phase = _with(a_phase(), times=times)
    rule = "the text gives other minutes before or after than the structure"

    assert found("1 cp 30 min avant le dîner", phase) == []
    assert found("1 cp 15 min avant le dîner", phase) == [(CONTRADICTS, rule)]
    assert found("1 cp avant le dîner", phase) == []


def _limited(limits: Limits) -> Phase:
    return _with(a_phase(frequency=a_frequency(3)), limits=limits)


def _gap(number: str, unit: str) -> Limits:
    return Limits(minimum_gap=Duration(value=Decimal(number), unit=PeriodUnit(unit)))


def _in(amount: str, number: str, unit: str) -> Limits:
    period = Duration(value=Decimal(number), unit=PeriodUnit(unit))
    return Limits(per_period=(Ratio(amount=a_quantity(amount), period=period),))


@pytest.mark.parametrize(
    ("words", "limits", "agrees"),
    [
        ("délai minimum entre 2 prises : 24 h", _gap("1", "d"), True),
        ("délai minimum entre 2 prises : 1 jour", _gap("24", "h"), True),
        ("délai minimum entre 2 prises : 7 jours", _gap("1", "wk"), True),
        ("délai minimum entre 2 prises : 2 h", _gap("120", "min"), True),
        ("délai minimum entre 2 prises : 3 h", _gap("120", "min"), False),
        ("délai minimum entre 2 applications : 6 h", _gap("6", "h"), True),
        ("délai minimum between 2 doses : 6 h", _gap("6", "h"), True),
        ("max 2 par prise", Limits(per_intake=a_quantity("2 tablet")), True),
        ("max 3 par prise", Limits(per_intake=a_quantity("2 tablet")), False),
        ("max 8 cp en 7 jours", _in("8 tablet", "1", "wk"), True),
        ("max 8 cp en 48 h", _in("8 tablet", "2", "d"), True),
        ("max 8 cp en 24 h", _in("8 tablet", "2", "d"), False),
        ("max 2 par prise", Limits(), False),
    ],
)
def test_each_number_of_a_ceiling_is_one_of_the_limits(
    words: str, limits: Limits, agrees: bool
) -> None:
    expected = [] if agrees else [ADDS]

    assert codes(f"1 cp 3 fois par jour, {words}", _limited(limits)) == expected


def test_the_time_to_the_next_intake_is_a_gap_where_no_number_of_intakes_is_stated() -> None:
    every = Frequency(period=Decimal(4), period_high=Decimal(6), unit=PeriodUnit.HOUR)
    limits = _in("5 tablet", "1", "d")
    open_ended = _with(a_phase(frequency=every), limits=limits)
    counted = _with(a_phase(frequency=a_frequency(1, "4", "h")), limits=limits)

    text = "1 cp, max 5 par jour, espacés d'au moins 4 heures"
    assert codes(text, open_ended) == []
    assert codes("1 cp, max 5 par jour, espacés d'au moins 6 heures", open_ended) == []
    assert codes("1 cp, max 5 par jour, espacés d'au moins 7 heures", open_ended) == [ADDS]
    assert codes(text, counted) == [ADDS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("comme d'habitude", [UNREAD]),
        ("un comme d'habitude", [UNREAD]),
        ("deux comme d'habitude", [ADDS]),
        ("2 comme d'habitude", [ADDS]),
        ("ou", [ADDS]),
    ],
)
def test_a_number_in_unread_words_weighs_and_an_article_does_not(
    text: str, expected: list[str]
) -> None:
    assert codes(f"1 cp le matin {text}", MORNING) == expected


@pytest.mark.parametrize(
    ("text", "count", "agrees"),
    [
        ("1 cp le matin, dose unique", 1, True),
        ("1 cp le matin, dose unique", 2, False),
        ("1 cp le matin, 16 cycles", 16, True),
        ("1 cp le matin, 15 cycles", 16, False),
    ],
)
def test_a_count_in_words_is_that_of_the_structure(text: str, count: int, agrees: bool) -> None:
    assert (codes(text, _with(bounds=Bounds(count=count))) == []) is agrees


def test_a_stop_is_the_end_of_a_structure_that_has_one() -> None:
    text = "1 cp le matin puis arrêt"

    assert codes(text, _with(bounds=lasting(5))) == []
    assert codes(text, _with(bounds=Bounds(end=date(2026, 3, 8)))) == []
    assert codes(text, MORNING) == [ADDS]


def test_of_the_steps_that_differ_the_one_with_the_fewest_differences_is_told() -> None:
    bare = _with(dose=None, sequence=1)
    other = _with(a_phase(moments=["MORN"], dose="2 tablet", bounds=lasting(4)), sequence=2)

    rule = "the text gives another dose than the structure"
    assert found("1 cp le matin pendant 4 jours", bare, other) == [(CONTRADICTS, rule)]


def test_two_readings_stand_for_the_one_that_differs_least() -> None:
    text = "1 g (2 cp) le matin"
    half = Strength(numerator=a_quantity("500 mg"))

    for dose in ("1 g", "2 tablet"):
        phase = a_phase(moments=["MORN"], dose=dose)
        assert compare(propose(text), [phase], None, [half]) == ()
    (finding,) = compare(propose(text), [a_phase(moments=["MORN"], dose="3 tablet")], None, [half])
    assert finding.code.value == CONTRADICTS


def test_a_dose_of_nothing_is_none_unless_the_structure_states_it_too() -> None:
    noon = a_phase(moments=["NOON"], dose="0 tablet")

    assert codes("1 cp le matin, 0 cp à midi", MORNING) == []
    assert codes("1 cp le matin, 0 cp à midi", MORNING, noon) == []
    assert CONTRADICTS in codes("1 cp le matin, 1 cp à midi", MORNING, noon)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("EXEMPLE 500 mg, comprimé", ["500 mg"]),
        ("EXEMPLE 500 mg/30 mg, comprimé", []),
        ("EXEMPLE 500 mg + 30 mg, comprimé", []),
        ("EXEMPLE", []),
        (None, []),
    ],
)
def test_the_strength_in_a_name_is_its_one_amount(name: str | None, expected: list[str]) -> None:
    strengths = strengths_of(Product(text=name))

    assert [f"{one.numerator.value} {one.numerator.unit}" for one in strengths] == expected


def test_a_stated_strength_goes_before_the_name() -> None:
    stated = (Strength(numerator=a_quantity("1 g")),)

    assert strengths_of(Product(text="EXEMPLE 500 mg", strengths=stated)) == stated


@pytest.mark.parametrize(
    ("text", "product", "expected"),
    [
        ("EXEMPLE 500 mg : 1 cp", Product(text="EXEMPLE 500 mg"), "  : 1 cp"),
        ("1 cp exemple 500 MG le soir", Product(text="Exemple 500 mg"), "1 cp   le soir"),
        ("1 cp DEMO", Product(codes=(_coded("Démo"),)), "1 cp  "),
        ("1 cp TAB", Product(text="TAB"), "1 cp TAB"),
        ("1 cp", Product(text="EXEMPLE"), "1 cp"),
        ("EXEMPLE 75 : 1 cp", Product(text="EXEMPLE 75, comprimé"), "1 cp"),
        ("EXEMPLE 75 1 cp", Product(text="EXEMPLE 75, comprimé"), "EXEMPLE 75 1 cp"),
        ("EXEMPLE 75 mg 1-0-1", Product(text="EXEMPLE 75 mg, comprimé"), "1-0-1"),
        ("EXEMPLE 75 mg, 1 cp", Product(text="EXEMPLE 75 mg, comprimé"), "1 cp"),
        ("EXEMPLE 75 : 1 cp", Product(text="EXEMPLE 75 mg, comprimé"), "1 cp"),
        ("EXEMPLE 80 mg, 1 cp", Product(text="EXEMPLE 75 mg, comprimé"), "EXEMPLE 80 mg, 1 cp"),
        ("ABC FORTE 5 mg 1 cp", Product(text="FORTE", codes=(_coded("ABC FORTE 5 mg"),)), "  1 cp"),
        (
            "EXEMPLE FORT 5 mg",
            Product(text="EXEMPLE", codes=(_coded("EXEMPLE FORT"),)),
            "  5 mg",
        ),
    ],
)
def test_the_name_of_the_product_is_no_part_of_what_a_text_says(
    text: str, product: Product, expected: str
) -> None:
    assert without_name(text, product) == expected


def test_the_start_of_the_line_is_that_of_its_first_step_alone() -> None:
    first = _with(bounds=lasting(3), sequence=1)
    second = _with(a_phase(moments=["MORN"], dose="2 tablet", bounds=lasting(4)), sequence=2)
    text = "1 cp le matin pendant 3 jours puis 2 cp le matin pendant 4 jours"
    dated = f"{text.partition(' puis ')[0]} à partir du 02/03/2026 puis 2 cp le matin 4 jours"
    posology = Posology(phases=(first, second), text=dated)

    def told(start: date | None) -> list[str]:
        return [each.message for each in compare_all(posology, start=start)]

    assert told(date(2026, 3, 2)) == []
    assert told(date(2026, 3, 3)) == ["the text gives another start than the structure"]
    assert told(None) == ["the text gives a start and the structure gives none"]


def test_where_a_text_of_a_phase_stands_and_what_it_says_of_none() -> None:
    own = _with(text="2 cp le matin", location="d[2]")
    label = _with(instructions=("2 cp le matin",), location="d[3]")
    opaque = _with(text="bla bla", location="d[4]")

    def told(phase: Phase) -> list[tuple[str, str, str, str | None]]:
        found = compare_all(Posology(phases=(phase,)))
        return [(each.code.value, each.location, each.message, each.quoted) for each in found]

    dose = "the text gives another dose than the structure"
    nothing = "nothing of the text could be compared with the structure"
    assert told(own) == [(CONTRADICTS, "d[2].text", dose, "2 cp le matin")]
    assert told(label) == [(CONTRADICTS, "d[3].instructions", dose, "2 cp le matin")]
    assert told(opaque) == [(UNREAD, "d[4].text", nothing, "bla bla")]


def test_a_text_is_quoted_as_sent_with_the_name_of_the_product() -> None:
    posology = Posology(phases=(MORNING,), text="EXEMPLE 500 mg : 2 cp le matin")

    (finding,) = compare_all(posology, product=Product(text="EXEMPLE 500 mg"))

    assert finding.message == "the text gives another dose than the structure"
    assert finding.quoted == "EXEMPLE 500 mg : 2 cp le matin"


def test_words_beside_no_structure_only_contradict() -> None:
    empty = _with(a_phase(dose=None), text="1 cp le matin selon INR", location="d[1]")

    assert compare_all(Posology(phases=(empty,))) == ()


def test_a_rate_alone_only_asks_and_one_beside_an_amount_blocks() -> None:
    amount = a_quantity("1 tablet")
    alone = _with(dose=Dose(rate="5 mg/h"))
    beside = _with(dose=Dose(rate="5 mg/h", low=amount, high=amount))

    assert codes("2 cp le soir", alone) == [UNREAD]
    assert codes("2 cp le soir", beside) == [CONTRADICTS]


def test_the_length_of_one_intake_is_one_in_every_unit() -> None:
    half = Duration(value=Decimal("0.5"), unit=PeriodUnit.HOUR)
    rule = "the text gives another length of one intake than the structure"
    phase = _with(intake_lasts=half)

    assert found("1 cp le matin sur 30 minutes", phase) == []
    assert found("1 cp le matin sur 1 heure", phase) == [(CONTRADICTS, rule)]


def test_a_word_of_order_alone_agrees_with_a_structure_of_steps() -> None:
    assert codes("1 cp le matin ensuite", _with(sequence=1)) == []
    assert codes("1 cp le matin ensuite", MORNING) == [ADDS]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(2, []), (5, []), (8, []), (9, [CONTRADICTS]), (10, [CONTRADICTS]), (16, []), (18, [])],
)
def test_weeks_are_counted_from_their_monday(day: int, expected: list[str]) -> None:
    every_two = a_phase(frequency=a_frequency(1, "2", "wk"))
    phase = _with(every_two, bounds=Bounds(start=date(2026, 3, day)))
    text = "1 cp toutes les 2 semaines, semaines comptées à partir du 02/03/2026"

    assert codes(text, phase) == expected


def test_a_patch_worn_until_the_next_agrees_with_so_many_a_week() -> None:
    two = a_phase(frequency=a_frequency(2, "1", "wk"), dose="1 patch")
    rule = "one intake of the text lasts longer than the time to the next"

    assert found("1 patch sur 84 heures", two) == []
    assert found("1 patch sur 85 heures", two) == [(CONTRADICTS, rule)]
