"""What the bytes must be before anything is read: well formed, once, exact, bounded."""

import json
import random
from decimal import Decimal
from pathlib import Path

import pytest
from builders import REFERENCE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.fhir.connector import CONNECTOR
from connectors.fhir.form.shapes import shapes
from connectors.fhir.form.tree import Unreadable, load
from connectors.fhir.form.wire import write_as_xml, write_json
from connectors.fhir.lint import lint
from connectors.fhir.peek import peek
from connectors.fhir.read import read
from schemas.finding import FindingCode


def only_finding(data: bytes):
    reading = read(data, REFERENCE)
    assert reading.is_empty
    [finding] = reading.findings
    return finding


@pytest.mark.parametrize(
    ("data", "code", "location"),
    [
        (b"", FindingCode.MESSAGE_TRUNCATED, "line 1, column 1"),
        (b'{"resourceType": "Bun', FindingCode.MESSAGE_TRUNCATED, "line 1, column 18"),
        (b'{"resourceType" "Bundle"}', FindingCode.MESSAGE_BROKEN, "line 1, column 17"),
        (b"[]", FindingCode.MESSAGE_BROKEN, "message"),
        (b'{"a": 1}', FindingCode.MESSAGE_BROKEN, "message"),
        (b'{"resourceType": "Bundle", "x": NaN}', FindingCode.MESSAGE_BROKEN, "message"),
        (b'{"resourceType": "Bundle", "x": -Infinity}', FindingCode.MESSAGE_BROKEN, "message"),
        (b'{"resourceType": "\xe9"}', FindingCode.MESSAGE_BROKEN, "byte 18"),
        (
            b'{"resourceType": "Bundle", "entry": [{"a": 1, "a": 1}]}',
            FindingCode.MESSAGE_BROKEN,
            "entry[0].a",
        ),
        (b"<Bundle/>", FindingCode.MESSAGE_BROKEN, "/Bundle"),
        (
            b'<Bundle xmlns="http://hl7.org/fhir"><type',
            FindingCode.MESSAGE_BROKEN,
            "line 1, column 42",
        ),
    ],
)
def test_bytes_that_are_no_message_are_refused_at_their_place(data, code, location) -> None:
    finding = only_finding(data)

    assert (finding.code, finding.location) == (code, location)


@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_nesting_beyond_all_need_is_refused(opening) -> None:
    closing = "}" if opening.startswith("{") else "]"
    for depth in (100, 100_000):
        inside = opening * depth + "1" + closing * depth
        data = f'{{"resourceType": "Bundle", "x": {inside}}}'.encode()

        assert only_finding(data).message == "nesting must have at most 80 levels"


def test_an_xml_of_entities_of_its_own_is_refused() -> None:
    data = b"""<!DOCTYPE Bundle [<!ENTITY e "searchset">]>
<Bundle xmlns="http://hl7.org/fhir"><id value="&e;"/><type>&e;</type></Bundle>"""

    assert only_finding(data).code is FindingCode.MESSAGE_BROKEN


@pytest.mark.parametrize("number", ["1" * 41, "1e41", "1e999999999", "-1e-9999"])
def test_a_number_beyond_use_is_no_number(number) -> None:
    tree = load(f'{{"resourceType": "Bundle", "total": {number}}}'.encode())

    assert tree["total"] == number


def test_a_text_between_xml_elements_is_not_lost() -> None:
    data = b"""<MedicationRequest xmlns="http://hl7.org/fhir"><status>active</status>
<intent value="order"/></MedicationRequest>"""

    findings = read(data, REFERENCE).prescriptions[0].lines[0].findings

    assert "MedicationRequest._status.#text" in [
        f.location for f in findings if f.code is FindingCode.ELEMENT_FOREIGN
    ]


def test_a_text_behind_an_xml_element_is_not_lost() -> None:
    data = b"""<MedicationRequest xmlns="http://hl7.org/fhir"><status value="active"/>
        but on Monday <!-- no --> nothing</MedicationRequest>"""

    assert load(data)["#text"] == "but on Monday nothing"


def test_an_element_of_another_vocabulary_is_not_that_of_fhir() -> None:
    data = b"""<Dosage xmlns="http://hl7.org/fhir"><x:sequence xmlns:x="urn:x" value="2"/>
        <sequence value="1"/></Dosage>"""

    assert load(data) == {
        "resourceType": "Dosage",
        "{urn:x}sequence": "2",
        "sequence": 1,
    }


