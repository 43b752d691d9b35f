"""Stated maxima against the plan: every rolling window, in one measure, or not comparable.

A maximum is a ceiling beside the dose and never an allocation (FHIR R4 Dosage.maxDosePerPeriod,
"an adjunct to the dosage").
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from engine.posology.clock import later, wall_of, zone_named
from engine.posology.doubts import Doubts
from engine.posology.expand import occurrences
from engine.posology.steps import Judged
from engine.posology.units import comparable, measure_of
from engine.posology.window import Window
from schemas.finding import FindingCode
from schemas.posology import Limits
from schemas.quantity import Duration, Quantity, Ratio
from schemas.schedule import Step
from schemas.site import Site

_BEYOND = timedelta(days=70)
"""How far a step is followed past its start: any rhythm of weeks has come round by then."""
_FURTHEST = timedelta(days=3660)
"""And how far at most for a maximum of years: ten of them."""

_FLAT = zone_named("UTC")
"""Windows are counted on the patient's clock: a day of 23 hours is a day, and no overdose."""


class Taken(NamedTuple):
    """One planned dose: what the clock shows then, and how much in the unit of its step."""

    at: datetime
    amount: Quantity


def check_limits(judged: Sequence[Judged], site: Site, whole: Doubts) -> None:
    """Say each stated maximum that the plan exceeds or that cannot be compared with it."""
    steps = [one.step for one in judged if one.step is not None and one.step.quantity is not None]
    limits = [one.phase.limits for one in judged if one.fixed]
    stated = [limit for place, limit in enumerate(limits) if limit not in limits[:place]]
    if not steps or all(limit == Limits() for limit in stated):
        return
    taken = _timeline(steps, stated, site)
    for limit in stated:
        for ratio in limit.per_period:
            _check_period(ratio, taken, whole)
        if limit.per_intake is not None:
            _check_each(limit.per_intake, steps, whole)
        if limit.per_lifetime is not None:
            _check_all(limit.per_lifetime, steps, site, whole)
        if limit.minimum_gap is not None:
            _check_gap(limit.minimum_gap, taken, whole)


def _timeline(steps: Sequence[Step], limits: Sequence[Limits], site: Site) -> list[Taken]:
    """The doses of the plan in order, followed past the start of its last step.

    For as long as the longest period of a maximum lasts, and then some weeks.
    """
    begun, zone = max(step.start for step in steps), zone_named(site.zone)
    ends = [later(begun, ratio.period, zone) for limit in limits for ratio in limit.per_period]
    longest = max([end - begun for end in ends if end is not None], default=_BEYOND)
    last = begun + min(longest, _FURTHEST) + _BEYOND
    taken: list[Taken] = []
    for step in steps:
        window = Window(step.start, last, zone)
        if step.quantity is not None:
            taken += [
                Taken(wall_of(due.due_at, zone).replace(tzinfo=_FLAT), step.quantity)
                for due in occurrences(step, site, window)
            ]
    return sorted(taken, key=lambda dose: dose.at)


def _is_comparable(most: Quantity, amount: Quantity, whole: Doubts) -> bool:
    if comparable(most, amount):
        return True
    rule = "the unit of the maximum is not that of the doses"
    whole.say(FindingCode.MAXIMUM_NOT_COMPARABLE, rule, most.unit_label)
    return False


def _check_period(ratio: Ratio, taken: Sequence[Taken], whole: Doubts) -> None:
    """Every window that begins with a dose and lasts one period, its end not included."""
    most = measure_of(ratio.amount)[1]
    inside: deque[tuple[datetime, Decimal]] = deque()
    total = Decimal(0)
    for dose in taken:
        ends = later(dose.at, ratio.period, _FLAT)
        if ends is None or ratio.period.value <= 0:
            rule = "the period of the maximum is not one that can be counted"
            return whole.say(FindingCode.MAXIMUM_NOT_COMPARABLE, rule, ratio.period.value)
        if not _is_comparable(ratio.amount, dose.amount, whole):
            return None
        while inside and inside[0][0] <= dose.at:
            total -= inside.popleft()[1]
        amount = measure_of(dose.amount)[1]
        inside.append((ends, amount))
        total += amount
        if total > most:
            rule = "the doses of one period are more than its maximum"
            return whole.say(FindingCode.MAXIMUM_EXCEEDED, rule, ratio.amount.value)
    return None


def _check_each(most: Quantity, steps: Sequence[Step], whole: Doubts) -> None:
    for step in steps:
        if step.quantity is None or not _is_comparable(most, step.quantity, whole):
            return
        if measure_of(step.quantity)[1] > measure_of(most)[1]:
            rule = "one dose is more than the maximum of one intake"
            whole.say(FindingCode.MAXIMUM_EXCEEDED, rule, most.value)
            return


def _check_all(most: Quantity, steps: Sequence[Step], site: Site, whole: Doubts) -> None:
    total, ceiling = Decimal(0), measure_of(most)[1]
    for step in steps:
        if step.quantity is None or not _is_comparable(most, step.quantity, whole):
            return
        if step.end is None and step.count is None:
            rule = "a treatment without end has no total to compare with the maximum of a lifetime"
            whole.say(FindingCode.MAXIMUM_NOT_COMPARABLE, rule, most.value)
            return
        last = step.end or datetime.max.replace(tzinfo=step.start.tzinfo)
        window = Window(step.start, last, zone_named(site.zone))
        for _ in occurrences(step, site, window):
            total += measure_of(step.quantity)[1]
            if total > ceiling:
                rule = "the doses of the treatment are more than the maximum of a lifetime"
                whole.say(FindingCode.MAXIMUM_EXCEEDED, rule, most.value)
                return


def _check_gap(gap: Duration, taken: Sequence[Taken], whole: Doubts) -> None:
    for before, after in pairwise(taken):
        soonest = later(before.at, gap, _FLAT)
        if soonest is None or after.at < soonest:
            rule = "two doses are closer than the minimum stated between two intakes"
            whole.say(FindingCode.TIMING_CONTRADICTED, rule, gap.value)
            return
