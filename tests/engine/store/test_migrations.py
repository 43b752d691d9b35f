"""Migrations make exactly the tables that the code speaks of, on both databases."""

from engine.store.migrations.check import differences
from engine.store.opening import open_store
from engine.store.unit import Store


def test_every_migration_together_makes_the_tables(store: Store) -> None:
    assert differences(store) == []


def test_opening_a_store_again_changes_nothing(store: Store) -> None:
    again = open_store(store.database.url.render_as_string(hide_password=False))

    assert differences(again) == []
    again.close()
