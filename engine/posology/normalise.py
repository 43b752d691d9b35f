"""Whether a posology can be computed, and its schedule: the one place that judges it.

The four formats state, this module decides. A posology that is not computable as a whole plans
nothing. As-needed phases are listed and never planned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.posology.ceiling import check_limits
from engine.posology.clock import is_usable
from engine.posology.doubts import Doubts
from engine.posology.levels import levels_of
from engine.posology.overlap import check_set
from engine.posology.slots import C_CLOCK
from engine.posology.span import Start, has_hour
from engine.posology.steps import Judged, Planner
from engine.posology.trim import from_start
from schemas.base import DateOrInstant
from schemas.finding import Finding, FindingCode
from schemas.posology import Phase, Posology
from schemas.schedule import AsNeeded, DoseSchedule, Normalised, NotComputable
from schemas.site import Site

_NOWHERE = "posology"
_MOST_PHASES = 200
"""A taper of half a year day by day; every pair of phases is compared."""


def normalise(
    posology: Posology,
    site: Site,
    *,
    start: DateOrInstant | None = None,
    written: DateOrInstant | None = None,
    times_only: bool = False,
) -> Normalised:
    """The schedule of one line, or why there is none, and every doubt met on the way.

    `start` is the start that the context gives: the first dose where no phase states a start,
    and the instant before which nothing is planned. `written`, the day of the prescription, is
    the start where nothing else is, and a finding says so; its hour is that of no dose.
    `times_only` plans times of phases that state no dose, with no quantity.
    `findings` holds those of the phases themselves, then those met here; the reasons of a
    `NotComputable` are the blocking ones among them that concern what would be planned.
    Clock changes are no part of this: see `engine.posology.expand.check_window`.
    Raises: nothing for what a sender may state.
    """
    phases = posology.phases
    as_needed = tuple(_as_needed(phase) for phase in phases if phase.as_needed)
    whole = Doubts(phases[0].location if phases else _NOWHERE)
    if _is_unstructured(posology):
        _say_unstructured(posology, whole)
        return _refused(whole.findings, _stated(phases, whole.findings), as_needed)
    planner = Planner(site, _origin(phases, site, start, written, whole), times_only)
    if len(phases) > _MOST_PHASES:
        whole.say(FindingCode.TIMING_UNSUPPORTED, "more phases than one posology has", len(phases))
    elif any(not phase.as_needed for phase in phases):
        planner.place(levels_of(phases, whole))
    judged = planner.judged
    check_set(judged, site, whole)
    if not _blocking(judged, whole):
        check_limits(judged, site, whole)
        _check_all_placed(judged)
    findings = _stated(phases, [*whole.findings, *_of_all(judged)])
    reasons = _blocking(judged, whole)
    if reasons:
        return _refused(reasons, findings, as_needed)
    return _computed(planner, start, findings, as_needed)


def _is_unstructured(posology: Posology) -> bool:
    """Whether no phase states more than text: no rhythm, no time, no dose, no condition.

    A start, an end or a maximum beside the text makes no structure of it.
    """
    empty = Phase(location="")
    in_words = bool(_texts(posology))
    return not any(
        phase.as_needed
        or phase.rhythm != empty.rhythm
        or phase.times != empty.times
        or phase.dose is not None
        or any(finding.blocks for finding in phase.findings)
        or ((phase.bounds, phase.limits) != (empty.bounds, empty.limits) and not in_words)
        for phase in posology.phases
    )


def _texts(posology: Posology) -> list[str]:
    texts = [posology.text, *(phase.text for phase in posology.phases)]
    texts += [said for phase in posology.phases for said in phase.instructions]
    return [text for text in texts if text]


def _say_unstructured(posology: Posology, doubts: Doubts) -> None:
    text = next(iter(_texts(posology)), None)
    if text is None:
        doubts.say(FindingCode.POSOLOGY_MISSING, "no posology is stated")
    else:
        doubts.say(FindingCode.POSOLOGY_TEXT_ONLY, "the posology is text only", text)


def _origin(
    phases: Sequence[Phase],
    site: Site,
    start: DateOrInstant | None,
    written: DateOrInstant | None,
    doubts: Doubts,
) -> Start | None:
    """The start of what states none of its own."""
    zone = Planner(site, None, times_only=False).zone
    for stated in (start, written):
        if stated is not None and not is_usable(stated):
            doubts.say(FindingCode.BOUNDS_INVALID, "the date is out of every calendar in use")
            return None
    if start is not None:
        return Start.of(start, zone)
    first = [phase for phase in phases if not phase.as_needed]
    needed = any(phase.bounds.start is None and not phase.rhythm.dates for phase in first)
    if written is None or not needed:
        return None
    rule = "no start is stated: the treatment starts on the day of writing"
    doubts.say(FindingCode.START_FROM_WRITING, rule, written)
    return replace(Start.of(written, zone), has_clock=False)


def _as_needed(phase: Phase) -> AsNeeded:
    return AsNeeded(
        location=phase.location,
        text=phase.text,
        dose=phase.dose,
        reasons=phase.as_needed_for,
        rhythm=phase.rhythm,
        times=phase.times,
        bounds=phase.bounds,
        timing_code=phase.timing_code,
        intake_lasts=phase.intake_lasts,
        limits=phase.limits,
        instructions=phase.instructions,
    )


def _stated(phases: Sequence[Phase], met: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of the phases, those that say as needed, and those met here, each once."""
    listed = [finding for phase in phases for finding in phase.findings]
    for phase in phases:
        if phase.as_needed:
            doubts = Doubts(phase.location)
            doubts.say(FindingCode.AS_NEEDED, "taken as needed: listed, never planned")
            listed += doubts.findings
    return tuple(dict.fromkeys([*listed, *met]))


