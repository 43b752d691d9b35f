"""Every row of the tables of HL7 v2 does what it states."""

import pytest
from hl7v2_messages import an_order, msh, read_text, rxe, the_line

from connectors.hl7v2.posology.pattern import pattern_of
from mappings.catalogue import table
from mappings.table import Row
from schemas.quantity import PeriodUnit

RXR = "RXR|PO"


def rows(name: str) -> list[Row]:
    return list(table(f"hl7v2/{name}"))


def ids(row: Row) -> str:
    return row.code


@pytest.mark.parametrize("row", rows("repeat_patterns"), ids=ids)
def test_a_repeat_pattern_says_something(row: Row) -> None:
    code = row.code.replace("<n>", "6").replace("<day>", "2")

    found = pattern_of(code, table("hl7v2/repeat_patterns"))

    if row.target == "part":
        assert found is None
        return
    assert found is not None
    said = (found.frequency, found.weekdays, found.moments, found.as_needed, found.once)
    assert any(said) or found.continuous or found.unsupported


PUBLISHED_0335 = {
    *("Q<n>S", "Q<n>M", "Q<n>H", "Q<n>D", "Q<n>W", "Q<n>L", "Q<n>J<day>", "BID", "TID", "QID"),
    *("<n>ID", "QAM", "QSHIFT", "QOD", "QHS", "QPM", "C", "U <spec>", "PRN", "ONCE"),
    *("A", "P", "I", "M", "D", "V"),
    *("ACM", "ACD", "ACV", "PCM", "PCD", "PCV", "ICM", "ICD", "ICV"),
}
"""Table 0335 as published; `<timing>C<meal>` written out, `PRNxxx` is read from its two parts."""
PUBLISHED_0485 = {"S", "A", "R", "P", "C", "T", "PRN"} | {f"T{letter}<n>" for letter in "SMHDWL"}


def test_table_0335_is_there_in_full() -> None:
    assert {row.code for row in rows("repeat_patterns")} >= PUBLISHED_0335


def test_table_0485_is_there_in_full() -> None:
    assert {row.code for row in rows("priorities")} >= PUBLISHED_0485


@pytest.mark.parametrize("row", rows("priorities"), ids=ids)
def test_a_priority_says_what_its_row_says(row: Row) -> None:
    code = row.code.replace("<n>", "30")

    line = the_line(an_order(rxe(), f"TQ1|1||BID||||||{code}", RXR))

    (phase,) = line.posology.phases
    said = [finding.code.value for finding in phase.findings]
    outcomes = {
        "routine": (False, []),
        "as-needed": (True, []),
        "urgent": (False, ["element-unread"]),
        "event": (False, ["event-condition"]),
    }
    assert (phase.as_needed, said) == outcomes[row.target]


PUBLISHED_0119 = {
    *("AF", "CA", "CH", "CN", "CP", "CR", "DC", "DE", "DF", "DR", "FU", "HD", "HR", "LI", "MC"),
    *("NA", "NR", "NW", "OC", "OD", "OE", "OF", "OH", "OK", "OP", "OR", "PA", "PR", "PY", "RA"),
    *("RC", "RD", "RE", "RF", "RL", "RO", "RP", "RQ", "RR", "RU", "SC", "SN", "SQ", "SR", "SS"),
    *("SU", "UA", "UC", "UD", "UF", "UH", "UM", "UN", "UR", "UX", "XO", "XR", "XX"),
}


def test_table_0119_is_there_in_full() -> None:
    assert {row.code for row in rows("order_control")} == PUBLISHED_0119
    assert len(PUBLISHED_0119) == 58


@pytest.mark.parametrize("row", rows("order_control"), ids=ids)
def test_an_order_control_is_an_action_or_a_notice_or_unclear(row: Row) -> None:
    order = an_order(rxe(), "TQ1|1||BID", RXR, orc=f"ORC|{row.code}|L1|F1")
    line, notices = the_line(order), read_text(order).notices

    said = [finding.code.value for finding in line.findings]
    outcomes = {
        "notice": ("inform", ["status-not-active"], 1),
        "status": ("inform", ["status-not-active"], 1),
        "unclear": ("inform", ["order-control-unknown"], 0),
        "child": ("start", ["line-alternative"], 0),
    }
    expected = outcomes.get(row.target, (row.target, [], 0))
    assert (line.action.value, said, len(notices)) == expected


@pytest.mark.parametrize("row", rows("order_notices"), ids=ids)
def test_a_notice_is_of_the_kind_of_its_row(row: Row) -> None:
    (notice,) = read_text(an_order(orc=f"ORC|{row.code}|L1^DPI|F1^LGO")).notices

    assert (notice.kind.value, notice.code) == (row.target, row.code)
    assert [each.value for each in notice.order] == ["L1", "F1"]


@pytest.mark.parametrize("row", rows("order_statuses"), ids=ids)
def test_a_change_of_status_is_what_its_row_says(row: Row) -> None:
    reading = read_text(an_order(orc=f"ORC|SC|L1^DPI|F1^LGO||{row.code}"))

    lines = [line for each in reading.prescriptions for line in each.lines]
    acting = row.target not in {"running", "unclear"}
    assert [line.action.value for line in lines] == ([row.target] if acting else [])
    assert [found.code.value for line in lines for found in line.findings] == (
        ["status-not-active"] if acting else []
    )
    assert len(reading.notices) == (0 if acting else 1)


@pytest.mark.parametrize("row", rows("time_units"), ids=ids)
def test_a_unit_of_time_is_one_of_ours(row: Row) -> None:
    line = the_line(an_order(rxe(), f"TQ1|1||BID|||3^{row.code}", RXR))

    (phase,) = line.posology.phases
    assert phase.bounds.duration is not None
    assert phase.bounds.duration.unit is PeriodUnit(row.target)


@pytest.mark.parametrize("row", rows("messages"), ids=ids)
def test_a_kind_of_message_is_read_by_the_reader_of_its_row(row: Row) -> None:
    detail = "RXO|P1^PRODUIT^L|1||TAB" if row.target == "order" else rxe()
    bodies = {"administration": "RXA|0|1", "movement": "MRG|9^^^E^PI", "dispense": "RXD|1"}
    body = bodies.get(row.target, detail)
    if row.code == "ADT^Z99":
        body = "ZBE|1^E|20260105080000||UPDATE|N|A02"

    reading = read_text(an_order(body, RXR, header=msh(row.code)))

    counts = {
        "encoded-order": reading.prescriptions,
        "order": reading.prescriptions,
        "administration": reading.intakes,
        "movement": reading.movements,
        "dispense": reading.dispenses,
        "answer": reading.notices,
    }
    assert len(counts[row.target]) == 1


@pytest.mark.parametrize("row", rows("charsets"), ids=ids)
def test_a_character_set_is_a_codec(row: Row) -> None:
    assert "A".encode(row.target).decode(row.target) == "A"
