"""What is taken as needed, in words: how much, how often, when, how long and at most how much.

It is planned nowhere, so these words are all that a pharmacist and a nurse see of it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.language import Say
from engine.terminal.interpret_words import length_words, rhythm_words
from engine.terminal.words import instant_words, quantity_words, slot_words, step_words
from schemas.base import DateOrInstant
from schemas.posology import Bounds, Dose, Limits, Rhythm, Times
from schemas.schedule import AsNeeded, DoseSchedule, Slot


def schedule_words(schedule: DoseSchedule, say: Say) -> Iterable[str]:
    """One text a step, then one for each dose that is taken as needed."""
    zone = ZoneInfo(schedule.zone)
    for step in schedule.steps:
        yield step_words(step, zone, say)
    for each in schedule.as_needed:
        yield as_needed_words(each, say, zone)


def as_needed_words(needed: AsNeeded, say: Say, zone: ZoneInfo | None = None) -> str:
    """`si besoin : 1 à 2 comprimé douleur; une fois tous les 4-6 heure(s); pendant 5 jour(s)`.

    Last stand the words of the sender. Without `zone` an instant shows its own offset.
    """
    dose = [dose_words(needed.dose, say)] if needed.dose else []
    parts = [" ".join([say("as needed:"), *dose, *needed.reasons])]
    parts += _when(needed, say)
    parts += _bounds(needed.bounds, zone, say)
    if needed.intake_lasts is not None:
        length = length_words(needed.intake_lasts, say)
        parts.append(say("each intake lasts {length}").format(length=length))
    parts += _limits(needed.limits, say)
    return "; ".join([*parts, *filter(None, (needed.text, *needed.instructions))])


def dose_words(dose: Dose, say: Say) -> str:
    """`1 comprimé`, `1 à 2 comprimé`, `au plus 2 comprimé`, or a dose by time as it was sent."""
    if dose.rate is not None:
        amount = dose.low or dose.high
        return " ".join([*([quantity_words(amount, say)] if amount else []), dose.rate])
    low, high = quantity_words(dose.low, say), quantity_words(dose.high, say)
    if dose.low is not None and dose.high is not None:
        if dose.low == dose.high:
            return low
        if dose.low.unit_label == dose.high.unit_label and dose.low.unit_label is not None:
            low = low.removesuffix(f" {dose.low.unit_label}")
        return say("{low} to {high}").format(low=low, high=high)
    if dose.low is not None:
        return say("at least {amount}").format(amount=low)
    return say("at most {amount}").format(amount=high)


def _when(needed: AsNeeded, say: Say) -> Iterator[str]:
    if needed.rhythm != Rhythm():
        yield rhythm_words(needed.rhythm, say)
    if needed.times != Times():
        yield ", ".join(slot_words(slot, say) for slot in _slots(needed.times))
    code = needed.timing_code
    if code is not None:
        yield say("timing code {code}").format(code=code.display or code.code)


def _slots(times: Times) -> Iterator[Slot]:
    for place in times.moments:
        yield Slot(moment=place.moment, offset_minutes=place.offset_minutes)
    for wall_time in times.clock:
        yield Slot(wall_time=wall_time)


def _bounds(bounds: Bounds, zone: ZoneInfo | None, say: Say) -> Iterator[str]:
    if bounds.start is not None:
        yield say("from {start}").format(start=_day(bounds.start, zone))
    if bounds.duration is not None:
        length = length_words(bounds.duration, say)
        if bounds.duration_high is not None:
            high = length_words(bounds.duration_high, say)
            length = say("{low} to {high}").format(low=length, high=high)
        yield say("for {length}").format(length=length)
    elif bounds.duration_high is not None:
        length = say("at most {amount}").format(amount=length_words(bounds.duration_high, say))
        yield say("for {length}").format(length=length)
    if bounds.end is not None:
        text = say("to {end} included") if bounds.end_included else say("before {end}")
        yield text.format(end=_day(bounds.end, zone))
    counts = [str(count) for count in (bounds.count, bounds.count_high) if count is not None]
    if counts:
        yield say("{count} intakes").format(count="-".join(counts))


def _day(stated: DateOrInstant, zone: ZoneInfo | None) -> str:
    if not isinstance(stated, datetime):
        return stated.isoformat()
    return instant_words(stated, zone) if zone else stated.isoformat(" ", "minutes")


def _limits(limits: Limits, say: Say) -> Iterator[str]:
    for ratio in limits.per_period:
        yield say("at most {amount} in {length}").format(
            amount=quantity_words(ratio.amount, say), length=length_words(ratio.period, say)
        )
    if limits.per_intake is not None:
        yield say("at most {amount} at once").format(amount=quantity_words(limits.per_intake, say))
    if limits.per_lifetime is not None:
        amount = quantity_words(limits.per_lifetime, say)
        yield say("at most {amount} in a lifetime").format(amount=amount)
    if limits.minimum_gap is not None:
        length = length_words(limits.minimum_gap, say)
        yield say("at least {length} between two intakes").format(length=length)
