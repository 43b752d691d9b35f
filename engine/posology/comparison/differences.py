"""How one reading of a text differs from a structure: one function for each thing compared.

A text that is silent on something agrees with whatever the structure says of it.
"""

from collections.abc import Sequence
from decimal import Decimal

from engine.posology.comparison.facts import (
    ends_of,
    parts_of,
    same_dose,
    same_length,
    same_tempo,
    says_bedtime,
    tempo_of,
    total_of,
)
from engine.posology.comparison.unread import ADDS, CONTRADICTS, UNREAD, Difference
from schemas.finding import FindingCode
from schemas.posology import Dose, Phase, Weekday
from schemas.quantity import Duration, PeriodUnit

_SHORT = (PeriodUnit.SECOND, PeriodUnit.MINUTE, PeriodUnit.HOUR)


def differences(said: Sequence[Phase], stated: Sequence[Phase]) -> list[Difference | None]:
    """The differences of one reading, level by level where both have as many."""
    texts, levels = _levels(said), _levels(stated)
    if not texts:
        return []
    if len(texts) == len(levels):
        pairs = list(zip(texts, levels, strict=True))
    elif len(texts) == 1:
        pairs = [(texts[0], tuple(stated))]
    else:
        return [(ADDS, "the text has another number of steps than the structure")]
    found: list[Difference | None] = []
    for text, level in pairs:
        found += _of_level(text, level)
    return found


def _levels(phases: Sequence[Phase]) -> list[tuple[Phase, ...]]:
    numbers = sorted({phase.sequence or 0 for phase in phases})
    return [tuple(p for p in phases if (p.sequence or 0) == number) for number in numbers]


def _of_level(said: Sequence[Phase], stated: Sequence[Phase]) -> list[Difference | None]:
    found: list[Difference | None] = [_of_count(said, stated)]
    for phase in said:
        found += [
            _of_dose(phase, stated),
            _of_tempo(phase, stated),
            _of_moments(phase, stated),
            _of_weekdays(phase, stated),
            _of_length(phase, stated),
            _of_end(phase, stated),
            _of_start(phase, stated),
            _of_condition(phase, stated),
            _of_cycle(phase, stated),
        ]
    return [difference for difference in found if difference is not None]


def _may_be_total(phase: Phase) -> bool:
    return any(finding.code is FindingCode.DOSE_TOTAL for finding in phase.findings)


def _is_total(phase: Phase, stated: Sequence[Phase]) -> bool:
    """Whether the amount that a text gives for a day is what the structure makes in one.

    The amount of a week or a month is no amount of a day: `1 tablet a week` is not one a day.
    """
    tempo, total = tempo_of(phase), total_of(stated)
    if tempo is not None and tempo[0] != "day":
        return False
    if total is None or phase.dose is None or not _may_be_total(phase):
        return False
    return same_dose(phase.dose, Dose(low=total, high=total))


def _is_daily_total(phase: Phase, stated: Sequence[Phase]) -> bool:
    """Whether the text gives the amount of a day and does not say in how many intakes."""
    return tempo_of(phase) == ("day", 1) and _is_total(phase, stated)


