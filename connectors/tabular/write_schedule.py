"""A released schedule as a table: one row a planned intake, then one a line taken as needed."""

from collections.abc import Iterator

from connectors.tabular.cells import table
from connectors.tabular.needed import COLUMNS as NEEDED
from connectors.tabular.needed import needed_cells
from connectors.tabular.write_intakes import iso, patient_cells
from mappings.catalogue import load_site
from mappings.table import TableError
from schemas.base import plain_decimal
from schemas.codes import ProductCodeSystem
from schemas.delivery import ReleasedLine, ReleasedSchedule
from schemas.export import Envelope
from schemas.organiser import Place
from schemas.prescription import Product
from schemas.quantity import Quantity
from schemas.schedule import AsNeeded, PlannedIntake
from schemas.site import Site

COLUMNS = (
    "kind",
    "patient_id",
    "patient_authority",
    "prescription_id",
    "line_id",
    "due_at",
    "date",
    "time",
    "zone",
    "moment",
    "offset_minutes",
    "compartment",
    "product",
    "cip13",
    "ucd13",
    "cis",
    "other_codes",
    "quantity",
    "unit",
    "text",
    "instructions",
    "pharmacy",
    "decided_by",
    "decided_at",
    "decision",
    *NEEDED,
)
"""`kind` is `planned` or `as-needed`; the latter has no date: the last columns say how much, how
often, when and how long. `date` is the day of the organiser: a moment past midnight is of the day
that it ends; `due_at` is the instant."""
_OWN = (ProductCodeSystem.CIP13, ProductCodeSystem.UCD13, ProductCodeSystem.CIS)


def write_schedule(export: ReleasedSchedule, envelope: Envelope) -> bytes:
    """The table, in the order of the lines and of their intakes."""
    del envelope
    rows = [
        (kind, *_who(export), *cells, *_decision(export), *stated)
        for released in export.lines
        for kind, cells, stated in _line(released)
    ]
    return table(COLUMNS, rows)


def _line(released: ReleasedLine) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    site = _site(released.schedule.site)
    name = released.line.identifier or ""
    product = _product(released.line.product)
    for planned in released.planned:
        instructions = _instructions(released, planned)
        when = _when(planned, released, site)
        words = (released.line.text or "", " | ".join(instructions))
        cells = (name, *when, *product, *_amount(planned.quantity), *words)
        yield "planned", cells, ("",) * len(NEEDED)
    nowhere = ("",) * 3 + (released.schedule.zone,) + ("",) * 3
    for needed in released.schedule.as_needed:
        words = (needed.text or released.line.text or "", _needed(needed))
        cells = (name, *nowhere, *product, *_amount(needed.quantity), *words)
        yield "as-needed", cells, needed_cells(needed)


def _site(name: str) -> Site | None:
    """The site, for the columns and the days of its organiser; `None` when it is no longer here."""
    try:
        return load_site(name)
    except TableError:
        return None


def _when(planned: PlannedIntake, released: ReleasedLine, site: Site | None) -> tuple[str, ...]:
    """The cells of one time. A line that lies beside the organiser has no compartment."""
    moment = planned.moment
    inside = moment is not None and released.placement.place is not Place.BESIDE
    compartment = site.compartments.get(moment) if site is not None and moment and inside else None
    day = site.day_of(planned.due_at, moment) if site is not None else planned.due_at.date()
    return (
        iso(planned.due_at),
        day.isoformat(),
        planned.due_at.strftime("%H:%M"),
        released.schedule.zone,
        moment.value if moment is not None else "",
        str(planned.offset_minutes) if planned.offset_minutes is not None else "",
        compartment.value if compartment is not None else "",
    )


def _product(product: Product) -> tuple[str, ...]:
    by_system = {code.system: code.value for code in reversed(product.codes)}
    others = [
        f"{code.system.value}:{code.value}" for code in product.codes if code.system not in _OWN
    ]
    return (
        product.label,
        *(by_system.get(system, "") for system in _OWN),
        " ".join(others),
    )


def _amount(quantity: Quantity | None) -> tuple[str, str]:
    if quantity is None:
        return "", ""
    return plain_decimal(quantity.value), quantity.unit_label or ""


def _instructions(released: ReleasedLine, planned: PlannedIntake) -> tuple[str, ...]:
    steps = released.schedule.steps
    return steps[planned.step].instructions if planned.step < len(steps) else ()


def _needed(needed: AsNeeded) -> str:
    return " | ".join((*needed.reasons, *needed.instructions))


def _who(export: ReleasedSchedule) -> tuple[str, ...]:
    prescription = export.prescription
    patient = prescription.patient
    number = prescription.identifiers[0].value if prescription.identifiers else ""
    return (*(patient_cells(patient) if patient is not None else ("", "")), number)


def _decision(export: ReleasedSchedule) -> tuple[str, ...]:
    pharmacy = export.pharmacy.identifiers
    return (
        pharmacy[0].value if pharmacy else "",
        export.decision.decided_by.name,
        iso(export.decision.decided_at),
        export.decision.id,
    )
