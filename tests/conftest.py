"""Fixtures that many rooms share: stores on both databases, and where real messages lie."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from servers import fresh_database, postgres_dsn

from engine.store.opening import open_store
from engine.store.unit import Store

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
"""A property says what holds, never how fast: a busy machine breaks none."""


def _external(variable: str) -> Path:
    folder = os.environ.get(variable)
    if not folder:
        pytest.skip(f"{variable} is not set: the messages and cases of others are not here")
    return Path(folder)


@pytest.fixture(scope="session")
def external_samples() -> Path:
    """The folder of real messages that none of us wrote."""
    return _external("SEMAINIER_EXTERNAL_SAMPLES")


@pytest.fixture(scope="session")
def external_cases() -> Path:
    """The folder of real dosages with what is expected of them."""
    return _external("SEMAINIER_EXTERNAL_CASES")


@pytest.fixture(scope="session")
def _postgres_template() -> Iterator[str]:
    dsn = postgres_dsn()
    if dsn is None:
        message = "no PostgreSQL: set SEMAINIER_TEST_POSTGRES or start one on loopback"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with fresh_database(dsn) as url:
        open_store(url).close()
        yield url


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty embedded store."""
    opened = open_store(f"sqlite:///{tmp_path}/semainier.db")
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(_postgres_template: str) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    dsn = postgres_dsn()
    assert dsn is not None
    with fresh_database(dsn, template=_postgres_template.rpartition("/")[2]) as url:
        opened = open_store(url)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, once on each database."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found
