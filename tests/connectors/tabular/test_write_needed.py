"""What is taken as needed in a table and in a robot file: all of it, in words."""

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from connectors.tabular.write_robot import write_robot
from connectors.tabular.write_schedule import write_schedule
from schemas.codes import Coding
from schemas.delivery import ReleasedSchedule
from schemas.export import Envelope
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Cycle, Dose, Frequency, Limits, Rhythm, Times, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio
from schemas.schedule import AsNeeded

STATED = ("dose", "rhythm", "times", "bounds", "limits")


def tablets(value: str) -> Quantity:
    return Quantity(value=Decimal(value), unit="comprimé")


def a_length(value: int, unit: str) -> Duration:
    return Duration(value=Decimal(value), unit=PeriodUnit(unit))


PAIN = AsNeeded(
    location="n",
    dose=Dose(low=tablets("1"), high=tablets("2")),
    reasons=("douleur",),
    rhythm=Rhythm(
        frequency=Frequency(
            times=1, period=Decimal(4), period_high=Decimal(6), unit=PeriodUnit.HOUR
        )
    ),
    times=Times(moments=(MomentTime(moment=Moment.BEDTIME),), clock=(time(8),)),
    bounds=Bounds(duration=a_length(5, "d")),
    limits=Limits(
        per_period=(Ratio(amount=tablets("8"), period=a_length(24, "h")),),
        per_intake=tablets("2"),
        per_lifetime=tablets("40"),
        minimum_gap=a_length(4, "h"),
    ),
    text="1 à 2 si mal",
    instructions=("avec un verre d'eau",),
)


def a_release_of(release: ReleasedSchedule, needed: AsNeeded) -> ReleasedSchedule:
    """The release of the fixture; its second line is this need alone."""
    [first, second] = release.lines
    schedule = second.schedule.model_copy(update={"as_needed": (needed,)})
    changed = second.model_copy(update={"schedule": schedule})
    return release.model_copy(update={"lines": (first, changed)})


def rows_of(release: ReleasedSchedule, envelope: Envelope) -> list[dict[str, str]]:
    text = write_schedule(release, envelope).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_a_row_as_needed_says_how_much_how_often_when_how_long_and_at_most(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    *planned, row = rows_of(a_release_of(release, PAIN), envelope)

    assert [row[name] for name in STATED] == [
        "1 à 2 comprimé",
        "1 fois en 4 à 6 heure(s)",
        "coucher, 08:00",
        "pendant 5 jour(s)",
        "au plus 8 comprimé en 24 heure(s); au plus 2 comprimé en une prise; "
        "au plus 40 comprimé dans toute la vie; au moins 4 heure(s) entre deux prises",
    ]
    assert (row["quantity"], row["text"]) == ("", "1 à 2 si mal")
    assert {cells[name] for cells in planned for name in STATED} == {""}


@pytest.mark.parametrize(
    ("stated", "name", "words"),
    [
        ({"dose": None}, "dose", ""),
        ({"dose": Dose(low=tablets("1"), high=tablets("1"))}, "dose", "1 comprimé"),
        ({"dose": Dose(low=tablets("1"))}, "dose", "au moins 1 comprimé"),
        ({"dose": Dose(high=tablets("2"))}, "dose", "au plus 2 comprimé"),
        ({"dose": Dose(rate="2 L/min")}, "dose", "2 L/min"),
        (
            {"rhythm": Rhythm(cycle=Cycle(days_on=21, days_off=7), month_days=(1, 15))},
            "rhythm",
            "21 jour(s) avec, 7 jour(s) sans; le 1, 15 du mois",
        ),
        (
            {
                "rhythm": Rhythm(
                    weekdays=(Weekday.MONDAY, Weekday.THURSDAY),
                    frequency=Frequency(times_high=3, period=Decimal(1), unit=PeriodUnit.DAY),
                )
            },
            "rhythm",
            "lundi, jeudi; au plus 3 fois en 1 jour(s)",
        ),
        ({"rhythm": Rhythm(dates=(date(2026, 1, 5),))}, "rhythm", "2026-01-05"),
        ({"rhythm": Rhythm(), "timing_code": Coding(code="XQ")}, "rhythm", "XQ"),
        (
            {"rhythm": Rhythm(), "intake_lasts": a_length(30, "min")},
            "rhythm",
            "chaque prise dure 30 minute(s)",
        ),
        (
            {"times": Times(moments=(MomentTime(moment=Moment.BEFORE_DINNER, offset_minutes=30),))},
            "times",
            "30 min avant le dîner",
        ),
        ({"times": Times(moments=(MomentTime(moment=Moment.TOILETTE),))}, "times", "T"),
        (
            {"bounds": Bounds(start=date(2026, 1, 5), end=date(2026, 1, 9), count=2, count_high=4)},
            "bounds",
            "à partir du 2026-01-05; jusqu'au 2026-01-09 inclus; 2 à 4 prise(s) en tout",
        ),
        (
            {"bounds": Bounds(end=datetime(2026, 1, 9, 12, tzinfo=UTC), end_included=False)},
            "bounds",
            "avant le 2026-01-09 12:00+00:00",
        ),
    ],
)
def test_each_thing_stated_as_needed_has_its_words_in_its_column(
    release: ReleasedSchedule,
    envelope: Envelope,
    stated: dict[str, object],
    name: str,
    words: str,
) -> None:
    changed = a_release_of(release, PAIN.model_copy(update=stated))

    assert rows_of(changed, envelope)[-1][name] == words


def test_a_robot_file_says_all_of_a_need_in_its_comment(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    needed = PAIN.model_copy(update={"limits": Limits(per_intake=tablets("2"))})

    lines = write_robot(a_release_of(release, needed), envelope).decode().splitlines()

    assert lines[-1].split("\t")[80] == (
        "si besoin : 1 à 2 comprimé; douleur; 1 fois en 4 à 6 heure(s); coucher, 08:00; "
        "pendant 5 jour(s); au plus 2 comprimé en une prise; 1 à 2 si mal; avec un verre d'eau"
    )
    assert "si besoin" not in lines[0].split("\t")[80]
