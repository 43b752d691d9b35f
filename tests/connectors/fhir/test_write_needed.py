"""What is taken as needed keeps its range, rhythm, times and bounds on the way out, or stops it."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from builders import REFERENCE
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connectors.fhir.connector import CONNECTOR
from connectors.fhir.dosage.timing_rules import AT_THE_MEAL, FRENCH_MOMENTS
from connectors.fhir.lint import lint
from connectors.fhir.read import read
from engine.posology.normalise import normalise
from schemas.codes import Coding
from schemas.delivery import ReleasedLine
from schemas.errors import Refused
from schemas.export import ExportKind
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Cycle, Dose, Frequency, Limits, Rhythm, Times, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio
from schemas.schedule import AsNeeded, DoseSchedule


def tablets(value: str) -> Quantity:
    return Quantity(value=Decimal(value), unit="comprimé")


def a_length(value: str, unit: str) -> Duration:
    return Duration(value=Decimal(value), unit=PeriodUnit(unit))


@pytest.fixture
def written(released, envelope):
    """The bytes of a schedule of one line that is taken as needed."""

    def write(needed: AsNeeded) -> bytes:
        schedule = DoseSchedule(site="reference", zone="Europe/Paris", as_needed=(needed,))
        silent = released.lines[-1].line.model_copy(update={"text": None})
        line = ReleasedLine(line=silent, schedule=schedule)
        one = released.model_copy(update={"lines": (line,)})
        return CONNECTOR.writer(ExportKind.SCHEDULE, "json").write(one, envelope)

    return write


def read_back(data: bytes) -> AsNeeded:
    """What a reader lists as needed, its place left out."""
    [prescription] = read(data, REFERENCE).prescriptions
    [line] = prescription.lines
    [needed] = normalise(line.posology, REFERENCE).schedule.as_needed
    return needed.model_copy(update={"location": "n"})


def the_dosage(data: bytes) -> dict:
    entries = json.loads(data, parse_float=Decimal)["entry"]
    [request] = [
        e["resource"] for e in entries if e["resource"]["resourceType"] == "MedicationRequest"
    ]
    [dosage] = request["dosageInstruction"]
    return dosage


PAIN = AsNeeded(
    location="n",
    dose=Dose(low=tablets("1"), high=tablets("2")),
    reasons=("douleur",),
    rhythm=Rhythm(
        frequency=Frequency(
            times=1, period=Decimal(4), period_high=Decimal(6), unit=PeriodUnit.HOUR
        )
    ),
    bounds=Bounds(duration=a_length("5", "d")),
    limits=Limits(
        per_period=(
            Ratio(amount=tablets("8"), period=a_length("1", "d")),
            Ratio(amount=tablets("3"), period=a_length("6", "h")),
        ),
        per_intake=tablets("2"),
        minimum_gap=a_length("4", "h"),
    ),
)
"""1 to 2 tablets every 4 to 6 hours if pain, for 5 days, with all its maxima."""


def test_a_range_every_so_many_hours_for_some_days_is_written_in_elements_of_r4(written) -> None:
    dosage = the_dosage(written(PAIN))

    tablet, ucum = {"unit": "comprimé"}, {"system": "http://unitsofmeasure.org"}
    assert dosage["doseAndRate"] == [
        {"doseRange": {"low": {"value": 1, **tablet}, "high": {"value": 2, **tablet}}}
    ]
    assert dosage["timing"]["repeat"] == {
        "boundsDuration": {"value": 5, "unit": "d", "code": "d", **ucum},
        "frequency": 1,
        "period": 4,
        "periodMax": 6,
        "periodUnit": "h",
    }
    assert dosage["asNeededCodeableConcept"] == {"text": "douleur"}
    assert dosage["maxDosePerPeriod"]["numerator"]["value"] == 8
    assert [one["url"].rpartition("/")[2] for one in dosage["extension"]] == [
        "extension-Dosage.maxDosePerPeriod",
        "dosage-minimumGapBetweenDose",
    ]


def test_what_is_written_as_needed_passes_our_lint_and_is_read_back_the_same(written) -> None:
    data = written(PAIN)

    assert lint(data) == ()
    assert read_back(data) == PAIN


@pytest.mark.parametrize(
    ("bounds", "period"),
    [
        # Five days from 2 March end with 6 March: FHIR includes the last day of a period.
        (
            Bounds(start=date(2026, 3, 2), duration=a_length("5", "d")),
            {"start": "2026-03-02", "end": "2026-03-06"},
        ),
        # Two weeks over the change of the clocks of 29 March end at the same hour of the wall.
        (
            Bounds(start=datetime(2026, 3, 23, 7, tzinfo=UTC), duration=a_length("2", "wk")),
            {"start": "2026-03-23T07:00:00+00:00", "end": "2026-04-06T07:59:59+02:00"},
        ),
        (
            Bounds(start=datetime(2026, 3, 2, 7, tzinfo=UTC), duration=a_length("36", "h")),
            {"start": "2026-03-02T07:00:00+00:00", "end": "2026-03-03T18:59:59+00:00"},
        ),
        (Bounds(end=date(2026, 3, 7), end_included=False), {"end": "2026-03-06"}),
        (
            Bounds(end=datetime(2026, 3, 7, tzinfo=UTC), end_included=False),
            {"end": "2026-03-06T23:59:59+00:00"},
        ),
    ],
)
def test_an_end_that_a_length_or_a_midnight_states_is_written_as_the_last_that_counts(
    written, bounds, period
) -> None:
    needed = PAIN.model_copy(update={"bounds": bounds})

    assert the_dosage(written(needed))["timing"]["repeat"]["boundsPeriod"] == period


@pytest.mark.parametrize(
    ("stated", "what"),
    [
        ({"rhythm": Rhythm(cycle=Cycle(days_on=21, days_off=7))}, "a cycle"),
        ({"rhythm": Rhythm(month_days=(1, 15))}, "a day of the month"),
        (
            {"rhythm": Rhythm(dates=(date(2026, 3, 2),), weekdays=(Weekday.MONDAY,))},
            "a list of dates",
        ),
        (
            {"times": Times(moments=(MomentTime(moment=Moment.MORNING),), clock=(time(20, 0),))},
            "this set of moments",
        ),
        (
            {
                "times": Times(
                    moments=(
                        MomentTime(moment=Moment.BEFORE_LUNCH, offset_minutes=30),
                        MomentTime(moment=Moment.AFTER_DINNER, offset_minutes=60),
                    )
                )
            },
            "this set of moments",
        ),
        ({"times": Times(moments=(MomentTime(moment=Moment.IMMEDIATELY),))}, "this set of moments"),
        (
            {"bounds": Bounds(start=date(2026, 3, 2), duration=a_length("1", "mo"))},
            "a length in months",
        ),
        (
            {"bounds": Bounds(end=date(2026, 3, 9), duration=a_length("2", "d"))},
            "a length beside an end",
        ),
        ({"bounds": Bounds(count_high=3)}, "a count"),
        ({"dose": Dose(rate="2 L/min")}, "a rate"),
        ({"dose": Dose(low=tablets("1"), high=tablets("1"), per_body=True)}, "an amount by weight"),
    ],
)
def test_what_r4_cannot_say_of_what_is_taken_as_needed_is_refused_by_name(
    written, stated, what
) -> None:
    with pytest.raises(Refused, match=what):
        written(PAIN.model_copy(update=stated))


def test_a_timing_code_that_nobody_knows_goes_out_as_it_came(written) -> None:
    code = Coding(code="XQ", system="https://ehpad.example/moments")
    needed = PAIN.model_copy(update={"timing_code": code, "rhythm": Rhythm()})

    assert read_back(written(needed)) == needed


AMOUNTS = st.decimals(min_value="0.25", max_value=20, places=2).map(
    lambda value: Quantity(value=value, unit="comprimé")
)
DOSES = st.one_of(
    st.none(),
    AMOUNTS.map(lambda one: Dose(low=one, high=one)),
    st.builds(lambda low, high: Dose(low=low, high=high), AMOUNTS, AMOUNTS | st.none()),
    AMOUNTS.map(lambda one: Dose(high=one)),
)
COUNTS = st.none() | st.integers(1, 12)
PERIODS = st.none() | st.integers(1, 48).map(Decimal)
FREQUENCIES = st.none() | st.builds(
    Frequency,
    times=COUNTS,
    times_high=COUNTS,
    period=PERIODS,
    period_high=PERIODS,
    unit=st.sampled_from(PeriodUnit),
)
CLOCKS = st.times().map(lambda at: at.replace(microsecond=0))
LENGTHS = st.builds(
    Duration, value=st.integers(1, 40).map(Decimal), unit=st.sampled_from(PeriodUnit)
)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
INSTANTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2026-12-31"),
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=0))
ENDS = st.none() | DAYS | INSTANTS
BOUNDS = st.one_of(
    st.builds(Bounds, start=ENDS, end=ENDS, count=COUNTS),
    st.builds(Bounds, duration=LENGTHS, duration_high=st.none() | LENGTHS),
    st.builds(Bounds, count=st.integers(1, 5), count_high=COUNTS),
)
PLAIN = [moment for moment in Moment if moment not in FRENCH_MOMENTS | {Moment.IMMEDIATELY}]
OFFSETS = st.none() | st.integers(1, 120)


@st.composite
def some_times(draw: st.DrawFn) -> Times:
    if draw(st.booleans()):
        return Times(clock=tuple(draw(st.lists(CLOCKS, max_size=4, unique=True))))
    moments = draw(
        st.lists(st.sampled_from(PLAIN), max_size=4, unique=True)
        | st.lists(st.sampled_from(sorted(FRENCH_MOMENTS)).map(Moment), min_size=1, max_size=1)
    )
    offset = None if AT_THE_MEAL & set(moments) else draw(OFFSETS)
    return Times(moments=tuple(MomentTime(moment=one, offset_minutes=offset) for one in moments))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    dose=DOSES,
    frequency=FREQUENCIES,
    weekdays=st.sets(st.sampled_from(Weekday)),
    times=some_times(),
    bounds=BOUNDS,
    reason=st.sampled_from([(), ("douleur",)]),
    gap=st.none() | LENGTHS,
)
def test_any_need_is_read_back_as_it_was_or_is_refused(
    written, dose, frequency, weekdays, times, bounds, reason, gap
) -> None:
    # "At most once in a period" is a least time between two intakes: the reader says so itself.
    assume(frequency is None or frequency.times is not None or frequency.times_high != 1)
    needed = AsNeeded(
        location="n",
        dose=dose,
        reasons=reason,
        rhythm=Rhythm(frequency=frequency, weekdays=tuple(sorted(weekdays))),
        times=times,
        bounds=bounds,
        limits=Limits(minimum_gap=gap),
    )

    try:
        data = written(needed)
    except Refused:
        assert frequency is not None
        assert frequency.period is None
        assert frequency.period_high is not None
        return

    assert read_back(data) == needed
