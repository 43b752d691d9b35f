"""What is taken as needed in French words, for the free text of formats without a field for it."""

from collections.abc import Iterator
from datetime import datetime

from schemas.base import DateOrInstant, plain_decimal
from schemas.posology import Bounds, Dose, Frequency, Limits, Rhythm, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity

_UNITS = {
    PeriodUnit.SECOND: "seconde(s)",
    PeriodUnit.MINUTE: "minute(s)",
    PeriodUnit.HOUR: "heure(s)",
    PeriodUnit.DAY: "jour(s)",
    PeriodUnit.WEEK: "semaine(s)",
    PeriodUnit.MONTH: "mois",
    PeriodUnit.YEAR: "an(s)",
}
_DAYS = dict(
    zip(
        Weekday,
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        strict=True,
    )
)


def amount_words(amount: Quantity) -> str:
    """`2 comprimé`, the unit as it was sent."""
    return f"{plain_decimal(amount.value)} {amount.unit_label or ''}".strip()


def dose_words(dose: Dose) -> str:
    """`1 à 2 comprimé`; a dose by time as it was sent."""
    low, high = dose.low, dose.high
    if low is not None and high is not None and low != high:
        same = low.unit_label == high.unit_label
        said = f"{plain_decimal(low.value) if same else amount_words(low)} à {amount_words(high)}"
    elif low is not None:
        said = amount_words(low) if high is not None else f"au moins {amount_words(low)}"
    else:
        said = f"au plus {amount_words(high)}" if high is not None else ""
    return " ".join(filter(None, (said, dose.rate)))


def length_words(length: Duration) -> str:
    """`5 jour(s)`."""
    return f"{plain_decimal(length.value)} {_UNITS[length.unit]}"


def rhythm_words(rhythm: Rhythm) -> Iterator[str]:
    """On which days, and how often."""
    if rhythm.cycle is not None:
        yield f"{rhythm.cycle.days_on} jour(s) avec, {rhythm.cycle.days_off} jour(s) sans"
    if rhythm.weekdays:
        yield ", ".join(_DAYS[day] for day in rhythm.weekdays)
    if rhythm.month_days:
        yield f"le {', '.join(map(str, rhythm.month_days))} du mois"
    if rhythm.dates:
        yield ", ".join(_day(at) for at in rhythm.dates)
    if rhythm.frequency is not None:
        yield _often(rhythm.frequency)


def _often(frequency: Frequency) -> str:
    """`1 fois en 4 à 6 heure(s)`; what is not stated is a question mark."""
    period = _between(
        plain_decimal(frequency.period) if frequency.period is not None else None,
        plain_decimal(frequency.period_high) if frequency.period_high is not None else None,
    )
    times = _between(
        str(frequency.times) if frequency.times is not None else None,
        str(frequency.times_high) if frequency.times_high is not None else None,
    )
    return f"{times} fois en {period} {_UNITS[frequency.unit] if frequency.unit else '?'}"


def _between(low: str | None, high: str | None) -> str:
    if low is None:
        return f"au plus {high}" if high is not None else "?"
    return f"{low} à {high}" if high is not None and high != low else low


def bounds_words(bounds: Bounds) -> Iterator[str]:
    """From when, how long, until when, how many times."""
    if bounds.start is not None:
        yield f"à partir du {_day(bounds.start)}"
    low, high = bounds.duration, bounds.duration_high
    if low is not None or high is not None:
        lengths = (length_words(one) if one is not None else None for one in (low, high))
        yield f"pendant {_between(*lengths)}"
    if bounds.end is not None:
        end = _day(bounds.end)
        yield f"jusqu'au {end} inclus" if bounds.end_included else f"avant le {end}"
    least, most = bounds.count, bounds.count_high
    if least is not None or most is not None:
        counts = (str(one) if one is not None else None for one in (least, most))
        yield f"{_between(*counts)} prise(s) en tout"


def _day(stated: DateOrInstant) -> str:
    """A day; an instant with its own offset."""
    return stated.isoformat(" ", "minutes") if isinstance(stated, datetime) else stated.isoformat()


def limits_words(limits: Limits) -> Iterator[str]:
    """Every maximum, and the least time between two intakes."""
    for ratio in limits.per_period:
        yield f"au plus {amount_words(ratio.amount)} en {length_words(ratio.period)}"
    if limits.per_intake is not None:
        yield f"au plus {amount_words(limits.per_intake)} en une prise"
    if limits.per_lifetime is not None:
        yield f"au plus {amount_words(limits.per_lifetime)} dans toute la vie"
    if limits.minimum_gap is not None:
        yield f"au moins {length_words(limits.minimum_gap)} entre deux prises"
