from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hl7v2_messages import an_order, line_doubts, msh, phases_of, rxe, the_phase

from connectors.hl7v2.posology.pattern import pattern_of_coding
from mappings.table import Row, Table
from schemas.codes import Coding
from schemas.moment import Moment
from schemas.posology import Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit

RXR = "RXR|PO"
OLD = msh("RDE^O01", version="2.3.1")


def frequency(times: int, period: str, unit: str) -> Frequency:
    return Frequency(times=times, period=Decimal(period), unit=PeriodUnit(unit))


@pytest.mark.parametrize(
    ("code", "times", "period", "unit"),
    [
        ("QD", 1, "1", "d"),
        ("BID", 2, "1", "d"),
        ("TID", 3, "1", "d"),
        ("QID", 4, "1", "d"),
        ("5ID", 5, "1", "d"),
        ("QOD", 1, "2", "d"),
        ("Q2D", 1, "2", "d"),
        ("Q14D", 1, "14", "d"),
        ("Q6H", 1, "6", "h"),
        ("q6h", 1, "6", "h"),
        ("Q30M", 1, "30", "min"),
        ("Q2W", 1, "2", "wk"),
    ],
)
def test_a_code_of_table_0335_is_a_frequency(code: str, times: int, period: str, unit: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{code}", RXR)

    assert phase.rhythm.frequency == frequency(times, period, unit)
    assert phase.timing_code is None
    assert phase.findings == ()


@pytest.mark.parametrize(
    ("code", "moment"),
    [
        ("QAM", Moment.MORNING),
        ("QPM", Moment.EVENING),
        ("QHS", Moment.BEDTIME),
        ("AC", Moment.BEFORE_MEAL),
        ("PC", Moment.AFTER_MEAL),
        ("ACM", Moment.BEFORE_BREAKFAST),
        ("PCV", Moment.AFTER_DINNER),
    ],
)
def test_a_code_of_table_0335_is_a_moment(code: str, moment: Moment) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{code}", RXR)

    assert [one.moment for one in phase.times.moments] == [moment]


@pytest.mark.parametrize(
    ("code", "days", "weeks"),
    [
        ("QJ1", (Weekday.MONDAY,), None),
        ("Q1J6", (Weekday.SATURDAY,), None),
        ("QJ135", (Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY), None),
        ("Q2J2", (Weekday.TUESDAY,), frequency(1, "2", "wk")),
    ],
)
def test_j_is_a_day_of_the_week_and_monday_is_one(
    code: str, days: tuple[Weekday, ...], weeks: Frequency | None
) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{code}", RXR)

    assert phase.rhythm.weekdays == days
    assert phase.rhythm.frequency == weeks


def test_c_is_continuous_and_never_with_meals() -> None:
    phase = the_phase(rxe(), "TQ1|1||C", RXR)

    assert phase.times.moments == ()
    assert [finding.code.value for finding in phase.findings] == ["timing-unsupported"]


@pytest.mark.parametrize("code", ["3ID", "D", "M", "P", "QWK", "8&1/12 h", "Q0H", "BID PC", "Q8J8"])
def test_a_code_without_a_row_is_kept_and_blocks(code: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{code}", RXR)

    assert phase.rhythm.frequency is None
    assert phase.timing_code is not None
    assert [finding.code.value for finding in phase.findings] == ["timing-code-unknown"]


@pytest.mark.parametrize("code", ["QSHIFT", "IC", "ICM", "ICD", "ICV", "Q1L", "U 0 8 * *"])
def test_a_code_that_is_no_rhythm_of_ours_blocks(code: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{code}", RXR)

    assert [finding.code.value for finding in phase.findings] == ["timing-unsupported"]


def test_repetitions_of_the_pattern_add_up() -> None:
    phase = the_phase(rxe(), "TQ1|1||QD~HS", RXR)

    assert phase.rhythm.frequency == frequency(1, "1", "d")
    assert [one.moment for one in phase.times.moments] == [Moment.BEDTIME]


def test_two_frequencies_in_one_pattern_contradict_each_other() -> None:
    phase = the_phase(rxe(), "TQ1|1||BID~TID", RXR)

    assert phase.rhythm.frequency is None
    assert [finding.code.value for finding in phase.findings] == ["timing-contradicted"]


def test_components_beside_an_unknown_code_do_not_replace_it() -> None:
    phase = the_phase(rxe(), "TQ1|1||P&Post&HL70335^^^^180^min^^PCM^360^s", RXR)

    assert phase.rhythm.frequency is None
    assert phase.times.moments == ()
    assert [finding.code.value for finding in phase.findings] == ["timing-code-unknown"]


@pytest.mark.parametrize(
    "pattern",
    [
        "BID^^^^12^h^Y",
        "BID^^^^12^h",
        "Q6H^^^^6^h",
        "QAM^HD^00^11^1^d^Y",
        "QHS^^^^1^d^^AHS",
        "Q2J2^DW^2^^2^wk",
        "ACM^^^^^^^ACM",
        "QOD^^^^2^d",
    ],
)
def test_components_that_say_the_same_as_the_code_are_silent(pattern: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}", RXR)

    assert phase.findings == ()


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("BID^^^^8^h", "timing-contradicted"),
        ("BID^^^^180^min", "timing-contradicted"),
        ("BID^^^^^^^PCM", "timing-contradicted"),
        ("BID^^^^^^N", "timing-contradicted"),
        ("QHS^^^^2^d", "timing-contradicted"),
        ("QD^DM^1", "timing-unsupported"),
        ("Q1J6^DW^5", "timing-unsupported"),
        ("QAM^HD^12^23", "timing-unsupported"),
        ("QD^^^^^^^^^^H2H3", "timing-unsupported"),
        ("QD^^^^^^^^30^min", "timing-unsupported"),
        ("BID^^^^12", "period-incomplete"),
        ("BID^^^^^lune", "period-incomplete"),
        ("ACM^^^^^^^ACM^30^lune", "timing-unsupported"),
        ("ACM^^^^^^^ACM^30", "timing-unsupported"),
        ("ACM^^^^^^^ACM^^min", "timing-unsupported"),
        ("ACM^^^^^^^ACM^90^s", "timing-unsupported"),
        ("ACM^^^^^^^ACM^-30^min", "timing-unsupported"),
        ("BID^le matin^HL70335^5", "timing-unsupported"),
        ("ACM^^^^^^^^30^min", "timing-unsupported"),
        ("Q1J6^DM^6", "timing-unsupported"),
        ("Q2J2^DW^2^3^2^wk", "timing-unsupported"),
        ("Q6H^^^^0^h", "period-incomplete"),
    ],
)
def test_components_that_say_something_else_than_the_code_block(pattern: str, code: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}", RXR)

    assert [finding.code.value for finding in phase.findings] == [code]


@pytest.mark.parametrize(("offset", "minutes"), [("30^min", 30), ("1800^s", 30), ("1^h", 60)])
def test_minutes_from_the_event_of_the_code_are_minutes_from_its_moment(
    offset: str, minutes: int
) -> None:
    phase = the_phase(rxe(), f"TQ1|1||ACM^^^^^^^ACM^{offset}", RXR)

    assert [(one.moment, one.offset_minutes) for one in phase.times.moments] == [
        (Moment.BEFORE_BREAKFAST, minutes)
    ]
    assert phase.findings == ()


@pytest.mark.parametrize(
    ("pattern", "stated"),
    [
        ("^^^^12^h^Y", frequency(2, "1", "d")),
        ("^^^^12^h^N", frequency(1, "12", "h")),
        ("^^^^2^d", frequency(1, "2", "d")),
        ("^^^^1^wk", frequency(1, "1", "wk")),
    ],
)
def test_a_period_without_a_code_is_the_frequency(pattern: str, stated: Frequency) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}", RXR)

    assert phase.rhythm.frequency == stated
    assert phase.findings == ()


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("^^^^12^h", "frequency-ambiguous"),
        ("^^^^7^h^Y", "frequency-ambiguous"),
        ("^DW^2^^1^wk", "timing-unsupported"),
        ("^^^^^^^ICM", "timing-unsupported"),
        ("^^^^^^Y", "timing-unsupported"),
        ("^^^^12", "period-incomplete"),
    ],
)
def test_components_without_a_code_that_can_be_read_in_two_ways_block(
    pattern: str, code: str
) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}", RXR)

    assert phase.rhythm.frequency is None
    assert [finding.code.value for finding in phase.findings] == [code]


