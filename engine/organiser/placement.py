"""Where a line lies: in the organiser or beside it, in how many units, and why.

Only what is known to go in goes in: every reason to the contrary keeps the line beside, on the
plan and in sight. Source: OMEDIT Centre (solid oral forms only; what is not packed is listed).
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.organiser.compartments import in_compartments
from engine.organiser.counting import count_of, may_be_made, strength_of, strengths_differ, unit_of
from engine.organiser.form import (
    FormFacts,
    divisibility_of,
    form_facts,
    packing_of_product,
    units_differ,
)
from engine.review.lines import folded
from mappings.catalogue import table
from schemas.assessment import PLANNING_ACTIONS
from schemas.base import plain_decimal
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode
from schemas.organiser import BesideReason, Packing, Place, Placed, Placement
from schemas.prescription import Line, LineAction
from schemas.quantity import Quantity, Strength
from schemas.reference import ProductRecord
from schemas.schedule import AsNeeded, DoseSchedule, LineSchedule, Step
from schemas.site import Site

Reason = BesideReason


class _Case(NamedTuple):
    """One line with all that is known of its product at a site."""

    line: Line
    site: Site
    record: ProductRecord | None
    form: FormFacts
    strength: Strength | None
    signed: Packing | None

    @property
    def where(self) -> str:
        """Where the product stands in the source, else the line."""
        return self.line.product.location or self.line.location


def place(
    line: Line, schedule: LineSchedule, site: Site, record: ProductRecord | None = None
) -> Placed:
    """The placement of a line, and the doubts about its form, its units and their fractions.

    `record` is what a reference publishes of the product.
    """
    product = line.product
    case = _Case(
        line,
        site,
        record,
        form_facts(product, record, site),
        strength_of(product, record),
        packing_of_product(product, site),
    )
    findings = [*_form_doubts(case), *_strength_doubts(case)]
    reasons = [*_line_reasons(line, schedule), *_product_reasons(case)]
    steps = schedule.steps if isinstance(schedule, DoseSchedule) else ()
    counts = []
    doses: tuple[Step | AsNeeded, ...] = (*steps, *schedule.as_needed)
    for dose in doses:
        count, reason, doubts = _count(case, dose)
        findings += doubts
        if isinstance(dose, Step):
            counts.append(count)
            reasons += [reason] if reason else []
    if reasons:
        where = Place.BESIDE
    else:
        where, reasons = in_compartments(schedule, steps, site)
    placement = Placement(
        place=where,
        reasons=tuple(dict.fromkeys(reasons)),
        form=case.form.words,
        counts=tuple(counts),
    )
    return Placed(placement=placement, findings=tuple(dict.fromkeys(findings)))


def _line_reasons(line: Line, schedule: LineSchedule) -> Iterator[Reason]:
    """What keeps the whole line beside, whatever its product is."""
    if line.supplied is False or line.action is LineAction.INFORM:
        yield Reason.NOT_SUPPLIED
    elif line.action not in PLANNING_ACTIONS:
        yield Reason.NOT_IN_FORCE
    elif not isinstance(schedule, DoseSchedule):
        yield Reason.NOT_COMPUTABLE
    elif not schedule.steps:
        yield Reason.AS_NEEDED if schedule.as_needed else Reason.NOTHING_PLANNED


_OF_FORM = {Packing.BESIDE: Reason.FORM_BESIDE, Packing.REVIEW: Reason.FORM_REVIEW}


def _product_reasons(case: _Case) -> Iterator[Reason]:
    """What keeps the product beside. What the site signed of the product itself is first."""
    if case.signed is not None:
        if case.signed is not Packing.INSIDE:
            yield Reason.PRODUCT
    elif case.form.packing is None:
        yield Reason.FORM_NOT_IN_TABLE if case.form.words else Reason.FORM_NOT_STATED
    elif case.form.packing is not Packing.INSIDE:
        yield _OF_FORM[case.form.packing]
    elif case.form.contradicted:
        yield Reason.FORM_REVIEW
    if not _is_swallowed(case.line.route, case.site):
        yield Reason.ROUTE
    conditions = table("organiser/conditions", case.site.name)
    if case.record and any(conditions.get(folded(each)) for each in case.record.conditions):
        yield Reason.SUPPLY_CONDITION


def _is_swallowed(route: Coding | None, site: Site) -> bool:
    """Whether no other route is stated than that of swallowing, by its words or its code."""
    if route is None:
        return True
    routes = table("organiser/routes", site.name)
    return any(said and routes.get(folded(said)) for said in (route.display, route.code))


def _doubt(code: FindingCode, where: str, rule: str, quoted: str | None = None) -> Finding:
    return Finding(code=code, location=where, message=rule, quoted=quoted)


def _form_doubts(case: _Case) -> Iterator[Finding]:
    form = case.form
    if form.contradicted:
        stated, record = case.line.product.form, case.record
        words = (
            stated.display or stated.code if stated else None,
            record.form if record else None,
        )
        rule = "product.form: the message and the reference state forms that are not packed alike"
        yield _doubt(FindingCode.FORM_CONTRADICTED, case.where, rule, _both(words))
    if case.signed is Packing.INSIDE:
        return
    if form.packing is Packing.REVIEW:
        rule = "product.form: the table of forms leaves it to a pharmacist"
        yield _doubt(FindingCode.FORM_FOR_REVIEW, case.where, rule, form.words)
    elif form.packing is Packing.BESIDE:
        rule = "product.form: the table of forms puts it beside the organiser"
        yield _doubt(FindingCode.FORM_OUTSIDE_ORGANISER, case.where, rule, form.words)
    elif form.packing is None and form.words:
        rule = "product.form: not in the table of forms, so it stays beside the organiser"
        yield _doubt(FindingCode.FORM_OUTSIDE_ORGANISER, case.where, rule, form.words)


def _both(words: Iterable[str | None]) -> str:
    return " / ".join(filter(None, words))


def _strength_doubts(case: _Case) -> Iterator[Finding]:
    """A strength that the reference does not have; nobody has to answer it to stop a line."""
    in_force = case.line.action in PLANNING_ACTIONS
    if in_force and strengths_differ(case.line.product, case.record):
        rule = "product.strengths: the message and the reference differ in what one unit holds"
        published = case.record.strengths if case.record else ()
        words = (_strengths(case.line.product.strengths), _strengths(published))
        yield _doubt(FindingCode.STRENGTH_CONTRADICTED, case.where, rule, _both(words))


def _strengths(strengths: Iterable[Strength]) -> str:
    held = (each.numerator for each in strengths)
    return " + ".join(f"{plain_decimal(one.value)} {one.unit_label or ''}".strip() for one in held)


def _count(
    case: _Case, dose: Step | AsNeeded
) -> tuple[Fraction | None, Reason | None, tuple[Finding, ...]]:
    """The units of one dose, what keeps the line beside, and the doubts about them.

    A form that never goes in is not counted: nobody counts drops into a compartment.
    """
    quantity, packing = dose.quantity, case.signed or case.form.packing
    if packing is Packing.BESIDE:
        return None, None, ()
    if quantity is None:
        return None, Reason.DOSE_NOT_COUNTED, ()
    count = count_of(quantity, case.strength)
    if count is None:
        doubts = () if packing is None else (_not_counted(case, dose.location, quantity),)
        return None, Reason.DOSE_NOT_COUNTED, doubts
    unit = unit_of(quantity)
    if units_differ(unit, case.form.unit):
        rule = "dose: counted in a unit that is not that of the form"
        doubt = _doubt(FindingCode.UNIT_AGAINST_FORM, dose.location, rule, quantity.unit_label)
        return None, Reason.DOSE_NOT_COUNTED, (doubt,)
    said = () if unit is not None else (_counted_by_strength(dose.location, quantity),)
    if count.denominator == 1:
        return count, None, said
    made = may_be_made(count, divisibility_of(case.line.product, case.record, unit, case.site))
    if made:
        return count, None, said
    reason = Reason.FRACTION if made is False else Reason.FRACTION_UNCONFIRMED
    return count, reason, (*said, *_fraction_doubt(case, dose.location, quantity, made))


def _not_counted(case: _Case, where: str, quantity: Quantity) -> Finding:
    if case.strength is None:
        rule = "dose: no count of units, and there is not one strength to divide it by"
    else:
        rule = "dose: no count of units, and the strength is not in its measure"
    return _doubt(FindingCode.DOSE_NOT_COUNTED, where, rule, quantity.unit_label)


def _counted_by_strength(where: str, quantity: Quantity) -> Finding:
    rule = "dose: counted in units by what one unit of the product holds"
    return _doubt(FindingCode.COUNT_FROM_STRENGTH, where, rule, quantity.unit_label)


def _fraction_doubt(
    case: _Case, where: str, quantity: Quantity, made: bool | None
) -> Iterator[Finding]:
    value = format(quantity.value, "f")
    if made is False:
        rule = "dose: this fraction of a unit may not be made of this product"
        yield _doubt(FindingCode.FRACTION_NOT_ALLOWED, where, rule, value)
    elif case.signed is not None or case.form.packing is not None:
        rule = "dose: nothing published says that a unit of this product may be divided"
        yield _doubt(FindingCode.FRACTION_UNCONFIRMED, where, rule, value)
