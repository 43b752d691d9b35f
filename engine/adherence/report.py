"""What was reported of an intake, and which reports still stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

from schemas.adherence import Definition
from schemas.base import Instant, Value
from schemas.delivery import ReportedIntake
from schemas.intake import AuthorRole, IntakeStatus
from schemas.people import Identifier
from schemas.quantity import Quantity

PHYSICAL = frozenset({IntakeStatus.TAKEN, IntakeStatus.PARTIAL})
"""Reports that something was swallowed."""

_UNSURE = frozenset({IntakeStatus.UNKNOWN, IntakeStatus.IN_PROGRESS})


class Report(Value):
    """One stored report: what adherence needs of an intake. `id` is that of the stored fact."""

    id: str
    status: IntakeStatus
    taken_at: Instant | None = None
    planned_at: Instant | None = None
    recorded_at: Instant | None = None
    received_at: Instant
    role: AuthorRole = AuthorRole.UNKNOWN
    quantity: Quantity | None = None
    identifiers: tuple[Identifier, ...] = ()
    corrects: Identifier | None = None

    @classmethod
    def of(cls, reported: ReportedIntake) -> Self:
        """The report of a stored intake."""
        intake = reported.intake
        return cls(
            id=reported.id,
            status=intake.status,
            taken_at=intake.taken_at,
            planned_at=intake.planned_at,
            recorded_at=intake.recorded_at,
            received_at=reported.received_at,
            role=intake.author.role,
            quantity=intake.quantity,
            identifiers=intake.identifiers,
            corrects=intake.corrects,
        )

    @property
    def is_physical(self) -> bool:
        """Whether something was swallowed, in full or in part."""
        return self.status in PHYSICAL

    @property
    def is_sure(self) -> bool:
        """Whether the author says what became of the intake; who does not know overrules nobody."""
        return self.status not in _UNSURE


def last_word_first(reports: Iterable[Report]) -> list[Report]:
    """The reports of one thing, the last one written first.

    By when their author wrote them, when every one of them says so; else by when we got them,
    because the clock of a sender and ours do not make one order.
    """
    given = list(reports)
    written = [report.recorded_at for report in given if report.recorded_at is not None]
    if len(written) == len(given):
        order = {report.id: at for report, at in zip(given, written, strict=True)}
    else:
        order = {report.id: report.received_at for report in given}
    return sorted(
        given, key=lambda report: (order[report.id], report.received_at, report.id), reverse=True
    )


def standing(
    reports: Iterable[Report], definition: Definition, until: datetime
) -> tuple[Report, ...]:
    """The reports that count for something, in the order of their ids.

    Left out: what was received twice, the earlier reports of one sender's identifier, what a
    later report corrects, what was entered in error, what happens after `until`, and device
    openings too close to the one before. A report in error also takes back what it corrects.
    """
    latest = _latest_by_identifier({report.id: report for report in reports}.values())
    corrected = _corrected(latest)
    kept = (
        report
        for report in latest
        if report.status is not IntakeStatus.ENTERED_IN_ERROR
        and report.id not in corrected
        and (report.taken_at is None or report.taken_at <= until)
    )
    return _without_close_openings(sorted(kept, key=lambda report: report.id), definition)


def _latest_by_identifier(reports: Iterable[Report]) -> tuple[Report, ...]:
    """One report for each identifier of a sender: HL7 v2 and FHIR update under the same one."""
    versions: dict[object, list[Report]] = defaultdict(list)
    for report in reports:
        versions[report.identifiers or report.id].append(report)
    return tuple(last_word_first(group)[0] for group in versions.values())


def _corrected(reports: Sequence[Report]) -> set[str]:
    """The ids of the reports that another one corrects."""
    return {
        report.id
        for correction in reports
        if correction.corrects is not None
        for report in reports
        if report is not correction and _is_named(report, correction.corrects)
    }


def _is_named(report: Report, name: Identifier) -> bool:
    """Whether the name is one of the report's; without an authority, the value alone decides."""
    return name.value == report.id or any(
        own.value == name.value
        and (name.authority == own.authority or None in {name.authority, own.authority})
        for own in report.identifiers
    )


def _without_close_openings(
    reports: Sequence[Report], definition: Definition
) -> tuple[Report, ...]:
    """Compared with the opening before, dropped or not. Source: OncMAP `min_wait`."""
    gap = timedelta(minutes=definition.duplicate_minutes)
    openings = sorted(
        (report.taken_at, report.id)
        for report in reports
        if report.role is AuthorRole.DEVICE and report.is_physical and report.taken_at
    )
    close = {name for (before, _), (at, name) in pairwise(openings) if at - before < gap}
    return tuple(report for report in reports if report.id not in close)
