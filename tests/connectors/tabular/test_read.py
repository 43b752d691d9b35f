"""The intake table: what is recognised, what is refused, what never raises."""

import csv
import io

import pytest
from bounds import within
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.tabular.cells import bare, safe, table
from connectors.tabular.columns import INTAKE_COLUMNS
from connectors.tabular.connector import CONNECTOR
from connectors.tabular.read import read
from mappings.catalogue import load_site
from mappings.catalogue import table as mapping
from schemas.finding import FindingCode
from schemas.intake import AuthorRole, IntakeStatus

SITE = load_site("reference")
HEAD = b"patient_id;line_id;taken_at;status;quantity\r\n"
GOOD = b"000123;L1;2026-01-05T08:00:00+01:00;taken;1\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bonjour",
        b"a;b;c\r\n1;2;3\r\n",
        b"patient_id;line_id;taken_at\r\n",
        b"Patient_ID;line_id;taken_at;status\r\n",
        b"patient_id\tline_id\ttaken_at\tstatus\r\n",
        b"patient_id line_id taken_at status\r\n",
        b"\r\n" + HEAD,
        b"MSH|^~\\&|A\r",
        b'{"patient_id;line_id;taken_at;status": 1}',
        b"<patient_id;line_id;taken_at;status>",
    ],
)
def test_a_text_without_the_exact_columns_is_not_taken(data: bytes) -> None:
    assert not CONNECTOR.detects(data)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_head_line_is_recognised_whatever_ends_it(end: bytes) -> None:
    data = (HEAD + GOOD).replace(b"\r\n", end)

    assert CONNECTOR.detects(data)
    assert len(read(data, SITE).intakes) == 1


def test_columns_may_stand_in_any_order() -> None:
    data = b"status,quantity,taken_at,line_id,patient_id\npris,2,2026-01-05T08:00Z,L1,7\n"

    (intake,) = read(data, SITE).intakes

    assert intake.status is IntakeStatus.TAKEN
    assert intake.line[0].value == "L1"


def test_a_column_named_twice_is_refused() -> None:
    reading = read(HEAD.replace(b"quantity", b"status") + GOOD, SITE)

    assert reading.is_empty
    assert [finding.code for finding in reading.findings] == [FindingCode.MESSAGE_BROKEN]


@pytest.mark.parametrize(
    "value",
    ["2026-01-05", "08:00", "2026-13-05T08:00", "2026-01-05T24:30", "0001-01-01T00:00", "hier"],
)
def test_a_time_that_is_no_time_is_a_finding_at_its_cell(value: str) -> None:
    reading = read(HEAD + GOOD + GOOD.replace(b"2026-01-05T08:00:00+01:00", value.encode()), SITE)

    assert len(reading.intakes) == 1
    assert [(one.code, one.location, one.quoted) for one in reading.findings] == [
        (FindingCode.VALUE_INVALID, "row[3].taken_at", value)
    ]


def test_a_quantity_keeps_its_precision() -> None:
    (intake,) = read(HEAD + GOOD.replace(b";1\r", b";1.10\r"), SITE).intakes

    assert intake.quantity is not None
    assert str(intake.quantity.value) == "1.10"


def test_a_message_of_a_finding_quotes_no_cell() -> None:
    reading = read(HEAD + b"DUPONT;RAMIPRIL;ici;la;trop\r\n", SITE)

    for finding in reading.findings:
        for word in ("DUPONT", "RAMIPRIL", "ici", "trop"):
            assert word not in finding.message


@pytest.mark.parametrize("row", list(mapping("tabular/statuses")), ids=lambda row: row.code)
def test_every_status_of_the_table_is_read(row: object) -> None:
    code, target = getattr(row, "code", ""), getattr(row, "target", "")

    (intake,) = read(HEAD + GOOD.replace(b"taken", code.encode()), SITE).intakes

    assert intake.status is IntakeStatus(target)


@pytest.mark.parametrize("row", list(mapping("tabular/roles")), ids=lambda row: row.code)
def test_every_role_of_the_table_is_read(row: object) -> None:
    code, target = getattr(row, "code", ""), getattr(row, "target", "")
    data = HEAD.replace(b"quantity", b"author_role") + GOOD.replace(b";1\r", f";{code}\r".encode())

    (intake,) = read(data, SITE).intakes

    assert intake.author.role is AuthorRole(target)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_finding(data: bytes) -> None:
    reading = read(data, SITE)

    assert reading.is_empty
    assert reading.findings


@given(st.binary(max_size=200))
def test_any_bytes_below_a_head_line_never_raise(data: bytes) -> None:
    reading = read(HEAD + GOOD + data, SITE)

    assert reading.intakes or reading.findings


@given(st.lists(st.text(max_size=20), min_size=5, max_size=5))
@settings(max_examples=200)
def test_any_cells_never_raise_and_never_hide_the_good_row(cells: list[str]) -> None:
    row = table(("x",) * 5, [cells]).split(b"\r\n", 1)[1]

    reading = read(HEAD + GOOD + row, SITE)

    assert reading.intakes[0].location == "row[2]"


@given(st.one_of(st.text(max_size=30), st.text(alphabet="'=+-@1a", max_size=5)))
def test_a_cell_that_is_made_safe_is_found_again(text: str) -> None:
    written = safe(text)

    assert written[:1] not in ("=", "+", "@", "\t", "\r")
    assert bare(written) == text


@given(st.lists(st.lists(st.text(max_size=10), min_size=3, max_size=3), max_size=4))
def test_a_table_is_read_back_by_the_csv_module(rows: list[list[str]]) -> None:
    data = table(("a", "b", "c"), rows)

    found = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=";"))

    assert found == [["a", "b", "c"], *([safe(cell) for cell in row] for row in rows)]


def test_the_documented_columns_are_all_read() -> None:
    data = (
        ";".join(INTAKE_COLUMNS)
        + "\r\n"
        + ";".join(
            {
                "status": "taken",
                "taken_at": "2026-01-05T08:05Z",
                "planned_at": "2026-01-05T08:00Z",
                "recorded_at": "2026-01-05T08:06Z",
                "quantity": "1",
                "author_role": "nurse",
            }.get(column, "x")
            for column in INTAKE_COLUMNS
        )
    )

    reading = read(data.encode(), SITE)

    assert len(reading.intakes) == 1
    assert reading.unused == ()


def test_more_rows_than_anybody_sends_are_refused_before_one_is_kept() -> None:
    with within(10):
        reading = read(HEAD + GOOD * 100_001, SITE)

    assert reading.is_empty
    assert [found.code for found in reading.findings] == [FindingCode.MESSAGE_BROKEN]
    assert "at most 100000 rows" in reading.findings[0].message
    assert reading.sources == ()


def test_a_table_that_is_too_large_is_refused_before_it_is_decoded() -> None:
    with within(10):
        reading = read(HEAD + b"x" * (64 * 1024 * 1024), SITE)

    assert [found.code for found in reading.findings] == [FindingCode.MESSAGE_BROKEN]
    assert "at most 64 MiB" in reading.findings[0].message
