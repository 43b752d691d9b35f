"""Bytes that nobody should send: none raises, and each says why it was not read."""

from copy import deepcopy
from pathlib import Path

import pytest
from bounds import within
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors.cda.connector import CONNECTOR
from connectors.cda.lint import lint
from connectors.cda.peek import peek
from connectors.cda.read import read
from mappings.catalogue import load_site
from schemas.finding import FindingCode

SITE = load_site("reference")
SAMPLES = Path(__file__).parents[3] / "samples" / "cda"
KINDS = ("tapering", "summary_vsm", "last_intake", "nominal_dispensation")
WHOLES = tuple((SAMPLES / f"{name}.xml").read_bytes() for name in KINDS)
WHOLE = WHOLES[0]
wholes = st.sampled_from(WHOLES)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE ClinicalDocument [
<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
%s]><ClinicalDocument xmlns="urn:hl7-org:v3"><title%s>&z;</title></ClinicalDocument>"""
LEVELS = b"".join(
    b'<!ENTITY %s "%s">' % (name, b"&%s;" % before * 20)
    for before, name in [(b"a", b"b"), (b"b", b"c"), (b"c", b"d"), (b"d", b"e"), (b"e", b"z")]
)


def assert_refused_quickly(data: bytes) -> None:
    with within(10):
        reading = read(data, SITE)
    assert reading.is_empty
    assert FindingCode.MESSAGE_BROKEN in [finding.code for finding in reading.findings]


def test_an_entity_bomb_in_a_text_is_refused_quickly() -> None:
    assert_refused_quickly(BOMB % (LEVELS, b""))


def test_an_entity_bomb_in_an_attribute_is_refused_quickly() -> None:
    assert_refused_quickly(BOMB % (LEVELS, b' x="&z;"'))
    assert peek(BOMB % (LEVELS, b' x="&z;"')).lane is None


def test_an_external_entity_is_not_fetched() -> None:
    data = (
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&x;</title></ClinicalDocument>'
    )

    assert_refused_quickly(data)


def test_nesting_without_end_is_refused() -> None:
    assert_refused_quickly(b"<a>" * 100_000 + b"</ClinicalDocument>")


def test_another_namespace_is_no_document_of_ours() -> None:
    reading = read(b'<ClinicalDocument xmlns="urn:other"/>', SITE)

    assert [finding.code for finding in reading.findings] == [FindingCode.MESSAGE_UNSUPPORTED]


def test_a_document_in_utf_16_is_read_when_it_says_so() -> None:
    text = WHOLE.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    data = text.encode("utf-16")

    reading = read(data, SITE)

    assert CONNECTOR.detects(data)
    assert len(reading.prescriptions) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_finding(data: bytes) -> None:
    reading = read(data, SITE)
    peek(data)
    lint(data)

    assert reading.is_empty
    assert reading.findings


@given(wholes, st.floats(0, 1, exclude_max=True))
@settings(max_examples=200, deadline=None)
def test_a_document_cut_anywhere_is_refused_as_truncated(whole: bytes, where: float) -> None:
    length = int(where * (len(whole) - 20))
    reading = read(whole[:length], SITE)
    peek(whole[:length])

    assert reading.is_empty
    assert [finding.code for finding in reading.findings][:1] == [FindingCode.MESSAGE_TRUNCATED]


@given(
    wholes,
    st.floats(0, 1, exclude_max=True),
    st.integers(min_value=0, max_value=400),
    st.binary(max_size=40),
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_document_damaged_anywhere_never_raises(
    whole: bytes, where: float, cut: int, other: bytes
) -> None:
    at = int(where * len(whole))
    data = whole[:at] + other + whole[at + cut :]

    reading = read(data, SITE)
    lint(data)

    assert reading.findings or not reading.is_empty


def values(whole: bytes) -> list[bytes]:
    """Every attribute of a document, without the namespaces."""
    return sorted(
        {part for part in whole.split(b'"')[1::2] if part and not part.startswith(b"urn:")}
    )


changes = wholes.flatmap(lambda whole: st.tuples(st.just(whole), st.sampled_from(values(whole))))


@given(changes, st.text(alphabet="0123456789-.,+dh{}é #", max_size=12))
@settings(max_examples=250, deadline=None)
def test_a_value_changed_anywhere_never_raises(change: tuple[bytes, bytes], other: str) -> None:
    whole, value = change
    data = whole.replace(b'"' + value + b'"', f'"{other}"'.encode())

    reading = read(data, SITE)
    lint(data)

    assert reading.findings or not reading.is_empty


@given(wholes, st.data())
@settings(max_examples=200, deadline=None)
def test_an_element_lost_or_doubled_anywhere_never_raises(
    whole: bytes, chosen: st.DataObject
) -> None:
    root = etree.fromstring(whole)
    elements = [each for each in root.iter("*") if each is not root]
    element = chosen.draw(st.sampled_from(elements))
    parent = element.getparent()
    assert parent is not None
    if chosen.draw(st.booleans()):
        parent.remove(element)
    else:
        element.addnext(deepcopy(element))
    data = etree.tostring(root)

    reading = read(data, SITE)
    lint(data)

    assert reading.findings or not reading.is_empty


@pytest.mark.parametrize("whole", WHOLES, ids=KINDS)
def test_a_mark_before_a_document_changes_nothing(whole: bytes) -> None:
    assert read(b"\xef\xbb\xbf" + whole, SITE) == read(whole, SITE)


@pytest.mark.parametrize("whole", WHOLES, ids=KINDS)
def test_bytes_that_are_not_utf_8_are_refused_and_said(whole: bytes) -> None:
    reading = read(whole.replace("é".encode(), b"\xe9"), SITE)

    assert reading.is_empty
    assert FindingCode.ENCODING_DECLARED_WRONG in [finding.code for finding in reading.findings]


@pytest.mark.parametrize("whole", WHOLES, ids=KINDS)
def test_latin_1_that_says_so_is_read_as_utf_8_is(whole: bytes) -> None:
    text = whole.decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')

    assert read(text.encode("latin-1"), SITE) == read(whole, SITE)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_what_is_peeked_is_what_is_read(path: Path) -> None:
    data = path.read_bytes()
    reading, seen = read(data, SITE), peek(data)

    if FindingCode.MESSAGE_TRUNCATED not in [finding.code for finding in reading.findings]:
        assert (seen.kind, seen.control_id) == (reading.kind, reading.control_id)


def test_a_hundred_megabytes_are_refused_quickly() -> None:
    assert_refused_quickly(b"<ClinicalDocument>" + b"x" * 100_000_000 + b"</ClinicalDocument>")


_ROOT = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="{}" extension="2024.01"/>{}'
    '<component><structuredBody><component><section><templateId root="{}"/>{}'
    "</section></component></structuredBody></component></ClinicalDocument>"
)
_TREATMENT = (
    '<entry><substanceAdministration classCode="SBADM" moodCode="EVN">'
    '<templateId root="1.2.250.1.213.1.1.3.42"/><text><reference value="#m"/></text>'
    "</substanceAdministration></entry>"
)
_SUPPLY = (
    '<entry><supply moodCode="EVN"><templateId root="1.2.250.1.213.1.1.3.204"/></supply></entry>'
)


def test_statements_that_all_draw_on_one_row_are_refused_quickly() -> None:
    row = '<text><table><tr><td><content ID="m">P</content></td>' + "<td>xxxx</td>" * 9000
    section = row + "</tr></table></text>" + _TREATMENT * 1000
    text = _ROOT.format("1.2.250.1.213.1.1.1.13", "", "1.2.250.1.213.1.1.2.143", section)

    assert_refused_quickly(text.encode())


def test_a_header_that_every_product_would_repeat_is_left_out() -> None:
    numbers = "".join(f'<id root="1.2.3" extension="{number}"/>' for number in range(2000))
    header = (
        '<id root="2.25.1"/><code code="60593-1"/><recordTarget><patientRole>'
        f"{numbers}</patientRole></recordTarget>"
    )
    section = "1.2.250.1.213.1.1.2.236"
    text = _ROOT.format("1.2.250.1.213.1.1.1.54", header, section, _SUPPLY * 500)

    reading = read(text.encode(), SITE)

    assert len(reading.dispenses) == 500
    assert {dispense.patient for dispense in reading.dispenses} == {None}
    assert FindingCode.VALUE_INVALID in [finding.code for finding in reading.findings]


def test_last_intakes_without_end_are_refused_quickly() -> None:
    taken = _TREATMENT.replace(
        '<text><reference value="#m"/></text>',
        '<effectiveTime><low value="20260302080000"/></effectiveTime><consumable>'
        "<manufacturedProduct><manufacturedMaterial><name>P</name></manufacturedMaterial>"
        "</manufacturedProduct></consumable>",
    )
    section = "1.2.250.1.213.1.1.2.143"
    text = _ROOT.format("1.2.250.1.213.1.1.1.23", "", section, taken * 501)

    assert_refused_quickly(text.encode())


def test_two_lines_of_one_id_are_told_apart_and_both_kept() -> None:
    reading = read(WHOLES[1].replace(b"E2B4D03", b"E2B4D02"), SITE)

    lines = reading.prescriptions[0].lines
    assert len(lines) == 2
    for line in lines:
        assert FindingCode.IDENTIFIER_DUPLICATE in [finding.code for finding in line.findings]
