"""The reference in the store: one release in force at most, and products found by index."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError
from stored import TENANT

from engine.store import reference
from engine.store.reference import BATCH, StoredProduct
from engine.store.tables import reference_releases
from engine.store.unit import Overtaken, Store
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.ids import Sha256
from schemas.reference import (
    ProductRecord,
    PublishedProduct,
    ReferenceRelease,
    ReferenceReport,
)

DAY = date(2026, 3, 2)
EMPTY = ReferenceReport(files=(), products=0, codes=0, strengths={}, divisibility={})
CIS, CIP13 = ProductCodeSystem.CIS, ProductCodeSystem.CIP13


def a_release(name: str, *, in_force: bool = True) -> ReferenceRelease:
    return ReferenceRelease(
        id=f"ref-{name}",
        published=DAY,
        sha256=Sha256(f"{name:0>64}"),
        loaded_at=datetime(2026, 3, 3, tzinfo=UTC),
        in_force=in_force,
        report=EMPTY,
    )


def a_product(cis: str, *codes: ProductCode) -> PublishedProduct:
    record = ProductRecord(
        cis=cis,
        name=f"PRODUIT {cis}",
        form="comprimé",
        codes=(ProductCode(system=CIS, value=cis), *codes),
        release=DAY,
    )
    return PublishedProduct(record=record, authorisation="", procedure="", marketing="")


def stored(
    store: Store, release: ReferenceRelease, products: Sequence[PublishedProduct]
) -> list[int]:
    with store.unit(TENANT) as unit:
        written = list(reference.store_release(unit, release, map(StoredProduct.of, products)))
        unit.commit()
    return written


def test_a_product_is_given_back_as_it_was_stored(store: Store) -> None:
    box = ProductCode(system=CIP13, value="3400990000115")
    product = a_product("60900001", box)
    stored(store, a_release("a"), [product])

    with store.unit(TENANT) as unit:
        found = reference.products(unit, [box, ProductCode(system=CIS, value="60900009")])
        assert found == {box: (product.record,)}
        assert reference.published(unit, box.value) == (product,)
        assert reference.products(unit, []) == {}


def test_a_large_release_is_written_batch_by_batch(store: Store) -> None:
    products = [a_product(str(61_000_000 + n)) for n in range(2 * BATCH + 1)]

    assert stored(store, a_release("a"), products) == [BATCH, 2 * BATCH, 2 * BATCH + 1]


def test_a_release_in_force_takes_the_place_of_the_one_before(store: Store) -> None:
    stored(store, a_release("a"), [a_product("60900001")])
    stored(store, a_release("b"), [a_product("60900002")])

    with store.unit(TENANT) as unit:
        assert {each.id: each.in_force for each in reference.releases(unit)} == {
            "ref-a": False,
            "ref-b": True,
        }
        assert reference.published(unit, "60900001") == ()
        assert len(reference.published(unit, "60900002")) == 1


def test_the_database_refuses_two_releases_in_force(store: Store) -> None:
    stored(store, a_release("a"), [])
    other = a_release("b").model_dump(mode="json", exclude={"report"})

    with pytest.raises((Overtaken, IntegrityError)), store.unit(TENANT) as unit:
        unit.connection.execute(
            insert(reference_releases),
            {**other, "loaded_at": datetime.now(UTC), "report": "{}"},
        )


def test_the_same_files_are_stored_once(store: Store) -> None:
    stored(store, a_release("a"), [])
    twin = a_release("a", in_force=False).model_copy(update={"id": "ref-twin"})

    with pytest.raises(Overtaken):
        stored(store, twin, [])


@pytest.mark.postgres
def test_the_look_up_scans_nothing_on_postgresql(postgres_store: Store) -> None:
    many = [a_product(str(61_000_000 + n)) for n in range(3000)]
    stored(postgres_store, a_release("old"), many)
    stored(postgres_store, a_release("new"), many)
    sent: list[tuple[str, dict[str, object]]] = []
    event.listen(
        postgres_store.database,
        "before_cursor_execute",
        lambda _connection, _cursor, sql, values, *_: sent.append((sql, values)),
    )

    with postgres_store.unit(TENANT) as unit:
        unit.connection.execute(text("ANALYZE"))
        reference.products(unit, [ProductCode(system=CIS, value="61000001")])
        sql, values = sent[-1]
        plan = [row[0] for row in unit.connection.exec_driver_sql(f"EXPLAIN {sql}", values)]

    scanned = [line for line in plan if "Seq Scan" in line and "reference_releases" not in line]
    assert scanned == []  # the releases are a handful of rows: reading them all is right
    assert any("pk_reference_codes" in line for line in plan)
    assert any("pk_reference_products" in line for line in plan)
