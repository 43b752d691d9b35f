"""Builders for adherence: planned intakes and reports, in UTC unless a zone is given."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.adherence.report import Report
from engine.adherence.window import LineInput, Window
from schemas.adherence import Unmonitored
from schemas.intake import AuthorRole, IntakeStatus
from schemas.people import Identifier
from schemas.quantity import Quantity
from schemas.schedule import PlannedIntake

RECEIVED = datetime(2030, 1, 1, tzinfo=ZoneInfo("UTC"))


def at(text: str, zone: str = "UTC") -> datetime:
    """`"2026-01-05 08:10"` on the clock of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def planned(
    first: date,
    days: int,
    *clock: str,
    zone: str = "UTC",
    quantity: Quantity | None = None,
    every: int = 1,
) -> tuple[PlannedIntake, ...]:
    """An intake at each of these times, every `every` days of `days`, from `first`."""
    return tuple(
        PlannedIntake(
            due_at=datetime.combine(
                first + timedelta(days=day), time.fromisoformat(text), ZoneInfo(zone)
            ),
            quantity=quantity,
        )
        for day in range(0, days, every)
        for text in clock
    )


def a_report(
    name: str,
    taken_at: str | datetime | None = None,
    *,
    status: IntakeStatus = IntakeStatus.TAKEN,
    role: AuthorRole = AuthorRole.NURSE,
    zone: str = "UTC",
    planned_at: str | None = None,
    recorded_at: str | None = None,
    quantity: Quantity | None = None,
    corrects: str | None = None,
    identifier: str | None = None,
) -> Report:
    """A report of this id; times as `"2026-01-05 08:10"` on the clock of the zone."""
    return Report(
        id=name,
        status=status,
        taken_at=at(taken_at, zone) if isinstance(taken_at, str) else taken_at,
        planned_at=at(planned_at, zone) if planned_at else None,
        recorded_at=at(recorded_at, zone) if recorded_at else None,
        received_at=RECEIVED,
        role=role,
        quantity=quantity,
        identifiers=(Identifier(value=identifier),) if identifier else (),
        corrects=Identifier(value=corrects) if corrects else None,
    )


def reports_at(*times: str | datetime, role: AuthorRole = AuthorRole.NURSE) -> tuple[Report, ...]:
    """One report of an intake at each time, named R01, R02, ..."""
    return tuple(
        a_report(f"R{rank:02}", taken_at, role=role) for rank, taken_at in enumerate(times, start=1)
    )


def a_line_input(
    plan: Sequence[PlannedIntake],
    reports: Sequence[Report] = (),
    *,
    line: str = "L1",
    as_needed: bool = False,
) -> LineInput:
    """A line of one schedule, S1."""
    return LineInput(
        line=line,
        schedules=("S1",),
        planned=tuple(plan),
        reports=tuple(reports),
        as_needed=as_needed,
    )


def a_window(
    first: date,
    days: int,
    *,
    zone: str = "UTC",
    until: datetime = RECEIVED,
    unmonitored: Sequence[Unmonitored] = (),
) -> Window:
    """The window of so many days, looked at long after it unless `until` says otherwise."""
    return Window(
        zone=zone,
        first=first,
        last=first + timedelta(days=days - 1),
        until=until,
        unmonitored=tuple(unmonitored),
    )
