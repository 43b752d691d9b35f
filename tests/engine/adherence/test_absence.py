"""Days on which the patient was away, worked out by hand on the clock of Paris in January."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.adherence.absence import Absences, Told, absences
from schemas.adherence import PeriodReason, Unmonitored
from schemas.finding import Finding, FindingCode
from schemas.movement import Movement, MovementAction, MovementKind
from schemas.people import Identifier, Patient, Stay

FIRST, LAST = date(2026, 1, 5), date(2026, 1, 11)
LEAVE, RETURN = MovementKind.LEAVE, MovementKind.RETURN
ADMIT, DISCHARGE = MovementKind.ADMIT, MovementKind.DISCHARGE


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """An instant of January 2026 on the clock of Paris."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def told(
    kind: MovementKind,
    when: datetime | None,
    *,
    action: MovementAction = MovementAction.INSERT,
    name: str | None = None,
    visit: str | None = None,
    received: datetime | None = None,
    findings: tuple[Finding, ...] = (),
) -> Told:
    movement = Movement(
        location="PV1[1]",
        kind=kind,
        action=action,
        identifiers=(Identifier(value=name),) if name else (),
        patient=Patient(identifiers=(Identifier(value="1"),), location="PID[1]"),
        stay=Stay(visit=Identifier(value=visit)) if visit else None,
        occurred_at=when,
        findings=findings,
    )
    received = received or when or at(5)
    return Told(f"mov-{kind}-{action}-{when}-{received}-{name}", received, movement)


def away(*movements: Told, starts: time = time(3)) -> Absences:
    return absences(movements, FIRST, LAST, "Europe/Paris", starts)


def days(found: Absences) -> list[tuple[int, int, PeriodReason]]:
    return [(each.first.day, each.last.day, each.reason) for each in found.periods]


def codes(found: Absences) -> list[FindingCode]:
    return [finding.code for finding in found.findings]


def test_a_leave_takes_every_day_that_it_touches() -> None:
    found = away(told(LEAVE, at(6, 14)), told(RETURN, at(8, 18)))

    assert days(found) == [(6, 8, PeriodReason.ABSENCE)]
    assert found.findings == ()


def test_the_day_is_the_day_of_the_house() -> None:
    """02:00 on the 9th is still the night of the 8th where days start at 03:00."""
    found = away(told(LEAVE, at(7, 2)), told(RETURN, at(9, 2)))

    assert days(found) == [(6, 8, PeriodReason.ABSENCE)]
    assert days(away(told(LEAVE, at(7, 2)), told(RETURN, at(9, 2)), starts=time())) == [
        (7, 9, PeriodReason.ABSENCE)
    ]


def test_a_discharge_ends_with_the_next_admission() -> None:
    found = away(told(DISCHARGE, at(6)), told(ADMIT, at(9)))

    assert days(found) == [(6, 9, PeriodReason.DISCHARGE)]


def test_a_discharge_ends_with_an_admission_to_another_stay() -> None:
    """A stay that ended is not taken up again: who comes back gets a new visit number."""
    found = away(told(DISCHARGE, at(6), visit="V17"), told(ADMIT, at(9), visit="V18"))

    assert days(found) == [(6, 9, PeriodReason.DISCHARGE)]
    assert found.findings == ()


def test_a_leave_does_not_end_with_an_admission_to_another_stay() -> None:
    found = away(told(LEAVE, at(6), visit="V17"), told(ADMIT, at(9), visit="V18"))

    assert days(found) == [(6, LAST.day, PeriodReason.ABSENCE)]
    assert codes(found) == [FindingCode.ABSENCE_OPEN]


def test_an_absence_without_end_lasts_to_the_end_of_the_window_and_is_said() -> None:
    found = away(told(LEAVE, at(9)))

    assert days(found) == [(9, 11, PeriodReason.ABSENCE)]
    assert codes(found) == [FindingCode.ABSENCE_OPEN]


def test_an_absence_before_or_after_the_window_is_no_day_of_it() -> None:
    before = (told(LEAVE, at(1)), told(RETURN, at(4)))
    after = told(LEAVE, at(13))

    assert away(*before, after) == Absences()


def test_an_absence_across_the_edge_is_cut_at_it() -> None:
    found = away(told(LEAVE, at(2)), told(RETURN, at(5, 10)))

    assert days(found) == [(5, 5, PeriodReason.ABSENCE)]


def test_a_leave_that_is_cancelled_never_was() -> None:
    cancel = told(LEAVE, at(6), action=MovementAction.CANCEL, received=at(6, 15))

    assert away(told(LEAVE, at(6)), cancel) == Absences()


def test_a_return_that_is_cancelled_leaves_the_patient_away() -> None:
    cancel = told(RETURN, at(7), action=MovementAction.CANCEL, received=at(7, 15))
    found = away(told(LEAVE, at(6)), told(RETURN, at(7)), cancel, told(RETURN, at(9)))

    assert days(found) == [(6, 9, PeriodReason.ABSENCE)]


