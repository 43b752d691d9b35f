"""The ten facts on dose and timing of HL7 v2 orders, each with a sample: see `docs/hl7v2.md`.

The plan that each sample makes stands in its `.expected.json`; here is why a line plans nothing.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from engine.pipeline.explain import explain
from schemas.explanation import ExplainedLine, Explanation

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples" / "hl7v2"
FACTS = {
    "fact_01_quantity_is_no_multiplier": (
        "the quantity of TQ1-2 is never multiplied with the amount of RXE-3",
        [set(), {"dose-several"}],
    ),
    "fact_02_quantity_is_the_dose": (
        "TQ1-2 with a unit is the dose where RXE-3 is empty, and a bare number is none",
        [set(), {"dose-missing"}],
    ),
    "fact_03_two_amounts_are_a_range": (
        "RXE-4 beside RXE-3 is a range, unless both are the same",
        [{"dose-range"}, set()],
    ),
    "fact_04_encoded_timing_holds": (
        "TQ1 after RXE holds over TQ1 before it, and must not contradict it",
        [set(), {"timing-contradicted"}],
    ),
    "fact_05_sequence_with_equal_starts": (
        "timings chained by S that start together are no sequence that can be dated",
        [{"timing-contradicted", "sequence-open"}],
    ),
    "fact_06_parallel_timings": (
        "timings joined by A run side by side, each with its own dose",
        [set()],
    ),
    "fact_07_patterns_of_the_sender": (
        "table 0335 is the sender's own: a code that its table lacks is unknown",
        [{"timing-code-unknown"}, set()],
    ),
    "fact_08_effective_date": (
        "ORC-15 says when an event takes effect, over ORC-9 and over the timing",
        [{"effect-later", "product-missing"}, {"timing-contradicted"}],
    ),
    "fact_09_earliest_stop": (
        "a length and an end must agree; X3 are three intakes, D4 are four days",
        [set(), set(), set(), {"bounds-invalid"}],
    ),
    "fact_10_as_needed_and_conditions": (
        "PRN beside a regular timing is never planned, and a condition waits for a person",
        [set(), {"event-condition"}],
    ),
}


def explained(name: str, site: str = "reference") -> Explanation:
    return explain(
        (SAMPLES / f"{name}.hl7").read_bytes(),
        format_name=None,
        site=site,
        first=date(2026, 1, 5),
        days=7,
        today=date(2025, 1, 1),
    )


def lines_of(explanation: Explanation) -> list[ExplainedLine]:
    return [line for each in explanation.prescriptions for line in each.lines]


@pytest.mark.parametrize(("name", "blocking"), [(name, each[1]) for name, each in FACTS.items()])
def test_what_a_fact_forbids_waits_for_a_person_and_plans_nothing(
    name: str, blocking: list[set[str]]
) -> None:
    lines = lines_of(explained(name))

    found = [{each.code.value for each in line.findings if each.blocks} for line in lines]
    assert found == blocking
    assert all(not line.planned for line, codes in zip(lines, found, strict=True) if codes)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_in_the_documentation_word_by_word(name: str) -> None:
    page = (ROOT / "docs" / "hl7v2.md").read_text(encoding="utf-8")

    sentence = FACTS[name][0]
    assert f"{sentence[0].upper()}{sentence[1:]}" in page
    assert f"samples/hl7v2/{name}.hl7" in page


def test_the_pattern_of_a_sender_is_read_by_the_table_of_its_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "maison"
    shutil.copytree(ROOT / "mappings" / "sites" / "reference", own)
    (own / "hl7v2").mkdir(exist_ok=True)
    (own / "hl7v2" / "repeat_patterns.csv").write_text(
        "# table: maison/hl7v2/repeat_patterns  target: mappings.timing  version: 1\n"
        "code;text;target;source;read_by\n"
        "D;once a day;1/1d;protocol of the home;\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))

    line = lines_of(explained("fact_07_patterns_of_the_sender", site="maison"))[0]

    assert [f"{each.due_at:%d %H:%M}" for each in line.planned] == [
        *("05 08:00", "06 08:00", "07 08:00", "08 08:00", "09 08:00", "10 08:00", "11 08:00"),
    ]


def test_the_facts_are_ten() -> None:
    assert len(FACTS) == len(list(SAMPLES.glob("fact_*.hl7"))) == 10