def test_two_resources_where_one_stands_are_refused() -> None:
    data = b"""<Bundle xmlns="http://hl7.org/fhir"><entry><resource>
        <Patient/><Patient/></resource></entry></Bundle>"""

    with pytest.raises(Unreadable):
        load(data)


def test_xml_and_json_of_one_message_are_one_tree() -> None:
    xml = b"""<?xml version="1.0"?>
<MedicationRequest xmlns="http://hl7.org/fhir">
  <id value="x"/>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">un</div></text>
  <status value="active"><extension url="u"><valueBoolean value="true"/></extension></status>
  <intent value="order"/>
  <dosageInstruction id="d1">
    <sequence value="1"/>
    <timing><repeat>
      <period value="1.50"/><periodUnit value="d"/>
      <when value="MORN"/>
      <when value="EVE"><extension url="v"><valueCode value="c"/></extension></when>
    </repeat></timing>
  </dosageInstruction>
</MedicationRequest>"""

    assert load(xml) == {
        "resourceType": "MedicationRequest",
        "id": "x",
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">un</div>',
        },
        "status": "active",
        "_status": {"extension": [{"url": "u", "valueBoolean": True}]},
        "intent": "order",
        "dosageInstruction": [
            {
                "id": "d1",
                "sequence": 1,
                "timing": {
                    "repeat": {
                        "period": Decimal("1.50"),
                        "periodUnit": "d",
                        "when": ["MORN", "EVE"],
                        "_when": [None, {"extension": [{"url": "v", "valueCode": "c"}]}],
                    }
                },
            }
        ],
    }
    assert str(load(xml)["dosageInstruction"][0]["timing"]["repeat"]["period"]) == "1.50"


def test_a_tree_survives_both_ways_of_writing_it() -> None:
    tree = load(
        b'{"resourceType": "MedicationRequest", "note": [{"text": "a\\nb <\\u00e9>"}],'
        b'"doNotPerform": false, "contained": [{"resourceType": "Patient", "id": "p"}]}'
    )

    assert load(write_json(tree)) == tree
    assert load(write_as_xml(tree)) == tree


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [
        (b'{"resourceType": "Bundle"}', True),
        (b'\xef\xbb\xbf {"type": "x", "resourceType": "Bundle"}', True),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', True),
        ('<Bundle xmlns="http://hl7.org/fhir"/>'.encode("utf-16"), True),
        (b'{"a": 1}', False),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>', False),
        (b"MSH|^~\\&|", False),
        (b"", False),
    ],
)
def test_the_first_bytes_say_whether_it_is_fhir(data, is_ours) -> None:
    assert CONNECTOR.detects(data) is is_ours


def test_a_peek_gives_the_kind_the_number_and_the_one_patient() -> None:
    request = {"resourceType": "MedicationRequest", "subject": {"reference": "Patient/p"}}
    bundle = {
        "resourceType": "Bundle",
        "type": "message",
        "identifier": {"value": "7"},
        "entry": [{"resource": request}, {"resource": request}],
    }

    seen = peek(json.dumps(bundle).encode())

    assert (seen.kind, seen.control_id, seen.lane) == ("Bundle/message", "7", "Patient/p")


PATIENT = {"resourceType": "Patient", "id": "p", "identifier": [{"value": "451"}]}


@pytest.mark.parametrize(
    ("reference", "patient", "lane"),
    [
        ({"identifier": {"value": "451"}}, None, "451"),
        ({"reference": "Patient/p"}, PATIENT, "451"),
        ({"reference": "urn:uuid:1"}, PATIENT, "451"),
        ({"reference": "#p"}, PATIENT, "451"),
        ({"reference": "Patient/p"}, None, "Patient/p"),
        ({"reference": "urn:uuid:2"}, PATIENT, None),
        ({"reference": "#q"}, PATIENT, None),
    ],
)
def test_a_lane_is_a_name_of_the_patient_that_the_next_message_has_too(
    reference, patient, lane
) -> None:
    request = {"resourceType": "MedicationRequest", "subject": reference}
    entries: list[dict[str, object]] = [{"resource": request}]
    if patient and reference.get("reference") == "#p":
        request["contained"] = [patient]
    elif patient:
        entries.append({"fullUrl": "urn:uuid:1", "resource": patient})
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}

    assert peek(json.dumps(bundle).encode()).lane == lane


