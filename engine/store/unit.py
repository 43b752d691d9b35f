"""The store and its unit of work: one tenant, one transaction, rolled back unless committed."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

from schemas.ids import TenantId


def new_id(prefix: str) -> str:
    """A fresh identifier: the prefix of its kind, then time and chance, so that ids sort by age.

    Letters, digits and hyphens only: it also serves as the id of a FHIR resource.
    """
    return f"{prefix}-{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"


@dataclass(slots=True)
class Unit:
    """One transaction of one tenant. Leaving it without `commit` rolls everything back."""

    connection: Connection
    tenant: TenantId

    def commit(self) -> None:
        """Make what was written durable; the unit cannot be used afterwards."""
        self.connection.commit()


class Store:
    """The database of record. `url` is a SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.database = (
            _sqlite(url)
            if make_url(url).get_backend_name() == "sqlite"
            else (create_engine(url, pool_pre_ping=True, pool_size=8))
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.database.dialect.name == "sqlite"

    @contextmanager
    def unit(self, tenant: TenantId) -> Iterator[Unit]:
        """A unit of work of this tenant."""
        with self.database.connect() as connection:
            yield Unit(connection, tenant)

    def close(self) -> None:
        """Give every connection back."""
        self.database.dispose()


def _sqlite(url: str) -> Engine:
    """WAL with full synchronisation: a committed message survives a power cut."""
    database = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(database, "connect")
    def _set_up(connection: DBAPIConnection, _record: Any) -> None:
        # The driver must not open transactions of its own: BEGIN IMMEDIATE below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(database, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return database
