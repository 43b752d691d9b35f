"""Which report counts for which planned intake, and which intakes nobody had planned.

Each author's reports are matched on their own, so that a nurse and a family member who speak
of one intake do not make two; the strongest author then speaks for the planned intake.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from engine.adherence.days import day_of
from engine.adherence.pairing import Pairing, pair
from engine.adherence.report import Report
from engine.adherence.standing import standing
from schemas.adherence import Definition, Match, MatchKind
from schemas.base import Value
from schemas.finding import Finding, FindingCode
from schemas.intake import AuthorRole, IntakeStatus
from schemas.schedule import PlannedIntake

_KINDS = {
    IntakeStatus.PARTIAL: MatchKind.PARTIAL,
    IntakeStatus.REFUSED: MatchKind.REFUSED,
    IntakeStatus.NOT_GIVEN: MatchKind.NOT_GIVEN,
    IntakeStatus.HELD: MatchKind.HELD,
    IntakeStatus.IN_PROGRESS: MatchKind.UNKNOWN,
    IntakeStatus.UNKNOWN: MatchKind.UNKNOWN,
}


class Slot(Value):
    """A planned intake with its day, what became of it, and the report that speaks for it."""

    planned: PlannedIntake
    day: date
    match: Match
    report: Report | None = None


class Extra(Value):
    """An intake that was not planned, on its day."""

    day: date
    report: Report


class Matching(Value):
    """Every planned intake in order of time, and the intakes beyond them."""

    slots: tuple[Slot, ...] = ()
    extras: tuple[Extra, ...] = ()
    findings: tuple[Finding, ...] = ()


def match(
    planned: Iterable[PlannedIntake],
    reports: Iterable[Report],
    *,
    definition: Definition,
    zone: str,
    until: datetime,
) -> Matching:
    """What became of each planned intake of one line, and what was taken beyond them.

    A planned intake after `until` is there only when a report already speaks of it. Nobody's
    report is `NO_RECORD`. The order of the arguments' items changes nothing.
    """
    due = sorted(planned, key=lambda intake: (intake.due_at, intake.step))
    kept = standing(reports, definition, until)
    days = [day_of(intake.due_at, zone, definition.day_starts_at) for intake in due]
    pairings = _by_role(due, days, kept.reports, definition, zone)
    slots: list[Slot] = []
    conflicts: list[Finding] = []
    for index, intake in enumerate(due):
        spoken = [report for pairing in pairings for report in pairing.slots.get(index, ())]
        spoken.sort(key=lambda report: not report.is_sure)
        if not spoken and intake.due_at > until:
            continue
        found = _match(intake, spoken, definition)
        first = spoken[0] if spoken else None
        slots.append(Slot(planned=intake, day=days[index], match=found, report=first))
        conflicts.extend(_conflict(spoken))
    extras, doubts = _extras(pairings, definition, zone)
    return Matching(
        slots=tuple(slots), extras=extras, findings=(*kept.findings, *conflicts, *doubts)
    )


def _by_role(
    due: Sequence[PlannedIntake],
    days: Sequence[date],
    reports: Sequence[Report],
    definition: Definition,
    zone: str,
) -> list[Pairing]:
    """The reports of each role paired with the planned intakes, strongest role first."""
    roles: dict[AuthorRole, list[Report]] = defaultdict(list)
    for report in reports:
        roles[report.role].append(report)
    window = timedelta(minutes=definition.window_minutes)
    return [
        pair(
            due,
            days,
            roles[role],
            window,
            lambda at: day_of(at, zone, definition.day_starts_at),
        )
        for role in sorted(roles, key=lambda role: _rank(role, definition))
    ]


def _rank(role: AuthorRole, definition: Definition) -> tuple[int, str]:
    """Roles that the definition does not name come last, in the order of their names."""
    known = definition.precedence
    return (known.index(role) if role in known else len(known), role.value)


def _match(intake: PlannedIntake, spoken: Sequence[Report], definition: Definition) -> Match:
    if not spoken:
        return Match(due_at=intake.due_at, kind=MatchKind.NO_RECORD)
    report = spoken[0]
    apart = report.taken_at - intake.due_at if report.taken_at else None
    return Match(
        due_at=intake.due_at,
        kind=_kind(report, apart, timedelta(minutes=definition.window_minutes)),
        intake=report.id,
        status=report.status,
        minutes_apart=int(apart / timedelta(minutes=1)) if apart is not None else None,
        others=tuple(other.id for other in spoken[1:]),
    )


def _kind(report: Report, apart: timedelta | None, window: timedelta) -> MatchKind:
    if report.status in _KINDS:
        return _KINDS[report.status]
    if apart is None:
        return MatchKind.TAKEN
    if abs(apart) <= window:
        return MatchKind.ON_TIME
    return MatchKind.LATE if apart > timedelta() else MatchKind.EARLY


def _conflict(spoken: Sequence[Report]) -> Iterable[Finding]:
    """Two reports of one intake that do not say the same."""
    if len({report.status for report in spoken}) > 1:
        said = " / ".join(f"{report.role.value}: {report.status.value}" for report in spoken)
        yield Finding(
            code=FindingCode.INTAKE_CONFLICT,
            location=f"intake/{spoken[0].id}",
            message="status: reports of one planned intake disagree, the strongest author counts",
            quoted=said,
        )


def _extras(
    pairings: Sequence[Pairing], definition: Definition, zone: str
) -> tuple[tuple[Extra, ...], tuple[Finding, ...]]:
    """The intakes beyond the plan, each once, and a doubt for every report without a plan."""
    window = timedelta(minutes=definition.window_minutes)
    counted: list[Extra] = []
    doubts: list[Finding] = []
    for pairing in pairings:
        stronger = [extra.report.taken_at for extra in counted if extra.report.taken_at]
        for report in pairing.unplanned:
            at = report.taken_at
            same = next((x for x in stronger if at and abs(x - at) <= window), None)
            if at is None or not report.is_physical:
                doubts.append(_unmatched(report, "it names no planned intake of the line"))
            elif same is not None:
                stronger.remove(same)
                doubts.append(_unmatched(report, "another author reports it too, counted once"))
            else:
                day = day_of(at, zone, definition.day_starts_at)
                counted.append(Extra(day=day, report=report))
                doubts.append(_unmatched(report, "counted as taken beyond the plan"))
    return tuple(sorted(counted, key=lambda extra: (extra.day, extra.report.id))), tuple(doubts)


def _unmatched(report: Report, said: str) -> Finding:
    return Finding(
        code=FindingCode.INTAKE_UNMATCHED,
        location=f"intake/{report.id}",
        message=f"taken_at: no planned intake is free for this report; {said}",
        quoted=report.taken_at.isoformat() if report.taken_at else None,
    )
