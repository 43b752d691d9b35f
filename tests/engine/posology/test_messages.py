"""What a doubt says: its rule in words and the value as sent, for each rule of the posology."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from builders import REFERENCE, a_frequency, a_phase, a_quantity
from plans import paris

from engine.posology.expand import check_window
from engine.posology.normalise import normalise
from schemas.base import DateOrInstant
from schemas.moment import Moment, MomentTime
from schemas.posology import (
    Bounds,
    Cycle,
    Dose,
    Frequency,
    Limits,
    Phase,
    Posology,
    Rhythm,
    Times,
)
from schemas.quantity import Duration, PeriodUnit, Ratio
from schemas.schedule import DoseSchedule

MONDAY = date(2026, 3, 2)
MORNING = a_phase(moments=["MORN"])
EVENING = a_phase(moments=["EVE"])
HOURLY = a_phase(frequency=a_frequency(1, "8", "h"))


def on(phase: Phase, **rhythm: object) -> Phase:
    """The phase with another rhythm."""
    return phase.model_copy(update={"rhythm": Rhythm.model_validate(rhythm)})


def how_often(**stated: object) -> Phase:
    return on(MORNING, frequency=Frequency.model_validate(stated))


def within(phase: Phase, **bounds: object) -> Phase:
    return phase.model_copy(update={"bounds": Bounds.model_validate(bounds)})


def dosed(**dose: object) -> Phase:
    return MORNING.model_copy(update={"dose": Dose.model_validate(dose)})


def limited(phase: Phase, **limits: object) -> Phase:
    return phase.model_copy(update={"limits": Limits.model_validate(limits)})


def at(*moments: MomentTime, clock: tuple[time, ...] = ()) -> Phase:
    return MORNING.model_copy(update={"times": Times(moments=moments, clock=clock)})


def step(number: int, phase: Phase) -> Phase:
    return phase.model_copy(update={"sequence": number, "location": f"step[{number}]"})


def of(number: str, unit: str) -> Duration:
    return Duration(value=Decimal(number), unit=PeriodUnit(unit))


def a_day(most: str) -> Ratio:
    return Ratio(amount=a_quantity(most), period=of("1", "d"))


ONE = a_quantity("1 tablet")
TWO = a_quantity("2 tablet")
SOON = MomentTime(moment=Moment.IMMEDIATELY)
SNACK = MomentTime(moment=Moment.SNACK)
MEALS = MomentTime(moment=Moment.MEAL)
BREAKFAST = MomentTime(moment=Moment.BREAKFAST)
LATE_MORNING = MomentTime(moment=Moment.MORNING, offset_minutes=30)
FAR = datetime(9999, 12, 31, tzinfo=UTC)

SAYINGS: list[tuple[tuple[Phase, ...], str, str, str | None]] = [
    ((a_phase(),), "timing-missing", "neither a rhythm nor a time is stated", None),
    (
        (on(MORNING, frequency=a_frequency(1, "8", "h")),),
        "timing-contradicted",
        "an interval of hours stands beside moments, times or days",
        None,
    ),
    (
        (a_phase(frequency=a_frequency(2, "8", "h")),),
        "frequency-unplaced",
        "several intakes in so many hours have no stated place",
        None,
    ),
    (
        (on(MORNING, dates=(MONDAY,), weekdays=("mon",)),),
        "timing-contradicted",
        "listed dates stand beside another rhythm",
        None,
    ),
    (
        (on(MORNING, dates=(MONDAY, paris("2026-03-03 08:00"))),),
        "timing-contradicted",
        "days and instants are mixed in one list, or instants have moments",
        None,
    ),
    (
        (on(a_phase(), dates=(MONDAY,)),),
        "frequency-unplaced",
        "listed days have no time of the day",
        None,
    ),
    (
        (on(MORNING, weekdays=("mon",), month_days=(2,)),),
        "timing-contradicted",
        "days are named in two ways",
        None,
    ),
    (
        (on(MORNING, weekdays=("mon", "mon")),),
        "timing-contradicted",
        "a weekday is listed twice",
        None,
    ),
    (
        (on(MORNING, weekdays=("mon",), frequency=a_frequency(1, "3")),),
        "timing-contradicted",
        "weekdays stand beside a period that is not of weeks",
        None,
    ),
    (
        (on(MORNING, month_days=(29,)),),
        "month-day-missing",
        "a day of the month after the 28th does not exist in every month",
        None,
    ),
    (
        (on(MORNING, month_days=(2,), frequency=a_frequency(1, "1", "wk")),),
        "timing-contradicted",
        "days of the month stand beside a period that is not of months",
        None,
    ),
    (
        (on(MORNING, cycle=Cycle(days_on=0, days_off=7)),),
        "timing-unsupported",
        "a cycle needs at least one day with, and no negative number of days without",
        None,
    ),
    (
        (on(MORNING, cycle=Cycle(days_on=21, days_off=7), frequency=a_frequency(1, "2")),),
        "timing-contradicted",
        "a cycle stands beside a period that is not one day",
        None,
    ),
    (
        (how_often(times=3, period="1", unit="d"),),
        "frequency-contradicted",
        "the frequency is not the number of moments listed in its period",
        "3",
    ),
    (
        (on(at(BREAKFAST, MomentTime(moment=Moment.DINNER)), frequency=a_frequency(2, "1", "wk")),),
        "frequency-unplaced",
        "the days of this frequency are not stated",
        None,
    ),
    (
        (on(a_phase(), frequency=a_frequency(3, "1", "wk"), weekdays=("mon", "thu")),),
        "frequency-contradicted",
        "the frequency is not the number of days listed",
        "3",
    ),
    (
        (a_phase(frequency=a_frequency(3, "1", "wk")),),
        "frequency-unplaced",
        "the days of this frequency are not stated",
        None,
    ),
    (
        (how_often(times=1, unit="d"),),
        "period-incomplete",
        "a frequency needs a period and its unit, and a unit needs its period",
        None,
    ),
    (
        (how_often(times=1, times_high=2, period="1", unit="d"),),
        "frequency-range",
        "the frequency has a maximum of its own",
        None,
    ),
    (
        (how_often(times=1, period="1", period_high="2", unit="d"),),
        "period-range",
        "the period has a maximum of its own",
        None,
    ),
    (
        (how_often(times=1, period="30", unit="min"),),
        "period-too-short",
        "a period in minutes or seconds is not planned",
        None,
    ),
    (
        (how_often(times=1, period="1.5", unit="d"),),
        "period-fractional",
        "the period must be a whole number",
        "1.5",
    ),
    (
        (how_often(times=1, period="0", unit="d"),),
        "timing-unsupported",
        "the period must be above zero, and at most 10000 of its unit",
        "0",
    ),
    (
        (how_often(times=0, period="1", unit="d"),),
        "timing-unsupported",
        "the frequency must be above zero",
        "0",
    ),
    (
        (at(BREAKFAST, clock=(time(20),)),),
        "slots-mixed",
        "moments and clock times stand together",
        None,
    ),
    ((at(BREAKFAST, BREAKFAST),), "slot-twice", "the same moment is listed twice", None),
    (
        (a_phase(frequency=a_frequency(5)),),
        "distribution-missing",
        "the site has no moments for this number of intakes a day",
        "5",
    ),
    (
        (a_phase(frequency=a_frequency(2)),),
        "distribution-used",
        "moments of 2 a day taken from the site: MORN EVE",
        None,
    ),
    (
        (at(MEALS, BREAKFAST),),
        "frequency-unplaced",
        "a meal that is not named stands beside another moment",
        None,
    ),
    (
        (at(MEALS),),
        "distribution-used",
        "the meals are those of the site: CM CD CV",
        None,
    ),
    ((at(SOON),), "timing-unsupported", "an immediate dose is not one of a schedule", "IMD"),
    (
        (at(SNACK),),
        "moment-unknown",
        "the moment has no time in the table of the site",
        "SK",
    ),
    (
        (at(LATE_MORNING),),
        "timing-unsupported",
        "minutes from a part of the day have no point to count from",
        "MORN",
    ),
    (
        (within(how_often(times=1, period="2", unit="d"), start=paris("2026-03-02 09:00")),),
        "anchor-uncertain",
        "the first moment of the first day is already past: its anchor is uncertain",
        None,
    ),
    (
        (how_often(times=1, period="1", unit="wk"),),
        "weekday-from-start",
        "no weekday is stated: it is that of the start",
        "mon",
    ),
    (
        (on(MORNING, weekdays=("tue",), frequency=a_frequency(1, "2", "wk")),),
        "anchor-uncertain",
        "a rhythm of several weeks starts on a day that is not one of its own",
        None,
    ),
    (
        (within(how_often(times=1, period="1", unit="mo"), start=date(2026, 3, 29)),),
        "month-day-missing",
        "the start is a day of the month that not every month has",
        "29",
    ),
    (
        (on(MORNING, month_days=(5,), frequency=a_frequency(1, "2", "mo")),),
        "anchor-uncertain",
        "a rhythm of several months starts on a day that is not one of its own",
        None,
    ),
    (
        (within(HOURLY, start=MONDAY),),
        "start-missing",
        "an interval of hours needs the time of its first dose",
        None,
    ),
    (
        (within(MORNING, start=MONDAY, end=date(2026, 3, 9), duration=of("3", "d")),),
        "bounds-invalid",
        "the end and the length give two different ends",
        None,
    ),
    (
        (within(MORNING, start=MONDAY, end=date(2026, 2, 9)),),
        "end-before-start",
        "the end is before the start",
        None,
    ),
    (
        (within(MORNING, duration=of("5", "d"), duration_high=of("7", "d")),),
        "bounds-range",
        "the length of the treatment is a range",
        None,
    ),
    (
        (within(MORNING, duration=of("0", "d")),),
        "bounds-invalid",
        "the length of the treatment must be above zero",
        "0",
    ),
    (
        (within(MORNING, duration=of("1.5", "d")),),
        "bounds-invalid",
        "the length of the treatment must be a whole number",
        "1.5",
    ),
    (
        (within(MORNING, duration=of("90", "min")),),
        "bounds-invalid",
        "a length in minutes or seconds is not one of a treatment",
        "90",
    ),
    (
        (within(MORNING, start=date(2026, 1, 31), duration=of("1", "mo")),),
        "month-day-missing",
        "the treatment ends on a day that its last month does not have",
        None,
    ),
    (
        (within(MORNING, start=FAR),),
        "bounds-invalid",
        "the date is out of every calendar in use",
        None,
    ),
    ((dosed(low=ONE, high=TWO),), "dose-range", "the dose is a range, or open at one end", None),
    (
        (dosed(low=ONE, high=ONE, rate="1 mL/h"),),
        "element-unread",
        "the rate beside the dose is not used",
        "1 mL/h",
    ),
    ((dosed(rate="1 mL/h"),), "dose-rate", "the dose is a rate alone", "1 mL/h"),
    ((a_phase(moments=["MORN"], dose=None),), "dose-missing", "no dose is stated", None),
    (
        (a_phase(moments=["MORN"], dose="-1 tablet"),),
        "value-invalid",
        "the dose is below zero",
        "-1",
    ),
    (
        (a_phase(moments=["MORN"], dose="5 mg/kg"),),
        "dose-per-body",
        "the dose is stated by weight or surface of the patient",
        "mg/kg",
    ),
    ((a_phase(moments=["MORN"], dose="2"),), "unit-missing", "the dose has no unit", "2"),
    (
        (within(MORNING, count=3, count_high=5),),
        "count-range",
        "the number of intakes is a range",
        "5",
    ),
    ((within(MORNING, count=0),), "count-ambiguous", "the count is below one", "0"),
    (
        (within(at(BREAKFAST, MomentTime(moment=Moment.DINNER)), count=6),),
        "count-ambiguous",
        "the count stands beside several intakes a day: intakes or days",
        "6",
    ),
    (
        (step(1, MORNING), step(2, EVENING)),
        "sequence-open",
        "a step without an end is followed by another",
        None,
    ),
    (
        (
            step(1, within(MORNING, start=MONDAY, end=date(2026, 3, 8))),
            step(2, within(MORNING, start=date(2026, 3, 11))),
        ),
        "sequence-gap",
        "the step does not begin when the one before it ends",
        None,
    ),
    (
        (step(1, within(MORNING, start=MONDAY, end=date(2026, 3, 8))), step(2, MORNING)),
        "sequence-gap",
        "the step states no bounds and the one before it states its end: together?",
        None,
    ),
    (
        (
            step(1, within(MORNING, duration=of("3", "d"))),
            step(1, within(EVENING, duration=of("5", "d"))),
            step(2, MORNING),
        ),
        "sequence-gap",
        "phases of one step end at different times and another step follows",
        None,
    ),
    (
        (MORNING, a_phase(moments=["EVE"], dose="5 mg")),
        "unit-contradicted",
        "the phases of one posology have doses in different units",
        "mg",
    ),
    (
        (
            within(MORNING, start=MONDAY, end=date(2026, 3, 8)),
            within(MORNING, start=date(2026, 3, 11), end=date(2026, 3, 18)),
        ),
        "sequence-gap",
        "the period does not begin when the one before it ends",
        None,
    ),
    (
        (within(MORNING, start=paris("2026-03-02 09:00"), end=paris("2026-03-02 18:00")),),
        "timing-contradicted",
        "the days and times stated do not fall between the start and the end",
        None,
    ),
    (
        (within(on(MORNING, weekdays=("mon", "sun")), duration=of("3", "d")),),
        "timing-contradicted",
        "not every weekday stated falls between the start and the end",
        None,
    ),
    (
        (within(EVENING, start=MONDAY, end=paris("2026-03-09 19:30")),),
        "bounds-invalid",
        "the end is so near a moment that the hour of the site decides on its last dose",
        None,
    ),
    ((MORNING, MORNING), "slot-twice", "two phases have a dose at the same moment", None),
    (
        (MORNING, a_phase(clock=["08:30"])),
        "slots-mixed",
        "two names of one time of the day stand in one posology: once there, or twice",
        None,
    ),
    (
        (EVENING, on(a_phase(), weekdays=("fri",))),
        "slots-mixed",
        "one phase states its times and another none: beside them, or the same dose twice",
        None,
    ),
    (
        (step(1, MORNING), EVENING),
        "sequence-incomplete",
        "some phases are numbered and some are not",
        None,
    ),
    (
        (within(MORNING, duration=of("3", "d")), within(EVENING, duration=of("5", "d"))),
        "sequence-incomplete",
        "phases without a sequence have different lengths: together, or one after the other",
        None,
    ),
    (
        (limited(MORNING, per_period=(a_day("500 mg"),)),),
        "maximum-not-comparable",
        "the unit of the maximum is not that of the doses",
        "mg",
    ),
    (
        (limited(MORNING, per_period=(Ratio(amount=TWO, period=of("1.5", "d")),)),),
        "maximum-not-comparable",
        "the period of the maximum is not one that can be counted",
        "1.5",
    ),
    (
        (limited(a_phase(frequency=a_frequency(3)), per_period=(a_day("2 tablet"),)),),
        "maximum-exceeded",
        "the doses of one period are more than its maximum",
        "2",
    ),
    (
        (limited(a_phase(moments=["MORN"], dose="3 tablet"), per_intake=TWO),),
        "maximum-exceeded",
        "one dose is more than the maximum of one intake",
        "2",
    ),
    (
        (limited(MORNING, per_lifetime=TWO),),
        "maximum-not-comparable",
        "a treatment without end has no total to compare with the maximum of a lifetime",
        "2",
    ),
    (
        (limited(within(MORNING, duration=of("3", "d")), per_lifetime=TWO),),
        "maximum-exceeded",
        "the doses of the treatment are more than the maximum of a lifetime",
        "2",
    ),
    (
        (limited(a_phase(clock=["08:00", "12:00"]), minimum_gap=of("6", "h")),),
        "timing-contradicted",
        "two doses are closer than the minimum stated between two intakes",
        "6",
    ),
    (
        tuple(step(n, within(MORNING, duration=of("1", "d"))) for n in range(1, 202)),
        "timing-unsupported",
        "more phases than one posology has",
        "201",
    ),
    ((), "posology-missing", "no posology is stated", None),
    (
        (a_phase(dose=None, text="comme d'habitude"),),
        "posology-text-only",
        "the posology is text only",
        "comme d'habitude",
    ),
    (
        (MORNING.model_copy(update={"as_needed": True}),),
        "as-needed",
        "taken as needed: listed, never planned",
        None,
    ),
    (
        (within(MORNING, start=paris("2026-03-02 09:00")),),
        "first-doses-past",
        "doses before the start are not planned, and not moved",
        None,
    ),
]


def sayings(
    posology: Posology, start: DateOrInstant | None = MONDAY, written: DateOrInstant | None = None
) -> list[tuple[str, str, str | None]]:
    """Each finding of a posology as its code, its rule and what it quotes."""
    outcome = normalise(posology, REFERENCE, start=start, written=written)
    return [(found.code.value, found.message, found.quoted) for found in outcome.findings]


@pytest.mark.parametrize(
    ("phases", "code", "rule", "quoted"), SAYINGS, ids=[f"{row[1]}: {row[2]}" for row in SAYINGS]
)
def test_a_doubt_says_its_rule_and_quotes_the_value(
    phases: tuple[Phase, ...], code: str, rule: str, quoted: str | None
) -> None:
    assert (code, rule, quoted) in sayings(Posology(phases=phases))


def test_a_start_that_nobody_states_is_said_and_that_of_the_writing_is_quoted() -> None:
    morning = Posology(phases=(MORNING,))

    assert sayings(morning, start=None) == [
        ("start-missing", "the start of the treatment is not stated", None)
    ]
    assert sayings(morning, start=None, written=MONDAY) == [
        (
            "start-from-writing",
            "no start is stated: the treatment starts on the day of writing",
            "2026-03-02",
        )
    ]
    assert sayings(morning, start=FAR) == [
        ("bounds-invalid", "the date is out of every calendar in use", None),
        ("start-missing", "the start of the treatment is not stated", None),
    ]


def test_a_treatment_that_was_over_before_the_start_plans_nothing_and_says_so() -> None:
    over = within(MORNING, start=date(2026, 2, 2), end=date(2026, 2, 8))

    assert sayings(Posology(phases=(over,))) == [
        ("first-doses-past", "doses before the start are not planned, and not moved", None),
        ("schedule-empty", "the schedule plans no intake", None),
    ]


def test_a_long_value_is_quoted_by_its_first_200_letters() -> None:
    text = a_phase(dose=None, text="x" * 500)

    ((_, _, quoted),) = sayings(Posology(phases=(text,)))

    assert quoted == "x" * 200


def test_a_clock_change_says_which_of_the_two_doubts_it_raises() -> None:
    found = {}
    for name, phase in (("hours", HOURLY), ("slot", a_phase(clock=["02:30"]))):
        start = paris("2026-03-28 00:00")
        schedule = normalise(Posology(phases=(phase,)), REFERENCE, start=start).schedule
        assert isinstance(schedule, DoseSchedule)
        (doubt,) = check_window(schedule, REFERENCE, start, 2)
        found[name] = (doubt.location, doubt.message)

    assert found == {
        "hours": ("phase[1]", "an interval of hours runs over a clock change"),
        "slot": ("phase[1]", "a time of the day is skipped or repeated by a clock change"),
    }