def test_a_discharge_that_is_cancelled_never_was() -> None:
    cancel = told(DISCHARGE, at(6), action=MovementAction.CANCEL, received=at(6, 15))

    assert away(told(DISCHARGE, at(6)), cancel) == Absences()


def test_a_named_movement_is_what_was_told_of_it_last() -> None:
    first = told(LEAVE, at(6), name="M1", received=at(6))
    moved = told(LEAVE, at(7), name="M1", action=MovementAction.UPDATE, received=at(6, 18))

    assert days(away(first, moved, told(RETURN, at(8)))) == [(7, 8, PeriodReason.ABSENCE)]


def test_a_named_movement_is_cancelled_by_its_name() -> None:
    early = told(LEAVE, at(6), name="M1")
    late = told(LEAVE, at(9), name="M2")
    cancel = told(LEAVE, at(6), name="M1", action=MovementAction.CANCEL, received=at(10))

    found = away(early, late, cancel, told(RETURN, at(10), name="M3"))

    assert days(found) == [(9, 10, PeriodReason.ABSENCE)]


def test_what_is_planned_is_no_absence() -> None:
    planned = told(DISCHARGE, at(6), action=MovementAction.PLAN)
    unplanned = told(DISCHARGE, at(6), action=MovementAction.CANCEL_PLAN, received=at(7))

    assert away(planned) == Absences()
    assert away(planned, unplanned) == Absences()


def test_a_return_of_another_stay_ends_nothing() -> None:
    found = away(
        told(LEAVE, at(6), visit="V1"), told(RETURN, at(7), visit="V2"), told(RETURN, at(9))
    )

    assert days(found) == [(6, 9, PeriodReason.ABSENCE)]
    assert codes(found) == [FindingCode.MOVEMENT_UNMATCHED]


def test_a_transfer_says_that_the_patient_is_there() -> None:
    found = away(told(LEAVE, at(6)), told(MovementKind.TRANSFER, at(7)))

    assert days(found) == [(6, 7, PeriodReason.ABSENCE)]


def test_a_movement_in_doubt_or_without_a_time_counts_for_nothing_and_is_said() -> None:
    doubt = Finding(code=FindingCode.CODE_INVALID, location="ZBE[1]-4", message="x")

    for unclear in (told(LEAVE, None), told(LEAVE, at(6), findings=(doubt,))):
        found = away(unclear)
        assert found.periods == ()
        assert codes(found) == [FindingCode.MOVEMENT_UNMATCHED]


def test_a_cancellation_of_nothing_is_said() -> None:
    cancel = told(LEAVE, at(6), action=MovementAction.CANCEL)

    assert codes(away(cancel)) == [FindingCode.MOVEMENT_UNMATCHED]


def test_a_leave_inside_a_discharge_is_two_reasons() -> None:
    found = away(told(LEAVE, at(6)), told(DISCHARGE, at(7)), told(ADMIT, at(9)))

    assert days(found) == [(6, 9, PeriodReason.ABSENCE), (7, 9, PeriodReason.DISCHARGE)]


MOVES = st.lists(
    st.tuples(st.sampled_from([LEAVE, RETURN, ADMIT, DISCHARGE]), st.integers(0, 9 * 24)),
    unique_by=lambda move: move[1],
    max_size=8,
)


@given(MOVES, st.randoms(use_true_random=False))
def test_a_slow_walk_over_the_hours_finds_the_same_days(
    moves: list[tuple[MovementKind, int]], chance: Random
) -> None:
    """Asked hour by hour: is the patient away, and which day is it."""
    began = at(4, 0)
    listed = [told(kind, began + timedelta(hours=hour)) for kind, hour in moves]
    chance.shuffle(listed)
    out: set[tuple[date, PeriodReason]] = set()
    state: set[PeriodReason] = set()
    for hour in range(9 * 24):
        now = began + timedelta(hours=hour)
        before = set(state)
        for kind, moment in moves:
            if moment == hour and kind in (RETURN, ADMIT):
                state.discard(PeriodReason.ABSENCE)
            if moment == hour and kind is ADMIT:
                state.discard(PeriodReason.DISCHARGE)
            if moment == hour and kind is LEAVE:
                state.add(PeriodReason.ABSENCE)
            if moment == hour and kind is DISCHARGE:
                state.add(PeriodReason.DISCHARGE)
        local = now + timedelta(hours=1)
        day = local.date() - timedelta(days=local.hour < 3)
        out |= {(day, reason) for reason in before | state if FIRST <= day <= LAST}

    found = away(*listed)

    assert {
        (each.first + timedelta(days=count), each.reason)
        for each in found.periods
        for count in range((each.last - each.first).days + 1)
    } == out
    assert all(isinstance(each, Unmonitored) for each in found.periods)
