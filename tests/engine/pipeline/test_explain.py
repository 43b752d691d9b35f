"""One file, from bytes to dated intakes: on a format of our own making, and on none."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from builders import REFERENCE, a_line, a_phase, a_prescription, a_site
from placed import a_product

from connectors import registry
from engine.pipeline import explain as module
from engine.pipeline.explain import explain
from schemas.codes import Coding
from schemas.connector import Connector, Reading, SourceValue
from schemas.errors import Refused
from schemas.explanation import Explanation
from schemas.finding import Finding, FindingCode
from schemas.moment import Moment
from schemas.organiser import BesideReason
from schemas.posology import Bounds, Frequency, Phase
from schemas.prescription import Product
from schemas.quantity import PeriodUnit
from schemas.site import Site

Explain = Callable[..., Explanation]
TODAY = date(2025, 1, 1)
PARIS = timedelta(hours=1)


def a_morning(start: date, days: int = 3) -> Phase:
    begin = datetime(start.year, start.month, start.day, tzinfo=UTC) - PARIS
    bounds = Bounds(start=begin, end=begin + timedelta(days=days))
    return a_phase(moments=["MORN"], bounds=bounds)


@pytest.fixture
def explain_reading(monkeypatch: pytest.MonkeyPatch) -> Explain:
    """Explains a reading as if a format had just given it."""

    def told(reading: Reading, first: date | None = None, days: int = 7) -> Explanation:
        def read(_: bytes, __: Site) -> Reading:
            return reading

        format_of_ours = Connector(
            name="ours", title="A format of the tests", detects=lambda _: True, read=read
        )
        monkeypatch.setattr(registry, "detect", lambda _: format_of_ours)
        return explain(b"", format_name=None, site="reference", first=first, days=days, today=TODAY)

    return told


def test_the_intakes_of_the_period_are_dated(explain_reading: Explain) -> None:
    reading = Reading(
        format="ours", prescriptions=(a_prescription(a_line(a_morning(date(2025, 3, 3)))),)
    )

    explanation = explain_reading(reading, first=date(2025, 3, 1))

    planned = explanation.prescriptions[0].lines[0].planned
    assert [intake.due_at.isoformat() for intake in planned] == [
        "2025-03-03T08:00:00+01:00",
        "2025-03-04T08:00:00+01:00",
        "2025-03-05T08:00:00+01:00",
    ]


def test_the_period_starts_on_the_first_day_that_the_file_plans(explain_reading: Explain) -> None:
    lines = (a_line(a_morning(date(2025, 3, 9))), a_line(a_morning(date(2025, 3, 3))))

    explanation = explain_reading(Reading(format="ours", prescriptions=(a_prescription(*lines),)))

    assert explanation.first == date(2025, 3, 3)


def test_the_period_starts_today_when_the_file_states_no_day(explain_reading: Explain) -> None:
    explanation = explain_reading(Reading(format="ours"))

    assert explanation.first == TODAY


def test_the_period_starts_on_the_day_of_writing_when_the_file_plans_nothing(
    explain_reading: Explain,
) -> None:
    written = datetime(2025, 2, 10, 23, 30, tzinfo=UTC)
    prescription = a_prescription(a_line()).model_copy(update={"authored_at": written})

    explanation = explain_reading(Reading(format="ours", prescriptions=(prescription,)))

    assert explanation.first == date(2025, 2, 11)


def test_a_period_of_no_intakes_is_empty_and_the_schedule_stays(explain_reading: Explain) -> None:
    reading = Reading(
        format="ours", prescriptions=(a_prescription(a_line(a_morning(date(2025, 3, 3)))),)
    )

    line = explain_reading(reading, first=date(2026, 1, 1)).prescriptions[0].lines[0]

    assert line.schedule.computable
    assert line.planned == ()


def test_doses_counted_in_hours_over_a_clock_change_are_in_doubt(explain_reading: Explain) -> None:
    phase = a_phase(
        bounds=Bounds(start=datetime(2025, 3, 29, 7, tzinfo=UTC)),
        frequency=Frequency(times=1, period="8", unit=PeriodUnit.HOUR),
    )
    reading = Reading(format="ours", prescriptions=(a_prescription(a_line(phase)),))

    line = explain_reading(reading, first=date(2025, 3, 29), days=3).prescriptions[0].lines[0]

    assert FindingCode.CLOCK_CHANGE in [finding.code for finding in line.findings]
    assert line.planned == ()


def test_the_week_holds_what_goes_in_and_lists_what_does_not(explain_reading: Explain) -> None:
    morning = a_line(a_morning(date(2025, 3, 3)))
    packed = morning.model_copy(update={"product": a_product("comprimé")})
    syrup = morning.model_copy(update={"product": Product(text="SIROP", form=Coding(code="sirop"))})
    reading = Reading(format="ours", prescriptions=(a_prescription(packed, syrup),))

    week = explain_reading(reading, first=date(2025, 3, 3)).prescriptions[0].week

    assert [(cell.day.day, cell.contents[0].line) for cell in week.cells] == [
        (3, 1),
        (4, 1),
        (5, 1),
    ]
    assert [(dose.due_at.day, dose.line) for dose in week.beside] == [(3, 2), (4, 2), (5, 2)]
    assert week.lines[0].ends_on == date(2025, 3, 5)


def test_a_night_round_after_midnight_is_of_the_day_before_it(
    explain_reading: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Monday at 4: the dose at 0:30 on Tuesday is Monday's, that of Monday is Sunday's."""
    late = {**REFERENCE.moments, Moment.NIGHT: time(0, 30)}
    site = a_site(moments=late, day_starts_at=time(4))
    monkeypatch.setattr(module, "load_site", lambda _: site)
    phase = a_phase(moments=["NIGHT"], bounds=Bounds(start=date(2025, 3, 1)))
    reading = Reading(format="ours", prescriptions=(a_prescription(a_line(phase)),))

    line = explain_reading(reading, first=date(2025, 3, 3), days=2).prescriptions[0].lines[0]

    assert [intake.due_at.isoformat() for intake in line.planned] == [
        "2025-03-04T00:30:00+01:00",
        "2025-03-05T00:30:00+01:00",
    ]


