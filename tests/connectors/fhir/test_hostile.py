"""Hostile and broken messages cost no more than their length, and are refused by a rule."""

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from builders import REFERENCE
from fhir_messages import (
    DOSAGE,
    a_bundle,
    a_patient,
    a_product,
    a_request,
    of_product,
    reading_of,
)

from connectors.fhir.form.tree import MOST_VALUES
from connectors.fhir.lint import lint
from connectors.fhir.peek import peek
from connectors.fhir.read import read
from connectors.markup import LARGEST
from schemas.finding import FindingCode

XML = b'<Patient xmlns="http://hl7.org/fhir"><name><family value="T\xc3\xa9moin"/></name></Patient>'


def orders(count: int) -> list[dict[str, Any]]:
    return [a_request(id=f"l{number}") for number in range(count)]


def actions(count: int) -> list[dict[str, Any]]:
    return [{"resource": {"reference": f"MedicationRequest/l{n}"}} for n in range(count)]


def a_group(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "RequestGroup",
        "id": "g",
        "status": "active",
        "intent": "order",
        **changes,
    }


def many_lines_of_a_doubtful_patient(count: int) -> Any:
    foreign = {f"x{number}": 1 for number in range(count)}
    return a_bundle(a_patient(**foreign), *orders(count))


def many_lines_of_a_doubtful_envelope(count: int) -> Any:
    return {**a_bundle(a_patient(), *orders(count)), **{f"x{n}": 1 for n in range(count)}}


def many_parts_inside(count: int) -> Any:
    parts = [{"itemReference": {"reference": f"#a{number}"}} for number in range(count)]
    inside = [a_product(id=f"a{number}") for number in range(count)]
    contained = [a_product(ingredient=parts), *inside]
    return a_bundle(a_patient(), {**of_product(reference="#m"), "contained": contained})


def many_alternatives(count: int) -> Any:
    choice = {"selectionBehavior": "any", "action": actions(count)}
    return a_bundle(a_patient(), *orders(count), a_group(action=[choice]))


def many_notes_of_a_group(count: int) -> Any:
    notes = [{"text": f"note {number}"} for number in range(count)]
    return a_bundle(a_patient(), *orders(count), a_group(action=actions(count), note=notes))


def many_notes_and_dosages(count: int) -> Any:
    notes = [{"text": f"note {number}"} for number in range(count)]
    return a_bundle(a_patient(), a_request(note=notes, dosageInstruction=[DOSAGE] * count))


def many_versions(count: int) -> Any:
    entries = [
        {"resource": a_request(), "request": {"method": "PUT", "url": "MedicationRequest/l1"}}
        for _ in range(count)
    ]
    return {"resourceType": "Bundle", "type": "history", "entry": entries}


def many_of_one_group(count: int) -> Any:
    doctors = [
        {"requester": {"display": "x", "identifier": {"value": str(n)}}} for n in range(count)
    ]
    lines = [
        a_request(id=f"l{n}", groupIdentifier={"value": "7"}, **one)
        for n, one in enumerate(doctors)
    ]
    return a_bundle(a_patient(), *lines)


def many_deep_places(count: int) -> Any:
    return a_request(extension=[{"url": "x", "extension": [{"url": "y"}] * 5}] * count)


SHAPES: list[Callable[[int], Any]] = [
    many_lines_of_a_doubtful_patient,
    many_lines_of_a_doubtful_envelope,
    many_parts_inside,
    many_alternatives,
    many_notes_of_a_group,
    many_notes_and_dosages,
    many_versions,
    many_of_one_group,
    many_deep_places,
]


def steps(work: Callable[[], object]) -> int:
    """Functions called, of Python and of C: what an hour of another machine does not change."""
    called = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return called


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("work", ["read", "lint"])
def test_twice_the_message_is_twice_the_work(shape, work) -> None:
    def cost(count: int) -> int:
        data = json.dumps(shape(count)).encode()
        return steps(lambda: read(data, REFERENCE) if work == "read" else lint(data))

    cost(20)  # tables are read once
    small, large = cost(150), cost(300)

    assert large < 2.2 * small


def test_a_hundred_orders_keep_what_two_orders_say_of_each() -> None:
    both = [reading_of(a_bundle(a_patient(), *orders(count))).prescriptions for count in (2, 100)]

    assert [p.lines[0].posology for p in both[0]] == [p.lines[0].posology for p in both[1]][:2]
    assert {p.patient for p in both[1]} == {both[0][0].patient}


def test_a_line_repeats_a_few_of_very_many_doubts_of_its_envelope() -> None:
    reading = reading_of(many_lines_of_a_doubtful_envelope(60))

    assert [len(each.findings) for each in reading.prescriptions] == [21] * 60
    assert len(reading.findings) == 60


