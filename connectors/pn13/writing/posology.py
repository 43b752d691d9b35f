"""Phases as posology elements, for the lines that an analysis repeats.

A line is known by its identifier; its posology is repeated for people. What PN13 cannot say
exactly is not repeated at all: a partial echo could be taken for the order.
"""

from datetime import time
from typing import TYPE_CHECKING

from connectors.pn13.writing.build import add, add_if, add_quantity
from mappings.catalogue import table
from schemas.base import plain_decimal
from schemas.finding import FindingCode
from schemas.moment import MomentTime
from schemas.posology import Bounds, Limits, Phase
from schemas.prescription import Line
from schemas.quantity import Duration, PeriodUnit, Quantity

if TYPE_CHECKING:
    from lxml.etree import _Element


def add_posology(parent: "_Element", line: Line) -> None:
    """One element for each phase, then one for each limit; none when one cannot be said."""
    phases = line.posology.phases
    if not (_is_of_the_line(phases) and all(_can_be_said(phase) for phase in phases)):
        return
    for phase in phases:
        _add_phase(add(parent, "Elément_posologie"), phase)
    for code, amount, gap in _limits(phases):
        _add_limit(add(parent, "Elément_posologie"), code, amount, gap)


def _is_of_the_line(phases: tuple[Phase, ...]) -> bool:
    """Whether `Dh_début` and `Dh_fin` of the line say the bounds of every phase, one for all.

    A dose as needed "for 5 days" beside a fixed one would otherwise be repeated without its end.
    """
    bounds = {phase.bounds for phase in phases}
    own = next(iter(bounds), Bounds())
    return bounds <= {Bounds(start=own.start, end=own.end)}


def _can_be_said(phase: Phase) -> bool:
    rhythm, times, dose = phase.rhythm, phase.times, phase.dose
    pace = rhythm.frequency
    return not (
        rhythm.cycle
        or rhythm.dates
        or (pace and (pace.times_high or pace.period_high or pace.unit is None))
        or len(times.moments) + len(times.clock) > 1
        or (times.clock and (phase.as_needed or times.clock[0].second))
        or (times.moments and _activity(times.moments[0]) is None)
        or len(phase.as_needed_for) > 1
        or (dose and dose.rate is None and dose.exact is None and not dose.per_body)
        or (dose and dose.low != dose.high)
        or any(ratio.period not in _ONE_DAY for ratio in phase.limits.per_period)
    )


_ONE_DAY = frozenset(
    Duration(value=value, unit=unit) for value, unit in ((24, PeriodUnit.HOUR), (1, PeriodUnit.DAY))
)


def _add_phase(at: "_Element", phase: Phase) -> None:
    _add_frequency(at, phase)
    if phase.times.moments:
        add(at, "Type_événement_début", "2")
        _add_moment(at, phase.times.moments[0], phase.text)
        if phase.as_needed:
            add(at, "Type_événement2_début", "3")
            add_if(at, "Evénement2_début", _only(phase.as_needed_for))
    elif phase.as_needed:
        add(at, "Type_événement_début", "3")
        _add_condition(at, phase)
    elif phase.times.clock:
        add(at, "Type_événement_début", "1")
        _add_clock(at, phase.times.clock[0])
    _add_dose(at, phase)


def _only(texts: tuple[str, ...]) -> str | None:
    return texts[0] if texts else None


def _add_frequency(at: "_Element", phase: Phase) -> None:
    """The frequency, unless it was only the default of the standard."""
    code, rhythm = phase.timing_code, phase.rhythm
    if code is not None:
        add(
            at,
            "Fréquence",
            code.code,
            nomenclature=code.system,
            signification=code.display,
        )
    assumed = any(f.code is FindingCode.FREQUENCY_DEFAULT for f in phase.findings)
    if assumed or not (rhythm.frequency or rhythm.weekdays or rhythm.month_days):
        return
    holder = add(at, "Fréquence_structurée")
    pace = rhythm.frequency
    add(holder, "Frq_échelle", _scale(pace.unit if pace and pace.unit else _filter_scale(phase)))
    if pace is not None and pace.period is not None:
        add(holder, "Frq_durée", plain_decimal(pace.period))
    if pace is not None and pace.times is not None:
        add(holder, "Frq_multiplicité", str(pace.times))
    for day in rhythm.weekdays:
        add(add(holder, "Frq_filtre"), "Frq_filtreVal_1_J", str(day.number + 1))
    for day_of_month in rhythm.month_days:
        add(add(holder, "Frq_filtre"), "Frq_filtreVal_2", str(day_of_month))
    if not (phase.times.moments or phase.as_needed):
        add_if(holder, "Frq_libellé", phase.text)


