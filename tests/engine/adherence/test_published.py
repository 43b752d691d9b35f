"""Published data with published figures: the same counts come out of the raw openings.

Sources: OncMAP (github oncmap/oncmap, tests/testthat/test-process_eamd-script.R); CleanADHdata
(github jpasquier/CleanADHdata, JMIR Form Res 2024, 8:e51013), openings of 15 monitors and the
authors' own `implementation.xlsx`. Both under MIT licence; read where they are, never copied.
"""

import csv
import os
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from fractions import Fraction as Ratio
from functools import cache
from pathlib import Path

import pytest
from intakes import a_line_input, a_report, a_window, planned
from xlsx import moment, sheet

from engine.adherence.definition import DEFAULT
from engine.adherence.measure import measure
from engine.adherence.report import Report
from schemas.adherence import DayCount, Fraction, LineAdherence, PeriodReason, Unmonitored
from schemas.intake import AuthorRole, IntakeStatus
from schemas.schedule import PlannedIntake

EXTERNAL = os.environ.get("SEMAINIER_EXTERNAL_SAMPLES")
pytestmark = pytest.mark.skipif(
    EXTERNAL is None, reason="SEMAINIER_EXTERNAL_SAMPLES does not say where the samples are"
)
FOLDER = Path(EXTERNAL or "") / "adherence"
NEW_YORK = "America/New_York"
SLOTS = ("12:00", "18:00", "20:00")
"""Where the openings of a day are expected: only their number matters to the figures compared."""


# OncMAP: one cap, 20 openings, 24 days from 8 to 31 December 2018, one dose a day.


def oncmap_openings() -> tuple[Report, ...]:
    path = FOLDER / "oncmap" / "sample-data-ecap2.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        times = [datetime.fromisoformat(row["Dose Timestamp"]) for row in csv.DictReader(lines)]
    return tuple(
        a_report(f"R{rank:02}", taken_at, role=AuthorRole.DEVICE)
        for rank, taken_at in enumerate(times)
    )


def oncmap(
    plan: tuple[PlannedIntake, ...], *unmonitored: Unmonitored, day_starts_at: time = time(0)
) -> LineAdherence:
    return measure(
        a_line_input(plan, oncmap_openings()),
        a_window(date(2018, 12, 8), 24, zone=NEW_YORK, unmonitored=unmonitored),
        DEFAULT.model_copy(update={"day_starts_at": day_starts_at}),
    ).figures


def once_a_day() -> tuple[PlannedIntake, ...]:
    return planned(date(2018, 12, 8), 24, "20:00", zone=NEW_YORK)


def days_with_any(result: LineAdherence) -> int:
    """What OncMAP calls `dosetkn`."""
    return sum(day.taken > 0 for day in result.days if day.monitored)


def test_oncmap_default_is_14_17_and_20_of_24() -> None:
    # Published: .5833, .7083, .8333, n = 24.
    result = oncmap(once_a_day())

    assert result.correct_dosing == Fraction(numerator=14, denominator=24)
    assert days_with_any(result) == 17
    assert result.implementation == Fraction(numerator=17, denominator=24)
    assert result.taking == Fraction(numerator=20, denominator=24)


def test_oncmap_two_doses_on_two_weekdays_take_more_than_expected() -> None:
    # Published: .2083, .7083, 1.25, n = 24. OncMAP keeps the days off in n, where a day off
    # without opening is correct; here they are in no denominator, and the counts agree.
    plan = tuple(
        intake
        for intake in planned(date(2018, 12, 8), 24, "12:00", "20:00", zone=NEW_YORK)
        if intake.due_at.isoweekday() in {7, 1}
    )

    result = oncmap(plan)

    assert result.taking == Fraction(numerator=20, denominator=16)
    assert sum(day.taken == day.expected for day in result.days) == 5
    assert days_with_any(result) == 17


