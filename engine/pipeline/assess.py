"""Makes schedules and doubts of what a reader read. Pure: no clock, no store.

Each line goes through the same three steps: its posology becomes a schedule, the sender's own
words are compared with the structure, and the review looks at the prescription as a whole.
"""

from collections.abc import Iterable, Mapping

from schemas.assessment import (
    PLANNING_ACTIONS,
    AssessedLine,
    AssessedPrescription,
    Assessment,
)
from schemas.connector import Reading
from schemas.finding import Finding
from schemas.prescription import Line, Prescription
from schemas.schedule import DoseSchedule, LineSchedule, Normalised, NotComputable
from schemas.site import Site


def assess(
    reading: Reading, site: Site, previous: Mapping[str, Prescription] | None = None
) -> Assessment:
    """Every prescription of the message, assessed.

    `previous` gives the last validated version of a prescription by the `location` that the new
    one has in this message; without it nothing is compared with a version before.
    """
    known = previous or {}
    return Assessment(
        format=reading.format,
        kind=reading.kind,
        control_id=reading.control_id,
        prescriptions=tuple(
            assess_prescription(prescription, site, known.get(prescription.location))
            for prescription in reading.prescriptions
        ),
        findings=reading.findings,
    )


def assess_prescription(
    prescription: Prescription, site: Site, previous: Prescription | None = None
) -> AssessedPrescription:
    """The schedule and the doubts of each line, and those of the prescription as a whole."""
    from engine.review.review import review

    normalised = [_normalised(line, prescription, site) for line in prescription.lines]
    comparisons = [_compared(line) for line in prescription.lines]
    reviewed = review(prescription, normalised, comparisons, previous)
    return AssessedPrescription(
        prescription=prescription.model_copy(update={"lines": ()}),
        lines=tuple(
            AssessedLine(
                line=line,
                schedule=_schedule(line, result),
                findings=_each_once((*line.findings, *_of(result), *doubts)),
            )
            for line, result, doubts in zip(
                prescription.lines, normalised, reviewed.lines, strict=True
            )
        ),
        findings=_each_once((*prescription.findings, *reviewed.prescription)),
    )


def _of(result: Normalised) -> tuple[Finding, ...]:
    """Every doubt of the schedule: what was met, then the reasons against it."""
    own = result.schedule.reasons if isinstance(result.schedule, NotComputable) else ()
    return (*result.findings, *own)


def _normalised(line: Line, prescription: Prescription, site: Site) -> Normalised:
    """The schedule of a line; one that stops, suspends or only informs plans nothing at all."""
    if line.action not in PLANNING_ACTIONS:
        return Normalised(schedule=DoseSchedule(site=site.name, zone=site.zone))
    from engine.posology.normalise import normalise

    return normalise(line.posology, site, start=line.effective_at, written=prescription.authored_at)


def _compared(line: Line) -> tuple[Finding, ...]:
    """What the sender's words say against the structure: of the line, each phase, each label."""
    if line.action not in PLANNING_ACTIONS:
        return ()
    from engine.posology.comparison.compare import compare_all

    return _each_once(compare_all(line.posology, (line.text,) if line.text else ()))


def _schedule(line: Line, result: Normalised) -> LineSchedule:
    """The schedule, unless the reader blocks the line as a whole: its reasons stand instead.

    What the reader doubts of one phase is weighed with the posology, by `normalise`.
    """
    blocking = tuple(finding for finding in line.findings if finding.blocks)
    if not blocking:
        return result.schedule
    own = result.schedule.reasons if isinstance(result.schedule, NotComputable) else ()
    return NotComputable(reasons=_each_once((*blocking, *own)), as_needed=result.schedule.as_needed)


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, equal ones once."""
    kept: dict[tuple[str, str, str, str | None], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.location, finding.message, finding.quoted)
        kept.setdefault(key, finding)
    return tuple(kept.values())
