"""Makes schedules and doubts of what a reader read. Pure: no clock, no store.

Each line goes through the same steps: its posology becomes a schedule, the sender's own words
are compared with the structure, the review looks at the prescription as a whole, and the line
gets its place in the organiser or beside it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from engine.pipeline.beside import lines_beside
from schemas.assessment import (
    PLANNING_ACTIONS,
    AssessedLine,
    AssessedPrescription,
    Assessment,
)
from schemas.connector import Reading
from schemas.finding import Finding
from schemas.prescription import Line, Prescription, Product
from schemas.reference import ProductRecord
from schemas.schedule import DoseSchedule, LineSchedule, Normalised, NotComputable
from schemas.site import Site

Products: TypeAlias = Callable[[Product], ProductRecord | tuple[Finding, ...] | None]
"""What a reference publishes of a product; `None` when it does not know it, doubts when it knows
several."""


def assess(
    reading: Reading,
    site: Site,
    previous: Mapping[str, Prescription] | None = None,
    products: Products | None = None,
) -> Assessment:
    """Every prescription of the message, assessed.

    `previous` gives the last validated version of a prescription by the `location` that the new
    one has in this message; without it nothing is compared with a version before. Without
    `products` nothing is compared with a reference.
    """
    known = previous or {}
    return Assessment(
        format=reading.format,
        kind=reading.kind,
        control_id=reading.control_id,
        prescriptions=tuple(
            assess_prescription(
                prescription,
                site,
                known.get(prescription.location),
                products,
                lines_beside(prescription, reading.prescriptions),
            )
            for prescription in reading.prescriptions
        ),
        findings=reading.findings,
    )


def assess_prescription(
    prescription: Prescription,
    site: Site,
    previous: Prescription | None = None,
    products: Products | None = None,
    beside: Sequence[Line] = (),
) -> AssessedPrescription:
    """The schedule, the place and the doubts of each line, and those of the whole.

    `beside` are the lines of other prescriptions of the patient.
    """
    from engine.organiser.placement import place
    from engine.review.review import review

    known = [products(line.product) if products else None for line in prescription.lines]
    records = [each if isinstance(each, ProductRecord) else None for each in known]
    others = [(line, record_of(products, line.product)) for line in beside]
    several = [each if isinstance(each, tuple) else () for each in known]
    normalised = [_normalised(line, prescription, site) for line in prescription.lines]
    comparisons = [_compared(*each) for each in zip(prescription.lines, records, strict=True)]
    earlier = (
        [_normalised(line, previous, site).schedule for line in previous.lines]
        if previous
        else None
    )
    reviewed = review(prescription, normalised, comparisons, previous, earlier, records, others)
    schedules = [
        _schedule(line, result) for line, result in zip(prescription.lines, normalised, strict=True)
    ]
    placed = [
        place(line, schedule, site, record)
        for line, schedule, record in zip(prescription.lines, schedules, records, strict=True)
    ]
    return AssessedPrescription(
        prescription=prescription.model_copy(update={"lines": ()}),
        lines=tuple(
            AssessedLine(
                line=line,
                schedule=schedule,
                placement=each.placement,
                findings=_each_once(
                    (*line.findings, *coded, *_of(result), *doubts, *each.findings)
                ),
            )
            for line, coded, schedule, each, result, doubts in zip(
                prescription.lines,
                several,
                schedules,
                placed,
                normalised,
                reviewed.lines,
                strict=True,
            )
        ),
        findings=_each_once((*prescription.findings, *reviewed.prescription)),
    )


def record_of(products: Products | None, product: Product) -> ProductRecord | None:
    """What the reference publishes of the product, when it knows exactly one."""
    known = products(product) if products else None
    return known if isinstance(known, ProductRecord) else None


def _of(result: Normalised) -> tuple[Finding, ...]:
    """Every doubt of the schedule: what was met, then the reasons against it."""
    own = result.schedule.reasons if isinstance(result.schedule, NotComputable) else ()
    return (*result.findings, *own)


def _normalised(line: Line, prescription: Prescription, site: Site) -> Normalised:
    """The schedule of a line; one that stops, suspends or only informs plans nothing at all."""
    if line.action not in PLANNING_ACTIONS:
        return Normalised(schedule=DoseSchedule(site=site.name, zone=site.zone))
    from engine.posology.normalise import normalise

    posology = line.posology
    if posology.text is None and line.text is not None:
        # The sentence of a line is its posology in words, where its sender states no other.
        posology = posology.model_copy(update={"text": line.text})
    return normalise(posology, site, start=line.effective_at, written=prescription.authored_at)


def _compared(line: Line, record: ProductRecord | None) -> tuple[Finding, ...]:
    """What the sender's words say against the structure: of the line, its reason, each phase.

    Where the sender states no strength of the product, that of the reference counts.
    """
    if line.action not in PLANNING_ACTIONS:
        return ()
    from engine.posology.comparison.compare import compare_all
    from engine.posology.comparison.needs import of_needs

    product = line.product
    if record is not None and not product.strengths:
        product = product.model_copy(update={"strengths": record.strengths})
    texts = (line.text,) if line.text else ()
    said = compare_all(line.posology, texts, product, line.effective_at)
    return _each_once((*said, *of_needs(line)))


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
