"""A phase that was read from a text, in one line that a person can write by hand."""

from collections.abc import Iterator
from decimal import Decimal

from engine.posology.text.lexicon import words_of
from schemas.finding import FindingCode
from schemas.moment import MomentTime
from schemas.posology import Bounds, Dose, Frequency, Phase


def in_words(phase: Phase) -> str:
    """`1 tablet; MORN, EVE; 7 d`: dose, rhythm, days, times, length, what else holds.

    The unit is that of the table of dose units. `3 in 1 d` is three a day, `each 1 d` every day
    without a number. A numbered phase begins with its step.
    """
    return "; ".join(part for part in _parts(phase) if part)


def _parts(phase: Phase) -> Iterator[str]:
    yield f"step {phase.sequence}" if phase.sequence is not None else ""
    yield _dose(phase.dose)
    total = any(finding.code is FindingCode.DOSE_TOTAL for finding in phase.findings)
    yield "of one intake or of all" if total else ""
    yield _frequency(phase.rhythm.frequency)
    yield ", ".join(day.value for day in phase.rhythm.weekdays)
    cycle = phase.rhythm.cycle
    yield f"{cycle.days_on} d on, {cycle.days_off} d off" if cycle else ""
    yield ", ".join(map(_moment, phase.times.moments))
    yield ", ".join(f"{clock:%H:%M}" for clock in phase.times.clock)
    yield from _bounds(phase.bounds)
    lasts = phase.intake_lasts
    yield f"lasts {_plain(lasts.value)} {lasts.unit.value}" if lasts else ""
    yield "as needed" if phase.as_needed else ""


def _dose(dose: Dose | None) -> str:
    if dose is None or dose.low is None or dose.high is None:
        return ""
    unit = words_of("dose_units").get(dose.low.unit or "", dose.low.unit)
    return " ".join(filter(None, (_range(dose.low.value, dose.high.value), unit)))


def _frequency(stated: Frequency | None) -> str:
    if stated is None or stated.period is None or stated.unit is None:
        return ""
    period = f"{_range(stated.period, stated.period_high)} {stated.unit.value}"
    if stated.times is None:
        return f"each {period}"
    most = None if stated.times_high is None else Decimal(stated.times_high)
    return f"{_range(Decimal(stated.times), most)} in {period}"


def _moment(stated: MomentTime) -> str:
    offset = "" if stated.offset_minutes is None else f" {stated.offset_minutes} min"
    return f"{stated.moment}{offset}"


def _bounds(bounds: Bounds) -> Iterator[str]:
    length, most = bounds.duration, bounds.duration_high
    if length is not None:
        yield f"{_range(length.value, most.value if most else None)} {length.unit.value}"
    yield f"from {bounds.start}" if bounds.start is not None else ""
    yield f"until {bounds.end}" if bounds.end is not None else ""


def _range(low: Decimal, high: Decimal | None) -> str:
    return _plain(low) if high in (None, low) else f"{_plain(low)}-{_plain(high or low)}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
