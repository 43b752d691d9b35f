"""A maximum or a gap in the words of a text against the limits of a structure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.posology.text.lexicon import folded, number_of, number_pattern
from schemas.posology import Limits, Phase
from schemas.quantity import Duration, PeriodUnit

_BETWEEN = re.compile(r"(?:entre|between) \w+ (?:prises?|doses?|applications?)|par prise|/ ?prise")
_HOURS = {PeriodUnit.HOUR: 1, PeriodUnit.DAY: 24, PeriodUnit.WEEK: 168}
_MINUTES_AN_HOUR = 60


def is_within(said: str, stated: Sequence[Phase]) -> bool:
    """Whether each number of the words is one of the limits of the structure."""
    limits = [one.limits for one in stated if one.limits != Limits()]
    gaps = [one.rhythm.frequency for one in stated if one.rhythm.frequency]
    words = _BETWEEN.sub(" ", folded(said))
    numbers = [number_of(found) for found in re.findall(number_pattern(), words)]
    known = {number.normalize() for one in limits for number in _numbers(one)}
    known |= {
        hours.normalize()
        for gap in gaps
        if gap.times is None
        for hours in (gap.period, gap.period_high)
        if hours is not None
    }
    return bool(limits) and all(
        number is not None and number.normalize() in known for number in numbers
    )


def _numbers(limits: Limits) -> Iterator[Decimal]:
    for ratio in limits.per_period:
        yield ratio.amount.value
        yield from _of_length(ratio.period)
    for amount in (limits.per_intake, limits.per_lifetime):
        if amount is not None:
            yield amount.value
    if limits.minimum_gap is not None:
        yield from _of_length(limits.minimum_gap)


def _of_length(length: Duration) -> Iterator[Decimal]:
    """The number as stated, and the same length in hours and in days: 24 h is 1 day."""
    yield length.value
    hours = length.value * _HOURS.get(length.unit, 0)
    if length.unit is PeriodUnit.MINUTE:
        hours = length.value / _MINUTES_AN_HOUR
    yield from (hours, hours / _HOURS[PeriodUnit.DAY])