def test_dosages_and_notes_beyond_all_need_are_left_out_and_block() -> None:
    [prescription] = reading_of(many_notes_and_dosages(201)).prescriptions

    [line] = prescription.lines
    assert len(line.posology.phases) == 200
    assert [(f.code, f.location.rpartition(".")[2]) for f in line.findings] == [
        (FindingCode.VALUE_INVALID, "dosageInstruction"),
        (FindingCode.VALUE_INVALID, "note"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b'{"resourceType": "Bundle", "entry": [' + b"[]," * (MOST_VALUES + 1) + b"[]]}",
        b'<Bundle xmlns="http://hl7.org/fhir">' + b"<a/>" * (2 * MOST_VALUES) + b"</Bundle>",
        b'{"resourceType": "Bundle", "id": "' + b" " * LARGEST + b'"}',
    ],
    ids=["json", "xml", "long"],
)
def test_a_message_of_too_many_values_or_bytes_is_refused_unread(data) -> None:
    [finding] = read(data, REFERENCE).findings

    assert finding.code is FindingCode.MESSAGE_BROKEN
    assert "at most" in finding.message
    assert lint(data) == (finding,)
    assert peek(data).kind is None


def patient_name(data: bytes) -> str | None:
    found = [s.value for s in read(data, REFERENCE).sources if s.location.endswith("family")]
    return found[0] if found else None


@pytest.mark.parametrize(
    "data",
    [
        XML,
        b"\xef\xbb\xbf" + XML,
        b"  \r\n" + XML,
        b'<?xml version="1.0" encoding="UTF-8"?>' + XML,
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8" standalone="yes"?>' + XML,
        XML.decode().encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + XML.decode()).encode("utf-16"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>' + XML.decode()).encode("latin-1"),
        b'\xef\xbb\xbf{"resourceType": "Patient", "name": [{"family": "T\xc3\xa9moin"}]}',
    ],
)
def test_bytes_that_say_their_encoding_are_read_in_it(data) -> None:
    assert patient_name(data) == "Témoin"
    assert FindingCode.ENCODING_DECLARED_WRONG not in [f.code for f in lint(data)]


def test_xml_that_declares_another_encoding_than_its_own_is_read_in_its_own_and_told() -> None:
    data = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + XML

    assert patient_name(data) == "Témoin"
    assert FindingCode.ENCODING_DECLARED_WRONG in [f.code for f in read(data, REFERENCE).findings]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'<?xml version="1.0" encoding="UTF-8"?>' + XML.decode().encode("latin-1"),
            "FHIR XML must be UTF-8",
        ),
        (XML.decode().encode("latin-1"), "FHIR XML must be UTF-8"),
        ('{"resourceType": "Patient"}'.encode("utf-16"), "FHIR JSON must be UTF-8"),
        (b'{"resourceType": "Patient", "id": "\xe9"}', "FHIR JSON must be UTF-8"),
    ],
)
def test_bytes_of_another_encoding_than_that_of_fhir_are_refused_at_their_byte(
    data, message
) -> None:
    [finding] = read(data, REFERENCE).findings

    assert (finding.code, finding.message) == (FindingCode.MESSAGE_BROKEN, message)
    assert finding.location.startswith("byte ")


BOMB = b"".join(
    b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 30)
)


@pytest.mark.parametrize(
    "declared",
    [
        b'<!ENTITY e SYSTEM "file:///etc/hostname">',
        b'<!ENTITY e SYSTEM "http://192.0.2.1/x">',
        b'<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;',
        b'<!ENTITY e0 "x">' + BOMB,
    ],
    ids=["file", "address", "parameter", "bomb"],
)
def test_entities_are_refused_and_nothing_is_fetched(declared) -> None:
    data = b"<!DOCTYPE Patient [" + declared + b"]>" + XML.replace(b"T\xc3\xa9moin", b"&e;")

    [finding] = read(data, REFERENCE).findings

    assert finding.code is FindingCode.MESSAGE_BROKEN


def test_a_document_type_that_declares_nothing_is_read_and_never_fetched() -> None:
    data = b'<!DOCTYPE Patient SYSTEM "http://192.0.2.1/fhir.dtd">' + XML

    assert patient_name(data) == "Témoin"


@pytest.mark.parametrize("value", ["1.10", "1.00", "0.50", "100", "1E2", "0.0000001"])
def test_an_amount_keeps_the_digits_of_its_sender(value) -> None:
    text = json.dumps(a_request(dispenseRequest={"quantity": {"value": 7}}))

    [prescription] = read(text.replace(": 7", f": {value}").encode(), REFERENCE).prescriptions

    supplied = prescription.lines[0].quantity_to_supply.value
    assert supplied.as_tuple() == Decimal(value).as_tuple()


@pytest.mark.parametrize(
    ("sibling", "code"),
    [
        (
            {
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                        "valueCode": "unknown",
                    }
                ]
            },
            "element-missing",
        ),
        ({"extension": [{"url": "https://x.example", "valueCode": "x"}]}, "element-unread"),
        ({"id": "i1"}, None),
    ],
)
def test_what_stands_beside_a_value_is_told_unless_it_says_nothing(sibling, code) -> None:
    [prescription] = reading_of(a_request(_status=sibling)).prescriptions

    assert [f.code for f in prescription.lines[0].findings] == ([code] if code else [])


def test_an_intake_of_an_unknown_status_is_none_that_was_taken() -> None:
    reason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    tree = {
        "resourceType": "MedicationAdministration",
        "_status": {"extension": [{"url": reason, "valueCode": "unknown"}]},
        "medicationCodeableConcept": {"text": "x"},
        "subject": {"identifier": {"system": "s:x", "value": "1"}},
        "effectiveDateTime": "2026-03-02T08:00:00+01:00",
    }

    [intake] = reading_of(tree).intakes

    assert intake.status == "unknown"
