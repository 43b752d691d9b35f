"""The real servers that tests speak to: named by the environment, else found on loopback.

Where there is none, one out of a wheel is started, but not in CI: there an absent server is a
failure, because what is used in production is what has to be tried.
"""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import embedded
import psycopg


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def in_ci() -> bool:
    """Whether an absent server is a failure."""
    return os.environ.get("CI") == "true"


def postgres_dsn() -> str | None:
    """A libpq address of a server where databases may be made; `None` when there is none."""
    named = os.environ.get("SEMAINIER_TEST_POSTGRES")
    if named:
        return named
    if _listens(5432):
        return "postgresql://postgres@127.0.0.1:5432/postgres"
    return None if in_ci() else embedded.postgres()


def amqp_url() -> str | None:
    """The RabbitMQ server, or `None`."""
    named = os.environ.get("SEMAINIER_TEST_AMQP")
    return named or ("amqp://guest:guest@127.0.0.1:5672" if _listens(5672) else None)


def redis_url() -> str | None:
    """The Redis server, or `None`."""
    named = os.environ.get("SEMAINIER_TEST_REDIS")
    if named:
        return named
    if _listens(6379):
        return "redis://127.0.0.1:6379/0"
    return None if in_ci() else embedded.redis()


@contextmanager
def fresh_database(dsn: str, template: str | None = None) -> Iterator[str]:
    """The SQLAlchemy URL of a database of its own, dropped afterwards."""
    name = f"semainier_{uuid.uuid4().hex[:12]}"
    copied = f' TEMPLATE "{template}"' if template else ""
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"{copied}'.encode())
    try:
        yield dsn.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
    finally:
        with psycopg.connect(dsn, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
