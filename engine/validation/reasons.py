"""The coded reasons of a hold, a clarification or a rejection: the table `reasons`."""

from mappings.catalogue import table
from mappings.table import Row
from schemas.decision import DecisionKind
from schemas.errors import Refused

OTHER = "OTHER"
"""The reason that says nothing without a comment."""


def reasons(kind: DecisionKind) -> tuple[Row, ...]:
    """The reasons that this kind of decision may give. A validation gives none."""
    return tuple(row for row in table("reasons") if kind.value in row.target.split())


def check_reason(kind: DecisionKind, reason: str | None, comment: str | None) -> None:
    """Nothing when the reason is one of this kind of decision.

    Raises: `Refused` when it is missing, unknown, of another kind, or `OTHER` and silent.
    """
    if reason is None:
        raise Refused(f"reason: {kind.value} needs a coded reason")
    codes = [row.code for row in reasons(kind)]
    if reason not in codes:
        raise Refused(f"reason: {kind.value} takes one of {', '.join(codes)}")
    if reason == OTHER and not (comment or "").strip():
        raise Refused("comment: the reason OTHER needs a comment")
