"""The steps of a schedule: each phase placed in time, each level after the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.posology.clock import is_usable, zone_named
from engine.posology.doses import is_pause, quantity_of
from engine.posology.doubts import Doubts
from engine.posology.levels import Level
from engine.posology.placing import rule_at
from engine.posology.shape import Kind, Shape, instants_of, shape_of
from engine.posology.span import Span, Start, end_by_count, span_of
from schemas.finding import FindingCode
from schemas.posology import Bounds, Phase
from schemas.quantity import Quantity
from schemas.schedule import Step
from schemas.site import Site

_DATED = (Kind.INSTANTS, Kind.DATES)


@dataclass(slots=True)
class Judged:
    """One phase with what could be made of it, and every doubt met on the way.

    A pause plans nothing: `halt` holds when it says that nothing is taken, if that is known.
    """

    phase: Phase
    doubts: Doubts
    shape: Shape | None = None
    quantity: Quantity | None = None
    span: Span | None = None
    step: Step | None = None
    pause: bool = False
    halt: Step | None = None

    @property
    def fixed(self) -> bool:
        """Whether it is planned at all."""
        return not self.phase.as_needed


@dataclass(slots=True)
class Planner:
    """Places the levels of one posology at a site. `origin` is the start that is not stated."""

    site: Site
    origin: Start | None
    times_only: bool
    judged: list[Judged] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the patient's clock."""
        return zone_named(self.site.zone)

    def place(self, levels: Sequence[Level]) -> None:
        """Judge every phase and place those that nothing stops; `judged` holds the outcome."""
        before: Span | None = None
        for number, level in enumerate(levels):
            judged = [self._judge(phase) for phase in level]
            start = self.origin if before is None else _after(before)
            for one in judged:
                self._place(one, start, before)
            self.judged += judged
            if number + 1 < len(levels):
                before = _end_of(judged)
                if before is None:
                    return self._judge_the_rest(levels[number + 1 :])
        return None

    def _judge_the_rest(self, levels: Sequence[Level]) -> None:
        self.judged += [self._judge(phase) for level in levels for phase in level]

    def _judge(self, phase: Phase) -> Judged:
        judged = Judged(phase, Doubts(phase.location))
        if phase.as_needed:
            return judged
        judged.pause = is_pause(phase)
        if judged.pause:
            return judged
        judged.shape = shape_of(phase, self.site, judged.doubts)
        if not self.times_only:
            judged.quantity = quantity_of(phase, judged.doubts)
        _check_count(judged)
        return judged

    def _place(self, judged: Judged, start: Start | None, before: Span | None) -> None:
        doubts = judged.doubts if judged.fixed else Doubts(judged.phase.location)
        stated = (judged.phase.bounds.start, *judged.phase.rhythm.dates)
        if not all(is_usable(one) for one in stated if one is not None):
            doubts.say(FindingCode.BOUNDS_INVALID, "the date is out of every calendar in use")
            return
        own = self._own_start(judged, start)
        if own is None:
            doubts.say(FindingCode.START_MISSING, "the start of the treatment is not stated")
            return
        judged.span = self._span(judged, own, doubts)
        if judged.span is None or not judged.fixed:
            return
        if before is not None and not judged.span.follows(before):
            rule = "the step does not begin when the one before it ends"
            doubts.say(FindingCode.SEQUENCE_GAP, rule)
        elif before is not None and before.stated and judged.phase.bounds == Bounds():
            rule = "the step states no bounds and the one before it states its end: together?"
            doubts.say(FindingCode.SEQUENCE_GAP, rule)
        if judged.pause:
            self._make_halt(judged, judged.span)
        elif judged.shape is not None:
            judged.step = self._step(judged, judged.shape, judged.span, judged.doubts)

    def _make_halt(self, judged: Judged, span: Span) -> None:
        """When a pause says that nothing is taken; what it leaves open is no doubt by itself."""
        doubts = Doubts(judged.phase.location)
        shape = shape_of(judged.phase, self.site, doubts)
        if shape is not None:
            judged.halt = self._step(judged, shape, span, doubts)

    def _own_start(self, judged: Judged, start: Start | None) -> Start | None:
        stated = judged.phase.bounds.start
        if stated is not None:
            return Start.of(stated, self.zone)
        if start is None and judged.shape is not None and judged.shape.kind in _DATED:
            dates = judged.shape.dates or instants_of(judged.phase)
            return Start.of(min(dates), self.zone)
        return start

    def _span(self, judged: Judged, start: Start, doubts: Doubts) -> Span | None:
        bounds = judged.phase.bounds
        span = span_of(bounds, start, self.zone, doubts)
        if span is None or bounds.count is None or judged.shape is None:
            return span
        counted = end_by_count(judged.shape, bounds.count, start, self.zone)
        if counted is None or (span.end is not None and span.end <= counted):
            return span
        return Span(start, counted)

    def _step(self, judged: Judged, shape: Shape, span: Span, doubts: Doubts) -> Step | None:
        rule = rule_at(shape, judged.phase, span.start, self.site, doubts)
        if rule is None or doubts.stopped:
            return None
        return Step(
            location=judged.phase.location,
            start=span.start.at,
            end=span.end,
            end_included=span.end_included,
            count=judged.phase.bounds.count,
            rule=rule,
            slots=shape.slots,
            quantity=judged.quantity,
            instructions=judged.phase.instructions,
        )


def _after(span: Span) -> Start | None:
    """The start of what follows; the midnight that ends a stated day is the hour of no dose."""
    if span.end is None:
        return None
    return Start(span.end, span.start.has_clock and not span.end_is_day)


def _check_count(judged: Judged) -> None:
    bounds, shape = judged.phase.bounds, judged.shape
    if bounds.count_high is not None and bounds.count_high != bounds.count:
        rule = "the number of intakes is a range"
        judged.doubts.say(FindingCode.COUNT_RANGE, rule, bounds.count_high)
    elif bounds.count is not None and shape is not None:
        if bounds.count < 1:
            judged.doubts.say(FindingCode.COUNT_AMBIGUOUS, "the count is below one", bounds.count)
        elif len(shape.slots) > 1 or shape.kind in _DATED:
            rule = "the count stands beside several intakes a day: intakes or days"
            judged.doubts.say(FindingCode.COUNT_AMBIGUOUS, rule, bounds.count)


def _end_of(level: Sequence[Judged]) -> Span | None:
    """The span after which the next level begins; a doubt is said when there is not one end."""
    counted = [one for one in level if one.fixed] or list(level)
    spans = [one.span for one in counted if one.span is not None and one.span.end is not None]
    if len(spans) < len(counted):
        if not any(one.doubts.stopped for one in counted):
            rule = "a step without an end is followed by another"
            counted[0].doubts.say(FindingCode.SEQUENCE_OPEN, rule)
        return None
    last = max(spans, key=_ends)
    if not last_together(spans, last):
        rule = "phases of one step end at different times and another step follows"
        counted[0].doubts.say(FindingCode.SEQUENCE_GAP, rule)
        return None
    return last


def _ends(span: Span) -> datetime:
    if span.end is None:
        raise ValueError("an open span has no end")
    return span.end


def last_together(spans: Sequence[Span], last: Span) -> bool:
    """Whether all spans end with the last one, to the minute."""
    return all(Span(Start(_ends(span), has_clock=True)).follows(last) for span in spans)
