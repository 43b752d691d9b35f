"""The periods of the steps of a line: what they take from the period of the line, and fit in it."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from connectors.cda.posology.timing import last_day
from connectors.cda.scribe import Scribe, child
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.posology import Bounds, Phase

if TYPE_CHECKING:
    from lxml.etree import _Element


def side_by_side(
    scribe: Scribe, entry: "_Element", phases: Sequence[Phase], line: Bounds
) -> tuple[Phase, ...]:
    """Steps that run together: each has the start and the end of the line, unless it says."""
    placed = tuple(_ending(scribe, _starting(phase, line), line) for phase in phases)
    _check_within(scribe, entry, placed, line)
    return placed


def in_turn(
    scribe: Scribe, entry: "_Element", phases: Sequence[Phase], line: Bounds
) -> tuple[Phase, ...]:
    """Tapered steps: the first starts with the line, the last ends with it, unless they say."""
    if any(phase.sequence is None for phase in phases):
        return tuple(phases)
    order = sorted(phases, key=lambda phase: phase.sequence or 0)
    first, last = order[0].location, order[-1].location
    placed = []
    for phase in phases:
        started = _starting(phase, line) if phase.location == first else phase
        ended = _ending(scribe, started, line) if phase.location == last else started
        placed.append(ended)
    _check_within(scribe, entry, placed, line)
    _check_filled(scribe, entry, placed, line)
    return tuple(placed)


def _starting(phase: Phase, line: Bounds) -> Phase:
    """The phase with a start of its own, else that of the line."""
    if phase.bounds.start is not None:
        return phase
    return _with(phase, start=line.start)


def _ending(scribe: Scribe, phase: Phase, line: Bounds) -> Phase:
    """The phase with an end of its own, else that of the line, stated or reckoned."""
    if phase.bounds.end is not None or phase.bounds.duration is not None:
        return phase
    if line.end is not None:
        return _with(phase, end=line.end, end_included=line.end_included)
    if line.duration is None:
        return phase
    if phase.bounds.start == line.start:
        return _with(phase, duration=line.duration)
    last = last_day(line)
    if last is None:
        scribe.doubt(
            FindingCode.BOUNDS_INVALID,
            phase.location,
            "the end of the step is that of the line, whose length gives no day",
        )
    return _with(phase, end=last)


def _with(phase: Phase, **changed: object) -> Phase:
    return phase.model_copy(update={"bounds": phase.bounds.model_copy(update=changed)})


def _check_within(scribe: Scribe, entry: "_Element", phases: Sequence[Phase], line: Bounds) -> None:
    """No step starts before its line or ends after it."""
    first, last = _day(scribe, line.start), _day(scribe, last_day(line))
    for phase in phases:
        starts, ends = _day(scribe, phase.bounds.start), _day(scribe, last_day(phase.bounds))
        if (first and starts and starts < first) or (last and ends and ends > last):
            _contradict(scribe, entry, "a step must lie within the period of its line", first, last)


def _check_filled(scribe: Scribe, entry: "_Element", phases: Sequence[Phase], line: Bounds) -> None:
    """Tapered steps begin and end with their line: its last day is part of it (CI-SIS examples)."""
    starts = [_day(scribe, phase.bounds.start) for phase in phases]
    first, last = _day(scribe, line.start), _day(scribe, last_day(line))
    known = [start for start in starts if start is not None]
    if first is not None and known and min(known) > first:
        rule = "the first step must start with the line"
        _contradict(scribe, entry, rule, first, last)
    ends = [_day(scribe, last_day(phase.bounds)) for phase in phases]
    latest = [end for end in ends if end is not None]
    if last is not None and len(latest) == len(ends) and max(latest) < last:
        rule = "the steps must end on the last day of the line"
        _contradict(scribe, entry, rule, first, last)


def _contradict(
    scribe: Scribe, entry: "_Element", rule: str, first: date | None, last: date | None
) -> None:
    interval = child(entry, "effectiveTime")
    place = scribe.at(entry if interval is None else interval)
    quoted = " / ".join(str(day or "…") for day in (first, last))
    scribe.doubt(FindingCode.TIMING_CONTRADICTED, place, rule, quoted)


def _day(scribe: Scribe, stated: DateOrInstant | None) -> date | None:
    return None if stated is None else scribe.day(stated)
