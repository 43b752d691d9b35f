"""What differs between two versions, in words: each change with what stood before and now."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from engine.language import Say
from engine.terminal.needed import as_needed_words
from engine.terminal.tables import table_of
from engine.terminal.words import (
    instant_words,
    quantity_words,
    rule_words,
    slot_words,
    weekday_words,
)
from schemas.quantity import Strength
from schemas.review import (
    ActionChanged,
    AnchorMoved,
    AsNeededChanged,
    ComputableChanged,
    CountChanged,
    CourseAdded,
    CourseRemoved,
    DaysChanged,
    DoseChanged,
    EndMoved,
    FieldChange,
    GapOpened,
    LineChange,
    ProductChanged,
    ScheduleChange,
    SlotAdded,
    SlotRemoved,
    StartMoved,
    StrengthChanged,
    WeekdaysChanged,
)
from schemas.schedule import Slot

Told = tuple[str, str, str]
"""What changed, how it was, how it is."""
_IN_TYPES = (".dose.", ".times.", ".rhythm.", ".bounds.")
"""Fields of a posology that the change of its schedule tells in words."""


def changes_table(changes: Sequence[LineChange], zone: ZoneInfo, say: Say) -> Table:
    """Line by line; the schedule in words first, then the other fields by their path."""
    table = table_of(
        say("Changes"), say("Change"), say("Product"), say("Field"), say("Before"), say("Now")
    )
    for change in changes:
        table.add_row(say(change.kind.value), Text(change.product), "", "", "")
        for told in change.changes:
            table.add_row("", "", *map(Text, change_words(told, zone, say)))
        for field in _other_fields(change):
            table.add_row("", "", Text(field.field), Text(field.old or ""), Text(field.new or ""))
    return table


def _other_fields(change: LineChange) -> Iterable[FieldChange]:
    for field in change.fields:
        told = change.changes and any(part in f"{field.field}." for part in _IN_TYPES)
        if not told:
            yield field


def change_words(change: ScheduleChange, zone: ZoneInfo, say: Say) -> Told:
    """One change: what, before, now."""
    match change:
        case DoseChanged() | SlotAdded() | SlotRemoved():
            return _of_slots(change, say)
        case StartMoved() | EndMoved() | CountChanged() | GapOpened():
            return _of_bounds(change, zone, say)
        case WeekdaysChanged() | DaysChanged() | AnchorMoved() | CourseAdded() | CourseRemoved():
            return _of_days(change, zone, say)
        case _:
            return _of_line(change, say)


def _of_slots(change: DoseChanged | SlotAdded | SlotRemoved, say: Say) -> Told:
    where = _slot(change.slot, say)
    match change:
        case DoseChanged():
            old, new = (quantity_words(dose, say) for dose in (change.old, change.new))
            return say("dose, {slot}").format(slot=where), old, new
        case SlotAdded():
            return (
                say("intake added, {slot}").format(slot=where),
                "",
                quantity_words(change.dose, say),
            )
        case SlotRemoved():
            return (
                say("intake removed, {slot}").format(slot=where),
                quantity_words(change.dose, say),
                "",
            )


def _slot(slot: Slot | None, say: Say) -> str:
    return slot_words(slot, say) if slot is not None else say("every intake")


def _of_bounds(
    change: StartMoved | EndMoved | CountChanged | GapOpened, zone: ZoneInfo, say: Say
) -> Told:
    match change:
        case StartMoved():
            return (
                say("beginning"),
                instant_words(change.old, zone),
                instant_words(change.new, zone),
            )
        case EndMoved():
            old, new = (
                instant_words(end, zone) if end is not None else say("without end")
                for end in (change.old, change.new)
            )
            return say("end"), old, new
        case CountChanged():
            old, new = (str(each) if each is not None else "" for each in (change.old, change.new))
            return say("number of intakes"), old, new
        case GapOpened():
            return say("days without treatment"), str(change.last), str(change.first)


def _of_days(
    change: WeekdaysChanged | DaysChanged | AnchorMoved | CourseAdded | CourseRemoved,
    zone: ZoneInfo,
    say: Say,
) -> Told:
    match change:
        case WeekdaysChanged():
            old, new = (
                ", ".join(weekday_words(day, say) for day in days)
                for days in (change.old, change.new)
            )
            return say("weekdays"), old, new
        case DaysChanged():
            old, new = (rule_words(rule, zone, say) for rule in (change.old, change.new))
            return say("days"), old, new
        case AnchorMoved():
            return say("first day of the rhythm"), str(change.old), str(change.new)
        case CourseAdded():
            return say("period added"), "", _course(change, zone, say)
        case CourseRemoved():
            return say("period removed"), _course(change, zone, say), ""


def _course(course: CourseAdded | CourseRemoved, zone: ZoneInfo, say: Say) -> str:
    days, start = rule_words(course.days, zone, say), instant_words(course.start, zone)
    words = [days, say("from {start}").format(start=start)]
    if course.end is not None:
        words.append(say("before {end}").format(end=instant_words(course.end, zone)))
    return "; ".join(words)


def _of_line(
    change: AsNeededChanged | ProductChanged | StrengthChanged | ActionChanged | ComputableChanged,
    say: Say,
) -> Told:
    match change:
        case AsNeededChanged():
            old, new = (
                "\n".join(as_needed_words(dose, say) for dose in doses)
                for doses in (change.old, change.new)
            )
            return say("as needed"), old, new
        case ProductChanged():
            return say("Product"), change.old, change.new
        case StrengthChanged():
            old, new = (_strengths(each, say) for each in (change.old, change.new))
            return say("strength"), old, new
        case ActionChanged():
            return say("Action"), say(change.old.value), say(change.new.value)
        case ComputableChanged():
            old, new = (
                say("computable") if each else say("not computable")
                for each in (change.old, change.new)
            )
            return say("Schedule"), old, new


def _strengths(strengths: Sequence[Strength], say: Say) -> str:
    return " + ".join(quantity_words(each.numerator, say) for each in strengths)
