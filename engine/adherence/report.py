"""What was reported of an intake, and which reports still stand."""

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

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """What orders reports of one intake: the last one written is the last word."""
        return (self.recorded_at or self.received_at, self.received_at, self.id)


def standing(
    reports: Iterable[Report], definition: Definition, until: datetime
) -> tuple[Report, ...]:
    """The reports that count for something, in the order of their ids.

    Left out: what was received twice, the earlier reports of one sender's identifier, what a
    later report corrects, what was entered in error, what happens after `until`, and device
    openings too close to the one before. A report in error also takes back what it corrects.
    """
    latest = _latest_by_identifier({report.id: report for report in reports}.values())
    corrected = {key for report in latest if report.corrects for key in _names(report.corrects)}
    kept = (
        report
        for report in latest
        if report.status is not IntakeStatus.ENTERED_IN_ERROR
        and not corrected.intersection(_own_names(report))
        and (report.taken_at is None or report.taken_at <= until)
    )
    return _without_close_openings(sorted(kept, key=lambda report: report.id), definition)


def _latest_by_identifier(reports: Iterable[Report]) -> tuple[Report, ...]:
    latest: dict[object, Report] = {}
    for report in sorted(reports, key=lambda report: report.age):
        latest[report.identifiers or report.id] = report
    return tuple(latest.values())


def _names(identifier: Identifier) -> set[tuple[str, str | None]]:
    return {(identifier.value, identifier.authority), (identifier.value, None)}


def _own_names(report: Report) -> set[tuple[str, str | None]]:
    """What a correction may call this report. Without an authority, the value alone decides."""
    stated = {(identifier.value, identifier.authority) for identifier in report.identifiers}
    return {(report.id, None), *stated}


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
