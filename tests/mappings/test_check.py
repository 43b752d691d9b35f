from pathlib import Path

import pytest

from mappings.catalogue import HERE
from mappings.check import check_tables, main
from mappings.table import read_table

COLUMNS = "code;text;target;source;read_by"
SHIPPED = sorted(HERE.rglob("*.csv"))


def a_table(
    root: Path, *rows: str, name: str = "hl7v2/moments", target: str = "schemas.moment.Moment"
) -> None:
    path = root / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f"# table: {name}  target: {target}  version: 1"
    path.write_text("\n".join((head, COLUMNS, *rows)) + "\n", encoding="utf-8")


def problems(root: Path) -> list[str]:
    """The problems without the folder they were found in."""
    return [str(problem).removeprefix(f"{root}/") for problem in check_tables(root)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(HERE).as_posix())
def test_every_shipped_table_reads_and_each_row_says_where_it_comes_from(path: Path) -> None:
    rows = list(read_table(path))

    assert rows
    assert all(row.source.strip() for row in rows)


def test_the_shipped_tables_have_no_problem() -> None:
    assert check_tables() == []


def test_a_right_table_has_no_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;HS;HL7 v2 table 0335;")

    assert problems(tmp_path) == []


def test_a_code_stated_twice_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;HS;table 0335;", "QHS;evening;EVE;table 0335;")

    assert problems(tmp_path) == ["hl7v2/moments.csv:4: the code is stated twice: 'QHS'"]


def test_a_target_that_is_no_value_of_the_enum_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;bedtime;table 0335;")

    assert problems(tmp_path) == ["hl7v2/moments.csv:3: no target of this table: 'bedtime'"]


def test_a_row_without_source_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;HS; ;")

    assert problems(tmp_path) == ["hl7v2/moments.csv:3: the row has no source"]


def test_a_distribution_lists_several_moments_and_each_is_checked(tmp_path: Path) -> None:
    a_table(
        tmp_path,
        "2;twice;MORN EVE;site;",
        "3;three times;MORN NOWHERE EVE;site;",
        name="sites/other/distributions",
    )

    assert problems(tmp_path) == [
        "sites/other/distributions.csv:4: no target of this table: 'NOWHERE'"
    ]


def test_two_moments_in_a_table_of_single_ones_are_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "BID;twice;MORN EVE;table 0335;")

    assert problems(tmp_path) == ["hl7v2/moments.csv:3: no target of this table: 'MORN EVE'"]


@pytest.mark.parametrize("target", ["schemas.moment.Nothing", "schemas.nowhere.Moment"])
def test_a_head_that_names_no_enum_is_a_problem(tmp_path: Path, target: str) -> None:
    a_table(tmp_path, "QHS;bedtime;HS;table 0335;", target=target)

    assert problems(tmp_path) == [
        "hl7v2/moments.csv:1: the target of the head is no enum of schemas"
    ]


def test_a_table_kept_in_the_file_of_another_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;HS;table 0335;")
    (tmp_path / "hl7v2/moments.csv").rename(tmp_path / "hl7v2/other.csv")

    assert problems(tmp_path) == [
        "hl7v2/other.csv:1: the head names another table: 'hl7v2/moments'"
    ]


def test_a_time_that_is_no_time_is_a_problem(tmp_path: Path) -> None:
    a_table(
        tmp_path,
        "MORN;matin;08:00;site;",
        "NOON;midi;24h;site;",
        name="sites/other/moments",
        target="wall-time",
    )

    assert problems(tmp_path) == ["sites/other/moments.csv:4: no target of this table: '24h'"]


def test_an_empty_table_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path)

    assert problems(tmp_path) == ["hl7v2/moments.csv:1: the table has no row"]


def test_a_table_without_its_head_line_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(f"{COLUMNS}\n", encoding="utf-8")

    assert problems(tmp_path) == [
        "units.csv:1: head line `# table: …  target: …  version: …` expected"
    ]


@pytest.mark.parametrize(("row", "status"), [("QHS;bedtime;HS;0335;", 0), ("QHS;x;HS;;", 1)])
def test_the_exit_status_says_whether_there_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, status: int
) -> None:
    a_table(tmp_path, row)

    assert main(tmp_path) == status
    assert ("the row has no source" in capsys.readouterr().out) is bool(status)


def test_a_head_that_names_something_other_than_an_enum_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;HS;0335;", target="schemas.moment.MomentTime")

    assert problems(tmp_path) == [
        "hl7v2/moments.csv:1: the target of the head is no enum of schemas"
    ]


def test_a_code_with_spaces_around_it_is_a_problem(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS ;bedtime;HS;0335;")

    assert problems(tmp_path) == [
        "hl7v2/moments.csv:3: the code is empty or has spaces around it: 'QHS '"
    ]


def test_a_comment_below_the_columns_is_no_row(tmp_path: Path) -> None:
    a_table(tmp_path, "# QHS;bedtime;HS;;", "HS;bedtime;HS;0335;")

    assert problems(tmp_path) == []
    assert list(read_table(tmp_path / "hl7v2/moments.csv").rows) == ["HS"]


def test_a_file_in_another_encoding_is_a_problem_at_its_line(tmp_path: Path) -> None:
    a_table(tmp_path, "QHS;bedtime;HS;0335;")
    path = tmp_path / "hl7v2/moments.csv"
    path.write_bytes(path.read_bytes() + "HS;au coucher, été;HS;0335;\n".encode("iso-8859-1"))

    assert problems(tmp_path) == ["hl7v2/moments.csv:4: the file is not UTF-8"]


def test_words_that_are_no_timing_are_a_problem(tmp_path: Path) -> None:
    a_table(
        tmp_path,
        "TLJ;chaque jour;1/d MORN;liste;",
        "TLS;chaque semaine;1/week;liste;",
        name="pn13/frequencies",
        target="mappings.timing",
    )

    assert problems(tmp_path) == ["pn13/frequencies.csv:4: no target of this table: '1/week'"]


def test_a_character_set_that_nothing_decodes_is_a_problem(tmp_path: Path) -> None:
    a_table(
        tmp_path,
        "8859/1;latin 1;iso8859-1;0211;",
        "undeclared;latin 9;latin-nine;agreed;",
        name="hl7v2/charsets",
        target="python-codec",
    )

    assert problems(tmp_path) == ["hl7v2/charsets.csv:4: no target of this table: 'latin-nine'"]
