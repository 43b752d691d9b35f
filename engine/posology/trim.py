"""Nothing before the start: steps that began earlier go on from there, counts and all."""

from datetime import datetime, timedelta

from engine.posology.clock import wall_of, zone_named
from engine.posology.days import days_of
from engine.posology.expand import occurrences
from engine.posology.slots import time_in_day
from engine.posology.window import Window
from schemas.finding import Finding, FindingCode
from schemas.schedule import AtInstants, OnDates, Step
from schemas.site import Site

_TICK = timedelta(microseconds=1)
"""What makes a window hold the instant that ends it."""


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
        past = 0 if first is None else _doses_before(first, step, site)
        if past or _has_past_slot(step, site):
            said.append(_past(step))
        left = step if first is None or first <= step.start else _from(first, step, past, site)
        if left is not None:
            kept.append(left)
    return tuple(kept), tuple(said)


def _past(step: Step) -> Finding:
    return Finding(
        code=FindingCode.FIRST_DOSES_PAST,
        location=step.location,
        message="doses before the start are not planned, and not moved",
    )


def _doses_before(first: datetime, step: Step, site: Site) -> int:
    """How many doses were due; without a count, whether any was."""
    before = occurrences(step, site, Window(step.start, first, zone_named(site.zone)))
    return sum(1 for _ in before) if step.count is not None else int(any(before))


def _from(first: datetime, step: Step, past: int, site: Site) -> Step | None:
    """The step from `first` on, with what its count leaves; `None` when no dose is left."""
    changed: dict[str, object] = {"start": first}
    if step.count is not None:
        if step.count <= past:
            return None
        changed["count"] = step.count - past
    left = step.model_copy(update=changed)
    return None if _is_over(left, site) else left


def _is_over(step: Step, site: Site) -> bool:
    """Whether a step that ends has no dose left before its end."""
    if step.end is None:
        return False
    window = Window(step.start, step.end + _TICK, zone_named(site.zone))
    return not any(occurrences(step, site, window))


def _has_past_slot(step: Step, site: Site) -> bool:
    """Whether the first day has a slot, or a list has a day or an instant, before the start."""
    wall = wall_of(step.start, zone_named(site.zone))
    match step.rule:
        case AtInstants():
            return min(step.rule.instants) < step.start
        case OnDates() if min(step.rule.dates) < wall.date():
            return True
        case _:
            past = any(time_in_day(slot, site) < wall.time() for slot in step.slots)
            return past and any(days_of(step.rule, wall.date(), wall.date()))
