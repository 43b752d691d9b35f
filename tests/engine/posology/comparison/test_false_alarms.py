"""Real lines with both a text and a structure: what is found, and what is found for nothing.

`pytest -rP tests/engine/posology/comparison/test_false_alarms.py` prints the tables. Every row that
blocks by its text was judged by eye once and stands below by its id, with one word why; a row that
blocks anew or no longer blocks fails. The judgement is of the rows that were there: with other
rows the table is printed all the same, and nothing is asserted of it.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from agreements import Compared, of_cases, of_fragments, of_messages, table

RIGHT = "right"
FALSE = "false alarm"
JUDGED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "dosage-cases.jsonl": {
        RIGHT: {
            **dict.fromkeys(("fr-ans-0005", "fr-ans-0012", "fr-ans-0019"), "condition"),
            **dict.fromkeys(("fr-ans-0040", "fr-ans-0041", "hl7r4-0043"), "condition"),
            **dict.fromkeys(("fr-ans-0039", "uk-dose-0017", "uk-dose-0034"), "end"),
            "nl-mp9-0168": "end",
            **dict.fromkeys(("fr-ans-0043", "hl7r4-0027", "hl7tbl-0020"), "length"),
            **dict.fromkeys(("uk-eps-0008", "uk-eps-0010"), "length"),
            **dict.fromkeys(("fhirtc-0007", "hl7r4-0061", "hl7tbl-0011", "uk-eps-0017"), "dose"),
            **dict.fromkeys(("uk-eps-0022", "uk-eps-0023", "uk-eps-0033", "uk-eps-0035"), "dose"),
            **dict.fromkeys(("uk-eps-0036", "fhirtc-0019", "nl-mp9-0147", "msconv-0008"), "dose"),
            **dict.fromkeys(("uk-eps-0021", "nl-mp9-0157", "fr-ans-0083"), "unit"),
            **dict.fromkeys(("hl7r4-0022", "msconv-0019", "msconv-0023", "uk-eps-0005"), "number"),
            **dict.fromkeys(("de-dgmp-0022", "de-dgmp-0080", "hl7tbl-0014"), "times"),
            **dict.fromkeys(("nl-mp9-0052", "nl-mp9-0053", "nl-mp9-0074", "nl-mp9-0152"), "cycle"),
            **dict.fromkeys(("uk-dose-0001", "ch-emed-0011"), "cycle"),
            **dict.fromkeys(("uk-dose-0020", "uk-eps-0006"), "steps"),
        },
        FALSE: {},
    },
    "expansion-oracle.jsonl": {
        RIGHT: {
            **dict.fromkeys(("orc-034", "orc-040", "orc-045", "orc-062"), "condition"),
            **dict.fromkeys(("orc-061", "orc-185"), "end"),
            **dict.fromkeys(("orc-021", "orc-064"), "length"),
            **dict.fromkeys(("orc-012", "orc-159", "orc-160", "orc-197", "orc-225"), "dose"),
            **dict.fromkeys(("orc-169", "orc-194"), "number"),
            **dict.fromkeys(("orc-015", "orc-107"), "times"),
            **dict.fromkeys(("orc-150", "orc-161", "orc-178"), "cycle"),
            "orc-186": "steps",
            "orc-088": "unit",
        },
        FALSE: {},
    },
    "other-format-cases.jsonl": {
        RIGHT: {
            **dict.fromkeys(("cda-002", "cda-019", "hl7v2-100"), "rhythm"),
            **dict.fromkeys(("cda-004", "cda-020", "cda-021"), "dose"),
            **dict.fromkeys(("cda-032", "cda-044", "cda-045"), "dose"),
            **dict.fromkeys(("cda-031", "cda-046", "hl7v2-099"), "number"),
            "hl7v2-091": "condition",
        },
        FALSE: {},
    },
}


_PERFUSION = "french/fhir/eprescription/Bundle-TradPN13FHIR-Presc-perfusion-6-composants.json"
MESSAGES: Mapping[str, Mapping[str, str]] = {
    RIGHT: {
        "french/cda/eP-MED-DM_2024.01_PosoStruct.xml": "rhythm",
        "french/fhir/eprescription/Bundle-HAS-08-2-Presc-Paracetamol.json": "condition",
        "french/fhir/eprescription/Bundle-HAS-11-2-Presc-EVRA.json": "cycle",
        "french/fhir/eprescription/Bundle-HAS-13-Presc-Desloratadine.json": "condition",
        "french/fhir/eprescription/Bundle-HAS-30-1-Presc-Hydrocortisone.json": "condition",
        "french/fhir/eprescription/Bundle-HAS-30-2-Presc-Cetirizine.json": "condition",
        _PERFUSION: "rhythm",
        "hl7v2/Acedia-Belphegor+hl7v2-to-fhir/example_prescription.hl7": "maximum",
        "hl7v2/Acedia-Belphegor+hl7v2-to-fhir/injection_example-04.hl7": "maximum",
        "hl7v2/Acedia-Belphegor+hl7v2-to-fhir/prescription_example-09.hl7": "dose",
        "hl7v2/hapifhir+hapi-hl7v2/TerserTest_L137.hl7": "number",
        "hl7v2/microsoft+FHIR-Converter/expected/RDE-O25-02-expected.json": "number",
        "hl7v2/microsoft+FHIR-Converter/expected/RDS-O13-02-expected.json": "number",
        "hl7v2/nHapiNET+nHapi/PipeParserUnexpectedSegmentTests_L267.hl7": "rhythm",
    },
    FALSE: {},
}
SEEN = {
    "dosage-cases.jsonl": "d5f6e30a84a697f0",
    "expansion-oracle.jsonl": "9e2a7786c32fa568",
    "other-format-cases.jsonl": "51dc0b67c5faec22",
}
"""The rows that were judged, by the digest of their file."""
MESSAGES_SEEN = "449ad528c19222d2"
"""The messages that were judged, by the digest of their names."""


def _rows_of(cases: Path) -> Mapping[str, list[Compared]]:
    readers: Mapping[str, Callable[[Path], Iterable[Compared]]] = {
        "dosage-cases.jsonl": of_cases,
        "expansion-oracle.jsonl": of_cases,
        "other-format-cases.jsonl": of_fragments,
    }
    missing = [name for name in readers if not (cases / name).is_file()]
    if missing:
        pytest.skip(f"SEMAINIER_EXTERNAL_CASES holds no {', '.join(missing)}")
    return {name: list(read(cases / name)) for name, read in readers.items()}


def _verdicts(judged: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    return {row: verdict for verdict, rows in judged.items() for row in rows}


def _blocking(rows: Iterable[Compared]) -> set[str]:
    return {row.name for row in rows if row.blocks}


def _lost(rows: Iterable[Compared], judged: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The contradictions and additions that are there and no longer block."""
    rows = list(rows)
    return {row.name for row in rows} & set(judged[RIGHT]) - _blocking(rows)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def test_no_case_blocks_that_was_not_judged_and_none_is_lost(external_cases: Path) -> None:
    parts = _rows_of(external_cases)
    verdicts = {row: verdict for name in JUDGED for row, verdict in _verdicts(JUDGED[name]).items()}
    print(f"\n{table(parts, verdicts)}")

    for name, judged in JUDGED.items():
        assert _lost(parts[name], judged) == set(), name
    if {name: _digest((external_cases / name).read_bytes()) for name in SEEN} != SEEN:
        pytest.skip("these are not the rows that were judged: only what was lost is said")
    for name, judged in JUDGED.items():
        assert _blocking(parts[name]) == set(_verdicts(judged)), name


def test_no_message_blocks_that_was_not_judged_and_none_is_lost(external_samples: Path) -> None:
    rows = list(of_messages(external_samples))
    print(f"\n{table({'messages': rows}, _verdicts(MESSAGES))}")

    assert _lost(rows, MESSAGES) == set()
    names = sorted(str(path.relative_to(external_samples)) for path in external_samples.rglob("*"))
    if _digest("\n".join(names).encode()) != MESSAGES_SEEN:
        pytest.skip("these are not the messages that were judged: only what was lost is said")
    assert _blocking(rows) == set(_verdicts(MESSAGES))
