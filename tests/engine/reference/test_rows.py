"""What a cell may hold: codes with their shape and key, days, and prices with two commas."""

from datetime import date
from decimal import Decimal

import pytest

from engine.reference.rows import PRESENTATIONS, day_of, is_cip13, is_cis, is_ucd13, price_of
from schemas.reference import RowFault


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("24,34", "24.34"),
        ("0,05", "0.05"),
        ("1,466,29", "1466.29"),
        ("12,345,678,90", "12345678.90"),
        ("24,3", None),
        ("24.34", None),
        ("1,46,29", None),
        ("1466,290", None),
        ("gratuit", None),
    ],
)
def test_a_price_has_its_decimals_after_the_last_comma(text: str, price: str | None) -> None:
    assert price_of(text) == (Decimal(price) if price else None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/01/2026", date(2026, 1, 31)),
        ("31/02/2026", None),
        ("2026-01-31", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_the_files_write_it(text: str, day: date | None) -> None:
    assert day_of(text) == day


def test_a_code_has_the_shape_of_its_list_and_its_key() -> None:
    assert is_cip13("3400949497294")  # EAN-13: 3+0+9+9+9+2 + 3*(4+0+4+4+7+9) = 116, key 4
    assert not is_cip13("3400949497295")
    assert is_ucd13("3400893080184")
    assert not is_cip13("3400893080184")  # 34008 is reserved for the UCD
    assert not is_ucd13("3400949497294")
    assert is_cis("60002283")
    assert not is_cis("6000228")
    assert not is_cis("50002283")


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, []),
        ({0: "6000228"}, [RowFault.CIS]),
        ({6: "3400949497295"}, [RowFault.CIP13]),
        ({1: "4949728"}, [RowFault.CIP7]),
        ({5: "16/13/2011"}, [RowFault.DATE]),
        ({9: "24.34"}, [RowFault.PRICE]),
        ({5: "", 9: ""}, []),
        ({0: "", 9: "x"}, [RowFault.CIS, RowFault.PRICE]),
    ],
)
def test_each_fault_of_a_presentation_is_told(
    changed: dict[int, str], faults: list[RowFault]
) -> None:
    cells = "60002283;4949729;30 comprimés;active;oui;16/03/2011;3400949497294;oui;65%;24,34;;;"
    row = [changed.get(place, cell) for place, cell in enumerate(cells.split(";"))]

    assert list(PRESENTATIONS.check(tuple(row))) == faults
