"""Strict conformance, and what the head of a document tells before it is read."""

from pathlib import Path

from connectors.cda.connector import CONNECTOR
from connectors.cda.lint import lint
from connectors.cda.peek import peek
from schemas.finding import FindingCode

SAMPLES = Path(__file__).parents[3] / "samples" / "cda"
NOMINAL = (SAMPLES / "nominal_once_a_day.xml").read_bytes()


def test_a_nominal_document_breaks_no_rule() -> None:
    assert lint(NOMINAL) == ()


def test_a_missing_template_and_a_missing_part_are_named() -> None:
    data = NOMINAL.replace(b'<templateId root="1.3.6.1.4.1.19376.1.9.1.3.2"/>', b"").replace(
        b'<repeatNumber value="0"/>', b""
    )

    findings = lint(data)

    assert [finding.code for finding in findings] == [FindingCode.STRUCTURE_INVALID] * 2
    assert findings[0].quoted == "1.3.6.1.4.1.19376.1.9.1.3.2"
    assert findings[1].message == "repeatNumber of a prescribed line is required"


def test_a_reference_without_its_sign_is_told() -> None:
    findings = lint(NOMINAL.replace(b'"#med-001"', b'"med-001"'))

    assert [finding.quoted for finding in findings] == ["med-001"]


def test_the_head_of_a_document_gives_kind_id_and_lane() -> None:
    head = peek(NOMINAL[:4000])

    assert head.kind == "eP-MED-DM 2024.01"
    assert head.control_id == "2.25.310000000000000000000000000000001"
    assert head.lane == "239067511604207"


def test_other_formats_are_not_taken_for_a_document() -> None:
    for data in (
        b"MSH|^~\\&|A",
        b'{"resourceType":"Bundle"}',
        b"<Messages/>",
        b"",
        b"\xef\xbb\xbf",
    ):
        assert not CONNECTOR.detects(data)
