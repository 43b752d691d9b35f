"""How long one intake lasts by the words, against its length and the time to the next."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.posology.comparison.difference import CONTRADICTS, UNREAD, Difference
from engine.posology.comparison.rates import counts_patches
from engine.posology.comparison.tempo import tempo_of
from engine.posology.text.forms import unit_of
from engine.posology.text.lexicon import folded
from schemas.posology import Phase
from schemas.quantity import Duration, PeriodUnit

_HOUR, _DAY = Decimal(60), Decimal(1440)
_MINUTES = {PeriodUnit.MINUTE: Decimal(1), PeriodUnit.HOUR: _HOUR, PeriodUnit.DAY: _DAY}
"""Lengths are compared in minutes: a minute is no decimal number of hours."""
_DAYS_A_WEEK = 7
_LENGTH = re.compile(r"(?P<value>\d+(?:\.\d+)?) (?P<unit>[a-z]+)")


def of_lasting(phase: Phase, stated: Sequence[Phase]) -> Difference | None:
    """A patch of 72 hours is worn until the next: one for each day contradicts it."""
    said = phase.intake_lasts
    if said is None:
        return None
    lasts, gaps = _minutes(said), set(_gaps(stated))
    lengths = {_minutes(one.intake_lasts) for one in stated if one.intake_lasts}
    if lasts in lengths | gaps | {_minutes(length) for length in _lengths_of_rates(stated)}:
        return None
    if lengths:
        return CONTRADICTS, "the text gives another length of one intake than the structure"
    if lasts is not None and gaps and lasts > max(gaps) and counts_patches((phase, *stated)):
        return CONTRADICTS, "one intake of the text lasts longer than the time to the next"
    if lasts == _DAY and min(gaps, default=lasts) < _DAY:
        return None  # `4 fois sur 24 heures` says of what the times are
    return UNREAD, "the text says how long one intake lasts"


def _lengths_of_rates(stated: Sequence[Phase]) -> Iterator[Duration]:
    """`4 g / 20 min`, `20 min`: what the sender's rate says of the length of one intake."""
    for rate in (one.dose.rate for one in stated if one.dose and one.dose.rate):
        found = _LENGTH.fullmatch(folded(rate.rpartition("/")[2].strip()))
        unit = unit_of(found["unit"]) if found else None
        if found is not None and unit is not None:
            yield Duration(value=Decimal(found["value"]), unit=unit)


def _minutes(length: Duration) -> Decimal | None:
    each = _MINUTES.get(length.unit)
    return None if each is None else length.value * each


def _gaps(stated: Sequence[Phase]) -> Iterator[Decimal]:
    """The minutes between two intakes, where the structure says how often."""
    for one in stated:
        match tempo_of(one):
            case ("day", number) if number:
                yield _DAY / number
            case ("hours", hours):
                yield hours * _HOUR
            case ("days", days):
                yield days * _DAY
            case ("week", number) if number:
                yield _DAYS_A_WEEK * _DAY / number
            case ("weeks", weeks):
                yield weeks * _DAYS_A_WEEK * _DAY
