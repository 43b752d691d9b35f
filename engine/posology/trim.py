"""Nothing before the start: steps that began earlier go on from there, counts and all."""

from datetime import datetime, timedelta

from engine.posology.clock import DAY, wall_of, zone_named
from engine.posology.days import days_of
from engine.posology.expand import occurrences
from engine.posology.slots import time_in_day
from engine.posology.window import Window
from schemas.finding import Finding, FindingCode
from schemas.schedule import Step
from schemas.site import Site

_TICK = timedelta(microseconds=1)


def from_start(
    steps: list[Step], site: Site, first: datetime | None
) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    """The steps with nothing before `first`, and a finding where doses were past.

    A count goes down by the doses that were due before `first`; a step that is over is gone.
    """
    kept: list[Step] = []
    said: list[Finding] = []
    for step in steps:
        if step.end is not None and step.end <= step.start and not step.end_included:
            continue
        left = step if first is None else _from(step, site, first)
        if left is not step or _has_past_slot(step, site):
            said.append(_past(step))
        if left is not None:
            kept.append(left)
    return tuple(kept), tuple(said)


def _past(step: Step) -> Finding:
    return Finding(
        code=FindingCode.FIRST_DOSES_PAST,
        location=step.location,
        message="doses before the start are not planned, and not moved",
    )


def _from(step: Step, site: Site, first: datetime) -> Step | None:
    if first <= step.start:
        return step
    if step.end is not None and (step.end < first or (step.end == first and not step.end_included)):
        return None
    if step.count is None:
        return step.model_copy(update={"start": first})
    zone = zone_named(site.zone)
    past = Window(step.start, first, zone)
    left = step.count - sum(1 for _ in occurrences(step, site, past))
    return step.model_copy(update={"start": first, "count": left}) if left > 0 else None


def _has_past_slot(step: Step, site: Site) -> bool:
    """Whether the first day has a slot before the start of the step."""
    wall = wall_of(step.start, zone_named(site.zone))
    if not any(time_in_day(slot, site) < wall.time() for slot in step.slots):
        return False
    return next(days_of(step.rule, wall.date()), wall.date() + DAY) == wall.date()
