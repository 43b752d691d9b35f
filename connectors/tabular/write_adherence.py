"""Validated adherence as a table: each figure beside its counts and all that defines it.

Source: EMERGE (De Geest 2018): a figure without its definition, its sources and its treatment of
silence says nothing. A measure that could not be computed has a row without numbers.
"""

from collections.abc import Iterator

from connectors.tabular.cells import table
from connectors.tabular.write_intakes import iso, patient_cells
from schemas.adherence import AdherenceResult, Fraction, LineAdherence, Measure, Unmonitored
from schemas.base import plain_decimal
from schemas.delivery import ValidatedAdherence
from schemas.export import Envelope
from schemas.quantity import Quantity

COLUMNS = (
    "patient_id",
    "patient_authority",
    "line_id",
    "product",
    "measure",
    "item",
    "numerator",
    "denominator",
    "value",
    "unit",
    "first",
    "last",
    "zone",
    "computed_until",
    "definition",
    "phase",
    "day_starts_at",
    "window_minutes",
    "interval_tolerance_percent",
    "holiday_days",
    "duplicate_minutes",
    "precedence",
    "unmonitored",
    "sources",
    "schedules",
    "intakes_used",
    "pharmacy",
    "decided_by",
    "decided_at",
    "decision",
)
"""`item` names what M4 and M6 count. `value` is the ratio to six digits, or the count."""
ALL_LINES = "all-lines-correct"


def write_adherence(export: ValidatedAdherence, envelope: Envelope) -> bytes:
    """One row a measure and line, in the order of the lines; last, that of all lines together."""
    del envelope
    before, after = patient_cells(export.patient), _window(export.result)
    names = _names(export)
    decided = _decision(export)
    rows = [
        (*before, line.line, names.get(line.line, ""), *figure, *after, schedules, count, *decided)
        for line in export.result.lines
        for schedules, count in [(" ".join(line.schedules), str(len(export.result.intakes)))]
        for figure in _figures(line)
    ]
    together = _ratio(ALL_LINES, export.result.all_lines_correct)
    rows.append((*before, "", "", *together, *after, "", str(len(export.result.intakes)), *decided))
    return table(COLUMNS, rows)


def _names(export: ValidatedAdherence) -> dict[str, str]:
    return {
        released.line.identifier: released.line.product.label
        for released in export.lines
        if released.line.identifier is not None
    }


def _figures(line: LineAdherence) -> Iterator[tuple[str, ...]]:
    yield _ratio(Measure.TAKING, line.taking)
    yield _ratio(Measure.TAKING_CAPPED, line.taking_capped)
    yield _ratio(Measure.CORRECT_DOSING, line.correct_dosing)
    yield _ratio(Measure.IMPLEMENTATION, line.implementation)
    yield _ratio(Measure.TIMING, line.timing)
    yield _ratio(Measure.TIMING_INTERVAL, line.timing_interval)
    yield _count(Measure.HOLIDAYS, "holidays", line.holidays)
    yield _count(Measure.HOLIDAYS, "longest-holiday-days", line.longest_holiday)
    yield _ratio(Measure.OVERUSE, line.overuse)
    for kind, count in sorted(line.counts.items()):
        yield _count(Measure.COUNTS, kind, count)
    yield _count(Measure.COUNTS, "as-needed-uses", line.as_needed_uses)
    yield _amount("quantity-expected", line.quantity_expected)
    yield _amount("quantity-taken", line.quantity_taken)


def _ratio(measure: str, fraction: Fraction | None) -> tuple[str, ...]:
    if fraction is None:
        return str(measure), "", "", "", "", ""
    counts = (str(fraction.numerator), str(fraction.denominator))
    return str(measure), "", *counts, fraction.rounded(), ""


def _count(measure: Measure, item: str, count: int) -> tuple[str, ...]:
    return measure.value, item, "", "", str(count), ""


def _amount(item: str, quantity: Quantity | None) -> tuple[str, ...]:
    if quantity is None:
        return Measure.COUNTS.value, item, "", "", "", ""
    value = plain_decimal(quantity.value)
    return Measure.COUNTS.value, item, "", "", value, quantity.unit_label or ""


def _window(result: AdherenceResult) -> tuple[str, ...]:
    definition = result.definition
    return (
        result.first.isoformat(),
        result.last.isoformat(),
        result.zone,
        iso(result.computed_until),
        definition.version,
        definition.phase,
        definition.day_starts_at.strftime("%H:%M"),
        str(definition.window_minutes),
        str(definition.interval_tolerance_percent),
        str(definition.holiday_days),
        str(definition.duplicate_minutes),
        " ".join(role.value for role in definition.precedence),
        " ".join(_left_out(period) for period in result.unmonitored),
        " ".join(f"{role}:{count}" for role, count in sorted(result.sources.items())),
    )


def _left_out(period: Unmonitored) -> str:
    return f"{period.first.isoformat()}/{period.last.isoformat()}:{period.reason.value}"


def _decision(export: ValidatedAdherence) -> tuple[str, ...]:
    pharmacy = export.pharmacy.identifiers
    return (
        pharmacy[0].value if pharmacy else "",
        export.decision.decided_by.name,
        iso(export.decision.decided_at),
        export.decision.id,
    )
