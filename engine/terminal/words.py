"""A schedule in words, for people who check it against the prescription."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.language import Say
from schemas.base import plain_decimal
from schemas.moment import Moment
from schemas.organiser import Placement
from schemas.people import IdentifierKind, Organization, Patient, Practitioner
from schemas.posology import Weekday
from schemas.quantity import Quantity
from schemas.schedule import (
    AtInstants,
    EveryDays,
    EveryHours,
    InCycle,
    OnDates,
    OnMonthDays,
    OnWeekdays,
    Rule,
    Slot,
    Step,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def quantity_words(quantity: Quantity | None, say: Say) -> str:
    """`2 comprimés` as the sender wrote it; a missing dose is said, never left blank."""
    if quantity is None:
        return say("dose not stated")
    return " ".join(filter(None, (plain_decimal(quantity.value), quantity.unit_label)))


def moment_words(moment: Moment, say: Say) -> str:
    """The moment in the language of the reader: `before breakfast`."""
    return say(moment.name.replace("_", " ").lower())


def weekday_words(weekday: Weekday, say: Say) -> str:
    """The name of a weekday."""
    return say(WEEKDAYS[weekday.number])


def slot_words(slot: Slot, say: Say) -> str:
    """A moment with its offset, or a time of the clock."""
    if slot.wall_time is not None:
        return f"{slot.wall_time:%H:%M}"
    moment = moment_words(slot.moment, say) if slot.moment else ""
    return f"{moment} ({slot.offset_minutes} min)" if slot.offset_minutes else moment


def step_words(step: Step, zone: ZoneInfo, say: Say) -> str:
    """`1 comprimé: matin, soir; tous les jours; du 2024-03-01 au 2024-03-10`."""
    slots = ", ".join(slot_words(slot, say) for slot in step.slots)
    what = quantity_words(step.quantity, say) + (f": {slots}" if slots else "")
    return "; ".join((what, rule_words(step.rule, zone, say), *_bounds_words(step, zone, say)))


def rule_words(rule: Rule, zone: ZoneInfo, say: Say) -> str:
    """Which days or instants a rule gives."""
    match rule:
        case EveryDays(every=1):
            return say("every day")
        case EveryDays():
            return say("every {every} days from {anchor}").format(
                every=rule.every, anchor=rule.anchor
            )
        case OnWeekdays():
            days = ", ".join(weekday_words(day, say) for day in rule.weekdays)
            if rule.every == 1:
                return days
            return say("{days}, every {every} weeks").format(days=days, every=rule.every)
        case OnMonthDays():
            days = ", ".join(map(str, rule.days))
            if rule.every == 1:
                return say("day {days} of every month").format(days=days)
            return say("day {days} of the month, every {every} months").format(
                days=days, every=rule.every
            )
        case InCycle():
            return say("{on} days on, {off} days off, from {anchor}").format(
                on=rule.days_on, off=rule.days_off, anchor=rule.anchor
            )
        case OnDates():
            return ", ".join(day.isoformat() for day in rule.dates)
        case EveryHours():
            return say("every {hours} hours from {first}").format(
                hours=plain_decimal(rule.hours), first=instant_words(rule.first, zone)
            )
        case AtInstants():
            return ", ".join(instant_words(instant, zone) for instant in rule.instants)


def _bounds_words(step: Step, zone: ZoneInfo, say: Say) -> Iterable[str]:
    yield say("from {start}").format(start=instant_words(step.start, zone))
    if step.end is not None:
        text = say("to {end} included") if step.end_included else say("before {end}")
        yield text.format(end=instant_words(step.end, zone))
    if step.count is not None:
        yield say("{count} intakes").format(count=step.count)


def instant_words(instant: datetime, zone: ZoneInfo) -> str:
    """The day alone at midnight, else the day and the time, on the clock of the site."""
    local = instant.astimezone(zone)
    return (
        f"{local:%Y-%m-%d}" if (local.hour, local.minute) == (0, 0) else f"{local:%Y-%m-%d %H:%M}"
    )


def place_words(placement: Placement, say: Say) -> str:
    """Where a line lies, and each reason why it, or a part of it, stays beside."""
    reasons = (f"- {say(reason.sentence)}" for reason in placement.reasons)
    return "\n".join([say(placement.place.value), *reasons])


def patient_words(patient: Patient | None, say: Say) -> str:
    """The names, the birth date and the identifiers, as sent."""
    if patient is None:
        return say("not stated")
    names = " ".join(filter(None, (patient.birth_name or patient.used_name, *patient.given_names)))
    born = say("born {day}").format(day=patient.birth_date) if patient.birth_date else None
    identifiers = (
        f"{'' if each.kind is IdentifierKind.OTHER else each.kind.value + ' '}{each.value}"
        for each in patient.identifiers
    )
    return ", ".join(filter(None, (names, born, *identifiers))) or say("not stated")


def practitioner_words(person: Practitioner | None, say: Say) -> str:
    """The name and the identifiers of a professional, as sent."""
    if person is None:
        return say("not stated")
    name = " ".join(filter(None, (person.given_name, person.family_name)))
    return ", ".join(filter(None, (name, *(i.value for i in person.identifiers)))) or say(
        "not stated"
    )


def organization_words(place: Organization | None, say: Say) -> str:
    """The name and the identifiers of an establishment, as sent."""
    if place is None:
        return say("not stated")
    return ", ".join(filter(None, (place.name, *(i.value for i in place.identifiers)))) or say(
        "not stated"
    )
