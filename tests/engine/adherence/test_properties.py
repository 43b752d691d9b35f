"""What holds for any plan and any intakes: two planned intakes a day, one author."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction as Ratio

from hypothesis import given, settings
from hypothesis import strategies as st
from intakes import a_line_input, a_report, a_window, planned

from engine.adherence.adherence import adherence
from engine.adherence.definition import DEFAULT
from engine.adherence.measure import measure
from engine.adherence.report import Report
from schemas.adherence import Definition, Fraction, LineAdherence, PeriodReason, Unmonitored
from schemas.canonical import canonical_json
from schemas.intake import IntakeStatus
from schemas.schedule import PlannedIntake

MONDAY = date(2026, 1, 5)
DAYS = 7
PLAN = planned(MONDAY, DAYS, "08:00", "20:00")
START = datetime(2026, 1, 5, 3, tzinfo=UTC)

minutes = st.integers(0, DAYS * 24 * 60 - 1)
some_minutes = st.lists(minutes, max_size=20)
statuses = st.sampled_from([IntakeStatus.TAKEN, IntakeStatus.REFUSED, IntakeStatus.PARTIAL])
reports = st.lists(st.tuples(minutes, statuses), max_size=20).map(
    lambda given: tuple(
        a_report(f"R{rank:02}", START + timedelta(minutes=minute), status=status)
        for rank, (minute, status) in enumerate(given)
    )
)


def taken(at: list[int]) -> tuple[Report, ...]:
    return tuple(
        a_report(f"R{rank:02}", START + timedelta(minutes=minute)) for rank, minute in enumerate(at)
    )


def figures(
    given: tuple[Report, ...],
    plan: tuple[PlannedIntake, ...] = PLAN,
    definition: Definition = DEFAULT,
    unmonitored: tuple[Unmonitored, ...] = (),
) -> LineAdherence:
    window = a_window(MONDAY, DAYS, unmonitored=unmonitored)
    return measure(a_line_input(plan, given), window, definition).figures


def worth(fraction: Fraction | None) -> Ratio:
    assert fraction is not None
    return Ratio(fraction.numerator, fraction.denominator)


@given(reports.flatmap(lambda given_: st.tuples(st.just(given_), st.permutations(given_))))
@settings(max_examples=60)
def test_the_order_of_the_reports_changes_nothing(
    both: tuple[tuple[Report, ...], list[Report]],
) -> None:
    in_order, shuffled = both

    assert figures(tuple(shuffled)) == figures(in_order)


@given(reports, st.permutations(PLAN))
@settings(max_examples=60)
def test_the_order_of_the_plan_changes_nothing(
    some: tuple[Report, ...], plan: list[PlannedIntake]
) -> None:
    assert figures(some, tuple(plan)) == figures(some)


@given(reports)
@settings(max_examples=60)
def test_a_report_received_twice_changes_nothing(some: tuple[Report, ...]) -> None:
    assert figures(some + some) == figures(some)


@given(some_minutes, st.integers(1, 600))
@settings(max_examples=60)
def test_moving_plan_and_intakes_together_changes_no_figure(at: list[int], days: int) -> None:
    by = timedelta(days=days)
    moved_plan = tuple(intake._replace(due_at=intake.due_at + by) for intake in PLAN)
    moved = tuple(
        a_report(f"R{rank:02}", START + timedelta(minutes=minute) + by)
        for rank, minute in enumerate(at)
    )

    here = figures(taken(at))
    there = measure(a_line_input(moved_plan, moved), a_window(MONDAY + by, DAYS), DEFAULT).figures

    left_out = {"days", "matches", "findings"}
    assert there.model_dump(exclude=left_out) == here.model_dump(exclude=left_out)


@given(some_minutes.filter(bool), st.data())
@settings(max_examples=100)
def test_removing_an_intake_never_raises_a_figure(at: list[int], data: st.DataObject) -> None:
    rank = data.draw(st.integers(0, len(at) - 1))

    with_it, without = figures(taken(at)), figures(taken(at[:rank] + at[rank + 1 :]))

    assert worth(without.taking) <= worth(with_it.taking)
    assert worth(without.taking_capped) <= worth(with_it.taking_capped)
    assert worth(without.implementation) <= worth(with_it.implementation)
    assert worth(without.timing) <= worth(with_it.timing)


@given(reports)
@settings(max_examples=60)
def test_capped_is_at_most_raw_and_exact_days_at_most_the_days_with_enough(
    some: tuple[Report, ...],
) -> None:
    result = figures(some)

    assert worth(result.taking_capped) <= min(worth(result.taking), 1)
    assert worth(result.correct_dosing) <= worth(result.implementation)
    assert worth(result.implementation) <= 1


@given(some_minutes, st.integers(1, 700), st.integers(0, 700))
@settings(max_examples=100)
def test_a_wider_window_never_finds_fewer_intakes_on_time(
    at: list[int], width: int, more: int
) -> None:
    narrow = figures(taken(at), definition=DEFAULT.model_copy(update={"window_minutes": width}))
    wide = figures(
        taken(at), definition=DEFAULT.model_copy(update={"window_minutes": width + more})
    )

    assert worth(narrow.timing) <= worth(wide.timing)


@given(reports, st.integers(0, DAYS - 1))
@settings(max_examples=60)
def test_a_day_left_out_leaves_the_other_days_as_they_are(
    some: tuple[Report, ...], number: int
) -> None:
    day = MONDAY + timedelta(days=number)
    hospital = Unmonitored(first=day, last=day, reason=PeriodReason.HOSPITAL)

    whole, partly = figures(some), figures(some, unmonitored=(hospital,))

    assert [(d.expected, d.taken) for d in partly.days] == [
        (d.expected, d.taken) for d in whole.days
    ]
    assert [d.day for d in partly.days if not d.monitored] == [day]


@given(reports)
@settings(max_examples=60)
def test_every_planned_intake_is_told_once_and_every_report_once_at_most(
    some: tuple[Report, ...],
) -> None:
    result = figures(some)
    told = [name for m in result.matches for name in (m.intake, *m.others) if name]

    assert len(result.matches) == len(PLAN)
    assert sum(number for kind, number in result.counts.items() if kind != "extra") == len(PLAN)
    assert len(told) == len(set(told))


@given(some_minutes)
@settings(max_examples=60)
def test_every_intake_counts_on_one_day(at: list[int]) -> None:
    assert sum(day.taken for day in figures(taken(at)).days) == len(at)


@given(reports)
@settings(max_examples=30)
def test_the_same_inputs_give_the_same_bytes(some: tuple[Report, ...]) -> None:
    def bytes_of(given_: tuple[Report, ...]) -> bytes:
        line = a_line_input(PLAN, given_)
        return canonical_json(adherence([line], a_window(MONDAY, DAYS), patient="P1"))

    assert bytes_of(some) == bytes_of(tuple(reversed(some)))
