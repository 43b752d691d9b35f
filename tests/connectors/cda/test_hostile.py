"""Bytes that nobody should send: none raises, and each says why it was not read."""

import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.cda.connector import CONNECTOR
from connectors.cda.lint import lint
from connectors.cda.peek import peek
from connectors.cda.read import read
from mappings.catalogue import load_site
from schemas.finding import FindingCode

SITE = load_site("reference")
WHOLE = (Path(__file__).parents[3] / "samples" / "cda" / "tapering.xml").read_bytes()
BOMB = b"""<?xml version="1.0"?><!DOCTYPE ClinicalDocument [
<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
%s]><ClinicalDocument xmlns="urn:hl7-org:v3"><title%s>&z;</title></ClinicalDocument>"""
LEVELS = b"".join(
    b'<!ENTITY %s "%s">' % (name, b"&%s;" % before * 20)
    for before, name in [(b"a", b"b"), (b"b", b"c"), (b"c", b"d"), (b"d", b"e"), (b"e", b"z")]
)


def assert_refused_quickly(data: bytes) -> None:
    began = time.perf_counter()
    reading = read(data, SITE)
    assert time.perf_counter() - began < 2
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


@given(st.integers(min_value=0, max_value=len(WHOLE) - 20))
@settings(max_examples=150)
def test_a_document_cut_anywhere_is_refused_as_truncated(length: int) -> None:
    reading = read(WHOLE[:length], SITE)
    peek(WHOLE[:length])

    assert reading.is_empty
    assert [finding.code for finding in reading.findings][:1] == [FindingCode.MESSAGE_TRUNCATED]


@given(
    st.integers(min_value=0, max_value=len(WHOLE) - 1),
    st.integers(min_value=0, max_value=400),
    st.binary(max_size=40),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_document_damaged_anywhere_never_raises(at: int, cut: int, other: bytes) -> None:
    data = WHOLE[:at] + other + WHOLE[at + cut :]

    reading = read(data, SITE)
    lint(data)

    assert reading.findings or reading.prescriptions


ATTRIBUTES = sorted(
    {part for part in WHOLE.split(b'"')[1::2] if part and not part.startswith(b"urn:")}
)


@given(st.sampled_from(ATTRIBUTES), st.text(alphabet="0123456789-.,+dh{}é #", max_size=12))
@settings(max_examples=200, deadline=None)
def test_a_value_changed_anywhere_never_raises(value: bytes, other: str) -> None:
    data = WHOLE.replace(b'"' + value + b'"', f'"{other}"'.encode())

    reading = read(data, SITE)

    assert reading.findings or reading.prescriptions
