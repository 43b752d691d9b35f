"""The store and its unit of work: one tenant, one transaction, rolled back unless committed."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Insert, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, OperationalError

from schemas.errors import Unavailable
from schemas.ids import TenantId

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in which no digit is taken for another."""


def new_id(prefix: str) -> str:
    """A fresh identifier: the prefix of its kind, then time and chance, so that ids sort by age.

    Letters, digits and hyphens only, and with a prefix of three letters twenty characters in all:
    it also serves as the id of a FHIR resource and as MSH-10 (HL7 v2.5.1 §2.15.9.10).
    """
    milliseconds = time.time_ns() // 1_000_000
    return f"{prefix}-{_base32(milliseconds, 9)}{_base32(secrets.randbits(35), 7)}"


def _base32(number: int, length: int) -> str:
    """The number in digits of five bits that sort as they count."""
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(length)))


class Overtaken(Unavailable):
    """Another worker stored the same thing first; a second look finds it."""


@dataclass(slots=True)
class Unit:
    """One transaction of one tenant. Leaving it without `commit` rolls everything back."""

    _connection: Connection
    tenant: TenantId
    journal: tuple[int, str] | None = None
    """Number and digest of the journal entry that this unit wrote last."""
    _added: dict[Insert, list[dict[str, object]]] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """The connection, once what was added is written: a question sees all of this unit."""
        self._write()
        return self._connection

    def add(self, statement: Insert, *rows: dict[str, object]) -> None:
        """Insert these rows before the next question or the commit, with others of their kind."""
        self._added.setdefault(statement, []).extend(rows)

    def commit(self) -> None:
        """Make what was written durable; the unit cannot be used afterwards."""
        self._write()
        self._connection.commit()

    def _write(self) -> None:
        added, self._added = self._added, {}
        for statement, rows in added.items():
            if rows:
                self._connection.execute(statement, rows)


class Store:
    """The database of record. `url` is a SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.database = (
            _sqlite(url)
            if make_url(url).get_backend_name() == "sqlite"
            else (create_engine(url, pool_pre_ping=True, pool_size=8, hide_parameters=True))
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.database.dialect.name == "sqlite"

    @contextmanager
    def unit(self, tenant: TenantId) -> Iterator[Unit]:
        """A unit of work of this tenant.

        Raises: `Unavailable` when the database cannot be reached, read or written now, `Overtaken`
        when another worker stored the same thing first: the unit stored nothing either way.
        """
        try:
            with self.database.connect() as connection:
                yield Unit(connection, tenant)
        except OperationalError as error:
            raise Unavailable(f"database: {type(error.orig).__name__}") from error
        except IntegrityError as error:
            if getattr(error.orig, "sqlite_errorname", None) == "SQLITE_CONSTRAINT_TRIGGER":
                raise  # a guard refused it: no other worker is the reason, and no second try helps
            raise Overtaken("database: another worker was first") from error

    def close(self) -> None:
        """Give every connection back."""
        self.database.dispose()


def _sqlite(url: str) -> Engine:
    """WAL with full synchronisation: a committed message survives a power cut."""
    database = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)

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
