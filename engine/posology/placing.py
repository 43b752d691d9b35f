"""A shape at its start: the dated rule of a step, or the doubt about its first day."""

from datetime import date, time
from decimal import Decimal

from engine.posology.clock import wall_of, zone_named
from engine.posology.doubts import Doubts
from engine.posology.shape import Kind, Shape, instants_of
from engine.posology.slots import time_in_day
from engine.posology.span import Start
from schemas.finding import FindingCode
from schemas.posology import Phase, Weekday
from schemas.schedule import (
    AtInstants,
    EveryDays,
    EveryHours,
    InCycle,
    OnDates,
    OnMonthDays,
    OnWeekdays,
    Rule,
)
from schemas.site import Site

_WEEK = 7
_LAST_SURE_DAY = 28


def rule_at(shape: Shape, phase: Phase, start: Start, site: Site, doubts: Doubts) -> Rule | None:
    """The rule of a shape that begins at `start`, or `None` when a doubt stops it.

    Day 0 of a rhythm of several days is the local day of the start. When its first slot is
    already past, the day may also be the next one: the two readings part for ever.
    """
    wall = wall_of(start.at, zone_named(site.zone))
    anchor = wall.date()
    if _needs_anchor(shape) and _first_slot(shape, site) < wall.time():
        rule = "the first moment of the first day is already past: its anchor is uncertain"
        doubts.say(FindingCode.ANCHOR_UNCERTAIN, rule)
        return None
    match shape.kind:
        case Kind.DAYS:
            return EveryDays(every=shape.every, anchor=anchor)
        case Kind.WEEKS:
            return _weekly(shape, anchor, doubts)
        case Kind.WEEKDAYS:
            return _on_weekdays(shape, anchor, doubts)
        case Kind.MONTHS:
            return _monthly(shape, anchor, doubts)
        case Kind.MONTH_DAYS:
            return _on_month_days(shape, anchor, doubts)
        case Kind.CYCLE if shape.cycle is not None:
            return InCycle(
                days_on=shape.cycle.days_on, days_off=shape.cycle.days_off, anchor=anchor
            )
        case Kind.HOURS:
            return _hourly(shape, start, doubts)
        case Kind.INSTANTS:
            return AtInstants(instants=instants_of(phase))
        case _:
            return OnDates(dates=shape.dates)


def _needs_anchor(shape: Shape) -> bool:
    if shape.kind in (Kind.WEEKS, Kind.MONTHS, Kind.CYCLE):
        return True
    return shape.kind in (Kind.DAYS, Kind.WEEKDAYS) and shape.every > 1


def _first_slot(shape: Shape, site: Site) -> time:
    return min((time_in_day(slot, site) for slot in shape.slots), default=time.max)


def _weekly(shape: Shape, anchor: date, doubts: Doubts) -> Rule:
    day = tuple(Weekday)[anchor.weekday()]
    rule = "no weekday is stated: it is that of the start"
    doubts.say(FindingCode.WEEKDAY_FROM_START, rule, day)
    return EveryDays(every=_WEEK * shape.every, anchor=anchor)


def _on_weekdays(shape: Shape, anchor: date, doubts: Doubts) -> Rule | None:
    if shape.every > 1 and anchor.weekday() not in {day.number for day in shape.weekdays}:
        rule = "a rhythm of several weeks starts on a day that is not one of its own"
        doubts.say(FindingCode.ANCHOR_UNCERTAIN, rule)
        return None
    return OnWeekdays(weekdays=shape.weekdays, every=shape.every, anchor=anchor)


def _monthly(shape: Shape, anchor: date, doubts: Doubts) -> Rule | None:
    if anchor.day > _LAST_SURE_DAY:
        rule = "the start is a day of the month that not every month has"
        doubts.say(FindingCode.MONTH_DAY_MISSING, rule, anchor.day)
        return None
    return OnMonthDays(days=(anchor.day,), every=shape.every, anchor=anchor)


def _on_month_days(shape: Shape, anchor: date, doubts: Doubts) -> Rule | None:
    if shape.every > 1 and anchor.day not in shape.month_days:
        rule = "a rhythm of several months starts on a day that is not one of its own"
        doubts.say(FindingCode.ANCHOR_UNCERTAIN, rule)
        return None
    return OnMonthDays(days=shape.month_days, every=shape.every, anchor=anchor)


def _hourly(shape: Shape, start: Start, doubts: Doubts) -> Rule | None:
    if not start.has_clock:
        rule = "an interval of hours needs the time of its first dose"
        doubts.say(FindingCode.START_MISSING, rule)
        return None
    return EveryHours(hours=Decimal(shape.every), first=start.at)
