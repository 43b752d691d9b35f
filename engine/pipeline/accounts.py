"""Accounts of the people who work with this installation."""

from engine.pipeline.context import Context
from engine.store import accounts, audit
from engine.store.accounts import Account
from schemas.decision import Role
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.keys import rpps_is_valid


def add_account(context: Context, account: Account, by: str) -> None:
    """Store a new account.

    Raises: `Refused` when the name is taken, or when a pharmacist has no valid RPPS number.
    """
    named = account.rpps is not None and rpps_is_valid(account.rpps)
    if account.role in (Role.PHARMACIST, Role.OWNER) and not named:
        raise Refused("rpps: a pharmacist needs eleven digits with their Luhn key")
    now = context.clock()
    with context.store.unit(context.tenant) as unit:
        if any(known.name == account.name for known in accounts.every(unit)):
            raise Refused("name: an account of this name exists; accounts are never handed on")
        accounts.add(unit, account, now)
        audit.record(
            unit,
            AuditEvent.ACCOUNT_CREATED,
            actor=by,
            subject=account.name,
            at=now,
            role=account.role.value,
        )
        unit.commit()
