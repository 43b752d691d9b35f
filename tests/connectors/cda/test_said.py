import pytest

from connectors.cda.posology.said import printed_range


@pytest.mark.parametrize(
    ("words", "range_"),
    [
        ("1 cp à 2 cp, 3 fois/j", "1 cp à 2 cp"),
        ("0,5 cp. à 1 cp", "0,5 cp. à 1 cp"),
        ("1 cp à 1 cp, 4 fois/j", None),
        ("1 cp à 8 h", None),
        ("1 comprimé par jour", None),
        (None, None),
    ],
)
def test_two_amounts_of_one_unit_are_a_range(words: str | None, range_: str | None) -> None:
    assert printed_range(words) == range_
