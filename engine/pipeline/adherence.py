"""Computes the adherence of one patient from validated schedules and reports; never alone final."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.adherence.absence import absences
from engine.adherence.adherence import adherence
from engine.adherence.definition import DEFAULT
from engine.adherence.report import Report
from engine.adherence.window import LineInput, Window
from engine.pipeline.access import patient_of
from engine.pipeline.context import Context
from engine.pipeline.forbidden import journalled
from engine.pipeline.known import reports_of
from engine.pipeline.lines import same_line
from engine.pipeline.snapshot import validated_lines
from engine.posology.expand import expand
from engine.security.permissions import Permission, entitled
from engine.store import adherence as results
from engine.store import audit, movements, queue
from engine.store.intakes import StoredIntake
from engine.store.releases import Release, released_prescriptions
from engine.store.unit import Unit
from mappings.catalogue import load_site
from schemas.adherence import AdherenceResult, Unmonitored
from schemas.base import Value
from schemas.canonical import digest
from schemas.delivery import ReleasedLine, ReportedIntake
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.finding import Finding
from schemas.ids import AdherenceId, PatientId, Sha256
from schemas.schedule import PlannedIntake


class _Inputs(Value):
    """The digests of everything that a result was computed from."""

    schedules: tuple[str, ...]
    intakes: tuple[str, ...]


class _InForce(Value):
    """One validated line with the time during which its schedule stood."""

    line: ReleasedLine
    since: datetime | None = None
    until: datetime | None = None


def compute(
    context: Context,
    user: str,
    patient: str,
    first: date,
    last: date,
    *,
    unmonitored: Sequence[Unmonitored] = (),
) -> tuple[AdherenceId, AdherenceResult]:
    """The result from what is stored now, put before a pharmacist; nothing leaves from here.

    Expected are the intakes of the schedule version in force at that moment: from its own start
    for the first validated version, from its release for a later one, until the next release.
    Days of a leave or after a discharge that a movement told are left out with those of
    `unmonitored`, and are in the result with their reason.
    Raises: `Forbidden`; `Refused` when no line of the patient was validated.
    """
    now = context.clock()
    refused = journalled(context, user, AuditEvent.ACCESS_REFUSED, user)
    with refused, context.store.unit(context.tenant) as unit:
        entitled(unit, user, Permission.ADHERENCE_COMPUTE)
        patient_id = patient_of(unit, patient)
        by_line = _in_force(released_prescriptions(unit, patient_id))
        if not by_line:
            raise Refused("adherence: no line of this patient was validated")
        stored = reports_of(unit, patient_id, now)
        reports = tuple(each for each in stored if not _is_doubtful(each))
        zone = next(iter(by_line.values()))[0].line.schedule.zone
        away = absences(
            movements.movements_of(unit, patient_id), first, last, zone, DEFAULT.day_starts_at
        )
        window = Window(
            zone=zone,
            first=first,
            last=last,
            until=now,
            unmonitored=(*unmonitored, *away.periods),
        )
        own, strays = _shared_out(reports, by_line)
        lines = [_input(name, forces, window, own[name]) for name, forces in by_line.items()]
        counted = adherence(lines, window, patient=patient_id, strays=strays)
        result = _with_doubtful(counted, stored, away.findings)
        identifier = _keep(context, unit, user, patient_id, result, _digest(by_line, stored))
        unit.commit()
    return identifier, result


def _is_doubtful(stored: StoredIntake) -> bool:
    """Whether the report contradicts itself: it counts nowhere until a person has looked."""
    return any(finding.blocks for finding in stored.intake.findings)


def _with_doubtful(
    result: AdherenceResult, stored: Iterable[StoredIntake], others: tuple[Finding, ...]
) -> AdherenceResult:
    """The result with the reports and movements that did not count named, and why."""
    named = tuple(
        finding.model_copy(update={"location": f"{each.id}:{finding.location}"})
        for each in stored
        for finding in each.intake.findings
        if finding.blocks
    )
    return result.model_copy(update={"findings": (*result.findings, *others, *named)})


def _in_force(releases: Iterable[Release]) -> dict[str, list[_InForce]]:
    """The versions of each line, oldest first, by the name that the line has with its sender."""
    found: dict[str, list[_InForce]] = {}
    for release in releases:
        for rank, line in enumerate(validated_lines(release), start=1):
            name = line.line.identifier or f"{release.prescription_id}/{rank}"
            earlier = found.setdefault(name, [])
            since = earlier[-1].until if earlier else None
            earlier.append(_InForce(line=line, since=since, until=release.superseded_at))
    return found


def _input(
    name: str, forces: Sequence[_InForce], window: Window, reports: Sequence[StoredIntake]
) -> LineInput:
    planned = (each for force in forces for each in _planned(force, window))
    return LineInput(
        line=name,
        schedules=tuple(digest(force.line.schedule) for force in forces),
        planned=tuple(sorted(planned, key=lambda intake: intake.due_at)),
        reports=tuple(_report(each) for each in reports),
        as_needed=any(force.line.schedule.as_needed for force in forces),
    )


def _planned(force: _InForce, window: Window) -> Iterable[PlannedIntake]:
    """The intakes of one version. A day more is dated, because days may start after midnight."""
    schedule = force.line.schedule
    start = datetime.combine(window.first, time(), tzinfo=ZoneInfo(schedule.zone))
    days = (window.last - window.first).days + 2
    for intake in expand(schedule, load_site(schedule.site), start, days):
        after_its_start = force.since is None or intake.due_at >= force.since
        if after_its_start and (force.until is None or intake.due_at < force.until):
            yield intake


def _is_about(stored: StoredIntake, forces: Iterable[_InForce]) -> bool:
    return any(same_line(stored.intake, force.line.line) for force in forces)


def _report(stored: StoredIntake) -> Report:
    return Report.of(
        ReportedIntake(id=stored.id, intake=stored.intake, received_at=stored.received_at)
    )


def _shared_out(
    reports: Iterable[StoredIntake], by_line: Mapping[str, Sequence[_InForce]]
) -> tuple[dict[str, list[StoredIntake]], tuple[Report, ...]]:
    """The reports of each line, and those that count nowhere.

    One that names its product alone, while several lines have that product, is of nobody knows
    which line: to count it for each would count one intake twice.
    """
    own: dict[str, list[StoredIntake]] = {name: [] for name in by_line}
    strays = []
    for report in reports:
        names = [name for name, forces in by_line.items() if _is_about(report, forces)]
        if len(names) == 1:
            own[names[0]].append(report)
        else:
            strays.append(_report(report))
    return own, tuple(strays)


def _digest(by_line: dict[str, list[_InForce]], reports: Iterable[StoredIntake]) -> Sha256:
    schedules = {digest(force.line.schedule) for forces in by_line.values() for force in forces}
    return digest(
        _Inputs(
            schedules=tuple(sorted(schedules)),
            intakes=tuple(sorted(report.sha256 for report in reports)),
        )
    )


def _keep(
    context: Context,
    unit: Unit,
    user: str,
    patient_id: PatientId,
    result: AdherenceResult,
    inputs: Sha256,
) -> AdherenceId:
    now = context.clock()
    identifier, content = results.store(unit, result, patient_id, inputs, now)
    queue.open_item(
        unit,
        queue.Subject.ADHERENCE,
        identifier,
        patient_id=patient_id,
        content_sha256=content,
        source_sha256=inputs,
        blocking=sum(finding.blocks for finding in result.every_finding),
        at=now,
    )
    audit.record(
        unit, AuditEvent.ADHERENCE_COMPUTED, actor=user, subject=identifier, at=now, sha256=content
    )
    return identifier
