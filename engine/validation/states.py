"""Where an item of the pharmacist's queue stands, and what may happen to it next."""

from enum import StrEnum

from schemas.decision import DecisionKind
from schemas.errors import Refused


class ItemState(StrEnum):
    """Where an item stands. The last three are final: a correction is a new version."""

    TO_VALIDATE = "to-validate"
    HELD = "held"
    CLARIFICATION = "clarification"
    VALIDATED = "validated"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether a person still has to decide."""
        return self in OPEN


class Event(StrEnum):
    """What happens to an item without a decision on it.

    REOPENED: the date of a hold has come, or the answer to a question arrived. SUPERSEDED: a
    newer version took its place. CANCELLED: its sender cancelled it.
    """

    REOPENED = "reopened"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


OPEN = frozenset({ItemState.TO_VALIDATE, ItemState.HELD, ItemState.CLARIFICATION})

_DECIDED = {
    DecisionKind.VALIDATE: ItemState.VALIDATED,
    DecisionKind.HOLD: ItemState.HELD,
    DecisionKind.CLARIFY: ItemState.CLARIFICATION,
    DecisionKind.REJECT: ItemState.REJECTED,
}

_HAPPENED = {
    (ItemState.HELD, Event.REOPENED): ItemState.TO_VALIDATE,
    (ItemState.CLARIFICATION, Event.REOPENED): ItemState.TO_VALIDATE,
    **{
        (state, event): outcome
        for state in (*OPEN, ItemState.VALIDATED)
        for event, outcome in (
            (Event.SUPERSEDED, ItemState.SUPERSEDED),
            (Event.CANCELLED, ItemState.CANCELLED),
        )
    },
    (ItemState.REJECTED, Event.SUPERSEDED): ItemState.SUPERSEDED,
}


def decided(state: ItemState, kind: DecisionKind) -> ItemState:
    """The state after this decision.

    Raises: `Refused` when the item is no longer open: a validated or rejected version is never
    decided on again, its correction is a new version.
    """
    if not state.is_open:
        raise Refused(
            f"an item in state {state.value} cannot be decided on: a correction is a new version"
        )
    return _DECIDED[kind]


def happened(state: ItemState, event: Event) -> ItemState:
    """The state after this event. Raises: `Refused` when it cannot happen in this state."""
    try:
        return _HAPPENED[state, event]
    except KeyError:
        raise Refused(f"an item in state {state.value} cannot be {event.value}") from None
