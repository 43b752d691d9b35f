"""Opens the database of record, at the tables of today."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from engine.store.unit import Store
from schemas.errors import Unavailable

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def open_store(url: str) -> Store:
    """The store at this URL, migrated forward when it lags behind. Opening is cheap otherwise.

    Raises: `Unavailable` when the database cannot be reached, or is locked by another.
    """
    store = Store(url)
    try:
        if _version(store) != _newest():
            from engine.store.migrations.check import upgrade

            upgrade(store)
    except OperationalError as error:
        store.close()
        raise Unavailable(f"database: {type(error.orig).__name__}") from error
    return store


def _version(store: Store) -> str | None:
    with store.database.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _newest() -> str:
    return max(path.name for path in _VERSIONS.glob("[0-9]*.py")).partition("_")[0]
