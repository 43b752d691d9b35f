"""Plans as short labels, so that a test can write by hand what it expects."""

from datetime import datetime
from zoneinfo import ZoneInfo

from builders import REFERENCE

from engine.posology.expand import check_window, expand
from engine.posology.normalise import normalise
from schemas.posology import Bounds, Phase, Posology
from schemas.quantity import Duration, PeriodUnit
from schemas.schedule import DoseSchedule, Normalised, PlannedIntake
from schemas.site import Site

PARIS = ZoneInfo("Europe/Paris")


def paris(text: str) -> datetime:
    """`2026-03-02 08:00` at the clock of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def lasting(number: int, unit: str = "d") -> Bounds:
    """Bounds of this length."""
    return Bounds(duration=Duration.model_validate({"value": number, "unit": PeriodUnit(unit)}))


def normalised(
    *phases: Phase, start: str | None = "2026-03-02 00:00", site: Site = REFERENCE
) -> Normalised:
    """What becomes of these phases from a start in Paris (2 March 2026 is a Monday)."""
    first = None if start is None else paris(start)
    return normalise(Posology(phases=phases), site, start=first)


def label(intake: PlannedIntake) -> str:
    """`2026-03-02 MORN`, `2026-03-02 ACM-30` with an offset, `2026-03-02 08:00` of the clock."""
    day = intake.due_at.date().isoformat()
    if intake.moment is None:
        return f"{day} {intake.due_at:%H:%M}"
    offset = "" if intake.offset_minutes is None else f"-{intake.offset_minutes}"
    return f"{day} {intake.moment}{offset}"


def plan(
    *phases: Phase, start: str = "2026-03-02 00:00", days: int = 7, site: Site = REFERENCE
) -> list[str]:
    """The labels of what is planned; the reasons when nothing can be computed."""
    result = normalised(*phases, start=start, site=site)
    if not isinstance(result.schedule, DoseSchedule):
        return [f"not computable: {code}" for code in reasons(result)]
    return [label(one) for one in expand(result.schedule, site, paris(start), days)]


def reasons(result: Normalised) -> list[str]:
    """The codes of the reasons against a schedule, in order, each once."""
    if isinstance(result.schedule, DoseSchedule):
        return []
    return list(dict.fromkeys(finding.code.value for finding in result.schedule.reasons))


def schedule_of(*phases: Phase, start: str = "2026-03-02 00:00") -> DoseSchedule:
    """The schedule of phases that are computable."""
    schedule = normalised(*phases, start=start).schedule
    assert isinstance(schedule, DoseSchedule)
    return schedule


def clock_doubts(*phases: Phase, start: str, days: int) -> list[str]:
    """The codes of what the clock changes put in doubt in this window."""
    schedule = schedule_of(*phases, start=start)
    return [f.code.value for f in check_window(schedule, REFERENCE, paris(start), days)]