def test_an_event_without_a_code_is_a_moment() -> None:
    phase = the_phase(rxe(), "TQ1|1||^^^^1^d^^PCD", RXR)

    assert [one.moment for one in phase.times.moments] == [Moment.AFTER_LUNCH]
    assert phase.findings == ()


def test_the_words_of_a_code_parted_with_the_wrong_mark_are_its_words() -> None:
    phase = the_phase(rxe(), "TQ1|1||Q12H^Every 12 hours^HL70335", RXR)

    assert phase.rhythm.frequency == frequency(1, "12", "h")
    assert phase.instructions == ("Every 12 hours",)
    assert phase.findings == ()


def test_the_words_of_a_code_are_compared_as_words_of_the_phase() -> None:
    phase = the_phase(rxe(), "TQ1|1||TID&twice a day&HL70335", RXR)

    assert phase.instructions == ("twice a day",)


@pytest.mark.parametrize("pattern", ["QJ1&lundi&99DPI", "QJ1^lundi^99DPI", "QJ1&&99DPI^lundi"])
def test_a_code_of_another_system_is_none_of_table_0335(pattern: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}", RXR)

    assert phase.rhythm.weekdays == ()
    assert [finding.code.value for finding in phase.findings] == ["timing-code-unknown"]


def test_the_alternate_code_of_the_standard_stands_for_a_local_one() -> None:
    phase = the_phase(rxe(), "TQ1|1||2J&2 fois par jour&99DPI&BID&twice a day&HL70335", RXR)

    assert phase.rhythm.frequency == frequency(2, "1", "d")
    assert phase.findings == ()


