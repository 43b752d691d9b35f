"""`semainier convert` as a shell meets it: the result apart from its report, and the status."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from cli import app
from engine.terminal.schema import schema_of
from engine.terminal.shell import Status

SAMPLES = Path(__file__).parents[3] / "samples"
MOMENTS = SAMPLES / "pn13" / "nominal_moments.xml"
shell = CliRunner()


def convert(path: Path, *options: str):
    return shell.invoke(app, ["convert", str(path), "--to", "fhir", *options])


def test_the_result_goes_to_standard_output_and_the_report_to_standard_error() -> None:
    result = convert(MOMENTS, "--lang", "en")

    bundle = json.loads(result.stdout)
    assert result.exit_code == Status.DONE
    assert bundle["resourceType"] == "Bundle"
    assert "Not carried" in result.stderr
    assert "Phast-dh_émission" in result.stderr


@pytest.mark.parametrize(("language", "title"), [("fr", "Non transporté"), ("en", "Not carried")])
def test_the_report_is_said_in_the_language_of_the_reader(
    language: str, title: str, tmp_path: Path
) -> None:
    result = convert(MOMENTS, "--lang", language, "--out", str(tmp_path / "b.json"))

    assert title in result.stdout


def test_a_named_file_takes_the_result_and_leaves_standard_output_to_the_report(
    tmp_path: Path,
) -> None:
    out = tmp_path / "bundle.xml"

    result = convert(MOMENTS, "--xml", "--out", str(out), "--json-report")

    report = json.loads(result.stdout)
    assert out.read_bytes().startswith(b"<?xml")
    assert report["format"] == "pn13"
    assert report["target"] == "fhir"
    Draft202012Validator(schema_of("conversion")).validate(report)


def test_a_rhythm_that_the_target_cannot_say_ends_with_status_one() -> None:
    result = convert(SAMPLES / "pn13" / "nominal_month_days.xml", "--json-report")

    losses = json.loads(result.stderr)["losses"]
    assert result.exit_code == Status.REFUSED
    assert {"15"} == {one["value"] for one in losses if "month_days" in (one["field"] or "")}


def test_a_file_that_nothing_reads_gives_a_bundle_that_says_so_and_status_one() -> None:
    result = shell.invoke(app, ["convert", "-", "--to", "fhir"], input=b"hello")

    [entry] = json.loads(result.stdout)["entry"]
    assert result.exit_code == Status.REFUSED
    assert entry["resource"]["resourceType"] == "OperationOutcome"


def test_a_format_that_nothing_is_converted_to_is_wrong_use() -> None:
    result = shell.invoke(app, ["convert", str(MOMENTS), "--to", "pn13"])

    assert result.exit_code == Status.WRONG_USE
    assert "fhir" in result.output


def test_the_same_file_gives_the_same_bytes_again() -> None:
    assert convert(MOMENTS).stdout == convert(MOMENTS).stdout
