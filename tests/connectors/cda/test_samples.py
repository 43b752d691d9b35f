"""The readings of our own documents, beside what was written by hand for each."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.cda.connector import CONNECTOR
from connectors.cda.read import read
from mappings.catalogue import load_site

SAMPLES = Path(__file__).parents[3] / "samples" / "cda"
DOCUMENTS = sorted(SAMPLES.glob("*.xml"))


def holds(expected: Any, found: Any, place: str = "") -> list[str]:
    """Where what was found does not hold what was expected."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{place}: {found!r}"]
        return [
            error
            for key, value in expected.items()
            for error in holds(value, found.get(key), f"{place}.{key}")
        ]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{place}: {found!r} has another length"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [
            error for rank, (one, other) in pairs for error in holds(one, other, f"{place}[{rank}]")
        ]
    return [] if expected == found else [f"{place}: {found!r} is not {expected!r}"]


def test_there_are_enough_documents_each_with_its_expectation() -> None:
    assert len(DOCUMENTS) >= 8
    for path in DOCUMENTS:
        assert path.with_suffix(".expected.json").is_file(), path.name


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_reads_as_written_by_hand(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text())["explanation"]
    data = path.read_bytes()

    reading = read(data, load_site("reference")).model_dump(mode="json")

    assert CONNECTOR.detects(data)
    errors = holds(
        {key: expected[key] for key in ("format", "kind", "control_id") if key in expected}, reading
    )
    errors += holds(expected["findings"], reading["findings"], "findings")
    assert len(reading["prescriptions"]) == len(expected["prescriptions"])
    for told, found in zip(expected["prescriptions"], reading["prescriptions"], strict=True):
        errors += holds(told.get("prescription", {}), found, "prescription")
        errors += holds([line["line"] for line in told["lines"]], found["lines"], "lines")
        for line, read_line in zip(told["lines"], found["lines"], strict=True):
            errors += holds(line.get("product", {}), read_line["product"], "product")
            errors += holds(line.get("text", read_line["text"]), read_line["text"], "text")
    assert errors == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_without_a_prescription_says_why(path: Path) -> None:
    reading = read(path.read_bytes(), load_site("reference"))

    assert reading.findings or not reading.is_empty
