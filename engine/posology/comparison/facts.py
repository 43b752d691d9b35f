"""What one set of phases says, in facts that a text and a structure can be compared by."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.posology.text.lexicon import ACTS, folded, words_of
from engine.posology.units import comparable, measure_of
from schemas.base import DateOrInstant
from schemas.moment import Moment
from schemas.posology import Bounds, Dose, Phase
from schemas.quantity import Duration, PeriodUnit, Quantity

Tempo = tuple[str, int]
"""`("day", 3)` three a day, `("hours", 8)`, `("days", 2)`, `("week", 1)`, `("month", 1)`."""
_PARTS = {
    "morning": "MORN MORN.early MORN.late WAKE CM ACM PCM AGU PGU",
    "noon": "NOON CD ACD PCD",
    "afternoon": "AFT AFT.early AFT.late AS AAS PAS",
    "evening": "EVE EVE.early EVE.late CV ACV PCV",
    "night": "NIGHT HS PHS ABT PBT",
}
_PART_OF = {Moment(code): part for part, codes in _PARTS.items() for code in codes.split()}
_BEGINS = ((4, "morning"), (11, "noon"), (14, "afternoon"), (17, "evening"), (21, "night"))
"""The hour at which each part of the day begins; before the first it is still night."""
_HOURS_A_DAY = 24
_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}
_ROUNDING = Decimal("0.005")  # senders write a third with two to six decimals


def parts_of(phase: Phase) -> frozenset[str]:
    """The parts of the day that the phase names, by a moment or by the clock."""
    named = {_PART_OF[one.moment] for one in phase.times.moments if one.moment in _PART_OF}
    return frozenset(named | {part_at(clock) for clock in phase.times.clock})


def says_bedtime(phase: Phase) -> bool:
    """Whether a moment is late in the evening: `le soir au coucher` is evening and bedtime."""
    return any(one.moment is Moment.EVENING_LATE for one in phase.times.moments)


def part_at(clock: time) -> str:
    """The part of the day of a time of the clock."""
    begun = [part for hour, part in _BEGINS if hour <= clock.hour]
    return begun[-1] if begun else "night"


def tempo_of(phase: Phase) -> Tempo | None:
    """How often, in the one unit that says it best; `None` where nothing says it."""
    frequency = phase.rhythm.frequency
    moments = [one for one in phase.times.moments if one.moment in _PART_OF]
    listed = len(moments) or len(phase.times.clock)
    if frequency is None or frequency.period is None or frequency.unit is None:
        return _of_days(phase, listed)
    times = 1 if frequency.times is None else frequency.times
    every = int(frequency.period)
    match frequency.unit:
        case PeriodUnit.HOUR if every % _HOURS_A_DAY == 0:
            return "days", every // _HOURS_A_DAY
        case PeriodUnit.HOUR:
            return "hours", every
        case PeriodUnit.DAY if every == 1:
            return "day", times
        case PeriodUnit.DAY if every % 7 == 0:
            return "weeks", every // 7
        case PeriodUnit.DAY:
            return "days", every
        case PeriodUnit.WEEK:
            return ("week", times) if every == 1 else ("weeks", every)
        case _:
            return "months", every * _MONTHS.get(frequency.unit, 1)


def _of_days(phase: Phase, listed: int) -> Tempo | None:
    if phase.rhythm.weekdays:
        return "week", len(phase.rhythm.weekdays) * max(listed, 1)
    return ("day", listed) if listed else None


def same_tempo(one: Tempo, other: Tempo) -> bool:
    """Whether two ways to say how often are one: once a day is every day."""
    daily = {("day", 1), ("days", 1)}
    weekly = {("week", 1), ("weeks", 1)}
    return one == other or {one, other} <= daily or {one, other} <= weekly


def same_dose(said: Dose, stated: Dose) -> bool:
    """Whether a text and a structure state the same amounts, in units that do not disagree.

    One application or injection is whatever amount the structure gives for one intake.
    """
    if _is_one_act(said):
        return True
    ends = ((said.low, stated.low), (said.high, stated.high))
    return all(_same(left, right) for left, right in ends)


def _is_one_act(said: Dose) -> bool:
    exact = said.exact
    return exact is not None and exact.value == 1 and _in_words(exact).unit in ACTS


def _same(said: Quantity | None, stated: Quantity | None) -> bool:
    if said is None or stated is None:
        return said is stated
    if said.unit is None:
        return _close(said.value, stated.value)
    left, right = _in_words(said), _in_words(stated)
    if right.unit is None:
        return _close(left.value, right.value)
    if not comparable(left, right):
        return False
    return _close(measure_of(left)[1], measure_of(right)[1])


def _close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))


def _in_words(quantity: Quantity) -> Quantity:
    """The amount in the unit that the table of dose units knows, or without a unit."""
    known = words_of("dose_units")
    label = folded(quantity.unit or "")
    named = (label, label.split(" ")[0].strip("{}()"), folded(quantity.code or ""))
    unit = next((known[name] for name in named if name in known), None)
    return Quantity(value=quantity.value, unit=unit)


def total_of(phases: Iterable[Phase]) -> Quantity | None:
    """What the phases make in a day together; `None` where that cannot be said."""
    total: Quantity | None = None
    for phase in phases:
        tempo, amount = tempo_of(phase), phase.dose.exact if phase.dose else None
        if amount is None or tempo is None or tempo[0] not in ("day", "hours"):
            return None
        times = tempo[1] if tempo[0] == "day" else _HOURS_A_DAY // max(tempo[1], 1)
        value = amount.value * times + (total.value if total else 0)
        total = amount.model_copy(update={"value": value})
    return total


def same_length(said: Duration, bounds: Bounds) -> bool | None:
    """Whether the bounds last as long as a text says; `None` when they state no length."""
    if bounds.duration is not None:
        return _in_base(said) == _in_base(bounds.duration)
    if bounds.start is None or bounds.end is None:
        return None
    number, unit = _in_base(said)
    days, months = _days_between(bounds)
    return number in days if unit == "d" else unit == "mo" and number in months


def ends_of(bounds: Bounds) -> set[str]:
    """The days that may be said to be the last: the end as sent, and the day that it closes."""
    end = bounds.end
    if end is None:
        return set()
    closed = end if bounds.end_included and not isinstance(end, datetime) else _before(end)
    return {end.isoformat()[:10], closed.isoformat()[:10]}


def _before(end: DateOrInstant) -> DateOrInstant:
    return end - (timedelta(minutes=1) if isinstance(end, datetime) else timedelta(days=1))


def _in_base(length: Duration) -> tuple[Decimal, str]:
    if length.unit in _DAYS:
        return length.value * _DAYS[length.unit], "d"
    if length.unit in _MONTHS:
        return length.value * _MONTHS[length.unit], "mo"
    return length.value, length.unit.value


def _days_between(bounds: Bounds) -> tuple[set[int], set[int]]:
    """The numbers of days, and of months, that a start and an end may be said to make."""
    start, end = bounds.start, bounds.end
    if start is None or end is None:
        return set(), set()
    if isinstance(start, datetime) and isinstance(end, datetime):
        days = {round((end - start) / timedelta(days=1))}
        last = (end + timedelta(minutes=1)).date()
    else:
        between = (_date(end) - _date(start)).days
        days = {between + 1 if bounds.end_included else between}
        last = _date(end) + timedelta(days=1 if bounds.end_included else 0)
    first = _date(start)
    months = (last.year - first.year) * 12 + last.month - first.month
    return days, {months} if abs(last.day - first.day) <= 1 else set()


def _date(stated: DateOrInstant) -> date:
    return stated.date() if isinstance(stated, datetime) else stated
