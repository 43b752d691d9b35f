from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from builders import a_quantity
from intakes import a_line_input, a_report, a_window, at, planned, reports_at

from engine.adherence.adherence import adherence
from engine.adherence.definition import DEFAULT
from engine.adherence.measure import measure
from engine.adherence.report import Report
from schemas.adherence import (
    AdherenceResult,
    Fraction,
    LineAdherence,
    PeriodReason,
    Unmonitored,
)
from schemas.canonical import canonical_json
from schemas.finding import FindingCode
from schemas.intake import AuthorRole, IntakeStatus
from schemas.quantity import Quantity
from schemas.schedule import PlannedIntake

MONDAY = date(2026, 1, 5)


def of(numerator: int, denominator: int) -> Fraction:
    return Fraction(numerator=numerator, denominator=denominator)


def figures(
    plan: Sequence[PlannedIntake],
    reports: Sequence[Report] = (),
    *,
    days: int = 7,
    unmonitored: Sequence[Unmonitored] = (),
    zone: str = "UTC",
) -> LineAdherence:
    window = a_window(MONDAY, days, unmonitored=unmonitored, zone=zone)
    return measure(a_line_input(plan, reports), window, DEFAULT).figures


def on_days(*numbers: int, clock: str = "08:00") -> list[str]:
    """`on_days(1, 3)` is Monday and Wednesday at 08:00."""
    return [f"{MONDAY + timedelta(days=number - 1)} {clock}" for number in numbers]


def test_days_off_are_in_no_denominator_of_a_weekly_line() -> None:
    weekly = planned(MONDAY, 28, "08:00", every=7)

    result = figures(weekly, reports_at(*on_days(1, 8, 22)), days=28)

    assert result.taking == of(3, 4)
    assert result.correct_dosing == of(3, 4)
    assert result.implementation == of(3, 4)
    assert result.holidays == 0


def test_a_weekly_dose_taken_daily_is_overuse_on_every_day_off() -> None:
    weekly = planned(MONDAY, 7, "08:00", every=7)

    result = figures(weekly, reports_at(*on_days(1, 2, 3, 4, 5, 6, 7)))

    assert result.taking == of(7, 1)
    assert result.taking_capped == of(1, 1)
    assert result.overuse == of(6, 7)


def test_two_missed_weekly_doses_are_a_holiday_over_the_days_off() -> None:
    weekly = planned(MONDAY, 28, "08:00", every=7)

    result = figures(weekly, reports_at(*on_days(1, 22)), days=28)

    assert (result.holidays, result.longest_holiday) == (1, 2)


def test_a_day_without_monitoring_ends_a_holiday() -> None:
    tuesday = Unmonitored(
        first=date(2026, 1, 6), last=date(2026, 1, 6), reason=PeriodReason.ABSENCE
    )

    result = figures(planned(MONDAY, 3, "08:00"), days=3, unmonitored=[tuesday])

    assert result.holidays == 0
    assert result.taking == of(0, 2)
    assert [day.monitored for day in result.days] == [True, False, True]


def test_overuse_on_one_day_does_not_hide_an_omission_on_another() -> None:
    reports = reports_at(*on_days(1), *on_days(1, clock="12:00"))

    result = figures(planned(MONDAY, 2, "08:00"), reports, days=2)

    assert result.taking == of(2, 2)
    assert result.taking_capped == of(1, 2)
    assert result.overuse == of(1, 2)


def test_nothing_expected_is_not_computable_and_never_a_percentage() -> None:
    result = figures(())

    assert result.taking is None
    assert result.correct_dosing is None
    assert result.timing is None
    assert result.overuse is None
    assert [f.code for f in result.findings] == [FindingCode.ADHERENCE_NOT_COMPUTABLE]


def test_a_window_without_a_monitored_day_is_not_computable() -> None:
    whole = Unmonitored(first=MONDAY, last=MONDAY + timedelta(days=6), reason=PeriodReason.HOSPITAL)

    result = figures(planned(MONDAY, 7, "08:00"), unmonitored=[whole])

    assert result.taking is None
    assert result.counts["unmonitored"] == 7
    assert [f.code for f in result.findings] == [FindingCode.ADHERENCE_NOT_COMPUTABLE]


def test_a_line_taken_as_needed_is_counted_in_uses_and_expects_nothing() -> None:
    line = a_line_input((), reports_at(*on_days(1, 1, 4)), as_needed=True)

    result = measure(line, a_window(MONDAY, 7), DEFAULT).figures

    assert result.as_needed_uses == 3
    assert result.taking is None
    assert result.counts["extra"] == 0
    assert FindingCode.ADHERENCE_NOT_COMPUTABLE not in [f.code for f in result.findings]


def test_a_dose_that_the_prescriber_held_was_not_expected() -> None:
    held = a_report("R1", "2026-01-05 08:00", status=IntakeStatus.HELD, role=AuthorRole.PHYSICIAN)

    result = figures(planned(MONDAY, 2, "08:00"), (held,), days=2)

    assert result.taking == of(0, 1)
    assert result.counts["held"] == 1


def test_a_refusal_is_counted_apart_from_silence() -> None:
    refused = a_report("R1", "2026-01-05 08:00", status=IntakeStatus.REFUSED)

    result = figures(planned(MONDAY, 2, "08:00"), (refused,), days=2)

    assert (result.counts["refused"], result.counts["no-record"]) == (1, 1)
    assert result.taking == of(0, 2)