def test_oncmap_leaves_out_four_days_that_were_not_monitored() -> None:
    # Published: .6, .7, .8, n = 20.
    result = oncmap(
        once_a_day(),
        Unmonitored(first=date(2018, 12, 10), last=date(2018, 12, 11), reason=PeriodReason.OTHER),
        Unmonitored(first=date(2018, 12, 20), last=date(2018, 12, 21), reason=PeriodReason.OTHER),
    )

    assert result.correct_dosing == Fraction(numerator=12, denominator=20)
    assert result.implementation == Fraction(numerator=14, denominator=20)
    assert result.taking == Fraction(numerator=16, denominator=20)


# CleanADHdata: fifteen monitors of ten patients, 3 367 days.


Monitor = tuple[str, str]
Counted = dict[tuple[Monitor, date], int]


def auxiliary(number: int) -> list[dict[str, str]]:
    return sheet(FOLDER / "cleanadhdata" / "AuxiliaryData.xlsx", number)


def key(row: dict[str, str]) -> Monitor:
    return row["PatientCode"], row["Monitor"]


def day(serial: str) -> date:
    return moment(serial).date()


def expected_on(regimens: list[dict[str, str]], on: date) -> int:
    """The openings that a regimen expects on this day; on/off regimens cycle from their start."""
    for regimen in regimens:
        start = day(regimen["StartDate"])
        if start <= on <= day(regimen["EndDate"]):
            if "On" not in regimen:
                return int(regimen["ExpectedOpenings"])
            days_on, days_off = int(regimen["On"]), int(regimen["Off"])
            rank = (on - start).days % (days_on + days_off)
            return int(regimen["ExpectedOpenings"]) if rank < days_on else 0
    raise AssertionError(f"no regimen on {on}")


def openings() -> dict[Monitor, list[datetime]]:
    recorded: dict[Monitor, list[datetime]] = defaultdict(list)
    for path in sorted((FOLDER / "cleanadhdata").glob("*_Simulated_Eventlist.xlsx")):
        for row in sheet(path):
            recorded[key(row)].append(moment(row["Date"]))
    return recorded


def corrections() -> Counted:
    """Openings to add (a dose taken elsewhere) or to take away (one by the pharmacy)."""
    added: Counted = defaultdict(int)
    for row in auxiliary(3):
        added[key(row), day(row["Date"])] += int(row["AddedOpenings"])
    return added


def reports_of(monitor: Monitor, recorded: list[datetime], added: Counted) -> list[Report]:
    """Each opening as a report; those of the pharmacy in error, those declared later beside."""
    given = []
    to_remove = {
        on: -number for (who, on), number in added.items() if who == monitor and number < 0
    }
    for rank, at in enumerate(sorted(recorded)):
        on = (at - timedelta(hours=3)).date()
        technical = to_remove.get(on, 0) > 0
        to_remove[on] = to_remove.get(on, 0) - 1
        given.append(
            a_report(
                f"R{rank:04}",
                at,
                role=AuthorRole.DEVICE,
                status=IntakeStatus.ENTERED_IN_ERROR if technical else IntakeStatus.TAKEN,
            )
        )
    declared = [on for (who, on), number in added.items() if who == monitor for _ in range(number)]
    for rank, on in enumerate(declared):
        at = datetime.combine(on, time(15, rank % 60), moment("1").tzinfo)
        given.append(a_report(f"P{rank:04}", at, role=AuthorRole.DEVICE))
    return given


