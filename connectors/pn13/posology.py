"""The posology of a line: each element one phase, except those that only limit the others."""

from connectors.pn13 import values
from connectors.pn13.dose import Dosing
from connectors.pn13.events import ABSOLUTE, FIRST, LIMIT, SECOND, Event, read_event
from connectors.pn13.frequency import DAILY, Pace, read_pace
from connectors.pn13.limits import Ceiling, limited, read_ceiling
from connectors.pn13.product import Component
from connectors.pn13.tree import Cursor
from schemas.base import DateOrInstant
from schemas.finding import FindingCode
from schemas.posology import Bounds, Dose, Phase, Posology, Rhythm, Times


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
    for at in line.children("Elément_posologie"):
        mark = notebook.mark()
        events = _events(at, bounds.start)
        if events and all(event.kind == LIMIT for event in events):
            ceilings.extend(_ceilings(at, events, dosing))
            continue
        phase = _phase(at, bounds, events, dosing)
        own = (*(() if phases else doubts), *notebook.collected(mark))
        phases.append(phase.model_copy(update={"findings": own}))
    if not phases:
        for doubt in doubts:
            notebook.keep(doubt)
    text = line.take("Posologie", gives="posology.text")
    return Posology(
        phases=limited(line, tuple(phases), tuple(ceilings)), text=text.text if text else None
    )


def _bounds(line: Cursor) -> Bounds:
    """`Dh_début` and `Dh_fin`, or the prescribed dates where those are absent; the end counts,
    as it does in the period that the ConceptMap makes of it.
    """
    return Bounds(start=_bound(line, "Dh_début", "start"), end=_bound(line, "Dh_fin", "end"))


def _bound(line: Cursor, name: str, gives: str) -> DateOrInstant | None:
    stated = line.take(name, gives=f"bounds.{gives}")
    if stated is None:
        stated = line.take(f"{name}_prescrite", gives=f"bounds.{gives}")
    return values.timestamp(line, stated, FindingCode.BOUNDS_INVALID) if stated else None


def _events(at: Cursor, start: DateOrInstant | None) -> tuple[Event, ...]:
    """The start events that the element states, one or two."""
    events = (read_event(at, names, start) for names in (FIRST, SECOND))
    return tuple(event for event in events if event.kind is not None)


def _ceilings(at: Cursor, events: tuple[Event, ...], dosing: Dosing) -> list[Ceiling]:
    read = [read_ceiling(at, event.limit or "", dosing) for event in events]
    _leave_nothing_unread(at)
    return [ceiling for ceiling in read if ceiling is not None]


def _phase(at: Cursor, bounds: Bounds, events: tuple[Event, ...], dosing: Dosing) -> Phase:
    pace = read_pace(at)
    dose = dosing.dose(at)
    lasts = at.child("Durée")
    if any(event.kind == LIMIT for event in events):
        at.doubt(FindingCode.TIMING_UNSUPPORTED, "one quantity cannot be both a dose and a limit")
    if lasts is not None and next(lasts.unread(), None) is not None:
        at.doubt(FindingCode.ELEMENT_UNREAD, "Durée: an intake that lasts is planned by its start")
    phase = Phase(
        location=at.place,
        text=_text(pace, events),
        bounds=bounds,
        rhythm=_rhythm(at, pace, events, dose),
        times=_times(at, pace, events),
        timing_code=pace.code,
        dose=dose,
        as_needed=any(event.as_needed for event in events),
        as_needed_for=tuple(reason for event in events for reason in event.reasons),
        intake_lasts=values.duration(lasts, "intake_lasts") if lasts is not None else None,
    )
    _leave_nothing_unread(at)
    return phase


def _times(at: Cursor, pace: Pace, events: tuple[Event, ...]) -> Times:
    """When within the day, which only one of them may say: two at once are one condition
    and not two intakes.
    """
    stated = [Times(moments=pace.moments, clock=pace.clock)]
    stated += [Times(moments=event.moments, clock=event.clock) for event in events]
    different = list(dict.fromkeys(times for times in stated if times != Times()))
    if len(different) > 1:
        at.notebook.doubt(
            FindingCode.TIMING_CONTRADICTED,
            at.place,
            "the frequency and the start events give different times of day",
        )
    return different[0] if different else Times()


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
    elsewhere = any(event.kind != ABSOLUTE or event.clock for event in events)
    if pace.stated or elsewhere or dose is None or dose.rate is not None:
        return pace.rhythm
    at.notebook.doubt(
        FindingCode.FREQUENCY_DEFAULT,
        at.place,
        "no Fréquence, no Fréquence_structurée and no moment: the default is once a day",
    )
    return DAILY


def _leave_nothing_unread(at: Cursor) -> None:
    """Whatever the element says beside what was read may change when or how much."""
    for unread in at.unread():
        unread.doubt(FindingCode.TIMING_UNSUPPORTED, f"{unread.name} of a posology is not carried")
