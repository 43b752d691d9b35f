"""What the demo tells: which samples come in, what is taken of what was planned, what leaves."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.pipeline.context import Context
from engine.pipeline.snapshot import Wanted, validated_lines
from engine.store import inbox, queue, releases
from engine.store.releases import Release
from engine.validation.states import ItemState
from mappings.catalogue import load_site
from schemas.delivery import ReleasedLine
from schemas.export import ExportKind
from schemas.people import Identifier, IdentifierKind, Patient
from schemas.schedule import PlannedIntake

SAMPLES = Path(__file__).parents[2] / "samples"
SHOWN = (
    "fhir/nominal_moments.json",
    "fhir/nominal_transaction.xml",
    "fhir/refused_dose_range.json",
    "hl7v2/nominal_four_orders.hl7",
    "hl7v2/movement_leave.hl7",
    "pn13/nominal_moments.xml",
    "pn13/nominal_weekdays.xml",
    "pn13/nominal_as_needed.xml",
    "pn13/tapering.xml",
    "cda/nominal_meals.xml",
    "cda/nominal_bedtime_as_needed.xml",
    "cda/refused_dose_range.xml",
)
"""All four formats, one product of a patient in one of them alone: twice would block both."""
DAYS = 7

COLUMNS = (
    "patient_id",
    "patient_authority",
    "line_id",
    "line_authority",
    "status",
    "taken_at",
    "planned_at",
    "author_role",
    "author_name",
    "reason",
)
STORY = (("taken", 5), ("taken", 25), ("taken", -10), ("refused", 0), ("taken", 90), (None, 0))
"""What becomes of one planned intake after the other: status and minutes; `None` is silence."""


def samples() -> Iterator[Path]:
    """The samples of the four formats that the demo takes in."""
    return (SAMPLES / name for name in SHOWN)


def released(context: Context) -> Iterator[Release]:
    """Every prescription that was validated and has a line that plans something."""
    with context.store.unit(context.tenant) as unit:
        for item in queue.items(unit, queue.Subject.PRESCRIPTION, (ItemState.VALIDATED,)):
            release = releases.released(unit, item.subject_id)
            if release is not None and _steps(release):
                yield release


def _steps(release: Release) -> list[datetime]:
    return [step.start for line in validated_lines(release) for step in line.schedule.steps]


def first_day(release: Release) -> date:
    """The first day on which the prescription plans something, on the clock of its site."""
    zone = ZoneInfo(validated_lines(release)[0].schedule.zone)
    return min(_steps(release)).astimezone(zone).date()


def by_patient(prescriptions: Iterable[Release]) -> dict[str, list[Release]]:
    """The releases of each patient, by our id of the patient."""
    found: dict[str, list[Release]] = {}
    for release in prescriptions:
        found.setdefault(release.patient_id, []).append(release)
    return found


def intake_rows(prescriptions: Iterable[Release]) -> Iterator[tuple[str, ...]]:
    """The reports of a week, as a nurse would write them; some intakes nobody reports."""
    story = cycle(STORY)
    for release in prescriptions:
        patient = _identifier(release.content.prescription.patient)
        for line in validated_lines(release):
            if patient is None or not line.line.identifiers:
                continue
            for planned in _planned(line, first_day(release)):
                status, minutes = next(story)
                if status is not None:
                    yield _row(patient, line.line.identifiers[0], planned, status, minutes)


def _identifier(patient: Patient | None) -> Identifier | None:
    if patient is None:
        return None
    return patient.identifier(IdentifierKind.IPP, *IdentifierKind)


def _planned(line: ReleasedLine, first: date) -> tuple[PlannedIntake, ...]:
    from engine.posology.expand import expand

    start = datetime.combine(first, time(), ZoneInfo(line.schedule.zone))
    return tuple(expand(line.schedule, load_site(line.schedule.site), start, DAYS))


def _row(
    patient: Identifier, line: Identifier, planned: PlannedIntake, status: str, minutes: int
) -> tuple[str, ...]:
    return (
        patient.value,
        patient.authority or "",
        line.value,
        line.authority or "",
        status,
        (planned.due_at + timedelta(minutes=minutes)).isoformat(),
        planned.due_at.isoformat(),
        "nurse",
        "Inès Exemple",
        "a refusé" if status == "refused" else "",
    )


def wanted(
    context: Context, prescriptions: Iterable[Release], results: dict[str, str]
) -> Iterator[tuple[Wanted, str, str | None]]:
    """What leaves, with its format and writer: every export at least once.

    The analysis answers in the format of the prescription where that format has an answer.
    """
    answers = {"hl7v2": "hl7v2", "pn13": "pn13"}
    for release in prescriptions:
        with context.store.unit(context.tenant) as unit:
            origin = inbox.origin(unit, release.prescription_id)
        source = origin.format if origin else None
        first, subject = first_day(release), release.prescription_id
        schedule = Wanted(ExportKind.SCHEDULE, subject, first, DAYS)
        yield schedule, "fhir", "json" if source != "cda" else "xml"
        yield schedule, "tabular", "csv"
        yield schedule, "tabular", "robot"
        yield Wanted(ExportKind.ANALYSIS, subject), answers.get(source or "", "fhir"), None
    for result in results.values():
        for format_name in ("fhir", "tabular"):
            yield Wanted(ExportKind.ADHERENCE, result), format_name, None
        for format_name in ("fhir", "hl7v2", "tabular"):
            yield Wanted(ExportKind.INTAKES, result), format_name, None
