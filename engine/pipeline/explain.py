"""Explains one file from its bytes to dated intakes; nothing is stored and nothing sent."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.pipeline.assess import Products, assess
from engine.pipeline.file import read_file
from mappings.catalogue import load_site
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.base import DateOrInstant
from schemas.explanation import (
    ExplainedLine,
    ExplainedPrescription,
    Explanation,
    SourcePlace,
)
from schemas.finding import Finding
from schemas.schedule import DoseSchedule, PlannedIntake, Step
from schemas.site import Site


def explain(
    data: bytes,
    *,
    format_name: str | None,
    site: str,
    first: date | None,
    days: int,
    today: date,
    products: Products | None = None,
) -> Explanation:
    """What is read, planned, doubted and not used of one file.

    `format_name` is detected when `None`. Without `first` the period starts on the first day that
    the file itself plans, else on the day of its writing, else on `today`. `products` gives what a
    reference publishes of a product.
    Raises: `Refused` for a format that does not exist or cannot be read, `TableError` for an
    unknown site; nothing for content.
    """
    place = load_site(site)
    reading = read_file(data, format_name, place)
    assessment = assess(reading, place, products=products)
    start = first or first_day(assessment.prescriptions, ZoneInfo(place.zone)) or today
    return Explanation(
        format=reading.format,
        kind=reading.kind,
        control_id=reading.control_id,
        site=site,
        first=start,
        days=days,
        prescriptions=tuple(
            explained(prescription, place, start, days) for prescription in assessment.prescriptions
        ),
        intakes=reading.intakes,
        dispenses=reading.dispenses,
        notices=reading.notices,
        movements=reading.movements,
        findings=reading.findings,
        used=tuple(SourcePlace.of(source) for source in reading.sources if source.gives),
        unused=tuple(SourcePlace.of(source) for source in reading.unused),
    )


def first_day(prescriptions: Sequence[AssessedPrescription], zone: ZoneInfo) -> date | None:
    """The earliest day on which a computable step starts, else that of the first writing.

    Both on the clock of the site.
    """
    written = (each.prescription.authored_at for each in prescriptions)
    starts = [_day(step.start, zone) for step in _steps(prescriptions)]
    return min(starts or [_day(stated, zone) for stated in written if stated], default=None)


def _day(stated: DateOrInstant, zone: ZoneInfo) -> date:
    return stated.astimezone(zone).date() if isinstance(stated, datetime) else stated


def _steps(prescriptions: Iterable[AssessedPrescription]) -> Iterator[Step]:
    for prescription in prescriptions:
        for line in prescription.lines:
            if isinstance(line.schedule, DoseSchedule):
                yield from line.schedule.steps


def explained(
    assessed: AssessedPrescription, site: Site, first: date, days: int
) -> ExplainedPrescription:
    """A prescription with the intakes that its unblocked lines plan in the `days` from `first`.

    And with the organiser of those days.
    """
    from engine.organiser.week import WeekLine, week_of

    periods = [_period(line, site, first, days) for line in assessed.lines]
    filled = [
        WeekLine(line, planned, doubted=bool(doubts))
        for line, (doubts, planned) in zip(assessed.lines, periods, strict=True)
    ]
    return ExplainedPrescription(
        prescription=assessed.prescription,
        lines=tuple(map(_line, assessed.lines, periods)),
        week=week_of(filled, site, first, days),
        findings=assessed.findings,
    )


_Period: TypeAlias = tuple[tuple[Finding, ...], tuple[PlannedIntake, ...]]
"""What is in doubt in the days shown, and the intakes of them."""


def _line(assessed: AssessedLine, period: _Period) -> ExplainedLine:
    """A line with its intakes of the period; a line that something blocks plans none."""
    doubts, planned = period
    return ExplainedLine(
        line=assessed.line,
        product=assessed.line.product,
        text=assessed.line.text or assessed.line.posology.text,
        schedule=assessed.schedule,
        placement=assessed.placement,
        planned=planned,
        findings=(*assessed.findings, *doubts),
    )


def _period(assessed: AssessedLine, site: Site, first: date, days: int) -> _Period:
    """What a change of the clocks puts in doubt in the period, and the intakes when nothing is.

    The days are those of the site: its night round after midnight belongs to the day before.
    """
    from engine.posology.expand import check_window, expand

    schedule = assessed.schedule
    if not isinstance(schedule, DoseSchedule):
        return (), ()
    midnight = datetime.combine(first, time(), ZoneInfo(site.zone))
    length = days + 1 if site.day_starts_at > time() else days
    doubts = check_window(schedule, site, midnight, length)
    if doubts or not assessed.may_plan:
        return doubts, ()
    planned = expand(schedule, site, midnight, length)
    last = first + timedelta(days=days)
    return (), tuple(
        intake for intake in planned if first <= site.day_of(intake.due_at, intake.moment) < last
    )