@cache
def cleanadhdata() -> dict[Monitor, LineAdherence]:
    recorded, added = openings(), corrections()
    regimens: dict[Monitor, list[dict[str, str]]] = defaultdict(list)
    for row in auxiliary(2):
        regimens[key(row)].append(row)
    unmonitored: dict[Monitor, list[Unmonitored]] = defaultdict(list)
    for row in auxiliary(4):
        period = Unmonitored(
            first=day(row["StartDate"]), last=day(row["EndDate"]), reason=PeriodReason.OTHER
        )
        unmonitored[key(row)].append(period)
    definition = DEFAULT.model_copy(update={"duplicate_minutes": 0})
    measured = {}
    for row in auxiliary(1):
        monitor, first, last = key(row), day(row["StartDate"]), day(row["EndDate"])
        days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
        plan = tuple(
            intake
            for on in days
            for intake in planned(on, 1, *SLOTS[: expected_on(regimens[monitor], on)])
        )
        line = a_line_input(plan, reports_of(monitor, recorded[monitor], added))
        window = a_window(first, len(days), unmonitored=unmonitored[monitor])
        measured[monitor] = measure(line, window, definition).figures
    return measured


def as_published(count: DayCount) -> str | None:
    """CleanADHdata's `Implementation` of one day: a day off without opening is 1."""
    return str(int(count.taken >= count.expected)) if count.monitored else None


def test_cleanadhdata_agrees_on_every_one_of_3367_monitor_days() -> None:
    # One day of monitor 48PI has -1 corrected openings, a technical one with none recorded:
    # nothing was taken on it, and a count of intakes is not below zero.
    published = sheet(FOLDER / "cleanadhdata" / "implementation.xlsx")
    days = {
        (monitor, count.day): count
        for monitor, figures in cleanadhdata().items()
        for count in figures.days
    }

    differing = [
        row
        for row in published
        for count in [days[key(row), day(row["Date"])]]
        if (str(count.expected), as_published(count))
        != (row["ExpectedOpenings"], row.get("Implementation"))
        or count.taken != max(0, int(row["CorrectedOpenings"]))
    ]

    assert len(published) == len(days) == 3367
    assert differing == []


MONITORS = {
    "125A": ".991379",
    "78KL": ".860465",
    "9863": ".969136",
    "48PI": ".966443",
    "L6OI": ".987013",
    "789OPS": "1",
    "74RPZ": ".97733",
    "7374WOS": ".974138",
    "AU7": ".97619",
    "ASPJD7": ".960474",
    "J878D": ".933086",
    "S7": ".971429",
    "SOD7": ".969101",
    "OJ5": ".991124",
    "SZU12": ".979827",
}


@pytest.mark.parametrize(("name", "published"), MONITORS.items())
def test_cleanadhdata_agrees_on_the_summary_of_each_monitor(name: str, published: str) -> None:
    (figures,) = (one for (_, monitor), one in cleanadhdata().items() if monitor == name)

    counts = Counter(as_published(count) for count in figures.days)

    assert round(counts["1"] / (counts["1"] + counts["0"]), 6) == float(published)


@pytest.mark.parametrize("name", ["125A", "78KL", "789OPS"])
def test_our_implementation_is_theirs_where_no_day_is_off(name: str) -> None:
    (figures,) = (one for (_, monitor), one in cleanadhdata().items() if monitor == name)

    implementation = figures.implementation

    assert all(count.expected for count in figures.days)
    assert implementation is not None
    assert implementation.rounded() == f"{float(MONITORS[name]):.6f}"


PATIENTS = {
    "A": ".991379",
    "B": ".843023",
    "C": ".954545",
    "D": "1",
    "E": ".97733",
    "F": ".974138",
    "G": ".97619",
    "H": ".891892",
    "I": ".969309",
    "J": ".971182",
}


@pytest.mark.parametrize(("patient", "published"), PATIENTS.items())
def test_cleanadhdata_agrees_on_days_with_every_monitor_right(patient: str, published: str) -> None:
    by_day: dict[date, list[str | None]] = defaultdict(list)
    for (who, _), figures in cleanadhdata().items():
        for count in figures.days if who == patient else ():
            by_day[count.day].append(as_published(count))
    known = [values for values in by_day.values() if None not in values]

    right = Ratio(sum(set(values) == {"1"} for values in known), len(known))

    assert round(float(right), 6) == float(published)
