"""What the tables say of a form: its packing, its unit, into what it may be divided.

By the exact words of the form, never by a part of them: *poudre pour inhalation en gélule*
holds the word of a capsule, and is no capsule to swallow.
"""

from functools import cache
from typing import NamedTuple

from engine.review.lines import folded, product_keys
from mappings.catalogue import has_table, table
from mappings.table import Table
from schemas.codes import Coding
from schemas.organiser import CountedUnit, Packing
from schemas.prescription import Product
from schemas.reference import Divisibility, ProductRecord
from schemas.site import Site

_CAUTIOUS = (Packing.BESIDE, Packing.REVIEW, Packing.INSIDE)
_PARTS = tuple(Divisibility)


class FormFacts(NamedTuple):
    """What is known of the form of a product. `packing` is `None` when no table knows it.

    `words` are those that decided, or those that no table knows; `None`: no form is stated
    anywhere. `contradicted`: message and reference state forms that are not packed alike.
    """

    words: str | None = None
    packing: Packing | None = None
    unit: CountedUnit | None = None
    contradicted: bool = False


def form_facts(product: Product, record: ProductRecord | None, site: Site) -> FormFacts:
    """The form of the message first, else that of the reference; of two, the more cautious.

    Words of the message that no table knows leave it to the reference; a published form that no
    table knows is one that nobody has placed.
    """
    stated = _facts(_said(product.form), site)
    if record is None:
        return stated
    published = _facts((record.form,), site)
    if stated.packing is None:
        return published if published.packing or stated.words is None else stated
    if published.packing is None:
        return published
    cautious = min(stated, published, key=lambda facts: _CAUTIOUS.index(facts.packing or "inside"))
    return cautious._replace(contradicted=_differ(stated, published))


def _said(form: Coding | None) -> tuple[str, ...]:
    return tuple(said for said in (form.display, form.code) if said) if form else ()


def _facts(said: tuple[str, ...], site: Site) -> FormFacts:
    forms = table("organiser/forms", site.name)
    for words in said:
        known = forms.target_of(folded(words))
        if known is not None:
            unit = table("organiser/form_units", site.name).target_of(folded(words))
            return FormFacts(words, Packing(known), CountedUnit(unit) if unit else None)
    return FormFacts(said[0] if said else None)


def _differ(one: FormFacts, other: FormFacts) -> bool:
    return one.packing is not other.packing or units_differ(one.unit, other.unit)


def units_differ(one: CountedUnit | None, other: CountedUnit | None) -> bool:
    """Whether both are known and count different things; a piece is any of them."""
    kinds = {one, other} - {None, CountedUnit.PIECE}
    return len(kinds) > 1


def packing_of_product(product: Product, site: Site) -> Packing | None:
    """What the site itself has signed of this product: its table `organiser/products`."""
    row = _row_of("organiser/products", product, site)
    return Packing(row) if row is not None else None


def divisibility_of(
    product: Product, record: ProductRecord | None, unit: CountedUnit | None, site: Site
) -> Divisibility | None:
    """Into what one unit may be divided; `None`: nothing is known.

    What the site has signed of the product, else what the reference says of it, else what the
    words of its forms and of its unit say: of several the most cautious.
    """
    row = _row_of("organiser/divisions", product, site)
    if row is not None:
        return Divisibility(row)
    if record is not None and record.divisibility is not None:
        return record.divisibility
    divisions = table("organiser/divisions", site.name)
    words = [*_said(product.form), *([record.form] if record else []), *([unit] if unit else [])]
    known = [divisions.target_of(folded(each)) for each in words]
    return min((Divisibility(each) for each in known if each), key=_PARTS.index, default=None)


def _row_of(name: str, product: Product, site: Site) -> str | None:
    """The target of the row that names this product by a code (`cis:60000000`)."""
    rows = signed(name, site.name)
    if rows is None:
        return None
    return next(filter(None, map(rows.target_of, sorted(product_keys(product)))), None)


@cache
def signed(name: str, site: str) -> Table | None:
    """A table that only some sites have; `None` where this one has none."""
    return table(name, site) if has_table(name, site) else None
