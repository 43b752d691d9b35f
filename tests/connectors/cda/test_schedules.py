"""CDA lines from the document to their dated doses, at the reference site, worked out by hand.

The site has MORN and breakfast at 08:00, NOON and lunch at 12:00, EVE and dinner at 19:00.
2 March 2026 is a Monday.
"""

from datetime import date

import pytest
from constructs_cda import message
from explained import MIDNIGHT, blocked, dated, explained_line

from schemas.explanation import ExplainedLine

BREAKFAST = '<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="CM"/></effectiveTime>'
TAPERED, SPLIT = "1.3.6.1.4.1.19376.1.5.3.1.4.8", "1.3.6.1.4.1.19376.1.5.3.1.4.9"


def explained(example: str, days: int = 2, start: str = MIDNIGHT) -> ExplainedLine:
    return explained_line(message(example, start), "cda", first=date(2026, 3, 2), days=days)


def codes(line: ExplainedLine) -> list[str]:
    return [finding.code.value for finding in line.findings]


def interval(inner: str) -> str:
    return f'<effectiveTime xsi:type="IVL_TS">{inner}</effectiveTime>'


def every(inner: str, attributes: str = "") -> str:
    return f'<effectiveTime xsi:type="PIVL_TS" operator="A" {attributes}>{inner}</effectiveTime>'


def a_set(*components: str) -> str:
    return f'<effectiveTime xsi:type="SXPR_TS" operator="A">{"".join(components)}</effectiveTime>'


def turn(low: str, value: str, unit: str) -> str:
    return (
        f'<comp xsi:type="PIVL_TS"><phase><low value="{low}"/></phase>'
        f'<period value="{value}" unit="{unit}"/></comp>'
    )


def dose(amount: str, unit: str = "{tablet}") -> str:
    return f'<doseQuantity value="{amount}" unit="{unit}"/>'


def a_step(number: int, period: str, amount: str) -> str:
    timing = f'<comp xsi:type="IVL_TS">{period}</comp>' if period else ""
    at = '<comp xsi:type="EIVL_TS" operator="A"><event code="CM"/></comp>'
    return (
        f'<entryRelationship typeCode="COMP"><sequenceNumber value="{number}"/>'
        '<substanceAdministration classCode="SBADM" moodCode="INT">'
        f'<effectiveTime xsi:type="SXPR_TS">{timing}{at}</effectiveTime>{dose(amount)}'
        "</substanceAdministration></entryRelationship>"
    )


def tapered(*steps: str, line: str) -> str:
    return f'<templateId root="{TAPERED}"/>{interval(line)}{"".join(steps)}'


def test_a_length_and_an_end_that_disagree_block() -> None:
    # From the 2nd, when it was written, two days end with the 3rd; the end stated is the 5th.
    agree = interval('<width value="2" unit="d"/><high value="20260303"/>') + BREAKFAST
    differ = interval('<width value="2" unit="d"/><high value="20260305"/>') + BREAKFAST

    assert dated(explained(agree, 4)) == ["03-02 08:00 CM 1", "03-03 08:00 CM 1"]
    assert blocked(explained(differ, 4)) == ["bounds-invalid"]


def test_an_unknown_end_is_an_open_treatment() -> None:
    line = explained(interval('<low value="20260302"/><high nullFlavor="UNK"/>') + BREAKFAST, 60)

    assert len(line.planned) == 60


def test_a_start_within_a_day_plans_nothing_before_it() -> None:
    line = explained(interval('<low value="202603021000+0100"/>') + BREAKFAST, 3)

    assert dated(line) == ["03-03 08:00 CM 1", "03-04 08:00 CM 1"]
    assert "first-doses-past" in codes(line)


def test_once_a_day_is_at_the_moment_of_the_site() -> None:
    line = explained(every('<period value="1" unit="d"/>'))

    assert dated(line) == ["03-02 08:00 MORN 1", "03-03 08:00 MORN 1"]
    assert "distribution-used" in codes(line)


