"""The product reference: its releases, and what the one in force says of a product.

What an authority publishes is about nobody and the same for every pharmacy of an installation, so
that these rows have no tenant. At most one release is in force; the others are kept.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import RowMapping, insert, select, update

from engine.store import statements
from engine.store.tables import reference_codes, reference_products, reference_releases
from engine.store.unit import Unit
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.reference import ProductRecord, PublishedProduct, ReferenceRelease

BATCH = 500
"""Products whose rows are written together."""


class StoredProduct(NamedTuple):
    """One product as its rows hold it: two JSON texts, and the codes that lead to it."""

    cis: str
    record: str
    content: str
    codes: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, product: PublishedProduct) -> "StoredProduct":
        """The rows of this product; the code of its class (ATC) leads to no single product."""
        return cls(
            product.record.cis,
            product.record.model_dump_json(exclude_defaults=True),
            product.model_dump_json(exclude={"record"}, exclude_defaults=True),
            [
                (code.system.value, code.value)
                for code in product.record.codes
                if code.system is not ProductCodeSystem.ATC
            ],
        )


def store_release(
    unit: Unit, release: ReferenceRelease, products: Iterable[StoredProduct]
) -> Iterator[int]:
    """Store the release with its products; gives how many are written, batch by batch.

    A release that is in force takes the place of the one before. Nothing holds before the commit.
    """
    if release.in_force:
        unit.connection.execute(update(reference_releases).values(in_force=False))
    row = release.model_dump(mode="json", exclude={"report", "loaded_at"})
    row |= {"loaded_at": release.loaded_at, "report": release.report.model_dump_json()}
    unit.connection.execute(insert(reference_releases), row)
    remaining, written = iter(products), 0
    while batch := list(islice(remaining, BATCH)):
        _store(unit, release.id, batch)
        written += len(batch)
        yield written


def _store(unit: Unit, release_id: str, batch: Sequence[StoredProduct]) -> None:
    unit.connection.execute(
        insert(reference_products),
        [
            {"release_id": release_id, "cis": cis, "record": record, "content": content}
            for cis, record, content, _ in batch
        ],
    )
    unit.connection.execute(
        insert(reference_codes),
        [
            {"release_id": release_id, "value": value, "system": system, "cis": product.cis}
            for product in batch
            for system, value in product.codes
        ],
    )


def put_in_force(unit: Unit, release_id: str) -> None:
    """Make this release the one that is asked, instead of any other."""
    table = reference_releases
    unit.connection.execute(update(table).where(table.c.in_force).values(in_force=False))
    unit.connection.execute(update(table).where(table.c.id == release_id).values(in_force=True))


def releases(unit: Unit) -> tuple[ReferenceRelease, ...]:
    """Every release, the newest first; of one day, the one that was loaded last."""
    table = reference_releases
    rows = unit.connection.execute(
        select(table).order_by(table.c.published.desc(), table.c.loaded_at.desc())
    ).mappings()
    return tuple(_release(row) for row in rows)


def _release(row: RowMapping) -> ReferenceRelease:
    return ReferenceRelease.model_validate({**row, "report": json.loads(row["report"])})


def products(
    unit: Unit, codes: Collection[ProductCode]
) -> Mapping[ProductCode, tuple[ProductRecord, ...]]:
    """What the release in force says of each code: one product, or several where it is doubtful.

    A code that it does not know is left out. One statement, whatever the number of codes.
    """
    if not codes:
        return {}
    asked = {"codes": sorted({code.value for code in codes})}
    found: defaultdict[tuple[str, str], list[ProductRecord]] = defaultdict(list)
    records: dict[str, ProductRecord] = {}
    for system, value, cis, record in unit.connection.execute(statements.PRODUCTS_CODED, asked):
        if cis not in records:
            records[cis] = ProductRecord.model_validate_json(record)
        found[system, value].append(records[cis])
    return {
        code: tuple(found[code.system.value, code.value])
        for code in codes
        if (code.system.value, code.value) in found
    }


def published(unit: Unit, value: str) -> tuple[PublishedProduct, ...]:
    """All that the release in force publishes of the products that this code names."""
    named = (
        select(reference_codes.c.cis)
        .join(reference_releases, reference_releases.c.id == reference_codes.c.release_id)
        .where(reference_releases.c.in_force, reference_codes.c.value == value)
    )
    rows = unit.connection.execute(
        select(reference_products.c.record, reference_products.c.content)
        .join(reference_releases, reference_releases.c.id == reference_products.c.release_id)
        .where(reference_releases.c.in_force, reference_products.c.cis.in_(named))
        .order_by(reference_products.c.cis)
    )
    return tuple(
        PublishedProduct.model_validate({"record": json.loads(record), **json.loads(content)})
        for record, content in rows
    )