def test_a_line_in_doubt_over_a_clock_change_lies_nowhere_and_says_why(
    explain_reading: Explain,
) -> None:
    phase = a_phase(
        bounds=Bounds(start=datetime(2025, 3, 29, 7, tzinfo=UTC)),
        frequency=Frequency(times=1, period="8", unit=PeriodUnit.HOUR),
    )
    reading = Reading(format="ours", prescriptions=(a_prescription(a_line(phase)),))

    week = explain_reading(reading, first=date(2025, 3, 29), days=3).prescriptions[0].week

    assert (week.cells, week.beside) == ((), ())
    assert BesideReason.CLOCK_CHANGE in week.lines[0].reasons


def test_used_and_unused_places_are_listed_apart(explain_reading: Explain) -> None:
    reading = Reading(
        format="ours",
        sources=(SourceValue("A-1", "x", "patient.name"), SourceValue("A-2", "y")),
        findings=(
            Finding(code=FindingCode.MESSAGE_EMPTY, location="A", message="nothing is in it"),
        ),
    )

    explanation = explain_reading(reading)

    assert [(place.location, place.gives) for place in explanation.used] == [
        ("A-1", "patient.name")
    ]
    assert [(place.location, place.value) for place in explanation.unused] == [("A-2", "y")]
    assert explanation.findings == reading.findings


def test_bytes_that_no_format_knows_are_a_finding() -> None:
    explanation = explain(
        b"bread\n", format_name=None, site="reference", first=None, days=7, today=TODAY
    )

    assert explanation.format == "unknown"
    assert [finding.code for finding in explanation.findings] == [FindingCode.FORMAT_UNKNOWN]
    assert explanation.prescriptions == ()


def test_a_format_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused, match="format must be one of"):
        explain(b"", format_name="ours", site="reference", first=None, days=7, today=TODAY)


def test_a_format_that_is_named_is_not_detected() -> None:
    name = next(name for name, each in registry.connectors().items() if each.read)

    explanation = explain(
        b"bread\n", format_name=name, site="reference", first=None, days=7, today=TODAY
    )

    assert explanation.format == name
    assert explanation.findings
