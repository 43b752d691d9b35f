"""Keys of French identifiers. Numbers: published ANS, FR Core and BDPM examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.keys import (
    ean13_is_valid,
    finess_is_valid,
    luhn_is_valid,
    nir_is_valid,
    rpps_is_valid,
)


@pytest.mark.parametrize(
    "code",
    [
        "3400949497294",
        "3400933516390",
        "3400938022209",
        "3400893080184",
        "3400892762296",
        "3400890020275",
        "3400893541364",
        "3400891846515",
    ],
)
def test_published_box_and_unit_codes_end_in_their_key(code: str) -> None:
    assert ean13_is_valid(code)


@pytest.mark.parametrize(
    "code", ["3400949497295", "340094949729", "34009494972940", "340094949729X"]
)
def test_another_last_digit_or_length_is_no_ean13(code: str) -> None:
    assert not ean13_is_valid(code)


@pytest.mark.parametrize("nir", ["279035121518989", "274075176079430", "277076322082910"])
def test_published_test_patients_have_the_key_of_their_nir(nir: str) -> None:
    assert nir_is_valid(nir)


@pytest.mark.parametrize("nir", ["276037510669380", "289062913400149", "123456789012244"])
def test_published_examples_with_a_wrong_key_are_found(nir: str) -> None:
    assert not nir_is_valid(nir)


def test_a_corsican_nir_counts_2a_as_19_and_2b_as_18() -> None:
    # 1800219001001 mod 97: 1800219001001 = 97 * 18558958773 + 20, so the key is 97 - 20 = 77;
    # 1800218001001 = 97 * 18558948463 + 90, so the key is 97 - 90 = 07.
    assert nir_is_valid("180022A00100177")
    assert nir_is_valid("180022B00100107")
    assert not nir_is_valid("180022A00100107")


@pytest.mark.parametrize("nir", ["2790351215189", "27903512151898X", "979035121518989", ""])
def test_a_nir_without_key_or_of_another_shape_is_no_nir(nir: str) -> None:
    assert not nir_is_valid(nir)


@pytest.mark.parametrize("rpps", ["10000023084", "10003879623", "01234567897", "99700067210"])
def test_published_rpps_numbers_end_in_their_luhn_key(rpps: str) -> None:
    assert rpps_is_valid(rpps)


@pytest.mark.parametrize("rpps", ["10101201234", "07505123456", "01102058236", "0123456789", ""])
def test_published_rpps_examples_with_a_wrong_key_are_found(rpps: str) -> None:
    assert not rpps_is_valid(rpps)


@pytest.mark.parametrize("finess", ["350005179", "750512345", "300017985"])
def test_published_finess_numbers_end_in_their_luhn_key(finess: str) -> None:
    assert finess_is_valid(finess)


@pytest.mark.parametrize("finess", ["000897406", "35000517", "35000517X"])
def test_other_finess_numbers_are_refused(finess: str) -> None:
    assert not finess_is_valid(finess)


def _ean13(twelve: str) -> str:
    """The code with its key, by the rule in words: ranks 2, 4, ... count three times."""
    total = sum(int(digit) * (3 if rank % 2 == 0 else 1) for rank, digit in enumerate(twelve, 1))
    return twelve + str(-total % 10)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_always_breaks_an_ean13(twelve: str, rank: int, shift: int) -> None:
    code = _ean13(twelve)
    wrong = code[:rank] + str((int(code[rank]) + shift) % 10) + code[rank + 1 :]

    assert ean13_is_valid(code)
    assert not ean13_is_valid(wrong)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_always_breaks_a_luhn_key(ten: str, rank: int, shift: int) -> None:
    code = next(ten + str(key) for key in range(10) if luhn_is_valid(ten + str(key)))
    wrong = code[:rank] + str((int(code[rank]) + shift) % 10) + code[rank + 1 :]

    assert not luhn_is_valid(wrong)
