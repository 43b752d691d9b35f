"""What people see: every line, every dose of the week, every doubt, and nothing cut."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from builders import a_line
from rich.console import Console, RenderableType

from engine.language import Language, speaker
from engine.terminal.needed import as_needed_words, schedule_words
from engine.terminal.tables import (
    findings_table,
    lines_table,
    unused_table,
    used_table,
    week_table,
)
from engine.terminal.words import quantity_words
from schemas.codes import Coding
from schemas.explanation import ExplainedLine, SourcePlace
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import (
    Bounds,
    Cycle,
    Dose,
    Frequency,
    Limits,
    Rhythm,
    Times,
    Weekday,
)
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio
from schemas.schedule import (
    AsNeeded,
    DoseSchedule,
    EveryDays,
    EveryHours,
    InCycle,
    NotComputable,
    OnMonthDays,
    OnWeekdays,
    PlannedIntake,
    Rule,
    Slot,
    Step,
)

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2025, 3, 3)
FRENCH = speaker(Language.FRENCH)
ENGLISH = speaker(Language.ENGLISH)
TABLET = Quantity(value=Decimal("1.50"), unit="comprimé")


def shown(table: RenderableType) -> str:
    out = StringIO()
    Console(file=out, width=140, highlight=False).print(table)
    return out.getvalue()


def a_schedule(rule: Rule, *slots: Slot, end: datetime | None = None) -> DoseSchedule:
    start = datetime(2025, 3, 3, tzinfo=PARIS)
    step = Step(location="phase[1]", start=start, end=end, rule=rule, slots=slots, quantity=TABLET)
    return DoseSchedule(site="reference", zone="Europe/Paris", steps=(step,))


def an_explained_line(
    schedule: DoseSchedule | NotComputable, *planned: PlannedIntake, text: str | None = None
) -> ExplainedLine:
    line = a_line(text=text)
    return ExplainedLine(
        line=line, product=line.product, text=text, schedule=schedule, planned=planned
    )


def a_doubt(quoted: str | None = None) -> Finding:
    return Finding(
        code=FindingCode.DOSE_RANGE,
        location="RXE[1]-4",
        message="RXE-4 must be empty or equal to RXE-3",
        quoted=quoted,
    )


def test_a_quantity_keeps_the_precision_of_its_sender() -> None:
    assert quantity_words(TABLET, FRENCH) == "1.50 comprimé"


def test_a_dose_that_is_not_stated_is_said_so() -> None:
    assert quantity_words(None, FRENCH) == "dose non indiquée"


def test_a_daily_schedule_is_said_in_words() -> None:
    schedule = a_schedule(
        EveryDays(every=1, anchor=MONDAY),
        Slot(moment=Moment.MORNING),
        Slot(moment=Moment.BEFORE_DINNER, offset_minutes=30),
        end=datetime(2025, 3, 10, tzinfo=PARIS),
    )

    assert list(schedule_words(schedule, FRENCH)) == [
        "1.50 comprimé: matin, avant le dîner (30 min); tous les jours; "
        "à partir du 2025-03-03; avant le 2025-03-10"
    ]


def test_each_rhythm_is_said_in_words() -> None:
    noon = Slot(moment=Moment.NOON)
    rules: list[tuple[Rule, str]] = [
        (EveryDays(every=2, anchor=MONDAY), "every 2 days from 2025-03-03"),
        (
            OnWeekdays(weekdays=(Weekday.MONDAY, Weekday.THURSDAY), anchor=MONDAY),
            "Monday, Thursday",
        ),
        (
            OnWeekdays(weekdays=(Weekday.SUNDAY,), every=2, anchor=MONDAY),
            "Sunday, every 2 weeks",
        ),
        (OnMonthDays(days=(1, 15), anchor=MONDAY), "day 1, 15 of every month"),
        (InCycle(days_on=21, days_off=7, anchor=MONDAY), "21 days on, 7 days off, from 2025-03-03"),
    ]

    for rule, words in rules:
        assert list(schedule_words(a_schedule(rule, noon), ENGLISH)) == [
            f"1.50 comprimé: noon; {words}; from 2025-03-03"
        ]


def test_elapsed_hours_are_said_on_the_clock_of_the_site() -> None:
    rule = EveryHours(hours=Decimal(8), first=datetime(2025, 3, 3, 7, tzinfo=ZoneInfo("UTC")))

    assert list(schedule_words(a_schedule(rule), ENGLISH)) == [
        "1.50 comprimé; every 8 hours from 2025-03-03 08:00; from 2025-03-03"
    ]


def test_a_dose_as_needed_stands_beside_the_schedule() -> None:
    beside = AsNeeded(location="phase[2]", dose=Dose(low=TABLET, high=TABLET), reasons=("douleur",))
    schedule = DoseSchedule(site="reference", zone="Europe/Paris", as_needed=(beside,))

    assert list(schedule_words(schedule, FRENCH)) == ["si besoin : 1.50 comprimé douleur"]


def tablets(value: str) -> Quantity:
    return Quantity(value=Decimal(value), unit="comprimé")


def hours(value: str) -> Duration:
    return Duration(value=Decimal(value), unit=PeriodUnit.HOUR)


def test_as_needed_says_how_much_how_often_how_long_and_at_most() -> None:
    needed = AsNeeded(
        location="phase[1]",
        dose=Dose(low=tablets("1"), high=tablets("2")),
        reasons=("douleur",),
        rhythm=Rhythm(
            frequency=Frequency(
                times=1, period=Decimal(4), period_high=Decimal(6), unit=PeriodUnit.HOUR
            )
        ),
        bounds=Bounds(duration=Duration(value=Decimal(5), unit=PeriodUnit.DAY)),
        limits=Limits(
            per_period=(Ratio(amount=tablets("8"), period=hours("24")),),
            per_intake=tablets("2"),
            minimum_gap=hours("4"),
        ),
        text="selon douleur",
    )

    assert as_needed_words(needed, FRENCH) == (
        "si besoin : 1 à 2 comprimé douleur; une fois tous les 4-6 heure(s); pendant 5 jour(s); "
        "au plus 8 comprimé en 24 heure(s); au plus 2 comprimé en une prise; "
        "au moins 4 heure(s) entre deux prises; selon douleur"
    )
    assert as_needed_words(needed, ENGLISH) == (
        "as needed: 1 to 2 comprimé douleur; once in 4-6 hour(s); for 5 day(s); "
        "at most 8 comprimé in 24 hour(s); at most 2 comprimé at once; "
        "at least 4 hour(s) between two intakes; selon douleur"
    )


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"dose": Dose(low=tablets("1"))}, "as needed: at least 1 comprimé"),
        ({"dose": Dose(high=tablets("2"))}, "as needed: at most 2 comprimé"),
        ({"dose": Dose(rate="2 L/min")}, "as needed: 2 L/min"),
        (
            {
                "rhythm": Rhythm(
                    frequency=Frequency(times_high=3, period=Decimal(1), unit=PeriodUnit.DAY),
                    weekdays=(Weekday.MONDAY,),
                )
            },
            "as needed:; Monday; at most 3 times in 1 day(s)",
        ),
        (
            {"rhythm": Rhythm(cycle=Cycle(days_on=21, days_off=7))},
            "as needed:; 21 days on, 7 days off",
        ),
        (
            {
                "times": Times(
                    moments=(MomentTime(moment=Moment.BEFORE_DINNER, offset_minutes=30),),
                    clock=(time(22, 15),),
                )
            },
            "as needed:; before dinner (30 min), 22:15",
        ),
        (
            {"bounds": Bounds(start=MONDAY, end=date(2025, 3, 7), count=2, count_high=4)},
            "as needed:; from 2025-03-03; to 2025-03-07 included; 2-4 intakes",
        ),
        (
            {"bounds": Bounds(start=datetime(2025, 3, 3, 7, tzinfo=UTC))},
            "as needed:; from 2025-03-03 07:00+00:00",
        ),
        ({"timing_code": Coding(code="XQ")}, "as needed:; timing code XQ"),
        ({"intake_lasts": hours("2")}, "as needed:; each intake lasts 2 hour(s)"),
    ],
)
def test_each_thing_stated_of_what_is_taken_as_needed_is_said(
    stated: dict[str, object], words: str
) -> None:
    assert as_needed_words(AsNeeded.model_validate({"location": "x", **stated}), ENGLISH) == words


def test_an_instant_of_what_is_taken_as_needed_is_on_the_clock_of_the_site() -> None:
    bounds = Bounds(start=datetime(2025, 3, 3, 7, tzinfo=UTC))
    schedule = DoseSchedule(
        site="reference",
        zone="Europe/Paris",
        as_needed=(AsNeeded(location="x", dose=Dose(low=TABLET, high=TABLET), bounds=bounds),),
    )

    assert list(schedule_words(schedule, ENGLISH)) == [
        "as needed: 1.50 comprimé; from 2025-03-03 08:00"
    ]


def test_a_line_that_is_not_computable_shows_the_words_of_its_sender_and_the_reason() -> None:
    line = an_explained_line(NotComputable(reasons=(a_doubt(),)), text="1 à 2 cp le soir")

    text = shown(lines_table([line], FRENCH))

    assert "1 à 2 cp le soir" in text
    assert "non calculable" in text
    assert "La dose est une fourchette" in text


def test_the_week_shows_each_dose_on_its_day_and_moment_with_the_number_of_its_line() -> None:
    schedule = a_schedule(EveryDays(every=1, anchor=MONDAY), Slot(moment=Moment.EVENING))
    evening = PlannedIntake(
        due_at=datetime(2025, 3, 4, 19, tzinfo=PARIS), moment=Moment.EVENING, quantity=TABLET
    )
    clock = PlannedIntake(due_at=datetime(2025, 3, 4, 6, 30, tzinfo=PARIS), quantity=TABLET)

    table = week_table(
        [an_explained_line(schedule), an_explained_line(schedule, evening, clock)],
        MONDAY,
        2,
        FRENCH,
    )

    assert table is not None
    assert [column.header for column in table.columns] == ["Jour", "06:30", "soir 19:00"]
    rows = [line.split() for line in shown(table).splitlines() if "2025-03" in line]
    assert rows == [
        ["lundi", "2025-03-03"],
        ["mardi", "2025-03-04", "#2", "1.50", "comprimé", "#2", "1.50", "comprimé"],
    ]


def test_a_week_without_intakes_is_no_table() -> None:
    line = an_explained_line(NotComputable(reasons=(a_doubt(),)))

    assert week_table([line], MONDAY, 7, FRENCH) is None


def test_a_finding_shows_symbol_words_place_rule_and_value() -> None:
    text = shown(findings_table([("2", a_doubt(quoted="1-2"))], FRENCH))

    for part in ("■ bloquant", "La dose est une fourchette", "dose-range", "RXE[1]-4", "1-2"):
        assert part in text


def test_text_of_strangers_is_never_read_as_markup() -> None:
    text = shown(unused_table([SourcePlace(location="OBX[1]-5", value="[red]x[/red] [/]")], FRENCH))

    assert "[red]x[/red] [/]" in text


def test_a_source_shows_the_field_that_it_gave() -> None:
    text = shown(
        used_table([SourcePlace(location="PID-5", value="A", gives="patient.name")], FRENCH)
    )

    assert "PID-5" in text
    assert "patient.name" in text


def test_a_place_beside_the_one_above_is_shown_by_its_own_name() -> None:
    places = [
        SourcePlace(location="/Messages/Patient/Ipp", value="1"),
        SourcePlace(location="/Messages/Patient/DI", value="2"),
        SourcePlace(location="/Messages/Séjour/DI", value="3"),
    ]

    rows = [line.split() for line in shown(unused_table(places, FRENCH)).splitlines()]

    assert rows[4:7] == [
        ["/Messages/Patient/Ipp", "1"],
        ["…/DI", "2"],
        ["/Messages/Séjour/DI", "3"],
    ]


def test_a_short_place_is_shown_whole() -> None:
    places = [
        SourcePlace(location="PID[1]-3.1", value="1"),
        SourcePlace(location="PID[1]-3.4", value="2"),
    ]

    rows = [line.split() for line in shown(unused_table(places, FRENCH)).splitlines()]

    assert rows[4:6] == [["PID[1]-3.1", "1"], ["PID[1]-3.4", "2"]]
