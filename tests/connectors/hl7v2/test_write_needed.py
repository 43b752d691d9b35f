"""What is taken as needed as an encoded order: read back the same, or refused by name."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import constructs_hl7v2
import pytest
from builders import a_line, a_prescription
from hl7v2_messages import SITE
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.lint import lint
from connectors.hl7v2.read import read
from connectors.hl7v2.write import write_answer
from engine.posology.normalise import normalise
from schemas.codes import Coding
from schemas.decision import Decider, Decision, DecisionKind, Role
from schemas.delivery import ReleasedLine, ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.moment import Moment, MomentTime
from schemas.people import Organization
from schemas.posology import Bounds, Cycle, Dose, Frequency, Limits, Rhythm, Times, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio
from schemas.schedule import AsNeeded, DoseSchedule

START = "2026-01-05T00:00:00+01:00"
ONE = Quantity(value=Decimal("1.0"), unit="comprimé", code="TAB")
TWO = ONE.model_copy(update={"value": Decimal(2)})
RANGE = Dose(low=ONE, high=TWO)


def a_length(value: int, unit: str) -> Duration:
    return Duration(value=Decimal(value), unit=PeriodUnit(unit))


def every(times: int, period: int, unit: str) -> Frequency:
    return Frequency(times=times, period=Decimal(period), unit=PeriodUnit(unit))


PAIN = AsNeeded(
    location="n",
    dose=RANGE,
    reasons=("douleur",),
    rhythm=Rhythm(frequency=every(1, 6, "h")),
    bounds=Bounds(start=date(2026, 1, 5), duration=a_length(5, "d")),
)


def written(needed: AsNeeded) -> bytes:
    line = a_line()
    decision = Decision(
        id=DecisionId("DEC-1"),
        kind=DecisionKind.VALIDATE,
        decided_by=Decider(
            user=UserName("p"), name="PHARMA Paul", role=Role.PHARMACIST, finess="350001236"
        ),
        decided_at=datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
        content_sha256=Sha256("0" * 64),
        source_sha256=Sha256("1" * 64),
        software="semainier",
    )
    schedule = DoseSchedule(site="reference", zone="Europe/Paris", as_needed=(needed,))
    release = ReleasedSchedule(
        prescription=a_prescription(line),
        lines=(ReleasedLine(line=line, schedule=schedule),),
        decision=decision,
        pharmacy=Organization(name="Pharmacie du Mail"),
        first_day=datetime.fromisoformat(START),
        days=7,
    )
    envelope = Envelope(
        id=DeliveryId("D-1"),
        created_at=datetime(2026, 1, 5, 10, tzinfo=UTC),
        sender="PHARMACIE",
        receiver="DPI",
        answers_control_id="M1",
    )
    return write_answer(release, envelope)


def named(data: bytes, name: str) -> list[Segment]:
    [message] = tokenise(data.decode()).messages
    return [segment for segment in message.segments if segment.name == name]


def read_back(data: bytes) -> AsNeeded:
    """The encoded order in a message of its own, as a reader lists it."""
    lines = data.decode().split("\r")
    example = "\n".join(line for line in lines if line[:3] in {"RXE", "TQ1"})
    message = constructs_hl7v2.message(example, START)
    [prescription] = read(message, SITE).prescriptions
    [line] = prescription.lines
    [needed] = normalise(line.posology, SITE).schedule.as_needed
    return needed.model_copy(update={"location": "n"})


def test_a_need_is_an_encoded_order_with_its_range_its_pattern_and_its_bounds() -> None:
    data = written(PAIN)

    assert lint(data) == ()
    (rxe,), (tq1,) = named(data, "RXE"), named(data, "TQ1")
    assert (rxe.value(3), rxe.value(4), rxe.raw(5)) == ("1.0", "2", "TAB^comprimé")
    assert (tq1.value(3), tq1.raw(6), tq1.value(7)) == ("PRNQ6H", "5^d", "20260105")
    assert (tq1.value(9), tq1.value(10)) == ("PRN", "douleur")


@pytest.mark.parametrize(
    ("stated", "pattern"),
    [
        ({}, "PRNQ6H"),
        ({"rhythm": Rhythm()}, "PRN"),
        ({"rhythm": Rhythm(frequency=every(1, 1, "d"))}, "PRNQ1D"),
        ({"rhythm": Rhythm(frequency=every(3, 1, "d"))}, "PRNTID"),
        ({"rhythm": Rhythm(frequency=every(6, 1, "d"))}, "PRN6ID"),
        ({"rhythm": Rhythm(frequency=every(1, 2, "wk"))}, "PRNQ2W"),
        ({"rhythm": Rhythm(weekdays=(Weekday.MONDAY, Weekday.FRIDAY))}, "PRNQ1J1~Q1J5"),
        (
            {"rhythm": Rhythm(weekdays=(Weekday.MONDAY,), frequency=every(2, 1, "d"))},
            "PRNBID~Q1J1",
        ),
        (
            {
                "rhythm": Rhythm(
                    weekdays=(Weekday.MONDAY, Weekday.FRIDAY), frequency=every(2, 3, "wk")
                )
            },
            "PRNQ3J15",
        ),
        (
            {
                "rhythm": Rhythm(),
                "times": Times(moments=(MomentTime(moment=Moment.BEDTIME),)),
            },
            "PRNQHS",
        ),
        ({"rhythm": Rhythm(), "times": Times(clock=(time(8), time(20, 30)))}, "PRN"),
        ({"bounds": Bounds(end=datetime(2026, 1, 9, 12, tzinfo=UTC), count=4)}, "PRNQ6H"),
        ({"intake_lasts": a_length(30, "min")}, "PRNQ6H"),
        ({"dose": Dose(low=ONE, high=ONE)}, "PRNQ6H"),
        ({"rhythm": Rhythm(), "timing_code": Coding(code="XQ", system="L")}, "PRN"),
    ],
)
def test_what_is_taken_as_needed_is_read_back_as_it_was(
    stated: dict[str, object], pattern: str
) -> None:
    needed = PAIN.model_copy(update=stated)

    data = written(needed)

    (tq1,) = named(data, "TQ1")
    assert tq1.raw(3).removesuffix("~XQ&&L") == pattern
    assert read_back(data) == needed


def test_an_end_that_is_not_included_is_the_last_day_before_it() -> None:
    bounds = Bounds(end=date(2026, 1, 9), end_included=False)

    (tq1,) = named(written(PAIN.model_copy(update={"bounds": bounds})), "TQ1")

    assert tq1.value(8) == "20260108"


def test_maxima_that_no_field_holds_stand_in_the_words_of_the_timing() -> None:
    limits = Limits(
        per_period=(Ratio(amount=TWO, period=a_length(24, "h")),), minimum_gap=a_length(4, "h")
    )
    needed = PAIN.model_copy(update={"limits": limits, "text": "si douleur"})

    (tq1,) = named(written(needed), "TQ1")

    assert tq1.value(11) == (
        "si douleur; au plus 2 comprimé en 24 heure(s); au moins 4 heure(s) entre deux prises"
    )


@pytest.mark.parametrize(
    ("stated", "place"),
    [
        ({"dose": None}, "RXE-3"),
        ({"dose": Dose(high=TWO)}, "RXE-3"),
        ({"dose": Dose(low=ONE, high=Quantity(value=Decimal(2), unit="mg"))}, "RXE-5"),
        ({"dose": Dose(low=ONE, high=ONE, rate="2 h")}, "RXE-3"),
        (
            {
                "rhythm": Rhythm(
                    frequency=every(1, 4, "h").model_copy(update={"period_high": Decimal(6)})
                )
            },
            "TQ1-3",
        ),
        ({"rhythm": Rhythm(frequency=every(2, 4, "h"))}, "TQ1-3"),
        ({"rhythm": Rhythm(cycle=Cycle(days_on=21, days_off=7))}, "TQ1-3"),
        ({"rhythm": Rhythm(month_days=(1,))}, "TQ1-3"),
        ({"times": Times(moments=(MomentTime(moment=Moment.NOON),))}, "TQ1-3"),
        (
            {"times": Times(moments=(MomentTime(moment=Moment.BEDTIME, offset_minutes=30),))},
            "TQ1-3",
        ),
        ({"bounds": Bounds(count=2, count_high=4)}, "TQ1-14"),
        ({"bounds": Bounds(duration=a_length(2, "d"), duration_high=a_length(4, "d"))}, "TQ1-6"),
    ],
)
def test_what_hl7_cannot_say_of_what_is_taken_as_needed_is_refused(
    stated: dict[str, object], place: str
) -> None:
    with pytest.raises(Refused, match=place):
        written(PAIN.model_copy(update=stated))


COUNTS = st.none() | st.integers(1, 7)
PERIODS = st.none() | st.integers(1, 12).map(Decimal)
MOMENTS = st.builds(
    MomentTime, moment=st.sampled_from(Moment), offset_minutes=st.none() | st.just(30)
)
CLOCKS = st.times().map(lambda at: at.replace(microsecond=0))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
LENGTHS = st.builds(a_length, st.integers(1, 40), st.sampled_from(["s", "min", "h", "d", "wk"]))


@settings(max_examples=300, deadline=None)
@given(
    dose=st.sampled_from([RANGE, Dose(low=ONE, high=ONE)]),
    frequency=st.none()
    | st.builds(
        Frequency,
        times=COUNTS,
        times_high=st.none() | st.just(9),
        period=PERIODS,
        period_high=st.none() | st.just(Decimal(24)),
        unit=st.sampled_from(PeriodUnit),
    )
    | st.builds(every, st.integers(1, 7), st.just(1), st.just("d"))
    | st.builds(every, st.just(1), st.integers(1, 12), st.sampled_from(["h", "d", "wk"])),
    weekdays=st.sets(st.sampled_from(Weekday)),
    moments=st.lists(MOMENTS, max_size=2, unique=True),
    clock=st.lists(CLOCKS, max_size=3, unique=True),
    bounds=st.builds(
        Bounds,
        start=st.none() | DAYS,
        end=st.none() | DAYS,
        duration=st.none() | LENGTHS,
        count=COUNTS,
    ),
    lasts=st.none() | LENGTHS,
)
def test_any_need_is_read_back_as_it_was_or_stops_the_answer(
    dose: Dose,
    frequency: Frequency | None,
    weekdays: set[Weekday],
    moments: list[MomentTime],
    clock: list[time],
    bounds: Bounds,
    lasts: Duration | None,
) -> None:
    needed = AsNeeded(
        location="n",
        dose=dose,
        rhythm=Rhythm(
            frequency=frequency, weekdays=tuple(day for day in Weekday if day in weekdays)
        ),
        times=Times(moments=tuple(moments), clock=tuple(clock)),
        bounds=bounds,
        intake_lasts=lasts,
    )

    try:
        data = written(needed)
    except Refused:
        # Clock times, bounds and lengths always have a field: only TQ1-3 can lack a code.
        assert frequency is not None or moments
        return

    assert read_back(data) == needed
