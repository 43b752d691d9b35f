"""The days on which a patient was away, from what was told of leaves and discharges.

Nobody of the house sees what a patient takes elsewhere: those days are left out, and said. A day
of which the patient was away for a part is left out whole. What is planned is no absence.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from engine.adherence.days import day_of
from schemas.adherence import PeriodReason, Unmonitored
from schemas.base import Value
from schemas.finding import Finding, FindingCode
from schemas.movement import Movement, MovementAction, MovementKind

_REASONS = {
    MovementKind.LEAVE: PeriodReason.ABSENCE,
    MovementKind.DISCHARGE: PeriodReason.DISCHARGE,
}
_ENDS = {
    MovementKind.RETURN: (MovementKind.LEAVE,),
    MovementKind.TRANSFER: (MovementKind.LEAVE,),
    MovementKind.ADMIT: (MovementKind.LEAVE, MovementKind.DISCHARGE),
}
"""What says that the patient is there again, and what it ends."""
_EXPECTED = frozenset({MovementAction.PLAN, MovementAction.CANCEL_PLAN})


class Told(NamedTuple):
    """One movement as it was received."""

    id: str
    received_at: datetime
    movement: Movement


class Absences(Value):
    """The days to leave out, and what could not be told from the movements."""

    periods: tuple[Unmonitored, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Event(NamedTuple):
    """A movement that happened; events sort by when they did."""

    at: datetime
    told: Told

    @property
    def kind(self) -> MovementKind:
        return self.told.movement.kind


class _Span(NamedTuple):
    """An absence; `until` is `None` while nobody told of its end."""

    begun: _Event
    until: datetime | None


def absences(
    told: Iterable[Told], first: date, last: date, zone: str, day_starts_at: time
) -> Absences:
    """The days from `first` to `last`, both included, on which the patient was away.

    The last word on a movement that has a name is the one that counts. A movement in doubt counts
    for nothing and is a finding; so are a return without a leave, a cancellation of nothing, and an
    absence that nobody ended.
    """
    events, doubts = _events(told)
    spans, unmatched = _spans(events)
    doubts += unmatched
    periods = []
    for begun, until in spans:
        began = max(first, day_of(begun.at, zone, day_starts_at))
        ended = min(last, day_of(until, zone, day_starts_at)) if until else last
        if began <= ended:
            periods.append(Unmonitored(first=began, last=ended, reason=_REASONS[begun.kind]))
            if until is None:
                doubts.append(_doubt(begun.told, FindingCode.ABSENCE_OPEN, "no return was told"))
    doubts.sort(key=lambda finding: finding.location)
    return Absences(periods=tuple(sorted(set(periods), key=_in_order)), findings=tuple(doubts))


def _in_order(period: Unmonitored) -> tuple[date, date, str]:
    return period.first, period.last, period.reason


def _events(told: Iterable[Told]) -> tuple[list[_Event], list[Finding]]:
    """What happened, by when it did, without what was taken back."""
    events: dict[object, _Event] = {}
    doubts: list[Finding] = []
    for one in sorted(told, key=lambda each: (each.received_at, each.id)):
        movement = one.movement
        if movement.kind not in {*_REASONS, *_ENDS} or movement.action in _EXPECTED:
            continue
        if movement.occurred_at is None or any(each.blocks for each in movement.findings):
            rule = "it is in doubt or has no time, and does not count"
            doubts.append(_doubt(one, FindingCode.MOVEMENT_UNMATCHED, rule))
            continue
        event = _Event(movement.occurred_at, one)
        name = movement.identifiers[0] if movement.identifiers else one.id
        if movement.action is not MovementAction.CANCEL:
            events[name] = event
        elif events.pop(name, None) is None and not _taken_back(event, events):
            rule = "what it cancels was never told"
            doubts.append(_doubt(one, FindingCode.MOVEMENT_UNMATCHED, rule))
    return sorted(events.values(), key=lambda event: (event.at, event.told.id)), doubts


def _taken_back(cancelled: _Event, events: dict[object, _Event]) -> bool:
    """Take out the last event of the kind that was told before, where no name says which."""
    meant = [
        (event.at, event.told.id, name)
        for name, event in events.items()
        if event.kind is cancelled.kind and _is_one_stay(event, cancelled)
    ]
    if meant:
        events.pop(max(meant, key=lambda one: one[:2])[2])
    return bool(meant)


def _is_one_stay(one: _Event, other: _Event) -> bool:
    """Whether two events may be of one stay: unless each names its visit, and another one."""
    stays = [event.told.movement.stay for event in (one, other)]
    visits = {(stay.visit.value, stay.visit.authority) for stay in stays if stay and stay.visit}
    return len(visits) < len(stays)


def _ends(event: _Event, away: _Event) -> bool:
    """Whether the event ends the absence. After a discharge, an admission opens another stay."""
    readmitted = (event.kind, away.kind) == (MovementKind.ADMIT, MovementKind.DISCHARGE)
    return readmitted or _is_one_stay(away, event)


def _spans(events: Sequence[_Event]) -> tuple[list[_Span], list[Finding]]:
    """Each leave and discharge with the first event that says that the patient is back."""
    away: dict[MovementKind, _Event] = {}
    spans: list[_Span] = []
    doubts: list[Finding] = []
    for event in events:
        ended = [
            kind for kind in _ENDS.get(event.kind, ()) if kind in away and _ends(event, away[kind])
        ]
        spans += [_Span(away.pop(kind), event.at) for kind in ended]
        if event.kind is MovementKind.RETURN and not ended:
            rule = "nobody told when the leave began that it ends"
            doubts.append(_doubt(event.told, FindingCode.MOVEMENT_UNMATCHED, rule))
        if event.kind in _REASONS:
            away.setdefault(event.kind, event)
    return [*spans, *(_Span(begun, None) for begun in away.values())], doubts


def _doubt(told: Told, code: FindingCode, rule: str) -> Finding:
    return Finding(code=code, location=f"movement/{told.id}", message=f"movement: {rule}")
