"""The account of a conversion: every value of the source is carried, is lost, or only holds the
message together. The table `fhir/carried` names where each field of a reading goes.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connectors.fhir.form.tree import Object
from connectors.fhir.writing.received.losses import Written, losses_of
from mappings.catalogue import table
from schemas.connector import Reading, SourceValue
from schemas.conversion import Carried, ConversionReport, Loss, LossArea, LossReason
from schemas.finding import Finding

TARGET = "fhir"
_STRUCTURE = "-structure"
_NOWHERE = {"-envelope": LossReason.ENVELOPE, "-no-place": LossReason.NO_PLACE}
"""Targets of the table that are no element."""
_PREFIXES = ("phase.", "line.", "prescription.", "intake.", "dispense.", "movement.")


def account(reading: Reading, written: tuple[Written, ...], bundle: Object) -> ConversionReport:
    """The report. `written` is what was said of each part of the reading."""
    lost = [loss for one in written for loss in losses_of(one)]
    sources = [_Source(source, _target_of(source)) for source in reading.sources]
    held = [source for source in sources if source.target == _STRUCTURE]
    blamed = [_blame(loss, sources) for loss in lost]
    places = {loss.location for loss in blamed}
    carried: list[Carried] = []
    for source in sources:
        own = _own_loss(source) if source.value.location not in places else None
        if own is not None:
            blamed.append(own)
        elif source.target != _STRUCTURE and source.value.location not in places:
            place, value, _ = source.value
            carried.append(Carried(place, value, source.target or ""))
    entries = bundle.get("entry")
    return ConversionReport(
        format=reading.format,
        kind=reading.kind,
        control_id=reading.control_id,
        target=TARGET,
        entries=len(entries) if isinstance(entries, list) else 0,
        values=len(reading.sources),
        structure=len(held),
        carried=tuple(carried),
        losses=tuple(blamed),
        findings=tuple(dict.fromkeys(findings_of(reading))),
    )


class _Source(NamedTuple):
    """A value of the source, and the element that the table names for its field."""

    value: SourceValue
    target: str | None


def _target_of(source: SourceValue) -> str | None:
    if source.gives is None:
        return None
    steps = source.gives.split(".")
    names = (".".join(part[:end]) for part in (steps, steps[1:]) for end in range(len(part), 0, -1))
    return next((row for name in names if (row := table("fhir/carried").target_of(name))), None)


def _own_loss(source: _Source) -> Loss | None:
    """A value that no field took, or whose field speaks of the message, or that no row names."""
    place, value, gives = source.value
    if gives is None:
        reason = LossReason.NOT_READ
    elif source.target is None:
        reason = LossReason.NOT_MAPPED
    elif source.target in _NOWHERE:
        reason = _NOWHERE[source.target]
    else:
        return None
    return Loss(location=place, field=gives, value=value, reason=reason, area=LossArea.OTHER)


def _blame(loss: Loss, sources: Sequence[_Source]) -> Loss:
    """The loss at the place of the source that says it, where one value alone can be that."""
    inside = [
        s.value for s in sources if s.value.gives and s.value.location.startswith(loss.location)
    ]
    alike = [s for s in inside if _is_of(str(s.gives), loss.field or "")]
    same = [s for s in alike if s.value == loss.value]
    for found in (same, alike):
        if len(found) == 1:
            return loss.model_copy(update={"location": found[0].location})
    return loss


def _is_of(gives: str, field: str) -> bool:
    plain = gives
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    inner = field.removeprefix("posology.phases.")
    return any(
        f"{one}.".startswith(f"{plain}.") or f"{plain}.".startswith(f"{one}.")
        for one in (field, inner)
    )


def findings_of(reading: Reading) -> Iterator[Finding]:
    """Every finding of a reading, wherever it stands."""
    yield from reading.findings
    for prescription in reading.prescriptions:
        yield from prescription.findings
        for line in prescription.lines:
            yield from line.findings
            for phase in line.posology.phases:
                yield from phase.findings
    for intake in reading.intakes:
        yield from intake.findings
    for dispense in reading.dispenses:
        yield from dispense.findings
    for movement in reading.movements:
        yield from movement.findings
