"""The posology of a line: each element one phase, except those that only limit the others."""

from datetime import datetime

from connectors.pn13 import values
from connectors.pn13.leftovers import tell_unread_timing
from connectors.pn13.posology.dose import Dosing
from connectors.pn13.posology.events import ABSOLUTE, FIRST, LIMIT, SECOND, Event, read_event
from connectors.pn13.posology.frequency import DAILY, Pace, read_pace
from connectors.pn13.posology.limits import Ceiling, limited, read_ceiling
from connectors.pn13.posology.local import NO_TIMES
from connectors.pn13.product import Component
from connectors.pn13.tree import Cursor
from connectors.remarks import with_remarks
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.posology import Bounds, Dose, Phase, Posology, Rhythm, Times
from schemas.quantity import PeriodUnit

_HOURS_A_DAY = 24


def read_posology(line: Cursor, components: tuple[Component, ...]) -> Posology:
    """The posology of a line. A doubt about a phase stands on it, one about the bounds on the
    first; what belongs to no phase stays on the notebook, for the line.
    """
    notebook = line.notebook
    mark = notebook.mark()
    bounds = _bounds(line)
    doubts = notebook.collected(mark)
    dosing = Dosing(components)
    phases: list[Phase] = []
    ceilings: list[Ceiling] = []
    labels: list[str] = []
    for at in line.children("Elément_posologie"):
        mark = notebook.mark()
        events = _events(at, bounds.start)
        if events and all(event.kind == LIMIT for event in events):
            ceilings.extend(_ceilings(at, events, dosing))
            labels.extend(word for event in events for word in event.words)
            continue
        phase = _phase(at, bounds, events, dosing)
        own = (*(() if phases else doubts), *notebook.collected(mark))
        phases.append(phase.model_copy(update={"findings": own}))
    if not phases:
        for doubt in doubts:
            notebook.keep(doubt)
    text = line.take("Posologie", gives="posology.text")
    posology = Posology(
        phases=limited(line, tuple(phases), tuple(ceilings)), text=text.text if text else None
    )
    return with_remarks(posology, labels)


def _bounds(line: Cursor) -> Bounds:
    """`Dh_début` and `Dh_fin`, or the prescribed dates where those are absent; the end counts,
    as it does in the period that the ConceptMap makes of it.
    """
    return Bounds(start=_bound(line, "Dh_début", "start"), end=_bound(line, "Dh_fin", "end"))


def _bound(line: Cursor, name: str, gives: str) -> DateOrInstant | None:
    """The date of this name; the prescribed one stands in for it, or says it again, or is
    left among what nobody read.
    """
    stated = line.take(name, gives=f"bounds.{gives}")
    prescribed = line.child(f"{name}_prescrite")
    if prescribed is not None and (stated is None or prescribed.text == stated.text):
        stated = prescribed.taken(f"bounds.{gives}") or stated
    return values.timestamp(line, stated, FindingCode.BOUNDS_INVALID) if stated else None


def _events(at: Cursor, start: DateOrInstant | None) -> tuple[Event, ...]:
    """The start events that the element states, one or two."""
    events = (read_event(at, names, start) for names in (FIRST, SECOND))
    return tuple(event for event in events if event.kind is not None)


def _ceilings(at: Cursor, events: tuple[Event, ...], dosing: Dosing) -> list[Ceiling]:
    read = [read_ceiling(at, event.limit or "", dosing) for event in events]
    tell_unread_timing(at)
    return [ceiling for ceiling in read if ceiling is not None]


def _phase(at: Cursor, bounds: Bounds, events: tuple[Event, ...], dosing: Dosing) -> Phase:
    pace = read_pace(at)
    dose = dosing.dose(at)
    lasts = at.child("Durée")
    if any(event.kind == LIMIT for event in events):
        at.doubt(FindingCode.TIMING_UNSUPPORTED, "one quantity cannot be both a dose and a limit")
    if lasts is not None and (stated := " ".join(one.text for one in lasts.unread())):
        rule = "Durée: an intake that lasts is planned by its start"
        at.doubt(FindingCode.ELEMENT_UNREAD, rule, stated)
    phase = Phase(
        location=at.place,
        text=_text(pace, events),
        bounds=bounds,
        rhythm=_rhythm(at, pace, events, dose),
        times=_times(at, pace, events, bounds.start),
        timing_code=pace.code,
        dose=dose,
        as_needed=any(event.as_needed for event in events),
        as_needed_for=tuple(reason for event in events for reason in event.reasons),
        intake_lasts=values.duration(lasts, "intake_lasts") if lasts is not None else None,
    )
    tell_unread_timing(at)
    return phase


def _times(at: Cursor, pace: Pace, events: tuple[Event, ...], start: DateOrInstant | None) -> Times:
    """When within the day, which only one of them may say: two at once are one condition
    and not two intakes.
    """
    stated = [pace.times, *(event.times for event in events)]
    different = list(dict.fromkeys(times for times in stated if times != NO_TIMES))
    if len(different) > 1:
        at.notebook.doubt(
            FindingCode.TIMING_CONTRADICTED,
            at.place,
            "the frequency and the start events give different times of day",
        )
    if not different or _is_hour_of_the_start(different[0], pace, start):
        return NO_TIMES
    return different[0]


def _is_hour_of_the_start(times: Times, pace: Pace, start: DateOrInstant | None) -> bool:
    """Whether a time of the clock beside "every n hours" is that of `Dh_début`, said again.

    The published infusion does so: every 12 hours, 600 minutes after midnight, from 10:00. Whole
    days keep their time.
    """
    frequency = pace.rhythm.frequency
    if frequency is None or frequency.unit is not PeriodUnit.HOUR or frequency.period is None:
        return False
    hourly = frequency.period % _HOURS_A_DAY != 0
    return hourly and isinstance(start, datetime) and times == Times(clock=(start.time(),))


def _text(pace: Pace, events: tuple[Event, ...]) -> str | None:
    """The sender's labels of this element, in their order."""
    words = (*pace.words, *(word for event in events for word in event.words))
    return ", ".join(words) or None


def _rhythm(at: Cursor, pace: Pace, events: tuple[Event, ...], dose: Dose | None) -> Rhythm:
    """The rhythm as stated; once a day where the standard's default applies.

    "Si la fréquence est nécessaire, en l'absence de Fréquence et Fréquence_structurée et sans
    indication autre de moment de prise spécifique la fréquence par défaut est d'une fois par
    jour" (ConceptMap of the posology): only for an amount, and only beside no other event.
    """
    elsewhere = any(event.kind != ABSOLUTE or event.times.clock for event in events)
    if pace.stated or elsewhere or dose is None or dose.rate is not None:
        return pace.rhythm
    at.notebook.doubt(
        FindingCode.FREQUENCY_DEFAULT,
        at.place,
        "no Fréquence, no Fréquence_structurée and no moment: the default is once a day",
    )
    return DAILY
