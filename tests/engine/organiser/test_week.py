"""The days of an organiser: nothing is lost, nothing lies twice, and all of it is shown."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from builders import REFERENCE, a_phase, a_quantity, a_site
from hypothesis import given
from hypothesis import strategies as st
from placed import START, a_packed_line, a_product

from engine.organiser.placement import place
from engine.organiser.week import WeekLine, week_of
from engine.posology.expand import expand
from engine.posology.normalise import normalise
from schemas.assessment import AssessedLine
from schemas.finding import Finding, FindingCode
from schemas.moment import Compartment, Moment, MomentTime
from schemas.organiser import BesideReason, Place, SpanLabel, Week
from schemas.posology import Bounds, Phase, Times
from schemas.prescription import Line
from schemas.schedule import DoseSchedule, PlannedIntake

PARIS = ZoneInfo("Europe/Paris")
SPAN = 7


def assessed(line: Line, *findings: Finding) -> AssessedLine:
    schedule = normalise(line.posology, REFERENCE, start=START).schedule
    placement = place(line, schedule, REFERENCE).placement
    return AssessedLine(line=line, schedule=schedule, placement=placement, findings=findings)


def filled(line: AssessedLine, first: date = START, days: int = SPAN) -> WeekLine:
    """The line with the intakes that it plans in these days."""
    schedule = line.schedule
    if not isinstance(schedule, DoseSchedule) or not line.may_plan:
        return WeekLine(line)
    midnight = datetime.combine(first, time(), PARIS)
    return WeekLine(line, tuple(expand(schedule, REFERENCE, midnight, days)))


def a_week(*lines: Line, first: date = START, days: int = SPAN) -> Week:
    return week_of([filled(assessed(line), first, days) for line in lines], REFERENCE, first, days)


def until(day: date, *moments: str, dose: str = "1 comprimé", start: date = START) -> Phase:
    return a_phase(moments=moments, dose=dose, bounds=Bounds(start=start, end=day))


def lying(week: Week) -> list[tuple[date, Compartment, list[tuple[int, Fraction]], Fraction]]:
    """The cells: day, compartment, the count of each line, the total."""
    return [
        (c.day, c.compartment, [(one.line, one.count) for one in c.contents], c.units)
        for c in week.cells
    ]


def test_two_lines_of_one_day_lie_in_their_compartments() -> None:
    week = a_week(
        a_packed_line(a_phase(moments=["MORN", "EVE"], dose="1 comprimé")),
        a_packed_line(
            a_phase(moments=["ACM"], dose="1.5 comprimé"), product=a_product("comprimé sécable")
        ),
        days=1,
    )

    assert lying(week) == [
        (START, Compartment.MORNING, [(1, Fraction(1)), (2, Fraction(3, 2))], Fraction(5, 2)),
        (START, Compartment.EVENING, [(1, Fraction(1))], Fraction(1)),
    ]
    assert week.beside == ()


def test_the_same_product_twice_is_two_contents_and_never_one() -> None:
    line = a_packed_line()

    (cell,) = a_week(line, line, days=1).cells

    assert [(one.line, one.count) for one in cell.contents] == [(1, 1), (2, 1)]
    assert cell.units == 2


def test_a_moment_keeps_its_minutes_beside_it() -> None:
    times = Times(moments=(MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),))
    phase = a_phase(dose="1 comprimé").model_copy(update={"times": times})

    (cell,) = a_week(a_packed_line(phase), days=1).cells

    assert cell.compartment is Compartment.MORNING
    assert (cell.contents[0].moment, cell.contents[0].offset_minutes) == (Moment("ACM"), 30)


def test_a_night_round_after_midnight_lies_in_the_compartment_of_the_day_before() -> None:
    moments = {**REFERENCE.moments, Moment.NIGHT: time(0, 30)}
    site = a_site(moments=moments, day_starts_at=time(4))
    line = a_packed_line(a_phase(moments=["NIGHT"], dose="1 comprimé"))
    schedule = normalise(line.posology, site, start=START).schedule
    night = AssessedLine(
        line=line, schedule=schedule, placement=place(line, schedule, site).placement
    )
    due = datetime.combine(START + timedelta(days=1), time(0, 30), PARIS)
    intake = PlannedIntake(due_at=due, moment=Moment.NIGHT, quantity=a_quantity("1 comprimé"))

    (cell,) = week_of([WeekLine(night, (intake,))], site, START, 1).cells

    assert (cell.day, cell.compartment) == (START, Compartment.BEDTIME)


def test_halves_of_a_week_make_whole_units_and_leave_one_half() -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="0.5 comprimé"), product=a_product("comprimé sécable")
    )

    (total,) = a_week(line).lines

    assert (total.units, total.whole_units, total.left_over) == (
        Fraction(7, 2),
        4,
        Fraction(1, 2),
    )


def test_thirds_lie_beside_and_take_no_unit_of_the_organiser() -> None:
    line = a_packed_line(a_phase(moments=["MORN"], dose="0.333333 comprimé"))

    week = a_week(line, days=1)

    assert week.cells == ()
    assert [dose.quantity for dose in week.beside] == [a_quantity("0.333333 comprimé")]
    assert week.beside[0].reasons == (BesideReason.FRACTION,)


def test_a_moment_without_a_compartment_lies_beside_and_the_others_inside() -> None:
    week = a_week(a_packed_line(a_phase(moments=["MORN", "AFT"], dose="1 comprimé")), days=1)

    assert lying(week) == [(START, Compartment.MORNING, [(1, Fraction(1))], Fraction(1))]
    assert [(dose.moment, dose.reasons) for dose in week.beside] == [
        (Moment.AFTERNOON, (BesideReason.NO_COMPARTMENT,))
    ]


def test_what_is_taken_as_needed_is_listed_and_never_lies_in_a_compartment() -> None:
    needed = a_phase(dose="1 comprimé").model_copy(
        update={"as_needed": True, "as_needed_for": ("douleur",)}
    )

    week = a_week(a_packed_line(needed))

    assert week.cells == ()
    assert week.beside == ()
    assert [(dose.line, dose.quantity, dose.reasons) for dose in week.as_needed] == [
        (1, a_quantity("1 comprimé"), ("douleur",))
    ]


def test_a_line_that_waits_for_an_answer_plans_nothing_and_is_listed() -> None:
    doubt = Finding(code=FindingCode.TEXT_CONTRADICTS, location="x", message="text: another dose")

    week = week_of([filled(assessed(a_packed_line(), doubt))], REFERENCE, START, SPAN)

    assert (week.cells, week.beside) == ((), ())
    assert week.lines[0].reasons == (BesideReason.WAITS,)


def test_a_line_in_doubt_over_a_clock_change_says_so() -> None:
    week = week_of([WeekLine(assessed(a_packed_line()), doubted=True)], REFERENCE, START, SPAN)

    assert week.lines[0].reasons == (BesideReason.CLOCK_CHANGE,)


def test_a_line_that_is_stopped_is_listed_with_its_reason() -> None:
    week = a_week(a_packed_line(supplied=False))

    assert week.lines[0].place is Place.BESIDE
    assert week.lines[0].reasons == (BesideReason.NOT_SUPPLIED,)
    assert len(week.beside) == SPAN


def test_a_treatment_that_ends_in_the_week_leaves_later_compartments_empty_and_says_so() -> None:
    ends = START + timedelta(days=2)

    week = a_week(a_packed_line(until(ends, "MORN")))

    assert [cell.day for cell in week.cells] == [START + timedelta(days=n) for n in range(3)]
    assert week.lines[0].ends_on == ends
    assert week.lines[0].labels == (SpanLabel.ENDS,)


def test_a_week_that_lies_beyond_the_end_says_so() -> None:
    week = a_week(a_packed_line(until(START, "MORN")), first=START + timedelta(days=7))

    assert week.cells == ()
    assert week.lines[0].labels == (SpanLabel.OVER,)


def test_a_treatment_that_begins_in_the_week_or_after_it_says_so() -> None:
    later, after = START + timedelta(days=3), START + timedelta(days=7)
    lines = (a_packed_line(until(after, "MORN", start=start)) for start in (later, after))

    week = a_week(*lines)

    assert [total.labels for total in week.lines] == [(SpanLabel.BEGINS,), (SpanLabel.NOT_BEGUN,)]


def test_a_treatment_without_end_or_that_ends_with_the_week_has_no_label() -> None:
    last = START + timedelta(days=SPAN - 1)

    week = a_week(a_packed_line(), a_packed_line(until(last, "MORN")))

    assert [total.labels for total in week.lines] == [(), ()]


def test_instructions_are_shown_with_their_line() -> None:
    phase = a_phase(moments=["MORN"], dose="1 comprimé").model_copy(
        update={"instructions": ("2 h après le pansement gastrique",)}
    )

    assert a_week(a_packed_line(phase)).lines[0].instructions == (
        "2 h après le pansement gastrique",
    )


MOMENTS = ("MORN", "NOON", "EVE", "HS", "ACM", "AFT", "PCV")
FORMS = ("comprimé", "comprimé sécable", "gélule", "comprimé effervescent", "sirop", None)


@st.composite
def some_line(draw: st.DrawFn) -> Line:
    """Any line of one or two phases: moments or hours, plain or divided doses, any form."""
    moments = draw(st.lists(st.sampled_from(MOMENTS), unique=True, max_size=4))
    clock = [] if moments else draw(st.lists(st.sampled_from(["08:00", "12:30"]), unique=True))
    dose = draw(st.sampled_from(["1 comprimé", "0.5 comprimé", "2 gélule", "10 mL", "0.333333 cp"]))
    start = START + timedelta(days=draw(st.integers(-3, 10)))
    length = draw(st.none() | st.integers(0, 12))
    bounds = Bounds(start=start, end=start + timedelta(days=length) if length else None)
    phases = [a_phase(moments=moments, clock=clock, dose=dose, bounds=bounds)]
    if draw(st.booleans()):
        phases.append(a_phase(dose="1 comprimé").model_copy(update={"as_needed": True}))
    return a_packed_line(
        *phases,
        product=a_product(draw(st.sampled_from(FORMS))),
        supplied=draw(st.sampled_from([None, True, False])),
    )


@given(st.lists(some_line(), max_size=6), st.integers(1, 10))
def test_what_is_planned_lies_once_in_a_compartment_or_once_beside(
    lines: list[Line], days: int
) -> None:
    made = [filled(assessed(line), days=days) for line in lines]

    week = week_of(made, REFERENCE, START, days)

    planned = Counter(
        (rank, intake.due_at, intake.moment, intake.quantity)
        for rank, line in enumerate(made, start=1)
        for intake in line.planned
    )
    inside = Counter(
        (one.line, one.due_at, one.moment, one.quantity) for c in week.cells for one in c.contents
    )
    beside = Counter((one.line, one.due_at, one.moment, one.quantity) for one in week.beside)
    assert inside + beside == planned
    assert all(c.day == one.due_at.date() for c in week.cells for one in c.contents)
    assert [total.line for total in week.lines] == list(range(1, len(lines) + 1))


@given(st.lists(some_line(), max_size=6))
def test_totals_are_those_of_the_compartments_and_only_allowed_units_lie_in_them(
    lines: list[Line],
) -> None:
    week = week_of([filled(assessed(line)) for line in lines], REFERENCE, START, SPAN)

    for cell in week.cells:
        assert cell.units == sum(one.count for one in cell.contents)
        assert all(one.count.denominator in {1, 2} for one in cell.contents)
        assert all(REFERENCE.compartments[one.moment] is cell.compartment for one in cell.contents)
    assert sum(total.units for total in week.lines) == sum(cell.units for cell in week.cells)
    assert all(total.units + total.left_over == total.whole_units for total in week.lines)
    assert all(total.place is not Place.BESIDE or total.units == 0 for total in week.lines)
