"""Two schedules compared: every change in its type, and none where both plan the same."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from builders import a_frequency, a_quantity
from hypothesis import given
from hypothesis import strategies as st

from engine.review.courses import schedule_changes
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Dose, Rhythm, Times, Weekday
from schemas.quantity import Quantity
from schemas.review import (
    AnchorMoved,
    AsNeededChanged,
    CountChanged,
    CourseAdded,
    CourseRemoved,
    DaysChanged,
    DoseChanged,
    EndMoved,
    GapOpened,
    ScheduleChange,
    SlotAdded,
    SlotRemoved,
    StartMoved,
    WeekdaysChanged,
)
from schemas.schedule import (
    AsNeeded,
    DoseSchedule,
    EveryDays,
    EveryHours,
    InCycle,
    OnMonthDays,
    OnWeekdays,
    Rule,
    Slot,
    Step,
)

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 3, 2)
MORNING, EVENING = Slot(moment=Moment.MORNING), Slot(moment=Moment.EVENING)
DAILY = EveryDays(every=1, anchor=MONDAY)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)


def a_step(
    *slots: Slot,
    dose: str = "1 comprimé",
    rule: Rule = DAILY,
    start: date = MONDAY,
    end: date | None = None,
    count: int | None = None,
) -> Step:
    return Step(
        location="phase[1]",
        start=at(start),
        end=at(end) if end else None,
        rule=rule,
        slots=slots or (MORNING,),
        quantity=a_quantity(dose),
        count=count,
    )


def a_schedule(*steps: Step, as_needed: Sequence[AsNeeded] = ()) -> DoseSchedule:
    return DoseSchedule(
        site="reference", zone="Europe/Paris", steps=steps, as_needed=tuple(as_needed)
    )


def changes(old: Step, new: Step) -> tuple[ScheduleChange, ...]:
    return schedule_changes(a_schedule(old), a_schedule(new))


RULES = st.one_of(
    st.builds(EveryDays, every=st.integers(1, 4), anchor=st.just(MONDAY)),
    st.builds(
        OnWeekdays,
        weekdays=st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple),
        anchor=st.just(MONDAY),
    ),
    st.builds(InCycle, days_on=st.just(21), days_off=st.just(7), anchor=st.just(MONDAY)),
)
STEPS = st.builds(
    a_step,
    st.sampled_from([MORNING, EVENING]),
    dose=st.sampled_from(["1 comprimé", "2 comprimé"]),
    rule=RULES,
    end=st.none() | st.integers(1, 20).map(lambda days: MONDAY + timedelta(days=days)),
)


@given(st.lists(STEPS, max_size=3, unique_by=lambda step: step.slots), st.randoms())
def test_a_schedule_has_not_changed_against_itself_in_any_order(
    steps: list[Step], chance: random.Random
) -> None:
    again = chance.sample(steps, len(steps))

    assert schedule_changes(a_schedule(*steps), a_schedule(*again)) == ()


@given(st.lists(STEPS, min_size=1, max_size=2, unique_by=lambda step: step.slots), STEPS)
def test_schedules_that_plan_differently_are_never_told_as_equal(
    steps: list[Step], other: Step
) -> None:
    """Some change is told whenever another dose, slot, rule or end replaces the first step."""
    first = steps[0]
    same = (other.slots, other.quantity, other.end) == (first.slots, first.quantity, first.end)
    if other.slots != first.slots and any(other.slots == step.slots for step in steps[1:]):
        return

    found = schedule_changes(a_schedule(*steps), a_schedule(other, *steps[1:]))

    assert bool(found) is not (same and days_of(other.rule) == days_of(first.rule))


def days_of(rule: Rule) -> object:
    """A rule whose weekdays have no order."""
    return frozenset(rule.weekdays) if isinstance(rule, OnWeekdays) else rule


def test_a_tenfold_dose_stands_as_old_and_new_at_its_slot() -> None:
    assert changes(a_step(), a_step(dose="10 comprimé")) == (
        DoseChanged(slot=MORNING, old=a_quantity("1 comprimé"), new=a_quantity("10 comprimé")),
    )


def test_another_writing_of_an_amount_is_no_change() -> None:
    again = a_step().model_copy(
        update={"quantity": Quantity(value=Decimal("1.0"), unit="Comprimé")}
    )

    assert changes(a_step(), again) == ()


def test_the_same_number_in_another_unit_is_another_dose() -> None:
    (change,) = changes(a_step(dose="1 mg"), a_step(dose="1 g"))

    assert isinstance(change, DoseChanged)


def test_a_slot_that_comes_and_one_that_goes_are_told_apart() -> None:
    assert changes(a_step(MORNING), a_step(MORNING, EVENING)) == (
        SlotAdded(slot=EVENING, dose=a_quantity("1 comprimé")),
    )
    assert changes(a_step(MORNING, EVENING), a_step(MORNING)) == (
        SlotRemoved(slot=EVENING, dose=a_quantity("1 comprimé")),
    )


def test_two_steps_of_the_same_days_are_one_course_with_two_slots() -> None:
    old = a_schedule(a_step(MORNING), a_step(EVENING, dose="2 comprimé"))
    new = a_schedule(a_step(EVENING, dose="3 comprimé"), a_step(MORNING))

    assert schedule_changes(old, new) == (
        DoseChanged(slot=EVENING, old=a_quantity("2 comprimé"), new=a_quantity("3 comprimé")),
    )


def test_other_weekdays_are_told_as_weekdays() -> None:
    old, new = (
        OnWeekdays(weekdays=days, anchor=MONDAY) for days in ((Weekday.MONDAY,), (Weekday.TUESDAY,))
    )

    assert changes(a_step(rule=old), a_step(rule=new)) == (
        WeekdaysChanged(old=(Weekday.MONDAY,), new=(Weekday.TUESDAY,)),
    )


def test_every_two_days_instead_of_every_day_is_another_rule() -> None:
    other = EveryDays(every=2, anchor=MONDAY)

    assert changes(a_step(), a_step(rule=other)) == (DaysChanged(old=DAILY, new=other),)


@pytest.mark.parametrize(("moved", "other_days"), [(1, True), (2, False), (3, True), (14, False)])
def test_every_two_days_keeps_its_days_only_from_an_anchor_of_the_same_parity(
    moved: int, other_days: bool
) -> None:
    anchors = (MONDAY, MONDAY + timedelta(days=moved))
    old, new = (a_step(rule=EveryDays(every=2, anchor=anchor)) for anchor in anchors)

    assert changes(old, new) == (
        (AnchorMoved(old=anchors[0], new=anchors[1]),) if other_days else ()
    )


def test_a_cycle_begun_a_week_later_gives_other_days() -> None:
    rules = [InCycle(days_on=21, days_off=7, anchor=MONDAY + timedelta(days=n)) for n in (0, 7, 28)]

    assert changes(a_step(rule=rules[0]), a_step(rule=rules[1])) == (
        AnchorMoved(old=MONDAY, new=MONDAY + timedelta(days=7)),
    )
    assert changes(a_step(rule=rules[0]), a_step(rule=rules[2])) == ()


@given(st.integers(2, 9), st.integers(0, 60))
def test_an_anchor_is_said_to_move_when_and_only_when_the_days_do(every: int, moved: int) -> None:
    anchors = (MONDAY, MONDAY + timedelta(days=moved))
    month = [anchors[1] + timedelta(days=n) for n in range(30)]
    days = [[day for day in month if (day - anchor).days % every == 0] for anchor in anchors]

    found = changes(*(a_step(rule=EveryDays(every=every, anchor=anchor)) for anchor in anchors))

    assert (found == ()) is (days[0] == days[1])


def test_every_two_months_is_counted_in_months() -> None:
    rules = [OnMonthDays(days=(5,), every=2, anchor=date(2026, month, 1)) for month in (1, 2, 3)]

    assert changes(a_step(rule=rules[0]), a_step(rule=rules[1])) == (
        AnchorMoved(old=date(2026, 1, 1), new=date(2026, 2, 1)),
    )
    assert changes(a_step(rule=rules[0]), a_step(rule=rules[2])) == ()


@pytest.mark.parametrize(("days", "other_weeks"), [(2, False), (7, True), (13, True), (14, False)])
def test_every_two_weeks_is_counted_from_the_monday_of_its_week(
    days: int, other_weeks: bool
) -> None:
    """Monday 2 March and Wednesday 4 March are of one week; 9 and 15 March of the next."""
    anchors = (MONDAY, MONDAY + timedelta(days=days))
    old, new = (
        a_step(rule=OnWeekdays(weekdays=(Weekday.FRIDAY,), every=2, anchor=anchor))
        for anchor in anchors
    )

    assert bool(changes(old, new)) is other_weeks


def test_a_step_without_slots_changes_its_dose_too() -> None:
    rule = EveryHours(hours=Decimal(8), first=at(MONDAY))
    old, new = (
        a_step(rule=rule, dose=dose).model_copy(update={"slots": ()})
        for dose in ("1 comprimé", "2 comprimé")
    )

    assert changes(old, new) == (
        DoseChanged(slot=None, old=a_quantity("1 comprimé"), new=a_quantity("2 comprimé")),
    )


def test_a_treatment_without_end_leaves_no_gap_and_one_without_steps_neither() -> None:
    later = a_step(start=MONDAY + timedelta(days=9))

    assert not any(isinstance(each, GapOpened) for each in changes(a_step(), later))
    assert schedule_changes(a_schedule(), a_schedule()) == ()


def test_hours_counted_from_another_dose_of_the_same_series_are_no_change() -> None:
    rules = [
        EveryHours(hours=Decimal(8), first=at(MONDAY) + timedelta(hours=h)) for h in (0, 16, 4)
    ]
    steps = [a_step(rule=rule).model_copy(update={"slots": ()}) for rule in rules]

    assert changes(steps[0], steps[1]) == ()
    assert changes(steps[0], steps[2]) == (DaysChanged(old=rules[0], new=rules[2]),)


def test_a_start_and_an_end_that_move_are_told_as_such() -> None:
    tuesday, later = MONDAY + timedelta(days=1), MONDAY + timedelta(days=9)
    old, new = a_step(end=later), a_step(start=tuesday, rule=EveryDays(every=1, anchor=tuesday))

    assert changes(old, new) == (
        StartMoved(old=at(MONDAY), new=at(tuesday)),
        EndMoved(old=at(later), new=None),
    )


def test_another_number_of_intakes_is_told() -> None:
    assert changes(a_step(count=10), a_step(count=20)) == (CountChanged(old=10, new=20),)


@pytest.mark.parametrize(("first", "gap"), [(4, False), (5, True), (10, True)])
def test_days_without_treatment_since_the_last_version_are_a_gap(first: int, gap: bool) -> None:
    """The old version covers 2 to 5 March: its end, the midnight of 6 March, is not included."""
    begins = MONDAY + timedelta(days=first)

    found = changes(
        a_step(end=MONDAY + timedelta(days=4)),
        a_step(start=begins, rule=EveryDays(every=1, anchor=begins)),
    )

    expected = GapOpened(last=date(2026, 3, 5), first=begins)
    assert (expected in found) is gap


def test_a_taper_with_one_more_course_tells_the_course_and_its_doses() -> None:
    change = MONDAY + timedelta(days=5)
    first = a_step(dose="2 comprimé", end=change)
    after = a_step(start=change, rule=EveryDays(every=1, anchor=change))

    assert schedule_changes(a_schedule(first), a_schedule(first, after)) == (
        CourseAdded(days=after.rule, start=after.start, end=None),
        SlotAdded(slot=MORNING, dose=a_quantity("1 comprimé")),
    )
    assert schedule_changes(a_schedule(first, after), a_schedule(first)) == (
        CourseRemoved(days=after.rule, start=after.start, end=None),
        SlotRemoved(slot=MORNING, dose=a_quantity("1 comprimé")),
    )


def a_need(dose: str) -> AsNeeded:
    """So much as needed, stated as schedules have it that were kept."""
    quantity = a_quantity(dose).model_dump()
    return AsNeeded.model_validate({"location": "a", "quantity": quantity, "reasons": ["douleur"]})


def test_other_doses_as_needed_are_told() -> None:
    one, two = (a_need(dose) for dose in ("1 comprimé", "2 comprimé"))
    elsewhere = one.model_copy(update={"location": "b"})

    assert schedule_changes(a_schedule(as_needed=[one]), a_schedule(as_needed=[two])) == (
        AsNeededChanged(old=(one,), new=(two,)),
    )
    assert schedule_changes(a_schedule(as_needed=[one]), a_schedule(as_needed=[elsewhere])) == ()


RANGE = Dose(low=a_quantity("1 comprimé"), high=a_quantity("2 comprimé"))
WIDER = Dose(low=a_quantity("1 comprimé"), high=a_quantity("3 comprimé"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dose", WIDER),
        ("rhythm", Rhythm(frequency=a_frequency(1, "6", "h"))),
        ("times", Times(moments=(MomentTime(moment=Moment.EVENING),))),
        ("bounds", Bounds(end=MONDAY)),
    ],
)
def test_a_range_a_rhythm_a_time_or_an_end_that_changes_as_needed_is_told(
    name: str, value: object
) -> None:
    one = AsNeeded(location="a", dose=RANGE, rhythm=Rhythm(frequency=a_frequency(1, "4", "h")))
    two = one.model_copy(update={name: value})

    assert schedule_changes(a_schedule(as_needed=[one]), a_schedule(as_needed=[two])) == (
        AsNeededChanged(old=(one,), new=(two,)),
    )


def test_a_range_as_needed_written_in_another_way_is_no_change() -> None:
    one = AsNeeded(location="a", dose=RANGE, text="1 à 2 si douleur")
    same = Dose(low=a_quantity("1.0 Comprimé"), high=a_quantity("2.0 Comprimé"))
    two = AsNeeded(location="b", dose=same, text="de 1 à 2 en cas de douleur")

    assert schedule_changes(a_schedule(as_needed=[one]), a_schedule(as_needed=[two])) == ()
