"""Set operators, unions of rhythms, alignments and windows of days. Source: HL7 v3 Data Types R1.

January 2026: the 5th is a Monday, the 8th a Thursday.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from schemas.finding import FindingCode
from schemas.posology import Cycle, Phase, Weekday
from schemas.quantity import PeriodUnit

Phases = Callable[..., tuple[Phase, ...]]
WEEK = (
    '<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><high value="20260111"/>'
    "</effectiveTime>"
)
DAILY = '<period value="1" unit="d"/>'
WEEKLY = '<period value="1" unit="wk"/>'
MONTHLY = '<period value="1" unit="mo"/>'


def codes(phase: Phase) -> list[FindingCode]:
    return [finding.code for finding in phase.findings]


def at(low: str, more: str = "") -> str:
    return f'<phase><low value="{low}"/>{more}</phase>'


def periodic(inner: str, attributes: str = 'operator="A"', element: str = "effectiveTime") -> str:
    return f'<{element} xsi:type="PIVL_TS" {attributes}>{inner}</{element}>'


def event(code: str, attributes: str = 'operator="A"', element: str = "effectiveTime") -> str:
    return f'<{element} xsi:type="EIVL_TS" {attributes}><event code="{code}"/></{element}>'


def a_set(*components: str, operator: str = "A") -> str:
    inside = "".join(components)
    return f'<effectiveTime xsi:type="SXPR_TS" operator="{operator}">{inside}</effectiveTime>'


def rhythms(*inner: str, attributes: str = "") -> str:
    """The union of these periodic times."""
    return a_set(*(periodic(each, attributes, "comp") for each in inner))


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        ("E", "excluded"),
        ("H", "convex hull"),
        ("P", "periodic hull"),
        ("X", "one of A, E, H, I, P"),
    ],
)
@pytest.mark.parametrize("statement", ["rhythm", "set"])
def test_an_operator_without_a_place_blocks_and_includes_nothing(
    phases_of: Phases, operator: str, words: str, statement: str
) -> None:
    excluded = event("ACM", "", "comp") + event("ACV", "", "comp")
    stated = {
        "rhythm": periodic(WEEKLY + at("20260108"), f'operator="{operator}"'),
        "set": a_set(excluded, operator=operator),
    }

    (phase,) = phases_of(WEEK + periodic(DAILY) + stated[statement])

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]
    assert words in phase.findings[0].message
    assert phase.times.moments == ()
    assert phase.rhythm.weekdays == ()


def test_a_rhythm_that_forgets_its_operator_is_a_union_with_the_period(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + periodic(DAILY, ""))

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]
    assert "operator A is expected" in phase.findings[0].message


def test_an_event_united_with_a_rhythm_is_not_taken_for_both_at_once(phases_of: Phases) -> None:
    # Every other day, and before each breakfast: not every other day before breakfast.
    (phase,) = phases_of(WEEK + periodic('<period value="2" unit="d"/>') + event("ACM", ""))

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]


def test_a_union_of_two_products_is_not_flattened(phases_of: Phases) -> None:
    # (every other day before breakfast) or (before dinner): no one list of days and moments.
    other = '<period value="2" unit="d"/>'
    product = (
        '<comp xsi:type="SXPR_TS">'
        + periodic(other, "", "comp")
        + event("ACM", 'operator="A"', "comp")
        + "</comp>"
    )

    (phase,) = phases_of(WEEK + a_set(product, event("ACV", 'operator="I"', "comp")))

    assert FindingCode.TIMING_UNSUPPORTED in codes(phase)


def test_days_and_a_moment_at_once_are_both_read(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + periodic('<period value="2" unit="d"/>') + event("ACM"))

    assert phase.rhythm.frequency is not None
    assert phase.rhythm.frequency.period == Decimal(2)
    assert [one.moment.value for one in phase.times.moments] == ["ACM"]
    assert codes(phase) == []


@pytest.mark.parametrize(
    "stated",
    [
        periodic(DAILY + at("20260105080000")) + periodic(DAILY + at("20260105200000")),
        event("ACM") + event("ACV"),
        WEEK.replace("<effectiveTime", '<effectiveTime operator="A"'),
    ],
    ids=["two hours", "two events", "two periods"],
)
def test_two_statements_of_one_kind_at_once_name_no_time(phases_of: Phases, stated: str) -> None:
    (phase,) = phases_of(WEEK + stated)

    assert codes(phase)[0] is FindingCode.TIMING_UNSUPPORTED
    assert "at once" in phase.findings[0].message


def test_a_set_without_components_is_invalid(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + a_set())

    assert codes(phase) == [FindingCode.TIMING_INVALID]


def test_hours_of_one_day_are_read_together(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + rhythms(DAILY + at("20260105080000"), DAILY + at("20260105200000")))

    frequency = phase.rhythm.frequency
    assert phase.times.clock == (time(8), time(20))
    assert frequency is not None
    assert (frequency.times, frequency.period, frequency.unit) == (2, Decimal(1), PeriodUnit.DAY)
    assert codes(phase) == []


def test_weekdays_are_read_together(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK
        + rhythms(WEEKLY + at("20260105"), WEEKLY + at("20260108"), attributes='alignment="DW"')
    )

    frequency = phase.rhythm.frequency
    assert phase.rhythm.weekdays == (Weekday.MONDAY, Weekday.THURSDAY)
    assert frequency is not None
    assert (frequency.times, frequency.period, frequency.unit) == (2, Decimal(1), PeriodUnit.WEEK)
    assert codes(phase) == []


def test_weekdays_each_with_each_hour_are_one_statement(phases_of: Phases) -> None:
    days = ("20260105", "20260108")
    hours = ("080000", "200000")

    (phase,) = phases_of(
        WEEK + rhythms(*(WEEKLY + at(day + hour) for day in days for hour in hours))
    )

    assert phase.rhythm.weekdays == (Weekday.MONDAY, Weekday.THURSDAY)
    assert phase.times.clock == (time(8), time(20))
    assert phase.rhythm.frequency is not None
    assert phase.rhythm.frequency.times == 4
    assert codes(phase) == []


@pytest.mark.parametrize(
    "inner",
    [
        (WEEKLY + at("20260105080000"), WEEKLY + at("20260108200000")),
        (WEEKLY + at("20260105"), WEEKLY + at("20260105")),
        (WEEKLY + at("20260105"), WEEKLY),
        (DAILY + at("20260105080000"), DAILY),
        (DAILY, '<period value="2" unit="d"/>'),
        (DAILY, DAILY),
    ],
    ids=[
        "each day its own hour",
        "one day twice",
        "a day and no day",
        "an hour and no hour",
        "two periods",
        "one rhythm twice",
    ],
)
def test_rhythms_that_are_no_product_are_not_united(
    phases_of: Phases, inner: tuple[str, ...]
) -> None:
    (phase,) = phases_of(WEEK + rhythms(*inner))

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]


def test_a_period_of_months_aligned_with_the_day_names_it(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK
        + rhythms(MONTHLY + at("20260101"), MONTHLY + at("20260115"), attributes='alignment="DM"')
    )

    assert phase.rhythm.month_days == (1, 15)
    assert codes(phase) == []


@pytest.mark.parametrize(
    ("attributes", "inner"),
    [
        ('alignment="DM"', WEEKLY + at("20260105")),
        ('alignment="DW"', MONTHLY + at("20260105")),
        ('alignment="DW"', '<period value="10" unit="d"/>' + at("20260105")),
        ('alignment="DW"', WEEKLY),
        ('alignment="HD"', DAILY + at("2026010508")),
        ('alignment="DM"', '<period value="2" unit="mo"/>' + at("20260205")),
        ("", MONTHLY + at("20260115")),
        ("", DAILY + "<phase><center value='20260105080000'/></phase>"),
        ("", DAILY + "<phase><low value='20260105080000'/><high value='20260105090000'/></phase>"),
        ("", DAILY + "<phase value='20260105080000'/>"),
    ],
)
def test_an_alignment_or_a_phase_without_a_place_blocks(
    phases_of: Phases, attributes: str, inner: str
) -> None:
    (phase,) = phases_of(WEEK + periodic(inner, f'operator="A" {attributes}'))

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]


def test_every_two_weeks_from_the_first_day_is_read(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK
        + periodic('<period value="2" unit="wk"/>' + at("20260105"), 'operator="A" alignment="DW"')
    )

    assert phase.rhythm.frequency is not None
    assert (phase.rhythm.frequency.period, phase.rhythm.frequency.unit) == (
        Decimal(2),
        PeriodUnit.WEEK,
    )
    assert phase.rhythm.weekdays == (Weekday.MONDAY,)
    assert codes(phase) == []


def test_days_on_and_off_around_a_rhythm_are_a_cycle(phases_of: Phases) -> None:
    # 21 of 28 days from the 5th, once a day.
    window = '<period value="28" unit="d"/>' + at("20260105", '<width value="21" unit="d"/>')

    (phase,) = phases_of(WEEK + periodic(window) + periodic(DAILY))

    assert phase.rhythm.cycle == Cycle(days_on=21, days_off=7)
    assert phase.rhythm.frequency is not None
    assert phase.rhythm.frequency.period == Decimal(1)
    assert codes(phase) == []


def test_days_of_the_week_around_an_event_are_weekdays(phases_of: Phases) -> None:
    window = WEEKLY + at("20260105", '<width value="5" unit="d"/>')

    (phase,) = phases_of(WEEK + periodic(window, 'operator="A" alignment="DW"') + event("CM"))

    assert phase.rhythm.weekdays == tuple(list(Weekday)[:5])
    assert [one.moment.value for one in phase.times.moments] == ["CM"]
    assert codes(phase) == []


def test_a_window_over_the_weekend_goes_round(phases_of: Phases) -> None:
    # From Saturday the 10th, three days.
    window = WEEKLY + at("20260110", '<width value="3" unit="d"/>')

    (phase,) = phases_of(WEEK + periodic(window) + event("CM"))

    assert phase.rhythm.weekdays == (Weekday.SATURDAY, Weekday.SUNDAY, Weekday.MONDAY)


@pytest.mark.parametrize(
    "stated",
    [
        periodic('<period value="28" unit="d"/>' + at("20260105", '<width value="21" unit="d"/>')),
        periodic('<period value="28" unit="d"/>' + at("20260112", '<width value="21" unit="d"/>'))
        + periodic(DAILY),
        periodic(WEEKLY + at("20260105", '<width value="7" unit="d"/>')) + periodic(DAILY),
        periodic(WEEKLY + at("20260105", '<width value="48" unit="h"/>')) + periodic(DAILY),
        periodic(WEEKLY + at("2026010508", '<width value="2" unit="d"/>')) + periodic(DAILY),
        periodic(MONTHLY + at("20260105", '<width value="7" unit="d"/>')) + periodic(DAILY),
        periodic(WEEKLY + at("20260105", '<width value="2" unit="d"/>'))
        + periodic(WEEKLY + at("20260105")),
    ],
    ids=[
        "alone: days, or one long intake",
        "from another day",
        "as long as its period",
        "in hours",
        "from an hour",
        "of months",
        "around another choice of days",
    ],
)
def test_a_window_of_days_without_one_reading_blocks(phases_of: Phases, stated: str) -> None:
    (phase,) = phases_of(WEEK + stated)

    assert set(codes(phase)) == {FindingCode.TIMING_UNSUPPORTED}


def test_dates_are_united_into_a_list(phases_of: Phases) -> None:
    (phase,) = phases_of(
        '<effectiveTime value="20260105080000+0100"/>'
        '<effectiveTime operator="I" value="20260107080000+0100"/>'
    )

    assert phase.rhythm.dates == (
        datetime(2026, 1, 5, 7, tzinfo=UTC),
        datetime(2026, 1, 7, 7, tzinfo=UTC),
    )
    assert codes(phase) == []


def test_hours_that_also_fall_before_the_phase_on_the_first_day_are_in_doubt(
    phases_of: Phases,
) -> None:
    # Every 8 h through 14:00 has a turn at 06:00 of the same day; through 06:00 it has none.
    stated = '<period value="8" unit="h"/>' + at("20260105{}0000+0100")
    exact = 'operator="A" institutionSpecified="false"'

    from_14 = WEEK.replace('"20260105"', '"20260105140000+0100"')

    (late,) = phases_of(WEEK + periodic(stated.format("14"), exact))
    (early,) = phases_of(WEEK + periodic(stated.format("06"), exact))
    (begun,) = phases_of(from_14 + periodic(stated.format("14"), exact))
    (before,) = phases_of(from_14 + periodic(stated.format("06"), exact))

    assert codes(late) == [FindingCode.ANCHOR_UNCERTAIN]
    assert codes(early) == []
    assert codes(begun) == []
    assert codes(before) == [FindingCode.TIMING_UNSUPPORTED]


def test_an_exact_first_hour_keeps_the_last_day_of_the_treatment(phases_of: Phases) -> None:
    # Two days from the 5th end with the 6th, whatever the hour of the first dose.
    period = (
        '<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><width value="2" unit="d"/>'
        "</effectiveTime>"
    )
    stated = '<period value="8" unit="h"/>' + at("20260105060000+0100")

    (phase,) = phases_of(period + periodic(stated, 'operator="A" institutionSpecified="false"'))

    assert phase.bounds.start == datetime(2026, 1, 5, 5, tzinfo=UTC)
    assert (phase.bounds.end, phase.bounds.duration) == (date(2026, 1, 6), None)


def test_an_hour_beside_times_left_to_the_place_blocks(phases_of: Phases) -> None:
    stated = '<period value="8" unit="h"/>' + at("20260105060000+0100")

    (phase,) = phases_of(WEEK + periodic(stated, 'operator="A" institutionSpecified="true"'))

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]


def test_an_attribute_that_is_neither_true_nor_false_is_told(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + periodic(DAILY, 'operator="A" institutionSpecified="oui"'))

    assert [(one.code, one.quoted) for one in phase.findings] == [(FindingCode.CODE_INVALID, "oui")]


def test_a_width_that_is_no_number_is_told(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK + periodic(DAILY + at("20260105080000", '<width value="long" unit="d"/>'))
    )

    assert phase.intake_lasts is None
    assert FindingCode.VALUE_INVALID in codes(phase)


def test_hours_counted_from_another_day_are_not_computed(phases_of: Phases) -> None:
    exact = 'operator="A" institutionSpecified="false"'
    stated = '<period value="8" unit="h"/>' + at("20260106")

    (phase,) = phases_of(WEEK + periodic(stated, exact))

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]


def test_intakes_that_last_different_times_are_not_one_statement(phases_of: Phases) -> None:
    lasting = (
        '<comp xsi:type="EIVL_TS"><event code="{}"/><offset><low value="1" unit="h"/>'
        '<width value="{}" unit="min"/></offset></comp>'
    )

    (same,) = phases_of(WEEK + a_set(lasting.format("PCM", 10), lasting.format("PCV", 10)))
    (other,) = phases_of(WEEK + a_set(lasting.format("PCM", 10), lasting.format("PCV", 20)))

    assert codes(same) == []
    assert codes(other) == [FindingCode.TIMING_UNSUPPORTED]
