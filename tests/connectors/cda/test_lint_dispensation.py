"""What the rules of the eDISP-MED guide find in a dispensation that breaks one of them."""

from pathlib import Path

import pytest

from connectors.cda.lint import lint
from schemas.finding import FindingCode

SAMPLE = Path(__file__).parents[3] / "samples" / "cda" / "nominal_dispensation.xml"
WHOLE = SAMPLE.read_text(encoding="utf-8")
ACT = (
    '<code code="60593-1" displayName="Dispensation médicamenteuse"'
    ' codeSystem="2.16.840.1.113883.6.1"'
)


def rules(text: str) -> list[str]:
    findings = lint(text.encode())
    assert {finding.code for finding in findings} <= {FindingCode.STRUCTURE_INVALID}
    return [finding.message for finding in findings]


def test_our_sample_breaks_no_rule() -> None:
    assert rules(WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            '<templateId root="1.3.6.1.4.1.19376.1.9.1.1.3"/>',
            "",
            "templateId of IHE Pharm DIS is missing",
        ),
        (
            '<templateId root="1.3.6.1.4.1.19376.1.5.3.1.1.1"/>',
            "",
            "templateId of IHE PCC is missing",
        ),
        (
            '<templateId root="1.3.6.1.4.1.19376.1.9.1.2.3"/>',
            "",
            "templateId of IHE Pharm DIS is missing",
        ),
        (
            'root="1.2.250.1.213.1.1.2.236"',
            'root="9.9"',
            "the section of dispensed medicines is missing",
        ),
        (f"{ACT}/>\n  <title", '<code code="1"/>\n  <title', "code must be 60593-1 of LOINC"),
        ('<code code="60590-7"', '<code code="1"', "code must be 60590-7 of LOINC"),
        (
            '<id root="7C3E0F6A-2D54-4B36-8C5E-1F3A9E2B4D59"/>',
            "",
            "id of the section is required",
        ),
        (
            '<templateId root="1.3.6.1.4.1.19376.1.9.1.3.4"/>',
            "",
            "a templateId of a dispensed product is missing",
        ),
        (
            '<quantity value="2" unit="30009000"/>',
            "",
            "a dispensed product must have one quantity",
        ),
        (
            '<text><reference value="#d-1"/></text>',
            "<text>x</text>",
            "text of a dispensed product must refer to the narrative",
        ),
        (
            '<reference value="#d-1"/></text>',
            '<reference value="#nothing"/></text>',
            "a reference must name one element by its ID",
        ),
        ('code="PREItem"', 'code="x"', "code of a prescription item must be PREItem"),
        (
            '<manufacturedMaterial nullFlavor="NA">',
            "<manufacturedMaterial>",
            "the product of a prescription item must be nullFlavor NA",
        ),
        (
            '<id root="0B5D2B3C-61C1-4B29-9C30-6B0D3A4E1F01"/>',
            "",
            "a prescription item must have one id",
        ),
        (
            '<templateId root="1.3.6.1.4.1.19376.1.9.1.3.11"/>',
            "",
            "a templateId of a prescription item is missing",
        ),
    ],
)
def test_a_broken_rule_is_found(old: str, new: str, rule: str) -> None:
    assert old in WHOLE

    assert rule in rules(WHOLE.replace(old, new, 1))


def test_the_act_documented_must_be_a_dispensation() -> None:
    text = WHOLE.replace(f"{ACT}/>\n      <effectiveTime", '<code code="1"/>\n      <effectiveTime')

    assert rules(text) == ["the act documented must be a dispensation"]


def test_two_of_what_stands_once_are_found() -> None:
    start = WHOLE.index('<entryRelationship typeCode="COMP">')
    end = WHOLE.index("</entryRelationship>", start) + len("</entryRelationship>")
    twice = WHOLE[:end] + WHOLE[start:end] + WHOLE[end:]

    assert rules(twice) == ["a dispensed product must have at most one substitution"]


def test_a_section_without_a_supply_is_found() -> None:
    start, end = WHOLE.index("<entry>"), WHOLE.rindex("</entry>") + len("</entry>")

    assert rules(WHOLE[:start] + WHOLE[end:]) == ["the section must have at least one supply"]
