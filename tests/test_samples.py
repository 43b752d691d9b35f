"""Each of our own samples is explained as its `.expected.json`, written by hand, says."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.registry import connectors
from engine.pipeline.explain import explain

SAMPLES = Path(__file__).parent.parent / "samples"
EXPECTED = ".expected.json"
FEWEST_OF_A_STANDARD = 8
STANDARDS = ("fhir", "hl7v2", "pn13", "cda")


def samples() -> list[Path]:
    inside = (path for name in connectors() for path in (SAMPLES / name).rglob("*"))
    files = (path for path in inside if path.is_file())
    return sorted(p for p in files if not p.name.endswith((EXPECTED, ".md")))


def expected_of(sample: Path) -> Path:
    """`name.expected.json`, or `name.hl7.expected.json` where two samples share a name."""
    whole = sample.with_name(sample.name + EXPECTED)
    return whole if whole.exists() else sample.with_name(sample.stem + EXPECTED)


def differences(expected: Any, found: Any, place: str = "explanation") -> Iterator[str]:
    """Where `expected` is no deep subset of `found`: listed keys match, lists are of one length."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key in found:
                yield from differences(value, found[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}: absent, expected {value!r}"
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{place}: {len(found)} elements, expected {len(expected)}: {found!r}"
        for index, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from differences(one, other, f"{place}[{index}]")
    elif expected != found or isinstance(expected, bool) is not isinstance(found, bool):
        yield f"{place}: {found!r}, expected {expected!r}"


def name_of(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


@pytest.mark.parametrize("sample", samples(), ids=name_of)
def test_a_sample_is_explained_as_its_expected_file_says(sample: Path) -> None:
    case = json.loads(expected_of(sample).read_text(encoding="utf-8"))

    explanation = explain(
        sample.read_bytes(),
        format_name=case.get("format"),
        site=case.get("site", "reference"),
        first=date.fromisoformat(case["from"]),
        days=case["days"],
        today=date(2025, 1, 1),
    )

    found = json.loads(explanation.model_dump_json())
    assert list(differences(case["explanation"], found)) == []


@pytest.mark.parametrize("sample", samples(), ids=name_of)
def test_a_sample_has_an_expected_file_that_says_something(sample: Path) -> None:
    case = json.loads(expected_of(sample).read_text(encoding="utf-8"))

    assert case["explanation"]


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_standard_has_nominal_and_refused_samples(standard: str) -> None:
    names = [sample.name for sample in samples() if sample.parent.name == standard]

    assert len(names) >= FEWEST_OF_A_STANDARD
    assert any(name.startswith("nominal") for name in names)
    assert any(name.startswith("refused") for name in names)


def test_every_expected_file_has_its_sample() -> None:
    expected = set(SAMPLES.glob("**/*" + EXPECTED))

    assert expected == {expected_of(sample) for sample in samples()}


def test_every_folder_of_samples_is_a_format_or_the_product_reference() -> None:
    folders = {path.name for path in SAMPLES.iterdir() if path.is_dir()}

    assert folders - {"reference"} <= set(connectors())


def test_a_key_that_is_not_listed_is_not_compared() -> None:
    assert list(differences({"a": 1}, {"a": 1, "b": 2})) == []


def test_a_list_of_another_length_is_a_difference() -> None:
    assert list(differences([1], [1, 2])) == ["explanation: 2 elements, expected 1: [1, 2]"]


def test_a_missing_key_and_another_value_are_differences() -> None:
    assert list(differences({"a": "1.10", "b": None}, {"a": "1.1"})) == [
        "explanation.a: '1.1', expected '1.10'",
        "explanation.b: absent, expected None",
    ]
