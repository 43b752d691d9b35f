"""What was reported of an intake, as adherence needs it."""

from collections.abc import Iterable
from typing import Self

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