def test_a_peek_at_two_patients_names_no_lane() -> None:
    requests = [
        {"resourceType": "MedicationRequest", "subject": {"reference": f"Patient/{name}"}}
        for name in "pq"
    ]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": r} for r in requests]}

    assert peek(json.dumps(bundle).encode()).lane is None


def test_a_peek_at_broken_bytes_sees_nothing() -> None:
    assert peek(b'{"resourceType": ').kind is None


NAMES = sorted({name for elements in shapes().values() for name in elements})
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["active", "order", "#p", "Patient/p", "2026-03-02", "MORN", "d"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "resourceType", "_status"]), inner, max_size=5)
    ),
    max_leaves=20,
)


def assert_nothing_is_silent(data: bytes) -> None:
    reading = read(data, REFERENCE)
    assert not reading.is_empty or reading.findings
    assert all(finding.location for finding in reading.findings)
    lint(data)
    peek(data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    tree=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8),
    kind=st.sampled_from(["MedicationRequest", "MedicationAdministration", "Bundle", "Patient"]),
)
def test_whatever_a_resource_holds_is_read_or_refused_and_nothing_raises(tree, kind) -> None:
    assert_nothing_is_silent(json.dumps({**tree, "resourceType": kind}).encode())


KINDS = [
    "MedicationRequest",
    "MedicationAdministration",
    "MedicationDispense",
    "RequestGroup",
    "Medication",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Encounter",
    "Location",
    "Composition",
    "MessageHeader",
    "OperationOutcome",
]
ELEMENTS = [*{name for kind in KINDS for name in shapes()[kind]}, "reference", "identifier"]
REFERENCES = st.sampled_from(
    [
        "#p",
        "Patient/p",
        "urn:uuid:1",
        "MedicationRequest/p",
        "Organization/p",
        "Location/p",
        "#",
        "?",
    ]
).map(lambda target: {"reference": target})
TYPES = ["collection", "document", "message", "history", "transaction", "searchset", "x"]
MANY = st.recursive(
    VALUES | REFERENCES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ELEMENTS), inner, max_size=6)
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    trees=st.lists(
        st.dictionaries(st.sampled_from(ELEMENTS), MANY, max_size=8), min_size=1, max_size=5
    ),
    kinds=st.lists(st.sampled_from(KINDS), min_size=5),
    type_=st.sampled_from(TYPES),
    more=st.lists(
        st.dictionaries(
            st.sampled_from(["fullUrl", "request", "search", "response", "link"]), MANY, max_size=3
        ),
        min_size=5,
    ),
    wrapped=st.booleans(),
)
def test_whatever_a_bundle_holds_is_read_or_refused_and_nothing_raises(
    trees, kinds, type_, more, wrapped
) -> None:
    entries = [
        {"resource": {"id": "p", **tree, "resourceType": kind}, **beside}
        for tree, kind, beside in zip(trees, kinds, more, strict=False)
    ]
    bundle = {"resourceType": "Bundle", "type": type_, "entry": entries}
    held = {"resourceType": "Parameters", "parameter": [{"name": "content", "resource": bundle}]}

    assert_nothing_is_silent(json.dumps(held if wrapped else bundle).encode())


def test_bytes_at_random_are_refused_and_nothing_raises() -> None:
    chance = random.Random(2026)
    for _ in range(200):
        data = bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
        assert_nothing_is_silent(data)


WRONG = (None, True, -1, 0, 10**30, 1.5, "", " ", "x", [], {}, [[]], [None], {"reference": "#"})
FOLDER = Path(__file__).parents[3] / "samples" / "fhir"
SAMPLES = [path for path in sorted(FOLDER.glob("nominal*.json")) if "expected" not in path.name]


def places(value, path=()):
    """Every place of a tree, as the keys that lead to it."""
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from places(inner, (*path, key))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_wrong_value_at_any_place_is_read_or_refused_and_nothing_raises(sample) -> None:
    text = sample.read_text(encoding="utf-8")
    chance = random.Random(sample.name)
    for *before, last in [place for place in places(json.loads(text)) if place]:
        tree = json.loads(text)
        holder = tree
        for key in before:
            holder = holder[key]
        holder[last] = chance.choice(WRONG)
        assert_nothing_is_silent(json.dumps(tree).encode())
