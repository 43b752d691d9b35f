"""Every reader against damaged messages: a reading comes back, in time, and no network is asked.

`SEMAINIER_FUZZ_SECONDS` is for one format, `SEMAINIER_FUZZ_SEED` begins another sequence;
`make fuzz` takes ten minutes.
"""

import os
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fuzzing import LARGEST, fuzz, without_network

from connectors.registry import connectors, detect
from engine.pipeline.assess import assess
from mappings.catalogue import load_site
from schemas.connector import Answer, Connector
from schemas.export import Envelope
from schemas.ids import DeliveryId

SAMPLES = Path(__file__).parents[2] / "samples"
EXTERNAL = os.environ.get("SEMAINIER_EXTERNAL_SAMPLES")
SECONDS = float(os.environ.get("SEMAINIER_FUZZ_SECONDS", "6"))
SEED = int(os.environ.get("SEMAINIER_FUZZ_SEED", "1"))
SITE = load_site("reference")
ENVELOPE = Envelope(
    id=DeliveryId("D1"), created_at=datetime(2026, 3, 2, 8, tzinfo=UTC), sender="S", receiver="R"
)
LINTED = 16
"""Lint asks a whole library: one input of so many."""
READABLE = [each for each in connectors().values() if each.read is not None]


def seeds_of(connector: Connector) -> list[bytes]:
    """The samples of the format, and the real messages of others that are in it."""
    folders = [SAMPLES / connector.name, *([Path(EXTERNAL)] if EXTERNAL else [])]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    own = (path.read_bytes() for path in files if path.stat().st_size <= LARGEST)
    return [data for data in own if detect(data) is connector]


def assert_it_holds(connector: Connector, data: bytes) -> None:
    """Nothing raises, nothing is empty without a word, no place is named twice."""
    assert connector.read is not None
    reading = connector.read(data, SITE)
    assert not reading.is_empty or reading.findings
    places = Counter(source.location for source in reading.sources)
    assert max(places.values(), default=1) == 1
    assess(reading, SITE).model_dump_json()
    if connector.peek is not None:
        connector.peek(data)
    if connector.acknowledge is not None:
        answer = Answer(accepted=not reading.is_empty, findings=reading.findings[:20])
        connector.acknowledge(data, answer, ENVELOPE)
    if connector.lint is not None and len(data) % LINTED == 0:
        connector.lint(data)


@pytest.mark.parametrize("connector", READABLE, ids=lambda each: each.name)
def test_whatever_is_sent_is_read_or_refused_in_time(connector: Connector) -> None:
    seeds = seeds_of(connector)

    with without_network():
        tried = fuzz(
            lambda data: assert_it_holds(connector, data), seeds, SECONDS, random.Random(SEED)
        )

    print(
        f"fuzzing {connector.name}: {tried.inputs} inputs from {len(seeds)} seeds, "
        f"{tried.kept} reached new lines, {tried.lines} lines, slowest {tried.slowest:.2f} s"
    )
    assert tried.inputs > 0
    assert tried.lines > 0
