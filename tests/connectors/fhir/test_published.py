"""The public French examples: each is read or refused with a place, and none raises."""

import json
import re

from builders import REFERENCE

from connectors.fhir.form.tree import load
from connectors.fhir.form.wire import write_as_xml
from connectors.fhir.form.xml_form import read_xml
from connectors.fhir.read import read
from schemas.finding import FindingCode


def files(external_samples, folder="*"):
    found = sorted(external_samples.glob(f"french/fhir/{folder}/*.json"))
    assert found
    return found


def test_every_file_is_read_or_refused_with_a_finding_that_has_a_place(external_samples) -> None:
    for path in files(external_samples):
        reading = read(path.read_bytes(), REFERENCE)

        assert reading.prescriptions or reading.findings, path.name
        assert all(f.location and f.message for f in reading.findings), path.name


def test_every_prescription_bundle_gives_as_many_lines_as_it_has_requests(
    external_samples,
) -> None:
    for path in files(external_samples, "eprescription"):
        entries = json.loads(path.read_bytes())["entry"]
        kinds = [entry["resource"]["resourceType"] for entry in entries]

        reading = read(path.read_bytes(), REFERENCE)

        lines = [line for each in reading.prescriptions for line in each.lines]
        assert len(lines) == kinds.count("MedicationRequest"), path.name


def test_every_request_that_a_search_of_the_bytes_finds_is_a_line(external_samples) -> None:
    named = re.compile(rb'"resourceType"\s*:\s*"MedicationRequest"')
    found = lines = 0
    for path in [*files(external_samples), *external_samples.glob("french/pn13/expected/*.json")]:
        data = path.read_bytes()
        reading = read(data, REFERENCE)

        here = sum(len(each.lines) for each in reading.prescriptions)
        assert here == len(named.findall(data)), path.name
        found, lines = found + len(named.findall(data)), lines + here

    assert lines == found > 40


def test_every_value_of_the_bundles_is_used_or_listed_or_told(external_samples) -> None:
    for path in files(external_samples, "eprescription"):
        data = path.read_bytes()
        reading = read(data, REFERENCE)

        places = {source.location for source in reading.sources}
        assert len(places) == sum(1 for _ in leaves(json.loads(data))), path.name


def leaves(value):
    """Every value that is no object, no list and not null."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    elif value is not None:
        yield value


def test_every_amount_of_the_bundles_is_read_as_it_is_written(external_samples) -> None:
    path = files(external_samples, "eprescription")[0].parent
    data = (path / "Bundle-Presc-BISOPROLOL-SANDOZ-DosesRationnelles.json").read_bytes()

    amounts = [
        source.value
        for source in read(data, REFERENCE).sources
        if source.location.endswith("doseQuantity.value")
    ]

    assert all(
        f'"value" : {amount}'.encode() in data or f'"value": {amount}'.encode() in data
        for amount in amounts
    )
    assert amounts


def test_alternatives_of_the_bundles_are_never_both_in_force(external_samples) -> None:
    [path] = [p for p in files(external_samples) if "Alt-METFORMINE-GLICLAZIDE" in p.name]

    [prescription] = read(path.read_bytes(), REFERENCE).prescriptions

    for line in prescription.lines:
        assert [link.kind.value for link in line.links] == ["alternative"]
        assert FindingCode.STATUS_NOT_ACTIVE in [f.code for f in line.findings]


def test_the_bundles_say_the_same_in_xml(external_samples) -> None:
    for path in files(external_samples, "eprescription"):
        tree = load(path.read_bytes())

        again = read_xml(write_as_xml(tree))

        assert without_narrative(again) == without_narrative(tree), path.name


def without_narrative(value):
    if isinstance(value, list):
        return [without_narrative(item) for item in value]
    if isinstance(value, dict):
        return {k: without_narrative(v) for k, v in value.items() if k != "div"}
    return value
