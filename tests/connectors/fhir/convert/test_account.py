"""Every value of every sample is carried, or lost with a reason, or holds the message together."""

from pathlib import Path

import pytest
from builders import REFERENCE

from connectors import registry
from connectors.fhir.lint import lint
from connectors.fhir.read import read
from mappings.catalogue import table
from schemas.connector import Reading
from schemas.conversion import Conversion, LossReason

SAMPLES = Path(__file__).parents[4] / "samples"
READ = sorted(
    path
    for path in SAMPLES.glob("*/*")
    if path.parent.name in ("cda", "fhir", "hl7v2", "pn13", "tabular")
    and not path.name.endswith(".expected.json")
)


def reading_of(path: Path) -> Reading:
    connector = registry.connector(path.parent.name)
    return connector.read(path.read_bytes(), REFERENCE)


def converted(reading: Reading) -> Conversion:
    return registry.connector("fhir").converter("json").convert(reading, REFERENCE, "seed")


@pytest.fixture(params=READ, ids=lambda path: f"{path.parent.name}/{path.name}", scope="module")
def sample(request) -> tuple[Reading, Conversion]:
    reading = reading_of(request.param)
    return reading, converted(reading)


def test_no_value_of_a_sample_is_lost_in_silence(sample) -> None:
    reading, conversion = sample
    report = conversion.report
    told = {one.location for one in (*report.carried, *report.losses)}
    held = {
        source.location
        for source in reading.sources
        if source.gives and table("fhir/carried").target_of(source.gives) == "-structure"
    }

    silent = [s for s in reading.sources if s.location not in told and s.location not in held]

    assert silent == []
    assert report.structure == len(held)


def test_a_table_says_where_each_field_of_a_sample_goes(sample) -> None:
    _, conversion = sample

    unnamed = [
        loss.field for loss in conversion.report.losses if loss.reason is LossReason.NOT_MAPPED
    ]

    assert unnamed == []


def test_what_is_written_of_a_sample_keeps_the_rules_of_fhir(sample) -> None:
    _, conversion = sample

    assert lint(conversion.content) == ()


def test_every_line_and_intake_of_a_sample_is_in_the_result(sample) -> None:
    reading, conversion = sample

    again = read(conversion.content, REFERENCE)

    assert sum(len(p.lines) for p in again.prescriptions) == sum(
        len(p.lines) for p in reading.prescriptions
    )
    assert len(again.intakes) == len(reading.intakes)


def test_an_order_that_only_informs_is_no_order_in_force_in_the_result(sample) -> None:
    reading, conversion = sample
    informing = [x for p in reading.prescriptions for x in p.lines if x.action == "inform"]

    again = read(conversion.content, REFERENCE)

    in_force = [x for p in again.prescriptions for x in p.lines if x.action == "start"]
    lines = sum(len(p.lines) for p in reading.prescriptions)
    assert len(in_force) <= lines - len(informing)
