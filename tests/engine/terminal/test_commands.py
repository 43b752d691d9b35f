"""The commands as a shell meets them: what they print and how they end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from cli import app
from engine.terminal.schema import published, schema_of
from engine.terminal.shell import Status

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
NOMINAL = sorted(
    path for path in SAMPLES.glob("*/nominal*") if not path.name.endswith(".expected.json")
)
REFUSED = sorted(
    path for path in SAMPLES.glob("*/refused*") if not path.name.endswith(".expected.json")
)
HEAVY = (
    "sqlalchemy",
    "fhir",
    "hl7apy",
    "lxml",
    "dramatiq",
    "starlette",
    "pydantic",
    "rich",
    "polib",
)
shell = CliRunner()


def name_of(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


def test_the_program_without_a_command_shows_its_commands() -> None:
    result = shell.invoke(app, ["--help"])

    assert result.exit_code == Status.DONE
    for command in ("explain", "expand", "lint", "schema", "doctor"):
        assert command in result.output


def test_starting_a_command_imports_nothing_heavy() -> None:
    code = f"import cli, sys; print([name for name in {HEAVY} if name in sys.modules])"

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain"],
        ["explain", "no-such-file.hl7"],
        ["explain", __file__, "--format", "no-such-format"],
        ["explain", __file__, "--site", "no-such-site"],
        ["explain", __file__, "--from", "03/03/2025"],
        ["explain", __file__, "--days", "0"],
        ["schema", "no-such-document"],
        ["no-such-command"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_status_2(arguments: list[str]) -> None:
    assert shell.invoke(app, arguments).exit_code == Status.WRONG_USE


def test_a_file_of_no_known_format_is_refused_with_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "shopping.txt"
    file.write_text("bread\n", encoding="utf-8")

    result = shell.invoke(app, ["explain", str(file), "--json"])

    assert result.exit_code == Status.REFUSED
    told = json.loads(result.stdout)
    assert told["format"] == "unknown"
    assert [finding["code"] for finding in told["findings"]] == ["format-unknown"]


@pytest.mark.parametrize("sample", NOMINAL + REFUSED, ids=name_of)
def test_explain_prints_one_json_document_of_the_published_shape(sample: Path) -> None:
    result = shell.invoke(app, ["explain", str(sample), "--json"])

    told = json.loads(result.stdout)
    assert list(Draft202012Validator(schema_of("explanation")).iter_errors(told)) == []
    findings = [
        *told["findings"],
        *(f for each in told["prescriptions"] for f in each["findings"]),
        *(f for each in told["prescriptions"] for line in each["lines"] for f in line["findings"]),
        *(f for each in (*told["intakes"], *told["movements"]) for f in each["findings"]),
    ]
    blocks = any(finding["severity"] == "blocking" for finding in findings)
    assert result.exit_code == (Status.REFUSED if blocks else Status.DONE)


@pytest.mark.parametrize("sample", NOMINAL, ids=name_of)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_explain_shows_every_product_of_a_nominal_sample(sample: Path, language: str) -> None:
    told = json.loads(shell.invoke(app, ["explain", str(sample), "--json"]).stdout)

    result = shell.invoke(app, ["explain", str(sample), "--lang", language])

    assert result.exception is None or isinstance(result.exception, SystemExit)
    flat = " ".join(result.output.split())
    for line in (line for each in told["prescriptions"] for line in each["lines"]):
        first_word = ((line["product"]["text"] or "").split() or [""])[0]
        assert first_word in flat


def test_explain_reads_standard_input() -> None:
    data = NOMINAL[0].read_bytes()

    piped = shell.invoke(app, ["explain", "-", "--json"], input=data)
    named = shell.invoke(app, ["explain", str(NOMINAL[0]), "--json"])

    assert piped.stdout == named.stdout


def test_explain_starts_on_the_day_asked_for() -> None:
    result = shell.invoke(
        app, ["explain", str(NOMINAL[0]), "--json", "--from", "2031-05-06", "--days", "3"]
    )

    told = json.loads(result.stdout)
    assert (told["first"], told["days"]) == ("2031-05-06", 3)


@pytest.mark.parametrize("name", sorted(published()))
def test_a_published_schema_is_a_json_schema(name: str) -> None:
    result = shell.invoke(app, ["schema", name])

    Draft202012Validator.check_schema(json.loads(result.stdout))
    assert result.exit_code == Status.DONE


def test_all_schemas_come_in_one_document() -> None:
    told = json.loads(shell.invoke(app, ["schema"]).stdout)

    assert sorted(told) == sorted(published())


def test_the_schema_of_an_explanation_refuses_an_unknown_key() -> None:
    validator = Draft202012Validator(schema_of("explanation"))

    assert not validator.is_valid({"format": "fhir", "surprise": 1})


def test_doctor_finds_no_problem_here() -> None:
    result = shell.invoke(app, ["doctor", "--json"])

    told = json.loads(result.stdout)
    assert told["problems"] == []
    assert list(Draft202012Validator(schema_of("installation")).iter_errors(told)) == []
    assert sorted(told["rooms"]) == ["cli", "connectors", "engine", "mappings", "schemas"]
    assert result.exit_code == Status.DONE


def test_lint_of_a_file_of_no_known_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "shopping.txt"
    file.write_text("bread\n", encoding="utf-8")

    result = shell.invoke(app, ["lint", str(file), "--json"])

    assert result.exit_code == Status.REFUSED
    told = json.loads(result.stdout)
    assert list(Draft202012Validator(schema_of("conformance")).iter_errors(told)) == []
    assert [finding["code"] for finding in told["findings"]] == ["format-unknown"]


def test_expand_answers_each_line_and_a_bad_one_stops_no_other() -> None:
    good = {
        "id": "a",
        "dosage": [
            {
                "timing": {
                    "repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["NOON"]}
                },
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "comprimé"}}],
            }
        ],
        "start": "2025-03-03T00:00:00+01:00",
        "horizon_days": 2,
        "zone": "Europe/Paris",
        "unknown": "is ignored",
    }

    result = shell.invoke(app, ["expand"], input=f"{{broken\n{json.dumps(good)}\n")

    assert result.exit_code == Status.DONE
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == 2
    assert all(Draft202012Validator(schema_of("expansion")).is_valid(row) for row in rows)
    assert rows[0]["computable"] is False
    assert rows[0]["findings"]
    assert rows[1]["id"] == "a"
    assert [each["at"] for each in rows[1]["planned"]] == [
        "2025-03-03T12:00:00+01:00",
        "2025-03-04T12:00:00+01:00",
    ]
    assert [each["quantity"] for each in rows[1]["planned"]] == ["1", "1"]


def test_expand_answers_lines_that_are_no_text_and_those_after_them() -> None:
    lines = b'{"id": "\xff"}\n{"id": "\\ud800", "dosage": []}\n{"id": "last", "dosage": []}\n'

    result = shell.invoke(app, ["expand"], input=lines)

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [None, "\ud800", "last"]
    assert all(row["findings"] and not row["computable"] for row in rows)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("semainier expl", ["explain"]),
        ("semainier explain --site ", ["reference"]),
        ("semainier lint --format p", ["pn13"]),
    ],
)
def test_the_shell_completes_commands_sites_and_formats(typed: str, completed: list[str]) -> None:
    environment = {
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
        "_SEMAINIER_COMPLETE": "complete_bash",
    }

    result = shell.invoke(app, [], prog_name="semainier", env=environment)

    assert result.output.split() == completed
