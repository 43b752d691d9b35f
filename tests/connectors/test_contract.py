"""What holds for every format that `registry` finds, whoever wrote it and whatever is sent."""

import random
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from connectors.registry import connectors, detect
from mappings.catalogue import load_site
from schemas.connector import Connector, Reading
from schemas.errors import EngineError

SAMPLES = Path(__file__).parents[2] / "samples"
SITE = load_site("reference")
READABLE = [each for each in connectors().values() if each.read is not None]
NUL_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
CUTS = 24
DAMAGES = 40
LARGEST_EXTERNAL = 4 * 1024 * 1024
CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EngineError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def samples() -> list[Path]:
    inside = (path for name in connectors() for path in (SAMPLES / name).rglob("*"))
    files = (path for path in inside if path.is_file())
    return sorted(path for path in files if not path.name.endswith((".expected.json", ".md")))


def read(connector: Connector, data: bytes) -> Reading:
    assert connector.read is not None
    return connector.read(data, SITE)


def assert_the_contract_holds(reading: Reading) -> None:
    found = reading.every_finding
    assert not reading.is_empty or reading.findings, "read as empty without saying so"
    assert all(finding.location and finding.message for finding in found)
    places = [source.location for source in reading.sources]
    assert all(places)
    assert [place for place, times in Counter(places).items() if times > 1] == []
    assert NUL_IN_JSON.search(reading.model_dump_json()) is None, (
        "a text that no database can store"
    )


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a stretch lost, doubled or replaced, as bad lines and editors do."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 3, 20, 200)))
    return (
        data[:start]
        + chance.choice(
            (
                b"",
                data[start:end] * 2,
                bytes(chance.randrange(256) for _ in range(end - start)),
                chance.choice(
                    (b"|", b"^", b"<", b'"', b"}", b"-1", b"1e9", b"99999999", b"\x00", b"NaN")
                ),
            )
        )
        + data[end:]
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


@pytest.mark.parametrize("connector", READABLE, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "data",
    [b"", b" ", b"\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"<", b"[]", b"null", b"MSH"],
    ids=repr,
)
def test_hardly_any_bytes_are_refused_with_a_finding(connector: Connector, data: bytes) -> None:
    reading = read(connector, data)

    assert reading.is_empty
    assert_the_contract_holds(reading)


@pytest.mark.parametrize("sample", samples(), ids=name_of)
@pytest.mark.parametrize("connector", READABLE, ids=lambda each: each.name)
def test_a_sample_of_any_format_is_read_or_refused_with_a_finding(
    connector: Connector, sample: Path
) -> None:
    assert_the_contract_holds(read(connector, sample.read_bytes()))


@pytest.mark.parametrize("sample", samples(), ids=name_of)
def test_a_sample_that_is_cut_off_is_read_or_refused_with_a_finding(sample: Path) -> None:
    data = sample.read_bytes()
    connector = connectors()[sample.relative_to(SAMPLES).parts[0]]

    for cut in sorted({len(data) * part // CUTS for part in range(1, CUTS)}):
        assert_the_contract_holds(read(connector, data[:cut]))


@pytest.mark.parametrize("sample", samples(), ids=name_of)
def test_a_sample_that_is_damaged_is_read_or_refused_with_a_finding(sample: Path) -> None:
    data = sample.read_bytes()
    connector = connectors()[sample.relative_to(SAMPLES).parts[0]]
    chance = random.Random(sample.name)

    for _ in range(DAMAGES if data else 0):
        assert_the_contract_holds(read(connector, damaged(data, chance)))


@pytest.mark.parametrize("sample", samples(), ids=name_of)
@pytest.mark.parametrize("intruder", [b"\x00", b"\\ud800", b"\\u0000", b"\xff", b"\xed\xa0\x80"])
def test_characters_that_are_none_are_read_away_or_refused_with_a_finding(
    sample: Path, intruder: bytes
) -> None:
    data = sample.read_bytes()
    connector = connectors()[sample.relative_to(SAMPLES).parts[0]]

    for part in range(1, CUTS):
        cut = len(data) * part // CUTS
        assert_the_contract_holds(read(connector, data[:cut] + intruder + data[cut:]))


@pytest.mark.parametrize("sample", samples(), ids=name_of)
def test_reading_twice_gives_the_same(sample: Path) -> None:
    data = sample.read_bytes()
    connector = connectors()[sample.relative_to(SAMPLES).parts[0]]

    assert read(connector, data) == read(connector, data)


@pytest.mark.parametrize(
    "sample", [path for path in samples() if path.name.startswith("nominal")], ids=name_of
)
def test_a_nominal_sample_is_recognised_by_its_own_format_alone(sample: Path) -> None:
    data = sample.read_bytes()

    assert [each.name for each in READABLE if each.detects(data)] == [
        sample.relative_to(SAMPLES).parts[0]
    ]


@pytest.mark.parametrize("sample", samples(), ids=name_of)
def test_a_sample_is_peeked_and_linted_without_trouble(sample: Path) -> None:
    data = sample.read_bytes()
    connector = connectors()[sample.relative_to(SAMPLES).parts[0]]

    if connector.peek is not None:
        connector.peek(data)
        connector.peek(data[: len(data) // 2])
    if connector.lint is not None:
        assert all(finding.location for finding in connector.lint(data))
        assert connector.lint(data[: len(data) // 2]) != ()


def test_the_names_of_the_formats_are_their_folders() -> None:
    folder = Path(__file__).parents[2] / "connectors"

    assert set(connectors()) == {path.parent.name for path in folder.glob("*/connector.py")}


def test_real_files_are_read_or_refused_with_a_finding_and_never_crash(
    external_samples: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    troubles = []

    for path in sorted(external_samples.rglob("*")):
        if path.is_file() and path.stat().st_size <= LARGEST_EXTERNAL:
            name, outcome, trouble = _outcome(path.read_bytes())
            counts[name, outcome] += 1
            troubles += [f"{path.relative_to(external_samples)}: {trouble}"] if trouble else []

    with capfd.disabled():
        for (name, outcome), count in sorted(counts.items()):
            print(f"\nreal files: {name:10} {outcome:10} {count:5}", end="", file=sys.stderr)
    assert troubles == []


def _outcome(data: bytes) -> tuple[str, str, str | None]:
    """Format, what became of the file, and the breach of the contract if there is one."""
    connector = detect(data)
    if connector is None:
        return "unknown", "refused", None
    try:
        reading = read(connector, data)
    except CRASHES as error:
        return connector.name, "crashed", repr(error)
    if reading.is_empty and not reading.findings:
        return connector.name, "empty", "read as empty without a finding"
    try:
        assert_the_contract_holds(reading)
    except AssertionError as error:
        return connector.name, "breach", str(error)
    return connector.name, "refused" if reading.is_empty else "read", None
