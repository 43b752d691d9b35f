"""Accounts: who works here, and as what."""

from datetime import datetime

from sqlalchemy import insert, select

from engine.store.tables import accounts
from engine.store.unit import Unit
from schemas.base import Value
from schemas.decision import Role
from schemas.ids import UserName


class Account(Value):
    """One person's account: nominative, personal, never handed on."""

    name: UserName
    full_name: str
    role: Role
    rpps: str | None = None
    active: bool = True


def add(unit: Unit, account: Account, at: datetime) -> None:
    """Store a new account. A name that is taken fails on its key."""
    unit.connection.execute(
        insert(accounts).values(
            tenant=unit.tenant, created_at=at, **account.model_dump(mode="json")
        )
    )


def account_named(unit: Unit, name: str) -> Account | None:
    """The active account of this name."""
    row = unit.connection.execute(
        select(accounts).where(
            accounts.c.tenant == unit.tenant, accounts.c.name == name, accounts.c.active
        )
    ).first()
    return _account(row._asdict()) if row else None


def every(unit: Unit) -> tuple[Account, ...]:
    """All accounts, by name."""
    rows = unit.connection.execute(
        select(accounts).where(accounts.c.tenant == unit.tenant).order_by(accounts.c.name)
    )
    return tuple(_account(row._asdict()) for row in rows)


def _account(row: dict[str, object]) -> Account:
    return Account.model_validate({name: row[name] for name in Account.model_fields})