def _filter_scale(phase: Phase) -> PeriodUnit:
    return PeriodUnit.WEEK if phase.rhythm.weekdays else PeriodUnit.MONTH


def _scale(unit: PeriodUnit) -> str:
    return next(row.code for row in table("pn13/scales") if row.target == unit.value)


def _activity(moment: MomentTime) -> tuple[str, str] | None:
    """The table and the code that stand for a moment; `None` when PN13 has none."""
    name, offset = moment.moment.value, moment.offset_minutes
    wanted = f"{name}@0" if offset == 0 else name
    for row in table("pn13/activities"):
        if row.target == wanted:
            return "2", row.code
    named = (row.code for row in table("pn13/named_periods") if row.target == name)
    code = next(named, None)
    return ("4", code) if code is not None and offset is None else None


def _add_moment(at: "_Element", moment: MomentTime, words: str | None) -> None:
    nature, code = _activity(moment) or ("", "")
    event = add(add(at, "Evt_structuré_début"), "Evénement_structuré")
    thing = add(event, "Evt_objet")
    add(thing, "Evt_nature", nature)
    if nature == "4":
        add(thing, "Evt_période_nommée", code)
    else:
        activity, _, operator = code.partition("/")
        add(thing, "Evt_typedeDonnée", "2")
        add(add(thing, "Evt_activité"), "Evt_activité_code", activity)
        add(event, "Evt_opérateur", operator)
    add_if(event, "Evt_libellé", words)
    if moment.offset_minutes:
        holder = add(at, "Int_temps_év_début")
        add(holder, "Nombre", str(moment.offset_minutes))
        add(holder, "Unité", "mn")


def _add_condition(at: "_Element", phase: Phase) -> None:
    """A reason in the sender's words, or the code of "as needed" and no more."""
    if phase.as_needed_for:
        add(at, "Evénement_début", phase.as_needed_for[0])
        return
    event = add(add(at, "Evt_structuré_début"), "Evénement_structuré")
    thing = add(event, "Evt_objet")
    add(thing, "Evt_nature", "1")
    add(thing, "Evt_typedeDonnée", "1")
    add(add(thing, "Evt_clinique"), "Evt_clinique_code", "0")
    add_if(event, "Evt_libellé", phase.text)


def _add_clock(at: "_Element", hour: time) -> None:
    holder = add(at, "Int_temps_év_début")
    add(holder, "Nombre", str(hour.hour * 60 + hour.minute))
    add(holder, "Unité", "mn")


def _add_dose(at: "_Element", phase: Phase) -> None:
    if phase.intake_lasts is not None:
        _add_length(at, "Durée", phase.intake_lasts)
    if phase.dose is None:
        return
    if phase.dose.rate is not None:
        number, _, unit = phase.dose.rate.partition(" ")
        holder = add(at, "Débit")
        add(holder, "Nombre", number)
        add_if(holder, "Unité", unit)
    if phase.dose.low is not None:
        add_quantity(at, "Quantité", phase.dose.low)


def _add_length(at: "_Element", name: str, length: Duration) -> None:
    holder = add(at, name)
    add(holder, "Nombre", plain_decimal(length.value))
    unit = next(row.code for row in table("pn13/time_units") if row.target == length.unit.value)
    add(holder, "Unité", unit)


def _limits(
    phases: tuple[Phase, ...],
) -> list[tuple[str, Quantity | None, Duration | None]]:
    """The limits of the line, each once: its code, and its amount or its length of time."""
    found: list[tuple[str, Quantity | None, Duration | None]] = []
    for phase in phases:
        found.extend(one for one in _coded(phase.limits) if one not in found)
    return found


def _coded(limits: Limits) -> list[tuple[str, Quantity | None, Duration | None]]:
    coded: list[tuple[str, Quantity | None, Duration | None]] = []
    if limits.minimum_gap is not None:
        coded.append(("1", None, limits.minimum_gap))
    if limits.per_intake is not None:
        coded.append(("2", limits.per_intake, None))
    coded.extend(("3", ratio.amount, None) for ratio in limits.per_period)
    if limits.per_lifetime is not None:
        coded.append(("7", limits.per_lifetime, None))
    return coded


def _add_limit(at: "_Element", code: str, amount: Quantity | None, gap: Duration | None) -> None:
    add(at, "Type_événement_début", "4")
    add(at, "Evénement_début", code)
    if amount is not None:
        add_quantity(at, "Quantité", amount)
    if gap is not None:
        _add_length(at, "Quantité", gap)
