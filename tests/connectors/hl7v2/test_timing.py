from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hl7v2_messages import an_order, line_doubts, msh, phases_of, rxe, the_phase

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


@pytest.mark.parametrize("code", ["QSHIFT", "ICM", "Q1L"])
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


def test_components_after_the_code_do_not_replace_it() -> None:
    known = the_phase(rxe(), "TQ1|1||BID&x&L^^^^180^min^^PCM", RXR)
    unknown = the_phase(rxe(), "TQ1|1||P&Post&HL70335^^^^180^min^^PCM^360^s", RXR)

    assert known.rhythm.frequency == frequency(2, "1", "d")
    assert [finding.code.value for finding in known.findings] == ["element-unread"]
    assert unknown.rhythm.frequency is None
    assert unknown.findings[0].code.value == "timing-code-unknown"


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


@pytest.mark.parametrize("said", ["14", "14^lune", "0^d", "-1^d"])
def test_a_duration_without_a_usable_unit_of_time_is_no_duration(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID|||{said}", RXR)

    assert phase.bounds.duration is None
    assert [finding.code.value for finding in phase.findings] == ["bounds-invalid"]


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


def test_tq2_is_not_computed() -> None:
    assert line_doubts(an_order(rxe(), "TQ1|1||BID", "TQ2|1|S", RXR)) == [
        ("timing-unsupported", "TQ2[1]")
    ]


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


def test_old_fields_with_a_different_number_of_statements_are_said() -> None:
    order = an_order(rxe(timing="1^BID"), RXR, orc="ORC|NW|L1||||E|1^QAM^^^^^^^A~1^QPM", header=OLD)

    assert line_doubts(order) == [("timing-contradicted", "RXE[1]-1")]


@pytest.mark.parametrize("said", ["0", "1.5", "-2"])
def test_a_count_that_is_no_whole_number_is_said(said: str) -> None:
    phase = the_phase(rxe(), f"TQ1|1||BID|||||||||||{said}", RXR)

    assert phase.bounds.count is None
    assert [(f.code.value, f.location) for f in phase.findings] == [("value-invalid", "TQ1[1]-14")]


def test_a_pattern_of_components_without_a_code_is_not_computed() -> None:
    phase = the_phase(rxe(), "TQ1|1||^^^^12^h", RXR)

    assert [finding.code.value for finding in phase.findings] == ["timing-unsupported"]


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