@pytest.mark.parametrize("pattern", ["BID&&HL70335&TID&&HL70335", "BID&&HL70335&3J&&99DPI"])
def test_an_alternate_code_that_does_not_say_the_same_blocks(pattern: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}", RXR)

    assert [(f.code.value, f.location) for f in phase.findings] == [
        ("timing-contradicted", "TQ1[1]-3.1.4")
    ]


@pytest.mark.parametrize(
    ("pattern", "times", "clock"),
    [
        ("QHS", "2200", (time(22),)),
        ("QAM", "0700", (time(7),)),
        ("QAM~QPM", "2000~0800", (time(20), time(8))),
    ],
)
def test_explicit_times_stand_for_as_many_parts_of_the_day(
    pattern: str, times: str, clock: tuple[time, ...]
) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}|{times}", RXR)

    assert (phase.times.moments, phase.times.clock) == ((), clock)
    assert phase.findings == ()


@pytest.mark.parametrize(
    ("pattern", "at"), [("QAM", "2000"), ("QPM", "0800"), ("QHS", "0800"), ("QHS", "0000")]
)
def test_an_explicit_time_in_another_part_of_the_day_contradicts_the_code(
    pattern: str, at: str
) -> None:
    phase = the_phase(rxe(), f"TQ1|1||{pattern}|{at}", RXR)

    assert [finding.code.value for finding in phase.findings] == ["timing-contradicted"]


def test_explicit_times_beside_a_meal_or_of_another_number_stay_beside_it() -> None:
    meal = the_phase(rxe(), "TQ1|1||ACM|0730", RXR)
    two = the_phase(rxe(), "TQ1|1||QHS|2000~2200", RXR)

    assert [one.moment for one in meal.times.moments] == [Moment.BEFORE_BREAKFAST]
    assert meal.times.clock == (time(7, 30),)
    assert [one.moment for one in two.times.moments] == [Moment.BEDTIME]


