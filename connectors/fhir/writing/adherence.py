"""A validated adherence result: figures as Observations, what is known as MedicationStatement.

Each figure carries its numerator and denominator, the version of its definition and its period.
It is part of the statement, which names the intakes it comes from: R4 does not let an Observation
derive from a MedicationAdministration. LOINC has no code for these ratios: the codes are our own.
"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.fhir.form.tree import Json, Object
from connectors.fhir.writing.decision import add_provenance
from connectors.fhir.writing.intakes import INTAKE_SYSTEM
from connectors.fhir.writing.outgoing import Outgoing, instant
from connectors.fhir.writing.people import (
    UCUM,
    add_patient,
    add_pharmacist,
    add_pharmacy,
    add_product,
    order_reference,
)
from schemas.adherence import (
    AdherenceResult,
    Definition,
    Fraction,
    LineAdherence,
    MatchKind,
    Measure,
)
from schemas.delivery import ValidatedAdherence
from schemas.export import Envelope
from schemas.prescription import Line

MEASURES = "urn:semainier:adherence-measure"
DEFINITIONS = "urn:semainier:adherence-definition"
COUNTS = "urn:semainier:adherence-count"
ADHERENCE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationStatement.adherence"
_R5_CODES = "http://hl7.org/fhir/CodeSystem/medication-statement-adherence"
_TAKEN = (MatchKind.ON_TIME, MatchKind.EARLY, MatchKind.LATE, MatchKind.PARTIAL)
_NOT_TAKEN = (MatchKind.REFUSED, MatchKind.NOT_GIVEN)


def adherence_bundle(validated: ValidatedAdherence, envelope: Envelope) -> Object:
    """The Bundle: for each line a statement and its figures, then those of the whole patient."""
    out = Outgoing(envelope)
    subject = add_patient(out, validated.patient)
    pharmacist = add_pharmacist(out, validated.decision.decided_by)
    pharmacy = add_pharmacy(out, validated.pharmacy)
    shared = _Shared(validated, subject, pharmacist, pharmacy)
    targets: list[Object] = []
    for rank, figures in enumerate(validated.result.lines):
        line = _line_of(figures, validated)
        statement = _statement(out, figures, line, rank, shared)
        own: Object = {"basedOn": [order_reference(line)] if line else [], "partOf": [statement]}
        targets.append(statement)
        targets.extend(_observations(out, figures, rank, own, shared))
    targets.extend(_of_patient(out, validated.result, shared))
    add_provenance(out, targets, validated.decision, pharmacist, pharmacy)
    return out.bundle()


class _Shared:
    """What every resource of one result says alike."""

    def __init__(
        self, validated: ValidatedAdherence, subject: Object, pharmacist: Object, pharmacy: Object
    ) -> None:
        result = validated.result
        self.result = result
        self.subject = subject
        self.pharmacist = pharmacist
        self.pharmacy = pharmacy
        self.decided_at = instant(validated.decision.decided_at)
        self.period: Object = {
            "start": result.first.isoformat(),
            "end": result.last.isoformat(),
        }


def _line_of(figures: LineAdherence, validated: ValidatedAdherence) -> Line | None:
    """The latest validated version of the line that the figures are about, by its identifier."""
    for released in reversed(validated.lines):
        if figures.line in (released.line.identifier, released.line.location):
            return released.line
    return None


def _statement(
    out: Outgoing, figures: LineAdherence, line: Line | None, rank: int, shared: _Shared
) -> Object:
    """What is known of the line, in the words of R5; no figure is turned into a judgement."""
    code = _adherence_code(figures)
    word: Object = {"coding": [{"system": _R5_CODES, "code": code}]}
    said: Object = {"url": "code", "valueCodeableConcept": word}
    status = {"taking": "active", "not-taking": "not-taken", "on-hold": "on-hold"}
    return out.add(
        f"statement {rank}",
        {
            "resourceType": "MedicationStatement",
            "extension": [{"extension": [said], "url": ADHERENCE}],
            "basedOn": [order_reference(line)] if line else [],
            "status": status.get(code, "unknown"),
            **_medication(out, figures, line, rank),
            "subject": shared.subject,
            "effectivePeriod": shared.period,
            "dateAsserted": shared.decided_at,
            "informationSource": shared.pharmacist,
            "derivedFrom": _intakes(figures),
        },
    )


def _adherence_code(figures: LineAdherence) -> str:
    """`taking` once any intake is recorded as taken; `not-taking` when every one is recorded as
    not; silence leaves it `unknown`.
    """
    counts = {kind: figures.counts.get(kind.value, 0) for kind in MatchKind}
    counted = sum(counts.values()) - counts[MatchKind.UNMONITORED]
    if any(counts[kind] for kind in _TAKEN):
        return "taking"
    if counted and sum(counts[kind] for kind in _NOT_TAKEN) == counted:
        return "not-taking"
    return "on-hold" if counted and counts[MatchKind.HELD] == counted else "unknown"


def _medication(out: Outgoing, figures: LineAdherence, line: Line | None, rank: int) -> Object:
    if line is None:
        return {"medicationCodeableConcept": {"text": figures.line}}
    return {"medicationReference": add_product(out, line.product, f"product {rank}")}


def _intakes(figures: LineAdherence) -> list[Json]:
    named = dict.fromkeys(match.intake for match in figures.matches if match.intake)
    return [
        {
            "type": "MedicationAdministration",
            "identifier": {"system": INTAKE_SYSTEM, "value": name},
        }
        for name in named
    ]


def _fractions(figures: LineAdherence) -> Iterator[tuple[Measure, Fraction]]:
    measured = (
        (Measure.TAKING, figures.taking),
        (Measure.TAKING_CAPPED, figures.taking_capped),
        (Measure.CORRECT_DOSING, figures.correct_dosing),
        (Measure.IMPLEMENTATION, figures.implementation),
        (Measure.TIMING, figures.timing),
        (Measure.TIMING_INTERVAL, figures.timing_interval),
        (Measure.OVERUSE, figures.overuse),
    )
    return ((measure, ratio) for measure, ratio in measured if ratio is not None)


def _observations(
    out: Outgoing, figures: LineAdherence, rank: int, own: Object, shared: _Shared
) -> Iterator[Object]:
    for measure, ratio in _fractions(figures):
        value = _ratio(ratio)
        yield _observe(out, f"{measure.value} {rank}", measure, {**own, **value}, shared)
    holidays: list[Json] = [_count("longest-holiday", figures.longest_holiday)]
    value = {"valueInteger": figures.holidays, "component": holidays}
    yield _observe(out, f"M4 {rank}", Measure.HOLIDAYS, {**own, **value}, shared)
    counts: list[Json] = [_count(kind, number) for kind, number in sorted(figures.counts.items())]
    counts.append(_count("as-needed-uses", figures.as_needed_uses))
    value = {"component": counts, "note": [{"text": f.message} for f in figures.findings]}
    yield _observe(out, f"M6 {rank}", Measure.COUNTS, {**own, **value}, shared)


def _of_patient(out: Outgoing, result: AdherenceResult, shared: _Shared) -> Iterator[Object]:
    if result.all_lines_correct is not None:
        value = _ratio(result.all_lines_correct)
        yield _observe(out, "all lines", Measure.CORRECT_DOSING, value, shared)
    if result.sources or result.unmonitored:
        parts: list[Json] = [
            _count(f"source-{role}", number) for role, number in sorted(result.sources.items())
        ]
        parts.extend(
            {
                "code": {"coding": [{"system": COUNTS, "code": "unmonitored"}], "text": u.reason},
                "valuePeriod": {"start": u.first.isoformat(), "end": u.last.isoformat()},
            }
            for u in result.unmonitored
        )
        yield _observe(out, "patient", Measure.COUNTS, {"component": parts}, shared)


def _observe(out: Outgoing, key: str, measure: Measure, value: Object, shared: _Shared) -> Object:
    name = measure.name.lower().replace("_", " ")
    return out.add(
        f"observation {key}",
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {
                "coding": [{"system": MEASURES, "code": measure.value, "display": name}],
                "text": f"Adherence, {name}",
            },
            "subject": shared.subject,
            "effectivePeriod": shared.period,
            "issued": shared.decided_at,
            "performer": [shared.pharmacist, shared.pharmacy],
            "method": _method(shared.result.definition, shared.result),
            **value,
        },
    )


def _ratio(ratio: Fraction) -> Object:
    """The exact counts, and their quotient for people, to six digits."""
    return {
        "valueQuantity": {
            "value": Decimal(ratio.rounded()),
            "unit": "1",
            "system": UCUM,
            "code": "1",
        },
        "component": [
            _count("numerator", ratio.numerator),
            _count("denominator", ratio.denominator),
        ],
    }


def _count(code: str, number: int) -> Object:
    return {"code": {"coding": [{"system": COUNTS, "code": code}]}, "valueInteger": number}


def _method(definition: Definition, result: AdherenceResult) -> Object:
    """The definition by its version, and each of its decisions in words."""
    order = " > ".join(role.value for role in definition.precedence)
    words = (
        f"phase {definition.phase}; day starts {definition.day_starts_at:%H:%M} {result.zone}; "
        f"timing window ±{definition.window_minutes} min; interval tolerance "
        f"{definition.interval_tolerance_percent} %; holiday from {definition.holiday_days} days; "
        f"duplicates within {definition.duplicate_minutes} min; precedence {order}; "
        f"computed until {instant(result.computed_until)}"
    )
    coding: Object = {"system": DEFINITIONS, "code": definition.version}
    return {"coding": [coding], "text": words}
