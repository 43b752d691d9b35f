"""What a pharmacist validated, gathered from the store as writers are given it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.pipeline.known import reports_of
from engine.pipeline.lines import same_line
from engine.store import adherence, inbox, patients, prescriptions, queue, releases
from engine.store.releases import Release
from engine.store.unit import Unit
from engine.validation.states import ItemState
from mappings.catalogue import load_site
from schemas.adherence import AdherenceResult
from schemas.canonical import digest
from schemas.decision import Decision, LineVerdict
from schemas.delivery import (
    Analysis,
    Export,
    IntakeReport,
    ReleasedLine,
    ReleasedSchedule,
    ReportedIntake,
    ValidatedAdherence,
)
from schemas.errors import Refused
from schemas.export import ExportKind
from schemas.ids import PatientId
from schemas.intake import Intake
from schemas.people import Organization
from schemas.prescription import Line
from schemas.schedule import DoseSchedule


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: a kind, of a prescription version or an adherence result.

    The window of `days` from `first` (today when `None`) is that of dated intakes.
    """

    kind: ExportKind
    subject: str
    first: date | None = None
    days: int = 28


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A validated content with the rows that entitle it to leave.

    `zone` is that of the site: messages without offsets are local to it. `answers` is the
    control id of the message that brought the prescription.
    """

    content: Export
    patient_id: PatientId
    decision: Decision
    release_id: str | None
    zone: ZoneInfo
    answers: str | None = None


def snapshot(unit: Unit, wanted: Wanted, pharmacy: Organization, now: datetime) -> Snapshot:
    """The snapshot. Raises: `Refused` when no pharmacist validated it."""
    match wanted.kind:
        case ExportKind.SCHEDULE:
            return _schedule(unit, wanted, pharmacy, now)
        case ExportKind.ANALYSIS:
            return _analysis(unit, wanted, pharmacy)
        case ExportKind.INTAKES | ExportKind.ADHERENCE:
            return _adherence(unit, wanted, pharmacy, now)


def validated_lines(release: Release) -> tuple[ReleasedLine, ...]:
    """The lines that the decision validated; those it refused are not among them."""
    refused = {
        decided.line for decided in release.decision.lines if decided.verdict is LineVerdict.REFUSED
    }
    return tuple(
        ReleasedLine(line=each.line, schedule=each.schedule, placement=each.placement)
        for rank, each in enumerate(release.content.lines, start=1)
        if str(rank) not in refused and isinstance(each.schedule, DoseSchedule)
    )


def _schedule(unit: Unit, wanted: Wanted, pharmacy: Organization, now: datetime) -> Snapshot:
    release = releases.released(unit, wanted.subject)
    if release is None:
        raise Refused("prescription: no pharmacist validated this version")
    if release.superseded_at is not None:
        raise Refused("prescription: a newer version was validated; export that one")
    lines = validated_lines(release)
    zone, answers = _origin(unit, wanted.subject)
    first = datetime.combine(wanted.first or now.astimezone(zone).date(), time(), tzinfo=zone)
    content = ReleasedSchedule(
        prescription=release.content.prescription.model_copy(
            update={"lines": tuple(line.line for line in lines)}
        ),
        lines=tuple(_planned(line, first, wanted.days) for line in lines),
        decision=release.decision,
        pharmacy=pharmacy,
        first_day=first,
        days=wanted.days,
    )
    return Snapshot(content, release.patient_id, release.decision, release.id, zone, answers)


def _planned(line: ReleasedLine, first: datetime, days: int) -> ReleasedLine:
    """The dated intakes. Raises: `Refused` when a clock change leaves one of them in doubt."""
    from engine.posology.expand import check_window, expand

    site = load_site(line.schedule.site)
    doubts = [found for found in check_window(line.schedule, site, first, days) if found.blocks]
    if doubts:
        raise Refused(f"schedule: {doubts[0].message}; choose a period without that day")
    planned = tuple(expand(line.schedule, site, first, days))
    return line.model_copy(update={"planned": planned})


def _origin(unit: Unit, prescription_id: str) -> tuple[ZoneInfo, str | None]:
    """The zone of the site through which a prescription came, and its message's control id."""
    origin = inbox.origin(unit, prescription_id)
    if origin is None:
        raise Refused("prescription: its message is not stored")
    return ZoneInfo(load_site(origin.site).zone), origin.control_id


def _analysis(unit: Unit, wanted: Wanted, pharmacy: Organization) -> Snapshot:
    stored = prescriptions.prescription(unit, wanted.subject)
    item = queue.item_about(unit, queue.Subject.PRESCRIPTION, wanted.subject)
    decision = queue.last_analysis(unit, item.id) if item else None
    if stored is None or item is None or decision is None:
        raise Refused("prescription: no pharmacist analysed this version")
    if item.state is ItemState.SUPERSEDED:
        raise Refused("prescription: a newer version took its place; export that one")
    if stored.patient_id is None:
        raise Refused("patient: nothing is sent about a patient who is not identified")
    content = Analysis(prescription=stored.content.as_read, decision=decision, pharmacy=pharmacy)
    release = releases.release_id_of(unit, queue.Subject.PRESCRIPTION, wanted.subject)
    zone, answers = _origin(unit, wanted.subject)
    return Snapshot(content, stored.patient_id, decision, release, zone, answers)


def _adherence(unit: Unit, wanted: Wanted, pharmacy: Organization, now: datetime) -> Snapshot:
    found = adherence.result(unit, wanted.subject)
    validation = adherence.validation_of(unit, wanted.subject)
    if found is None or validation is None:
        raise Refused("adherence: no pharmacist validated this result")
    (patient_id, result), (release_id, decision) = found, validation
    patient = patients.patient(unit, patient_id)
    if patient is None:
        raise Refused("adherence: its patient is not stored")
    lines = _lines_of(unit, patient_id, result)
    content: Export
    if wanted.kind is ExportKind.ADHERENCE:
        content = ValidatedAdherence(
            patient=patient, result=result, lines=lines, decision=decision, pharmacy=pharmacy
        )
    else:
        content = IntakeReport(
            patient=patient,
            intakes=_reported(unit, patient_id, result.intakes, lines, now),
            decision=decision,
            pharmacy=pharmacy,
        )
    return Snapshot(content, patient_id, decision, release_id, ZoneInfo(result.zone))


def _lines_of(
    unit: Unit, patient_id: PatientId, result: AdherenceResult
) -> tuple[ReleasedLine, ...]:
    """The validated lines that the result speaks of: what was released later is not in it."""
    counted = {schedule for line in result.lines for schedule in line.schedules}
    return tuple(
        line
        for release in releases.released_prescriptions(unit, patient_id)
        if release.released_at <= result.computed_until
        for line in validated_lines(release)
        if digest(line.schedule) in counted
    )


def _reported(
    unit: Unit,
    patient_id: PatientId,
    counted: tuple[str, ...],
    lines: tuple[ReleasedLine, ...],
    now: datetime,
) -> tuple[ReportedIntake, ...]:
    """The intakes that the result was computed from, each with the line it names."""
    return tuple(
        ReportedIntake(
            id=stored.id,
            intake=stored.intake,
            line=_line_of(stored.intake, lines),
            received_at=stored.received_at,
        )
        for stored in reports_of(unit, patient_id, now)
        if stored.id in counted
    )


def _line_of(intake: Intake, lines: tuple[ReleasedLine, ...]) -> Line | None:
    """The newest version of the line that the intake names; `None` when it may be of several."""
    found = [line.line for line in lines if same_line(intake, line.line)]
    names = {line.identifier for line in found}
    return found[-1] if len(names) == 1 else None
