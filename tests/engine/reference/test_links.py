"""A table of links: its head, its keys, and what contradicts the release."""

import pytest
from reference_files import lines_of

from engine.reference.links import read_links
from schemas.errors import Refused
from schemas.reference import FileReport, RowFault

ALPHA, BETA = "60900001", "60900002"
BOX_OF_ALPHA, BOX_OF_BETA = "3400990000115", "3400990000214"
UCD, OTHER_UCD = "3400899000018", "3400899000025"
OWNERS = {BOX_OF_ALPHA: {ALPHA}, "9000011": {ALPHA}, BOX_OF_BETA: {BETA}, "9000021": {BETA}}


def links(text: str) -> tuple[dict[str, set[str]], FileReport]:
    """The codes of each product, and the report."""
    found, report = read_links(lines_of(text.encode()), {ALPHA, BETA}, OWNERS)
    codes = {
        cis: {f"{system.value} {value}" for link in joined for system, value in link.codes}
        for cis, joined in found.items()
    }
    return codes, report


@pytest.mark.parametrize("cut", [";", ",", "\t"])
def test_the_head_tells_how_cells_are_cut_and_in_which_order(cut: str) -> None:
    text = f"Label{cut}UCD13{cut} cip13 \nx{cut}{UCD}{cut}{BOX_OF_ALPHA}\n"

    codes, report = links(text)

    assert codes == {ALPHA: {f"cip13 {BOX_OF_ALPHA}", f"ucd13 {UCD}", "ucd7 9900001"}}
    assert (report.rows, report.kept) == (1, 1)


@pytest.mark.parametrize(
    "row",
    [
        f"{BOX_OF_ALPHA};;{ALPHA};{UCD};",
        f";9000011;;{UCD};",
        f";;{ALPHA};;9900001",
        f"{BOX_OF_ALPHA};9000011;{ALPHA};{UCD};9900001",
        f"3400990009910;;{ALPHA};{UCD};",
    ],
    ids=["all but sevens", "CIP7 alone", "CIS and UCD7", "everything", "a box that is not listed"],
)
def test_a_row_leads_from_its_ucd_to_one_product(row: str) -> None:
    codes, report = links(f"cip13;cip7;cis;ucd13;ucd7\n{row}\n")

    assert {f"ucd13 {UCD}", "ucd7 9900001"} <= codes[ALPHA]
    assert report.doubts == ()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"{BOX_OF_ALPHA};;{ALPHA};{UCD}", RowFault.COLUMNS),
        (f'"{BOX_OF_ALPHA};;{ALPHA};{UCD};', RowFault.COLUMNS),
        (f'"{BOX_OF_ALPHA}"x;;{ALPHA};{UCD};', RowFault.COLUMNS),
        (f"3400990000116;;;{UCD};", RowFault.CIP13),
        (f";900001;;{UCD};", RowFault.CIP7),
        (f"{BOX_OF_ALPHA};9000012;;{UCD};", RowFault.CIP7),
        (f";;6090001;{UCD};", RowFault.CIS),
        (f";;{ALPHA};3400899000019;", RowFault.UCD),
        (f";;{ALPHA};{BOX_OF_BETA};", RowFault.UCD),
        (f";;{ALPHA};;8900001", RowFault.UCD),
        (f";;{ALPHA};{UCD};9900002", RowFault.UCD),
        (f"{BOX_OF_ALPHA};;{ALPHA};;", RowFault.LINK_EMPTY),
        (f";;;{UCD};", RowFault.LINK_EMPTY),
        (f";;60900077;{UCD};", RowFault.CIS_UNLISTED),
        (f"3400990009910;;;{UCD};", RowFault.CIS_UNLISTED),
        (f"{BOX_OF_ALPHA};;{BETA};{UCD};", RowFault.LINK_CONTRADICTED),
    ],
)
def test_a_row_in_doubt_is_kept_apart_and_told(row: str, fault: RowFault) -> None:
    codes, report = links(f"cip13;cip7;cis;ucd13;ucd7\n{row}\n")

    assert codes == {}
    assert [(doubt.line, doubt.fault, doubt.text) for doubt in report.doubts] == [(2, fault, row)]
    assert (report.rows, report.kept) == (1, 0)


def test_a_ucd_of_two_products_is_kept_with_both_and_told() -> None:
    boxes = f"{BOX_OF_ALPHA};{UCD}\n{BOX_OF_BETA};{UCD}\n{BOX_OF_BETA};{OTHER_UCD}\n"

    codes, report = links(f"cip13;ucd13\n{boxes}")

    assert [(doubt.line, doubt.fault) for doubt in report.doubts] == [
        (2, RowFault.CODE_SHARED),
        (3, RowFault.CODE_SHARED),
    ]
    assert f"ucd13 {UCD}" in codes[ALPHA] & codes[BETA]
    assert report.kept == 3


@pytest.mark.parametrize("head", ["", "cip13;cis", "ucd13;name", "cis;ucd13;ucd13"])
def test_a_table_that_joins_nothing_is_refused(head: str) -> None:
    with pytest.raises(Refused, match="head line"):
        links(head + "\n")
