"""The cells of an offer in words: days, intakes, start, end and condition."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.language import Say
from engine.terminal.words import quantity_words, slot_words, weekday_words
from schemas.base import DateOrInstant, plain_decimal
from schemas.offer import Condition, Content, Days, DoseAt, Ends, Starts
from schemas.posology import Frequency, Rhythm
from schemas.quantity import Duration, PeriodUnit


def content_words(holds: Content, zone: ZoneInfo, say: Say) -> str:
    """What a cell states: `tous les jours`, `matin : 1 comprimé`, `pendant 7 jours`."""
    match holds:
        case Days():
            return rhythm_words(holds.rhythm, say)
        case DoseAt():
            return f"{place_words(holds, say)}: {quantity_words(holds.quantity, say)}"
        case Starts():
            return say("from {start}").format(start=when_words(holds.start, zone))
        case Ends():
            return end_words(holds, zone, say)
        case Condition():
            return say("as needed:") + " " + "; ".join(holds.reasons)


def place_words(dose: DoseAt, say: Say) -> str:
    """The place of an intake within its day."""
    return slot_words(dose.place, say) if dose.place else say("no moment stated")


def rhythm_words(rhythm: Rhythm, say: Say) -> str:
    """On which days; a frequency that names no days is said as it stands."""
    parts = []
    if rhythm.cycle is not None:
        parts.append(
            say("{on} days on, {off} days off").format(
                on=rhythm.cycle.days_on, off=rhythm.cycle.days_off
            )
        )
    if rhythm.weekdays:
        parts.append(", ".join(weekday_words(day, say) for day in rhythm.weekdays))
    if rhythm.month_days:
        parts.append(
            say("day {days} of every month").format(days=", ".join(map(str, rhythm.month_days)))
        )
    parts += [str(day) for day in rhythm.dates]
    if rhythm.frequency is not None:
        parts.append(frequency_words(rhythm.frequency, say))
    return "; ".join(parts) or say("every day")


def frequency_words(frequency: Frequency, say: Say) -> str:
    """`tous les 2 jours`, `3 à 4 fois en 1 semaine`."""
    unit = unit_words(frequency.unit, say) if frequency.unit else "?"
    period = plain_decimal(frequency.period) if frequency.period is not None else "?"
    if frequency.period_high is not None:
        period += f"-{plain_decimal(frequency.period_high)}"
    if frequency.times is None and frequency.times_high is not None:
        most = say("at most {times} times in {period} {unit}")
        return most.format(times=frequency.times_high, period=period, unit=unit)
    if frequency.times is None or (frequency.times == 1 and frequency.times_high is None):
        return say("once in {period} {unit}").format(period=period, unit=unit)
    times = str(frequency.times)
    if frequency.times_high is not None:
        times += f"-{frequency.times_high}"
    return say("{times} times in {period} {unit}").format(times=times, period=period, unit=unit)


def unit_words(unit: PeriodUnit, say: Say) -> str:
    """A unit of time."""
    match unit:
        case PeriodUnit.SECOND:
            return say("second(s)")
        case PeriodUnit.MINUTE:
            return say("minute(s)")
        case PeriodUnit.HOUR:
            return say("hour(s)")
        case PeriodUnit.DAY:
            return say("day(s)")
        case PeriodUnit.WEEK:
            return say("week(s)")
        case PeriodUnit.MONTH:
            return say("month(s)")
        case PeriodUnit.YEAR:
            return say("year(s)")


def end_words(ends: Ends, zone: ZoneInfo, say: Say) -> str:
    """A last day, a length, or that there is neither."""
    parts = []
    if ends.duration is not None:
        parts.append(say("for {length}").format(length=length_words(ends.duration, say)))
    if ends.end is not None:
        text = say("to {end} included") if ends.end_included else say("before {end}")
        parts.append(text.format(end=when_words(ends.end, zone)))
    return "; ".join(parts) or say("without a stated end")


def length_words(length: Duration, say: Say) -> str:
    """A length of time."""
    return f"{plain_decimal(length.value)} {unit_words(length.unit, say)}"


def when_words(stated: DateOrInstant, zone: ZoneInfo) -> str:
    """A day, or a day and an hour on the clock of the site."""
    if isinstance(stated, datetime):
        return f"{stated.astimezone(zone):%Y-%m-%d %H:%M}"
    return date.isoformat(stated)
