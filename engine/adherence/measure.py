"""The figures of one line: exact counts and ratios, with what was left out and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from engine.adherence.intervals import interval_timing
from engine.adherence.match import Extra, Matching, Slot, match
from engine.adherence.quantities import expected_quantity, taken_quantity
from engine.adherence.report import Report
from engine.adherence.window import LineInput, Window
from schemas.adherence import DayCount, Definition, Fraction, LineAdherence, Match, MatchKind
from schemas.base import Value
from schemas.finding import Finding, FindingCode

EXTRA = "extra"
"""The key of `LineAdherence.counts` for intakes beyond the plan; the others are `MatchKind`."""


class Measured(Value):
    """The figures of a line, and the reports that gave them."""

    figures: LineAdherence
    used: tuple[Report, ...] = ()


def measure(line: LineInput, window: Window, definition: Definition) -> Measured:
    """The figures of one line; a measure whose denominator is zero is absent.

    What falls on days that are not monitored is shown and never counted. A line that expected
    nothing carries a finding, unless it is taken as needed; so does one of which nobody reported
    anything: silence is no missed intake.
    """
    matching = match(
        line.planned,
        line.reports,
        definition=definition,
        zone=window.zone,
        until=window.until,
    )
    return measure_matching(line, matching, window, definition)


def measure_matching(
    line: LineInput, matching: Matching, window: Window, definition: Definition
) -> Measured:
    """The figures of one line whose planned intakes are already matched."""
    slots = [slot for slot in matching.slots if window.holds(slot.day)]
    beyond = [extra for extra in matching.extras if window.holds(extra.day)]
    extras = [] if line.as_needed else beyond
    days = day_counts(slots, extras, window)
    monitored = [slot for slot in slots if window.counts(slot.day)]
    expected = [slot for slot in monitored if _is_expected(slot)]
    taken = [slot for slot in monitored if _is_taken(slot)]
    counted = [extra for extra in extras if window.counts(extra.day)]
    uses = [extra for extra in beyond if line.as_needed and window.counts(extra.day)]
    runs = _holidays(days, definition)
    used = [*_reports(monitored), *(extra.report for extra in (*counted, *uses))]
    figures = LineAdherence(
        line=line.line,
        schedules=tuple(sorted(set(line.schedules))),
        taking=ratio(_taken(days), _expected(days)),
        taking_capped=ratio(_capped(days), _expected(days)),
        correct_dosing=_share_of_days(days, lambda day: day.taken == day.expected),
        implementation=_share_of_days(days, lambda day: day.taken >= day.expected),
        timing=ratio(sum(_is_on_time(slot, definition) for slot in expected), len(expected)),
        timing_interval=interval_timing(
            [slot.planned.due_at for slot in slots if _is_expected(slot)],
            [*_reports(taken), *(extra.report for extra in counted)],
            window,
            definition,
        ),
        overuse=_overuse(days),
        holidays=len(runs),
        longest_holiday=max(runs, default=0),
        counts=_counts(slots, counted, window),
        as_needed_uses=len(uses),
        quantity_expected=expected_quantity(expected),
        quantity_taken=taken_quantity(taken, counted),
        days=days,
        matches=tuple(_shown(slot, window) for slot in slots),
        findings=(*matching.findings, *_doubts(line, days, used)),
    )
    return Measured(figures=figures, used=tuple(used))


def ratio(numerator: int, denominator: int) -> Fraction | None:
    """The exact ratio; `None` when nothing was expected, which is neither 0 % nor 100 %."""
    return Fraction(numerator=numerator, denominator=denominator) if denominator else None


def day_counts(
    slots: Iterable[Slot], extras: Iterable[Extra], window: Window
) -> tuple[DayCount, ...]:
    """What each day of the window expected and got, monitored or not.

    A matched intake counts for the day of its planned intake, an extra for its own.
    """
    expected: Counter[object] = Counter()
    taken: Counter[object] = Counter(extra.day for extra in extras)
    for slot in slots:
        expected[slot.day] += _is_expected(slot)
        taken[slot.day] += _is_taken(slot)
    return tuple(
        DayCount(day=day, expected=expected[day], taken=taken[day], monitored=window.counts(day))
        for day in window.days
    )


def _is_expected(slot: Slot) -> bool:
    """An intake that a prescriber held was not to be taken."""
    return slot.match.kind is not MatchKind.HELD


def _is_taken(slot: Slot) -> bool:
    return slot.report is not None and slot.report.is_physical


def _is_on_time(slot: Slot, definition: Definition) -> bool:
    at = slot.report.taken_at if slot.report and slot.report.is_physical else None
    window = timedelta(minutes=definition.window_minutes)
    return at is not None and abs(at - slot.planned.due_at) <= window


def _reports(slots: Iterable[Slot]) -> tuple[Report, ...]:
    return tuple(slot.report for slot in slots if slot.report is not None)


def _expected(days: Sequence[DayCount]) -> int:
    return sum(day.expected for day in days if day.monitored)


def _taken(days: Sequence[DayCount]) -> int:
    return sum(day.taken for day in days if day.monitored)


def _capped(days: Sequence[DayCount]) -> int:
    return sum(min(day.taken, day.expected) for day in days if day.monitored)


def _share_of_days(days: Sequence[DayCount], holds: Callable[[DayCount], bool]) -> Fraction | None:
    """Of the monitored days that expected something, those for which `holds` is true."""
    asked = [day for day in days if day.monitored and day.expected]
    return ratio(sum(holds(day) for day in asked), len(asked))


def _overuse(days: Sequence[DayCount]) -> Fraction | None:
    """An intake on a day off is too much: such days are in both counts."""
    seen = [day for day in days if day.monitored and (day.expected or day.taken)]
    if not any(day.expected for day in seen):
        return None
    return ratio(sum(day.taken > day.expected for day in seen), len(seen))


def _holidays(days: Sequence[DayCount], definition: Definition) -> list[int]:
    """The lengths of the runs of expected days without any intake that are long enough.

    A day off is passed over; a day that is not monitored, or with an intake, ends a run.
    """
    runs, run = [], 0
    for day in days:
        if not day.monitored or day.taken:
            runs.append(run)
            run = 0
        elif day.expected:
            run += 1
    return [length for length in (*runs, run) if length >= definition.holiday_days]


def _counts(slots: Sequence[Slot], extras: Sequence[Extra], window: Window) -> dict[str, int]:
    """How many planned intakes of each kind, every kind named, and the extras."""
    kinds = Counter(_shown(slot, window).kind for slot in slots)
    return {**{kind.value: kinds[kind] for kind in MatchKind}, EXTRA: len(extras)}


def _shown(slot: Slot, window: Window) -> Match:
    if window.counts(slot.day):
        return slot.match
    return slot.match.model_copy(update={"kind": MatchKind.UNMONITORED})


def _doubts(line: LineInput, days: Sequence[DayCount], used: Sequence[Report]) -> Iterable[Finding]:
    if _expected(days) and not used:
        yield Finding(
            code=FindingCode.RECORDS_MISSING,
            location=f"line/{line.line}",
            message="reports: there is none in the window, so the figures say nothing of intakes",
        )
    if not line.as_needed and not _expected(days):
        yield Finding(
            code=FindingCode.ADHERENCE_NOT_COMPUTABLE,
            location=f"line/{line.line}",
            message="planned: no intake was expected on the monitored days of the window",
        )
