"""How one reading of a text differs from a structure: dose, rhythm, times, bounds, condition.

A text that is silent on something agrees with whatever the structure says of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.posology.comparison.amounts import Strengths
from engine.posology.comparison.bounds import of_bounds
from engine.posology.comparison.difference import ADDS, UNREAD, Difference
from engine.posology.comparison.doses import of_dose
from engine.posology.comparison.lasting import of_lasting
from engine.posology.comparison.rhythms import of_count, of_cycle, of_tempo, of_weekdays
from engine.posology.comparison.tempo import tempo_of
from engine.posology.comparison.times import of_meals, of_times, parts_of
from schemas.posology import Phase

STEPS: Difference = (ADDS, "the text has another number of steps than the structure")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the phases: the product's strengths, and what the text leaves out.

    `spares_days`: the text names days without an intake, and the structure leaves out the same.
    """

    strengths: Strengths = ()
    spares_days: bool = False


def differences(
    said: Sequence[Phase], stated: Sequence[Phase], beside: Beside = Beside()
) -> list[Difference]:
    """The differences of one reading, level by level where both have as many.

    A text of one step may describe each of several alike; where it describes only some of them
    the structure has steps that the text does not.
    """
    texts, levels = _levels(_without_none(said, stated)), _levels(stated)
    if not texts:
        return []
    if len(texts) == len(levels):
        pairs = zip(texts, levels, strict=True)
        return [one for text, level in pairs for one in _of_level(text, level, beside)]
    if len(texts) > 1:
        return [STEPS]
    found = [_of_level(texts[0], level, beside) for level in levels]
    mildest = min(found, key=len)
    return [STEPS] if any(found) and not mildest else mildest


def _without_none(said: Sequence[Phase], stated: Sequence[Phase]) -> Sequence[Phase]:
    """`1 matin, 0 midi`: a dose of nothing is none, unless the structure states one too."""
    if any(map(_is_none, stated)):
        return said
    return [one for one in said if not _is_none(one)]


def _is_none(phase: Phase) -> bool:
    exact = phase.dose.exact if phase.dose else None
    return exact is not None and not exact.value


def _levels(phases: Sequence[Phase]) -> list[tuple[Phase, ...]]:
    numbers = sorted({phase.sequence or 0 for phase in phases})
    return [tuple(p for p in phases if (p.sequence or 0) == number) for number in numbers]


def _of_level(said: Sequence[Phase], stated: Sequence[Phase], beside: Beside) -> list[Difference]:
    found = [of_count(said, stated), _of_untimed(said)]
    for phase in said:
        same_days = _of_the_same_days(phase, stated)
        found += [
            of_dose(phase, _of_the_same_times(phase, same_days), stated, beside.strengths),
            of_tempo(phase, stated, spares_days=beside.spares_days),
            of_times(phase, same_days),
            of_meals(phase, same_days),
            of_weekdays(phase, stated),
            *of_bounds(phase, stated),
            of_lasting(phase, stated),
            _of_condition(phase, stated),
            of_cycle(phase, stated),
        ]
    return [difference for difference in found if difference is not None]


def _of_the_same_days(phase: Phase, stated: Sequence[Phase]) -> Sequence[Phase]:
    """The phases of the weekdays that the text names; all of them where none is of those."""
    days = set(phase.rhythm.weekdays)
    return [one for one in stated if days & set(one.rhythm.weekdays)] or stated


def _of_the_same_times(phase: Phase, stated: Sequence[Phase]) -> Sequence[Phase]:
    """The phases of the hours that the text names, else of the parts of the day."""
    clock, parts = set(phase.times.clock), parts_of(phase)
    at_the_hour = [one for one in stated if clock & set(one.times.clock)]
    return at_the_hour or [one for one in stated if parts & parts_of(one)] or stated


def _of_untimed(said: Sequence[Phase]) -> Difference | None:
    """`1 cp le matin et 1 cp`: an amount without a time beside one that has it."""
    tempos = [tempo_of(one) for one in said if one.dose is not None]
    if None in tempos and any(tempos):
        return UNREAD, "the text gives an amount without its time"
    return None


def _of_condition(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    if phase.as_needed and not any(one.as_needed for one in stated):
        return ADDS, "the text gives a condition and the structure gives none"
    return None