def test_the_hour_of_writing_is_not_that_of_a_first_dose() -> None:
    # Written at 09:30 and begun on an unknown day: every 8 hours from when?
    unknown = interval('<low nullFlavor="UNK"/>')
    hours = every('<period value="8" unit="h"/>', 'institutionSpecified="false"')

    line = explained(unknown + hours, start="2026-03-02T09:30:00+01:00")

    assert blocked(line) == ["start-missing"]


def test_meals_that_are_not_named_are_those_of_the_site() -> None:
    line = explained(BREAKFAST.replace("CM", "PC"), 1)

    assert dated(line) == ["03-02 08:00 PCM 1", "03-02 12:00 PCD 1", "03-02 19:00 PCV 1"]


def test_a_week_without_a_phase_asks_for_its_weekday() -> None:
    assert blocked(explained(every('<period value="1" unit="wk"/>'))) == ["weekday-unconfirmed"]


def test_a_month_is_one_of_the_calendar() -> None:
    line = explained(every('<period value="1" unit="mo"/>'), 35)

    assert dated(line) == ["03-02 08:00 MORN 1", "04-02 08:00 MORN 1"]


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ('value="0.5" unit="d"', "period-fractional"),
        ('value="90" unit="min"', "period-too-short"),
        ('value="30" unit="s"', "period-too-short"),
    ],
)
def test_a_period_that_no_schedule_has_blocks(period: str, code: str) -> None:
    assert blocked(explained(every(f"<period {period}/>"))) == [code]


def test_weekdays_each_with_each_hour_are_dated() -> None:
    # Monday and Thursday, each at 8 and at 20 h.
    turns = (
        turn(f"{day}{hour}0000", "1", "wk") for day in (20260302, 20260305) for hour in ("08", "20")
    )

    assert dated(explained(a_set(*turns), 7)) == [
        "03-02 08:00 1",
        "03-02 20:00 1",
        "03-05 08:00 1",
        "03-05 20:00 1",
    ]


def test_two_days_of_the_month_are_dated() -> None:
    turns = (turn(day, "1", "mo") for day in ("20260305", "20260320"))
    aligned = a_set(*turns).replace("<comp ", '<comp alignment="DM" ')

    assert dated(explained(aligned, 40)) == [
        "03-05 08:00 MORN 1",
        "03-20 08:00 MORN 1",
        "04-05 08:00 MORN 1",
    ]


def test_a_cycle_of_days_on_and_off_is_dated() -> None:
    # 21 of 28 days from the 2nd: the 21st day is the 22nd, the next turn begins on the 30th.
    window = '<phase><low value="20260302"/><width value="3" unit="wk"/></phase>'
    line = explained(every(f'{window}<period value="28" unit="d"/>') + BREAKFAST, 30)

    days = [*range(2, 23), 30, 31]
    assert dated(line) == [f"03-{day:02d} 08:00 CM 1" for day in days]


def test_every_second_week_counts_from_the_week_of_the_phase() -> None:
    phase = '<phase><low value="20260302"/></phase><period value="14" unit="d"/>'

    assert dated(explained(every(phase), 30)) == [
        "03-02 08:00 MORN 1",
        "03-16 08:00 MORN 1",
        "03-30 08:00 MORN 1",
    ]


def test_steps_of_a_taper_follow_each_other_to_the_end_of_the_line() -> None:
    line = explained(
        tapered(
            a_step(2, '<low value="20260304"/>', "1"),
            a_step(1, '<low value="20260302"/><width value="2" unit="d"/>', "2"),
            line='<low value="20260302"/><width value="4" unit="d"/>',
        ),
        10,
    )

    assert dated(line) == [
        "03-02 08:00 CM 2",
        "03-03 08:00 CM 2",
        "03-04 08:00 CM 1",
        "03-05 08:00 CM 1",
    ]


def test_a_gap_between_two_tapered_steps_blocks() -> None:
    line = explained(
        tapered(
            a_step(1, '<low value="20260302"/><width value="1" unit="d"/>', "2"),
            a_step(2, '<low value="20260304"/>', "1"),
            line='<low value="20260302"/><high value="20260305"/>',
        )
    )

    assert blocked(line) == ["sequence-gap"]


