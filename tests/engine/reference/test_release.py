"""The files of a release together: every row is kept with its product or kept apart and told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import LINKS, a_product, lines_of, row, sample_bytes, sample_files

from engine.reference.release import Release, read_release
from schemas.codes import ProductCodeSystem
from schemas.errors import Refused
from schemas.reference import Divisibility, FileReport, PublishedProduct, RowFault

DAY = date(2026, 3, 2)
ALL = Decimal(100)


def product(release: Release, cis: str) -> PublishedProduct:
    [found] = [each.product for each in release.assembled(DAY) if each.product.record.cis == cis]
    return found


def report(release: Release, name: str) -> FileReport:
    [found] = [each for each in release.reports if each.name == name]
    return found


def faults(release: Release, name: str) -> list[tuple[int, RowFault]]:
    return [(doubt.line, doubt.fault) for doubt in report(release, name).doubts]


def test_each_file_of_the_sample_is_read_in_its_own_encoding() -> None:
    release = read_release(sample_files(), most_apart=Decimal(20))

    assert {each.name: (each.encoding, each.rows, each.kept) for each in release.reports} == {
        "CIS_bdpm.txt": ("cp1252", 8, 8),
        "CIS_CIP_bdpm.txt": ("utf-8", 7, 6),
        "CIS_COMPO_bdpm.txt": ("cp1252", 12, 12),
        "CIS_CPD_bdpm.txt": ("cp1252", 4, 4),
        "CIS_MITM.txt": ("cp1252", 2, 2),
        "CIS_GENER_bdpm.txt": ("cp1252", 2, 1),
    }


def test_a_product_gathers_what_every_file_says_of_it() -> None:
    release = read_release(sample_files(), most_apart=Decimal(20))

    found = product(release, "60900001")
    record = found.record
    assert record.name == "ALPHAZINE EXEMPLE 5 mg, comprimé sécable"
    assert record.form == "comprimé sécable"
    assert record.routes == ("orale",)
    assert record.divisibility is Divisibility.HALVES
    assert record.conditions == ("liste I",)
    assert record.marketed is True
    assert record.release == DAY
    assert [(code.system.value, code.value) for code in record.codes] == [
        ("cis", "60900001"),
        ("cip13", "3400990000115"),
        ("cip7", "9000011"),
        ("cip13", "3400990000122"),
        ("cip7", "9000012"),
        ("atc", "A01AA01"),
    ]
    [strength] = record.strengths
    assert (strength.substance, strength.numerator.value) == ("ALPHAZINE", Decimal("5.00"))
    assert [box.price for box in found.presentations] == [Decimal("24.34"), Decimal("1466.29")]
    assert [box.reimbursement for box in found.presentations] == ["65%", "65%"]
    assert [group.role for group in found.groups] == ["1"]
    assert found.authorised_on == date(1998, 3, 12)


def test_the_words_of_the_sample_say_what_a_unit_holds_and_how_it_is_divided() -> None:
    release = read_release(sample_files(), most_apart=Decimal(20))
    records = [each.product.record for each in release.assembled(DAY)]

    assert {record.cis[-1]: record.divisibility for record in records} == {
        "1": Divisibility.HALVES,
        "2": Divisibility.QUARTERS,
        "7": Divisibility.WHOLE,
    } | dict.fromkeys("34568")
    assert {
        record.cis[-1]: [
            f"{each.numerator.value} {each.numerator.unit}" for each in record.strengths
        ]
        for record in records
    } == {
        "1": ["5.00 mg"],
        "2": ["10 mg"],
        "3": ["20 mg", "12.5 mg"],
        "4": ["50 microgrammes"],
        "5": ["1000000 UI"],
        "6": [],  # 2 g in 100 g of gel: not counted
        "7": [],  # the name says 40 mg, the composition 20 mg
        "8": [],  # a white tablet and a pink one
    }


def test_a_line_of_another_shape_is_kept_apart_with_its_file_and_line() -> None:
    data = sample_bytes()["CIS_CPD_bdpm.txt"] + row("60900002") + row("60900002", "liste I", "x")

    release = read_release(sample_files(CIS_CPD_bdpm=data), most_apart=ALL)

    assert faults(release, "CIS_CPD_bdpm.txt") == [(6, RowFault.COLUMNS), (7, RowFault.COLUMNS)]
    assert report(release, "CIS_CPD_bdpm.txt").kept == 4
    assert product(release, "60900002").record.conditions == ()


def test_a_row_of_a_product_that_is_not_listed_is_kept_apart() -> None:
    release = read_release(sample_files(), most_apart=Decimal(20))

    [doubt] = report(release, "CIS_CIP_bdpm.txt").doubts
    assert (doubt.line, doubt.fault) == (7, RowFault.CIS_UNLISTED)
    assert "n’est plus dans la liste" in doubt.text


def test_a_control_character_keeps_a_row_apart() -> None:
    data = sample_bytes()["CIS_CPD_bdpm.txt"] + row("60900002", "liste\x00I")

    release = read_release(sample_files(CIS_CPD_bdpm=data), most_apart=ALL)

    assert faults(release, "CIS_CPD_bdpm.txt") == [(6, RowFault.CONTROL)]


def test_an_unread_price_or_day_leaves_the_box_in_use() -> None:
    own = sample_bytes()["CIS_CIP_bdpm.txt"]
    data = own.replace(b"24,34\t", b"24.34\t").replace(b"01/01/2000", b"01/01/20OO")

    release = read_release(sample_files(CIS_CIP_bdpm=data), most_apart=ALL)

    assert faults(release, "CIS_CIP_bdpm.txt") == [
        (1, RowFault.PRICE),
        (3, RowFault.DATE),
        (7, RowFault.CIS_UNLISTED),
    ]
    assert report(release, "CIS_CIP_bdpm.txt").kept == 6
    assert product(release, "60900001").presentations[0].price is None


def test_a_product_that_stands_twice_is_kept_once_when_equal_and_not_at_all_when_not() -> None:
    own = sample_bytes()["CIS_bdpm.txt"]
    same = own.splitlines(keepends=True)[7]
    data = own + same + a_product("60900007", "THETAFORM EXEMPLE 400 mg, comprimé")

    release = read_release(sample_files(CIS_bdpm=data), most_apart=ALL)

    assert faults(release, "CIS_bdpm.txt") == [
        (7, RowFault.CIS_TWICE),
        (9, RowFault.CIS_TWICE),
        (10, RowFault.CIS_TWICE),
    ]
    assert "60900008" in release.products
    assert "60900007" not in release.products


def test_a_box_of_two_products_is_told_on_both_lines() -> None:
    own = sample_bytes()["CIS_CIP_bdpm.txt"]
    again = own.splitlines(keepends=True)[2].replace(b"60900002", b"60900003")

    release = read_release(sample_files(CIS_CIP_bdpm=own + again), most_apart=ALL)

    assert (3, RowFault.CODE_SHARED) in faults(release, "CIS_CIP_bdpm.txt")
    assert (8, RowFault.CODE_SHARED) in faults(release, "CIS_CIP_bdpm.txt")


def test_a_release_without_a_file_that_it_needs_is_refused_naming_it() -> None:
    files = sample_files()
    del files["CIS_COMPO_bdpm.txt"]

    with pytest.raises(Refused, match=r"lacks CIS_COMPO_bdpm\.txt"):
        read_release(files)


def test_classes_and_generics_may_be_absent() -> None:
    files = sample_files()
    del files["CIS_MITM.txt"], files["CIS_GENER_bdpm.txt"]

    assert len(read_release(files, most_apart=ALL).products) == 8


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refused, match=r"CIS_COMPO_bdpm\.txt: has no row"):
        read_release(sample_files(CIS_COMPO_bdpm=b"\r\n"), most_apart=ALL)


def test_more_rows_apart_than_the_limit_refuse_the_whole_release() -> None:
    # One of seven boxes is of a product that is not listed: 14.28 of 100.
    with pytest.raises(Refused, match=r"CIS_CIP_bdpm\.txt: 1 of 7 rows .* line 7: the CIS is not"):
        read_release(sample_files(), most_apart=Decimal("14.28"))

    assert read_release(sample_files(), most_apart=Decimal("14.29"))


def test_as_many_rows_apart_as_the_limit_refuse_nothing() -> None:
    # One of five conditions: 20 of 100.
    data = sample_bytes()["CIS_CPD_bdpm.txt"] + row("60900002")

    release = read_release(sample_files(CIS_CPD_bdpm=data), most_apart=Decimal(20))

    assert report(release, "CIS_CPD_bdpm.txt").apart == 1


def test_products_of_the_past_in_the_register_of_generics_refuse_nothing() -> None:
    own = sample_bytes()["CIS_CIP_bdpm.txt"].splitlines(keepends=True)

    release = read_release(sample_files(CIS_CIP_bdpm=b"".join(own[:6])))

    assert faults(release, "CIS_GENER_bdpm.txt") == [(2, RowFault.CIS_UNLISTED)]


def test_a_link_may_name_the_box_by_its_seven_digits() -> None:
    links = lines_of(b"cip7;ucd7\n9000011;9900001\n")

    release = read_release(sample_files(), links, most_apart=Decimal(20))

    codes = {code.value for code in product(release, "60900001").record.codes}
    assert "3400899000018" in codes


CELL = st.text(st.sampled_from("0123456789 ,.%mgUI\té-"), max_size=12)
CODES = st.sampled_from(["60900001", "60900009", "6090000", "3400990000115", "9000011", "SA", "FT"])


@given(
    name=st.sampled_from(["CIS_bdpm", "CIS_CIP_bdpm", "CIS_COMPO_bdpm", "CIS_CPD_bdpm"]),
    rows=st.lists(st.lists(CELL | CODES, min_size=1, max_size=13), max_size=4),
)
@settings(max_examples=300, deadline=None)
def test_whatever_a_file_says_each_row_is_kept_or_told(name: str, rows: list[list[str]]) -> None:
    own = sample_bytes()[f"{name}.txt"]
    encoding = "utf-8" if name == "CIS_CIP_bdpm" else "cp1252"
    data = own + b"".join(row(*cells, encoding=encoding) for cells in rows)

    release = read_release(sample_files(**{name: data}), most_apart=ALL)

    written = [line for line in data.split(b"\n") if line.strip()]
    found = report(release, f"{name}.txt")
    told = {doubt.line for doubt in found.doubts}
    assert found.rows == len(written)
    assert found.kept + found.apart == found.rows
    assert found.apart <= len(told)
    for each in release.assembled(DAY):
        assert all(strength.numerator.value > 0 for strength in each.product.record.strengths)


@given(st.binary(max_size=200))
def test_bytes_of_no_file_are_refused_or_told_and_never_break_the_load(data: bytes) -> None:
    try:
        release = read_release(sample_files(CIS_CPD_bdpm=data), most_apart=ALL)
    except Refused:
        return
    assert report(release, "CIS_CPD_bdpm.txt").kept == 0


def test_links_lead_from_a_ucd_to_its_product_in_both_lengths() -> None:
    release = read_release(sample_files(), lines_of(LINKS.read_bytes()), most_apart=Decimal(20))

    codes = {(code.system, code.value) for code in product(release, "60900001").record.codes}
    assert (ProductCodeSystem.UCD13, "3400899000018") in codes
    assert (ProductCodeSystem.UCD7, "9900001") in codes
    assert report(release, "links").kept == 3
