"""Every message of others, of every format, converts: no crash, R4 kept, no silent loss."""

from collections import Counter
from pathlib import Path

from builders import REFERENCE

from connectors import registry
from connectors.fhir.lint import lint
from mappings.catalogue import table
from schemas.connector import Reading
from schemas.conversion import Conversion, LossReason

CONTRADICTIONS = ("mdd-1", "rng-2", "per-1")
"""Rules between two values of the sender: each is carried as stated."""
LARGEST = 3_000_000
"""Bytes. Files above it are archives of packages and no messages."""


def silent(reading: Reading, conversion: Conversion) -> list[str]:
    """The places of the source that the report does not speak of."""
    report = conversion.report
    told = {one.location for one in (*report.carried, *report.losses)}
    return [
        source.location
        for source in reading.sources
        if source.location not in told
        and (not source.gives or table("fhir/carried").target_of(source.gives) != "-structure")
    ]


def test_every_external_sample_converts_and_its_losses_are_counted(external_samples: Path) -> None:
    seen: Counter[str] = Counter()
    wrong: list[tuple[str, str]] = []
    converter = registry.connector("fhir").converter("json")
    for path in sorted(external_samples.rglob("*")):
        if not path.is_file() or path.stat().st_size > LARGEST:
            continue
        data = path.read_bytes()
        connector = registry.detect(data)
        if connector is None or connector.read is None:
            seen["no format of ours"] += 1
            continue
        reading = connector.read(data, REFERENCE)
        conversion = converter.convert(reading, REFERENCE, path.name)
        seen[f"{connector.name}: read"] += 1
        seen[f"{connector.name}: said nothing"] += reading.is_empty
        seen[f"{connector.name}: something grave lost"] += bool(conversion.report.grave)
        found = lint(conversion.content)
        broken = [f for f in found if not f.message.startswith(CONTRADICTIONS)]
        seen[f"{connector.name}: contradicts itself, carried as stated"] += len(found) > len(broken)
        seen[f"{connector.name}: lint clean"] += not broken
        for loss in conversion.report.losses:
            seen[f"{connector.name}: lost, {loss.reason.value}"] += 1
            if loss.reason is LossReason.NOT_MAPPED:
                wrong.append((path.name, f"no row for {loss.field}"))
        wrong.extend((path.name, f"{f.location}: {f.message}") for f in broken)
        wrong.extend((path.name, f"silent: {place}") for place in silent(reading, conversion))
    for name, number in sorted(seen.items()):
        print(f"{number:7} {name}")
    assert sum(seen.values()) > 0
    assert wrong == []
