"""What the time statements of an entry become. Source: HL7 v3 Data Types R1."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from mappings.catalogue import load_site, table
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.posology import Phase, Weekday
from schemas.quantity import PeriodUnit

Phases = Callable[..., tuple[Phase, ...]]
WEEK = (
    '<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><high value="20260111"/>'
    "</effectiveTime>"
)


def codes(phase: Phase) -> list[FindingCode]:
    return [finding.code for finding in phase.findings]


def periodic(inner: str, attributes: str = "") -> str:
    return f'<effectiveTime xsi:type="PIVL_TS" operator="A" {attributes}>{inner}</effectiveTime>'


def test_a_high_day_is_part_of_the_period(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK)

    assert phase.bounds.start == date(2026, 1, 5)
    assert phase.bounds.end == date(2026, 1, 11)
    assert phase.bounds.end_included


def test_a_high_that_says_it_is_not_included_is_not(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK.replace('"20260111"', '"20260111" inclusive="false"'))

    assert not phase.bounds.end_included


def test_a_width_is_a_duration_and_an_unknown_low_no_start(phases_of: Phases) -> None:
    (phase,) = phases_of(
        '<effectiveTime xsi:type="IVL_TS"><low nullFlavor="UNK"/><width value="10" unit="d"/>'
        "</effectiveTime>"
    )

    assert phase.bounds.start is None
    assert phase.bounds.duration is not None
    assert phase.bounds.duration.value == Decimal(10)
    assert phase.bounds.duration.unit is PeriodUnit.DAY


@pytest.mark.parametrize("value", ["202601", "2026", "20260230", "00010101", "demain"])
def test_a_bound_that_is_no_day_is_a_finding_at_its_place(phases_of: Phases, value: str) -> None:
    (phase,) = phases_of(WEEK.replace("20260105", value))

    assert phase.bounds.start is None
    assert codes(phase) == [FindingCode.BOUNDS_INVALID]
    assert phase.findings[0].location.endswith("/effectiveTime/low/@value")
    assert phase.findings[0].quoted == value


def test_institution_specified_true_is_n_a_day(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK + periodic('<period value="8" unit="h"/>', 'institutionSpecified="true"')
    )

    frequency = phase.rhythm.frequency
    assert frequency is not None
    assert (frequency.times, frequency.period, frequency.unit) == (3, Decimal(1), PeriodUnit.DAY)
    assert codes(phase) == []


def test_institution_specified_false_is_every_n_hours(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK + periodic('<period value="8" unit="h"/>', 'institutionSpecified="false"')
    )

    frequency = phase.rhythm.frequency
    assert frequency is not None
    assert (frequency.times, frequency.period, frequency.unit) == (1, Decimal(8), PeriodUnit.HOUR)
    assert codes(phase) == []


def test_hours_without_the_attribute_have_two_readings(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + periodic('<period value="12" unit="h"/>'))

    assert codes(phase) == [FindingCode.FREQUENCY_AMBIGUOUS]
    assert "2 a day" in phase.findings[0].message
    assert "every 12 hours" in phase.findings[0].message


def test_a_signed_dialect_settles_the_hours_when_the_words_agree(
    phases_of: Phases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "reference"
    (site / "cda").mkdir(parents=True)
    (site / "site.toml").write_text('zone = "Europe/Paris"\n')
    (site / "cda" / "dialect.csv").write_text(
        "# table: cda/dialect  target: rule  version: 1\ncode;text;target;source;read_by\n"
        "hours-without-institutionSpecified;;times-a-day-if-narrative-agrees;the site;\n"
    )
    load_site("reference")
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    table.cache_clear()
    reference = '<translation><originalText><reference value="#f"/></originalText></translation>'
    stated = WEEK + periodic(f'<period value="8" unit="h">{reference}</period>')

    (agrees,) = phases_of(stated, narrative='<content ID="f">3 fois/j</content>')
    (differs,) = phases_of(stated, narrative='<content ID="f">2 fois/j</content>')
    table.cache_clear()

    assert agrees.rhythm.frequency is not None
    assert agrees.rhythm.frequency.times == 3
    assert codes(agrees) == []
    assert codes(differs) == [FindingCode.FREQUENCY_AMBIGUOUS]


def test_a_period_of_days_is_not_ambiguous(phases_of: Phases) -> None:
    (phase,) = phases_of(WEEK + periodic('<period value="2" unit="d"/>'))

    assert phase.rhythm.frequency is not None
    assert phase.rhythm.frequency.period == Decimal(2)
    assert codes(phase) == []


def test_a_phase_gives_the_hour_of_the_day(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK + periodic('<phase><low value="20260105073000"/></phase><period value="1" unit="d"/>')
    )

    assert phase.times.clock == (time(7, 30),)


def test_a_weekly_phase_gives_its_weekday(phases_of: Phases) -> None:
    # 2026-01-08 is a Thursday.
    (phase,) = phases_of(
        WEEK + periodic('<phase><low value="20260108"/></phase><period value="1" unit="wk"/>')
    )

    assert phase.rhythm.weekdays == (Weekday.THURSDAY,)


def test_hours_count_from_the_phase_on_the_first_day(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK
        + periodic(
            '<phase><low value="20260105060000+0100"/></phase><period value="8" unit="h"/>',
            'institutionSpecified="false"',
        )
    )

    assert phase.bounds.start == datetime(2026, 1, 5, 5, 0, tzinfo=UTC)


def test_days_counted_from_another_day_are_not_computed(phases_of: Phases) -> None:
    (phase,) = phases_of(
        WEEK + periodic('<phase><low value="20260106"/></phase><period value="2" unit="d"/>')
    )

    assert codes(phase) == [FindingCode.TIMING_UNSUPPORTED]


@pytest.mark.parametrize(
    "inner",
    ['<period value="8"/>', '<period unit="h"/>', '<period value="0" unit="h"/>', ""],
    ids=["no unit", "no number", "zero", "no period"],
)
def test_a_period_without_number_or_unit_is_a_finding(phases_of: Phases, inner: str) -> None:
    (phase,) = phases_of(WEEK + periodic(inner))

    assert phase.rhythm.frequency is None
    assert codes(phase) == [FindingCode.PERIOD_INCOMPLETE]


@pytest.mark.parametrize("row", list(table("cda/events")), ids=lambda row: row.code)
def test_every_event_of_the_table_is_a_moment(phases_of: Phases, row: object) -> None:
    code, target = getattr(row, "code", ""), getattr(row, "target", "")
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="{code}"/>'
        "</effectiveTime>"
    )

    assert [time.moment for time in phase.times.moments] == [Moment(target)]


@pytest.mark.parametrize("code", ["IC", "ICD", "ICM", "ICV"])
def test_between_meals_has_no_moment(phases_of: Phases, code: str) -> None:
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="{code}"/>'
        "</effectiveTime>"
    )

    assert phase.times.moments == ()
    assert codes(phase) == [FindingCode.TIMING_CODE_UNKNOWN]
    assert phase.findings[0].quoted == code


@pytest.mark.parametrize(
    ("event", "offset", "minutes"),
    [
        ("ACM", '<low value="-30" unit="min"/>', 30),
        ("PCV", '<low value="1" unit="h"/>', 60),
        ("ACM", '<low value="30" unit="min"/>', None),
        ("PCM", '<low value="-30" unit="min"/>', None),
        ("PCM", '<low value="0.5" unit="h"/>', 30),
        ("WAKE", '<low value="15" unit="min"/>', 15),
        ("PCM", '<low value="0.11" unit="h"/>', None),
        ("PCM", '<low value="1" unit="d"/>', None),
        ("PCM", '<low value="25" unit="h"/>', None),
        ("PCM", '<high value="30" unit="min"/>', None),
        ("PCM", '<center value="30" unit="min"/>', None),
        ("PCM", "", None),
        ("CM", '<low value="30" unit="min"/>', None),
        ("HS", '<low value="30" unit="min"/>', None),
        ("HS", '<low value="-30" unit="min"/>', None),
    ],
)
def test_an_offset_goes_the_way_of_its_moment(
    phases_of: Phases, event: str, offset: str, minutes: int | None
) -> None:
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="{event}"/>'
        f"<offset>{offset}</offset></effectiveTime>"
    )

    assert phase.times.moments[0].offset_minutes == minutes
    assert codes(phase) == ([] if minutes else [FindingCode.TIMING_UNSUPPORTED])


def test_a_set_of_events_is_their_union(phases_of: Phases) -> None:
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="SXPR_TS" operator="A">'
        '<comp xsi:type="EIVL_TS"><event code="ACM"/></comp>'
        '<comp xsi:type="EIVL_TS" operator="I"><event code="ACV"/></comp></effectiveTime>'
    )

    assert [moment.moment.value for moment in phase.times.moments] == ["ACM", "ACV"]
    assert codes(phase) == []


def test_an_offset_of_nothing_is_the_moment_itself(phases_of: Phases) -> None:
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="CM"/>'
        '<offset><low value="0" unit="min"/></offset></effectiveTime>'
    )

    assert phase.times.moments[0].offset_minutes is None
    assert codes(phase) == []


def test_the_width_of_an_offset_is_how_long_the_intake_lasts(phases_of: Phases) -> None:
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="ACM"/><offset>'
        '<low value="-1" unit="h"/><width value="10" unit="min"/></offset></effectiveTime>'
    )

    assert phase.times.moments[0].offset_minutes == 60
    assert phase.intake_lasts is not None
    assert (phase.intake_lasts.value, phase.intake_lasts.unit) == (Decimal(10), PeriodUnit.MINUTE)
    assert codes(phase) == []


def test_an_event_of_another_list_is_no_moment(phases_of: Phases) -> None:
    (phase,) = phases_of(
        f'{WEEK}<effectiveTime xsi:type="EIVL_TS" operator="A">'
        '<event code="C" codeSystem="1.2.250.1.999.9"/></effectiveTime>'
    )

    assert phase.times.moments == ()
    assert codes(phase) == [FindingCode.TIMING_CODE_UNKNOWN]


def test_a_single_instant_is_the_only_date(phases_of: Phases) -> None:
    (phase,) = phases_of('<effectiveTime xsi:type="TS" value="20260105"/>')

    assert phase.rhythm.dates == (date(2026, 1, 5),)


@pytest.mark.parametrize(
    ("words", "period", "agree"),
    [
        ("2 applications/j", '<period value="1" unit="d">', False),
        ("1 application par jour", '<period value="1" unit="d">', True),
        ("2 applications par jour", '<period value="12" unit="h">', True),
        ("3 instillations/j", '<period value="12" unit="h">', False),
        ("12 applications/j", '<period value="1" unit="wk">', False),
        ("1 fois par jour", '<period value="1" unit="d">', True),
    ],
)
def test_acts_counted_by_day_must_be_those_of_the_period(
    phases_of: Phases, words: str, period: str, agree: bool
) -> None:
    reference = '<translation><originalText><reference value="#f"/></originalText></translation>'
    (phase,) = phases_of(
        WEEK + periodic(f"{period}{reference}</period>", 'institutionSpecified="true"'),
        narrative=f'<content ID="f">{words}</content>',
    )

    expected = [] if agree else [(FindingCode.TIMING_CONTRADICTED, words)]
    assert [(one.code, one.quoted) for one in phase.findings] == expected
