"""Who may do what. A permission belongs to roles; a role belongs to an account."""

from enum import StrEnum

from engine.store import accounts
from engine.store.accounts import Account
from engine.store.unit import Unit
from schemas.decision import Decider, Role
from schemas.errors import Forbidden
from schemas.ids import TenantId


class Permission(StrEnum):
    """What can be permitted, as `<subject>:<action>`."""

    QUEUE_SEE = "queue:see"
    QUEUE_DECIDE = "queue:decide"
    EXPORT_SEND = "export:send"
    ACCESS_GRANT = "access:grant"
    ADHERENCE_COMPUTE = "adherence:compute"
    MESSAGE_REPLAY = "message:replay"


PHARMACISTS = frozenset({Role.PHARMACIST, Role.OWNER})

ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.QUEUE_SEE: PHARMACISTS | {Role.PREPARER},
    Permission.QUEUE_DECIDE: PHARMACISTS,
    Permission.EXPORT_SEND: PHARMACISTS,
    Permission.ACCESS_GRANT: PHARMACISTS,
    Permission.ADHERENCE_COMPUTE: PHARMACISTS | {Role.PREPARER},
    Permission.MESSAGE_REPLAY: PHARMACISTS | {Role.OPERATOR, Role.INTEGRATOR},
}
"""The préparateur works under a pharmacist and never validates (CSP R.4235-48).

Operators and integrators keep the road open: they replay messages, and see no content.
"""


def entitled(unit: Unit, user: str, permission: Permission) -> Account:
    """The account of this user, who holds the permission.

    Raises: `Forbidden` that names the permission, for an unknown or inactive account too.
    """
    account = accounts.account_named(unit, user)
    if account is None:
        raise Forbidden(f"{permission.value}: no active account has this name")
    if account.role not in ALLOWED[permission]:
        raise Forbidden(f"{permission.value}: the role {account.role.value} does not hold it")
    return account


def decider(account: Account, tenant: TenantId) -> Decider:
    """The person as a decision names them."""
    return Decider(
        user=account.name,
        name=account.full_name,
        role=account.role,
        rpps=account.rpps,
        finess=tenant,
    )
