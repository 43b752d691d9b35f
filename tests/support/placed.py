"""Lines for the organiser: a product with its form and strengths, and what a reference says."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from builders import REFERENCE, a_line, a_phase, a_quantity

from engine.organiser.placement import place
from engine.posology.normalise import normalise
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.delivery import ReleasedLine
from schemas.organiser import Place, Placed, Placement
from schemas.posology import Phase
from schemas.prescription import Line, Product
from schemas.quantity import Strength
from schemas.reference import Divisibility, ProductRecord
from schemas.site import Site

START = date(2026, 3, 2)
"""A Monday."""


def a_strength(text: str, per: str | None = None, substance: str | None = None) -> Strength:
    """`a_strength("500 mg")`, `a_strength("250 mg", per="5 mL")`."""
    return Strength(
        substance=substance,
        numerator=a_quantity(text),
        denominator=a_quantity(per) if per else None,
    )


def a_record(
    form: str = "comprimé",
    *,
    strengths: Sequence[str] = (),
    divisibility: Divisibility | None = None,
    conditions: Sequence[str] = (),
) -> ProductRecord:
    """What a reference publishes of one product."""
    return ProductRecord(
        cis="60000001",
        name="EXEMPLE, comprimé",
        form=form,
        strengths=tuple(a_strength(text) for text in strengths),
        divisibility=divisibility,
        conditions=tuple(conditions),
        release=date(2026, 2, 1),
    )


def a_product(
    form: str | None = "comprimé", *, strengths: Sequence[str] = (), cis: str | None = None
) -> Product:
    """A product with the form that its message states."""
    code = ProductCode(system=ProductCodeSystem.CIS, value=cis) if cis else None
    return Product(
        codes=(code,) if code else (),
        text="EXEMPLE",
        form=Coding(code="x", display=form) if form else None,
        strengths=tuple(a_strength(text) for text in strengths),
        location="product[1]",
    )


def a_packed_line(*phases: Phase, product: Product | None = None, **changes: object) -> Line:
    """A line of a plain tablet, one each morning, with some fields changed."""
    line = a_line(*(phases or (a_phase(moments=["MORN"]),)))
    return line.model_copy(update={"product": product or a_product(), **changes})


def placed(line: Line, record: ProductRecord | None = None, site: Site = REFERENCE) -> Placed:
    """The line placed, its treatment starting on Monday 2 March 2026."""
    return place(line, normalise(line.posology, site, start=START).schedule, site, record)


def counted(released: ReleasedLine) -> ReleasedLine:
    """The line with a step for each of its doses: inside when all of them count tablets."""
    doses = list(dict.fromkeys(intake.quantity for intake in released.planned))
    units = [Fraction(d.value) if d is not None and d.unit == "comprimé" else None for d in doses]
    placement = Placement(
        place=Place.BESIDE if None in units or not units else Place.INSIDE, counts=tuple(units)
    )
    planned = tuple(one._replace(step=doses.index(one.quantity)) for one in released.planned)
    return released.model_copy(update={"placement": placement, "planned": planned})


def a_decimal_dose(value: str, unit: str = "comprimé") -> Line:
    """A plain tablet line of this dose each morning."""
    assert Decimal(value) > 0
    return a_packed_line(a_phase(moments=["MORN"], dose=f"{value} {unit}"))
