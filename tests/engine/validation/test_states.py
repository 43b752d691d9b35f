import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.validation.states import Event, ItemState, decided, happened
from schemas.decision import DecisionKind
from schemas.errors import Refused

OPEN = {ItemState.TO_VALIDATE, ItemState.HELD, ItemState.CLARIFICATION}


@pytest.mark.parametrize("state", [ItemState.HELD, ItemState.CLARIFICATION], ids=str)
def test_a_hold_that_ends_and_an_answer_bring_the_item_back(state: ItemState) -> None:
    assert happened(state, Event.REOPENED) is ItemState.TO_VALIDATE


@pytest.mark.parametrize("state", sorted(OPEN | {ItemState.VALIDATED}), ids=str)
def test_a_new_version_or_a_cancellation_ends_an_open_or_validated_item(state: ItemState) -> None:
    assert happened(state, Event.SUPERSEDED) is ItemState.SUPERSEDED
    assert happened(state, Event.CANCELLED) is ItemState.CANCELLED


@pytest.mark.parametrize("event", Event, ids=str)
@pytest.mark.parametrize("state", [ItemState.SUPERSEDED, ItemState.CANCELLED], ids=str)
def test_nothing_happens_to_what_is_over(state: ItemState, event: Event) -> None:
    with pytest.raises(Refused, match=f"an item in state {state.value} cannot be {event.value}"):
        happened(state, event)


def test_a_validated_item_is_never_reopened() -> None:
    with pytest.raises(Refused):
        happened(ItemState.VALIDATED, Event.REOPENED)


@given(st.lists(st.sampled_from([*DecisionKind, *Event]), max_size=12))
def test_no_sequence_validates_an_item_twice(steps: list[DecisionKind | Event]) -> None:
    state, validations = ItemState.TO_VALIDATE, 0
    for step in steps:
        try:
            state = (
                decided(state, step) if isinstance(step, DecisionKind) else happened(state, step)
            )
        except Refused:
            continue
        validations += step is DecisionKind.VALIDATE

    assert validations <= 1
    assert state.is_open is (state in OPEN)
