"""`semainier reference` as a shell meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from messages import a_bundle, a_request, written
from reference_files import LINKS, SAMPLE
from typer.testing import CliRunner, Result

from cli import app
from engine.terminal.schema import schema_of
from engine.terminal.shell import Status

ALPHA, BOX_OF_ALPHA, UCD_OF_ALPHA = "60900001", "3400990000115", "3400899000018"
CIS_SYSTEM = "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique"
TEN_MILLIGRAMS = {
    "timing": {"repeat": {"when": ["MORN"], "boundsPeriod": {"start": "2026-03-02"}}},
    "doseAndRate": [
        {
            "doseQuantity": {
                "value": 10,
                "unit": "mg",
                "code": "mg",
                "system": "http://unitsofmeasure.org",
            }
        }
    ],
}
shell = CliRunner()


def reference(data: Path, *arguments: str) -> Result:
    return shell.invoke(app, ["reference", *arguments, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An installation that has loaded the sample with its links."""
    folder = tmp_path / "data"
    result = reference(
        folder, "load", str(SAMPLE), "--links", str(LINKS), "--limit", "20", "--lang", "en"
    )
    assert result.exit_code == Status.DONE, result.output
    return folder


def as_json(result: Result, name: str) -> Any:
    """The document, which its published schema accepts."""
    assert result.exit_code == Status.DONE, result.output
    document = json.loads(result.stdout)
    Draft202012Validator(schema_of(name)).validate(document)
    return document


def test_a_load_shows_what_became_of_each_file(tmp_path: Path) -> None:
    result = reference(tmp_path, "load", str(SAMPLE), "--limit", "20", "--lang", "en")

    rows = {
        line.split()[0]: line.split()[1:] for line in result.output.splitlines() if line.strip()
    }
    assert rows["CIS_bdpm.txt"] == ["cp1252", "8", "8", "0"]
    assert "the CIS is not in CIS_bdpm.txt: 1" in result.output
    assert "The release of 2026-03-02 is in force." in result.output


def test_a_load_over_the_limit_stores_nothing_and_names_file_and_line(tmp_path: Path) -> None:
    result = reference(tmp_path, "load", str(SAMPLE))

    assert result.exit_code == Status.REFUSED
    assert "CIS_CIP_bdpm.txt: 1 of 7 rows" in result.output
    assert as_json(reference(tmp_path, "list", "--json"), "reference-releases") == []


def test_a_second_load_of_the_same_files_says_so(data: Path) -> None:
    result = reference(
        data, "load", str(SAMPLE), "--links", str(LINKS), "--limit", "20", "--lang", "fr"
    )

    assert result.exit_code == Status.DONE
    assert "Ces fichiers étaient déjà chargés" in result.output
    assert len(as_json(reference(data, "list", "--json"), "reference-releases")) == 1


def test_a_load_gives_the_release_as_json(tmp_path: Path) -> None:
    result = reference(tmp_path, "load", str(SAMPLE), "--limit", "20", "--json")

    release = as_json(result, "reference-release")
    assert (release["published"], release["in_force"]) == ("2026-03-02", True)
    assert release["report"]["divisibility"] == {
        "halves": 1,
        "quarters": 1,
        "whole": 1,
        "not stated": 5,
    }


@pytest.mark.parametrize("code", [ALPHA, BOX_OF_ALPHA, "9000011", UCD_OF_ALPHA, "9900001"])
def test_every_code_of_a_product_shows_it(data: Path, code: str) -> None:
    [product] = as_json(reference(data, "show", code, "--json"), "reference-products")

    assert product["record"]["cis"] == ALPHA
    assert product["record"]["strengths"][0]["numerator"]["value"] == "5.00"


def test_a_product_is_shown_with_its_source_and_its_day(data: Path) -> None:
    result = reference(data, "show", "34009 9000011 5", "--lang", "fr")

    assert result.exit_code == Status.DONE
    for words in (
        "ALPHAZINE EXEMPLE 5 mg",
        "moitiés",
        "ALPHAZINE 5.00 mg / comprimé",
        "1 466.29 €",
    ):
        assert words in result.output
    assert "Source : base de données publique des médicaments, version du 2026-03-02." in (
        result.output
    )


def test_a_code_that_the_release_does_not_know_is_refused(data: Path) -> None:
    result = reference(data, "show", "60999999")

    assert result.exit_code == Status.REFUSED
    assert "knows no product of this code" in result.output


def test_rows_in_doubt_are_shown_with_their_line(data: Path) -> None:
    result = reference(data, "doubts", "2026-03-02", "--lang", "en")

    assert "n’est plus" in result.output
    assert "60900098" in result.output


def test_a_day_without_a_release_cannot_be_used(data: Path) -> None:
    result = reference(data, "use", "2020-01-01")

    assert result.exit_code == Status.REFUSED
    assert "kept are: 2026-03-02" in result.output
    assert "en vigueur" in reference(data, "use", "2026-03-02", "--lang", "fr").output


def test_explain_asks_the_reference_of_an_installation(data: Path, tmp_path: Path) -> None:
    coding = {"system": CIS_SYSTEM, "code": ALPHA}
    line = a_request("A", TEN_MILLIGRAMS, medicationCodeableConcept={"coding": [coding]})
    file = written(tmp_path, "bundle.json", a_bundle(line))

    without = json.loads(shell.invoke(app, ["explain", str(file), "--json"]).stdout)
    asked = ["explain", str(file), "--json", "--data", str(data)]
    found = json.loads(shell.invoke(app, asked).stdout)

    # 10 mg of a tablet of 5 mg, as the release in force states it: two tablets.
    assert (
        without["prescriptions"][0]["lines"][0]["findings"]
        != (found["prescriptions"][0]["lines"][0]["findings"])
    )
    codes = [each["code"] for each in found["prescriptions"][0]["lines"][0]["findings"]]
    assert "count-from-strength" in codes