def _check_all_placed(judged: Sequence[Judged]) -> None:
    """A phase that nothing stopped and that has no step would be a dose lost in silence."""
    for one in judged:
        if one.fixed and not one.pause and one.step is None:
            one.doubts.say(FindingCode.TIMING_UNSUPPORTED, "the phase could not be planned")


def _of_all(judged: Sequence[Judged]) -> list[Finding]:
    return [finding for one in judged for finding in one.doubts.findings]


def _blocking(judged: Sequence[Judged], whole: Doubts) -> tuple[Finding, ...]:
    """What stops the plan: blocking findings of planned phases, and those of the set."""
    met = [finding for one in judged if one.fixed for finding in one.phase.findings]
    met += [*_of_all(judged), *whole.findings]
    return tuple(dict.fromkeys(finding for finding in met if finding.blocks))


def _refused(
    reasons: Iterable[Finding], findings: tuple[Finding, ...], as_needed: tuple[AsNeeded, ...]
) -> Normalised:
    schedule = NotComputable(reasons=tuple(reasons), as_needed=as_needed)
    return Normalised(schedule=schedule, findings=findings)


def _computed(
    planner: Planner,
    start: DateOrInstant | None,
    findings: tuple[Finding, ...],
    as_needed: tuple[AsNeeded, ...],
) -> Normalised:
    site, zone = planner.site, planner.zone
    first = Start.of(start, zone).at if start is not None and is_usable(start) else None
    steps = [one.step for one in planner.judged if one.step is not None]
    kept, said = from_start(steps, site, first)
    if not kept and not as_needed:
        doubts = Doubts(planner.judged[0].phase.location)
        doubts.say(FindingCode.SCHEDULE_EMPTY, "the schedule plans no intake")
        said = (*said, *doubts.findings)
    schedule = DoseSchedule(
        site=site.name,
        zone=site.zone,
        steps=kept,
        as_needed=as_needed,
        conventions=_conventions(planner),
    )
    return Normalised(schedule=schedule, findings=(*findings, *said))


def _conventions(planner: Planner) -> tuple[str, ...]:
    used: set[str] = set()
    for one in planner.judged:
        if one.shape is None or one.step is None:
            continue
        used |= one.shape.conventions
        cut = (one.step.start, one.step.end)
        if any(slot.moment for slot in one.step.slots) and any(
            has_hour(end, planner.zone) for end in cut
        ):
            used.add(C_CLOCK)
    return tuple(sorted(used))
