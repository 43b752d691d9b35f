"""The reports of one author laid over the planned intakes of one line."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from engine.adherence.report import Report, last_word_first
from schemas.schedule import PlannedIntake

DayOf: TypeAlias = Callable[[datetime], date]


@dataclass(slots=True)
class Pairing:
    """By index of the planned intake, the reports that speak of it, the last word first.

    `unplanned` are the reports that speak of no planned intake, in order of time.
    """

    slots: dict[int, list[Report]] = field(default_factory=lambda: defaultdict(list))
    unplanned: list[Report] = field(default_factory=list)


def pair(
    due: Sequence[PlannedIntake],
    days: Sequence[date],
    reports: Sequence[Report],
    window: timedelta,
    day_of: DayOf,
) -> Pairing:
    """The reports of one author with the planned intakes they speak of.

    First the planned time that the author names; then, for what was swallowed, as many planned
    intakes as can be within `window`; then the nearest one of the same day, when it is free.
    What was not swallowed comes last, and never takes a planned intake from what was.
    """
    pairing = Pairing()
    free = _tie_named(pairing, due, reports)
    swallowed = [report for report in free if report.is_physical]
    left = _within_window(pairing, due, swallowed, window)
    left = _nearest(pairing, due, days, left, day_of, shared=False)
    other = [report for report in free if not report.is_physical]
    left += _nearest(pairing, due, days, other, day_of, shared=True)
    for index, spoken in pairing.slots.items():
        ordered = last_word_first(spoken)
        ordered.sort(key=lambda report: not report.is_physical and not report.planned_at)
        pairing.slots[index] = ordered
    pairing.unplanned = sorted(left, key=lambda report: (_at(report), report.id))
    return pairing


def _at(report: Report) -> datetime:
    return report.taken_at or report.planned_at or report.received_at


def _tie_named(
    pairing: Pairing, due: Sequence[PlannedIntake], reports: Iterable[Report]
) -> list[Report]:
    """Ties what names a planned time of the line; gives back the rest, in order of time."""
    rest = []
    by_time = {intake.due_at: index for index, intake in reversed(tuple(enumerate(due)))}
    for report in sorted(reports, key=lambda report: (_at(report), report.id)):
        index = by_time.get(report.planned_at) if report.planned_at else None
        if index is None:
            rest.append(report)
        else:
            pairing.slots[index].append(report)
    return rest


def _within_window(
    pairing: Pairing, due: Sequence[PlannedIntake], reports: Sequence[Report], window: timedelta
) -> list[Report]:
    """Pairs as many as can be: windows of one width, walked in order of time, allow it."""
    left = [report for report in reports if report.taken_at is None]
    waiting = [report for report in reports if report.taken_at is not None]
    for index, intake in enumerate(due):
        if pairing.slots.get(index):
            continue
        while waiting and _at(waiting[0]) < intake.due_at - window:
            left.append(waiting.pop(0))
        if waiting and _at(waiting[0]) <= intake.due_at + window:
            pairing.slots[index].append(waiting.pop(0))
    return left + waiting


def _nearest(
    pairing: Pairing,
    due: Sequence[PlannedIntake],
    days: Sequence[date],
    reports: Iterable[Report],
    day_of: DayOf,
    *,
    shared: bool,
) -> list[Report]:
    """Pairs each report with the nearest planned intake of its day, when free or `shared`."""
    left = []
    for report in reports:
        index = _nearest_index(due, days, report, day_of)
        if index is not None and (shared or not pairing.slots.get(index)):
            pairing.slots[index].append(report)
        else:
            left.append(report)
    return left


def _nearest_index(
    due: Sequence[PlannedIntake], days: Sequence[date], report: Report, day_of: DayOf
) -> int | None:
    at = report.taken_at
    if at is None:
        return None
    day = day_of(at)
    same_day = [index for index, other in enumerate(days) if other == day]
    return min(same_day, key=lambda index: abs(due[index].due_at - at), default=None)
