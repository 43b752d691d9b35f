"""Brings a database to the tables of today, and compares both.

Run as `python -m engine.store.migrations.check`, it does so on an empty embedded database.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from engine.store.tables import metadata
from engine.store.unit import Store


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Run every migration that this database lacks, in one transaction."""
    with store.database.connect() as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()


def differences(store: Store) -> list[str]:
    """What the tables of this database have otherwise than `tables` says; empty when equal."""
    with store.database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(difference) for difference in compare_metadata(context, metadata)]


def main() -> int:
    """Migrate an empty embedded database and compare. Exit status 1 when they differ."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/check.db")
        upgrade(store)
        found = differences(store)
        store.close()
    for difference in found:
        print(f"migrations and tables differ: {difference}")
    if not found:
        print("migrations equal tables")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