def test_half_tablets_are_intakes_and_the_quantities_tell_the_rest() -> None:
    plan = planned(MONDAY, 2, "08:00", quantity=a_quantity("1.50 comprimé"))
    reports = (
        a_report("R1", "2026-01-05 08:00"),
        a_report(
            "R2",
            "2026-01-06 08:00",
            status=IntakeStatus.PARTIAL,
            quantity=a_quantity("0.5 comprimé"),
        ),
    )

    result = figures(plan, reports, days=2)

    assert result.taking == of(2, 2)
    assert result.quantity_expected == Quantity(value=Decimal("3.00"), unit="comprimé")
    assert result.quantity_taken == Quantity(value=Decimal("2.00"), unit="comprimé")


def test_a_partial_intake_of_unknown_amount_makes_the_total_unknown() -> None:
    plan = planned(MONDAY, 1, "08:00", quantity=a_quantity("1 comprimé"))
    partial = a_report("R1", "2026-01-05 08:00", status=IntakeStatus.PARTIAL)

    assert figures(plan, (partial,), days=1).quantity_taken is None


def test_amounts_in_two_units_are_not_added() -> None:
    plan = (
        *planned(MONDAY, 1, "08:00", quantity=a_quantity("1 comprimé")),
        *planned(MONDAY, 1, "20:00", quantity=a_quantity("5 mL")),
    )

    assert figures(plan, days=1).quantity_expected is None


def test_an_uneven_plan_has_no_interval_to_compare_with() -> None:
    # 08:00, 12:00 and 20:00: even a perfect patient would be outside 6 to 10 hours.
    times = ("08:00", "12:00", "20:00")
    reports = reports_at(*(on_days(day, clock=clock)[0] for day in (1, 2) for clock in times))

    result = figures(planned(MONDAY, 2, *times), reports, days=2)

    assert result.timing == of(6, 6)
    assert result.timing_interval is None


def test_morning_and_evening_eleven_hours_apart_share_the_day_in_twelve_hours() -> None:
    # 08:00 and 19:00: gaps of 11 and 13 hours lie within 9 to 15.
    reports = reports_at(
        *(on_days(day, clock=c)[0] for day in (1, 2, 3) for c in ("08:00", "19:00"))
    )

    result = figures(planned(MONDAY, 3, "08:00", "19:00"), reports, days=3)

    assert result.timing_interval == of(5, 5)


@pytest.mark.parametrize(
    ("first", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)], ids=str
)
def test_a_day_of_another_length_expects_as_many_intakes(first: date, hours: int) -> None:
    # The clocks change in the night after `first`.
    zone = "Europe/Paris"
    plan = planned(first, 2, "08:00", "20:00", zone=zone)
    reports = reports_at(*(intake.due_at for intake in plan))
    noon, next_noon = (at(f"{first + timedelta(days=d)} 12:00", zone) for d in (0, 1))

    result = measure(a_line_input(plan, reports), a_window(first, 2, zone=zone), DEFAULT).figures

    assert (next_noon.astimezone(UTC) - noon.astimezone(UTC)) == timedelta(hours=hours)
    assert [day.expected for day in result.days] == [2, 2]
    assert result.taking == of(4, 4)
    assert result.timing == of(4, 4)


def two_lines() -> AdherenceResult:
    """Tuesday, the second line is missed; Wednesday only the first one expects an intake."""
    return adherence(
        [
            a_line_input(
                planned(MONDAY, 2, "08:00"),
                [a_report("R9", "2026-01-05 08:00", role=AuthorRole.PATIENT)],
                line="L2",
            ),
            a_line_input(planned(MONDAY, 3, "08:00"), reports_at(*on_days(1, 2, 3)), line="L1"),
        ],
        a_window(MONDAY, 3),
        patient="P1",
        strays=[a_report("R8", "2026-01-06 08:00")],
    )


def test_a_result_carries_its_definition_its_window_and_its_inputs() -> None:
    result = two_lines()

    assert result.definition == DEFAULT
    assert (result.zone, result.first, result.last) == ("UTC", MONDAY, date(2026, 1, 7))
    assert result.computed_until == datetime(2030, 1, 1, tzinfo=UTC)
    assert [line.line for line in result.lines] == ["L1", "L2"]
    assert result.intakes == ("R01", "R02", "R03", "R8", "R9")
    assert result.sources == {"nurse": 3, "patient": 1}


def test_a_day_is_right_when_every_line_is() -> None:
    assert two_lines().all_lines_correct == of(2, 3)


def test_a_report_of_no_validated_line_counts_nowhere_and_is_said() -> None:
    result = two_lines()

    assert [(f.code, f.location) for f in result.findings] == [
        (FindingCode.INTAKE_LINE_UNKNOWN, "intake/R8")
    ]
    assert [line.taking for line in result.lines] == [of(3, 3), of(1, 2)]


def test_a_result_without_a_line_says_nothing_in_figures() -> None:
    result = adherence([], a_window(MONDAY, 7), patient="P1")

    assert result.lines == ()
    assert result.all_lines_correct is None


def test_computing_again_gives_the_same_bytes() -> None:
    assert canonical_json(two_lines()) == canonical_json(two_lines())
    again = AdherenceResult.model_validate_json(canonical_json(two_lines()))
    assert canonical_json(again) == canonical_json(two_lines())