@pytest.mark.parametrize("said", ["SN", "NORMAL", "1"])
def test_a_priority_without_a_row_blocks(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID||||||{said}", RXR)

    assert [finding.code.value for finding in phase.findings] == ["code-invalid"]


def test_a_second_interval_between_services_is_not_dropped() -> None:
    assert line_doubts(an_order(rxe(), "TQ1|1||||8^h~12^h", RXR)) == [
        ("timing-unsupported", "TQ1[1]-5[2].1")
    ]


def test_explicit_times_are_those_of_the_clock() -> None:
    phase = the_phase(rxe(), "TQ1|1||BID|0800~193000", RXR)

    assert phase.times.clock == (time(8), time(19, 30))


@pytest.mark.parametrize("said", ["11:30:05", "2400", "8", "0800+0100", "20260105080000"])
def test_an_explicit_time_of_another_shape_is_not_guessed(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||QD|{said}", RXR)

    assert phase.times.clock == ()
    assert [(f.code.value, f.location, f.quoted) for f in phase.findings] == [
        ("value-invalid", "TQ1[1]-4", said)
    ]


def test_explicit_times_without_a_pattern_are_invalid() -> None:
    phase = the_phase(rxe(), "TQ1|1|||0700", RXR)

    assert [finding.code.value for finding in phase.findings] == ["timing-invalid"]


def test_relative_time_alone_is_an_interval_and_contradicts_another_pattern() -> None:
    alone = the_phase(rxe(), "TQ1|1||||8^h", RXR)
    beside = the_phase(rxe(), "TQ1|1||TID||3^h", RXR)

    assert alone.rhythm.frequency == frequency(1, "8", "h")
    assert [finding.code.value for finding in beside.findings] == ["timing-contradicted"]


def test_bounds_of_tq1() -> None:
    phase = the_phase(rxe(), "TQ1|1||BID|||14^d|20260105|202601181200+0100||||||28", RXR)

    paris = timezone(timedelta(hours=1))
    assert phase.bounds.start == date(2026, 1, 5)
    assert phase.bounds.end == datetime(2026, 1, 18, 12, tzinfo=paris)
    assert phase.bounds.end_included
    assert phase.bounds.duration == Duration(value=Decimal(14), unit=PeriodUnit.DAY)
    assert phase.bounds.count == 28


@pytest.mark.parametrize(
    ("said", "unit"),
    [("14^J", PeriodUnit.DAY), ("14^j", PeriodUnit.DAY), ("14^W", PeriodUnit.WEEK)],
)
def test_a_letter_that_can_only_be_one_unit_of_time_is_it(said: str, unit: PeriodUnit) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID|||{said}", RXR)

    assert phase.bounds.duration == Duration(value=Decimal(14), unit=unit)
    assert phase.findings == ()


@pytest.mark.parametrize("said", ["14", "14^lune", "0^d", "-1^d", "14^M", "14^S"])
def test_a_duration_without_a_usable_unit_of_time_is_no_duration(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID|||{said}", RXR)

    assert phase.bounds.duration is None
    assert [finding.code.value for finding in phase.findings] == ["bounds-invalid"]


def test_the_words_of_a_unit_of_time_must_be_those_of_its_code() -> None:
    same = the_phase(rxe(), "TQ1|1||BID|||7^d&jours&UCUM", RXR)
    parted = the_phase(rxe(), "TQ1|1||BID|||7^d^jours^UCUM", RXR)
    other = the_phase(rxe(), "TQ1|1||BID|||7^d&semaines&UCUM", RXR)

    week = Duration(value=Decimal(7), unit=PeriodUnit.DAY)
    assert (same.bounds.duration, same.findings) == (week, ())
    assert (parted.bounds.duration, parted.findings) == (week, ())
    assert [finding.code.value for finding in other.findings] == ["bounds-invalid"]


@pytest.mark.parametrize("said", ["20260231", "202601", "2026-01-05", "20260329023000"])
def test_a_start_that_is_no_one_day_or_instant_is_invalid(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID||||{said}", RXR)

    assert phase.bounds.start is None
    assert [(f.code.value, f.quoted) for f in phase.findings] == [("value-invalid", said)]


def test_as_needed_is_said_by_pattern_or_by_priority() -> None:
    by_pattern = the_phase(rxe(), "TQ1|1||PRNQ6H|||||||douleur", RXR)
    by_priority = the_phase(rxe(), "TQ1|1||||||||PRN", RXR)

    assert by_pattern.as_needed
    assert by_pattern.rhythm.frequency == frequency(1, "6", "h")
    assert by_pattern.as_needed_for == ("douleur",)
    assert by_pattern.findings == ()
    assert by_priority.as_needed


def test_a_condition_without_as_needed_waits_for_a_person() -> None:
    phase = the_phase(rxe(), "TQ1|1||BID|||||||si tension > 16", RXR)

    assert [(f.code.value, f.location) for f in phase.findings] == [
        ("event-condition", "TQ1[1]-10")
    ]


def test_a_priority_other_than_routine_is_said() -> None:
    assert the_phase(rxe(), "TQ1|1||BID||||||R", RXR).findings == ()
    assert the_phase(rxe(), "TQ1|1||BID||||||S", RXR).findings[0].code.value == "element-unread"


def test_s_puts_the_next_statement_after_and_a_beside() -> None:
    phases = phases_of(
        an_order(
            rxe(),
            "TQ1|1||TID|||3^d|20260105|||||S",
            "TQ1|2||BID|||3^d|20260108|||||A",
            "TQ1|3||QHS|||3^d|20260108",
            RXR,
        )
    )

    assert [phase.sequence for phase in phases] == [1, 2, 2]


def test_a_lone_statement_has_no_sequence_whatever_its_conjunction() -> None:
    phase = the_phase(rxe(), "TQ1|1||BID|||||||||A", RXR)

    assert phase.sequence is None
    assert phase.findings == ()


@pytest.mark.parametrize("conjunction", ["S", "C", "X"])
def test_a_statement_that_announces_another_is_incomplete(conjunction: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||QHS|||||||||{conjunction}", RXR)

    assert [(f.code.value, f.location) for f in phase.findings] == [
        ("sequence-incomplete", "TQ1[1]-12")
    ]


def test_a_conjunction_that_is_missing_or_actuation_leaves_the_chain_open() -> None:
    missing = phases_of(an_order(rxe(), "TQ1|1||TID", "TQ1|2||BID", RXR))
    actuation = phases_of(an_order(rxe(), "TQ1|1||TID|||||||||C", "TQ1|2||BID", RXR))

    assert [phase.sequence for phase in missing] == [None, None]
    assert missing[0].findings[0].code.value == "sequence-incomplete"
    assert actuation[0].findings[0].code.value == "timing-unsupported"


def test_a_statement_that_follows_another_cannot_start_with_it() -> None:
    phases = phases_of(
        an_order(rxe(), "TQ1|1||QID||||20260105|||||S", "TQ1|2||TID||||20260105", RXR)
    )

    assert [f.code.value for f in phases[1].findings] == ["timing-contradicted"]


def test_the_timing_deleted_by_the_sender_is_missing() -> None:
    phase = the_phase(rxe(), 'TQ1|1||""', RXR)

    assert [(f.code.value, f.location) for f in phase.findings] == [("timing-missing", "TQ1[1]-3")]


@pytest.mark.parametrize(
    ("said", "duration", "count"),
    [
        ("D4", Duration(value=Decimal(4), unit=PeriodUnit.DAY), None),
        ("W2", Duration(value=Decimal(2), unit=PeriodUnit.WEEK), None),
        ("H36", Duration(value=Decimal(36), unit=PeriodUnit.HOUR), None),
        ("X4", None, 4),
        ("X001", None, 1),
        ("INDEF", None, None),
    ],
)
def test_the_duration_of_the_old_field_is_a_length_or_a_count(
    said: str, duration: Duration | None, count: int | None
) -> None:
    phase = the_phase(rxe(timing=f"1^BID^{said}^20260105"), RXR, header=OLD)

    assert phase.location == "RXE[1]-1"
    assert phase.bounds.duration == duration
    assert phase.bounds.count == count
    assert phase.bounds.start == date(2026, 1, 5)
    assert phase.findings == ()


@pytest.mark.parametrize("said", ["90", "HL70335", "D", "D0"])
def test_a_duration_of_the_old_field_that_is_none_is_said(said: str) -> None:
    phase = the_phase(rxe(timing=f"1^BID^{said}"), RXR, header=OLD)

    assert phase.bounds.duration is None
    assert [finding.code.value for finding in phase.findings] == ["bounds-invalid"]


@pytest.mark.parametrize("said", ["L2", "T30"])
def test_months_and_totals_of_the_old_field_are_not_computed(said: str) -> None:
    phase = the_phase(rxe(timing=f"1^BID^{said}"), RXR, header=OLD)

    assert [finding.code.value for finding in phase.findings] == ["timing-unsupported"]


def test_the_other_components_of_the_old_field_are_read_or_said() -> None:
    timing = "1^BID^^20260105^20260110^PRN^si douleur^au lit^^x^1^12"

    phase = the_phase(rxe(timing=timing), RXR, header=OLD)

    assert phase.bounds.end == date(2026, 1, 10)
    assert (phase.as_needed, phase.as_needed_for) == (True, ("si douleur",))
    assert (phase.text, phase.bounds.count) == ("au lit", 12)
    assert [(f.code.value, f.location) for f in phase.findings] == [
        ("timing-unsupported", "RXE[1]-1.10"),
        ("timing-unsupported", "RXE[1]-1.11"),
    ]


def test_every_doubt_of_the_old_field_stands_at_its_component() -> None:
    timing = "1^TLJ&8h^90^20261340^2026^SN^si fièvre^^C"

    phase = the_phase(rxe(timing=timing), RXR, header=OLD)

    assert {(f.location, f.code.value) for f in phase.findings} == {
        ("RXE[1]-1.2.1", "timing-code-unknown"),
        ("RXE[1]-1.2.2", "value-invalid"),
        ("RXE[1]-1.3", "bounds-invalid"),
        ("RXE[1]-1.4", "value-invalid"),
        ("RXE[1]-1.5", "value-invalid"),
        ("RXE[1]-1.6", "code-invalid"),
        ("RXE[1]-1.7", "event-condition"),
        ("RXE[1]-1.9", "sequence-incomplete"),
    }


def test_old_fields_with_a_different_number_of_statements_are_said() -> None:
    order = an_order(rxe(timing="1^BID"), RXR, orc="ORC|NW|L1||||E|1^QAM^^^^^^^A~1^QPM", header=OLD)

    assert line_doubts(order) == [("timing-contradicted", "RXE[1]-1")]


@pytest.mark.parametrize("said", ["0", "1.5", "-2"])
def test_a_count_that_is_no_whole_number_is_said(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID|||||||||||{said}", RXR)

    assert phase.bounds.count is None
    assert [(f.code.value, f.location) for f in phase.findings] == [("value-invalid", "TQ1[1]-14")]


def test_a_number_of_times_stated_twice_differently_is_ambiguous() -> None:
    phase = the_phase(rxe(timing="1^QHS^X4^20260105^^^^^^^^6"), RXR, header=OLD)

    assert [(f.code.value, f.location) for f in phase.findings] == [
        ("count-ambiguous", "RXE[1]-1.12")
    ]


def test_explicit_times_of_the_old_field_stand_beside_the_pattern() -> None:
    phase = the_phase(rxe(timing="1^Q24H&0600^^20260105"), RXR, header=OLD)

    assert phase.rhythm.frequency == frequency(1, "24", "h")
    assert phase.times.clock == (time(6),)


def test_repetitions_of_the_old_field_are_a_chain() -> None:
    order = an_order(rxe(timing="1^QAM^X3^20260105^^^^^S~1^QOD^D4"), RXR, header=OLD)

    first, second = phases_of(order)

    assert (first.sequence, first.bounds.count) == (1, 3)
    assert (second.sequence, second.location) == (2, "RXE[1]-1[2]")
    assert second.rhythm.frequency == frequency(1, "2", "d")


def test_what_the_encoded_field_leaves_open_is_what_the_request_says() -> None:
    phase = the_phase(rxe(timing="^^^20260105"), RXR, orc="ORC|NW|L1||||E|^Q6H^D10^^^R", header=OLD)

    assert phase.rhythm.frequency == frequency(1, "6", "h")
    assert phase.bounds.start == date(2026, 1, 5)
    assert phase.bounds.duration == Duration(value=Decimal(10), unit=PeriodUnit.DAY)
    assert phase.findings == ()


def test_the_old_fields_that_disagree_are_said() -> None:
    order = an_order(rxe(timing="1^BID^D10"), RXR, orc="ORC|NW|L1||||E|1^TID^D10", header=OLD)

    assert line_doubts(order) == [("timing-contradicted", "ORC[1]-7")]


def test_the_encoded_timing_holds_and_a_request_that_disagrees_is_said() -> None:
    order = an_order("TQ1|1||TID", "RXO|P1^PRODUIT^L|1||TAB", RXR, rxe(), "TQ1|1||BID", RXR)

    (phase,) = phases_of(order)
    assert (phase.location, phase.rhythm.frequency) == ("TQ1[2]", frequency(2, "1", "d"))
    assert line_doubts(order) == [("timing-contradicted", "TQ1[1]")]


def test_a_request_that_agrees_with_the_encoded_timing_is_silent() -> None:
    order = an_order("TQ1|1||BID", "RXO|P1^PRODUIT^L", RXR, rxe(), "TQ1|1||BID|||7^d", RXR)

    assert line_doubts(order) == []


def test_a_timing_before_the_encoded_order_stands_in_with_a_finding() -> None:
    order = an_order("TQ1|1||BID", rxe(), RXR)

    (phase,) = phases_of(order)
    assert phase.location == "TQ1[1]"
    assert line_doubts(order) == [("structure-invalid", "TQ1[1]")]


def test_tq1_holds_over_the_old_field_and_a_disagreement_is_said() -> None:
    agreeing = an_order(rxe(timing="1^BID"), "TQ1|1||BID", RXR)
    disagreeing = an_order(rxe(timing="1^TID"), "TQ1|1||BID", RXR)

    assert line_doubts(agreeing) == []
    assert line_doubts(disagreeing) == [("timing-contradicted", "RXE[1]-1")]


def test_an_interval_of_hours_beside_times_as_far_apart_is_those_times_every_day() -> None:
    phase = the_phase(rxe(), "TQ1|1||Q8H|0600~1400~2200||3^d|20260105", RXR)

    assert phase.rhythm.frequency == frequency(3, "1", "d")
    assert phase.times.clock == (time(6), time(14), time(22))


@pytest.mark.parametrize("times", ["0600~1200~2200", "0600~1400", "0600~1400~2200~2300"])
def test_an_interval_of_hours_beside_other_times_stays_an_interval(times: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||Q8H|{times}||3^d|20260105", RXR)

    assert phase.rhythm.frequency == frequency(1, "8", "h")


def test_a_request_with_a_condition_or_an_end_that_the_encoded_timing_lacks_is_said() -> None:
    condition = an_order("TQ1|1||BID|||||||si fièvre", rxe(), "TQ1|1||BID", RXR)
    end = an_order("TQ1|1||BID|||7^d", rxe(), "TQ1|1||BID", RXR)
    as_needed = an_order("TQ1|1||BID||||||PRN", rxe(), "TQ1|1||BID", RXR)

    for order in (condition, end, as_needed):
        assert line_doubts(order) == [("timing-contradicted", "TQ1[1]")]


def test_the_words_of_the_requested_timing_are_kept_beside_the_encoded_one() -> None:
    order = an_order("TQ1|1||BID||||||||deux fois par jour", rxe(), "TQ1|1||BID", RXR)

    (phase,) = phases_of(order)

    assert phase.instructions == ("deux fois par jour",)


def test_doubts_of_a_timing_that_does_not_hold_are_kept() -> None:
    order = an_order(rxe(timing="1^BID"), RXR, orc="ORC|NW|L1||||E|1^BID^T30", header=OLD)

    assert line_doubts(order) == [("timing-unsupported", "ORC[1]-7.3")]


def test_a_quantity_in_the_encoded_field_is_not_dropped_for_the_request() -> None:
    order = an_order(rxe(timing="2"), RXR, orc="ORC|NW|L1||||E|1^BID", header=OLD)

    assert line_doubts(order) == [("dose-several", "RXE[1]-1")]


def test_an_hour_of_the_site_stands_in_the_row_of_its_code() -> None:
    own = Table("s/hl7v2/repeat_patterns", "x", 1, {
        "BID": Row("BID", "twice a day", "2/1d 09:00 16:00", "protocol", "", 3),
        "99DPI|LMV": Row("99DPI|LMV", "", "mon wed fri", "protocol", "", 4),
        "99DPI|M15": Row("99DPI|M15", "", "monthday:15", "protocol", "", 5),
    })  # fmt: skip

    twice = pattern_of_coding(Coding(code="BID"), own)
    days = pattern_of_coding(Coding(code="LMV", system="99DPI"), own)
    month = pattern_of_coding(Coding(code="M15", system="99DPI"), own)

    assert twice is not None
    assert (twice.frequency, twice.clock) == (frequency(2, "1", "d"), (time(9), time(16)))
    assert days is not None
    assert days.weekdays == (Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY)
    assert month is not None
    assert month.month_days == (15,)
