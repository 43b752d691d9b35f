"""A prescription assessed again with the readings that pharmacists made of its texts."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from engine.pipeline.assess import Products, assess_prescription
from engine.pipeline.earlier import EARLIER
from engine.posology.offer.build import PLACE
from engine.store.prescriptions import StoredPrescription
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.finding import Finding, FindingCode
from schemas.offer import Interpretation, Verdict
from schemas.site import Site

_COMPARISONS = frozenset(
    {FindingCode.TEXT_CONTRADICTS, FindingCode.TEXT_ADDS, FindingCode.TEXT_UNREAD}
)

_KEPT = EARLIER | {FindingCode.LINE_DUPLICATE}
"""What was found when the message was read, and no later look at one prescription can find."""


def reassessed(
    before: AssessedPrescription,
    readings: Mapping[int, Interpretation],
    site: Site,
    validated: StoredPrescription | None = None,
    products: Products | None = None,
) -> AssessedPrescription:
    """The prescription with the schedules of these readings, by the rank of their lines.

    The lines stay as sent; what a reading settles (text alone, text against structure) is gone,
    and a finding says whose reading it is.
    """
    lines = tuple(
        each.model_copy(update={"interpretation": readings.get(rank)})
        for rank, each in enumerate(before.lines, start=1)
    )
    understood = before.model_copy(update={"lines": lines}).as_understood
    previous = validated.content.as_understood if validated else None
    fresh = assess_prescription(understood, site, previous, products)
    joined = tuple(
        _with_reading(old, new, site) for old, new in zip(lines, fresh.lines, strict=True)
    )
    return fresh.model_copy(update={"lines": joined})


def _with_reading(old: AssessedLine, new: AssessedLine, site: Site) -> AssessedLine:
    reading = old.interpretation
    if reading is None:
        told = tuple(each for each in old.findings if each.code in _KEPT)
        findings = tuple(dict.fromkeys((*new.findings, *told)))
        return new.model_copy(update={"findings": findings})
    phases = (found for phase in old.line.posology.phases for found in phase.findings)
    sent = (
        found
        for found in (*old.line.findings, *phases)
        if found.code is not FindingCode.POSOLOGY_TEXT_ONLY
    )
    met = [found for found in new.findings if found.code not in _COMPARISONS]
    met += [found for found in old.findings if found.code is FindingCode.LINE_DUPLICATE]
    findings = (*sent, _whose(old, reading, site), *reading.findings, *met)
    return new.model_copy(
        update={
            "line": old.line,
            "interpretation": reading,
            "findings": tuple(dict.fromkeys(findings)),
        }
    )


def _whose(line: AssessedLine, reading: Interpretation, site: Site) -> Finding:
    cells = [each.verdict for each in reading.answers.cells]
    counts = ", ".join(f"{cells.count(each)} {each.value}" for each in Verdict)
    added = len(reading.answers.doses) + len(reading.answers.rows)
    when = reading.interpreted_at.astimezone(ZoneInfo(site.zone))
    return Finding(
        code=FindingCode.POSOLOGY_INTERPRETED,
        location=f"{line.line.location}/{PLACE}",
        message=f"cells: {counts}, {added} added, {len(reading.answers.unread)} unread answered",
        quoted=f"{reading.interpreted_by.name}, {when.isoformat(timespec='seconds')}",
    )
