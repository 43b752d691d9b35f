"""Amounts that a text gives in a rare order: before a scheme, and a half after a range."""

import pytest
from phases_in_words import in_words

from engine.posology.text.propose import propose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 cp 1-0-1", ["1 tablet; MORN, EVE"]),
        ("1 cp 1-0-2", ["1 tablet; MORN", "2 tablet; EVE"]),
        ("1 cp (500 mg) 1-0-1", ["1 tablet; MORN, EVE"]),
        ("500 mg (1 cp) 1-0-1", ["1 tablet; MORN, EVE"]),
    ],
)
def test_one_of_a_unit_names_the_unit_of_a_scheme(text: str, expected: list[str]) -> None:
    proposal = propose(text)

    assert [in_words(phase) for phase in proposal.phases] == expected
    assert proposal.unread == ()


@pytest.mark.parametrize(
    ("text", "amount"),
    [("2 cp 1-0-1", "2 tablet"), ("500 mg 1-0-1", "500 mg"), ("1 à 2 cp 1-0-1", "1-2 tablet")],
)
def test_another_amount_before_a_scheme_is_not_lost_and_leaves_the_scheme_to_a_person(
    text: str, amount: str
) -> None:
    proposal = propose(text)

    assert [in_words(phase) for phase in proposal.phases] == [amount]
    assert proposal.unread == ("1-0-1",)


def test_a_half_after_a_range_belongs_to_its_last_number() -> None:
    (phase,) = propose("1 à 2 cp et demi le matin").phases

    assert in_words(phase) == "1-2.5 tablet; MORN"
