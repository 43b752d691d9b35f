"""How often, in the one unit that says it best, so that a text and a structure can be compared."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

from engine.posology.comparison.times import named_moments
from engine.posology.text.lexicon import abbreviated, folded
from schemas.base import is_whole
from schemas.posology import Frequency, Phase, Weekday
from schemas.quantity import PeriodUnit, Quantity

Tempo: TypeAlias = tuple[str, int | Decimal]
"""`("day", 3)` three a day, `("hours", 1.5)`, `("days", 2)`, `("week", 1)`, `("months", 1)`."""
_HOURS_A_DAY = 24
_DAYS_A_WEEK = len(Weekday)
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}


def tempo_of(phase: Phase) -> Tempo | None:
    """How often a phase says; `None` where nothing says it."""
    frequency = phase.rhythm.frequency or _of_code(phase)
    slots = len(named_moments(phase)) or len(phase.times.clock)
    if phase.rhythm.weekdays:
        return _of_weekdays(len(phase.rhythm.weekdays), slots, frequency)
    if frequency is None or frequency.period is None or frequency.unit is None:
        return ("day", slots) if slots else None
    daily = frequency.unit is PeriodUnit.DAY and frequency.period == 1
    unstated = max(slots, 1) if daily else 1
    times = unstated if frequency.times is None else frequency.times
    name, every = _of_frequency(times, frequency)
    each = slots if slots and times in (1, slots) else times
    if (name, every) == ("weeks", 1):
        return "week", each
    if name in ("day", "week") or each == 1:
        return name, every
    return f"{each} in {name}", every


def _of_code(phase: Phase) -> Frequency | None:
    """What a Latin abbreviation says that stands as a code, even one of an unknown list."""
    code = phase.timing_code.code if phase.timing_code else None
    return abbreviated(folded(code)) if code else None


def _of_frequency(times: int, frequency: Frequency) -> Tempo:
    every = _every(frequency)
    match frequency.unit:
        case PeriodUnit.HOUR if _is_full(every, _HOURS_A_DAY):
            return "days", every // _HOURS_A_DAY
        case PeriodUnit.HOUR:
            return "hours", every
        case PeriodUnit.DAY if every == 1:
            return "day", times
        case PeriodUnit.DAY if _is_full(every, _DAYS_A_WEEK):
            return "weeks", every // _DAYS_A_WEEK
        case PeriodUnit.DAY:
            return "days", every
        case PeriodUnit.WEEK:
            return ("week", times) if every == 1 else ("weeks", every)
        case PeriodUnit.MONTH | PeriodUnit.YEAR as unit:
            return "months", every * _MONTHS[unit]
        case _:
            return "short", every


def _every(frequency: Frequency) -> int | Decimal:
    """The units between two intakes; a whole number of them is an `int`, of any size."""
    period = frequency.period or Decimal(1)
    return int(period) if is_whole(period) else period


def _is_full(every: int | Decimal, turn: int) -> bool:
    return isinstance(every, int) and every % turn == 0


def _of_weekdays(days: int, slots: int, frequency: Frequency | None) -> Tempo:
    """The intakes of a week: the number stated, or the days by the intakes of each."""
    times = frequency.times if frequency and frequency.times else None
    weekly = frequency is not None and frequency.unit is PeriodUnit.WEEK
    if frequency is not None and weekly and (frequency.period or 1) > 1:
        return "weeks", _every(frequency)
    if times is not None and weekly and times not in (days, slots):
        return "week", times
    daily = times if times is not None and not weekly else 1
    each = days * max(slots, daily)
    return ("day", each // _DAYS_A_WEEK) if days == _DAYS_A_WEEK else ("week", each)


def same_tempo(one: Tempo, other: Tempo) -> bool:
    """Whether two ways to say how often are one: once a day is every day."""
    daily = {("day", 1), ("days", 1)}
    return one == other or {one, other} <= daily


def total_of(phases: Iterable[Phase]) -> Quantity | None:
    """What the phases make in a day together; `None` where that cannot be said."""
    total: Quantity | None = None
    for phase in phases:
        tempo, amount = tempo_of(phase), phase.dose.exact if phase.dose else None
        if amount is None or tempo is None or tempo[0] not in ("day", "hours"):
            return None
        if not isinstance(tempo[1], int):
            return None
        times = tempo[1] if tempo[0] == "day" else _HOURS_A_DAY // tempo[1]
        value = amount.value * times + (total.value if total else 0)
        total = amount.model_copy(update={"value": value})
    return total


def sum_of(tempos: Sequence[Tempo | None], kind: str) -> int | Decimal | None:
    """The intakes of one day, or of one week, when every phase counts by it."""
    counts = [tempo[1] for tempo in tempos if tempo is not None and tempo[0] == kind]
    return sum(counts) if counts and len(counts) == len(tempos) else None