def _of_dose(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """Each amount of the text is one of the structure, at the moments that the text gives it."""
    if phase.dose is None:
        return None
    parts = parts_of(phase)
    near = [one for one in stated if parts & parts_of(one)] or stated
    doses = [one.dose for one in near if one.dose is not None]
    if not doses:
        return ADDS, "the text gives a dose and the structure gives none"
    if any(same_dose(phase.dose, dose) for dose in doses) or _is_total(phase, stated):
        return None
    return CONTRADICTS, "the text gives another dose than the structure"


def _of_count(said: Sequence[Phase], stated: Sequence[Phase]) -> Difference | None:
    """The number of intakes a day, over all that the text and the structure list."""
    texts, planned = [tempo_of(one) for one in said], [tempo_of(one) for one in stated]
    if not texts or not planned or any(_is_daily_total(one, stated) for one in said):
        return None
    counts = [_sum_of_days(tempos) for tempos in (texts, planned)]
    if None in counts or counts[0] == counts[1]:
        return None
    return CONTRADICTS, "the text gives another number of intakes a day than the structure"


def _sum_of_days(tempos: Sequence[tuple[str, int] | None]) -> int | None:
    counts = [tempo[1] for tempo in tempos if tempo is not None and tempo[0] == "day"]
    return sum(counts) if len(counts) == len(tempos) else None


def _of_tempo(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    tempo = tempo_of(phase)
    planned = [found for found in map(tempo_of, stated) if found is not None]
    frequency = phase.rhythm.frequency
    if frequency and (frequency.times_high or frequency.period_high):
        highs = [one.rhythm.frequency for one in stated if one.rhythm.frequency]
        if not any(high.times_high or high.period_high for high in highs):
            return CONTRADICTS, "the text gives a range of frequencies"
    if tempo is None or not planned or _is_total(phase, stated):
        return None
    if tempo[0] == "day" and any(found[0] == "day" for found in planned):
        return None
    if phase.rhythm.weekdays or (tempo == ("day", 1) and _has_weekdays(stated)):
        return None
    if any(same_tempo(tempo, found) for found in planned):
        return None
    if tempo[0] == "day" and not phase.rhythm.frequency and _only_places(planned):
        return None
    return CONTRADICTS, "the text gives another frequency than the structure"


def _has_weekdays(stated: Sequence[Phase]) -> bool:
    return any(phase.rhythm.weekdays for phase in stated)


def _only_places(planned: Sequence[tuple[str, int]]) -> bool:
    """Moments in a text name the hour of rarer intakes too: `on Mondays, in the morning`."""
    return all(found[0] in ("days", "week", "weeks", "months") for found in planned)


def _of_moments(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    parts = parts_of(phase)
    named = frozenset(part for one in stated for part in parts_of(one))
    clocks = {clock for one in stated for clock in one.times.clock}
    if not parts:
        return None
    if not named:
        if any(one.times.moments for one in stated):
            return UNREAD, "the text names moments and the structure meals that it does not name"
        return ADDS, "the text names moments of the day and the structure names none"
    if any(map(says_bedtime, (phase, *stated))) and {"evening", "night"} & named:
        parts -= {"evening", "night"}
    if not parts <= named or (clocks and not set(phase.times.clock) <= clocks):
        return CONTRADICTS, "the text gives other times of the day than the structure"
    return None


def _of_weekdays(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    said = set(phase.rhythm.weekdays)
    named = {day for one in stated for day in one.rhythm.weekdays}
    if not said or said == named:
        return None
    if not named:
        return ADDS, "the text names weekdays and the structure names none"
    if len(stated) > 1 and said <= named:
        return None
    return CONTRADICTS, "the text names other weekdays than the structure"


def _of_length(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    length = phase.bounds.duration
    if length is None:
        return None
    if phase.bounds.duration_high is not None:
        return ADDS, "the text gives a range for the length of the treatment"
    if length.unit in _SHORT:
        lasting = any(one.intake_lasts == length for one in stated)
        return None if lasting else (UNREAD, "the text says how long one intake lasts")
    same = [
        same_length(length, one.bounds) for one in stated if not one.as_needed or len(stated) == 1
    ]
    if any(same):
        return None
    if any(outcome is False for outcome in same):
        return CONTRADICTS, "the text gives another length of treatment than the structure"
    if any(one.bounds.count for one in stated):
        return UNREAD, "the text gives a length and the structure a number of intakes"
    return ADDS, "the text gives a length of treatment and the structure gives none"


def _of_end(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    end = phase.bounds.end
    if end is None:
        return None
    ends = [day for one in stated for day in ends_of(one.bounds)]
    if not ends:
        return _of_days(phase, stated)
    if end.isoformat()[:10] in ends:
        return None
    return CONTRADICTS, "the text gives another end than the structure"


def _of_days(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """A first and a last day in the text against a length in the structure."""
    start, end = phase.bounds.start, phase.bounds.end
    lengths = [one.bounds for one in stated if one.bounds.duration is not None]
    if start is None or end is None or not lengths:
        return ADDS, "the text gives an end and the structure gives none"
    days = Decimal((end.toordinal() - start.toordinal()) + 1)
    said = Duration(value=days, unit=PeriodUnit.DAY)
    if any(same_length(said, bounds) for bounds in lengths):
        return None
    return CONTRADICTS, "the text gives another length of treatment than the structure"


def _of_start(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    start = phase.bounds.start
    if start is None:
        return None
    starts = [one.bounds.start for one in stated if one.bounds.start is not None]
    if not starts:
        return UNREAD, "the text gives a start and the structure gives none"
    if any(str(other)[:10] == start.isoformat()[:10] for other in starts):
        return None
    return CONTRADICTS, "the text gives another start than the structure"


def _of_condition(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    if phase.as_needed and not any(one.as_needed for one in stated):
        return ADDS, "the text gives a condition and the structure gives none"
    return None


def _of_cycle(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    cycle = phase.rhythm.cycle
    if cycle is None or any(one.rhythm.cycle == cycle for one in stated):
        return None
    days = {day for one in stated for day in one.rhythm.weekdays}
    if days and (cycle.days_on, cycle.days_off) == (len(days), len(Weekday) - len(days)):
        return None
    return ADDS, "the text gives a cycle of days and the structure does not"
