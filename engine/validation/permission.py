"""Who may decide. Source: CSP R.4235-48, the preparation of doses is the pharmacist's act."""

from schemas.decision import Decider, Role
from schemas.errors import Forbidden
from schemas.keys import rpps_is_valid


def is_pharmacist(decider: Decider) -> bool:
    """Whether the account is that of a pharmacist: by its role, or an owner with an RPPS."""
    match decider.role:
        case Role.PHARMACIST:
            return True
        case Role.OWNER:
            return decider.rpps is not None and rpps_is_valid(decider.rpps)
        case _:
            return False


def require_pharmacist(decider: Decider) -> None:
    """Nothing for a pharmacist. Raises: `Forbidden` for everybody else."""
    if is_pharmacist(decider):
        return
    if decider.role is Role.OWNER:
        raise Forbidden("only a pharmacist decides: this owner has no valid RPPS number")
    raise Forbidden(f"only a pharmacist decides: the role {decider.role.value} may not")
