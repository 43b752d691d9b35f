"""Puts together what the files say of one product."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.reference.divisibility import divisibility_of
from engine.reference.rows import Cells, day_of, is_active_part, price_of, yes_or_no
from engine.reference.strengths import strengths_of
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.reference import (
    Component,
    GenericGroup,
    Presentation,
    ProductRecord,
    PublishedProduct,
    StrengthOutcome,
)

System = ProductCodeSystem
_MARKETED = {"commercialisée": True, "non commercialisée": False}


class Rows(NamedTuple):
    """The rows of one product, file by file, and its codes of a table of links."""

    product: Cells
    presentations: Sequence[Cells] = ()
    components: Sequence[Cells] = ()
    conditions: Sequence[Cells] = ()
    classes: Sequence[Cells] = ()
    groups: Sequence[Cells] = ()
    linked: Sequence[tuple[ProductCodeSystem, str]] = ()


class Assembled(NamedTuple):
    """A product as published, and what became of its strengths."""

    product: PublishedProduct
    strengths: StrengthOutcome


def assembled(rows: Rows, published: date) -> Assembled:
    """The product of these rows in the release of this day."""
    cis, name, form, routes, authorisation, procedure, marketing, *others = rows.product
    authorised_on, availability, european_number, holders, watched = others
    components = tuple(_component(cells) for cells in rows.components)
    strengths, outcome = strengths_of(name, form, components)
    record = ProductRecord(
        cis=cis,
        name=name,
        form=form,
        routes=_listed(routes),
        divisibility=divisibility_of(name, form),
        strengths=strengths,
        conditions=tuple(cells[1] for cells in rows.conditions),
        marketed=_MARKETED.get(marketing.casefold()),
        codes=_codes(rows),
        release=published,
    )
    product = PublishedProduct(
        record=record,
        authorisation=authorisation,
        procedure=procedure,
        marketing=marketing,
        authorised_on=day_of(authorised_on),
        availability=availability or None,
        european_number=european_number or None,
        holders=_listed(holders),
        watched=yes_or_no(watched),
        components=components,
        presentations=tuple(_presentation(cells) for cells in rows.presentations),
        groups=tuple(
            GenericGroup(number=number, label=label, role=role)
            for number, label, _, role, _ in rows.groups
        ),
    )
    return Assembled(product, outcome)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in cell.split(";") if each.strip())


def _codes(rows: Rows) -> tuple[ProductCode, ...]:
    """The codes of the product, each once: CIS, boxes, links, class."""
    codes = {(System.CIS, rows.product[0]): None}
    for cells in rows.presentations:
        codes |= {(System.CIP13, cells[6]): None, (System.CIP7, cells[1]): None}
    codes |= dict.fromkeys(rows.linked)
    codes |= {(System.ATC, cells[1]): None for cells in rows.classes}
    return tuple(ProductCode(system=system, value=value) for system, value in codes)


def _component(cells: Cells) -> Component:
    _, element, code, substance, dosage, per, nature, link = cells
    return Component(
        element=element,
        substance=substance,
        substance_code=code,
        dosage=dosage,
        per=per,
        is_active_part=is_active_part(nature),
        link=link,
    )


def _presentation(cells: Cells) -> Presentation:
    _, cip7, label, status, marketing, declared_on, cip13, hospitals, rate, price, *_ = cells
    return Presentation(
        cip13=cip13,
        cip7=cip7,
        label=label,
        status=status,
        marketing=marketing,
        declared_on=day_of(declared_on),
        for_hospitals=yes_or_no(hospitals),
        reimbursement=rate.replace(" ", "") or None,
        price=price_of(price),
    )