def test_a_zero_dose_is_a_pause_of_a_taper() -> None:
    line = explained(
        tapered(
            a_step(1, '<low value="20260302"/><width value="1" unit="d"/>', "2"),
            a_step(2, '<low value="20260303"/><width value="1" unit="d"/>', "0"),
            a_step(3, '<low value="20260304"/>', "1"),
            line='<low value="20260302"/><high value="20260304"/>',
        ),
        5,
    )

    assert dated(line) == ["03-02 08:00 CM 2", "03-04 08:00 CM 1"]


def test_split_steps_stop_with_their_line() -> None:
    split = (
        f'<templateId root="{SPLIT}"/>'
        + interval('<low value="20260302"/><high value="20260303"/>')
        + a_step(1, '<low value="20260302"/>', "1")
        + a_step(2, "", "0.5").replace("CM", "CV")
    )

    assert dated(explained(split, 10)) == [
        "03-02 08:00 CM 1",
        "03-02 19:00 CV 0.5",
        "03-03 08:00 CM 1",
        "03-03 19:00 CV 0.5",
    ]


@pytest.mark.parametrize(
    "stated",
    [
        dose("0.5"),
        '<doseQuantity><low value="0.5" unit="{tablet}"/><high value="0.5" unit="{tablet}"/>'
        "</doseQuantity>",
    ],
)
def test_a_dose_is_one_amount_however_it_is_written(stated: str) -> None:
    assert dated(explained(BREAKFAST + stated, 1)) == ["03-02 08:00 CM 0.5"]


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ('<doseQuantity><low value="1" unit="mg"/></doseQuantity>', "dose-range"),
        ('<doseQuantity><high value="1" unit="mg"/></doseQuantity>', "dose-range"),
        ('<doseQuantity><low value="1" unit="mg"/><high nullFlavor="NI"/></doseQuantity>',
         "dose-range"),
        ('<doseQuantity><low value="1" unit="mg"/><high value="1" unit="g"/></doseQuantity>',
         "dose-range"),
        ('<doseQuantity nullFlavor="UNK"/>', "dose-missing"),
        ('<doseQuantity value="1"/>', "unit-missing"),
        ('<doseQuantity value="1" unit="1"/>', "unit-missing"),
        ('<doseQuantity nullFlavor="NA"/><rateQuantity value="500" unit="mg/d"/>', "dose-rate"),
        ('<doseQuantity value="5" unit="mg/kg"/>', "dose-per-body"),
    ],
)  # fmt: skip
def test_a_dose_that_is_no_one_amount_blocks(stated: str, code: str) -> None:
    assert code in blocked(explained(BREAKFAST + stated))


def test_words_are_held_against_a_dose_that_has_a_rate_beside_it() -> None:
    words = "<translation><originalText>2 cp</originalText></translation>"
    stated = f'<doseQuantity value="1" unit="{{tablet}}">{words}</doseQuantity>'
    rate = '<rateQuantity value="500" unit="mg/d"/>'

    assert blocked(explained(BREAKFAST + stated + rate)) == ["text-contradicts"]


@pytest.mark.parametrize(
    ("amount", "numerator", "expected"),
    [
        ("2", 'value="2" unit="{tablet}"', None),
        ("3", 'value="2" unit="{tablet}"', "maximum-exceeded"),
        ("2", 'value="2"', "maximum-not-comparable"),
        ("2", 'nullFlavor="NI"', "maximum-not-comparable"),
    ],
)
def test_a_ceiling_is_held_against_the_doses(
    amount: str, numerator: str, expected: str | None
) -> None:
    ceiling = (
        f"<maxDoseQuantity><numerator {numerator}/>"
        '<denominator value="1" unit="d"/></maxDoseQuantity>'
    )

    line = explained(BREAKFAST + dose(amount) + ceiling, 1)

    assert blocked(line) == [expected] if expected else dated(line) == ["03-02 08:00 CM 2"]
