"""What was prepared of a released schedule: one fact for each line that lies in the organiser.

Only the engine's own figures are used: the units that the validated placement counts, over the days
exported. Which box they came from, its lot and its expiry are not known here.
"""

import uuid
from decimal import Decimal
from fractions import Fraction

from connectors.cda.templates import EDQM, UCUM
from connectors.cda.writing.build import is_oid
from mappings.authorities import bare
from mappings.catalogue import has_table, load_site, table
from mappings.table import TableError
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.decision import Decider, Decision
from schemas.delivery import ReleasedLine, ReleasedSchedule
from schemas.dispense import Dispense, DispenseKind, DispenseStatus
from schemas.errors import Refused
from schemas.organiser import Place
from schemas.people import Identifier, IdentifierKind, Practitioner
from schemas.prescription import Product
from schemas.quantity import Quantity
from schemas.schedule import PlannedIntake
from schemas.site import Site

PROFESSIONALS, PLACES = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
PHARMACIST = Coding(code="G15_21", system="1.2.250.1.213.1.1.4.5", display="Pharmacien")
LISTS = {
    ProductCodeSystem.CIS: "1.2.250.1.213.2.3.1",
    ProductCodeSystem.MV: "1.2.250.1.213.2.59",
    ProductCodeSystem.ATC: "2.16.840.1.113883.6.73",
}
"""The codes of the product ordered that CDA can name. That of a box (CIP) says which box was
opened, which nobody told; a UCD has no list in CDA."""
COUNT = "{count}"
_UNIT = "unité"
_HOURS = "organiser/hours"
_FORMS = (EDQM, "http://standardterms.edqm.eu")
_OURS = uuid.uuid5(uuid.NAMESPACE_OID, PLACES)


def name_uuid(*parts: str) -> str:
    """The UUID that always stands for these parts. Source: RFC 4122 §4.3."""
    return str(uuid.uuid5(_OURS, "|".join(parts))).upper()


def prepared(released: ReleasedSchedule) -> tuple[Dispense, ...]:
    """One fact a line, made ready and not given out. Lines beside the organiser make none.

    The days of supply are those from its first dose to its last one, both included.

    Raises: `Refused` for a count that no decimal number says, or a site that is no longer here.
    """
    facts = (_prepared(released, line, rank) for rank, line in enumerate(released.lines, start=1))
    return tuple(fact for fact in facts if fact is not None)


def _prepared(released: ReleasedSchedule, line: ReleasedLine, rank: int) -> Dispense | None:
    if line.placement.place is Place.BESIDE:
        return None
    site = _site(line.schedule.site)
    inside = [each for each in line.planned if _lies_inside(line, each, site)]
    units = sum((_count(line, each) for each in inside), Fraction(0))
    if not units:
        return None
    first, last = (pick(each.due_at for each in inside) for pick in (min, max))
    decision, prescription = released.decision, released.prescription
    days = (released.first_day.date().isoformat(), str(released.days))
    return Dispense(
        location=line.line.location,
        kind=DispenseKind.GIVE,
        identifiers=(
            Identifier(value=name_uuid("supply", decision.content_sha256, str(rank), *days)),
        ),
        status=DispenseStatus.PREPARED,
        planned_at=first,
        dispensed_by=pharmacist(decision),
        dispenser=released.pharmacy,
        patient=prescription.patient,
        line=line.line.identifiers,
        prescription=prescription.identifiers,
        product=_product(line.line.product),
        quantity=Quantity(value=_decimal(units, line), unit=_UNIT, code=COUNT, system=UCUM),
        days_of_supply=Decimal((last.date() - first.date()).days + 1),
    )


def _site(name: str) -> Site:
    try:
        return load_site(name)
    except TableError:
        raise Refused("site: the organiser of a site that is no longer here is not known") from None


def _lies_inside(line: ReleasedLine, planned: PlannedIntake, site: Site) -> bool:
    """Whether a dose is in a compartment: as the placement counts it, at a moment that has one."""
    if _counted(line, planned) is None:
        return False
    if line.placement.place is Place.INSIDE:
        return True
    if planned.moment is not None:
        return planned.moment in site.compartments
    listed = table(_HOURS, site.name) if has_table(_HOURS, site.name) else None
    return listed is not None and listed.target_of(f"{planned.due_at:%H:%M}") is not None


def _counted(line: ReleasedLine, planned: PlannedIntake) -> Fraction | None:
    counts = line.placement.counts
    return counts[planned.step] if planned.step < len(counts) else None


def _count(line: ReleasedLine, planned: PlannedIntake) -> Fraction:
    return _counted(line, planned) or Fraction(0)


def _decimal(units: Fraction, line: ReleasedLine) -> Decimal:
    """The exact number of units, without needless zeros."""
    value = Decimal(units.numerator) / units.denominator
    if Fraction(value) != units:
        raise Refused(f"{line.line.location}: no decimal number says {units} units")
    return value


def pharmacist(decision: Decision) -> Practitioner:
    """The pharmacist who validated what was prepared. Raises: `Refused` without an RPPS."""
    decider: Decider = decision.decided_by
    if decider.rpps is None:
        raise Refused("decision.decided_by.rpps: a dispensation must name its pharmacist")
    return Practitioner(
        identifiers=(
            Identifier(
                value=f"8{decider.rpps}", kind=IdentifierKind.IDNPS, authority=PROFESSIONALS
            ),
            Identifier(value=decider.rpps, kind=IdentifierKind.RPPS, authority=PROFESSIONALS),
        ),
        family_name=decider.name,
        profession=PHARMACIST,
    )


def _product(product: Product) -> Product:
    """The product as ordered, by the words and the codes that CDA can carry."""
    codes = {code.system: code for code in reversed(product.codes)}
    return Product(
        codes=tuple(
            ProductCode(
                system=system,
                value=codes[system].value,
                display=codes[system].display,
                authority=oid,
            )
            for system, oid in LISTS.items()
            if system in codes
        ),
        text=product.label,
        form=_form(product.form),
    )


def _form(form: Coding | None) -> Coding | None:
    """The form, where its list is one that CDA can name."""
    if form is None or not form.system:
        return None
    system = EDQM if form.system in _FORMS else bare(form.system)
    return form.model_copy(update={"system": system}) if is_oid(system) else None
