"""Dates against a program that asks every quarter of an hour: zones, edges, leap days, clocks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from builders import REFERENCE, a_phase
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from slowly import HOURS, QUARTER, Days, Statement, doses, hourly, skips

from engine.posology.expand import check_window, expand
from engine.posology.normalise import normalise
from schemas.posology import Bounds, Cycle, Frequency, Phase, Posology, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit
from schemas.schedule import DoseSchedule
from schemas.site import Site

ZONES = [
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Cayenne",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
]
"""Where France dispenses; Paris and Miquelon change their clocks, on different days."""
NEAR = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 12, 31),
    date(2027, 2, 28),
    date(2028, 2, 29),
]
"""Days on which the clocks change in Paris or in Miquelon, ends of years and of Februaries."""
DAYS = st.one_of(
    st.builds(lambda day, n: day + timedelta(days=n), st.sampled_from(NEAR), st.integers(-5, 2)),
    st.dates(date(2025, 1, 1), date(2029, 12, 31)),
)
CLOCKS = st.integers(0, 95).map(lambda n: (datetime(2000, 1, 1) + n * QUARTER).time())  # noqa: DTZ001
TIMES_OF_DAY = st.sets(
    st.one_of(CLOCKS, st.sampled_from([time(2, 30), time(0)])), min_size=1, max_size=3
)
RHYTHMS = st.one_of(
    st.builds(Days, every=st.integers(1, 30)),
    st.builds(Days, weekdays=st.frozensets(st.integers(1, 7), min_size=1)),
    st.builds(Days, month_days=st.frozensets(st.integers(1, 28), min_size=1, max_size=3)),
    st.builds(Days, on=st.integers(1, 21), off=st.integers(0, 8)),
)
WINDOWS = st.tuples(st.integers(-3, 40), CLOCKS, st.integers(1, 35))


@dataclass(frozen=True)
class Ending:
    """How a treatment ends: so many days, and an hour where it is an instant."""

    kind: str
    number: int
    clock: time
    included: bool


ENDINGS = st.builds(
    Ending,
    kind=st.sampled_from(["never", "day", "instant", "d", "wk", "mo", "h", "count"]),
    number=st.integers(1, 12),
    clock=CLOCKS,
    included=st.booleans(),
)


@dataclass(frozen=True)
class Drawn:
    """One posology as drawn; `clock` is that of its start, or `None` for a day alone."""

    day: date
    clock: time | None
    days: Days
    moments: tuple[str, ...]
    clocks: tuple[time, ...]
    ending: Ending

    def start(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.day, self.clock or time(), zone)

    @property
    def stated_start(self) -> date | None:
        return self.day if self.clock is None else None


def slots(
    moments: set[str], clocks: set[time], clock_wise: bool
) -> tuple[tuple[str, ...], tuple[time, ...]]:
    return ((), tuple(sorted(clocks))) if clock_wise else (tuple(sorted(moments)), ())


DRAWN = st.builds(
    lambda day, clock, days, slots, ending: Drawn(day, clock, days, *slots, ending),
    day=DAYS,
    clock=st.one_of(st.none(), CLOCKS),
    days=RHYTHMS,
    slots=st.builds(
        slots, st.sets(st.sampled_from(sorted(HOURS)), min_size=1), TIMES_OF_DAY, st.booleans()
    ),
    ending=ENDINGS,
)


def at_site(zone: str) -> Site:
    return REFERENCE.model_copy(update={"zone": zone})


def as_phase(drawn: Drawn, zone: ZoneInfo) -> Phase:
    """The posology in the words of the canonical model."""
    days, ending = drawn.days, drawn.ending
    start = drawn.stated_start or drawn.start(zone)
    last_day = drawn.day + timedelta(days=ending.number)
    bounds: dict[str, object] = {"start": start}
    if ending.kind == "day":
        bounds |= {"end": last_day, "end_included": ending.included}
    elif ending.kind == "instant":
        end = datetime.combine(last_day, ending.clock, zone)
        bounds |= {"end": end, "end_included": ending.included}
    elif ending.kind == "count":
        bounds["count"] = ending.number
    elif ending.kind != "never":
        bounds["duration"] = Duration(value=Decimal(ending.number), unit=PeriodUnit(ending.kind))
    rhythm = Rhythm(
        frequency=None
        if days.every == 1
        else Frequency(period=Decimal(days.every), unit=PeriodUnit.DAY),
        weekdays=tuple(day for day in Weekday if day.number + 1 in days.weekdays),
        month_days=tuple(sorted(days.month_days)),
        cycle=Cycle(days_on=days.on, days_off=days.off) if days.on else None,
    )
    phase = a_phase(moments=drawn.moments, clock=[f"{one:%H:%M}" for one in drawn.clocks])
    return phase.model_copy(update={"bounds": Bounds.model_validate(bounds), "rhythm": rhythm})


def as_statement(drawn: Drawn, zone: ZoneInfo) -> Statement:
    """The posology in plain values: an end that is a day is the midnight before or after it."""
    ending, start = drawn.ending, drawn.start(zone)
    number = ending.number
    end: datetime | None = None
    if ending.kind == "day":
        last = drawn.day + timedelta(days=number + (1 if ending.included else 0))
        end = datetime.combine(last, time(), zone)
    elif ending.kind == "instant":
        end = datetime.combine(drawn.day + timedelta(days=number), ending.clock, zone)
    elif ending.kind in ("d", "wk"):
        last = drawn.day + timedelta(days=number * (7 if ending.kind == "wk" else 1))
        end = datetime.combine(last, start.time(), zone)
    elif ending.kind == "mo":
        months = drawn.day.month - 1 + number
        last = date(drawn.day.year + months // 12, months % 12 + 1, drawn.day.day)
        end = datetime.combine(last, start.time(), zone)
    elif ending.kind == "h":
        end = (start.astimezone(UTC) + timedelta(hours=number)).astimezone(zone)
    clocks = [(one, None) for one in drawn.clocks] + [(HOURS[one], one) for one in drawn.moments]
    return Statement(
        start=start,
        days=drawn.days,
        clocks=tuple(sorted(clocks, key=lambda pair: pair[0])),
        end=end,
        end_included=ending.kind == "instant" and ending.included,
        most=number if ending.kind == "count" else None,
    )


def is_odd(drawn: Drawn, zone: ZoneInfo) -> bool:
    """Whether a start or an end is a time that the clock never shows, or shows twice."""
    walls = [drawn.start(zone), datetime.combine(drawn.day, drawn.ending.clock, zone)]
    walls += [wall + timedelta(days=drawn.ending.number * n) for wall in walls for n in (1, 7)]
    return any(wall.utcoffset() != wall.replace(fold=1).utcoffset() for wall in walls)


@given(zone=st.sampled_from(ZONES), drawn=DRAWN, window=WINDOWS)
@settings(max_examples=250, deadline=None)
def test_doses_are_those_that_asking_every_quarter_of_an_hour_finds(
    zone: str, drawn: Drawn, window: tuple[int, time, int]
) -> None:
    place, site = ZoneInfo(zone), at_site(zone)
    assume(drawn.ending.kind != "mo" or drawn.day.day <= 28)
    assume(not is_odd(drawn, place))
    schedule = normalise(Posology(phases=(as_phase(drawn, place),)), site).schedule
    event(f"computable: {isinstance(schedule, DoseSchedule)}")
    assume(isinstance(schedule, DoseSchedule))
    assert isinstance(schedule, DoseSchedule)
    ahead, clock, length = window
    first = datetime.combine(drawn.day + timedelta(days=ahead), clock, place)
    last = datetime.combine(drawn.day + timedelta(days=ahead + length), clock, place)
    assume(all(one.utcoffset() == one.replace(fold=1).utcoffset() for one in (first, last)))

    said = as_statement(drawn, place)
    if check_window(schedule, site, first, length):
        assert any(skips(clock, place, first, last) for clock, _ in said.clocks)
        return
    found = [
        f"{one.due_at.isoformat()} {one.moment or ''}".strip()
        for one in expand(schedule, site, first, length)
    ]

    assert found == doses(said, place, first, last)


@given(
    zone=st.sampled_from(ZONES),
    day=DAYS,
    clock=CLOCKS,
    gap=st.sampled_from([1, 2, 4, 6, 8, 12, 18, 24, 36, 48, 72]),
    ahead=st.integers(0, 200),
    length=st.integers(1, 12),
)
@settings(max_examples=80, deadline=None)
def test_hours_are_those_that_adding_them_one_by_one_finds(
    zone: str, day: date, clock: time, gap: int, ahead: int, length: int
) -> None:
    place, site = ZoneInfo(zone), at_site(zone)
    start = datetime.combine(day, clock, place)
    first = datetime.combine(day + timedelta(days=ahead), clock, place)
    last = datetime.combine(day + timedelta(days=ahead + length), clock, place)
    ends = (start, first, last)
    assume(all(one.utcoffset() == one.replace(fold=1).utcoffset() for one in ends))
    every = Frequency(period=Decimal(gap), unit=PeriodUnit.HOUR)
    phase = a_phase(frequency=every).model_copy(update={"bounds": Bounds(start=start)})

    schedule = normalise(Posology(phases=(phase,)), site).schedule

    assert isinstance(schedule, DoseSchedule)
    expected = hourly(start, gap, place, (first, last))
    assert [one.due_at.isoformat() for one in expand(schedule, site, first, length)] == expected
    offsets = {text[-6:] for text in expected} | {start.isoformat()[-6:]}
    assert bool(check_window(schedule, site, first, length)) == (len(offsets) > 1)


@given(
    zone=st.sampled_from(ZONES),
    day=DAYS,
    steps=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=2, max_size=5),
    ahead=st.integers(-2, 20),
)
@settings(max_examples=80, deadline=None)
def test_a_taper_is_its_steps_one_after_the_other(
    zone: str, day: date, steps: list[tuple[int, int]], ahead: int
) -> None:
    place, site = ZoneInfo(zone), at_site(zone)
    assume(any(amount for _, amount in steps))
    phases = [
        a_phase(
            moments=["NOON"],
            dose=f"{amount} tablet",
            sequence=number,
            bounds=Bounds(duration=Duration(value=Decimal(length), unit=PeriodUnit.DAY)),
        )
        for number, (length, amount) in enumerate(steps, start=1)
    ]

    schedule = normalise(Posology(phases=tuple(phases)), site, start=day).schedule

    assert isinstance(schedule, DoseSchedule)
    amounts = [amount for length, amount in steps for _ in range(length)]
    first = datetime.combine(day + timedelta(days=ahead), time(), place)
    expected = [
        (day + timedelta(days=n), Decimal(amount))
        for n, amount in enumerate(amounts)
        if amount and n >= ahead and n < ahead + 30
    ]
    found = [
        (one.due_at.date(), one.quantity.value if one.quantity else None)
        for one in expand(schedule, site, first, 30)
    ]
    assert found == expected
