"""The rhythm of a text against that of a structure: number a day, which days, cycles."""

from collections.abc import Sequence
from decimal import Decimal

from engine.posology.comparison.difference import ADDS, CONTRADICTS, Difference
from engine.posology.comparison.doses import is_daily_total, is_total
from engine.posology.comparison.tempo import Tempo, same_tempo, sum_of, tempo_of
from schemas.posology import Frequency, Phase, Rhythm, Times, Weekday

_WITHIN_A_DAY = ("day", "hours", "short")


def of_count(said: Sequence[Phase], stated: Sequence[Phase]) -> Difference | None:
    """The number of intakes a day, or a week, over all that the text and the structure list.

    What is taken as needed beside fixed intakes may be counted with them or not.
    """
    if any(is_daily_total(one, stated) for one in said):
        return None
    texts = [tempo_of(one) for one in said]
    fixed = [one for one in stated if not one.as_needed] or stated
    for kind in ("day", "week"):
        count = sum_of(texts, kind)
        planned = {sum_of([tempo_of(one) for one in each], kind) for each in (stated, fixed)}
        if count is not None and None not in planned and count not in planned:
            rule = f"the text gives another number of intakes a {kind} than the structure"
            return CONTRADICTS, rule
    return None


def of_tempo(phase: Phase, stated: Sequence[Phase], *, spares_days: bool) -> Difference | None:
    """How often, where text and structure count by different units of time.

    `spares_days`: the text names days without an intake, and the structure leaves out the same.
    """
    tempo = tempo_of(phase)
    planned = [found for found in map(tempo_of, stated) if found is not None]
    ranged = _of_range(phase, stated)
    if ranged is not None or tempo is None or not planned or is_total(phase, stated):
        return ranged
    if any(found[0] == tempo[0] and tempo[0] in ("day", "week") for found in planned):
        return None
    if any(same_tempo(tempo, found) for found in planned):
        return None
    if tempo[0] == "day" and _says_only_the_hour(phase, planned):
        return None
    if tempo[0] == "day" and spares_days and _fills_the_days(phase, tempo, stated, planned):
        return None
    return CONTRADICTS, "the text gives another frequency than the structure"


def _says_only_the_hour(phase: Phase, planned: Sequence[Tempo]) -> bool:
    """Moments in a text name the hour of rarer intakes too: `on Mondays, in the morning`."""
    silent = phase.rhythm.frequency is None or phase.rhythm.cycle is not None
    return silent and all(found[0] not in _WITHIN_A_DAY for found in planned)


def _fills_the_days(
    phase: Phase, said: Tempo, stated: Sequence[Phase], planned: Sequence[Tempo]
) -> bool:
    """`2 fois par jour, sauf le week-end`: so many a day on each of the days that are left."""
    frequency = phase.rhythm.frequency
    if frequency is None or frequency.times is None:
        return all(kind not in _WITHIN_A_DAY for kind, _ in planned)
    weekly = sum(number for kind, number in planned if kind == "week")
    days = {day for one in stated for day in one.rhythm.weekdays}
    if days or not (weekly and said[1]):
        return bool(days) and weekly == said[1] * len(days)
    return weekly % said[1] == 0


def _states_when(phase: Phase) -> bool:
    """Whether the structure says anything of when: a text contradicts no silence."""
    return (phase.rhythm, phase.times, phase.timing_code) != (Rhythm(), Times(), None)


def _of_range(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    frequency = phase.rhythm.frequency
    if frequency is None or not (frequency.times_high or frequency.period_high):
        return None
    if not any(map(_states_when, stated)):
        return None
    others = [one.rhythm.frequency for one in stated if one.rhythm.frequency]
    if any(_highs(other) == _highs(frequency) for other in others):
        return None
    if any(one.rhythm.frequency for one in stated) and not any(any(_highs(o)) for o in others):
        return CONTRADICTS, "the text gives a range of frequencies"
    return CONTRADICTS, "the text gives another range of frequencies than the structure"


def of_weekdays(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """The days of the week of a text, which are those of the structure."""
    said = set(phase.rhythm.weekdays)
    named = {day for one in stated for day in one.rhythm.weekdays}
    if not said or said == named:
        return None
    if not named:
        return ADDS, "the text names weekdays and the structure names none"
    if len(stated) > 1 and said <= named:
        return None
    return CONTRADICTS, "the text names other weekdays than the structure"


def of_cycle(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """Days with and without, which the structure may say by weekdays."""
    cycle = phase.rhythm.cycle
    if cycle is None or any(one.rhythm.cycle == cycle for one in stated):
        return None
    days = {day for one in stated for day in one.rhythm.weekdays}
    if days and (cycle.days_on, cycle.days_off) == (len(days), len(Weekday) - len(days)):
        return None
    return ADDS, "the text gives a cycle of days and the structure does not"


def _highs(frequency: Frequency) -> tuple[int | None, Decimal | None]:
    return frequency.times_high, frequency.period_high
