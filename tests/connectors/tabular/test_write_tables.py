"""The tables that leave, read back by Python's own csv module."""

import csv
import io
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.tabular.connector import CONNECTOR
from connectors.tabular.read import read
from connectors.tabular.write_adherence import write_adherence
from connectors.tabular.write_intakes import write_intakes
from connectors.tabular.write_schedule import write_schedule
from mappings.catalogue import load_site, site_folder
from schemas.delivery import IntakeReport, ReleasedSchedule, ValidatedAdherence
from schemas.export import Envelope, ExportKind
from schemas.intake import IntakeStatus
from schemas.moment import Moment
from schemas.organiser import NOT_PLACED
from schemas.people import Identifier
from schemas.quantity import Quantity
from schemas.schedule import PlannedIntake

SITE = load_site("reference")


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows of a file, by another reader than ours."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=";"))


def test_a_schedule_has_one_row_for_each_planned_intake(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    rows = [row for row in rows_of(write_schedule(release, envelope)) if row["kind"] == "planned"]

    assert [(row["date"], row["time"], row["quantity"]) for row in rows] == [
        ("2026-01-05", "08:00", "1"),
        ("2026-01-05", "22:00", "0.5"),
        ("2026-01-06", "08:00", "1"),
        ("2026-01-06", "22:00", "0.5"),
    ]
    assert rows[0]["due_at"] == "2026-01-05T08:00:00+01:00"
    assert (rows[0]["moment"], rows[0]["compartment"]) == ("MORN", "morning")
    assert (rows[1]["moment"], rows[1]["compartment"]) == ("HS", "bedtime")
    assert rows[0]["cip13"] == "3400938022209"
    assert rows[0]["other_codes"] == "atc:C09AA05"
    assert rows[0]["instructions"] == "au cours du repas"
    assert (rows[0]["patient_id"], rows[0]["line_id"]) == ("000123", "L1")
    assert (rows[0]["decided_by"], rows[0]["decision"]) == ("Anne PHARMACIENNE", "D-1")


def test_a_line_beside_the_organiser_has_no_compartment(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    beside = release.lines[0].model_copy(update={"placement": NOT_PLACED})

    rows = rows_of(write_schedule(release.model_copy(update={"lines": (beside,)}), envelope))

    assert [(row["moment"], row["compartment"]) for row in rows[:2]] == [("MORN", ""), ("HS", "")]


def test_a_night_after_midnight_is_of_the_day_whose_compartment_it_lies_in(
    release: ReleasedSchedule, envelope: Envelope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = shutil.copytree(site_folder("reference"), tmp_path / "with-a-night-round")
    with (site / "site.toml").open("a", encoding="utf-8") as settings:
        settings.write('day_starts_at = "03:00"\n')
    moments = (site / "moments.csv").read_text(encoding="utf-8")
    (site / "moments.csv").write_text(moments.replace("HS;coucher;22:00", "HS;coucher;00:30"))
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    line = release.lines[0]
    night = PlannedIntake(
        due_at=datetime(2026, 1, 6, 0, 30, tzinfo=ZoneInfo("Europe/Paris")),
        moment=Moment.BEDTIME,
        quantity=line.planned[0].quantity,
    )
    schedule = line.schedule.model_copy(update={"site": site.name})
    changed = line.model_copy(update={"planned": (night,), "schedule": schedule})

    (row, *_) = rows_of(write_schedule(release.model_copy(update={"lines": (changed,)}), envelope))

    assert (row["date"], row["compartment"]) == ("2026-01-05", "bedtime")
    assert (row["due_at"], row["time"]) == ("2026-01-06T00:30:00+01:00", "00:30")


def test_what_is_taken_as_needed_is_listed_without_a_date(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    (row,) = [row for row in rows_of(write_schedule(release, envelope)) if row["kind"] != "planned"]

    assert (row["kind"], row["date"], row["time"], row["due_at"]) == ("as-needed", "", "", "")
    assert row["text"] == "1 si douleur"


def test_no_cell_begins_as_a_formula(release: ReleasedSchedule, envelope: Envelope) -> None:
    rows = rows_of(write_schedule(release, envelope))

    assert rows[-1]["product"] == "'=PARACETAMOL 500 mg"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]


def test_intakes_are_read_back_as_they_were_written(
    report: IntakeReport, envelope: Envelope
) -> None:
    data = write_intakes(report, envelope)

    reading = read(data, SITE)

    assert CONNECTOR.detects(data)
    assert reading.findings == ()
    for written, found in zip(report.intakes, reading.intakes, strict=True):
        assert found.status is written.intake.status
        assert found.taken_at == written.intake.taken_at
        assert found.planned_at == written.intake.planned_at
        assert found.recorded_at == written.intake.recorded_at
        assert found.quantity == written.intake.quantity
        assert found.line == written.intake.line
        assert found.reason == written.intake.reason
        assert found.note == written.intake.note
        assert found.author.role is written.intake.author.role
    assert [one.identifiers[0].value for one in reading.intakes] == ["A-1", "I-2"]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
INSTANTS = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
AMOUNTS = st.decimals(Decimal("0.25"), Decimal(40), places=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from([IntakeStatus.TAKEN, IntakeStatus.PARTIAL, IntakeStatus.REFUSED]),
    taken_at=INSTANTS,
    planned_at=st.none() | INSTANTS,
    amount=AMOUNTS,
    line=WORDS,
    note=st.none() | WORDS,
)
def test_any_intake_is_read_back_as_it_was_written(
    report: IntakeReport,
    envelope: Envelope,
    status: IntakeStatus,
    taken_at: datetime,
    planned_at: datetime | None,
    amount: Decimal,
    line: str,
    note: str | None,
) -> None:
    stated = {
        "status": status,
        "taken_at": taken_at,
        "planned_at": planned_at,
        "quantity": Quantity(value=amount, unit="comprimé"),
        "line": (Identifier(value=line),),
        "reason": None,
        "note": note,
    }
    one = report.intakes[0]
    intake = one.intake.model_copy(update=stated)
    told = report.model_copy(update={"intakes": (one.model_copy(update={"intake": intake}),)})

    [found] = read(write_intakes(told, envelope), SITE).intakes

    assert {name: getattr(found, name) for name in stated} == stated


def test_an_intake_row_keeps_the_precision_and_defuses_the_formula(
    report: IntakeReport, envelope: Envelope
) -> None:
    taken, refused = rows_of(write_intakes(report, envelope))

    assert (taken["quantity"], taken["unit"]) == ("1.50", "comprimé")
    assert taken["author_rpps"] == "10004152632"
    assert (taken["intake_id"], taken["report_id"]) == ("A-1", "I-1")
    assert refused["reason"] == "'=HYPERLINK(0)"
    assert refused["note"] == "dort ;\nne veut pas"
    assert refused["received_at"] == "2026-01-07T09:00:00+01:00"


def test_an_adherence_row_carries_its_counts_and_all_that_defines_it(
    adherence: ValidatedAdherence, envelope: Envelope
) -> None:
    rows = rows_of(write_adherence(adherence, envelope))
    taking = next(row for row in rows if row["measure"] == "M1")

    # 12 / 14 = 0.857142857…
    assert (taking["numerator"], taking["denominator"], taking["value"]) == ("12", "14", "0.857143")
    assert taking["product"] == "RAMIPRIL EG 5 mg, comprimé sécable"
    assert (taking["first"], taking["last"]) == ("2026-01-05", "2026-01-11")
    assert taking["window_minutes"] == "120"
    assert taking["precedence"] == "nurse patient"
    assert taking["unmonitored"] == "2026-01-08/2026-01-09:hospital"
    assert taking["sources"] == "nurse:10 patient:2"
    assert taking["schedules"] == "S-1"


def test_a_measure_that_was_not_computed_has_a_row_without_numbers(
    adherence: ValidatedAdherence, envelope: Envelope
) -> None:
    rows = rows_of(write_adherence(adherence, envelope))
    timing = next(row for row in rows if row["measure"] == "M3")

    assert (timing["numerator"], timing["denominator"], timing["value"]) == ("", "", "")
    assert {row["measure"] for row in rows} == {
        "M1",
        "M1c",
        "M2",
        "M2'",
        "M3",
        "M3'",
        "M4",
        "M5",
        "M6",
        "all-lines-correct",
    }


def test_silence_is_counted_as_no_record(adherence: ValidatedAdherence, envelope: Envelope) -> None:
    rows = rows_of(write_adherence(adherence, envelope))

    counts = {row["item"]: row["value"] for row in rows if row["measure"] == "M6"}
    assert counts["no-record"] == "2"
    assert "not-taken" not in counts


def test_the_same_snapshot_gives_the_same_bytes(
    release: ReleasedSchedule,
    report: IntakeReport,
    adherence: ValidatedAdherence,
    envelope: Envelope,
) -> None:
    exports = {
        ExportKind.SCHEDULE: release,
        ExportKind.INTAKES: report,
        ExportKind.ADHERENCE: adherence,
    }
    for writer in CONNECTOR.writers:
        first = writer.write(exports[writer.kind], envelope)
        assert first == writer.write(exports[writer.kind], envelope)
        assert first.decode("utf-8")
